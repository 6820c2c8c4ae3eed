"""The W3C's tests of SPARQL 1.1, Turtle, TriG, N-Quads and N-Triples, through kg's own reading, store, export, query and HTTP.

They lie outside of this repository; where they do not, these tests are skipped. What fails is listed in `w3c/failures.tsv`.
"""

import http.client
import http.server
import sys
import threading
import urllib.parse
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QueryResultsFormat, RdfFormat, parse
from test_serve import serving

sys.path.insert(0, str(Path(__file__).parent / "w3c"))

from engine import dataset_quads, passes, same_solutions
from manifests import (
    FOLDER,
    MF,
    RDFS,
    RESULTS,
    ROOT,
    UT,
    canonical,
    cases,
    csv_rows,
    expected_solutions,
    failures,
    path_of,
    solutions,
    table,
    triples,
)

from kg.errors import InputError, QueryError, StoreError
from kg.export import export_file
from kg.query import run_update
from kg.rdf_files import read_quads
from kg.store import open_store

IS_THERE = FOLDER.is_dir()
CASES = cases() if IS_THERE else []
KNOWN = failures()
TOKEN = "a-word-for-the-tests"
PLAIN = NamedNode("urn:x-default")
"""Holds what a test has in its default graph: in kg that is the union of the named ones."""

pytestmark = pytest.mark.skipif(not IS_THERE, reason=f"the W3C's tests are not at {FOLDER}")


def those(*kinds):
    """Give the tests of these kinds, those that are known to fail marked so."""
    found = [case for case in CASES if case.kind in kinds]
    return [
        pytest.param(
            case,
            id=case.name,
            marks=[pytest.mark.xfail(reason=KNOWN[case.name][1], strict=True)] if case.name in KNOWN else [],
        )
        for case in found
    ] or [pytest.param(None, id="none")]


# Turtle, TriG, N-Quads, N-Triples ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case",
    those("TestTurtlePositiveSyntax", "TestTrigPositiveSyntax", "TestNQuadsPositiveSyntax", "TestNTriplesPositiveSyntax"),
)
def test_a_file_that_is_right_is_read(case):
    list(read_quads(path_of(case.action), base_iri=case.action))


@pytest.mark.parametrize(
    "case",
    those("TestTurtleNegativeSyntax", "TestTrigNegativeSyntax", "TestNQuadsNegativeSyntax", "TestNTriplesNegativeSyntax"),
)
def test_a_file_that_is_wrong_is_refused(case):
    with pytest.raises(InputError):
        list(read_quads(path_of(case.action), base_iri=case.action))


@pytest.mark.parametrize("case", those("TestTurtleEval", "TestTrigEval"))
def test_a_file_is_read_stored_and_exported_as_it_is(case, tmp_path):
    quads = list(read_quads(path_of(case.action), base_iri=case.action))
    wanted = list(read_quads(path_of(case.result)))
    assert canonical(quads) == canonical(wanted)
    with open_store(None) as store:
        store.load(in_named_graphs(quads))
        for extension in ("trig", "nq"):
            export_file(store, tmp_path / f"all.{extension}")
            again = list(read_quads(tmp_path / f"all.{extension}"))
            assert canonical(again) == canonical(in_named_graphs(wanted), as_stored=True), extension
        if "Turtle" in case.kind:
            for extension in ("ttl", "nt"):
                export_file(store, tmp_path / f"all.{extension}")
                assert canonical(list(read_quads(tmp_path / f"all.{extension}"))) == canonical(wanted, as_stored=True), (
                    extension
                )


def in_named_graphs(quads):
    return [Quad(q.subject, q.predicate, q.object, PLAIN if q.graph_name == DefaultGraph() else q.graph_name) for q in quads]


# Queries ---------------------------------------------------------------------------------------------------------------


class Client:
    """Asks the server of all tests' data, of which each file is a graph."""

    def __init__(self, address):
        self._connection = http.client.HTTPConnection(address.partition("//")[2])

    def ask(self, text, accept, data):
        graphs = [("default-graph-uri", name) for name in data.default] + [("named-graph-uri", name) for name, _ in data.named]
        if not data.default:
            graphs.append(("default-graph-uri", "urn:x-nothing"))
        if "\nFROM" in text:
            graphs = []
        body = urllib.parse.urlencode([("query", text), *graphs])
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        self._connection.request("POST", "/sparql", body, headers)
        response = self._connection.getresponse()
        return response.status, response.read()


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    path = tmp_path_factory.mktemp("w3c") / "w3c.db"
    asked = [case for case in CASES if case.kind in ("QueryEvaluationTest", "CSVResultFormatTest")]
    files = {(name, file) for case in asked for name, file in (*((f, f) for f in case.data.default), *case.data.named)}
    with open_store(path, create=True) as store:
        for number, (name, file) in enumerate(sorted(files)):
            store.load(Quad(*apart(triple, number), NamedNode(name)) for triple in triples(file))
    with serving(path) as (address, _):
        yield Client(address)


def apart(triple, number):
    """Give the parts of a triple with its blank nodes named after the file, since files do not share them."""
    named = [BlankNode(f"f{number}-{t.value}") if isinstance(t, BlankNode) else t for t in (triple.subject, triple.object)]
    return named[0], triple.predicate, named[1]


def text_of(case):
    """Give the query with the base that it has at its place on the web."""
    return f"BASE <{case.action}>\n{path_of(case.action).read_text(encoding='utf-8')}"


ACCEPTED = {".srx": "application/sparql-results+xml", ".srj": "application/sparql-results+json", ".csv": "text/csv",
            ".tsv": "text/tab-separated-values"}  # fmt: skip


@pytest.mark.parametrize("case", those("QueryEvaluationTest", "CSVResultFormatTest"))
def test_a_query_is_answered(case, client):
    suffix = path_of(case.result).suffix
    is_graph = suffix == ".ttl" and "CONSTRUCT" in path_of(case.action).read_text().upper()
    accept = "text/turtle" if is_graph else ACCEPTED.get(suffix, ACCEPTED[".srj"])
    status, content = client.ask(text_of(case), accept, case.data)
    assert status == 200, content.decode()
    if is_graph:
        found = list(parse(content, format=RdfFormat.TURTLE))
        assert canonical(found, as_stored=True) == canonical(triples_as_quads(case.result), as_stored=True)
    elif case.kind == "CSVResultFormatTest":
        assert csv_rows(content) == csv_rows(path_of(case.result).read_bytes())
    else:
        assert same_solutions(solutions(content, RESULTS.get(suffix, QueryResultsFormat.JSON)), expected_solutions(case.result))


def triples_as_quads(file):
    return [Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples(file)]


@pytest.mark.parametrize("case", those("PositiveSyntaxTest11"))
def test_a_query_that_is_right_is_taken(case, client):
    status, content = client.ask(text_of(case), "*/*", case.data)
    assert status == 200 or b"The custom function <http://example/function> is not supported" in content, content.decode()


@pytest.mark.parametrize(
    "case",
    [param for param in those("NegativeSyntaxTest11") if param.values[0] is None or param.values[0].action.endswith(".rq")],
)
def test_a_query_that_is_wrong_is_refused(case, client):
    assert client.ask(text_of(case), "*/*", case.data)[0] == 400


# Updates ---------------------------------------------------------------------------------------------------------------


class Web(http.server.BaseHTTPRequestHandler):
    """Stands for the whole web, as a proxy: at each address lies one triple."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/turtle")
        self.end_headers()
        self.wfile.write(b"<> a <urn:x-file> .")

    def log_message(self, *_):
        """Keep the tests' output clean."""


@pytest.fixture(scope="module")
def _web():
    """Keep LOAD from the real web."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web) as server, pytest.MonkeyPatch.context() as patch:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name in ("http_proxy", "https_proxy"):
            patch.setenv(name, f"http://127.0.0.1:{server.server_address[1]}")
        yield
        server.shutdown()


def updated(case, quads=()):
    """Carry out an update; give the quads after it."""
    with open_store(None) as store:
        store.load(in_named_graphs(quads))
        run_update(store, text_of(case), default_graph=PLAIN.value, allow_remote=True)
        union = {quad.triple for quad in store.database.quads_for_pattern(None, None, None, DefaultGraph())}
        assert union == {quad.triple for quad in store.quads()}
        return [quad for quad in store.quads() if quad.graph_name != store.minter.derived]


@pytest.mark.usefixtures("_web")
@pytest.mark.parametrize("case", those("UpdateEvaluationTest"))
def test_an_update_is_carried_out(case):
    found = updated(case, dataset_quads(case.data))
    assert canonical(found) == canonical(in_named_graphs(dataset_quads(case.result_data)), as_stored=True)


@pytest.mark.usefixtures("_web")
@pytest.mark.parametrize("case", those("PositiveUpdateSyntaxTest11"))
def test_an_update_that_is_right_is_taken(case):
    try:
        updated(case)
    except (StoreError, QueryError) as error:  # it was understood; a graph is not there, or an address that asks for TLS
        assert "exist" in str(error) or "update: LOAD https://" in str(error)


@pytest.mark.usefixtures("_web")
@pytest.mark.parametrize(
    "case",
    [
        *those("NegativeUpdateSyntaxTest11"),
        *(param for param in those("NegativeSyntaxTest11") if param.values[0] and param.values[0].action.endswith(".ru")),
    ],
)
def test_an_update_that_is_wrong_is_refused(case):
    with pytest.raises(QueryError):
        updated(case)


# Protocol --------------------------------------------------------------------------------------------------------------


class Exchange:
    """Carries out the requests that a manifest describes, and checks what is said of the answers."""

    HT, CNT = "http://www.w3.org/2011/http#", "http://www.w3.org/2011/content#"

    def __init__(self, address):
        self._host = address.partition("//")[2]

    def run(self, case):
        graph, entry = case.node
        self.load(case)
        for request in graph.items(graph.one(graph.one(entry, f"{MF}action"), f"{self.HT}requests")):
            path = graph.one(request, f"{self.HT}absolutePath").value.replace("/sparql/", "/sparql")
            headers = {
                graph.one(item, f"{self.HT}fieldName").value: graph.one(item, f"{self.HT}fieldValue").value
                for item in graph.items(graph.one(request, f"{self.HT}headers"))
            }
            body = graph.one(request, f"{self.HT}body")
            content = None
            if body is not None:
                encoding = graph.one(body, f"{self.CNT}characterEncoding").value
                content = graph.one(body, f"{self.CNT}chars").value.encode(encoding)
            status, kind, answer = self.send(graph.one(request, f"{self.HT}methodName").value, path, content, headers)
            response = graph.one(request, f"{self.HT}resp")
            allowed = [term.value.rpartition("StatusCode")[2][0] for term in graph.all(response, f"{MF}expectedStatus")]
            assert str(status)[0] in allowed, answer.decode()
            truth = graph.one(response, f"{MF}expectedBoolean")
            if truth is not None:
                assert solutions(answer, QueryResultsFormat.from_media_type(kind)) is (truth.value == "true")
            wanted = graph.one(response, f"{MF}expectedFormat")
            if wanted is not None:
                known = RdfFormat if wanted.value == "RDF" else QueryResultsFormat
                assert known.from_media_type(kind) is not None, kind

    def load(self, case):
        graph, entry = case.node
        for item in graph.all(entry, f"{UT}graphData"):
            name, file = graph.one(item, f"{RDFS}label").value, graph.one(item, f"{UT}graph").value
            data = "".join(f"{triple} . " for triple in triples(file))
            text = f"CLEAR SILENT GRAPH <{name}> ; INSERT DATA {{ GRAPH <{name}> {{ {data} }} }}"
            assert self.send("POST", "/sparql", text.encode(), {"content-type": "application/sparql-update"})[0] == 204

    def send(self, method, path, body, headers):
        connection = http.client.HTTPConnection(self._host)
        connection.request(method, path, body, headers | {"Authorization": f"Bearer {TOKEN}"})
        response = connection.getresponse()
        return response.status, (response.headers["content-type"] or "").partition(";")[0], response.read()


@pytest.fixture(scope="module")
def exchange(tmp_path_factory):
    path = tmp_path_factory.mktemp("protocol") / "w3c.db"
    open_store(path, create=True).close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KG_SERVE_TOKEN", TOKEN)
        with serving(path, "--writable") as (address, _):
            yield Exchange(address)


@pytest.mark.parametrize("case", those("ProtocolTest"))
def test_the_protocol_is_kept(case, exchange):
    exchange.run(case)


# What is known ---------------------------------------------------------------------------------------------------------


def test_the_documented_figures_are_these():
    assert table(CASES) in (ROOT / "docs" / "standards.md").read_text(encoding="utf-8")


def test_each_cause_is_documented():
    text = (ROOT / "docs" / "standards.md").read_text(encoding="utf-8")
    assert not [cause for _, cause in KNOWN.values() if cause not in text]


def test_what_pyoxigraph_passes_kg_passes():
    """A known failure is the engine's own, unless it is kg's design and its cause says so."""
    by_name = {case.name: case for case in CASES}
    assert KNOWN.keys() <= by_name.keys(), "an unknown test is listed"
    wrong = [name for name, (who, _) in KNOWN.items() if who == "engine" and passes(by_name[name])]
    assert not wrong
