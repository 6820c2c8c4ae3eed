"""Finds quotations by their marks."""

from collections.abc import Iterator, Mapping

from spacy.tokens import Doc

_OPENING = {"“": "”", "«": "»", "„": "“", "‘‘": "’’", "``": "''"}
CLOSING = frozenset(("”", "»", "’’", "''", '"'))


def quotations(doc: Doc, block_of: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Yield quotations as token ranges, marks included; one that never closes ends with its paragraph."""
    start: int | None = None
    closing = ""
    for token in doc:
        block = block_of.get(token.i)
        if start is not None and block != block_of.get(start):
            yield start, token.i
            start = None
        if start is None:
            if token.text in _OPENING:
                start, closing = token.i, _OPENING[token.text]
            elif token.text in ('"', "''"):
                start, closing = token.i, token.text
        elif token.text == closing:
            yield start, token.i + 1
            start = None
    if start is not None:
        yield start, len(doc)
