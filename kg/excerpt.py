"""Looks into a store by entity, event or claim: what one answer needs, and no more.

`kg.facts` and `kg.network` read a whole dataset; given the quads of an excerpt they do the same for a part of a large one.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QuerySolutions

from kg.store import Store
from kg.vocab import DCTERMS, KG, OWL, PROV, RDF, RDFS, SKOS, WGS84, kg, prefixes

_TYPE, _LABEL = NamedNode(RDF + "type"), NamedNode(RDFS + "label")
_DERIVED_FROM, _PUBLISHER = NamedNode(PROV + "wasDerivedFrom"), NamedNode(DCTERMS + "publisher")
_OF_ENTITY = (
    *(_TYPE, NamedNode(SKOS + "altLabel"), NamedNode(OWL + "sameAs"), kg("affiliation"), kg("iso3166")),
    *(NamedNode(WGS84 + "lat"), NamedNode(WGS84 + "long")),
)
_WITHIN, _OTHERS, _NAMING = kg("within"), {kg("contradicts"), kg("corroborates")}, {kg("source"), kg("addressee"), kg("about")}
_UNION = DefaultGraph()
_MANY = 2000  # of what has as many links to it, the latest documents are asked first
_LATEST = 40


def rows(store: Store, query: str) -> list[dict[str, str]]:
    """Give the rows of a SELECT, with our prefixes, as texts, IRIs in full; what is unbound is left out."""
    with store.translated():
        found = store.database.query(query, prefixes=prefixes(store.base))
        assert isinstance(found, QuerySolutions)
        columns = [(variable.value, place) for place, variable in enumerate(found.variables)]
        return [
            {
                column: term.value if isinstance(term, NamedNode | Literal) else str(term)
                for column, place in columns
                if (term := row[place]) is not None
            }
            for row in found
        ]


def values(store: Store, iri: str, predicate: str) -> list[str]:
    """Give the values of a property, sorted; of resources their IRI."""
    found = store.database.quads_for_pattern(NamedNode(iri), NamedNode(predicate), None, _UNION)
    return sorted(quad.object.value for quad in found if isinstance(quad.object, NamedNode | Literal))


def kinds(store: Store, iri: str) -> set[str]:
    """Give the classes of a thing, by their names in the ontology."""
    return {value.removeprefix(KG) for value in values(store, iri, RDF + "type") if value.startswith(KG)}


def name(store: Store, iri: str) -> str:
    """Give the name of an entity, as the gazetteers have it, else the first by alphabet; "" if it has none."""
    known = store.database.quads_for_pattern(NamedNode(iri), _LABEL, None, store.minter.background)
    labels = [quad.object.value for quad in known if isinstance(quad.object, Literal)] or values(store, iri, RDFS + "label")
    return min(labels, default="")


class SameEvents:
    """Which events the store holds to be the same; found from one of them on, not by reading all."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._groups: dict[str, tuple[str, ...]] = {}

    def members(self, iri: str) -> tuple[str, ...]:
        """Give the event and all that are the same, sorted; of what is no event it alone."""
        if iri not in self._groups:
            find, derived, same = self._store.database.quads_for_pattern, self._store.minter.derived, kg("sameEvent")
            group, waiting = {iri}, [iri]
            while waiting:
                one = NamedNode(waiting.pop())
                told = (*find(one, same, None, derived), *find(None, same, one, derived))
                named = {term.value for quad in told for term in (quad.subject, quad.object) if isinstance(term, NamedNode)}
                waiting += sorted(named - group)
                group |= named
            members = tuple(sorted(group))
            self._groups |= dict.fromkeys(members, members)
        return self._groups[iri]

    def name(self, iri: str) -> str:
        """Give the one that stands for all, as `kg.network.project` chooses it."""
        return self.members(iri)[0]

    def quads(self, iris: Iterable[str]) -> Iterator[Quad]:
        """Yield statements from which it follows that these events are the same as others."""
        for iri in iris:
            first, *others = self.members(iri)
            for other in others:
                yield Quad(NamedNode(first), kg("sameEvent"), NamedNode(other), self._store.minter.derived)


def newest_documents(store: Store, number: int) -> list[str]:
    """Give the newest documents; those without a date come last."""
    text = "SELECT ?d WHERE { ?d a kg:Document OPTIONAL { ?d dcterms:issued ?day } } ORDER BY DESC(?day) ?d"
    return [row["d"] for row in rows(store, f"{text} LIMIT {number}")]


class Newest:
    """Finds the newest of what is said around one thing.

    Attributes:
        is_everywhere: True if very much has to do with it.
    """

    def __init__(self, store: Store, iri: str) -> None:
        self._store = store
        self._iri = NamedNode(iri)
        links = f"SELECT (COUNT(*) AS ?n) WHERE {{ SELECT ?one WHERE {{ ?one ?links {self._iri} }} LIMIT {_MANY} }}"
        self.is_everywhere = int(rows(store, links)[0]["n"]) == _MANY
        self._latest = newest_documents(store, _LATEST) if self.is_everywhere else []

    def find(self, pattern: str, wanted: str, enough: int) -> list[str]:
        """Give what a pattern finds, the newest first, without what comes twice; more than `enough`, or all there is.

        Of what is spoken of everywhere only the latest documents are asked, if these say enough.

        Args:
            pattern: SPARQL that names ?node, the ?document and what is wanted.
            wanted: the name of the variable whose values are given.
            enough: how many there have to be.
        """
        around = pattern.replace("?node", str(self._iri))
        if self._latest:
            turn = {document: place for place, document in enumerate(self._latest)}
            latest = " ".join(f"<{document}>" for document in turn)
            text = f"SELECT DISTINCT ?document ?{wanted} WHERE {{ VALUES ?document {{ {latest} }} {around} }}"
            told = sorted((turn[row["document"]], row[wanted]) for row in rows(self._store, text))
            if len(found := list(dict.fromkeys(value for _, value in told))) >= enough:
                return found
        text = f"SELECT DISTINCT ?{wanted} ?day WHERE {{ {around} OPTIONAL {{ ?document dcterms:issued ?day }} }}"
        days = sorted((row[wanted], row.get("day", "")) for row in rows(self._store, text))
        return list(dict.fromkeys(value for value, _ in sorted(days, key=lambda pair: pair[1], reverse=True)))


def quads_of(store: Store, claims: Iterable[str], same: SameEvents) -> Iterator[Quad]:
    """Yield all that a picture of these claims needs.

    That is what they state, what their documents say of them and of those they are within, contradict and corroborate, and
    what is known of the entities in them.
    """
    seen: set[str] = set()
    named: set[str] = set()
    documents: set[str] = set()
    asked = set(claims)
    waiting = sorted(asked)
    while waiting:
        claim = waiting.pop()
        if claim in seen:
            continue
        seen.add(claim)
        is_stated = claim in asked
        if is_stated:
            for quad in store.database.quads_for_pattern(None, None, None, NamedNode(claim)):
                yield quad
                named |= {term.value for term in (quad.subject, quad.object) if isinstance(term, NamedNode)}
        for quad in store.database.quads_for_pattern(NamedNode(claim), None, None, None):
            if not isinstance(quad.graph_name, NamedNode):
                continue
            yield quad
            if not isinstance(quad.object, NamedNode):
                continue
            if quad.predicate == _DERIVED_FROM:
                documents.add(quad.object.value)
            elif quad.predicate == _WITHIN or (is_stated and quad.predicate in _OTHERS):
                waiting.append(quad.object.value)
            elif quad.predicate in _NAMING:
                named.add(quad.object.value)
    for document in sorted(documents):
        for quad in store.database.quads_for_pattern(NamedNode(document), None, None, NamedNode(document)):
            yield quad
            if quad.predicate == _PUBLISHER and isinstance(quad.object, NamedNode):
                named.add(quad.object.value)
    events = {iri for iri in named if iri.startswith(f"{store.base}event/")}
    yield from same.quads(sorted(events))
    for iri in sorted(named - events - documents):
        if iri.startswith(store.base):
            yield from _of_entity(store, iri)


def _of_entity(store: Store, iri: str) -> Iterator[Quad]:
    """Yield what is known of an entity, each statement once, however many documents repeat it."""
    find, background = store.database.quads_for_pattern, store.minter.background
    for predicate in _OF_ENTITY:
        for quad in find(NamedNode(iri), predicate, None, _UNION):
            yield Quad(quad.subject, quad.predicate, quad.object, background)
    known = list(find(NamedNode(iri), _LABEL, None, background))
    yield from known or (quad for quad in find(NamedNode(iri), _LABEL, None, None) if isinstance(quad.graph_name, NamedNode))
