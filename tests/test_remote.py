"""A store at a SPARQL endpoint: a real `oxigraph` server; and rdflib over a store on disk."""

import http.client
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
from rdflib import URIRef

import kg
from kg import remote
from kg.errors import StoreError
from kg.query import run_query
from kg.results import serialize
from kg.saved import saved_queries
from kg.sparql import Query
from kg.vocab import BASE

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


class WithoutUpdate(http.server.BaseHTTPRequestHandler):
    """Stands before a server, passes on queries and graphs, and knows no updates; notes what was asked for."""

    protocol_version = "HTTP/1.1"

    def pass_on(self):
        self.server.asked.append((self.command, self.path.partition("?")[0]))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, content = 404, b"no such address"
        if not self.path.startswith("/update"):
            connection = http.client.HTTPConnection(self.server.behind.removeprefix("http://"))
            sent = {name: self.headers[name] for name in ("Content-Type", "Accept") if name in self.headers}
            connection.request(self.command, self.path, body, sent)
            response = connection.getresponse()
            status, content = response.status, response.read()
            connection.close()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if self.command != "HEAD" else b"")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = pass_on

    def log_message(self, *arguments):
        pass


@pytest.fixture
def without_update(server):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), WithoutUpdate) as proxy:
        proxy.behind, proxy.asked = server, []
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()


@pytest.mark.parametrize("is_told", [False, True])
def test_an_endpoint_is_written_graph_by_graph_where_it_takes_no_updates_or_the_user_says_so(
    without_update, server, folder, monkeypatch, is_told
):
    address = f"http://127.0.0.1:{without_update.server_port}"
    if is_told:
        monkeypatch.setenv("KG_STORE_GRAPHS", f"{server}/store")
    Path("news").mkdir()
    for name, text in (("a", SHOIGU), ("b", CNN), ("c", f"{DENIAL} {CNN}")):
        Path(f"news/{name}.txt").write_text(text)
    for store in (address, "disk.db"):
        assert run("build", "news", "--store", store).stderr == "3 added, 0 changed, 0 unchanged, 0 removed, 0 failed\n"
    Path("news/b.txt").write_text(DENIAL)
    for store in (address, "disk.db"):
        assert run("build", "news", "--store", store).stderr == "0 added, 1 changed, 2 unchanged, 0 removed, 0 failed\n"
        ok("remove", "news/a.txt", "--store", store)
    assert nquads(address) == nquads("disk.db")
    with kg.open(server, read_only=True) as there, kg.open("disk.db", read_only=True) as here:
        union = sorted(str(quad) for quad in here.database)
        assert sorted(map(str, there.database.quads_for_pattern(None, None, None, None))) == union
    written = {path for method, path in without_update.asked if method in ("PUT", "DELETE")}
    assert written == (set() if is_told else {"/store"})
    (line,) = fails("update", "CLEAR ALL", "--store", address)
    assert "but no updates; 'kg update' needs an address for updates" in line


def test_an_endpoint_that_can_only_be_read_is_told_of(without_update, folder, monkeypatch):
    monkeypatch.setattr(remote, "_graph_addresses", lambda url: [f"http://127.0.0.1:{without_update.server_port}/update"])
    address = f"http://127.0.0.1:{without_update.server_port}"
    Path("a.txt").write_text(CNN)
    (line,) = fails("build", "a.txt", "--store", address)
    assert (
        line
        == f"kg: {address}: takes no updates (status 404 at {address}/update); set $KG_STORE_GRAPHS to where graphs are put"
    )
    assert ok("query", "ASK {}", "--store", address) == "yes\n"


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


@pytest.mark.parametrize("place", ["on disk", "at an endpoint"])
def test_rdflib_reads_a_store_without_a_copy(tmp_path, request, place):
    address = tmp_path / "news.db" if place == "on disk" else request.getfixturevalue("server")
    with kg.open(address, create=True) as store:
        store.load(SAMPLE)
    with kg.open(address, read_only=True) as store:
        dataset = store.as_rdflib()
        assert len(list(dataset.quads())) == len(SAMPLE)
        triples = {quad.triple for quad in SAMPLE}
        assert len(dataset) == len(list(dataset.triples((None, None, None)))) == len(triples)
        counted = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        assert [row.n.toPython() for row in dataset.query(counted)] == [len(triples)]
        name = URIRef(f"{BASE}graph/background")
        graph = {quad.triple for quad in SAMPLE if quad.graph_name.value == str(name)}
        assert len(dataset.graph(name)) == len(set(dataset.graph(name))) == len(graph) > 0
        described = dataset.query(f"DESCRIBE <{BASE}state/RU>").graph
        assert len(described) == sum(triple.subject.value == f"{BASE}state/RU" for triple in triples)
        claims = dataset.query("SELECT ?who ?cue { GRAPH ?claim { ?s kg:actor ?a } ?claim kg:source ?who ; kg:cue ?cue }")
        assert len(claims) > 0
        assert {str(graph.identifier) for graph in dataset.graphs()} >= {quad.graph_name.value for quad in SAMPLE}
        with pytest.raises(StoreError, match="an rdflib view only reads"):
            dataset.update("DROP ALL")
        with pytest.raises(StoreError, match="an rdflib view only reads"):
            dataset.add((dataset.identifier, dataset.identifier, dataset.identifier))
