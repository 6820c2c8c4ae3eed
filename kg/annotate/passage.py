"""What the finders of claims ask of a parsed document: cues, quotations, paragraphs, stretches of a sentence."""

from collections.abc import Sequence

from spacy.tokens import Doc, Token
from spacy.tokens import Span as SpanOfTokens

from kg.annotate.claim_drafts import Ranges
from kg.annotate.factuality import Factuality
from kg.annotate.found import Found
from kg.annotate.parse import Blocks, block_numbers
from kg.annotate.syntax import is_verb
from kg.knowledge import Cue, Knowledge

MIN_QUOTE = 3
"""Quotations of fewer words are scare quotes: they are no claim of their own."""


class Passage:
    """One parsed document with its mentions, blocks and quotations.

    Attributes:
        mention_at: token index to the mention that covers it (the one headed there, if several do).
        block_of: token index to the number of its block.
        quotes: the quotations as token ranges.
    """

    def __init__(
        self, doc: Doc, blocks: Blocks, found: list[Found], knowledge: Knowledge, quotes: Sequence[tuple[int, int]]
    ) -> None:
        self.doc = doc
        self.blocks = blocks
        self.knowledge = knowledge
        self.mention_at: dict[int, Found] = {}
        for mention in found:
            if mention.form != "value":
                for index in range(mention.start, mention.end):
                    if index not in self.mention_at or mention.head == index:
                        self.mention_at[index] = mention
        self.block_of = block_numbers(doc, blocks)
        self.silent = {"boilerplate", "byline", "dateline", "speaker"}
        self.quotes = list(quotes)
        self.factuality = Factuality(knowledge, self.quotes)
        self.depths: dict[int, int] = {}
        self.marks: dict[int, tuple[list[int], list[int]]] = {}

    def kind(self, token: Token) -> str:
        """Give the kind of block a word stands in ("headline", "paragraph", …)."""
        number = self.block_of.get(token.i)
        return self.blocks[number][1] if number is not None else "paragraph"

    def cue(self, token: Token, pos: str) -> Cue | None:
        """Give the first row of the lexicon for a word with its particle ("rule out"), if any."""
        return next(iter(self.cues(token, pos)), None)

    def cues(self, token: Token, pos: str) -> tuple[Cue, ...]:
        """Give the rows of the lexicon for a word with its particle."""
        particle = next((child.lower_ for child in token.children if child.dep_ == "prt"), None)
        lemma = token.lemma_.lower()
        if particle:  # "back down" is not "back"
            return self.knowledge.cues.get((f"{lemma} {particle}", pos), ())
        return self.knowledge.cues.get((lemma, pos), ())

    def in_quote(self, start: int, end: int) -> bool:
        """True if a range of tokens touches a quotation."""
        return any(s < end and e > start for s, e in self.quotes)

    def opens_quotation(self, index: int) -> bool:
        """True if a quotation begins at a token or behind a comma or colon there."""
        starts = {start for start, _ in self.quotes}
        return index in starts or (index + 1 in starts and self.doc[index].text in (",", ":"))

    def stretch(self, token: Token) -> tuple[int, int]:
        """Give the part of the sentence between the semicolons around a token."""
        sentence = token.sent
        if sentence.start not in self.marks:
            self.marks[sentence.start] = ([t.i for t in sentence if t.text == ";"], [t.i for t in sentence if is_dash(t)])
        semicolons, dashes = self.marks[sentence.start]
        stops = list(semicolons)
        if len(dashes) == 2 and dashes[0] < token.i < dashes[1]:
            stops += dashes
        start = max((stop + 1 for stop in stops if stop < token.i), default=sentence.start)
        return start, min((stop for stop in stops if stop > token.i), default=sentence.end)

    def main_verb(self, ranges: Ranges) -> int:
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

    def block_tokens(self, index: int) -> SpanOfTokens:
        """Give the block around a token."""
        start = end = index
        while start > 0 and self.block_of.get(start - 1) == self.block_of.get(index):
            start -= 1
        while end < len(self.doc) and self.block_of.get(end) == self.block_of.get(index):
            end += 1
        return self.doc[start:end]

    def block_start(self, index: int) -> int:
        """Give the first token of the block around a token."""
        while index > 0 and self.block_of.get(index - 1) == self.block_of.get(index):
            index -= 1
        return index


def is_dash(token: Token) -> bool:
    """True for a dash between words, not a hyphen within one."""
    spaced = token.i > 0 and token.whitespace_ != "" and token.nbor(-1).whitespace_ != ""
    return token.text in ("—", "–", "--") or (token.text == "-" and spaced)
