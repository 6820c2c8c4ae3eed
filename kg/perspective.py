"""A part of the dataset: the world as a source tells it, what is sure enough, what nobody disputes; and two such compared.

A perspective selects claims. Its view is a store of its own, in memory: the selected claims' graphs, what their documents say
about them and about the entities they name, what is known of these entities, and what was derived of them. So a query, a
picture, an export and a count see the same, and the union holds nothing that only an unselected claim states. (Restricting the
dataset by FROM and FROM NAMED could not do that: a document's graph holds the attribution of all its claims.)

A chain ends where the claim around is not selected: the view has its `kg:within` neither as a claim, which would be counted and
found as one, nor as a link to nothing. Who stands at its beginning is known all the same, by `kg:rootSource`.

What was derived is not derived anew: a claim that contradicts one outside the view is still contested, and
`kg:independentSources` counts all sources.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from kg.errors import QueryError, suggest
from kg.model import RISING
from kg.query import resolve_entity
from kg.store import COMPARED, Store, open_store, owner_of
from kg.vocab import KG, PROV, RDF, kg

VOICES = ("document", "reported")
"""Whose words: what documents say in their own voice, or what they report of others."""

CERTAINTIES = tuple(certainty.value for certainty in RISING)
"""From the least to the most certain."""

_TYPE = NamedNode(RDF + "type")
_DOCUMENT = NamedNode(PROV + "wasDerivedFrom")
_REFERS = kg("refersTo")
_UNION = DefaultGraph()


@dataclass(frozen=True, slots=True)
class Perspective:
    """Which claims count; by default all.

    Attributes:
        source: keep what this source says, and what all say who speak through it (a name, an alias or an IRI).
        voice: keep what documents say themselves ("document"), or what they report of others ("reported").
        min_certainty: keep claims, and events in them, at least so certain.
        no_contested: leave out claims that another claim of the store contradicts.
    """

    source: str | None = None
    voice: str | None = None
    min_certainty: str | None = None
    no_contested: bool = False

    @property
    def is_whole(self) -> bool:
        """True if nothing is left out."""
        return self == EVERYTHING


EVERYTHING = Perspective()


def view(store: Store, perspective: Perspective) -> Store:
    """Give the part of the store that the perspective selects, as a store in memory; the store itself if that is all of it.

    Raises:
        QueryError: the source is called nothing in the store, or several things; an option is not one of the possible ones.
        StoreError: the store cannot be read.
    """
    if perspective.is_whole:
        return store
    part = open_store(None, base=store.base)
    with store.translated():
        part.fill(_Selection(store, select(store, perspective), _certain_enough(perspective)).quads())
    part.read_only = True
    return part


def select(store: Store, perspective: Perspective) -> set[NamedNode]:
    """Give the claims that the perspective selects.

    Raises:
        QueryError, StoreError: as for `view`.
    """
    if perspective.voice is not None and perspective.voice not in VOICES:
        raise QueryError(f"voice: '{perspective.voice}' is none; {suggest(perspective.voice, VOICES)}")
    with store.translated():
        claims = set(_subjects(store, _TYPE, kg("Claim")))
        if perspective.source is not None:
            claims &= _told_by(store, resolve_entity(store, perspective.source))
        if perspective.voice is not None:
            reported = set(_subjects(store, kg("cue"))) | set(_subjects(store, kg("sourceText")))
            claims = claims & reported if perspective.voice == "reported" else claims - reported
        if perspective.no_contested:
            claims -= set(_subjects(store, kg("contradicts")))
        if perspective.min_certainty is not None:
            enough = _certain_enough(perspective)
            claims &= {subject for name in enough for subject in _subjects(store, kg("certainty"), kg(name))}
    return claims


def _certain_enough(perspective: Perspective) -> frozenset[str]:
    """Give the names of the certainties that count."""
    wanted = perspective.min_certainty
    if wanted is None:
        return frozenset(CERTAINTIES)
    folded = {name.casefold(): number for number, name in enumerate(CERTAINTIES)}
    if wanted.casefold() not in folded:
        raise QueryError(f"min_certainty: '{wanted}' is none; {suggest(wanted, CERTAINTIES)}")
    return frozenset(CERTAINTIES[folded[wanted.casefold()] :])


def _subjects(store: Store, predicate: NamedNode, value: NamedNode | None = None) -> Iterator[NamedNode]:
    for quad in store.database.quads_for_pattern(None, predicate, value, _UNION):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject


def _told_by(store: Store, source: NamedNode) -> set[NamedNode]:
    """Give the claims of a source, and all that they report."""
    found = set(_subjects(store, kg("source"), source))
    queue = list(found)
    while queue:
        inner = set(_subjects(store, kg("within"), queue.pop())) - found
        found |= inner
        queue.extend(inner)
    return found


class _Selection:
    """Picks the quads that belong to some claims."""

    def __init__(self, store: Store, claims: Collection[NamedNode], certainties: Collection[str]) -> None:
        self.store = store
        self.claims = frozenset(claims)
        self.certainties = frozenset(f"{KG}{name}" for name in certainties)
        self.events: set[NamedNode] = set()
        self.used: set[NamedNode] = set()

    def quads(self) -> list[Quad]:
        """Give them, in no particular order."""
        documents: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        stated: list[Quad] = []
        for claim in self.claims:
            stated += self._stated(claim)
            for quad in self._pattern(claim, _DOCUMENT):
                if isinstance(quad.object, NamedNode):
                    documents[quad.object].add(claim)
        self._use(stated)
        derived = self._derived()
        self._use(derived)
        own = {document: list(self._pattern(graph=document)) for document in documents}
        for document, quads in own.items():
            attributed = [quad for quad in quads if quad.subject in documents[document] and self._holds(quad)]
            self._use(attributed)
            self._use(quad for quad in quads if quad.subject == document)
            stated += attributed
        self._use_all_around(own.values())
        for document, quads in own.items():
            stated += self._described(document, quads)
        return [*stated, *derived, *self._background()]

    def _pattern(
        self, subject: NamedNode | None = None, predicate: NamedNode | None = None, graph: NamedNode | DefaultGraph = _UNION
    ) -> Iterator[Quad]:
        return self.store.database.quads_for_pattern(subject, predicate, None, graph)

    def _use(self, quads: Iterable[Quad]) -> None:
        for quad in quads:
            self.used.update(term for term in (quad.subject, quad.object) if isinstance(term, NamedNode))

    def _stated(self, claim: NamedNode) -> list[Quad]:
        """Give what a claim states, without events that are not certain enough."""
        quads = list(self._pattern(graph=claim))
        events = {quad.subject for quad in quads if quad.predicate == _TYPE and quad.object == kg("Event")}
        unsure = {
            quad.subject
            for quad in quads
            if quad.subject in events
            and quad.predicate == kg("certainty")
            and isinstance(quad.object, NamedNode)
            and quad.object.value not in self.certainties
        }
        self.events.update(event for event in events - unsure if isinstance(event, NamedNode))
        return [quad for quad in quads if quad.subject not in unsure and quad.object not in unsure]

    def _holds(self, quad: Quad) -> bool:
        """True of what is said about a claim, but for what is not here: an outer claim, an event not certain enough."""
        if quad.predicate == kg("within"):
            return quad.object in self.claims
        return quad.predicate != kg("event") or quad.object in self.events

    def _derived(self) -> list[Quad]:
        """Give what was derived of the claims and events that are here, and of these only."""
        things = self.claims | self.events
        own = [quad for thing in things for quad in self._pattern(thing, graph=self.store.minter.derived)]
        near = kg("rootSource"), kg("independentSources")
        found = [quad for quad in own if quad.predicate in near or quad.object in things]
        for quad in self.store.database.quads_for_pattern(None, _TYPE, kg("Comparison"), self.store.minter.derived):
            if isinstance(quad.subject, NamedNode):
                parts = list(self._pattern(quad.subject, graph=self.store.minter.derived))
                ends = [part.object for part in parts if part.predicate in COMPARED]
                found += parts if all(end in things for end in ends) else []
        return found

    def _use_all_around(self, documents: Iterable[list[Quad]]) -> None:
        """Take in what the used entities point to in their descriptions: the state of a group, the kind of a weapon."""
        pointing: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        here = self.claims | self.events
        for quads in documents:
            mentions = {quad.subject for quad in quads if quad.predicate == _REFERS}
            for quad in quads:
                subject, value = quad.subject, quad.object
                if subject in mentions or not isinstance(subject, NamedNode) or not isinstance(value, NamedNode):
                    continue
                if not self._is_record(subject, here):
                    pointing[subject].add(value)
        queue = list(self.used)
        for one in queue:
            around = pointing.get(one, set()) | {
                quad.object
                for quad in self._pattern(one, graph=self.store.minter.background)
                if isinstance(quad.object, NamedNode)
            }
            queue.extend(around - self.used)
            self.used |= around

    def _is_record(self, subject: NamedNode, here: Collection[NamedNode]) -> bool:
        return subject in here or subject.value.startswith((f"{self.store.base}claim/", f"{self.store.base}document/"))

    def _described(self, document: NamedNode, quads: list[Quad]) -> Iterator[Quad]:
        """Yield what a document says of itself, of the entities that are here, and of their mentions."""
        mentions = {q.subject for q in quads if q.predicate == _REFERS and (q.object in self.used or q.object in self.events)}
        records = {q.subject for q in quads if q.predicate == _REFERS or (q.predicate == _TYPE and q.object == kg("Claim"))}
        for quad in quads:
            is_named = quad.subject in self.used and quad.subject not in records
            if quad.subject == document or quad.subject in mentions or is_named:
                yield quad

    def _background(self) -> Iterator[Quad]:
        for quad in self.store.database.quads_for_pattern(None, None, None, self.store.minter.background):
            if owner_of(quad) in self.used and not isinstance(quad.object, Triple):
                yield quad
