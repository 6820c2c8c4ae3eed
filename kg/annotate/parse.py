"""From a document's text to a parsed spaCy `Doc` whose `doc.text` is that text, to the character.

Every block of the layout is parsed on its own, so that a headline never melts into a sentence, and long documents need
no more memory than their longest block; boilerplate is tokenised only. A headline in Title Case or CAPITALS, and a paragraph
in capitals, is parsed as if it were written like a sentence, since the model reads every capital as a name. A text without any
capital gets those of the names that the gazetteers know, of days and of sentences; its `doc.text` keeps them.
"""

import calendar
import re
from collections.abc import Callable, Iterable, Iterator

from spacy.language import Language
from spacy.tokens import Doc

from kg.annotate.repairs import mend, rebuilt
from kg.layout import Kind, segments
from kg.model import Span

_MAX_BLOCK = 20_000
"""Code points parsed at once; a longer block (no paragraph marks at all) is cut at a sentence end or white space."""

_UNPARSED = frozenset(("boilerplate", "byline", "dateline", "speaker"))
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MID_SENTENCE = re.compile(r"(?<=[a-z,] )[A-Z][^\W\d_]+")
_CAPITALISED_SHARE = 0.7
_SHORTEST_LOWER = 20
"""Characters that a text without capitals must have to be given some."""

_BEGINNING = re.compile(r"(?:\A|[.!?]\s+|\n\s*)[^\W\d_]|\bi\b")
_DAYS = "|".join(name.lower() for name in (*calendar.day_name, *calendar.month_name[1:]) if name not in ("March", "May"))
_DAY_NAME = re.compile(rf"\b(?:{_DAYS})\b")
_SHOUTED_WORDS = 5
"""Words that a paragraph in capitals must have to be read as a sentence."""

Blocks = list[tuple[Span, Kind]]


def parse(
    nlp: Language,
    text: str,
    is_name: Callable[[str], bool] = lambda word: False,
    names_in: Callable[[str], Iterable[Span]] = lambda text: (),
) -> tuple[Doc, Blocks]:
    """Parse `text`.

    Args:
        nlp: a spaCy pipeline with tagger, parser, lemmatizer and entity recogniser.
        text: any text; may be empty.
        is_name: tells of a capitalised word whether it is (part of) a name the gazetteers know.
        names_in: gives where names stand in a text without capitals.

    Returns:
        The parsed text and its blocks, in order. Sentences do not cross blocks.
    """
    whole = text
    if len(text) >= _SHORTEST_LOWER and text == text.lower() and text != text.upper():
        text = _with_capitals(text, names_in(text))
    blocks = [(span, kind) for segment in segments(text) for span, kind in _cut(text, segment.span, segment.kind)]
    seen = {word for span, kind in blocks if kind == "paragraph" for word in _MID_SENTENCE.findall(text[span.start : span.end])}
    pieces: list[tuple[str, str | None]] = []
    at = 0
    for number, (_span, kind) in enumerate(blocks):
        end = blocks[number + 1][0].start if number + 1 < len(blocks) else len(text)
        piece = text[at:end]
        at = end
        shouts = kind == "headline" or (kind == "paragraph" and piece.isupper() and len(piece.split()) >= _SHOUTED_WORDS)
        recased = _sentence_case(piece, lambda word: word in seen or is_name(word)) if shouts else piece
        pieces.append((piece, None if kind in _UNPARSED else recased))
    if not pieces:
        pieces = [(text, None)]
    parsed = nlp.pipe([cased for _, cased in pieces if cased is not None], batch_size=32)
    docs = []
    for piece, cased in pieces:
        if cased is None:
            docs.append(_one_sentence(nlp.make_doc(piece)))
        else:
            doc = mend(next(parsed))
            docs.append(doc if cased == piece else rebuilt(doc, piece))
    merged = docs[0]
    if len(docs) > 1:  # the stub of from_docs lacks `exclude`
        merged = Doc.from_docs(docs, ensure_whitespace=False, exclude=["tensor", "user_data"])  # type: ignore[call-arg]
    if merged is None or merged.text != text or len(text) != len(whole):
        raise ValueError("the tokens do not spell the text")
    return merged, blocks


def _with_capitals(text: str, names: Iterable[Span]) -> str:
    """Write the names of a text without capitals, its days, months and the beginnings of its sentences with them."""
    starts = {match.end() - 1 for match in _BEGINNING.finditer(text)} | {match.start() for match in _DAY_NAME.finditer(text)}
    for name in names:
        starts |= {name.start + match.start() for match in _WORD.finditer(text[name.start : name.end])}
    cased = [char.upper() if index in starts and len(char.upper()) == 1 else char for index, char in enumerate(text)]
    return "".join(cased)


def _sentence_case(text: str, is_name: Callable[[str], bool]) -> str:
    """Lower the capitals of a headline that are no sign of a name; the length stays the same."""
    words = _WORD.findall(text)
    content = [word for word in words if len(word) > 3]
    if len(content) < 2 or sum(word[0].isupper() for word in content) < _CAPITALISED_SHARE * len(content):
        return text
    shouted = all(word.isupper() for word in words if len(word) > 1)

    def recase(match: re.Match[str]) -> str:
        word = match[0]
        title = word[0] + word[1:].lower()
        if shouted and not is_name(word) and is_name(title) and len(title) == len(word):
            return title
        if is_name(word) or (word.isupper() and len(word) > 1 and not shouted) or len(word.lower()) != len(word):
            return word
        return word.lower()

    lowered = _WORD.sub(recase, text)
    first = next((n for n, char in enumerate(lowered) if char.isalpha()), 0)
    return lowered[:first] + text[first] + lowered[first + 1 :]


def _one_sentence(doc: Doc) -> Doc:
    """Give unparsed tokens a flat tree, so that they stay one sentence when documents are joined."""
    if not len(doc):
        return doc
    deps = ["ROOT"] + ["dep"] * (len(doc) - 1)
    words, spaces = [token.text for token in doc], [bool(token.whitespace_) for token in doc]
    return Doc(doc.vocab, words=words, spaces=spaces, heads=[0] * len(doc), deps=deps)


def _cut(text: str, span: Span, kind: Kind) -> Iterator[tuple[Span, Kind]]:
    start = span.start
    while span.end - start > _MAX_BLOCK:
        cut = max(text.rfind(mark, start, start + _MAX_BLOCK) for mark in (". ", "\n"))
        cut = cut if cut > start else text.rfind(" ", start, start + _MAX_BLOCK)
        cut = cut + 1 if cut > start else start + _MAX_BLOCK
        yield Span(start, cut), kind
        start = cut
    yield Span(start, span.end), kind


def block_numbers(doc: Doc, blocks: Blocks) -> dict[int, int]:
    """Give the number of the block that each token stands in."""
    numbers: dict[int, int] = {}
    for number, (span, _) in enumerate(blocks):
        tokens = doc.char_span(span.start, span.end, alignment_mode="expand")
        if tokens is not None:
            for index in range(tokens.start, tokens.end):
                numbers[index] = number
    return numbers
