"""The manifests of the W3C's tests, and how results are compared. The tests are read where they lie; none is copied here."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QueryResultsFormat, RdfFormat

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared" / "w3c-rdf-tests"
FAILURES = Path(__file__).with_name("failures.tsv")
BASE = "https://w3c.github.io/rdf-tests/"
"""What the files are called on the web; relative IRIs are relative to that."""

SPARQL = "sparql/sparql11/"
SUITES = {
    "SPARQL 1.1 Query": [f"{SPARQL}manifest-sparql11-query.ttl"],
    "SPARQL 1.1 Update": [f"{SPARQL}manifest-sparql11-update.ttl"],
    "SPARQL 1.1 Query Results (JSON, CSV, TSV)": [f"{SPARQL}manifest-sparql11-results.ttl"],
    "SPARQL 1.1 Protocol": [f"{SPARQL}protocol/manifest.ttl"],
    "Turtle": ["rdf/rdf11/rdf-turtle/manifest.ttl"],
    "TriG": ["rdf/rdf11/rdf-trig/manifest.ttl"],
    "N-Quads": ["rdf/rdf11/rdf-n-quads/manifest.ttl"],
    "N-Triples": ["rdf/rdf11/rdf-n-triples/manifest.ttl"],
}

_ALL = ("Turtle", "TriG", "N-Quads", "N-Triples")
"""Of these, tests count that are only proposed."""

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"

FORMATS = {
    ".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES, ".rdf": RdfFormat.RDF_XML, ".trig": RdfFormat.TRIG,
    ".nq": RdfFormat.N_QUADS,
}  # fmt: skip
RESULTS = {".srx": QueryResultsFormat.XML, ".srj": QueryResultsFormat.JSON, ".tsv": QueryResultsFormat.TSV}


@dataclass(frozen=True)
class Dataset:
    """Files of a default graph, and of named ones."""

    default: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Case:
    """One test: its name ("bind/bind01"), kind, files by IRI."""

    name: str
    suite: str
    kind: str
    action: str
    data: Dataset = field(default_factory=Dataset)
    result: str | None = None
    result_data: Dataset = field(default_factory=Dataset)
    node: object = None
    manifest: str = ""


def path_of(iri):
    return FOLDER / iri.removeprefix(BASE)


def triples(iri, base=None):
    file = path_of(iri)
    return [quad.triple for quad in ox.parse(path=str(file), format=FORMATS[file.suffix], base_iri=base or iri)]


class Graph:
    """A manifest, by subject and property."""

    def __init__(self, iri):
        self.facts = {}
        for triple in triples(iri):
            self.facts.setdefault((triple.subject, triple.predicate.value), []).append(triple.object)

    def all(self, subject, name):
        return self.facts.get((subject, name), [])

    def one(self, subject, name):
        return next(iter(self.all(subject, name)), None)

    def items(self, node):
        found = []
        while node is not None and node != NamedNode(f"{RDF}nil"):
            found.append(self.one(node, f"{RDF}first"))
            node = self.one(node, f"{RDF}rest")
        return found

    def dataset(self, node):
        named = []
        for prefix in (QT, UT):
            for item in self.all(node, f"{prefix}graphData"):
                file = self.one(item, f"{prefix}graph") if isinstance(item, BlankNode) else item
                label = self.one(item, f"{RDFS}label") if isinstance(item, BlankNode) else None
                named.append((label.value if label else file.value, file.value))
        return Dataset(
            tuple(term.value for prefix in (QT, UT) for term in self.all(node, f"{prefix}data")), tuple(sorted(named))
        )


def cases():
    """Give all approved tests of the suites, in the order of the manifests."""
    return [case for suite, manifests in SUITES.items() for name in manifests for case in _cases(BASE + name, suite)]


def _cases(manifest, suite):
    graph = Graph(manifest)
    node = NamedNode(manifest)
    for included in graph.items(graph.one(node, f"{MF}include")):
        yield from _cases(included.value, suite)
    for entry in graph.items(graph.one(node, f"{MF}entries")):
        kinds = [term.value.rpartition("#")[2] for term in graph.all(entry, f"{RDF}type")]
        approval = [term.value for name in ("test-dawg#approval", "rdftest#approval") for term in _ending(graph, entry, name)]
        refused = ("Rejected", "Withdrawn") if suite in _ALL else ("Rejected", "Withdrawn", "NotClassified", "Proposed")
        if not kinds or any(value.endswith(refused) for value in approval):
            continue
        action, result = graph.one(entry, f"{MF}action"), graph.one(entry, f"{MF}result")
        folder = manifest.removeprefix(BASE).rpartition("/")[0].rpartition("/")[2]
        name = f"{folder}/{entry.value.rpartition('#')[2]}"
        if isinstance(action, NamedNode):
            file = action.value
        else:
            file = next(
                (t.value for p in (f"{QT}query", f"{UT}request") if isinstance(t := graph.one(action, p), NamedNode)), ""
            )
        yield Case(
            name, suite, kinds[0], file, graph.dataset(action), result.value if isinstance(result, NamedNode) else None,
            graph.dataset(result), (graph, entry), manifest,
        )  # fmt: skip


def _ending(graph, entry, name):
    return [
        term
        for (subject, predicate), terms in graph.facts.items()
        if subject == entry and predicate.endswith(name)
        for term in terms
    ]


def failures():
    """Give (who fails, cause) by name of test: `engine` is Oxigraph itself, `kg` what kg adds."""
    with FAILURES.open(encoding="utf-8", newline="") as file:
        return {row["test"]: (row["who"], row["cause"]) for row in csv.DictReader(file, delimiter="\t")}


def table(found):
    """Give the figures as docs/standards.md shows them: tests of each suite, how many kg passes, how many fail and where."""
    known = failures()
    rows = ["| suite | tests | passed | fail in the engine | fail by design |", "| --- | ---: | ---: | ---: | ---: |"]
    for suite in SUITES:
        names = [case.name for case in found if case.suite == suite]
        engine, own = (sum(known[name][0] == who for name in names if name in known) for who in ("engine", "kg"))
        rows.append(f"| {suite} | {len(names)} | {len(names) - engine - own} | {engine} | {own} |")
    return "\n".join(rows) + "\n"


# Comparing ---------------------------------------------------------------------------------------------------------


def canonical(quads, *, as_stored=False):
    """Give quads as text, the same for isomorphic datasets; `as_stored`: numbers by their value, as Oxigraph keeps them."""
    if as_stored:
        store = ox.Store()
        store.extend(quads)
        quads = list(store)
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return sorted(map(str, dataset))


def canonical_rows(rows, *, is_ordered=False):
    """Give solutions, each a mapping of names to terms, in the same way."""
    quads = []
    for number, row in enumerate(rows):
        node = BlankNode(f"row{number}")
        quads.append(Quad(node, NamedNode(f"{RDF}type"), NamedNode(f"{RS}solution"), DefaultGraph()))
        if is_ordered:
            quads.append(Quad(node, NamedNode(f"{RS}index"), Literal(number), DefaultGraph()))
        quads += [Quad(node, NamedNode(f"urn:variable:{name}"), term, DefaultGraph()) for name, term in row.items()]
    return canonical(quads, as_stored=True)


def solutions(content, results_format):
    """Give the rows of an answer, or its truth value."""
    answer = ox.parse_query_results(content, format=results_format)
    if isinstance(answer, ox.QueryBoolean):
        return bool(answer)
    names = [variable.value for variable in answer.variables]
    return [{name: row[name] for name in names if row[name] is not None} for row in answer]


def expected_solutions(iri):
    """Give the rows that a test expects, from a file of results or from RDF."""
    file = path_of(iri)
    if file.suffix in RESULTS:
        return solutions(file.read_bytes(), RESULTS[file.suffix])
    graph = Graph(iri)
    node = next(subject for (subject, name), terms in graph.facts.items() if NamedNode(f"{RS}ResultSet") in terms)
    truth = graph.one(node, f"{RS}boolean")
    if truth is not None:
        return truth.value == "true"
    return [
        {
            graph.one(binding, f"{RS}variable").value: graph.one(binding, f"{RS}value")
            for binding in graph.all(row, f"{RS}binding")
        }
        for row in graph.all(node, f"{RS}solution")
    ]


def csv_rows(content):
    """Give the rows of a CSV answer, sorted; the order of columns and the names of blank nodes tell nothing."""
    found = [
        sorted((name, "_:" if cell.startswith("_:") else cell) for name, cell in row.items())
        for row in csv.DictReader(content.decode().splitlines())
    ]
    return sorted(found)
