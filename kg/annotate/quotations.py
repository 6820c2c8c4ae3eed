"""Finds quotations by their marks."""

from collections.abc import Iterator, Mapping

from spacy.tokens import Doc, Token

_OPENING = {"“": "”", "«": "»", "„": "“", "‘‘": "’’", "``": "''"}
_STRAIGHT = ('"', "''")
CLOSING = frozenset(("”", "»", "’’", "''", '"'))


def quotations(doc: Doc, block_of: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Yield quotations as token ranges, marks included; one that never closes ends with its paragraph.

    A mark of another style closes a quotation if no mark of its own does before the next one opens (“so they say"). A
    straight mark that by its spaces can only open, behind the end of a sentence, begins anew what was left open.
    """
    start: int | None = None
    closing: frozenset[str] = frozenset()
    for token in doc:
        block = block_of.get(token.i)
        if start is not None and block != block_of.get(start):
            yield start, token.i
            start = None
        if start is not None and token.text in _STRAIGHT and _begins_anew(doc, token):
            yield start, token.i
            start = None
        if start is None:
            if token.text in _OPENING:
                start, closing = token.i, _closing(doc, token.i, _OPENING[token.text], _STRAIGHT, block_of)
            elif token.text in _STRAIGHT and not _can_only_close(doc, token):
                start, closing = token.i, _closing(doc, token.i, token.text, ("”",), block_of)
        elif token.text in closing:
            yield start, token.i + 1
            start = None
    if start is not None:
        yield start, len(doc)


def _begins_anew(doc: Doc, mark: Token) -> bool:
    """True for the second mark of `"It was a war. "It lasted a year."`, as papers open each paragraph of long speech."""
    if mark.i < 2 or mark.i + 1 >= len(doc) or mark.whitespace_ or not doc[mark.i + 1].text[:1].isupper():
        return False
    return doc[mark.i - 1].text in (".", "!", "?") and doc[mark.i - 1].whitespace_ != ""


def _can_only_close(doc: Doc, mark: Token) -> bool:
    """True for a mark behind a word or a stop and before a space."""
    return mark.i > 0 and not doc[mark.i - 1].whitespace_ and not doc[mark.i - 1].is_space and mark.whitespace_ != ""


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
