"""Finds quotations by their marks."""

from collections.abc import Iterator, Mapping

from spacy.tokens import Doc

_OPENING = {"“": "”", "«": "»", "„": "“", "‘‘": "’’", "``": "''"}
_STRAIGHT = ('"', "''")
CLOSING = frozenset(("”", "»", "’’", "''", '"'))


def quotations(doc: Doc, block_of: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Yield quotations as token ranges, marks included; one that never closes ends with its paragraph.

    A mark of another style closes a quotation if no mark of its own does before the next one opens (“so they say").
    """
    start: int | None = None
    closing: frozenset[str] = frozenset()
    for token in doc:
        block = block_of.get(token.i)
        if start is not None and block != block_of.get(start):
            yield start, token.i
            start = None
        if start is None:
            if token.text in _OPENING:
                start, closing = token.i, _closing(doc, token.i, _OPENING[token.text], _STRAIGHT, block_of)
            elif token.text in _STRAIGHT:
                start, closing = token.i, _closing(doc, token.i, token.text, ("”",), block_of)
        elif token.text in closing:
            yield start, token.i + 1
            start = None
    if start is not None:
        yield start, len(doc)


def _closing(doc: Doc, start: int, own: str, others: tuple[str, ...], block_of: Mapping[int, int]) -> frozenset[str]:
    """Give the marks that close a quotation: its own, or those of another style if its own does not follow in time."""
    found = None
    for token in doc[start + 1 :]:
        if block_of.get(token.i) != block_of.get(start) or (token.text in _OPENING and token.text != own):
            break
        if token.text == own:
            return frozenset((own,))
        if found is None and token.text in others:
            found = token.text
    return frozenset((own,)) if found is None else frozenset((own, found))
