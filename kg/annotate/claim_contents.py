"""What is said: how far the content of a cue reaches, where it stands, and how sure its words are."""

from spacy.tokens import Span as SpanOfTokens
from spacy.tokens import Token

from kg.annotate.claim_drafts import ClaimDraft, Ranges
from kg.annotate.claim_sources import Sources
from kg.annotate.factuality import combine
from kg.annotate.passage import MIN_QUOTE, Passage, is_dash
from kg.annotate.syntax import PASSIVE_SUBJECT_DEPS, SUBJECT_DEPS, is_negated, is_passive, is_verb, runs, subjects
from kg.knowledge import Cue
from kg.model import Polarity
from kg.vocab import is_a

_SELF = frozenset(("he", "she", "it", "they", "i", "we"))
_NOUN_PREPOSITIONS = frozenset(("to", "of", "against", "about", "between", "toward", "towards", "with", "from"))
CONCEDING = frozenset(("while", "though", "although", "whereas"))
"""What begins a clause in which the writer, or another, speaks against what is said."""

_ANSWERING = CONCEDING | {"but"}
_LATER = frozenset(("later", "then", "also", "subsequently", "afterwards"))
_NEAR_CUE = 3


class Contents:
    """Finds contents in one passage."""

    def __init__(self, passage: Passage, sources: Sources) -> None:
        self.passage = passage
        self.doc = passage.doc
        self.sources = sources

    def complement(self, verb: Token, cue: Cue, passive: bool) -> tuple[Token | None, bool]:
        """Give the clause a cue governs, and whether it is an infinitive."""
        if "clause" in cue.frames:
            clauses = [c for c in verb.children if c.dep_ == "ccomp" and not self._stands_apart(verb, cue, c)]
            later = [c for c in clauses if c.i > verb.i and is_verb(c)]
            if not clauses:  # "reported, citing two officials, that …"
                citing = [c for c in verb.children if c.dep_ == "advcl" and _cites(c) and c.i > verb.i]
                clauses = [below for c in citing for below in c.children if below.dep_ == "ccomp" and is_verb(below)]
                later = clauses
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
            other = self.passage.cue(child, "VERB") if child.dep_ == "conj" and 0 < child.i - verb.i <= _NEAR_CUE else None
            if other is not None and not any(c.dep_ in SUBJECT_DEPS | {"dobj"} for c in child.children):
                return self.complement(child, other, passive)
        return None, False

    @staticmethod
    def _below_citation(clause: Token) -> Token:
        """Give what is told where a citation comes between: "reported, citing a defector, that the site had collapsed"."""
        if _cites(clause):
            return next((t for t in clause.subtree if t.dep_ in ("ccomp", "acl") and is_verb(t)), clause)
        return clause

    def _stands_apart(self, verb: Token, cue: Cue, clause: Token) -> bool:
        """True if a clause before the cue is a statement of its own ("A said so; B has not confirmed the loss")."""
        if clause.i > verb.i:  # "eleven died, a spokesman said; the junta could not be reached"
            return any(token.text == ";" for token in self.doc[verb.i : clause.left_edge.i])
        between = self.doc[clause.i : verb.i]
        has_object = "object" not in cue.addressee and any(c.dep_ == "dobj" and c.i > verb.i for c in verb.children)
        return has_object or any(token.text == ";" for token in between)

    def controllers(self, verb: Token) -> list[Token]:
        """Give the objects of a cue that are to do what its infinitive says."""
        found = [child for child in verb.children if child.dep_ in ("dobj", "dative") and child.i > verb.i]
        for child in verb.children:
            if child.dep_ == "prep" and child.lower_ in ("on", "for") and verb.lemma_ in ("call", "appeal", "push"):
                found += [below for below in child.children if below.dep_ == "pobj"]
        return found

    def content_without_clause(self, verb: Token, cue: Cue, claim: ClaimDraft, passive: bool) -> None:
        """Find content that the parse does not hang below the cue: what stands around "…, he said", quotations, objects."""
        sentence = verb.sent
        speaks = self.sources.is_speaker(claim.source_heads)
        is_addressed = passive and "object" in cue.addressee
        if cue.frames & {"object", "deed"} and not passive and speaks and not self._is_assault(verb, cue, claim):
            targets = [child for child in verb.children if child.dep_ == "dobj"]
            if "object" not in cue.frames:  # "supported the rebels" is a deed, "supported the plan" a word
                targets = [t for t in targets if not self._is_somebody(t) or self.sources.is_quarrel(claim.source_heads, t)]
            small = [c for c in verb.children if c.dep_ in ("oprd", "ccomp") and not is_verb(c) and c.i > verb.i]
            if "named" in cue.frames and not (targets and small):  # "called the raid a crime", but "called a witness"
                targets, small = [], []
            if targets or small:
                said = [*targets, *small, *self._object_tail(verb, cue, targets)]
                if any(t.pos_ != "PRON" for t in said):
                    claim.root = said[0].i
                    words = {t.i for part in said for t in part.subtree}
                    if cue.polarity is Polarity.NEGATIVE:  # what "dismissed the film as a joke" denies is the film
                        words -= {t.i for c in said[0].children if c.dep_ == "prep" and c.lower_ == "as" for t in c.subtree}
                    claim.content = runs(self.doc, sorted(words))
                    if "clause" in cue.frames:
                        claim.content = self.mended(claim.content, verb)
                    return
        if "as" in cue.frames and not passive and speaks:  # "regards the vote as a farce"
            targets = [child for child in verb.children if child.dep_ == "dobj"]
            role = [child for child in verb.children if child.dep_ == "prep" and child.lower_ == "as"]
            if targets and role:
                claim.root = targets[0].i
                claim.content = runs(self.doc, sorted({t.i for part in (*targets, *role) for t in part.subtree}))
                return
        governs = is_addressed or (speaks and not (passive and "object" in cue.frames))
        phrase = self.prepositional(verb, cue) if governs else None
        if phrase is not None and not self.passage.opens_quotation(phrase.right_edge.i + 1):
            claim.root = phrase.i
            claim.content = runs(self.doc, self._with_tail(phrase, verb))
            return
        has_object = "clause" not in cue.frames and any(c.dep_ == "dobj" for c in verb.children)
        if cue.frames & {"speech", "clause"} and not is_addressed and not has_object:
            quoted = [
                (start, end)
                for start, end in self.passage.quotes
                if start < sentence.end
                and end > sentence.start
                and not start <= verb.i < end
                and end - start >= MIN_QUOTE + 2
                and not self._belongs_elsewhere(verb, start, end)
            ]
            if not quoted and speaks and "speech" in cue.frames and self._may_speak_beside(verb):
                quoted = self._beside(sentence)
            if quoted and speaks:
                claim.content = quoted
                return
        if phrase is not None:
            claim.root = phrase.i
            claim.content = runs(self.doc, self._with_tail(phrase, verb))
            return
        if "object" in cue.frames and passive:
            targets = [child for child in verb.children if child.dep_ == "nsubjpass"]
            ties = {"as", "for", "over"} | (cue.frames & {"of"})
            tail = [c for c in verb.children if c.dep_ == "oprd" or (c.dep_ == "prep" and c.lower_ in ties)]
            if targets and (tail or (claim.source_heads and targets[0].pos_ != "PRON")):  # "was accused of arming …"
                said = [*targets, *(c for c in tail if c.i > verb.i)]
                claim.root = said[0].i
                claim.content = runs(self.doc, sorted({t.i for part in said for t in part.subtree}))

    def _is_assault(self, verb: Token, cue: Cue, claim: ClaimDraft) -> bool:
        """True for "attacked" said of others than persons: troops attack with arms, senators with words."""
        triggers = self.passage.knowledge.events.get((verb.lemma_, "VERB"), ())
        if "object" in cue.frames or not any(is_a(trigger.name, "Attack") for trigger in triggers):
            return False
        mentions = [self.passage.mention_at.get(head.i) for head in claim.source_heads]
        return all(mention is None or mention.type != "Person" for mention in mentions)

    def _is_somebody(self, target: Token) -> bool:
        noun = self.passage.knowledge.nouns.get(target.lemma_.lower())
        return target.i in self.passage.mention_at or (noun is not None and noun.may_speak)

    def mended(self, content: Ranges, verb: Token) -> Ranges:
        """Let content that breaks off in the middle of a clause run on to its end ("shows the party with 40 percent")."""
        if not content or content[-1][0] < verb.i:
            return content
        start, end = content[-1]
        _, last = self.passage.stretch(verb)
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

    def prepositional(self, verb: Token, cue: Cue) -> Token | None:
        """Give what a preposition of the cue's frame governs: "called for a truce"."""
        for child in verb.children:
            if child.dep_ in ("prep", "prt") and child.lower_ in cue.frames and child.i > verb.i:
                below = next((b for b in child.children if b.dep_ in ("pobj", "pcomp")), None)
                if below is not None:
                    return below
        return None

    def _with_tail(self, phrase: Token, verb: Token) -> list[int]:
        """Give a phrase with what follows it at once but is hung on the verb: "warned of famine in the north"."""
        indexes = {t.i for t in phrase.subtree}
        for child in sorted(verb.children, key=lambda c: c.i):
            is_day = any(below.ent_type_ in ("DATE", "TIME") for below in child.children)
            if child.dep_ == "prep" and child.left_edge.i == max(indexes) + 1 and not is_day:
                indexes |= {t.i for t in child.subtree}
        return sorted(indexes)

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

    def remainder(self, verb: Token, cue: Cue, claim: ClaimDraft) -> Ranges:
        """Give what is left of the sentence around an interjected or final "…, the minister said" or "…, reports CNN"."""
        sentence = verb.sent
        heads = [head for head in claim.source_heads if head.sent == sentence]
        own = frozenset(("xcomp", "ccomp") if "object" in cue.addressee else ("dobj", "xcomp", "ccomp"))
        if not heads or any(child.dep_ in own and child.i > verb.i and child not in heads for child in verb.children):
            return []
        if "clause" not in cue.frames and self.prepositional(verb, cue) is not None:
            return []
        is_told = verb.dep_ == "ccomp" and (verb.i < verb.head.i or _has_that(verb))
        if is_told and self.passage.cue(verb.head, "VERB") is not None:
            return []  # "Congo will respond, the president warned", "He added that, after the vote, Congo will ask for another"
        inside = {t.i for head in heads for t in head.subtree} | {verb.i}
        inside |= {index for start, end in self.sources.source_ranges(heads) for index in range(start, end)}
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
        first, last = self.passage.stretch(verb)
        if self._is_answered(right, last, heads):
            last = left
        return runs(self.doc, [index for index in range(first, last) if not left <= index <= right])

    def _is_answered(self, right: int, last: int, heads: list[Token]) -> bool:
        """True if others speak behind the cue: "…, two diplomats said, but Asmara dismissed the reports"."""
        rest = [token for token in self.doc[right + 1 : last] if not token.is_punct]
        if not rest or rest[0].lower_ not in _ANSWERING:
            return False
        for token in rest:
            if (
                is_verb(token)
                and self.passage.cue(token, "VERB") is not None
                and not self.passage.in_quote(token.i, token.i + 1)
            ):
                others = [child for child in token.children if child.dep_ in SUBJECT_DEPS and child.i > right]
                if others and all(child.pos_ != "PRON" for child in others) and self.sources.is_speaker(others):
                    return True
                if others and is_negated(token):  # "…, the Kremlin confirmed, but it would not say what …"
                    return True
        return False

    def _may_speak_beside(self, verb: Token) -> bool:
        """True if a quotation in the next sentence can be what a verb says: it stands in none itself, and has no object."""
        return not self.passage.in_quote(verb.i, verb.i + 1) and not any(
            c.dep_ in ("dobj", "ccomp", "oprd") for c in verb.children
        )

    def _beside(self, sentence: SpanOfTokens) -> Ranges:
        """Give the quotation that ends right before a sentence, or begins right after it, in the same paragraph."""
        block = self.passage.block_of.get(sentence.start)
        before = [(s, e) for s, e in self.passage.quotes if e == sentence.start and self.passage.block_of.get(s) == block]
        before = [(s, e) for s, e in before if not self._goes_on(s)]
        after = [(s, e) for s, e in self.passage.quotes if s == sentence.end and self.passage.block_of.get(s) == block]
        return before or after

    def _goes_on(self, start: int) -> bool:
        """True for the second quotation of “It is a fantasy,” he said. “They will attack.”: its speaker is told before it."""
        if start == 0 or self.passage.block_of.get(start - 1) != self.passage.block_of.get(start):
            return False
        before = self.doc[start - 1].sent
        cues = (t for t in before if is_verb(t) and self.passage.cue(t, "VERB") and not self.passage.in_quote(t.i, t.i + 1))
        return self.passage.in_quote(before.start, before.end) and any(self.sources.is_speaker(subjects(t)) for t in cues)

    def _belongs_elsewhere(self, verb: Token, start: int, end: int) -> bool:
        """True if another cue stands above the quotation, below or beside the verb."""
        for token in self.doc[start:end].root.ancestors:
            if token.i == verb.i:
                return False
            if is_verb(token) and self.passage.cue(token, "VERB") is not None and not start <= token.i < end:
                return True
        return False

    def as_said(self, verb: Token, heads: list[Token]) -> Ranges:
        """Give the sentence around "as the agency first reported": what the agency reported."""
        if verb.dep_ not in ("advcl", "ccomp", "parataxis") or not self.sources.is_speaker(heads):
            return []
        if verb.left_edge.lower_ != "as" or verb.left_edge.head.i != verb.i:
            return []
        if any(child.dep_ in ("dobj", "ccomp", "xcomp", "acomp") for child in verb.children):
            return []
        start, end = self.passage.stretch(verb)
        inside = range(verb.left_edge.i, verb.right_edge.i + 1)
        content = runs(self.doc, [index for index in range(start, end) if index not in inside])
        return content if self.passage.main_verb(content) >= 0 else []

    def day_of_saying(self, clause: Token) -> set[int]:
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

    def asides(self, clause: Token, verb: Token) -> set[int]:
        """Give the tokens at the end of a clause that others say: the same source in another saying, or the writer."""
        gone: set[int] = set()
        for child in clause.children:
            if child.i < clause.i:
                continue
            if self.governing_cue(child) is not None:
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
                and not self.passage.in_quote(child.i, child.i + 1)
            ):
                gone |= {t.i for t in child.subtree}  # "…, which is its third this month"
        dashes = [t.i for t in self.doc[clause.left_edge.i : last + 1] if is_dash(t)]
        dashes = [index for index in dashes if not self.passage.in_quote(index, index + 1)]
        if len(dashes) == 1 and dashes[0] > clause.i and not any(is_verb(t) for t in self.doc[dashes[0] : last + 1]):
            gone |= set(range(dashes[0], last + 1))  # "- the third this month"
        for child in self.doc[clause.i + 1 : last + 1]:  # "…, while nine in ten said …": the writer goes on
            marks = {c.lower_ for c in child.children if c.dep_ == "mark"}
            if (
                child.dep_ == "advcl"
                and marks & CONCEDING
                and child.right_edge.i >= last - 1
                and child.left_edge.i > clause.i
                and self.doc[child.left_edge.i - 1].text == ","
                and not self.passage.in_quote(child.i, child.i + 1)
            ):
                gone |= {t.i for t in child.subtree}
        return gone

    def governing_cue(self, verb: Token) -> Token | None:
        """Give the cue whose source also says `verb`, which the parse hangs below what is said.

        "Lazar said he was well and added: …", "the army denied that it fired, saying …".
        """
        clause = verb.head
        above = clause.head
        if clause.dep_ != "ccomp" or not is_verb(above) or above.i > clause.i or self.passage.cue(above, "VERB") is None:
            return None
        cue = self.passage.cue(verb, "VERB")
        if cue is None or not cue.frames & {"clause", "speech"} or self.passage.in_quote(verb.i, verb.i + 1):
            return None
        if (
            verb.dep_ == "advcl"
            and verb.tag_ == "VBG"
            and verb.i > clause.i
            and self.doc[verb.left_edge.i - 1].text in (",", "-", "—", "–")
        ):
            return (
                above
                if any(c.dep_ in ("ccomp", "xcomp") for c in verb.children) or self.passage.opens_quotation(verb.i + 1)
                else None
            )
        if verb.dep_ != "conj" or any(c.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS for c in verb.children):
            return None
        if verb.lemma_ == "add":
            return above
        if _has_that(clause) and any(c.dep_ == "ccomp" and _has_that(c) for c in verb.children):
            return above  # "confirmed that two were lost but denied that …"
        first = next((c for c in clause.children if c.dep_ in ("aux", "auxpass")), clause)
        own = next((c for c in verb.children if c.dep_ in ("aux", "auxpass")), verb)
        is_later = any(c.dep_ == "advmod" and c.lower_ in _LATER for c in verb.children)
        if (is_later or is_passive(clause)) and self.doc[verb.left_edge.i - 2].text == "," and above.tag_ == own.tag_ == "VBD":
            return above  # "said two were held, but later tweeted …", "said all were killed, and vowed revenge"
        of_telling = first.tag_ != "VBD" or (first.lemma_ == "have" and own.lemma_ != "have")
        return above if above.tag_ == "VBD" and own.tag_ == "VBD" and of_telling else None

    def judged(self, claim: ClaimDraft) -> ClaimDraft:
        """Set polarity and certainty of a claim: those of its cue and of the head of its content."""
        head = self.doc[claim.root] if claim.root >= 0 else None
        if head is not None and is_verb(head) and (own := self.passage.cue(head, "VERB")) and "clause" in own.frames:
            clause, _ = self.complement(head, own, is_passive(head))
            if clause is not None and any(s.lower_ in _SELF for s in subjects(head)):  # "said they don't know if …"
                claim.polarity, claim.certainty = combine(claim.base, self.passage.factuality.cue_status(head, own, clause))
                return claim
        claim.polarity, claim.certainty = (
            combine(claim.base, self.passage.factuality.local(head)) if head is not None else claim.base
        )
        return claim


def _cites(verb: Token) -> bool:
    return verb.lemma_ in ("cite", "quote") and verb.tag_ == "VBG"


def _has_that(clause: Token) -> bool:
    return any(child.dep_ == "mark" and child.lower_ == "that" for child in clause.children)
