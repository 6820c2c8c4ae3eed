"""The rules of the graph model, checked: SHACL shapes over the union, and by SPARQL what only the graphs' names can tell.

A finding says in words what is wrong with which node, what to do, and which documents it comes from.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from kg.errors import KnowledgeError, QueryError
from kg.query import run_query
from kg.rdf_files import read_store
from kg.resources import data_path
from kg.results import Solutions, shorten
from kg.store import Store
from kg.vocab import BASE, DCTERMS, KG, PROV, RDF, XSD, kg

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

BATCH = 60_000
"""Quads that are checked against the shapes at once; documents stay whole. Bounds memory, not the result."""

_SH = "http://www.w3.org/ns/shacl#"
_SHAPES = "https://w3id.org/claimgraph/shapes#"
_TYPE, _DERIVED_FROM = NamedNode(RDF + "type"), NamedNode(PROV + "wasDerivedFrom")
_SHOWN_PLACES = 3

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class Result:
    """A finding in the terms of SHACL (3.6.2).

    Attributes:
        focus: the node.
        path: the property, if the rule is about one.
        value: the term in the way, if it is one.
        shape, component: IRIs of the shape and of its constraint; a check that is no shape counts as one by SPARQL.
    """

    focus: Term
    path: NamedNode | None
    value: Term | None
    shape: NamedNode
    component: NamedNode


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken in one place.

    Attributes:
        focus: IRI of the node.
        message: what is wrong; what to do.
        value: the term in the way, if it is one, as text.
        severity: "violation" or "warning".
        rule: name of the shape or check.
        result: the same in terms of SHACL.
        documents: IRIs of the documents that it comes from, sorted.
        places: where these were read from; of what stands in no document the graphs, by IRI.
    """

    focus: str
    message: str
    value: str | None
    severity: str
    rule: str
    result: Result
    documents: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def to_text(self, base: str) -> str:
        """Give it as one line: where it comes from, the node, what is wrong; with the IRIs shortened."""
        shown = f" (here: {shorten(self.value, base)})" if self.value else ""
        where = ", ".join(shorten(place, base) for place in self.places[:_SHOWN_PLACES])
        more = f" and {len(self.places) - _SHOWN_PLACES} more" if len(self.places) > _SHOWN_PLACES else ""
        return f"{where}{more}{': ' if where else ''}{shorten(self.focus, base)}: {self.message}{shown}"


@dataclass(frozen=True, slots=True)
class Report:
    """What `validate` found.

    Attributes:
        documents, quads: how many were checked.
        findings: sorted by node.
        base: what the data's IRIs begin with.
        has_graphs: False of a file without graphs, of which the rules on them were not asked.
    """

    documents: int
    quads: int
    findings: tuple[Finding, ...]
    base: str = BASE
    has_graphs: bool = True

    @property
    def conforms(self) -> bool:
        """True if there are no findings, warnings aside."""
        return all(finding.severity != "violation" for finding in self.findings)

    def to_text(self) -> str:
        """Give one line for each finding."""
        return "".join(f"{finding.to_text(self.base)}\n" for finding in self.findings)

    def to_turtle(self) -> str:
        """Give the validation report as SHACL has it (3.6); each result also names its documents, by `prov:wasDerivedFrom`."""
        names = {"prov": PROV, "sh": _SH, "shapes": _SHAPES, "xsd": XSD}
        lines = [f"@prefix {name}: <{namespace}> ." for name, namespace in names.items()]
        lines += ["", "[] a sh:ValidationReport ;", f"    sh:conforms {'false' if self.findings else 'true'}"]
        for finding in self.findings:
            lines[-1] += " ;"
            result = finding.result
            facts = [
                ("a", "sh:ValidationResult"),
                ("sh:focusNode", str(result.focus)),
                ("sh:resultPath", str(result.path) if result.path else None),
                ("sh:value", str(result.value) if result.value else None),
                ("sh:sourceShape", str(result.shape)),
                ("sh:sourceConstraintComponent", str(result.component)),
                ("sh:resultSeverity", f"sh:{finding.severity.title()}"),
                ("sh:resultMessage", str(Literal(finding.message))),
                ("prov:wasDerivedFrom", " , ".join(f"<{iri}>" for iri in finding.documents) or None),
            ]
            stated = " ;\n        ".join(f"{name} {term}" for name, term in facts if term)
            lines.append(f"    sh:result [\n        {stated}\n    ]")
        return "\n".join(lines) + " .\n"


# Each finds nodes (?focus) and perhaps the term in the way (?value). {derived} is the IRI of a graph; {graphs} is what those of
# the gazetteers and of derivations begin with, and of users' own.
_GRAPH_CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "graphName",
        "a graph of this name is neither a document nor a claim of one; drop it, or name it graph/… if it is your own",
        """SELECT DISTINCT ?focus { GRAPH ?focus { ?s ?p ?o }
           FILTER (!STRSTARTS(STR(?focus), "{graphs}"))
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


# Of these nothing can be said where there are no graphs.
_NEEDS_GRAPHS = frozenset(
    ("graphName", "claimGraph", "bareEvent", "eventOfClaim", "eventDescribed", "derivedClaims", "blankNode")
)


def validate(store: Store) -> Report:
    """Check the whole store against `ontology/shapes.ttl` and the rules of the named graphs.

    Raises:
        KnowledgeError: the shapes or the ontology cannot be read.
        StoreError: the store cannot be read.
    """
    with store.translated():
        has_graphs = next(iter(store.database.named_graphs()), None) is not None
        loose = _loose(store) if store.path is None else []
    is_plain = bool(loose) and not has_graphs
    found = {*_check_shapes(store, loose), *_check_terms(store)}
    found |= {*_check_graphs(store, _NEEDS_GRAPHS if is_plain else frozenset())}
    if not is_plain:
        found |= {*_check_places(loose)}
    with store.translated():
        causes = _Causes(store)
        findings = sorted((causes.told(finding) for finding in found), key=_order)
    return Report(len(causes.paths), len(store) + len(loose), tuple(findings), store.base, not is_plain)


def validate_file(path: str | os.PathLike[str]) -> Report:
    """Check the dataset of an RDF file as `validate` does; of a file without graphs, such as Turtle, all but these.

    Raises:
        InputError: the file cannot be read.
        KnowledgeError: the shapes or the ontology cannot be read.
    """
    with read_store(path) as store:
        return validate(store)


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.focus, finding.rule, finding.value or ""


def _loose(store: Store) -> list[Quad]:
    """Give the statements that lie in no named graph."""
    facts = store.database.quads_for_pattern
    return [
        quad
        for quad in facts(None, None, None, DefaultGraph())
        if all(other.graph_name == quad.graph_name for other in facts(quad.subject, quad.predicate, quad.object, None))
    ]


def _check_graphs(store: Store, left_out: frozenset[str]) -> Iterator[Finding]:
    names = {"{graphs}": f"{store.base}graph/", "{derived}": str(store.minter.derived)}
    for rule, message, text in _GRAPH_CHECKS:
        if rule in left_out:
            continue
        for placeholder, graph in names.items():
            text = text.replace(placeholder, graph)
        found = run_query(store, text, name=rule)
        if not isinstance(found, Solutions):
            raise QueryError(f"{rule}: this check is not a SELECT; correct kg/validate.py")
        for row in found:
            yield _finding(rule, message, row["focus"], row.get("value"))


def _check_places(loose: Iterable[Quad]) -> Iterator[Finding]:
    message = "a statement on it lies in no graph; put it into the graph of its document or claim"
    yield from (_finding("noGraph", message, quad.subject, quad.predicate) for quad in loose)


def _finding(rule: str, message: str, focus: Term, value: Term | None = None) -> Finding:
    """Give a finding of a check that is no shape, as if it were a constraint by SPARQL (SHACL, 5)."""
    result = Result(focus, None, value, NamedNode(_SHAPES + rule), NamedNode(_SH + "SPARQLConstraintComponent"))
    return Finding(_text(focus), message, None if value is None else _text(value), "violation", rule, result)


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


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
            yield _finding("unknownTerm", message, term)


def _check_shapes(store: Store, loose: list[Quad]) -> Iterator[Finding]:
    import pyshacl  # heavy: only this function needs it
    from rdflib import Graph

    path = data_path("ontology", "shapes.ttl")
    try:
        shapes = Graph().parse(path, format="turtle")
    except (OSError, SyntaxError) as error:
        raise KnowledgeError(f"{path}: the shapes cannot be read ({error}); reinstall kg or correct the file") from error
    background = [*store.quads(store.minter.background.value), *loose]
    for batch in _batches(store):
        graph = Graph()
        for quad in (*batch, *background):
            graph.add((_to_rdflib(quad.subject), _to_rdflib(quad.predicate), _to_rdflib(quad.object)))
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


def _read_results(results: "Graph") -> Iterator[Finding]:
    from rdflib import Namespace

    sh = Namespace(_SH)
    for one in results.objects(None, sh.result):
        terms = {
            name: None if (node := results.value(one, sh[name])) is None else _from_rdflib(node)
            for name in ("focusNode", "resultPath", "value", "sourceShape", "sourceConstraintComponent")
        }
        focus, path, value, shape, component = terms.values()
        assert focus is not None and isinstance(shape, NamedNode) and isinstance(component, NamedNode)
        message = min(map(str, results.objects(one, sh.resultMessage)), default="breaks a rule")
        severity = "warning" if results.value(one, sh.resultSeverity) == sh.Warning else "violation"
        result = Result(focus, path if isinstance(path, NamedNode) else None, value, shape, component)
        shown = None if value is None or value == focus else _text(value)
        yield Finding(_text(focus), message, shown, severity, shape.value.rpartition("#")[2], result)


def _to_rdflib(term: Term) -> "Node":
    from rdflib import BNode, URIRef
    from rdflib import Literal as Text

    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, Literal):
        if term.language:
            return Text(term.value, lang=term.language)
        datatype = term.datatype.value
        return Text(term.value) if datatype == XSD + "string" else Text(term.value, datatype=URIRef(datatype), normalize=False)
    return BNode(term.value if isinstance(term, BlankNode) else str(term))


def _from_rdflib(node: "Node") -> Term:
    from rdflib import BNode, URIRef
    from rdflib import Literal as Text

    if isinstance(node, Text):
        if node.language:
            return Literal(str(node), language=node.language)
        return Literal(str(node), datatype=NamedNode(str(node.datatype))) if node.datatype else Literal(str(node))
    return BlankNode(str(node)) if isinstance(node, BNode) else NamedNode(str(URIRef(str(node))))


# Where from --------------------------------------------------------------------------------------------------------


class _Causes:
    """Tells from which documents a finding comes.

    Attributes:
        paths: of all documents, by IRI, where they were read from, or else their ids.
    """

    def __init__(self, store: Store) -> None:
        self._derived = store.minter.derived
        self._facts = store.database.quads_for_pattern
        self.paths: dict[str, str] = {
            quad.subject.value: self._path(quad.subject)
            for quad in self._facts(None, _TYPE, kg("Document"), None)
            if isinstance(quad.subject, NamedNode)
        }

    def told(self, finding: Finding) -> Finding:
        """Give the finding with its documents and places."""
        graphs = self._graphs(finding.result)
        documents = {iri for graph in graphs for iri in self._documents(graph)}
        if not documents and graphs <= {self._derived}:
            focus = finding.result.focus
            documents = self._documents(focus) or {iri for term in self._around(focus) for iri in self._documents(term)}
        places = {self.paths[iri] for iri in documents} or {_text(graph) for graph in graphs}
        return replace(finding, documents=tuple(sorted(documents)), places=tuple(sorted(places)))

    def _path(self, document: NamedNode) -> str:
        for name in ("source", "identifier"):
            told = [_text(quad.object) for quad in self._facts(document, NamedNode(DCTERMS + name), None, None)]
            if told:
                return min(told)
        return document.value

    def _graphs(self, result: Result) -> set[Term]:
        """Give the graphs that state what is wrong, or else all that state something of the node."""
        if isinstance(result.focus, Literal):
            return set()
        patterns: list[tuple[Term | None, Term | None, Term | None]] = [
            (result.focus, result.path, result.value),
            (result.focus, result.path, None),
            (result.focus, None, None),
            (None, result.focus, None),
            (None, _TYPE, result.focus),
        ]
        for pattern in patterns:
            found = {quad.graph_name for quad in self._facts(*pattern, None)}  # type: ignore[arg-type]
            graphs: set[Term] = {graph for graph in found if not isinstance(graph, DefaultGraph)}
            if graphs:
                return graphs
        is_graph = isinstance(result.focus, NamedNode) and any(self._facts(None, None, None, result.focus))
        return {result.focus} if is_graph else set()

    def _documents(self, term: Term) -> set[str]:
        """Give the documents of a graph, a claim or a mention."""
        if not isinstance(term, NamedNode | BlankNode):
            return set()
        named = {term, *(quad.object for quad in self._facts(term, _DERIVED_FROM, None, None))}
        return {one.value for one in named if isinstance(one, NamedNode)} & self.paths.keys()

    def _around(self, focus: Term) -> set[Term]:
        """Give what the node names, its mentions, and the claims that state something of it (`kg.export.reified`)."""
        if isinstance(focus, Literal):
            return set()
        found: set[Term] = {quad.object for quad in self._facts(focus, None, None, None)}
        found |= {quad.subject for quad in self._facts(None, kg("refersTo"), focus, None)}
        for quad in self._facts(None, NamedNode(RDF + "subject"), focus, None):
            found |= {stated.object for stated in self._facts(quad.subject, kg("statedIn"), None, None)}
        return found
