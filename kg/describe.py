"""Short accounts of a store for people: what is in it, all about one entity."""

from collections import Counter
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.query import resolve_entity, run_query
from kg.results import Solutions
from kg.store import Store
from kg.vocab import KG, finest, is_a

_SPARQL_CLAIMS = """
SELECT DISTINCT ?claim ?source ?cue ?polarity ?certainty ?quote ?document ?issued ?start WHERE {
  VALUES ?tie { kg:about kg:source }
  ?claim ?tie ?entity ; a kg:Claim ; oa:exact ?quote ; oa:start ?start ; kg:polarity ?p ; kg:certainty ?c ; kg:source ?who ;
    prov:wasDerivedFrom ?text ; kg:cue ?cue .
  OPTIONAL { ?who rdfs:label ?label }
  OPTIONAL { ?text dcterms:title ?title }
  OPTIONAL { ?text dcterms:publisher/rdfs:label ?publisher }
  OPTIONAL { ?text dcterms:identifier ?id }
  OPTIONAL { ?text dcterms:issued ?issued }
  BIND (COALESCE(?label, ?title, ?id, STR(?who)) AS ?source)
  BIND (COALESCE(?publisher, ?title, ?id, STR(?text)) AS ?document)
  BIND (STRAFTER(STR(?p), "#") AS ?polarity)
  BIND (STRAFTER(STR(?c), "#") AS ?certainty)
}
ORDER BY ?issued ?document ?start ?source
"""

_SPARQL_TIES = """
SELECT DISTINCT ?direction ?property ?value WHERE {
  GRAPH ?graph {
    { ?entity ?p ?v . BIND ("" AS ?direction) } UNION { ?v ?p ?entity . BIND ("is … of" AS ?direction) }
  }
  ?graph a kg:Claim .
  FILTER (STRSTARTS(STR(?p), STR(kg:)) && ?p NOT IN (kg:polarity, kg:certainty, kg:cameo))
  OPTIONAL { ?v rdfs:label ?label }
  OPTIONAL { ?v a ?class . FILTER (?class = kg:Event) BIND (true AS ?isEvent) }
  OPTIONAL { ?v kg:time ?time }
  BIND (STRAFTER(STR(?p), "#") AS ?property)
  BIND (CONCAT(COALESCE(?label, STR(?v)), IF(BOUND(?time), CONCAT(" (", STR(?time), ")"), "")) AS ?value)
}
ORDER BY ?direction ?property ?value
"""


_SPARQL_MENTIONS = """
SELECT DISTINCT ?document ?start ?end ?exact ?reason ?before ?after WHERE {
  ?mention kg:refersTo ?entity ; kg:reason ?reason ; oa:start ?start ; oa:end ?end ; oa:exact ?exact ;
    prov:wasDerivedFrom ?text .
  ?text dcterms:identifier ?document .
  OPTIONAL { ?mention oa:prefix ?before } OPTIONAL { ?mention oa:suffix ?after }
}
ORDER BY ?document ?start
"""


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim as people read it."""

    claim: str
    source: str
    cue: str
    polarity: str
    certainty: str
    quote: str
    document: str
    issued: str


@dataclass(frozen=True, slots=True)
class Appearance:
    """A mention of an entity, and why it is taken to be of that one.

    Attributes:
        text: the words, from `start` to `end` in the text of the document with the id `document`.
        before, after: what stands around them.
    """

    document: str
    start: int
    end: int
    text: str
    reason: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Portrait:
    """All about one entity.

    Attributes:
        classes: ontology classes, finest first.
        ties: (property, what) as claims state them; (is … of) where the entity is the object.
        claims: attributed claims by it or about it.
    """

    iri: str
    label: str
    classes: tuple[str, ...]
    aliases: tuple[str, ...]
    links: tuple[str, ...]
    ties: tuple[tuple[str, str], ...]
    claims: tuple[Statement, ...]


def count(store: Store) -> list[tuple[str, int]]:
    """Give the numbers of documents, claims, entities by class, events by class, contradictions and statements."""
    kinds: dict[str, set[str]] = {}
    contradictions = 0
    cues: set[str] = set()
    claims: set[str] = set()
    for quad in store.quads():
        if not isinstance(quad.subject, NamedNode):
            continue
        predicate = quad.predicate.value
        if predicate.endswith("#type") and isinstance(quad.object, NamedNode) and quad.object.value.startswith(KG):
            kinds.setdefault(quad.subject.value, set()).add(quad.object.value.removeprefix(KG))
        elif predicate == KG + "cue":
            cues.add(quad.subject.value)
        elif predicate == KG + "contradicts":
            contradictions += 1
    tally: Counter[str] = Counter()
    for iri, names in kinds.items():
        if "Claim" in names:
            claims.add(iri)
        elif "Comparison" in names:
            tally["comparisons"] += 1
        elif "Document" in names or "Mention" in names:
            tally["documents" if "Document" in names else "mentions"] += 1
        else:
            kind = finest(names) or ""
            tally["events" if "Event" in names else "entities"] += 1
            tally[f"  {kind}"] += 1 if "Event" not in names else 0
            tally[f"  event {kind}"] += 1 if "Event" in names else 0
    attributed, own = len(claims & cues), len(claims - cues)
    rows = [("documents", tally["documents"]), ("claims, attributed", attributed), ("claims, documents' own voice", own)]
    rows += [("contradictions", contradictions // 2), ("entities", tally["entities"])]
    rows += sorted((name, n) for name, n in tally.items() if n and name.startswith("  ") and not name.startswith("  event "))
    rows += [("events", tally["events"])]
    rows += sorted((name.replace("  event ", "  "), n) for name, n in tally.items() if n and name.startswith("  event "))
    return [*rows, ("mentions", tally["mentions"]), ("statements", len(store))]


def portray(store: Store, name: str) -> Portrait:
    """Give all about the entity that `name` (label, alias or IRI) means.

    Raises:
        QueryError: nothing, or several things, are called so.
    """
    entity = resolve_entity(store, name)
    labels, aliases, classes, links = set(), set(), set(), set()
    for quad in store.database.quads_for_pattern(entity, None, None, None):
        predicate, value = quad.predicate.value, quad.object
        if isinstance(value, Literal) and predicate.endswith("#label"):
            labels.add(value.value)
        elif isinstance(value, Literal) and predicate.endswith("#altLabel"):
            aliases.add(value.value)
        elif isinstance(value, NamedNode) and predicate.endswith("#type"):
            classes.add(value.value.removeprefix(KG))
        elif isinstance(value, NamedNode) and predicate.endswith("#sameAs"):
            links.add(value.value)
    ties = []
    for row in _rows(store, _SPARQL_TIES, entity):
        prefix = f"is {row['property']} of" if row["direction"] else row["property"]
        ties.append((prefix, row["value"]))
    label = min(labels, default=name)
    ordered = sorted(classes, key=lambda c: (sum(is_a(c, other) for other in classes) * -1, c))
    statements = tuple(_statement(row) for row in _rows(store, _SPARQL_CLAIMS, entity))
    return Portrait(
        entity.value, label, tuple(ordered), tuple(sorted(aliases - {label})), tuple(sorted(links)), tuple(ties), statements
    )


def appearances(store: Store, name: str) -> list[Appearance]:
    """Give all mentions of one entity with the reasons for them, by document and place.

    Args:
        store: where to look.
        name: as for `kg.query.resolve_entity`.

    Raises:
        QueryError: nothing, or more than one thing, is called so.
    """
    entity = resolve_entity(store, name)
    return [
        Appearance(
            row["document"],
            int(row["start"]),
            int(row["end"]),
            *(" ".join(row.get(part, "").split()) for part in ("exact", "reason", "before", "after")),
        )
        for row in _rows(store, _SPARQL_MENTIONS, entity)
    ]


def _rows(store: Store, query: str, entity: NamedNode) -> list[dict[str, str]]:
    result = run_query(store, query, {"entity": entity})
    if not isinstance(result, Solutions):
        return []
    return [{name: getattr(term, "value", str(term)) for name, term in row.items()} for row in result]


def _statement(row: dict[str, str]) -> Statement:
    return Statement(
        row["claim"],
        row["source"],
        row.get("cue", ""),
        row["polarity"],
        row["certainty"],
        " ".join(row["quote"].split()),
        row["document"],
        row.get("issued", ""),
    )
