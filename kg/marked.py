"""A document as the store holds it: its text, with the places of its mentions and claims.

The store keeps no texts. But each sentence is a claim's, and each mention is quoted with what stands around it, so that the
text can be put together again, all but a few places; no source has to be there, and none is asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.errors import QueryError
from kg.excerpt import SameEvents, kinds, name, quads_of
from kg.facts import gather
from kg.network import class_label, evidence
from kg.page import describe_claim, family_of
from kg.store import Store
from kg.vocab import DCTERMS, KG, OA, RDF, finest, lineage

_BREAK = 3
"""What no claim quotes is space between paragraphs if it is no longer."""

_Facts = Mapping[str, list[str]]
_Piece = tuple[int, str]


def marked(store: Store, iri: str) -> dict[str, Any]:
    """Give a document with all that was read in it, as plain data.

    Returns:
        `iri`, `id`, `title`, `publisher` (name), `publisherIri`, `date`, `url`; `text`, put together, and `gaps`, the places
        (start, end) of it that nothing quotes, blank there; `mentions` by place: `start`, `end`, `iri`, `name`, `type`,
        `family` (place in the legend), `event` (True if it is one); `claims` by place, as the panel of a page shows them,
        with `start`, `end`, `within` (number of the claim around it) and `spans` of its `cue` and `source`; then, with
        `elsewhere`, the claims of other documents that these name as contradicting or corroborating.

    Raises:
        QueryError: there is no such document.
    """
    graph = NamedNode(iri)
    facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in store.database.quads_for_pattern(None, None, None, graph):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            facts[quad.subject.value][quad.predicate.value].append(quad.object.value)
    if not facts:
        raise QueryError(f"document: there is no <{iri}> in the store; search for its title")
    quoted = {subject: about for subject, about in facts.items() if _number(about, OA + "start") is not None}
    text, gaps = put_together(piece for about in quoted.values() for piece in _pieces(about))
    about = facts[iri]
    publisher = _first(about, DCTERMS + "publisher")
    url = _first(about, DCTERMS + "source")
    return {
        "iri": iri,
        "id": _first(about, DCTERMS + "identifier"),
        "title": _first(about, DCTERMS + "title") or _first(about, DCTERMS + "identifier") or iri,
        "publisher": name(store, publisher) if publisher else "",
        "publisherIri": publisher,
        "date": _first(about, DCTERMS + "issued"),
        "url": url if url.lower().startswith(("http://", "https://")) else "",
        "text": text,
        "gaps": gaps,
        "mentions": _mentions(store, quoted),
        "claims": _claims(store, quoted),
    }


def put_together(pieces: Iterable[_Piece]) -> tuple[str, list[tuple[int, int]]]:
    r"""Give a text of which pieces and their places are known, and the places that no piece covers, if they may hold words.

    >>> put_together([(0, "Moscow denied it."), (19, "Why? Nobody"), (24, "Nobody knows")])
    ('Moscow denied it.\n\nWhy? Nobody knows', [])
    >>> put_together([(0, "One."), (5, "Two."), (20, "End")])
    ('One. Two.\n\n\n\n\n\n\n\n\n\n\n\nEnd', [(9, 20)])
    """
    known = list(pieces)
    letters: list[str] = [""] * max((start + len(words) for start, words in known), default=0)
    for start, words in known:
        letters[start : start + len(words)] = words
    gaps = []
    for is_gap, run in groupby(range(len(letters)), lambda place: not letters[place]):
        if not is_gap:
            continue
        places = list(run)
        first, end = places[0], places[-1] + 1
        beside = letters[max(0, first - 1) : first] + letters[end : end + 1]
        letters[first:end] = [" " if len(places) == 1 and "\n" not in beside else "\n"] * len(places)
        if len(places) > _BREAK:
            gaps.append((first, end))
    return "".join(letters), gaps


def _pieces(about: _Facts) -> list[_Piece]:
    start, end = _number(about, OA + "start"), _number(about, OA + "end")
    if start is None or end is None:
        return []
    before, words, after = (_first(about, OA + part) for part in ("prefix", "exact", "suffix"))
    return [(start - len(before), before), (start, words), (end, after)] if len(before) <= start else [(start, words)]


def _first(about: _Facts, predicate: str) -> str:
    return min(about.get(predicate, ()), default="")


def _number(about: _Facts, predicate: str) -> int | None:
    written = _first(about, predicate)
    return int(written) if written.isdecimal() else None


def _mentions(store: Store, quoted: Mapping[str, _Facts]) -> list[dict[str, Any]]:
    referents: dict[str, dict[str, Any]] = {}
    found = []
    for about in quoted.values():
        for iri in about.get(KG + "refersTo", ()):
            if iri not in referents:
                types = kinds(store, iri)
                finer = finest(types) or "Entity"
                kind = class_label(finer)
                is_event = "Event" in types
                referents[iri] = {
                    "iri": iri,
                    "name": kind.capitalize() if is_event else name(store, iri) or kind,
                    "type": kind,
                    "family": family_of((*lineage(finer), *types)),
                    "event": is_event,
                }
            found.append({"start": _number(about, OA + "start"), "end": _number(about, OA + "end")} | referents[iri])
    return sorted(found, key=lambda mention: (mention["start"], -mention["end"], mention["iri"]))


def _claims(store: Store, quoted: Mapping[str, _Facts]) -> list[dict[str, Any]]:
    own = {iri: about for iri, about in quoted.items() if KG + "Claim" in about.get(RDF + "type", ())}
    told = evidence(gather(quads_of(store, own, SameEvents(store))))
    places = {iri: (_number(about, OA + "start"), -(_number(about, OA + "end") or 0)) for iri, about in own.items()}
    order = sorted((iri for iri in own if iri in told), key=lambda iri: (places[iri], iri))
    number = {iri: turn for turn, iri in enumerate([*order, *sorted(set(told).difference(order))])}
    shown = []
    for iri in number:
        claim = describe_claim(told[iri], number)
        if iri not in own:
            shown.append(claim | {"elsewhere": True})
            continue
        about = own[iri]
        spans = {part: [_number(about, f"{KG}{part}Start"), _number(about, f"{KG}{part}End")] for part in ("cue", "source")}
        place = {"start": _number(about, OA + "start"), "end": _number(about, OA + "end")}
        place["within"] = number.get(_first(about, KG + "within"))
        shown.append(claim | place | {"spans": {part: span for part, span in spans.items() if None not in span}})
    return shown
