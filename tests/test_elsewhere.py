"""LOAD and SERVICE: off unless allowed; what they bring, what goes wrong, and who may use them at a server."""

import http.client
import http.server
import json
import threading
import time

import pytest
from cli_runs import SAMPLE, fails, misused, ok, run
from pyoxigraph import DefaultGraph
from test_serve import encode, serving

import kg.rdf_files
import kg.web
from kg.errors import QueryError
from kg.query import run_query, run_update
from kg.store import open_store
from kg.vocab import BASE

pytest_plugins = ["cli_fixtures"]

FILES = {
    "/navy.ttl": ("text/turtle", "<#navy> a <#Body> ; <#part> [ <#of> 7 ] . _:a <#next> _:b ."),
    "/plain.nt": ("application/octet-stream", '<http://a.example/s> <http://a.example/p> "o" .'),
    "/wrong.ttl": ("text/turtle", "<#navy> a"),
    "/graphs.trig": ("application/trig", "<a:g> { <a:a> <a:b> <a:c> }"),
    "/page": ("text/html", "<html></html>"),
    "/long.nt": ("application/n-triples", "<a:a> <a:b> <a:c> .\n" * 60_000),
}


class Site(http.server.BaseHTTPRequestHandler):
    """A few files, a redirection to a file of the machine, and an address that never answers; notes what was asked for."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path == "/slow":
            time.sleep(2)
        if self.path == "/file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
            return
        kind, text = FILES.get(self.path, ("text/plain", ""))
        self.send_response(200 if self.path in FILES else 404)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        """Keep the tests' output clean."""


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(kg.web, "TIMEOUT", 0.5)
    monkeypatch.setattr(kg.rdf_files, "MAX_FETCHED", 1_000_000)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()


@pytest.fixture
def store():
    with open_store(None) as opened:
        opened.load(SAMPLE)
        yield opened


@pytest.fixture(scope="module")
def endpoint(news):
    with serving(news) as (address, _):
        yield f"{address}/sparql"


def quads(store):
    return sorted(map(str, store.quads()))


# LOAD ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_nothing_is_fetched_unless_it_is_allowed(site, store, silent):
    before = quads(store)
    with pytest.raises(QueryError, match="LOAD fetches from elsewhere, which is off; allow it with --allow-remote, or"):
        run_update(store, f"LOAD {silent}<{site.address}/navy.ttl> INTO GRAPH <graph/mine>")
    assert (quads(store), site.asked) == (before, [])


def test_a_file_is_loaded_into_a_graph_and_the_union(site, store):
    text = f"PREFIX w: <{site.address}/> PREFIX g: <graph/>\nLOAD w:navy.ttl INTO GRAPH g:mine ; "
    text += f"LOAD <{site.address}/plain.nt> INTO GRAPH g:mine"
    run_update(store, text, allow_remote=True)
    found = list(store.quads(f"{BASE}graph/mine"))
    assert len(found) == 5
    assert {quad.predicate.value.rpartition("/")[2] for quad in found} >= {"navy.ttl#part", "navy.ttl#of", "p"}
    asked = f"ASK {{ <{site.address}/navy.ttl#navy> <{site.address}/navy.ttl#part>/<{site.address}/navy.ttl#of> 7 }}"
    assert run_query(store, asked) is True
    assert {q.triple for q in store.database.quads_for_pattern(None, None, None, DefaultGraph())} == {
        q.triple for q in store.quads()
    }


def test_blank_nodes_of_two_files_stay_apart(site, store):
    text = " ; ".join(f"LOAD <{site.address}/navy.ttl> INTO GRAPH <graph/{name}>" for name in "ab")
    run_update(store, text, allow_remote=True)
    subjects = [quad.subject for name in "ab" for quad in store.quads(f"{BASE}graph/{name}") if "next" in str(quad.predicate)]
    assert len(set(subjects)) == 2


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/none.ttl", "the server answers 404 Not Found; check the address"),
        ("/slow", "no answer within 0.5 s; check the address and the connection"),
        ("/wrong.ttl", "not Turtle ("),
        ("/graphs.trig", "not TriG ("),
        ("/page", "'text/html' is no format of RDF; give the address of Turtle, N-Triples, RDF/XML or JSON-LD"),
        ("/long.nt", "longer than 1 MB; "),
        ("/file", "the server answers 302 "),
        ("file:///etc/passwd", "'file' addresses are not read; give an http or https address"),
    ],
)
def test_what_cannot_be_loaded_is_one_line_and_nothing_is_changed(site, store, address, message):
    url = address if ":" in address else site.address + address
    before = quads(store)
    text = f"INSERT DATA {{ GRAPH <graph/mine> {{ <a:a> <a:b> <a:c> }} }} ; LOAD <{url}> INTO GRAPH <graph/mine>"
    with pytest.raises(QueryError) as caught:
        run_update(store, text, allow_remote=True)
    said = str(caught.value)
    assert said.startswith(f"update: LOAD {url}")
    assert message in said and said.endswith("; nothing was changed") and "\n" not in said
    assert quads(store) == before
    run_update(store, text.replace("LOAD", "LOAD SILENT"), allow_remote=True)
    assert [str(quad.object) for quad in store.quads(f"{BASE}graph/mine")] == ["<a:c>"]


def test_a_wrong_update_fetches_nothing(site, store):
    with pytest.raises(QueryError, match=r"update:2:12: '}' closes nothing here"):
        run_update(store, f"LOAD <{site.address}/navy.ttl> INTO GRAPH <a:b> ;\nDROP GRAPH }}", allow_remote=True)
    with pytest.raises(QueryError, match=r"update:1:1: this goes into no graph; say INTO GRAPH <…> after the address"):
        run_update(store, f"LOAD <{site.address}/navy.ttl>", allow_remote=True)
    assert site.asked == []


def test_load_on_the_command_line(site, folder):
    open_store("own.db", create=True).close()
    text = f"LOAD <{site.address}/navy.ttl>"
    (line, *_) = fails("update", text, "--graph", "graph/mine", "--store", "own.db")
    assert line.startswith("kg: update:1:1: LOAD fetches from elsewhere, which is off; allow it with --allow-remote, or ")
    assert run("update", text, "--graph", "graph/mine", "--allow-remote", "--store", "own.db").exit_code == 0
    asked = "SELECT (COUNT(*) AS ?n) { GRAPH <graph/mine> { ?s ?p ?o } }"
    assert ok("query", asked, "--format", "csv", "--store", "own.db").split() == ["n", "4"]


# SERVICE ---------------------------------------------------------------------------------------------------------------


def joined(endpoint):
    return f"SELECT ?l {{ ?s a kg:State . SERVICE <{endpoint}> {{ ?s rdfs:label ?l }} }} ORDER BY ?l"


def test_a_query_may_join_what_another_server_knows(store, endpoint):
    with pytest.raises(QueryError, match="SERVICE asks another server, which is off; allow it with --allow-remote, or query"):
        run_query(store, joined(endpoint))
    assert "Iran" in {row[0].value for row in run_query(store, joined(endpoint), allow_remote=True).rows}


def test_a_parameter_reaches_another_server(store, endpoint):
    text = f"SELECT ?s {{ SERVICE <{endpoint}> {{ ?s rdfs:label ?l }} }}"
    assert {row[0].value for row in run_query(store, text, {"l": "Iran"}, allow_remote=True).rows} == {f"{BASE}state/IR"}


def test_an_update_may_take_what_another_server_knows(store, endpoint):
    text = f"INSERT {{ GRAPH <graph/mine> {{ ?s rdfs:comment ?l }} }} WHERE {{ SERVICE <{endpoint}> {{ ?s rdfs:label ?l }} }}"
    run_update(store, text, allow_remote=True)
    assert any(quad.object.value == "Iran" for quad in store.quads(f"{BASE}graph/mine"))


def test_a_server_that_does_not_answer_is_one_line(folder, news, endpoint, site):
    text = f"SELECT * {{ SERVICE <{site.address}/none> {{ ?s ?p ?o }} }}"
    (line,) = fails("query", text, "--allow-remote", "--store", news)
    assert line.startswith("kg: query: SERVICE: ") and line.endswith("; check the address, or write SERVICE SILENT")
    answer = json.loads(
        ok("query", text.replace("SERVICE", "SERVICE SILENT"), "--allow-remote", "--format", "json", "--store", news)
    )
    assert answer["results"]["bindings"] == [{}]
    found = ok("query", joined(endpoint), "--allow-remote", "--format", "csv", "--store", news)
    assert "Iran" in found.split()
    assert (
        "Iran" in ok("query", joined(endpoint), "--allow-remote", "--timeout", "30", "--format", "csv", "--store", news).split()
    )
    assert "Service" in ok("query", joined(endpoint), "--allow-remote", "--explain", "--store", news)


def test_a_wrong_query_asks_nobody(store, site):
    with pytest.raises(QueryError, match=r"query:2:7: 'LIMIT' was not expected here"):
        run_query(store, f"ASK {{ SERVICE SILENT <{site.address}/x> {{ ?s ?p ?o }} }}\nLIMIT LIMIT", allow_remote=True)
    assert site.asked == []


# At a server -----------------------------------------------------------------------------------------------------------


def test_at_a_server_only_who_brings_the_token_reaches_others(site, endpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("KG_SERVE_TOKEN", "sesame")
    open_store(tmp_path / "own.db", create=True).close()
    key = {"Authorization": "Bearer sesame"}
    load = encode(update=f"LOAD <{site.address}/navy.ttl> INTO GRAPH <graph/mine>")
    ask = encode(query=f"ASK {{ SERVICE <{endpoint}> {{ ?s a kg:State }} }}")
    with serving(tmp_path / "own.db", "--writable") as (address, _):
        assert status(address, load, key)[0] == status(address, ask, key)[0] == 400
    assert site.asked == []
    with serving(tmp_path / "own.db", "--writable", "--allow-remote") as (address, _):
        assert status(address, load)[0] == 401
        assert status(address, ask)[0] == 400
        assert status(address, load, key)[0] == 204
        assert status(address, ask, key)[0] == 200
    assert site.asked == ["/navy.ttl"]


def test_a_server_that_is_only_read_reaches_nobody(news):
    assert misused("serve", "--allow-remote", "--store", news).endswith("add --writable")


def status(address, body, headers=()):
    connection = http.client.HTTPConnection(address.partition("//")[2])
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sparql", body, kind | dict(headers))
    answer = connection.getresponse()
    return answer.status, answer.read().decode()
