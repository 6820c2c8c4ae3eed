"""The rules of the graph model, checked: SHACL shapes over the union, and by SPARQL what only the graphs' names can tell.

A finding says in words what is wrong with which node, and what to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kg.errors import KnowledgeError, QueryError
from kg.query import Solutions, run_query, shorten
from kg.resources import data_path
from kg.store import Store
from kg.vocab import KG, kg

if TYPE_CHECKING:
    from rdflib import Graph

BATCH = 60_000
"""Quads that are checked against the shapes at once; documents stay whole. Bounds memory, not the result."""

_SH = "http://www.w3.org/ns/shacl#"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One rule broken in one place.

    Attributes:
        focus: IRI of the node.
        message: what is wrong; what to do.
        value: the term in the way, if it is one, as text.
        severity: "violation" or "warning".
        rule: name of the shape or check.
    """

    focus: str
    message: str
    value: str | None
    severity: str
    rule: str

    def to_text(self, base: str) -> str:
        """Give it as one line, with the IRIs shortened."""
        shown = f" (here: {shorten(self.value, base)})" if self.value else ""
        return f"{shorten(self.focus, base)}: {self.message}{shown}"


@dataclass(frozen=True, slots=True)
class Report:
    """What `validate` found.

    Attributes:
        documents, quads: how many were checked.
        findings: sorted by node.
    """

    documents: int
    quads: int
    findings: tuple[Finding, ...]

    @property
    def conforms(self) -> bool:
        """True if there are no findings, warnings aside."""
        return all(finding.severity != "violation" for finding in self.findings)


# Each finds nodes (?focus) and perhaps the term in the way (?value). {background} and {derived} are IRIs of graphs.
_GRAPH_CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "graphName",
        "a graph of this name is neither a document nor a claim of one; drop it, or read its document again with 'kg build'",
        """SELECT DISTINCT ?focus { GRAPH ?focus { ?s ?p ?o }
           FILTER (?focus NOT IN ({background}, {derived}))
           FILTER NOT EXISTS { GRAPH ?focus { ?focus a kg:Document } }
           FILTER NOT EXISTS { GRAPH ?document { ?document a kg:Document . ?focus a kg:Claim } } }""",
    ),
    (
        "claimGraph",
        "a claim is attributed in a graph that is not its document's; state it in the graph of its prov:wasDerivedFrom",
        "SELECT ?focus ?value { GRAPH ?value { ?focus a kg:Claim } FILTER NOT EXISTS { ?focus prov:wasDerivedFrom ?value } }",
    ),
    (
        "bareEvent",
        "an event is described outside of claims' graphs, as if it were a fact; describe it in the graph of a claim",
        """SELECT DISTINCT ?focus ?value { GRAPH ?value { ?focus a kg:Event }
           FILTER NOT EXISTS { ?value a kg:Claim } }""",
    ),
    (
        "eventOfClaim",
        "an event is described in the graph of a claim that does not state it; add kg:event to the claim",
        """SELECT DISTINCT ?focus ?value { GRAPH ?value { ?focus a kg:Event }
           ?value a kg:Claim . FILTER NOT EXISTS { ?value kg:event ?focus } }""",
    ),
    (
        "eventDescribed",
        "a claim states an event that its own graph does not describe; describe it there",
        """SELECT DISTINCT ?focus ?value { ?focus a kg:Claim ; kg:event ?value
           FILTER NOT EXISTS { GRAPH ?focus { ?value a kg:Event } } }""",
    ),
    (
        "withinItself",
        "a claim is reported within itself; let kg:within lead to the outer claim only",
        "SELECT DISTINCT ?focus { ?focus kg:within+ ?focus }",
    ),
    (
        "withinDocument",
        "a claim is reported within a claim of another document; let kg:within stay in one document",
        """SELECT ?focus ?value { ?focus kg:within ?value ; prov:wasDerivedFrom ?here .
           ?value prov:wasDerivedFrom ?there FILTER (?here != ?there) }""",
    ),
    (
        "derivedClaims",
        "a derived statement is about a claim that is not in the store; derive anew with 'kg build'",
        """SELECT DISTINCT ?focus ?value {
           { GRAPH {derived} { ?focus kg:contradicts|kg:corroborates ?value } }
           UNION { GRAPH {derived} { ?comparison kg:firstClaim ?focus ; kg:secondClaim ?value } }
           FILTER (NOT EXISTS { ?focus a kg:Claim } || NOT EXISTS { ?value a kg:Claim }) }""",
    ),
    (
        "derivedBothWays",
        "it contradicts or corroborates a claim, but not the other way round; derive anew with 'kg build'",
        """SELECT DISTINCT ?focus ?value { VALUES ?relation { kg:contradicts kg:corroborates kg:sameEvent }
           ?focus ?relation ?value FILTER NOT EXISTS { ?value ?relation ?focus } }""",
    ),
    (
        "quoteLength",
        "its oa:exact is not as long as its offsets say; quote the text from oa:start to oa:end",
        """SELECT DISTINCT ?focus { ?focus oa:start ?start ; oa:end ?end ; oa:exact ?exact
           FILTER (STRLEN(?exact) != ?end - ?start) }""",
    ),
    (
        "blankNode",
        "a statement has a blank node, whose name changes from run to run; give it an IRI derived from its content",
        "SELECT DISTINCT ?focus ?value { GRAPH ?focus { ?s ?value ?o } FILTER (isBlank(?s) || isBlank(?o)) }",
    ),
)


def validate(store: Store) -> Report:
    """Check the whole store against `ontology/shapes.ttl` and the rules of the named graphs.

    Raises:
        KnowledgeError: the shapes or the ontology cannot be read.
        StoreError: the store cannot be read.
    """
    findings = {*_check_shapes(store), *_check_graphs(store), *_check_terms(store)}
    return Report(sum(1 for _ in store.documents()), len(store), tuple(sorted(findings, key=_order)))


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.focus, finding.rule, finding.value or ""


def _check_graphs(store: Store) -> Iterator[Finding]:
    names = {"{background}": str(store.minter.background), "{derived}": str(store.minter.derived)}
    for rule, message, text in _GRAPH_CHECKS:
        for placeholder, graph in names.items():
            text = text.replace(placeholder, graph)
        found = run_query(store, text, name=rule)
        if not isinstance(found, Solutions):
            raise QueryError(f"{rule}: this check is not a SELECT; correct kg/validate.py")
        for row in found:
            value = row.get("value")
            yield Finding(_text(row["focus"]), message, None if value is None else _text(value), "violation", rule)


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode | ox.Literal) else str(term)


def _check_terms(store: Store) -> Iterator[Finding]:
    """Find classes and properties of our namespace that the ontology does not have: misspelt ones."""
    path = data_path("ontology", "kg.ttl")
    try:
        known = {triple.subject for triple in parse(path=str(path), format=RdfFormat.TURTLE)}
    except (OSError, SyntaxError) as error:
        raise KnowledgeError(f"{path}: the ontology cannot be read ({error}); reinstall kg or correct the file") from error
    message = "this is not a term of ontology/kg.ttl; correct the data file that names it, or add it there"
    text = "SELECT DISTINCT ?term { { ?s ?term ?o } UNION { ?s a ?term } }"
    found = run_query(store, text, name="terms")
    for row in found if isinstance(found, Solutions) else ():
        term = row["term"]
        if isinstance(term, NamedNode) and term.value.startswith(KG) and term not in known:
            yield Finding(term.value, message, None, "violation", "unknownTerm")


def _check_shapes(store: Store) -> Iterator[Finding]:
    import pyshacl  # heavy: only this function needs it
    from rdflib import Graph

    path = data_path("ontology", "shapes.ttl")
    try:
        shapes = Graph().parse(path, format="turtle")
    except (OSError, SyntaxError) as error:
        raise KnowledgeError(f"{path}: the shapes cannot be read ({error}); reinstall kg or correct the file") from error
    background = list(store.quads(store.minter.background.value))
    for batch in _batches(store):
        graph = Graph().parse(data=_triples([*batch, *background]), format="nt")
        _, results, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", advanced=False)
        if not isinstance(results, Graph):
            raise KnowledgeError(f"{path}: the shapes cannot be used ({results}); correct the file")
        yield from _read_results(results)


def _batches(store: Store) -> Iterator[list[Quad]]:
    """Yield the documents' quads, several at once; with the last whatever belongs to none; then the comparisons."""
    graphs = {graph for graph in store.database.named_graphs() if isinstance(graph, NamedNode)}
    graphs -= {store.minter.background, store.minter.derived}
    batch: list[Quad] = []
    for document in store.documents():
        name = NamedNode(document.iri)
        claims = store.database.quads_for_pattern(None, None, kg("Claim"), name)
        for graph in {name, *(quad.subject for quad in claims if isinstance(quad.subject, NamedNode))}:
            batch += store.quads(graph.value)
            graphs.discard(graph)
        if len(batch) > BATCH:
            yield batch
            batch = []
    for graph in sorted(graphs, key=str):
        batch += store.quads(graph.value)
    yield batch
    batch = []
    for comparison in sorted(store.database.quads_for_pattern(None, None, kg("Comparison"), store.minter.derived), key=str):
        batch += store.database.quads_for_pattern(comparison.subject, None, None, store.minter.derived)
        if len(batch) > BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _triples(quads: list[Quad]) -> bytes:
    return ox.serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES) or b""


def _read_results(results: "Graph") -> Iterator[Finding]:
    from rdflib import Namespace

    sh = Namespace(_SH)
    for result in results.objects(None, sh.result):
        focus, value = results.value(result, sh.focusNode), results.value(result, sh.value)
        message = min(map(str, results.objects(result, sh.resultMessage)), default="breaks a rule")
        severity = "warning" if results.value(result, sh.resultSeverity) == sh.Warning else "violation"
        rule = str(results.value(result, sh.sourceShape)).rpartition("#")[2]
        yield Finding(str(focus), message, None if value is None or value == focus else str(value), severity, rule)
