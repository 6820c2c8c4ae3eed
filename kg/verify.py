"""Reads every source again and checks that all that quotes it is still there: mentions, cues, sources and contents of claims.

A quotation whose words no longer stand at its offsets is looked for elsewhere, by its words and by what stood before and after
it (as Web Annotation's TextQuoteSelector does): it has moved, or it is gone.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, Quad

from kg.errors import InputError
from kg.graph import GAP
from kg.read import InputNotice, read
from kg.store import Store, StoredDocument
from kg.vocab import KG, OA, RDF, kg

_PARTS = (
    ("content", OA + "start", OA + "end", OA + "exact"),
    ("cue", KG + "cueStart", KG + "cueEnd", KG + "cue"),
    ("source", KG + "sourceStart", KG + "sourceEnd", KG + "sourceText"),
)


@dataclass(frozen=True, slots=True)
class Misquote:
    """A quotation that is not where it was.

    Attributes:
        document: id; subject: IRI of the claim or mention.
        part: "mention", or of a claim "content", "cue" or "source".
        words: as quoted, from `start` to `end`.
        moved: where the words stand now; None if they are gone.
        reason: what is wrong.
    """

    document: str
    subject: str
    part: str
    words: str
    start: int
    end: int
    moved: tuple[int, int] | None
    reason: str

    def to_json(self) -> dict[str, object]:
        """Give it as an object of JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found.

    Attributes:
        documents, quotations: how many were read again and checked.
        unreachable: (id, why) of the documents that could not be read.
        wrong: sorted by document and place.
    """

    documents: int
    quotations: int
    unreachable: tuple[tuple[str, str], ...]
    wrong: tuple[Misquote, ...]

    def to_json(self) -> dict[str, object]:
        """Give it as an object of JSON."""
        return {
            "documents": self.documents,
            "quotations": self.quotations,
            "unreachable": [{"document": document, "reason": reason} for document, reason in self.unreachable],
            "wrong": [misquote.to_json() for misquote in self.wrong],
        }


@dataclass(frozen=True, slots=True)
class _Quotation:
    subject: str
    part: str
    words: str
    start: int
    end: int
    before: str = ""
    after: str = ""


def verify(
    store: Store, inputs: Collection[str] = (), on_document: Callable[[str], None] = lambda document_id: None
) -> Verification:
    """Check all documents of the store against their sources.

    Args:
        store: what to check.
        inputs: where to find documents besides where they were read from (as for `kg.read.read`); found by id.
        on_document: is called with the id of each document that is done.

    Raises:
        StoreError: the store cannot be read.
    """
    documents = list(store.documents())
    problems: dict[str, str] = {}
    texts: dict[str, str] = {}

    def keep(names: list[str]) -> None:
        """Read, and keep the texts of documents that are in the store."""

        def tell(problem: InputError) -> None:
            if not isinstance(problem, InputNotice):
                for name in names:
                    problems.setdefault(name, str(problem).removeprefix(f"{name}: "))

        for document in read(names, tell):
            if document.id in known:
                texts.setdefault(document.id, document.text)

    known = {document.id for document in documents}
    if inputs:
        keep(list(inputs))
    places = {document.id: _origins(document, store) for document in documents if document.id not in texts}
    origins: dict[str, list[str]] = {}
    for document_id, found in places.items():
        for origin in found:
            origins.setdefault(origin, []).append(document_id)
    for origin in sorted(origins):
        if any(document_id not in texts for document_id in origins[origin]):
            keep([origin])
    wrong: list[Misquote] = []
    unreachable: list[tuple[str, str]] = []
    number = 0
    for document in documents:
        text = texts.get(document.id)
        if text is None:
            reasons = [problems[origin] for origin in places[document.id] if origin in problems]
            unreachable.append((document.id, reasons[0] if reasons else "where it was read from is not known; name its file"))
        else:
            quotations = list(_quotations(store, document))
            number += len(quotations)
            wrong += _check(document.id, quotations, text)
        on_document(document.id)
    return Verification(len(documents) - len(unreachable), number, tuple(sorted(unreachable)), tuple(wrong))


def _origins(document: StoredDocument, store: Store) -> list[str]:
    """Give where a document can be read, the likeliest first: its file, or the file its line is in; else its address."""
    with store.translated():
        stated = store.database.quads_for_pattern(NamedNode(document.iri), kg("readFrom"), None, NamedNode(document.iri))
        read_from = [quad.object.value for quad in stated if isinstance(quad.object, Literal)]
    found: list[str] = []
    for name in (*sorted(read_from), document.id, document.source or ""):
        file, _, line = name.rpartition(":")
        if urlsplit(name).scheme in ("http", "https") or (name and Path(name).is_file()):
            found.append(name)
        elif file and line.isdigit() and Path(file).is_file():
            found.append(file)
        elif name in read_from or (name == document.id and "/" in name):
            found.append(file if file and line.isdigit() else name)
    addresses = [name for name in found if urlsplit(name).scheme in ("http", "https")]
    return list(dict.fromkeys([*(name for name in found if name not in addresses), *addresses]))


def _quotations(store: Store, document: StoredDocument) -> Iterator[_Quotation]:
    """Yield all that quotes the document, by place."""
    facts: dict[str, dict[str, str]] = {}
    kinds: dict[str, str] = {}
    for quad in store.quads(document.iri):
        if isinstance(quad.subject, NamedNode):
            if isinstance(quad.object, Literal):
                facts.setdefault(quad.subject.value, {})[quad.predicate.value] = quad.object.value
            elif _is_kind(quad):
                kinds[quad.subject.value] = quad.object.value.removeprefix(KG)  # type: ignore[union-attr]
    found: list[_Quotation] = []
    for subject, kind in kinds.items():
        said = facts.get(subject, {})
        for part, start, end, words in _PARTS:
            if start in said and end in said and words in said:
                name = "mention" if kind == "Mention" else part
                context = (said.get(OA + "prefix", ""), said.get(OA + "suffix", "")) if part == "content" else ("", "")
                found.append(_Quotation(subject, name, said[words], int(said[start]), int(said[end]), *context))
    yield from sorted(found, key=lambda quotation: (quotation.start, quotation.end, quotation.subject, quotation.part))


def _is_kind(quad: Quad) -> bool:
    return quad.predicate.value == RDF + "type" and quad.object in (kg("Claim"), kg("Mention"))


def _check(document: str, quotations: Iterable[_Quotation], text: str) -> Iterator[Misquote]:
    shift = 0
    for quotation in quotations:
        start, end = quotation.start, quotation.end
        if _stands(quotation, text, start, end):
            continue
        moved = _find(quotation, text, shift)
        if moved is not None:
            shift = moved[0] - start
        there = text[start:end]
        reason = f"there stands {there[:40]!r}" if there else "the text ends before"
        yield Misquote(document, quotation.subject, quotation.part, quotation.words, start, end, moved, reason)


def _stands(quotation: _Quotation, text: str, start: int, end: int) -> bool:
    """True if the text from `start` to `end` is what is quoted, or holds its pieces in order, from its first to its last."""
    there = text[start:end]
    if there == quotation.words:
        return start < end
    if quotation.part not in ("cue", "source") or GAP not in quotation.words or start < 0:
        return False
    pieces = quotation.words.split(GAP)
    if not there.startswith(pieces[0]) or not there.endswith(pieces[-1]):
        return False
    place = 0
    for piece in pieces:
        place = there.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    return True


def _find(quotation: _Quotation, text: str, shift: int) -> tuple[int, int] | None:
    """Give where the words stand now: of all such places the one with most of the old context, then the nearest."""
    length = quotation.end - quotation.start
    expected = quotation.start + shift
    if _stands(quotation, text, expected, expected + length) and (quotation.part in ("cue", "source") or not quotation.before):
        return expected, expected + length
    if GAP in quotation.words and quotation.part in ("cue", "source"):
        pieces = quotation.words.split(GAP)
        first = text.find(pieces[0], max(0, expected))
        last = text.find(pieces[-1], first + len(pieces[0])) if first >= 0 else -1
        return (first, last + len(pieces[-1])) if last >= 0 else None
    places: list[int] = []
    place = text.find(quotation.words)
    while place >= 0:
        places.append(place)
        place = text.find(quotation.words, place + 1)
    if not places:
        return None

    def fit(place: int) -> tuple[int, int, int]:
        before = _common(text[max(0, place - len(quotation.before)) : place][::-1], quotation.before[::-1])
        end = place + len(quotation.words)
        after = _common(text[end : end + len(quotation.after)], quotation.after)
        return before + after, -abs(place - expected), -place

    best = max(places, key=fit)
    return best, best + len(quotation.words)


def _common(one: str, other: str) -> int:
    """Give how many characters two texts have in common at their beginnings."""
    return next((number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def to_lines(found: Verification) -> Iterator[str]:
    """Yield a line for each quotation that is wrong, and for each document that could not be read."""
    for misquote in found.wrong:
        where = f"moved to {misquote.moved[0]}–{misquote.moved[1]}" if misquote.moved else "gone"
        words = " ".join(misquote.words.split())
        shown = f"{words[:60]}…" if len(words) > 61 else words
        place = f"{misquote.document}:{misquote.start}–{misquote.end}"
        yield f"{place}: {misquote.part} “{shown}” {where}; {misquote.reason}"
    for document, reason in found.unreachable:
        yield f"{document}: not checked: {reason}"
