"""What a derivation leaves for the next one: a file beside the database, which may be missing or stale and then is not used.

It is no part of the dataset. It holds what each claim tells, the comparisons and the counts of independent sources.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.resources import data_path
from kg.sources import Voice
from kg.store import Store
from kg.tellings import Said
from kg.verdicts import Comparison, Telling, Verdict
from kg.vocab import RDF, kg

FILE = "derived.json"
FORMAT = 1

_CODE = ("derive.py", "tellings.py", "remembered.py", "verdicts.py", "sources.py", "vocab.py", "knowledge.py")
_DATA = (("ontology",), ("ontology", "lexicons"), ("gazetteers",))

_TYPE = NamedNode(RDF + "type")

Key = tuple[str, str]
"""A telling: its claim and its event, by IRI."""


@dataclass(frozen=True, slots=True)
class Proposition:
    """How many independent sources say so, and which claims pass it on in a circle."""

    number: int
    circles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class State:
    """What a derivation rests on.

    Attributes:
        documents: hash of each document, by IRI.
        made_by: a text that differs where code or data differ.
    """

    documents: dict[str, str]
    made_by: str


def state(store: Store) -> State:
    """Give what a derivation of this store rests on now."""
    return State(_documents(store), _made_by(store.base))


@dataclass(slots=True)
class Remembered:
    """All of it.

    Attributes:
        said: what each claim tells, by IRI.
        comparisons: by the keys of the two tellings, in the order of the comparison.
        propositions: by the keys of their tellings.
    """

    said: dict[str, Said]
    comparisons: dict[tuple[Key, Key], Comparison]
    propositions: dict[tuple[Key, ...], Proposition]


def recall(store: Store, now: State, changed: Collection[str]) -> Remembered | None:
    """Give what was left in the store's folder; None if there is nothing, or it is not of these documents and this kg.

    Args:
        now: as of `state`.
        changed: IRIs of documents that may differ by now.
    """
    if store.path is None:
        return None
    try:
        found = json.loads((store.path / FILE).read_text(encoding="utf-8"))
        if found["format"] != FORMAT or found["made_by"] != now.made_by:
            return None
        known = {iri: hashed for iri, hashed in found["documents"].items() if iri not in changed}
        if known != {iri: hashed for iri, hashed in now.documents.items() if iri not in changed}:
            return None
        said: dict[str, Said] = {row[0]: _Kept(row) for row in found["said"]}
        tellings = {(one.claim, one.event): one for told in said.values() for one in told.tellings}
        comparisons = {}
        for *keys, verdict, rule in found["comparisons"]:
            first, second = map(_pair, keys)
            comparisons[first, second] = Comparison(tellings[first], tellings[second], Verdict(verdict), rule)
        propositions = {
            tuple((claim, event) for claim, event in members): Proposition(
                number, tuple((one, other) for one, other in circles)
            )
            for members, number, circles in found["propositions"]
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Remembered(said, comparisons, propositions)


def remember(
    store: Store,
    now: State,
    said: Iterable[Said],
    comparisons: Iterable[Comparison],
    propositions: Mapping[tuple[Key, ...], Proposition],
) -> None:
    """Leave all for the next derivation, if the store has a folder.

    Raises:
        OSError: the file cannot be written.
    """
    if store.path is None:
        return
    content = {
        "format": FORMAT,
        "made_by": now.made_by,
        "documents": now.documents,
        "said": [_row(one) for one in said],
        "comparisons": [
            [(c.first.claim, c.first.event), (c.second.claim, c.second.event), c.verdict.value, c.rule] for c in comparisons
        ],
        "propositions": [[members, known.number, known.circles] for members, known in propositions.items()],
    }
    unfinished = store.path / f"{FILE}.new"
    unfinished.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")
    unfinished.replace(store.path / FILE)


def _documents(store: Store) -> dict[str, str]:
    typed = store.database.quads_for_pattern(None, _TYPE, kg("Document"), DefaultGraph())
    found = dict.fromkeys((quad.subject.value for quad in typed if isinstance(quad.subject, NamedNode)), "")
    for quad in store.database.quads_for_pattern(None, kg("sha256"), None, DefaultGraph()):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            found[quad.subject.value] = quad.object.value
    return found


def _pair(values: list[str]) -> tuple[str, str]:
    one, other = values
    return one, other


def _made_by(base: str) -> str:
    """Give a text that differs where code or data differ on which comparisons rest."""
    state = hashlib.sha256(base.encode())
    for name in _CODE:
        state.update(Path(__file__).with_name(name).read_bytes())
    for folder in _DATA:
        for entry in sorted(os.scandir(data_path(*folder)), key=lambda entry: entry.name):
            if entry.is_file():
                stat = entry.stat()
                state.update(f"{entry.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return state.hexdigest()


# Rows --------------------------------------------------------------------------------------------------------------

_TELLING = tuple(field.name for field in fields(Telling))
_VOICE = tuple(field.name for field in fields(Voice))
_SETS = frozenset(("unique", "people", "particular", "owners", "sources", "above", "roots", "speakers", "unnamed", "quoting"))
_MAPPINGS = frozenset(("roles", "wider", "sides"))


class _Kept(Said):
    """What a claim tells, as it was left: what is rarely asked for is read from the row when it is."""

    def __init__(self, row: list[Any]) -> None:
        self.row = row
        self.claim, self.document, roots, told, _, _, self.needs = row
        self.roots = frozenset(roots)
        self.tellings = [Telling(*_typed(values, _TELLING)) for values in told]

    @cached_property
    def voice(self) -> Voice | None:  # type: ignore[override]
        return None if self.row[4] is None else Voice(*_typed(self.row[4], _VOICE))

    @cached_property
    def sides(self) -> dict[str, set[str]]:  # type: ignore[override]
        return {who: set(values) for who, values in self.row[5].items()}


def _row(one: Said) -> list[Any]:
    if isinstance(one, _Kept):
        return one.row
    voice = None if one.voice is None else _plain(one.voice, _VOICE)
    told = [_plain(telling, _TELLING) for telling in one.tellings]
    return [one.claim, one.document, sorted(one.roots), told, voice, _lists(one.sides), sorted(one.needs)]


def _plain(item: Telling | Voice, names: tuple[str, ...]) -> list[Any]:
    found = [getattr(item, name) for name in names]
    return [
        sorted(value) if name in _SETS else _lists(value) if name in _MAPPINGS else value
        for name, value in zip(names, found, strict=True)
    ]


def _typed(values: list[Any], names: tuple[str, ...]) -> list[Any]:
    return [
        frozenset(value) if name in _SETS else {k: set(v) for k, v in value.items()} if name in _MAPPINGS else value
        for name, value in zip(names, values, strict=True)
    ]


def _lists(mapping: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    return {key: sorted(values) for key, values in mapping.items()}
