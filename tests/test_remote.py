"""A store at a SPARQL endpoint: a real `oxigraph` server; and rdflib over a store on disk."""

import http.server
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from cli_runs import CNN, DENIAL, SAMPLE, SHOIGU, fails, nquads, ok, run

import kg
from kg.errors import StoreError
from kg.query import run_query
from kg.results import serialize
from kg.saved import saved_queries
from kg.sparql import Query

pytest_plugins = ["cli_fixtures"]

OXIGRAPH = shutil.which("oxigraph") or str(Path(sys.executable).with_name("oxigraph"))


@pytest.fixture
def server():
    """The address of an Oxigraph server with nothing in it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen([OXIGRAPH, "serve", "--bind", f"127.0.0.1:{port}"], stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def test_a_build_at_an_endpoint_ends_in_the_same_dataset_as_on_disk(server, folder):
    Path("news").mkdir()
    for name, text in (("a", SHOIGU), ("b", CNN), ("c", f"{DENIAL} {CNN}")):
        Path(f"news/{name}.txt").write_text(text)
    for store in (server, "disk.db"):
        assert run("build", "news", "--store", store).stderr == "3 added, 0 changed, 0 unchanged, 0 removed, 0 failed\n"
    assert nquads(server) == nquads("disk.db")
    Path("news/b.txt").write_text(DENIAL)
    for store in (server, "disk.db"):
        assert run("build", "news", "--store", store).stderr == "0 added, 1 changed, 2 unchanged, 0 removed, 0 failed\n"
        ok("remove", "news/a.txt", "--store", store)
    assert nquads(server) == nquads("disk.db")
    with kg.open(server, read_only=True) as there, kg.open("disk.db", read_only=True) as here:
        union = sorted(str(quad) for quad in here.database)
        assert sorted(map(str, there.database.quads_for_pattern(None, None, None, None))) == union
    for command in (["stats"], ["show", "Iran"], ["contested"], ["validate"], ["query", "--name", "sources"]):
        assert ok(*command, "--store", server) == ok(*command, "--store", "disk.db")
    ok("backup", "a.nq", "--store", server)
    ok("backup", "b.nq", "--store", "disk.db")
    assert sorted(Path("a.nq").read_text().splitlines()) == sorted(Path("b.nq").read_text().splitlines())


def test_every_saved_query_finds_the_same_at_an_endpoint(server):
    given = {
        "topic": "casualties", "person": "Putin", "weapon": "Kaliber", "since": "2015-10-08", "source": "two U.S. officials",
        "entity": "Russia", "event": "launch", "outlet": "CNN", "one": "CNN", "other": "Russia",
    }  # fmt: skip
    with kg.open(None) as here, kg.open(server) as there:
        here.load(SAMPLE)
        there.load(SAMPLE)
        for name, saved in saved_queries().items():
            known = {p.name: given[p.name] for p in saved.parameters if p.name in given}
            for parameters in (
                {p.name: known[p.name] for p in saved.parameters if p.default is None and not p.is_optional},
                known,
            ):
                texts = {serialize(run_query(store, saved, parameters), base=here.base) for store in (here, there)}
                assert len(texts) == 1, name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "SELECT ?a ?x { ?a ?b ?x } GROUP BY ?a ?x ORDER BY ?x",
            'SELECT ?a ("1" AS ?x) { ?a ?b "1" } GROUP BY ?a ("1") ORDER BY ("1")',
        ),
        (
            "SELECT (STR(?x) AS ?y) { VALUES ?x { UNDEF } { SELECT ?x { ?x ?p ?o } } }",
            'SELECT (STR("1") AS ?y) {  { SELECT ("1" AS ?x_17) { "1" ?p ?o } } }',
        ),
        ("ASK { ?s ?p '?x' , ?xx FILTER (?x = ?p) } # ?x", "ASK { ?s ?p '?x' , ?xx FILTER (\"1\" = ?p) } # ?x"),
    ],
)
def test_terms_stand_for_variables_where_an_engine_cannot_bind_them(text, expected):
    assert Query(text).with_terms({"x": '"1"'}) == expected


def test_an_address_without_an_endpoint_is_one_line(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    (line,) = fails("stats", "--store", f"http://127.0.0.1:{port}")
    assert line.startswith(f"kg: http://127.0.0.1:{port}/query: cannot be reached (connection refused)")
    assert fails("stats", "--store", "http://me:secret@127.0.0.1") == [
        "kg: http://…: an address is no place for a password; set $KG_STORE_USER and $KG_STORE_PASSWORD, or $KG_STORE_TOKEN"
    ]


class Guarded(http.server.BaseHTTPRequestHandler):
    """Lets in who brings the right word, and has nothing to show."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        given = self.headers.get("Authorization")
        status = 200 if given in ("Bearer abracadabra", "Basic bWU6b3BlbiBzZXNhbWU=") else 401
        body = b'{"head":{},"boolean":true}' if status == 200 else f"{given} is wrong".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"KG_STORE_TOKEN": "abracadabra"}, None),
        ({"KG_STORE_USER": "me", "KG_STORE_PASSWORD": "open sesame"}, None),
        ({"KG_STORE_USER": "me", "KG_STORE_PASSWORD": "hush"}, "credentials are not accepted (status 401)"),
        ({"KG_STORE_TOKEN": "hush"}, "credentials are not accepted (status 401)"),
        ({}, "credentials are missing (status 401)"),
    ],
)
def test_credentials_come_from_the_environment_and_are_never_shown(folder, monkeypatch, environment, message):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Guarded) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/query"
        if message is None:
            assert ok("query", "ASK {}", "--store", address) == "yes\n"
        else:
            (line,) = fails("query", "ASK {}", "--store", address)
            assert message in line and "hush" not in line
        server.shutdown()


def test_rdflib_reads_a_store_without_a_copy(tmp_path):
    with kg.open(tmp_path / "news.db", create=True) as store:
        store.load(SAMPLE)
    with kg.open(tmp_path / "news.db", read_only=True) as store:
        dataset = store.as_rdflib()
        assert len(list(dataset.quads())) == len(SAMPLE)
        triples = {quad.triple for quad in SAMPLE}
        assert len(dataset) == len(list(dataset.triples((None, None, None)))) == len(triples)
        counted = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        assert [row.n.toPython() for row in dataset.query(counted)] == [len(triples)]
        claims = dataset.query("SELECT ?who ?cue { GRAPH ?claim { ?s kg:actor ?a } ?claim kg:source ?who ; kg:cue ?cue }")
        assert len(claims) > 0
        assert {str(graph.identifier) for graph in dataset.graphs()} >= {quad.graph_name.value for quad in SAMPLE}
        with pytest.raises(StoreError, match="an rdflib view only reads"):
            dataset.update("DROP ALL")
        with pytest.raises(StoreError, match="an rdflib view only reads"):
            dataset.add((dataset.identifier, dataset.identifier, dataset.identifier))
