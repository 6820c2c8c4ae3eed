"""Tells what language a text is in, as far as it matters: is it English, which is all that can be read?

py3langid knows the languages: a small model inside its wheel, deterministic, without network. It loads on first use.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from kg.errors import InputError
from kg.model import Document

_SHORTEST = 160
"""Letters (some 35 words) that a text must have to be judged."""

_PIECE = 500
_MOST_PIECES = 24
"""A text is judged by so many pieces, spread over it, of so many code points."""

_SURE = 0.9
_FOREIGN_SHARE = 0.7
"""A text of which less is surely in other languages (an English one with long quotations) is read."""

_ENGLISHES = frozenset(("en", "pcm", "sco"))
_FIRST_IDEOGRAPH = "\u2e80"
_IDEOGRAPH = 3
"""Letters that a character of the scripts which write syllables or words counts for."""


class Foreign(InputError):
    """A document is not in English; `language` is its ISO 639 code."""

    def __init__(self, document_id: str, language: str) -> None:
        super().__init__(f"{document_id}: skipped: language {language}, not English; --any-language reads it all the same")
        self.language = language


def foreign_language(text: str) -> str | None:
    """Give the ISO 639 code of the language of `text`, or None if it is English, mixed with English, or too short to tell.

    >>> foreign_language("Le ministre a dit que les troupes quitteront la ville avant la fin de la semaine. " * 5)
    'fr'
    """
    if _size(text) < _SHORTEST:
        return None
    sizes: Counter[str] = Counter()
    for piece in _pieces(text):
        language, certainty = _identifier().classify(piece.lower())
        sizes["en" if certainty < _SURE or language in _ENGLISHES else language] += _size(piece)
    total = sizes.total()
    if total - sizes.pop("en", 0) < _FOREIGN_SHARE * total:
        return None
    return min(sizes, key=lambda language: (-sizes[language], language))


def english(documents: Iterable[Document], on_foreign: Callable[[Foreign], None]) -> Iterator[Document]:
    """Yield the documents that are in English, and tell `on_foreign` of the others."""
    for document in documents:
        language = foreign_language(document.text)
        if language is None:
            yield document
        else:
            on_foreign(Foreign(document.id, language))


def _size(text: str) -> int:
    return sum(_IDEOGRAPH if character >= _FIRST_IDEOGRAPH else 1 for character in text if character.isalpha())


def _pieces(text: str) -> Iterator[str]:
    """Yield stretches of about equal length, cut at white space where there is some."""
    cuts = [0]
    while cuts[-1] < len(text):
        end = cuts[-1] + _PIECE
        space = text.rfind(" ", cuts[-1] + 1, end) if end < len(text) else -1
        cuts.append(space if space > 0 else min(end, len(text)))
    bounds = list(pairwise(cuts))
    step = max(1, -(-len(bounds) // _MOST_PIECES))
    for start, end in bounds[::step]:
        yield text[start:end]


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
