"""Finds attributed claims: source, cue, addressee and content, nested, with polarity and certainty.

Source, cue and content are those of PARC 3 (Pareti 2016); polarity and certainty follow FactBank (Saurí and Pustejovsky
2009): they say how sure the *source* is. Cues and hedges are data (`ontology/lexicons/`).
"""

from collections.abc import Iterator
from itertools import pairwise

from spacy.tokens import Doc, Token
from spacy.tokens import Span as SpanOfTokens

from kg.annotate.claim_drafts import ClaimDraft, Ranges, Status, char_spans, less, union
from kg.annotate.factuality import PLAIN, Factuality, combine
from kg.annotate.mentions import Found
from kg.annotate.parse import Blocks
from kg.annotate.quotations import CLOSING, quotations
from kg.annotate.syntax import (
    PASSIVE_SUBJECT_DEPS,
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
from kg.knowledge import Cue, Knowledge
from kg.model import Certainty, Polarity, Span

__all__ = ["ClaimDraft", "ClaimFinder", "char_spans", "combine"]

_SPEAKER_TYPES = frozenset(("Person", "State", "Agency", "Group", "Nationality"))
_SELF = frozenset(("he", "she", "it", "they", "i", "we"))
_VERIFYING = frozenset(("confirm", "acknowledge", "admit", "verify", "affirm"))
_NOUN_PREPOSITIONS = frozenset(("to", "of", "against", "about", "between", "toward", "towards", "with", "from"))
_NEAR_CUE = 3
_MIN_QUOTE = 3
"""Quotations of fewer words are scare quotes: they are no claim of their own."""
_LONGEST_SOURCE = 40


class ClaimFinder:
    """Finds the claims of one parsed document."""

    def __init__(self, doc: Doc, blocks: Blocks, found: list[Found], knowledge: Knowledge) -> None:
        self.doc = doc
        self.blocks = blocks
        self.knowledge = knowledge
        self.mention_at: dict[int, Found] = {}
        for mention in found:
            if mention.form != "value":
                for index in range(mention.start, mention.end):
                    if index not in self.mention_at or mention.head == index:
                        self.mention_at[index] = mention
        self.block_of = _block_numbers(doc, blocks)
        self.silent = {"boilerplate", "byline", "dateline", "speaker"}
        self.quotes = list(quotations(doc, self.block_of))
        self.factuality = Factuality(knowledge, self.quotes)
        self.depths: dict[int, int] = {}
        self.marks: dict[int, tuple[list[int], list[int]]] = {}

    def find(self) -> list[ClaimDraft]:
        """Give the attributed claims in text order, outer before inner, and the document's own claims, one a sentence."""
        claims: list[ClaimDraft] = []
        for token in self.doc:
            if self._kind(token) in self.silent:
                continue
            claims.extend(self._at(token))
        claims += self._labelled()
        claims = _without_repeats(claims)
        self._take_up(claims)
        self._extend_quotes(claims)
        self._continue_speech(claims)
        claims += self._cited(claims)
        own = list(self._own_voice())
        for claim in claims:
            if claim.within is None:
                claim.within = self._around(claim, claims, own)
        everything = own + claims
        everything.sort(
            key=lambda c: (
                self.doc[c.content[0][0]].sent.start if c.is_own_voice else self._sentence_start(c),
                not c.is_own_voice,
                -c.size,
                c.cue_token,
            )
        )
        return _outer_first(everything)

    def _sentence_start(self, claim: ClaimDraft) -> int:
        index = claim.cue_token if claim.cue_token >= 0 else claim.content[0][0]
        return self.doc[index].sent.start

    def status(self, token: Token, claim: ClaimDraft) -> Status:
        """Give polarity and certainty of what `token` tells within `claim`: those of the cue, and of the words between."""
        return combine(claim.base, self.factuality.climb(token, claim))

    def told(self, token: Token, claim: ClaimDraft) -> Status:
        """Give polarity and certainty of `token` as the claim words it, whatever its cue says of the whole."""
        return self.factuality.climb(token, claim)

    # -- patterns ------------------------------------------------------------------------------------------------------

    def _kind(self, token: Token) -> str:
        number = self.block_of.get(token.i)
        return self.blocks[number][1] if number is not None else "paragraph"

    def _at(self, token: Token) -> Iterator[ClaimDraft]:
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

    def _cue(self, token: Token, pos: str) -> Cue | None:
        return next(iter(self._cues(token, pos)), None)

    def _cues(self, token: Token, pos: str) -> tuple[Cue, ...]:
        particle = next((child.lower_ for child in token.children if child.dep_ == "prt"), None)
        lemma = token.lemma_.lower()
        if particle and (cue := self.knowledge.cues.get((f"{lemma} {particle}", pos))):
            return cue
        return self.knowledge.cues.get((lemma, pos), ())

    def _verb(self, verb: Token) -> Iterator[ClaimDraft]:
        if verb.dep_ in ("amod", "compound", "aux"):
            return
        for cue in self._cues(verb, "VERB"):
            claim = self._by_verb(verb, cue)
            if claim is not None:
                yield claim
                return

    def _by_verb(self, verb: Token, cue: Cue) -> ClaimDraft | None:
        """Give the claim that a verb makes if this row of the lexicon describes how it stands here."""
        passive = is_passive(verb)
        state = next(iter(self.knowledge.cues.get((verb.lower_, "ADJ"), ())), None) if passive else None
        if state is not None and self._complement(verb, state, passive)[0] is not None:
            cue, passive = state, False  # "is convinced that …": whose conviction it is is no object of another's deed
        if passive and any(
            child.dep_ == "prep" and child.lower_ == "as" and any(b.dep_ == "pcomp" for b in child.children)
            for child in verb.children
        ):
            return None
        if verb.lower_ == "according":
            return None
        if self._is_refused(verb):
            return None
        claim = ClaimDraft([], cue=self._cue_ranges(verb), cue_token=verb.i)
        governing = self._governing_cue(verb)
        sources = agents(verb) if passive else [s for s in subjects(governing or verb) if s.i != verb.i]
        if state is not None and not sources:  # the subject hangs on "is"
            sources = [s for child in verb.children if child.dep_ in ("aux", "auxpass") for s in subjects(child)]
        if (inverted := self._inverted(verb, cue)) is not None:
            passive, sources = False, conjuncts(inverted)
        claim.source_heads = [head for head in sources if head.lower_ not in ("it", "there") or head.i in self.mention_at]
        is_addressed = passive and "object" in cue.addressee  # "Asked whether …, he said": the one who is asked is no source
        if claim.source_heads and all(_is_nobody(head) for head in claim.source_heads):
            claim.is_impersonal = True  # "no group has claimed …"
        if self._is_taken_up(verb, cue, passive):
            return self._echo(verb, cue, claim)
        clause, infinitive = self._complement(verb, cue, passive)
        before = (
            self._remainder(verb, cue, claim) if not passive and not infinitive and cue.frames & {"clause", "speech"} else []
        )
        if clause is None and not passive and (told := self._as_said(verb, claim.source_heads)):
            before = told
        if (
            before
            and not self._is_filler(verb, claim.source_heads)
            and (clause is None or clause.i < verb.i)
            and self._is_speaker(claim.source_heads)
        ):
            claim.content = before
            claim.root = clause.i if clause is not None else self._main_verb(before)
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
                for target in self._controllers(verb):
                    indexes |= {t.i for t in target.subtree}
            claim.content = runs(self.doc, sorted(indexes - self._day_of_saying(clause) - self._asides(clause, verb)))
            if not is_verb(clause) or claim.size <= 3:
                claim.content = self._mended(claim.content, verb)
        else:
            self._content_without_clause(verb, cue, claim, passive)
        if clause is None and claim.root >= 0 and not is_verb(self.doc[claim.root]):
            aside = self._asides(self.doc[claim.root], verb)
            claim.content = runs(self.doc, [i for start, end in claim.content for i in range(start, end) if i not in aside])
        if not claim.content:
            return None
        if not claim.source_heads and not passive and not claim.is_impersonal:
            return None
        if is_addressed:
            claim.addressee_heads = subjects(verb)
        elif "object" not in cue.frames or clause is not None:
            claim.addressee_heads = self._addressees(verb, cue, claim)
        claim.source = self._relative_source(verb, claim) or self._source_ranges(claim.source_heads)
        claim.addressee = self._source_ranges(claim.addressee_heads)
        claim.source = less(self._before_cue(claim, verb), claim.content)
        claim.cue = self._with_preposition(claim.cue, verb, claim)
        claim.base = self.factuality.cue_status(verb, cue, clause)
        return self._judged(claim)

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

    def _as_said(self, verb: Token, heads: list[Token]) -> Ranges:
        """Give the sentence around "as the agency first reported": what the agency reported."""
        if verb.dep_ not in ("advcl", "ccomp", "parataxis") or not self._is_speaker(heads):
            return []
        if verb.left_edge.lower_ != "as" or verb.left_edge.head.i != verb.i:
            return []
        if any(child.dep_ in ("dobj", "ccomp", "xcomp", "acomp") for child in verb.children):
            return []
        start, end = self._stretch(verb)
        inside = range(verb.left_edge.i, verb.right_edge.i + 1)
        content = runs(self.doc, [index for index in range(start, end) if index not in inside])
        return content if self._main_verb(content) >= 0 else []

    def _inverted(self, verb: Token, cue: Cue) -> Token | None:
        """Give the speaker who ends the sentence behind a cue the parse takes for another clause: "…, reported Tass."."""
        if "speech" not in cue.frames or verb.tag_ not in ("VBD", "VBN", "VBZ") or verb.i <= verb.sent.start + 2:
            return None
        if self.doc[verb.i - 1].text not in (",", "”", '"', "''") or any(c.dep_ in SUBJECT_DEPS for c in verb.children):
            return None
        speaker = next((c for c in verb.children if c.dep_ in ("dobj", "oprd", "attr") and c.i > verb.i), None)
        if speaker is None or not self._is_speaker([speaker]) or speaker.tag_ not in ("NNP", "NNPS", "NN", "NNS"):
            return None
        rest = self.doc[speaker.right_edge.i + 1 : verb.sent.end]
        return speaker if all(t.is_punct or t.is_space for t in rest) else None

    def _is_refused(self, verb: Token) -> bool:
        """True for the second cue of "declined to say who …": nothing is said."""
        governor = verb.head
        if verb.dep_ == "pcomp":  # "without saying who", "stopped short of saying that", "refrained from saying"
            effect = self.knowledge.embedders.get(governor.head.lemma_.lower())
            is_negative = effect is not None and effect.polarity is Polarity.NEGATIVE
            return governor.lower_ == "without" or governor.head.lower_ == "short" or is_negative
        if verb.dep_ not in ("xcomp", "acl", "advcl") or verb.tag_ != "VB":
            return False
        cue = self._cue(governor, "VERB")
        return cue is not None and cue.polarity is Polarity.NEGATIVE and "infinitive" in cue.frames

    def _day_of_saying(self, clause: Token) -> set[int]:
        """Give what stands between cue and clause but is parsed into the clause: "said on Monday it had …"."""
        that = next((c for c in clause.children if c.dep_ == "mark" and c.lower_ == "that" and c.i < clause.i), None)
        if that is not None:  # "announced on Friday, after long talks, that …"
            return set(range(clause.left_edge.i, that.i))
        subject = next((c for c in clause.children if c.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS | {"mark", "expl"}), None)
        if subject is None:
            return set()
        front = [t for t in self.doc[clause.left_edge.i : subject.left_edge.i] if not t.is_punct]
        if front and all(t.ent_type_ in ("DATE", "TIME") or t.lower_ in ("on", "in", "late", "early", "the") for t in front):
            return set(range(clause.left_edge.i, subject.left_edge.i))
        return set()

    def _asides(self, clause: Token, verb: Token) -> set[int]:
        """Give the tokens at the end of a clause that others say: the same source in another saying, or the writer."""
        gone: set[int] = set()
        for child in clause.children:
            if child.i < clause.i:
                continue
            if self._governing_cue(child) is not None:
                gone |= {t.i for t in child.subtree}
                gone |= {
                    t.i
                    for t in clause.children
                    if t.dep_ == "cc" and clause.i < t.i < child.left_edge.i and t.i + 2 >= child.left_edge.i
                }
        last = clause.right_edge.i
        for child in self.doc[clause.i + 1 : last + 1]:
            before = self.doc[child.left_edge.i - 1]
            if (
                child.dep_ == "relcl"
                and child.right_edge.i >= last - 1
                and before.text == ","
                and child.left_edge.tag_ in ("WDT", "WP")
                and not self._in_quote(child.i, child.i + 1)
            ):
                gone |= {t.i for t in child.subtree}  # "…, which is its third this month"
        dashes = [t.i for t in self.doc[clause.left_edge.i : last + 1] if _is_dash(t) and not self._in_quote(t.i, t.i + 1)]
        if len(dashes) == 1 and dashes[0] > clause.i:
            gone |= set(range(dashes[0], last + 1))
        return gone

    def _governing_cue(self, verb: Token) -> Token | None:
        """Give the cue whose source also says `verb`, which the parse hangs below what is said.

        "Lazar said he was well and added: …", "the army denied that it fired, saying …".
        """
        clause = verb.head
        above = clause.head
        if clause.dep_ != "ccomp" or not is_verb(above) or above.i > clause.i or self._cue(above, "VERB") is None:
            return None
        cue = self._cue(verb, "VERB")
        if cue is None or not cue.frames & {"clause", "speech"} or self._in_quote(verb.i, verb.i + 1):
            return None
        if (
            verb.dep_ == "advcl"
            and verb.tag_ == "VBG"
            and verb.i > clause.i
            and self.doc[verb.left_edge.i - 1].text in (",", "-", "—", "–")
        ):
            return (
                above if any(c.dep_ in ("ccomp", "xcomp") for c in verb.children) or self._opens_quotation(verb.i + 1) else None
            )
        if verb.dep_ != "conj" or any(c.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS for c in verb.children):
            return None
        if verb.lemma_ == "add":
            return above
        first = next((c for c in clause.children if c.dep_ in ("aux", "auxpass")), clause)
        own = next((c for c in verb.children if c.dep_ in ("aux", "auxpass")), verb)
        of_telling = first.tag_ != "VBD" or (first.lemma_ == "have" and own.lemma_ != "have")
        return above if above.tag_ == "VBD" and own.tag_ == "VBD" and of_telling else None

    def _is_taken_up(self, verb: Token, cue: Cue, passive: bool) -> bool:
        """True for "…, which Moscow denies", "Moscow denied it": the content stands elsewhere."""
        if passive or not cue.frames & {"object"} or not (cue.polarity is Polarity.NEGATIVE or verb.lemma_ in _VERIFYING):
            return False
        targets = [child for child in verb.children if child.dep_ == "dobj"]
        if len(targets) != 1 or any(child.dep_ in ("ccomp", "xcomp") for child in verb.children):
            return False
        pronoun = targets[0].tag_ in ("WDT", "WP") or targets[0].lower_ in ("it", "this", "that", "them")
        return pronoun or (verb.dep_ == "relcl" and verb.head.lemma_ in self.knowledge.words["saying noun"])

    def _echo(self, verb: Token, cue: Cue, claim: ClaimDraft) -> ClaimDraft | None:
        """Give the claim of a verb that takes up what stands before it."""
        if not self._is_speaker(claim.source_heads):
            return None
        claim.is_echo = True
        claim.source = self._source_ranges(claim.source_heads)
        claim.base = self.factuality.cue_status(verb, cue, None)
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

    def _take_up(self, claims: list[ClaimDraft]) -> None:
        """Give "Moscow denied it" the content of the last claim before it, and keep "which Moscow denies" out of that claim."""
        for claim in [claim for claim in claims if claim.is_echo]:
            if claim.awaits:
                earlier = [c for c in claims if c is not claim and not c.awaits and c.cue_token < claim.cue_token and c.source]
                near = [c for c in earlier if self.doc[claim.cue_token].sent.start - self.doc[c.cue_token].sent.end <= 1]
                if not near:
                    claims.remove(claim)
                    continue
                claim.content, claim.root = list(near[-1].content), near[-1].root
                continue
            verb = self.doc[claim.cue_token]
            aside = verb.head if verb.head.dep_ == "appos" else verb
            for other in claims:
                if other is not claim and other.covers(claim.cue_token) and not other.covers(other.cue_token):
                    kept = less(other.content, [(aside.left_edge.i, aside.right_edge.i + 1)])
                    other.content = runs(self.doc, [i for start, end in kept for i in range(start, end)]) or other.content

    def _complement(self, verb: Token, cue: Cue, passive: bool) -> tuple[Token | None, bool]:
        """Give the clause a cue governs, and whether it is an infinitive."""
        if "clause" in cue.frames:
            clauses = [c for c in verb.children if c.dep_ == "ccomp" and not self._stands_apart(verb, cue, c)]
            later = [c for c in clauses if c.i > verb.i and is_verb(c)]
            if clauses:  # "some say it was so, others say it was not": each has what stands behind it
                return self._below_citation((later or clauses)[0]), False
        for child in verb.children:
            if (
                child.dep_ in ("xcomp", "ccomp")
                and is_verb(child)
                and cue.frames & {"infinitive", "gerund"}
                and not self._stands_apart(verb, cue, child)
            ):
                return child, True
        if "clause" in cue.frames:
            for child in verb.children:
                if (
                    child.dep_ == "advcl"
                    and child.i > verb.i
                    and any(g.dep_ == "mark" and g.lower_ in ("that", "if", "whether") for g in child.children)
                ) and (child.left_edge.lower_ != "if" or is_negated(verb) or cue.polarity is Polarity.UNKNOWN):
                    return child, False
        for child in verb.children:  # "neither confirmed nor denied that …"
            other = self._cue(child, "VERB") if child.dep_ == "conj" and 0 < child.i - verb.i <= _NEAR_CUE else None
            if other is not None and not any(c.dep_ in SUBJECT_DEPS | {"dobj"} for c in child.children):
                return self._complement(child, other, passive)
        return None, False

    @staticmethod
    def _below_citation(clause: Token) -> Token:
        """Give what is told where a citation comes between: "reported, citing a defector, that the site had collapsed"."""
        if clause.lemma_ in ("cite", "quote") and clause.tag_ == "VBG":
            return next((t for t in clause.subtree if t.dep_ in ("ccomp", "acl") and is_verb(t)), clause)
        return clause

    def _stands_apart(self, verb: Token, cue: Cue, clause: Token) -> bool:
        """True if a clause before the cue is a statement of its own ("A said so; B has not confirmed the loss")."""
        if clause.i > verb.i:
            return False
        between = self.doc[clause.i : verb.i]
        has_object = "object" not in cue.addressee and any(c.dep_ == "dobj" and c.i > verb.i for c in verb.children)
        return has_object or any(token.text == ";" for token in between)

    def _controllers(self, verb: Token) -> list[Token]:
        """Give the objects of a cue that are to do what its infinitive says."""
        found = [child for child in verb.children if child.dep_ in ("dobj", "dative") and child.i > verb.i]
        for child in verb.children:
            if child.dep_ == "prep" and child.lower_ in ("on", "for") and verb.lemma_ in ("call", "appeal", "push"):
                found += [below for below in child.children if below.dep_ == "pobj"]
        return found

    def _content_without_clause(self, verb: Token, cue: Cue, claim: ClaimDraft, passive: bool) -> None:
        """Find content that the parse does not hang below the cue: what stands around "…, he said", quotations, objects."""
        sentence = verb.sent
        speaks = self._is_speaker(claim.source_heads)
        is_addressed = passive and "object" in cue.addressee
        if cue.frames & {"object", "deed"} and not passive and speaks:
            targets = [child for child in verb.children if child.dep_ == "dobj"]
            if "object" not in cue.frames:  # "supported the rebels" is a deed, "supported the plan" a word
                targets = [t for t in targets if t.i not in self.mention_at or self._is_quarrel(claim.source_heads, t)]
            small = [c for c in verb.children if c.dep_ in ("oprd", "ccomp") and not is_verb(c) and c.i > verb.i]
            if targets or small:
                said = [*targets, *small, *self._object_tail(verb, cue, targets)]
                if any(t.pos_ != "PRON" for t in said):
                    claim.root = said[0].i
                    claim.content = runs(self.doc, sorted({t.i for part in said for t in part.subtree}))
                    if "clause" in cue.frames:
                        claim.content = self._mended(claim.content, verb)
                    return
        if "as" in cue.frames and not passive and speaks:  # "regards the vote as a farce"
            targets = [child for child in verb.children if child.dep_ == "dobj"]
            role = [child for child in verb.children if child.dep_ == "prep" and child.lower_ == "as"]
            if targets and role:
                claim.root = targets[0].i
                claim.content = runs(self.doc, sorted({t.i for part in (*targets, *role) for t in part.subtree}))
                return
        governs = is_addressed or (speaks and not (passive and "object" in cue.frames))
        phrase = self._prepositional(verb, cue) if governs else None
        if phrase is not None and not self._opens_quotation(phrase.right_edge.i + 1):
            claim.root = phrase.i
            claim.content = runs(self.doc, [t.i for t in phrase.subtree])
            return
        has_object = "clause" not in cue.frames and any(c.dep_ == "dobj" for c in verb.children)
        if cue.frames & {"speech", "clause"} and not is_addressed and not has_object:
            quoted = [
                (start, end)
                for start, end in self.quotes
                if start < sentence.end
                and end > sentence.start
                and not start <= verb.i < end
                and end - start >= _MIN_QUOTE + 2
                and not self._belongs_elsewhere(verb, start, end)
            ]
            if not quoted and speaks and "speech" in cue.frames and self._may_speak_beside(verb):
                quoted = self._beside(sentence)
            if quoted and speaks:
                claim.content = quoted
                return
        if phrase is not None:
            claim.root = phrase.i
            claim.content = runs(self.doc, [t.i for t in phrase.subtree])
            return
        if "object" in cue.frames and passive:
            targets = [child for child in verb.children if child.dep_ == "nsubjpass"]
            ties = {"as", "for", "over"} | (cue.frames & {"of"})
            tail = [c for c in verb.children if c.dep_ == "oprd" or (c.dep_ == "prep" and c.lower_ in ties)]
            if targets and (tail or (claim.source_heads and targets[0].pos_ != "PRON")):  # "was accused of arming …"
                said = [*targets, *(c for c in tail if c.i > verb.i)]
                claim.root = said[0].i
                claim.content = runs(self.doc, sorted({t.i for part in said for t in part.subtree}))

    def _is_quarrel(self, heads: list[Token], target: Token) -> bool:
        """True if one person attacks, backs or defends another: with words."""
        both = [self.mention_at.get(token.i) for token in (*heads, target)]
        return all(mention is not None and mention.type == "Person" for mention in both)

    def _mended(self, content: Ranges, verb: Token) -> Ranges:
        """Let content that breaks off in the middle of a clause run on to its end ("shows the party with 40 percent")."""
        if not content or content[-1][0] < verb.i:
            return content
        start, end = content[-1]
        _, last = self._stretch(verb)
        at = end
        while at < last and not (self.doc[at].is_punct and self.doc[at].text not in "'’\"“”") and not self.doc[at].is_space:
            if (
                self.doc[at].ent_type_ in ("DATE", "TIME")
                or self.doc[at].dep_ in ("cc", "mark")
                or self.doc[at].tag_ in ("WRB",)
            ):
                return content
            at += 1
        return [*content[:-1], (start, at)]

    def _prepositional(self, verb: Token, cue: Cue) -> Token | None:
        """Give what a preposition of the cue's frame governs: "called for a truce"."""
        for child in verb.children:
            if child.dep_ in ("prep", "prt") and child.lower_ in cue.frames and child.i > verb.i:
                below = next((b for b in child.children if b.dep_ in ("pobj", "pcomp")), None)
                if below is not None:
                    return below
        return None

    def _opens_quotation(self, index: int) -> bool:
        """True if a quotation begins at a token or behind a comma or colon there."""
        starts = {start for start, _ in self.quotes}
        return index in starts or (index + 1 in starts and self.doc[index].text in (",", ":"))

    def _object_tail(self, verb: Token, cue: Cue, targets: list[Token]) -> list[Token]:
        """Give "for …" and "as …" behind an object: "praised Ankara for its restraint", "described it as a mistake"."""
        if not targets:
            return []
        ties = {"as", "for", "over"} | (cue.frames & {"of"})
        if cue.polarity is Polarity.NEGATIVE:
            ties = {"for"}  # what "dismissed it as a joke" denies is "it"
        tail = [c for c in verb.children if c.dep_ == "prep" and c.lower_ in ties and c.i > targets[-1].i]
        end = targets[-1].right_edge.i + 1
        for child in verb.children:
            if child.i == end and child.dep_ == "prep" and child.lower_ in _NOUN_PREPOSITIONS and child not in tail:
                tail.append(child)  # "recalled her opposition to the war", hung on the verb
        return sorted(tail, key=lambda c: c.i)

    def _main_verb(self, ranges: Ranges) -> int:
        """Give the topmost verb of some tokens, or -1."""
        inside = {index for start, end in ranges for index in range(start, end)}
        verbs = [self.doc[index] for index in sorted(inside) if is_verb(self.doc[index])]
        return min(verbs, key=lambda verb: (self._depth(verb), verb.i)).i if verbs else -1

    def _depth(self, token: Token) -> int:
        """Give how many words stand above one; each is counted once, since sentences can be very long."""
        path = []
        while token.i not in self.depths and token.head.i != token.i:
            path.append(token.i)
            token = token.head
        depth = self.depths.setdefault(token.i, 0)
        for index in reversed(path):
            depth += 1
            self.depths[index] = depth
        return depth

    def _remainder(self, verb: Token, cue: Cue, claim: ClaimDraft) -> Ranges:
        """Give what is left of the sentence around an interjected or final "…, the minister said" or "…, reports CNN"."""
        sentence = verb.sent
        heads = [head for head in claim.source_heads if head.sent == sentence]
        own = frozenset(("xcomp", "ccomp") if "object" in cue.addressee else ("dobj", "xcomp", "ccomp"))
        if not heads or any(child.dep_ in own and child.i > verb.i and child not in heads for child in verb.children):
            return []
        if "clause" not in cue.frames and self._prepositional(verb, cue) is not None:
            return []
        inside = {t.i for head in heads for t in head.subtree} | {verb.i}
        inside |= {
            t.i for child in verb.children if child.dep_ in ("aux", "neg", "advmod", "prt", "npadvmod") for t in child.subtree
        }
        for child in verb.children:
            if (
                child.dep_ in ("prep", "dative", "dobj", "tmod", "advcl")
                and child.i > verb.i
                and verb.i >= min(head.i for head in heads)
            ):
                inside |= {t.i for t in child.subtree}
        left, right = min(inside), max(inside)
        before = self.doc[left - 1] if left > sentence.start else None
        if before is None or not (before.is_punct and before.text in (",", "”", '"', "’", "'", "—", "–", "-", "''", "?", "!")):
            return []
        after = self.doc[right + 1] if right + 1 < sentence.end else None
        if after is not None and not (after.is_punct or after.is_space):
            return []
        first, last = self._stretch(verb)
        return runs(self.doc, [index for index in range(first, last) if not left <= index <= right])

    @staticmethod
    def _is_filler(verb: Token, heads: list[Token]) -> bool:
        """True for "…, I think, …", "…, you know": nobody's report."""
        return verb.lemma_ in ("know", "think", "guess", "mean", "believe", "suppose") and all(
            head.lower_ in ("i", "we", "you") for head in heads
        )

    def _stretch(self, token: Token) -> tuple[int, int]:
        """Give the part of the sentence between the semicolons around a token."""
        sentence = token.sent
        if sentence.start not in self.marks:
            self.marks[sentence.start] = ([t.i for t in sentence if t.text == ";"], [t.i for t in sentence if _is_dash(t)])
        semicolons, dashes = self.marks[sentence.start]
        stops = list(semicolons)
        if len(dashes) == 2 and dashes[0] < token.i < dashes[1]:
            stops += dashes
        start = max((stop + 1 for stop in stops if stop < token.i), default=sentence.start)
        return start, min((stop for stop in stops if stop > token.i), default=sentence.end)

    def _may_speak_beside(self, verb: Token) -> bool:
        """True if a quotation in the next sentence can be what a verb says: it stands in none itself, and has no object."""
        return not self._in_quote(verb.i, verb.i + 1) and not any(c.dep_ in ("dobj", "ccomp", "oprd") for c in verb.children)

    def _beside(self, sentence: SpanOfTokens) -> Ranges:
        """Give the quotation that ends right before a sentence, or begins right after it, in the same paragraph."""
        block = self.block_of.get(sentence.start)
        before = [(s, e) for s, e in self.quotes if e == sentence.start and self.block_of.get(s) == block]
        after = [(s, e) for s, e in self.quotes if s == sentence.end and self.block_of.get(s) == block]
        return before or after

    def _belongs_elsewhere(self, verb: Token, start: int, end: int) -> bool:
        """True if another cue stands above the quotation, below or beside the verb."""
        for token in self.doc[start:end].root.ancestors:
            if token.i == verb.i:
                return False
            if is_verb(token) and self._cue(token, "VERB") is not None and not start <= token.i < end:
                return True
        return False

    def _addressees(self, verb: Token, cue: Cue, claim: ClaimDraft) -> list[Token]:
        found: list[Token] = []
        for child in verb.children:
            if "object" in cue.addressee and child.dep_ in ("dobj", "dative") and not claim.covers(child.i):
                found += conjuncts(child) if child.dep_ == "dobj" or child.pos_ != "ADP" else []
            if child.dep_ in ("prep", "dative") and child.lower_ in cue.addressee and not claim.covers(child.i):
                found += [member for below in child.children if below.dep_ == "pobj" for member in conjuncts(below)]
        return [head for head in found if head.i in self.mention_at or head.pos_ in ("PROPN", "PRON", "NOUN")]

    def _according_to(self, token: Token) -> Iterator[ClaimDraft]:
        heads = [
            m
            for child in token.subtree
            if child.dep_ == "pobj" and child.head.lower_ == "to" and child.head.head == token
            for m in conjuncts(child)
        ]
        if not heads or all(head.lower_ in self.knowledge.words["no source"] and not any(head.children) for head in heads):
            return  # "went according to plan"
        phrase = {t.i for t in token.subtree}
        clause = token.head
        while clause.dep_ not in ("ROOT", "ccomp", "relcl", "conj") and not is_verb(clause):
            clause = clause.head
        indexes = [t.i for t in clause.subtree if t.i not in phrase]
        start, end = self._stretch(token)
        at_edge = token.i <= start + 1 or max(phrase) >= end - 3
        if len(indexes) < 3 or (at_edge and clause.dep_ not in ("ccomp", "relcl")):
            indexes = [index for index in range(start, end) if index not in phrase]
        indexes = [index for index in indexes if start <= index < end]
        content = runs(self.doc, indexes)
        if content:
            source = self._source_ranges(heads)
            to = token.nbor(1).i + 1 if token.i + 1 < len(self.doc) and token.nbor(1).lower_ == "to" else token.i + 1
            yield self._judged(
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
        if heads and self._is_speaker(heads):
            yield from self._around_phrase(verb, heads, (verb.i, verb.i + 1))

    def _around_phrase(self, phrase: Token, heads: list[Token], cue: tuple[int, int]) -> Iterator[ClaimDraft]:
        """Yield the claim whose content is the sentence around a phrase that names the speaker."""
        spans = [with_conjuncts(head) for head in heads]  # an apposition may be the rest of the sentence
        source = [(span.start, span.end) for span in spans]
        last = max([source[-1][1], cue[1], *(child.i + 1 for child in phrase.children if child.dep_ == "dobj")])
        inside = set(range(min(phrase.left_edge.i, source[0][0]), last))
        start, end = self._stretch(phrase)
        quoted = [(s, e) for s, e in self.quotes if start <= s and e <= end and not inside & set(range(s, e))]
        content = quoted or runs(self.doc, [index for index in range(start, end) if index not in inside])
        if content:
            claim = ClaimDraft(content, source, [cue], source_heads=heads, cue_token=cue[0])
            claim.root = self._main_verb(content)
            yield self._judged(claim)

    def _noun(self, noun: Token) -> Iterator[ClaimDraft]:
        cue = self._cue(noun, "NOUN")
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
        if clause is None:
            if not owners:
                return
            of = next((c for c in noun.children if c.dep_ == "prep" and c.lower_ in cue.frames), None)
            below = next(iter(of.children), None) if of is not None else None
            if below is None or below.dep_ not in ("pobj", "pcomp"):
                return
            clause = below
        if not owners and noun.dep_ in ("dobj", "attr", "pobj") and (is_verb(noun.head) or noun.dep_ == "pobj"):
            governor = noun.head if noun.dep_ != "pobj" else noun.head.head
            if is_verb(governor) and self._cue(governor, "VERB") is None:
                owners = [owner for owner in subjects(governor) if self._is_speaker([owner])]
        content = runs(self.doc, sorted(t.i for t in clause.subtree))
        if not content:
            return
        claim = ClaimDraft(
            content, self._source_ranges(owners), [(noun.i, noun.i + 1)], source_heads=owners, cue_token=noun.i, root=clause.i
        )
        claim.cue = self._with_preposition(claim.cue, noun, claim)
        claim.base = (cue.polarity, cue.certainty)
        yield self._judged(claim)

    def _adjective(self, adjective: Token) -> Iterator[ClaimDraft]:
        cue = self._cue(adjective, "ADJ")
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
        governed = self._prepositional(adjective, cue) if clause is None else None
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
            self._source_ranges(heads),
            [(first, adjective.i + 1)],
            source_heads=heads,
            cue_token=adjective.i,
            root=clause.i,
        )
        if governed is not None and not self._is_speaker(heads):
            return
        claim.cue = self._with_preposition(claim.cue, adjective, claim)
        claim.is_impersonal = not heads
        claim.base = (Polarity.UNKNOWN, Certainty.UNKNOWN) if negated else (cue.polarity, cue.certainty)
        yield self._judged(claim)

    def _adverb(self, adverb: Token) -> Iterator[ClaimDraft]:
        cue = self._cue(adverb, "ADV")
        if cue is None or adverb.dep_ not in ("advmod", "npadvmod"):
            return
        clause = adverb.head
        if not is_verb(clause):
            return
        content = runs(self.doc, sorted(t.i for t in clause.subtree if t.i != adverb.i))
        if content:
            claim = ClaimDraft(content, cue=[(adverb.i, adverb.i + 1)], cue_token=adverb.i, root=clause.i)
            claim.base = (cue.polarity, cue.certainty)
            claim.polarity, claim.certainty = combine(claim.base, self.factuality.local(clause, without=adverb.i))
            yield claim

    def _labelled(self) -> Iterator[ClaimDraft]:
        """Yield "Russia: all missiles hit" (headlines) and transcripts ("MR. SMITH: …")."""
        for number, (span, kind) in enumerate(self.blocks):
            tokens = self.doc.char_span(span.start, span.end, alignment_mode="expand")
            if tokens is None:
                continue
            if kind == "speaker":
                if number + 1 < len(self.blocks):
                    yield from self._transcribed(tokens, self.blocks[number + 1][0])
            elif kind == "headline" or number == 0:
                yield from self._headed(tokens)

    def _headed(self, tokens: SpanOfTokens) -> Iterator[ClaimDraft]:
        """Yield the claim of a headline that names its source before a colon or behind a dash."""
        colon = next((t.i for t in tokens[:8] if t.text == ":"), None)
        if colon is not None and colon + 2 < tokens.end and self._is_label(self.doc[tokens.start : colon]):
            yield self._by_label(self.doc[tokens.start : colon], colon, colon + 1, tokens.end)
            return
        end = tokens.end
        while end > tokens.start and (self.doc[end - 1].is_space or self.doc[end - 1].text == "."):
            end -= 1
        dash = next((t.i for t in reversed(self.doc[max(tokens.start + 3, end - 5) : end]) if _is_dash(t)), None)
        if dash is not None and end - dash > 1 and self._is_label(self.doc[dash + 1 : end]):
            yield self._by_label(self.doc[dash + 1 : end], dash, tokens.start, dash)

    def _by_label(self, label: SpanOfTokens, cue: int, start: int, end: int) -> ClaimDraft:
        claim = ClaimDraft(runs(self.doc, list(range(start, end))), [(label.start, label.end)], [(cue, cue + 1)])
        claim.source_heads, claim.cue_token, claim.root = [label.root], cue, self.doc[start:end].root.i
        return self._judged(claim)

    def _transcribed(self, tokens: SpanOfTokens, answer: Span) -> Iterator[ClaimDraft]:
        """Yield what stands behind "MR. SMITH:"."""
        said = self.doc.char_span(answer.start, answer.end, alignment_mode="expand")
        words = [t for t in tokens if not t.is_punct and not t.is_space]
        if said is not None and words:
            source = (words[0].i, words[-1].i + 1)
            cue = (tokens.end - 1, tokens.end)
            claim = ClaimDraft([(said.start, said.end)], [source], [cue] if cue[0] >= source[1] else [])
            claim.source_heads, claim.cue_token, claim.root = [words[-1]], tokens.end - 1, said.root.i
            yield self._judged(claim)

    def _is_label(self, label: SpanOfTokens) -> bool:
        """True if the words before a headline's colon name somebody who can speak."""
        if not len(label) or any(is_verb(token) or token.is_punct for token in label):
            return False
        mention = self.mention_at.get(label.root.i) or self.mention_at.get(label.end - 1)
        if mention is not None:
            return mention.type in _SPEAKER_TYPES and mention.end == label.end
        return label[-1].ent_type_ in ("PERSON", "ORG") or self._is_speaker([label[-1]])

    def _cited(self, claims: list[ClaimDraft]) -> Iterator[ClaimDraft]:
        """Yield what an outlet says with others' words: "CNN said, citing two officials", "it cites officials for this"."""
        for token in self.doc:
            if token.lemma_.lower() not in ("cite", "quote") or token.pos_ != "VERB" or self._kind(token) in self.silent:
                continue
            quoted = [o for o in objects(token) if self._is_speaker([o])]
            if not quoted or any(claim.cue_token == token.i for claim in claims):
                continue
            if token.tag_ == "VBG":
                outer = next((c for c in claims if c.cue_token == token.head.i), None)
                inside = None
                if outer is None:
                    phrase = {t.i for t in token.subtree}
                    inside = runs(self.doc, [t.i for t in token.head.subtree if t.i not in phrase])
            else:
                speakers = {m.entity for s in subjects(token) if (m := self.mention_at.get(s.i))}
                before = [
                    c
                    for c in claims
                    if c.cue_token < token.sent.start and token.sent.start - self.doc[c.cue_token].sent.end <= 1
                ]
                outer = next(
                    (
                        c
                        for c in reversed(before)
                        if speakers & {m.entity for h in c.source_heads if (m := self.mention_at.get(h.i))}
                    ),
                    None,
                )
                inside = None
            content = list(outer.content) if outer is not None else inside
            if content:
                content = less(content, [(token.left_edge.i, token.right_edge.i + 1)])
            if content:
                claim = ClaimDraft(
                    content, self._source_ranges(quoted), [(token.i, token.i + 1)], source_heads=quoted, cue_token=token.i
                )
                claim.within = outer
                claim.root = outer.root if outer is not None else -1
                if outer is not None:
                    claim.base, claim.polarity, claim.certainty = outer.base, outer.polarity, outer.certainty
                yield claim

    # -- spans ---------------------------------------------------------------------------------------------------------

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

    def _source_ranges(self, heads: list[Token]) -> Ranges:
        ranges: Ranges = []
        for head in heads:
            if ranges and any(start <= head.i < end for start, end in ranges):
                continue
            ranges.append(self._phrase(head))
        return sorted(set(ranges))

    def _before_cue(self, claim: ClaimDraft, verb: Token) -> Ranges:
        """Give the source without the clause of its own cue: "Democrats hoping to win", "a group set up to defend X"."""
        kept = []
        for start, end in claim.source:
            if start < verb.i < end:
                inside = [t for t in verb.ancestors if start <= t.i < end and t.dep_ in ("acl", "relcl")]
                clause = verb if verb.dep_ in ("acl", "relcl") else (inside[0] if inside else verb)
                end = max(clause.left_edge.i, start + 1) if clause.left_edge.i > start else end
                while end > start + 1 and (self.doc[end - 1].is_punct or self.doc[end - 1].dep_ == "mark"):
                    end -= 1
            kept.append((start, end))
        return kept

    def _relative_source(self, verb: Token, claim: ClaimDraft) -> Ranges:
        """Give "who" of "the officer who said …" as the source's span; the speaker is the one it stands for."""
        first = verb
        while first.dep_ == "conj" and is_verb(first.head) and not any(c.dep_ in SUBJECT_DEPS for c in first.children):
            first = first.head
        relative = [child for child in first.children if child.dep_ == "nsubj" and child.tag_ in ("WP", "WDT")]
        return [(relative[0].i, relative[0].i + 1)] if relative and len(claim.source_heads) == 1 else []

    def _phrase(self, head: Token) -> tuple[int, int]:
        """Give a source with all that describes it: "Sergei Shoigu, the defence minister", "a study released by …"."""
        start, end = head.left_edge.i, head.right_edge.i + 1
        end = min([end, *(opening for opening, _ in self.quotes if head.i < opening < end)])  # a quotation is no name
        while (
            end > start + 1
            and (self.doc[end - 1].is_punct or self.doc[end - 1].is_space)
            and self.doc[end - 1].text not in (")", "”", '"')
        ):
            end -= 1
        while start < head.i and (
            self.doc[start].is_punct or self.doc[start].is_space or self.doc[start].dep_ in ("cc", "mark")
        ):
            start += 1
        if end - start > _LONGEST_SOURCE:
            span = with_conjuncts(head)
            return span.start, span.end
        return start, end

    def _is_speaker(self, heads: list[Token]) -> bool:
        for head in heads:
            mention = self.mention_at.get(head.i)
            if mention is not None and mention.type in _SPEAKER_TYPES:
                return True
            if head.pos_ == "PRON" and head.lower_ in (
                "he",
                "she",
                "they",
                "we",
                "i",
                "who",
                "it",
                "you",
                "one",
                "another",
                "some",
                "others",
                "many",
            ):
                return True
            if head.pos_ in ("NUM", "DET") or head.ent_type_ in ("PERSON", "ORG", "NORP", "GPE"):
                return True
            noun = self.knowledge.nouns.get(head.lemma_.lower())
            if noun is not None and noun.may_speak:
                return True
            if head.lemma_.lower() in self.knowledge.words["document noun"]:
                return True
        return False

    def _around(self, claim: ClaimDraft, claims: list[ClaimDraft], own: list[ClaimDraft]) -> ClaimDraft | None:
        at = claim.cue_token if claim.cue_token >= 0 else claim.content[0][0]
        outer = [
            other
            for other in claims
            if other is not claim and other.covers(at) and (other.size, -other.cue_token) > (claim.size, -claim.cue_token)
        ]
        if outer:
            return min(outer, key=lambda other: other.size)
        return next((other for other in own if other.covers(at)), None)

    def _own_voice(self) -> Iterator[ClaimDraft]:
        for sentence in self.doc.sents:
            kind = self._kind(sentence[0]) if len(sentence) else "boilerplate"
            if kind in self.silent or not any(token.is_alpha for token in sentence):
                continue
            end = sentence.end
            while end > sentence.start and self.doc[end - 1].is_space:
                end -= 1
            claim = ClaimDraft([(sentence.start, end)], root=sentence.root.i)
            claim.polarity, claim.certainty = self.factuality.climb(sentence.root, claim)
            yield claim

    def _extend_quotes(self, claims: list[ClaimDraft]) -> None:
        """Let content that touches a quotation hold it whole, and give left-over quotations to the speaker beside them."""
        for start, end in self.quotes:
            touching = [
                claim
                for claim in claims
                if any(s < end and e > start for s, e in claim.content) and not start <= claim.cue_token < end
            ]
            if touching:
                claim = min(touching, key=lambda c: abs(c.cue_token - start))
                claim.content = less(union(claim.content, (start, end)), claim.cue + claim.source) or claim.content
        for (start, end), (next_start, next_end) in pairwise(self.quotes):
            if self.doc[end - 1].text not in CLOSING and self.block_of.get(next_start, 0) - self.block_of.get(start, 0) == 1:
                told = [
                    c
                    for c in claims
                    if any(s < next_end and e > next_start for s, e in c.content) and not next_start <= c.cue_token < next_end
                ]
                if told and next_start == self._block_start(next_start):
                    told[0].content = union(told[0].content, (start, end))
        for start, end in self.quotes:
            words = sum(token.is_alpha for token in self.doc[start:end])
            outside = [claim for claim in claims if not start <= claim.cue_token < end]
            is_sentence = start == self.doc[start].sent.start and self.doc[min(end, len(self.doc)) - 1].sent.end <= end + 1
            if (words <= _MIN_QUOTE and not is_sentence) or any(
                s < end and e > start for claim in outside for s, e in claim.content
            ):
                continue
            block = self.block_of.get(start)
            near = [
                c
                for c in outside
                if c.source and self.block_of.get(c.cue_token) == block and any(self._in_quote(s, e) for s, e in c.content)
            ]
            if near:
                claim = min(near, key=lambda c: (c.cue_token > start, abs(c.cue_token - start)))
                claim.content = union(claim.content, (start, end))

    def _continue_speech(self, claims: list[ClaimDraft]) -> None:
        """Give quotations that make up whole paragraphs to the speaker of the quotation in the paragraph before."""
        by_block: dict[int, list[tuple[int, int]]] = {}
        for quote in self.quotes:
            by_block.setdefault(self.block_of.get(quote[0], -1), []).append(quote)
        last: dict[int, ClaimDraft] = {}
        for claim in claims:
            quotes = claim.source and claim.cue_token >= 0 and any(self._in_quote(s, e) for s, e in claim.content)
            if quotes and not self._in_quote(claim.cue_token, claim.cue_token + 1):
                last[self.block_of.get(claim.cue_token, -1)] = claim
        for number in sorted(by_block):
            speaker = last.get(number - 1)
            if speaker is None or number in last:
                continue
            first, end = by_block[number][0][0], by_block[number][-1][1]
            outside = [t for t in self._block_tokens(first) if not self._in_quote(t.i, t.i + 1) and (t.is_alpha or t.like_num)]
            words = sum(token.is_alpha for token in self.doc[first:end])
            if outside or words <= _MIN_QUOTE:
                continue
            for quote in by_block[number]:
                speaker.content = union(speaker.content, quote)
            last[number] = speaker

    def _block_tokens(self, index: int) -> SpanOfTokens:
        start = end = index
        while start > 0 and self.block_of.get(start - 1) == self.block_of.get(index):
            start -= 1
        while end < len(self.doc) and self.block_of.get(end) == self.block_of.get(index):
            end += 1
        return self.doc[start:end]

    def _block_start(self, index: int) -> int:
        while index > 0 and self.block_of.get(index - 1) == self.block_of.get(index):
            index -= 1
        return index

    def _in_quote(self, start: int, end: int) -> bool:
        return any(s < end and e > start for s, e in self.quotes)

    def _judged(self, claim: ClaimDraft) -> ClaimDraft:
        """Set polarity and certainty of a claim: those of its cue and of the head of its content."""
        head = self.doc[claim.root] if claim.root >= 0 else None
        if head is not None and is_verb(head) and (own := self._cue(head, "VERB")) and "clause" in own.frames:
            clause, _ = self._complement(head, own, is_passive(head))
            if clause is not None and any(s.lower_ in _SELF for s in subjects(head)):  # "said they don't know if …"
                claim.polarity, claim.certainty = combine(claim.base, self.factuality.cue_status(head, own, clause))
                return claim
        claim.polarity, claim.certainty = combine(claim.base, self.factuality.local(head)) if head is not None else claim.base
        return claim


def _is_dash(token: Token) -> bool:
    spaced = token.i > 0 and token.whitespace_ != "" and token.nbor(-1).whitespace_ != ""
    return token.text in ("—", "–", "--") or (token.text == "-" and spaced)


def _is_nobody(head: Token) -> bool:
    return head.lower_ in ("nobody", "none") or any(
        child.lower_ in ("no", "neither") for child in head.children if child.dep_ == "det"
    )


def _has_question_or_that(clause: Token) -> bool:
    return any(
        (child.dep_ == "mark" and child.lower_ in ("that", "if", "whether")) or child.tag_ in ("WRB", "WP", "WDT")
        for child in clause.subtree
        if child.i <= clause.i
    )


def _block_numbers(doc: Doc, blocks: Blocks) -> dict[int, int]:
    numbers: dict[int, int] = {}
    for number, (span, _) in enumerate(blocks):
        tokens = doc.char_span(span.start, span.end, alignment_mode="expand")
        if tokens is not None:
            for index in range(tokens.start, tokens.end):
                numbers[index] = number
    return numbers


def _without_repeats(claims: list[ClaimDraft]) -> list[ClaimDraft]:
    unique: dict[tuple[int, tuple[tuple[int, int], ...]], ClaimDraft] = {}
    for claim in claims:
        unique.setdefault((claim.cue_token, tuple(claim.content)), claim)
    return list(unique.values())


def _outer_first(claims: list[ClaimDraft]) -> list[ClaimDraft]:
    ordered: list[ClaimDraft] = []
    done: set[int] = set()

    def place(claim: ClaimDraft, above: frozenset[int]) -> None:
        if id(claim) in done or id(claim) in above:
            return
        if claim.within is not None:
            if id(claim.within) in above:
                claim.within = None
            else:
                place(claim.within, above | {id(claim)})
        if id(claim) not in done:
            done.add(id(claim))
            ordered.append(claim)

    for claim in claims:
        place(claim, frozenset())
    return ordered
