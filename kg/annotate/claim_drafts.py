"""A claim while the text is being read, and its spans as ranges of tokens."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from kg.model import Certainty, Polarity, Span

Ranges = list[tuple[int, int]]
Status = tuple[Polarity, Certainty]


@dataclass(slots=True)
class ClaimDraft:
    """A claim while the text is being read; all ranges are token ranges [start, end).

    Attributes:
        source_heads, addressee_heads, cue_token, root: the tokens that carry the grammar; root is the content's head.
        base: polarity and certainty by the cue alone.
        is_impersonal: said by whoever speaks around it ("it is not clear whether …").
        is_echo: takes up what another claim says ("…, which Moscow denies"); awaits: its content is still to be found.
    """

    content: Ranges
    source: Ranges = field(default_factory=list)
    cue: Ranges = field(default_factory=list)
    addressee: Ranges = field(default_factory=list)
    polarity: Polarity = Polarity.POSITIVE
    certainty: Certainty = Certainty.CERTAIN
    within: "ClaimDraft | None" = None
    source_heads: list[Token] = field(default_factory=list)
    addressee_heads: list[Token] = field(default_factory=list)
    cue_token: int = -1
    root: int = -1
    base: tuple[Polarity, Certainty] = (Polarity.POSITIVE, Certainty.CERTAIN)
    is_impersonal: bool = False
    is_echo: bool = False
    awaits: bool = False

    @property
    def size(self) -> int:
        """How many tokens the content has."""
        return sum(end - start for start, end in self.content)

    @property
    def is_own_voice(self) -> bool:
        """True if the document itself speaks."""
        return not self.cue and not self.source

    def covers(self, index: int) -> bool:
        """True if the token stands in the content."""
        return any(start <= index < end for start, end in self.content)


def union(ranges: Iterable[tuple[int, int]], more: tuple[int, int]) -> Ranges:
    """Give ranges with one more added; what touches, or has one token between, is joined."""
    merged: Ranges = []
    for start, end in sorted([*ranges, more]):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def less(ranges: Ranges, minus: Ranges) -> Ranges:
    """Give ranges without the tokens of others."""
    gone = {index for start, end in minus for index in range(start, end)}
    left: Ranges = []
    for start, end in ranges:
        for index in range(start, end):
            if index in gone:
                continue
            if left and left[-1][1] == index:
                left[-1] = (left[-1][0], index + 1)
            else:
                left.append((index, index + 1))
    return left


def char_spans(doc: Doc, ranges: Ranges) -> tuple[Span, ...]:
    """Turn token ranges into exact character spans."""
    return tuple(Span(doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text)) for start, end in ranges if end > start)
