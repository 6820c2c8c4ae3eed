"""Cues and what they do: verbs, nouns, adjectives, adverbs and phrases that attribute content to a source."""

from collections.abc import Iterator

from spacy.tokens import Token

from kg.annotate.claim_contents import CONCEDING, Contents
from kg.annotate.claim_drafts import ClaimDraft, Ranges, less
from kg.annotate.claim_sources import SPEAKER_TYPES, Sources, is_nobody
from kg.annotate.claim_surface import Surface
from kg.annotate.factuality import PLAIN, combine
from kg.annotate.passage import Passage
from kg.annotate.syntax import (
    SUBJECT_DEPS,
    agents,
    conjuncts,
    is_negated,
    is_passive,
    is_verb,
    objects,
    of_objects,
    runs,
    subjects,
    with_conjuncts,
)
from kg.knowledge import Cue
from kg.model import Certainty, Polarity

_NEAR = 4
_VERIFYING = frozenset(("confirm", "acknowledge", "admit", "verify", "affirm"))


class Patterns:
    """Finds the claims that a word of the lexicon makes where it stands."""

    def __init__(self, passage: Passage, sources: Sources, contents: Contents) -> None:
        self.passage = passage
        self.doc = passage.doc
        self.sources = sources
        self.contents = contents
        self._surface = Surface(passage, sources)

    def at(self, token: Token) -> Iterator[ClaimDraft]:
        """Yield the claims whose cue is this word."""
        if token.lower_ == "according":
            yield from self._according_to(token)
        elif token.lower_ == "words" and token.dep_ == "pobj" and token.head.lower_ == "in":
            yield from self._in_words_of(token)
        elif (
            token.lemma_ == "put"
            and token.dep_ == "advcl"
            and any(c.lower_ == "it" and c.dep_ == "dobj" for c in token.children)
        ):
            yield from self._as_put(token)
        elif token.pos_ == "VERB" or (token.pos_ == "NOUN" and token.tag_.startswith("V")):
            yield from self._verb(token)
        elif token.pos_ == "NOUN":
            yield from self._noun(token)
        elif token.pos_ == "ADJ":
            yield from self._adjective(token)
        elif token.pos_ == "ADV":
            yield from self._adverb(token)

    def _verb(self, verb: Token) -> Iterator[ClaimDraft]:
        if verb.dep_ in ("amod", "compound", "aux"):
            return
        if (saying := _quoted_saying(verb)) is not None:
            yield from self._quoted_as(verb, saying)
            return
        if verb.lemma_ in ("cite", "quote") and verb.tag_ == "VBG" and self.sources.is_speaker(objects(verb)):
            return  # "citing two officials" tells who is quoted, not what is said
        if verb.dep_ == "pcomp" and _quoted_saying(verb.head.head) == verb:
            return
        cues = self.passage.cues(verb, "VERB")
        for read in (self._by_verb, self._surface.claim):
            for cue in cues:
                claim = read(verb, cue)
                if claim is not None:
                    yield claim
                    return

    def _by_verb(self, verb: Token, cue: Cue) -> ClaimDraft | None:
        """Give the claim that a verb makes if this row of the lexicon describes how it stands here."""
        passive = is_passive(verb) or self._is_raised(verb)
        state = next(iter(self.passage.knowledge.cues.get((verb.lower_, "ADJ"), ())), None) if passive else None
        if state is not None and self.contents.complement(verb, state, passive)[0] is not None:
            cue, passive = state, False  # "is convinced that …": whose conviction it is is no object of another's deed
        if verb.lower_ == "according":
            return None
        if self._is_refused(verb):
            return None
        claim = ClaimDraft([], cue=self._cue_ranges(verb), cue_token=verb.i)
        governing = self.contents.governing_cue(verb)
        sources = agents(verb) if passive else [s for s in subjects(governing or verb) if s.i != verb.i]
        if state is not None and not sources:  # the subject hangs on "is"
            sources = [s for child in verb.children if child.dep_ in ("aux", "auxpass") for s in subjects(child)]
        if (inverted := self._inverted(verb, cue)) is not None:
            passive, sources = False, conjuncts(inverted)
        if not sources and not passive and (lost := self._lost_subject(verb, cue)) is not None:
            sources = [lost]
        if not self.passage.in_quote(verb.i, verb.i + 1):  # “Libya,” said Falk: what is quoted does not speak
            unquoted = [head for head in sources if not self.passage.in_quote(head.i, head.i + 1)]
            sources = unquoted or sources
        claim.source_heads = [
            head for head in sources if head.lower_ not in ("it", "there") or head.i in self.passage.mention_at
        ]
        is_addressed = passive and "object" in cue.addressee  # "Asked whether …, he said": the one who is asked is no source
        if claim.source_heads and all(is_nobody(head) for head in claim.source_heads):
            claim.is_impersonal = True  # "no group has claimed …"
        if self._is_taken_up(verb, cue, passive):
            return self._echo(verb, cue, claim)
        clause, infinitive = self.contents.complement(verb, cue, passive)
        if clause is not None and infinitive and self._is_about_name(cue, clause):
            return None
        before = (
            self.contents.remainder(verb, cue, claim)
            if not passive and not infinitive and cue.frames & {"clause", "speech"}
            else []
        )
        if clause is None and not passive and (told := self.contents.as_said(verb, claim.source_heads)):
            before = told
        if (
            before
            and not self.sources.is_filler(verb, claim.source_heads)
            and (clause is None or clause.i < verb.i)
            and self.sources.is_speaker(claim.source_heads)
        ):
            claim.content = before
            claim.root = clause.i if clause is not None else self.passage.main_verb(before)
        elif clause is not None:
            claim.root = clause.i
            indexes = {t.i for t in clause.subtree}
            raising = infinitive and not passive and "raising" in cue.frames
            claim.is_impersonal |= raising or ("raising" in cue.frames and not claim.source_heads)
            if infinitive and (passive or raising) and not is_addressed:
                for subject in subjects(verb):
                    around = {t.i for t in verb.subtree} if subject.is_ancestor(verb) else set()
                    indexes |= {t.i for t in subject.subtree} - around  # "missiles that are believed to have crashed"
                    claim.source_heads = [h for h in claim.source_heads if h.i != subject.i]
            elif (
                infinitive and not passive
            ):  # "urged Iran to withdraw", "called on Iran to withdraw": what is wanted is Iran's withdrawal
                for target in self.contents.controllers(verb):
                    indexes |= {t.i for t in target.subtree}
            claim.content = runs(
                self.doc, sorted(indexes - self.contents.day_of_saying(clause) - self.contents.asides(clause, verb))
            )
            if not is_verb(clause) or claim.size <= 3:
                claim.content = self.contents.mended(claim.content, verb)
        else:
            self.contents.content_without_clause(verb, cue, claim, passive)
        if clause is None and claim.root >= 0 and not is_verb(self.doc[claim.root]):
            aside = self.contents.asides(self.doc[claim.root], verb)
            claim.content = runs(self.doc, [i for start, end in claim.content for i in range(start, end) if i not in aside])
        if not claim.content:
            return None
        if not claim.source_heads and not passive and not claim.is_impersonal:
            return None
        if is_addressed:
            claim.addressee_heads = subjects(verb)
        elif "object" not in cue.frames or clause is not None:
            claim.addressee_heads = self.sources.addressees(verb, cue, claim)
        claim.source = self.sources.relative_source(verb, claim) or self.sources.source_ranges(claim.source_heads)
        claim.addressee = self.sources.source_ranges(claim.addressee_heads)
        claim.source = less(self.sources.before_cue(claim, verb), claim.content)
        claim.cue = self._with_preposition(claim.cue, verb, claim)
        claim.base = self.passage.factuality.cue_status(verb, cue, clause)
        return self.contents.judged(claim)

    def _is_raised(self, verb: Token) -> bool:
        """True for "the crew, believed to number 500", which the parse takes for what the crew believes."""
        if verb.tag_ not in ("VBD", "VBN") or verb.lemma_ not in self.passage.knowledge.words["raised verb"]:
            return False
        return any(c.dep_ == "xcomp" and any(t.dep_ == "aux" and t.lower_ == "to" for t in c.children) for c in verb.children)

    def _quoted_as(self, verb: Token, saying: Token) -> Iterator[ClaimDraft]:
        """Yield the claims of "Interfax quoted a spokesman as saying …": of who reports, if told, and of the quoted one."""
        passive = is_passive(verb)
        quoted = subjects(verb) if passive else objects(verb)
        reporters = agents(verb) if passive else subjects(verb)
        cue = self.passage.cue(saying, "VERB")
        clause = self.contents.complement(saying, cue, passive=False)[0] if cue is not None else None
        if clause is not None:
            content = runs(self.doc, sorted(t.i for t in clause.subtree))
        else:
            inside = {t.i for head in (*quoted, *reporters) for t in head.subtree} | set(range(verb.i, saying.i + 1))
            start, end = self.passage.stretch(verb)
            content = runs(self.doc, [index for index in range(start, end) if index < min(inside) or index > max(inside)])
        if not content or not quoted:
            return
        root = clause.i if clause is not None else self.passage.main_verb(content)
        outer = None
        if reporters:
            outer = ClaimDraft(content, self.sources.source_ranges(reporters), self._cue_ranges(verb), root=root)
            outer.source_heads, outer.cue_token = reporters, verb.i
            yield self.contents.judged(outer)
        words = (saying.i, saying.i + 1) if reporters else (self._cue_ranges(verb)[0][0], saying.i + 1)
        inner = ClaimDraft(list(content), self.sources.source_ranges(quoted), [words], within=outer, root=root)
        inner.source_heads, inner.cue_token = quoted, saying.i
        yield self.contents.judged(inner)

    def _with_preposition(self, cue: Ranges, word: Token, claim: ClaimDraft) -> Ranges:
        """Let a cue hold the preposition that ties it to its content ("called for"), not one of time or place ("said on")."""
        start, end = cue[-1]
        first = next((first for first, _ in claim.content if first in (end + 1, end + 2)), None)
        if first is None:
            return cue
        preposition = self.doc[end]
        governs = preposition.is_ancestor(self.doc[first]) or not any(c.dep_ in ("pobj", "pcomp") for c in preposition.children)
        if preposition.dep_ in ("prep", "prt") and preposition.head == word and governs and not claim.covers(end):
            return [*cue[:-1], (start, end + 1)]
        return cue

    def _lost_subject(self, verb: Token, cue: Cue) -> Token | None:
        """Give the speaker in "…, the Observatory said", where the parse takes the name for an apposition."""
        if "speech" not in cue.frames or verb.tag_ not in ("VBD", "VBZ") or verb.i < verb.sent.start + 3:
            return None
        mention = self.passage.mention_at.get(verb.i - 1)
        if mention is None or mention.type not in SPEAKER_TYPES or self.doc[mention.head].dep_ not in ("appos", "conj"):
            return None
        head = self.doc[mention.head]
        before = self.doc[head.left_edge.i - 1] if head.left_edge.i > verb.sent.start else None
        is_told = any(child.dep_ == "ccomp" and child.i < verb.i for child in verb.children)
        return head if is_told and before is not None and before.text == "," else None

    def _inverted(self, verb: Token, cue: Cue) -> Token | None:
        """Give the speaker who ends the sentence behind a cue the parse takes for another clause: "…, reported Tass."."""
        if "speech" not in cue.frames or verb.tag_ not in ("VBD", "VBN", "VBZ") or verb.i <= verb.sent.start + 2:
            return None
        if self.doc[verb.i - 1].text not in (",", "”", '"', "''") or any(c.dep_ in SUBJECT_DEPS for c in verb.children):
            return None
        speaker = next((c for c in verb.children if c.dep_ in ("dobj", "oprd", "attr") and c.i > verb.i), None)
        if speaker is None or not self.sources.is_speaker([speaker]) or speaker.tag_ not in ("NNP", "NNPS", "NN", "NNS"):
            return None
        rest = self.doc[speaker.right_edge.i + 1 : verb.sent.end]
        return speaker if all(t.is_punct or t.is_space for t in rest) else None

    def _is_refused(self, verb: Token) -> bool:
        """True for the second cue of "declined to say who …": nothing is said."""
        governor = verb.head
        if verb.dep_ == "pcomp":  # "without saying who", "stopped short of saying that", "refrained from saying"
            effect = self.passage.knowledge.embedders.get(governor.head.lemma_.lower())
            is_negative = effect is not None and effect.polarity is Polarity.NEGATIVE
            return governor.lower_ == "without" or governor.head.lower_ == "short" or is_negative
        if verb.dep_ not in ("xcomp", "acl", "advcl") or verb.tag_ != "VB":
            return False
        cue = self.passage.cue(governor, "VERB")
        return cue is not None and cue.polarity is Polarity.NEGATIVE and "infinitive" in cue.frames

    def _is_about_name(self, cue: Cue, clause: Token) -> bool:
        """True for "declined to be named", which tells of the source and nothing of the world."""
        is_refusal = cue.polarity is Polarity.NEGATIVE and is_passive(clause)
        return is_refusal and clause.lemma_ in self.passage.knowledge.words["naming verb"]

    def _is_taken_up(self, verb: Token, cue: Cue, passive: bool) -> bool:
        """True for "…, which Moscow denies", "Moscow denied it": the content stands elsewhere."""
        if passive:  # "This was stated by a union leader"
            told = [child for child in verb.children if child.dep_ == "nsubjpass"]
            is_alone = len(told) == 1 and told[0].lower_ in ("this", "that", "it") and "clause" in cue.frames
            return is_alone and bool(agents(verb)) and not any(c.dep_ in ("ccomp", "xcomp") for c in verb.children)
        if not cue.frames & {"object"} or not (cue.polarity is Polarity.NEGATIVE or verb.lemma_ in _VERIFYING):
            return False
        targets = [child for child in verb.children if child.dep_ == "dobj"]
        if len(targets) != 1 or any(child.dep_ in ("ccomp", "xcomp") for child in verb.children):
            return False
        pronoun = targets[0].tag_ in ("WDT", "WP") or targets[0].lower_ in ("it", "this", "that", "them")
        return pronoun or (verb.dep_ == "relcl" and verb.head.lemma_ in self.passage.knowledge.words["saying noun"])

    def _echo(self, verb: Token, cue: Cue, claim: ClaimDraft) -> ClaimDraft | None:
        """Give the claim of a verb that takes up what stands before it."""
        if not self.sources.is_speaker(claim.source_heads):
            return None
        claim.is_echo = True
        claim.source = self.sources.source_ranges(claim.source_heads)
        claim.base = self.passage.factuality.cue_status(verb, cue, None)
        claim.polarity, claim.certainty = claim.base
        if verb.dep_ != "relcl":
            claim.awaits = True
            claim.content = [(verb.i, verb.i + 1)]
            return claim
        noun = verb.head
        aside = {t.i for t in (noun if noun.dep_ == "appos" else verb).subtree}
        clause = noun
        while not is_verb(clause) and clause.head.i != clause.i:
            clause = clause.head
        claim.content = [r for r in runs(self.doc, sorted({t.i for t in clause.subtree} - aside)) if r[0] < verb.i]
        claim.root = clause.i if claim.content else -1
        return claim if claim.content else None

    def _according_to(self, token: Token) -> Iterator[ClaimDraft]:
        heads = [
            m
            for child in token.subtree
            if child.dep_ == "pobj" and child.head.lower_ == "to" and child.head.head == token
            for m in conjuncts(child)
        ]
        if not heads or all(
            head.lower_ in self.passage.knowledge.words["no source"] and not any(head.children) for head in heads
        ):
            return  # "went according to plan"
        phrase = {t.i for t in token.subtree}
        clause = token.head
        while clause.dep_ not in ("ROOT", "ccomp", "relcl", "conj") and not is_verb(clause):
            clause = clause.head
        indexes = [t.i for t in clause.subtree if t.i not in phrase]
        start, end = self.passage.stretch(token)
        at_edge = token.i <= start + 1 or max(phrase) >= end - 3
        if len(indexes) < 3 or (at_edge and clause.dep_ not in ("ccomp", "relcl")):
            indexes = [index for index in range(start, end) if index not in phrase]
        indexes = [index for index in indexes if start <= index < end]
        content = runs(self.doc, indexes)
        if content:
            source = self.sources.source_ranges(heads)
            to = token.nbor(1).i + 1 if token.i + 1 < len(self.doc) and token.nbor(1).lower_ == "to" else token.i + 1
            yield self.contents.judged(
                ClaimDraft(content, source, [(token.i, to)], source_heads=heads, cue_token=token.i, root=clause.i)
            )

    def _in_words_of(self, words: Token) -> Iterator[ClaimDraft]:
        """Yield the claim of "in the words of the general, …"."""
        heads = [member for below in of_objects(words) for member in conjuncts(below)]
        if heads:
            of = heads[0].head.i
            yield from self._around_phrase(words.head, heads, (words.head.i, of + 1))

    def _as_put(self, verb: Token) -> Iterator[ClaimDraft]:
        """Yield the claim of "as the minister put it, …"."""
        heads = subjects(verb)
        if heads and self.sources.is_speaker(heads):
            yield from self._around_phrase(verb, heads, (verb.i, verb.i + 1))

    def _around_phrase(self, phrase: Token, heads: list[Token], cue: tuple[int, int]) -> Iterator[ClaimDraft]:
        """Yield the claim whose content is the sentence around a phrase that names the speaker."""
        spans = [with_conjuncts(head) for head in heads]  # an apposition may be the rest of the sentence
        source = [(span.start, span.end) for span in spans]
        last = max([source[-1][1], cue[1], *(child.i + 1 for child in phrase.children if child.dep_ == "dobj")])
        inside = set(range(min(phrase.left_edge.i, source[0][0]), last))
        start, end = self.passage.stretch(phrase)
        quoted = [(s, e) for s, e in self.passage.quotes if start <= s and e <= end and not inside & set(range(s, e))]
        content = quoted or runs(self.doc, [index for index in range(start, end) if index not in inside])
        if content:
            claim = ClaimDraft(content, source, [cue], source_heads=heads, cue_token=cue[0])
            claim.root = self.passage.main_verb(content)
            yield self.contents.judged(claim)

    def _noun(self, noun: Token) -> Iterator[ClaimDraft]:
        cue = self.passage.cue(noun, "NOUN")
        if cue is None:
            return
        clause = next(
            (
                c
                for c in noun.children
                if c.dep_ in ("acl", "ccomp", "relcl")
                and "clause" in cue.frames
                and any(g.dep_ == "mark" and g.lower_ in ("that", "whether") for g in c.children)
            ),
            None,
        )
        owners = [m for child in noun.children if child.dep_ == "poss" for m in conjuncts(child)]
        owners += [
            m
            for child in noun.children
            if child.dep_ == "prep" and child.lower_ in ("by", "from")
            for b in child.children
            if b.dep_ == "pobj"
            for m in conjuncts(b)
        ]
        if clause is None and owners and "infinitive" in cue.frames:
            clause = next((c for c in noun.children if c.dep_ in ("acl", "xcomp") and c.tag_ == "VB"), None)
        lent = clause is None and not owners and self._lends_subject(noun)
        if lent:  # "cast doubt on the report", "made no mention of it"
            owners = [owner for owner in subjects(noun.head) if self.sources.is_speaker([owner])]
        if clause is None:
            if not owners:
                return
            ties = [*noun.children, *(noun.head.children if lent else ())]  # "cast doubt on", the "on" hung on "cast"
            of = next((c for c in ties if c.dep_ == "prep" and c.lower_ in cue.frames and c.i > noun.i), None)
            below = next(iter(of.children), None) if of is not None else None
            if below is None or below.dep_ not in ("pobj", "pcomp"):
                return
            clause = below
        if not owners and noun.dep_ in ("dobj", "attr", "pobj") and (is_verb(noun.head) or noun.dep_ == "pobj"):
            governor = noun.head if noun.dep_ != "pobj" else noun.head.head
            if is_verb(governor) and self.passage.cue(governor, "VERB") is None:
                owners = [owner for owner in subjects(governor) if self.sources.is_speaker([owner])]
        content = runs(self.doc, sorted(t.i for t in clause.subtree))
        if not content:
            return
        claim = ClaimDraft(
            content,
            self.sources.source_ranges(owners),
            [(noun.i, noun.i + 1)],
            source_heads=owners,
            cue_token=noun.i,
            root=clause.i,
        )
        if lent:
            claim.cue = [(noun.head.i, noun.i + 1)]
        claim.cue = self._with_preposition(claim.cue, noun, claim)
        claim.base = (cue.polarity, cue.certainty)
        degree = next((child.lower_ for child in noun.children if child.lower_ in ("no", "little")), "")
        if degree and noun.lemma_.lower() in self.passage.knowledge.words["noun of doubt"]:  # "there is no doubt that …"
            claim.base = (Polarity.POSITIVE, Certainty.CERTAIN if degree == "no" else Certainty.PROBABLE)
            claim.is_impersonal = not owners
        if lent and (is_negated(noun.head) or any(child.lower_ == "no" for child in noun.children)):
            claim.base = (Polarity.UNKNOWN, Certainty.UNKNOWN)
        yield self.contents.judged(claim)

    def _lends_subject(self, noun: Token) -> bool:
        """True for the object of a verb that only tells who says it ("cast doubt on", "raised questions about")."""
        verb = noun.head
        is_near = noun.dep_ == "dobj" and 0 < noun.i - verb.i <= _NEAR
        return is_near and not is_passive(verb) and verb.lemma_ in self.passage.knowledge.words["lending verb"]

    def _adjective(self, adjective: Token) -> Iterator[ClaimDraft]:
        cue = self.passage.cue(adjective, "ADJ")
        copula = adjective.head
        if cue is None or adjective.dep_ not in ("acomp", "attr", "oprd"):
            return
        clause = next(
            (
                c
                for c in (*adjective.children, *copula.children)
                if c.dep_ in ("ccomp", "csubj", "advcl") and c.i > adjective.i and _has_question_or_that(c)
            ),
            None,
        )
        if clause is None and "infinitive" in cue.frames:
            clause = next((c for c in adjective.children if c.dep_ == "xcomp" and c.i > adjective.i), None)
        governed = self.contents.prepositional(adjective, cue) if clause is None else None
        clause = clause or governed
        if clause is None:
            return
        heads = [s for s in subjects(copula) if s.lower_ not in ("it", "there", "what")]
        if any(s.lower_ == "it" for s in copula.children):
            heads = []
        negated = is_negated(copula) or is_negated(adjective)
        if not heads and not negated and (cue.polarity, cue.certainty) == PLAIN:
            return  # "it is clear that …" is the writer's own word
        content = runs(self.doc, sorted(t.i for t in clause.subtree))
        if not content:
            return
        first = copula.i if 0 < adjective.i - copula.i <= 3 else adjective.i
        claim = ClaimDraft(
            content,
            self.sources.source_ranges(heads),
            [(first, adjective.i + 1)],
            source_heads=heads,
            cue_token=adjective.i,
            root=clause.i,
        )
        if governed is not None and not self.sources.is_speaker(heads):
            return
        claim.cue = self._with_preposition(claim.cue, adjective, claim)
        claim.is_impersonal = not heads
        claim.base = (Polarity.UNKNOWN, Certainty.UNKNOWN) if negated else (cue.polarity, cue.certainty)
        yield self.contents.judged(claim)

    def _adverb(self, adverb: Token) -> Iterator[ClaimDraft]:
        cue = self.passage.cue(adverb, "ADV")
        if cue is None or adverb.dep_ not in ("advmod", "npadvmod"):
            return
        clause = adverb.head
        if not is_verb(clause):
            return
        besides = {adverb.i}
        for child in clause.children:  # "…, although the mayor disputed that" is another's word
            if child.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ in CONCEDING for c in child.children):
                besides |= {t.i for t in child.subtree}
            if child.dep_ == "conj" and any(c.dep_ in SUBJECT_DEPS for c in child.children):  # "…, but Delhi denied it"
                but = next(
                    (c for c in clause.children if c.dep_ == "cc" and c.lower_ in ("but", "yet") and c.i < child.i), None
                )
                if but is not None:
                    besides |= {t.i for t in child.subtree} | set(range(but.i, child.left_edge.i))
        indexes = sorted(t.i for t in clause.subtree if t.i not in besides)
        while len(besides) > 1 and indexes and self.doc[indexes[-1]].text == ",":
            indexes.pop()
        content = runs(self.doc, indexes)
        if content:
            claim = ClaimDraft(content, cue=[(adverb.i, adverb.i + 1)], cue_token=adverb.i, root=clause.i)
            claim.base = (cue.polarity, cue.certainty)
            claim.polarity, claim.certainty = combine(claim.base, self.passage.factuality.local(clause, without=adverb.i))
            yield claim

    def _cue_ranges(self, verb: Token) -> Ranges:
        indexes = [verb.i] + [child.i for child in verb.children if child.dep_ == "prt"]
        indexes += [child.i for child in verb.children if child.dep_ in ("aux", "auxpass", "neg") and child.i < verb.i]
        for child in verb.children:
            phrase = list(child.subtree)
            if child.dep_ == "advmod" and len(phrase) <= 2 and all(t.tag_ in ("RB", "RBR") for t in phrase):
                indexes += [t.i for t in phrase]  # "has repeatedly denied", "no longer believes"
        start = verb.i
        while start - 1 in indexes:
            start -= 1
        end = verb.i + 1
        while end in indexes:
            end += 1
        return [(start, end)]


def _quoted_saying(verb: Token) -> Token | None:
    """Give "saying" of "quoted the minister as saying"."""
    if verb.lemma_ not in ("quote", "cite"):
        return None
    ties = (child for child in verb.children if child.dep_ == "prep" and child.lower_ == "as")
    return next((below for tie in ties for below in tie.children if below.dep_ == "pcomp" and below.tag_ == "VBG"), None)


def _has_question_or_that(clause: Token) -> bool:
    return any(
        (child.dep_ == "mark" and child.lower_ in ("that", "if", "whether")) or child.tag_ in ("WRB", "WP", "WDT")
        for child in clause.subtree
        if child.i <= clause.i
    )
