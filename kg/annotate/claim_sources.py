"""Who speaks: the span and the head of a source or addressee, and whether a word can name one."""

from spacy.tokens import Token

from kg.annotate.claim_drafts import ClaimDraft, Ranges
from kg.annotate.passage import Passage
from kg.annotate.syntax import PASSIVE_SUBJECT_DEPS, SUBJECT_DEPS, conjuncts, is_verb, with_conjuncts
from kg.knowledge import Cue

SPEAKER_TYPES = frozenset(("Person", "State", "Agency", "Group", "Nationality"))
_LONGEST_SOURCE = 40


class Sources:
    """Reads sources and addressees of one passage."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self.doc = passage.doc

    def source_ranges(self, heads: list[Token]) -> Ranges:
        """Give the phrases of sources, each once."""
        ranges: Ranges = []
        for head in heads:
            if ranges and any(start <= head.i < end for start, end in ranges):
                continue
            ranges.append(self._phrase(head))
        return sorted(set(ranges))

    def before_cue(self, claim: ClaimDraft, verb: Token) -> Ranges:
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

    def relative_source(self, verb: Token, claim: ClaimDraft) -> Ranges:
        """Give "who" of "the officer who said …" as the source's span; the speaker is the one it stands for."""
        first = verb
        while first.dep_ == "conj" and is_verb(first.head) and not any(c.dep_ in SUBJECT_DEPS for c in first.children):
            first = first.head
        relative = [child for child in first.children if child.dep_ == "nsubj" and child.tag_ in ("WP", "WDT")]
        return [(relative[0].i, relative[0].i + 1)] if relative and len(claim.source_heads) == 1 else []

    def _phrase(self, head: Token) -> tuple[int, int]:
        """Give a source with all that describes it: "Sergei Shoigu, the defence minister", "a study released by …"."""
        start, end = self._whole_name(head), head.right_edge.i + 1
        end = min([end, *(opening for opening, _ in self.passage.quotes if head.i < opening < end)])  # a quotation is no name
        adverbial = (c for c in head.children if c.dep_ == "acl" and c.tag_ == "VBG" and c.i > head.i)
        end = min([end, *(c.left_edge.i for c in adverbial if self.doc[c.left_edge.i - 1].text == ",")])
        if is_verb(head.head):  # "Ecevit on Tuesday said"
            days = (c for c in head.children if c.i > head.i and c.dep_ == "prep" and c.lower_ in ("on", "during", "in"))
            days = (c for c in days if any(below.ent_type_ in ("DATE", "TIME") for below in c.children))
            end = min([end, *(c.left_edge.i for c in days)])
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

    def _whole_name(self, head: Token) -> int:
        """Give where a source starts, with a noun for the same body before it: "the U.N. refugee agency UNHCR"."""
        start = head.left_edge.i
        mention = self.passage.mention_at.get(head.i)
        before = self.passage.mention_at.get(start - 1) if start > 0 else None
        if mention is None or before is None or before is mention or before.entity is None or before.entity != mention.entity:
            return start
        start = before.start
        return start - 1 if start > 0 and self.doc[start - 1].pos_ == "DET" else start

    def is_speaker(self, heads: list[Token]) -> bool:
        """True if one of the heads names somebody, or something, that can speak."""
        for head in heads:
            mention = self.passage.mention_at.get(head.i)
            if mention is not None and mention.type in SPEAKER_TYPES:
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
            noun = self.passage.knowledge.nouns.get(head.lemma_.lower())
            if noun is not None and noun.may_speak:
                return True
            if head.lemma_.lower() in self.passage.knowledge.words["document noun"]:
                return True
        return False

    def together(self, heads: list[Token]) -> list[Token]:
        """Give those who speak; for a "they" that no mention answers, the subjects joined before it ("Iran and Iraq …").

        They are looked for to the left in the same sentence, then in the one before.
        """
        if len(heads) != 1:
            return heads
        is_pair = heads[0].lower_ in ("two", "both") and not any(c.dep_ == "prep" for c in heads[0].children)
        if not is_pair and (heads[0].lower_ != "they" or heads[0].i in self.passage.mention_at):
            return heads
        sentence = heads[0].sent
        before = self.doc[sentence.start - 1].sent if sentence.start > 0 else None
        for part in (sentence, before):
            if part is None:
                continue
            firsts = [t for t in part if t.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS and t.i < heads[0].i]
            for first in reversed(firsts):
                members = conjuncts(first)
                if is_pair and len(members) == 1 and is_verb(first.head):  # "Holbrooke met Milosevic, and the two agreed"
                    members = [first, *(c for c in first.head.children if c.dep_ == "dobj")]
                wanted = (2,) if is_pair else range(2, len(members) + 1)
                if len(members) in wanted and all(self._is_named(member) for member in members):
                    return members
        return heads

    def _is_named(self, head: Token) -> bool:
        mention = self.passage.mention_at.get(head.i)
        return mention is not None and mention.type in SPEAKER_TYPES and mention.entity is not None

    def addressees(self, verb: Token, cue: Cue, claim: ClaimDraft) -> list[Token]:
        """Give the heads of whom a verb speaks to, as its frame in the lexicon says."""
        found: list[Token] = []
        for child in verb.children:
            if "object" in cue.addressee and child.dep_ in ("dobj", "dative") and not claim.covers(child.i):
                found += conjuncts(child) if child.dep_ == "dobj" or child.pos_ != "ADP" else []
            if child.dep_ in ("prep", "dative") and child.lower_ in cue.addressee and not claim.covers(child.i):
                found += [member for below in child.children if below.dep_ == "pobj" for member in conjuncts(below)]
        return [head for head in found if head.i in self.passage.mention_at or head.pos_ in ("PROPN", "PRON", "NOUN")]

    def is_quarrel(self, heads: list[Token], target: Token) -> bool:
        """True if one person attacks, backs or defends another: with words."""
        both = [self.passage.mention_at.get(token.i) for token in (*heads, target)]
        return all(mention is not None and mention.type == "Person" for mention in both)

    @staticmethod
    def is_filler(verb: Token, heads: list[Token]) -> bool:
        """True for "…, I think, …", "…, you know": nobody's report."""
        return verb.lemma_ in ("know", "think", "guess", "mean", "believe", "suppose") and all(
            head.lower_ in ("i", "we", "you") for head in heads
        )


def is_nobody(head: Token) -> bool:
    """True for "nobody", "no group"."""
    return head.lower_ in ("nobody", "none") or any(
        child.lower_ in ("no", "neither") for child in head.children if child.dep_ == "det"
    )
