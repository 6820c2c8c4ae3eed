"""Claims by the order of words alone, for verbs of speech whose sentence the parse takes apart wrongly.

Long names, appositions and quotations before a verb lead parsers astray ("Aliyev, whose father ruled before him, said …").
Newspapers put speech in few forms, which can be told by commas, quotation marks and the names at their edges.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from kg.annotate.claim_drafts import ClaimDraft, Ranges
from kg.annotate.claim_sources import SPEAKER_TYPES, Sources
from kg.annotate.found import Found
from kg.annotate.passage import Passage
from kg.annotate.quotations import CLOSING
from kg.annotate.syntax import noun_phrase, runs
from kg.knowledge import Cue

_FINITE = frozenset(("VBD", "VBZ", "VBP"))
_SHORTEST = 3
"""Words that speech has at least."""


class Surface:
    """Reads what verbs of speech say, where nothing hangs on them, in one passage."""

    def __init__(self, passage: Passage, sources: Sources) -> None:
        self.passage = passage
        self.doc = passage.doc
        self.sources = sources

    def claim(self, verb: Token, cue: Cue) -> ClaimDraft | None:
        """Give the claim of a finite verb of speech, or None if commas and names do not show who says what."""
        if not cue.frames >= {"clause", "speech"} or not _is_finite(verb) or self.passage.in_quote(verb.i, verb.i + 1):
            return None
        start, end = self.passage.stretch(verb)
        first = self._before_adverbs(verb, start)
        for speakers, said in self._readings(verb, first, start, end):
            content = [part for between in said for part in self._trimmed(*between)]
            if content and self._is_speech(content):
                heads = [self.doc[speaker.head] for speaker in speakers]
                claim = ClaimDraft(content, self.sources.source_ranges(heads), [(first, verb.i + 1)])
                claim.source_heads, claim.cue_token = heads, verb.i
                claim.source = self.sources.before_cue(claim, verb)
                claim.root = self.passage.main_verb(content)
                claim.base = self.passage.factuality.cue_status(verb, cue, None)
                return claim
        return None

    def _readings(self, verb: Token, first: int, start: int, end: int) -> Iterator[tuple[list[Found], list[tuple[int, int]]]]:
        """Yield who may speak, and the tokens of what is said, best first."""
        behind = self._after_adverbs(verb, end)
        left = self._speakers_before(first, start)
        if left:
            phrase = self._begin(left[0])
            is_parted = phrase > start and self._parts(phrase - 1)
            if is_parted and verb.i + 1 < end and self.doc[verb.i + 1].text == ",":  # "The raid, two officers said, had failed"
                yield left, [(start, phrase - 1), (verb.i + 2, end)]
            if behind < end and self.doc[behind].text not in (".", "?", "!"):
                yield left, [(behind, end)]
            if is_parted:
                yield left, [(start, phrase - 1)]
        at = verb.i + 1
        while at < end and at not in self.passage.mention_at and self.doc[at].pos_ in ("DET", "ADJ", "NOUN", "PROPN", "VERB"):
            at += 1
        right = self.passage.mention_at.get(at)
        if right is not None and right.type in SPEAKER_TYPES and verb.i > start and self._parts(verb.i - 1):
            yield [right], [(start, verb.i)]

    def _begin(self, mention: Found) -> int:
        return min(mention.start, noun_phrase(self.doc[mention.head]).start)

    def _speakers_before(self, first: int, start: int) -> list[Found]:
        """Give who is named right before the verb, or, behind a comma, at the beginning of the sentence."""
        speakers: list[Found] = []
        at = first
        while (
            (near := self.passage.mention_at.get(at - 1)) is not None and near.type in SPEAKER_TYPES and near.form != "pronoun"
        ):
            speakers.insert(0, near)
            at = self._begin(near)
            if at == start or self._parts(at - 1):
                return speakers
            if self.doc[at - 1].dep_ != "cc":
                return []
            at -= 1
        if speakers or first == start or self.doc[first - 1].text != ",":
            return []
        while start < first and (self.doc[start].dep_ == "cc" or self.doc[start].is_punct):
            start += 1
        opening = next((m for i in range(start, first) if (m := self.passage.mention_at.get(i)) is not None), None)
        if opening is None or opening.type not in SPEAKER_TYPES or noun_phrase(self.doc[opening.head]).start > start:
            return []
        behind = max(opening.end, noun_phrase(self.doc[opening.head]).end)
        return [opening] if behind < first and self.doc[behind].text in (",", "(") else []

    def _parts(self, index: int) -> bool:
        return self.doc[index].text == "," or self.doc[index].text in CLOSING

    def _before_adverbs(self, verb: Token, start: int) -> int:
        at = verb.i
        while at > start and self.doc[at - 1].pos_ in ("ADV", "AUX"):
            at -= 1
        return at

    def _after_adverbs(self, verb: Token, end: int) -> int:
        """Skip what tells when, where and to whom: "said for the first time on Monday that"."""
        at = verb.i + 1
        for child in sorted((c for c in verb.children if c.i > verb.i), key=lambda c: c.i):
            if child.left_edge.i != at or child.dep_ not in ("advmod", "npadvmod", "prep", "dative", "punct"):
                break
            that = next((t.i for t in child.subtree if t.lower_ == "that" and t.i > at), child.right_edge.i + 1)
            at = that
            if self.doc[at - 1].i != child.right_edge.i:
                break
        while at < end and self.doc[at].text in (",", ":"):
            at += 1
        return at

    def _trimmed(self, start: int, end: int) -> Ranges:
        while end > start and (self.doc[end - 1].is_space or self.doc[end - 1].text in (".", ",", ":", ";")):
            end -= 1
        while start < end and (self.doc[start].is_space or self.doc[start].text in (",", ":", ";")):
            start += 1
        return runs(self.doc, list(range(start, end)))

    def _is_speech(self, content: Ranges) -> bool:
        """True for a quotation or a clause with a finite verb."""
        tokens = [self.doc[i] for start, end in content for i in range(start, end)]
        quoted = sum(self.passage.in_quote(t.i, t.i + 1) for t in tokens)
        if len(tokens) < _SHORTEST:
            return False
        return 2 * quoted > len(tokens) or any(t.tag_ in ("VBD", "VBZ", "VBP", "MD") and t.dep_ != "relcl" for t in tokens)


def _is_finite(verb: Token) -> bool:
    """True for a finite verb, and a past tense taken for a participle: "Two died, army sources reported from Kivu"."""
    if verb.tag_ in _FINITE:
        return True
    is_aside = verb.tag_ == "VBN" and verb.dep_ == "acl" and verb.head.dep_ == "appos"
    return is_aside and all(child.dep_ in ("prep", "advmod", "npadvmod", "punct") for child in verb.children)
