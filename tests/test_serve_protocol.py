"""`kg serve` beyond plain queries: clients as they come, graphs one by one, changes, limits, the log."""

import http.client
import shutil
import subprocess
import threading
import time
import urllib.request

import pytest
from cli_runs import ENDLESS, ROOT, SAMPLE, misused
from pyoxigraph import RdfFormat, parse
from test_serve import FORM, ask, encode, number, serving

from kg.store import open_store
from kg.vocab import BASE

STATES = "SELECT DISTINCT ?l { ?s a kg:State ; rdfs:label ?l } ORDER BY ?l"
TOKEN = "open sesame"


@pytest.fixture(scope="module")
def server(news):
    with serving(news, "--timeout", "5", "--cors", "https://good.example") as (address, _):
        yield address


@pytest.fixture
def writable(tmp_path, monkeypatch):
    """A server that may be changed, and its store."""
    monkeypatch.setenv("KG_SERVE_TOKEN", TOKEN)
    with open_store(tmp_path / "own.db", create=True) as store:
        store.load(SAMPLE)
    with serving(tmp_path / "own.db", "--writable", "--timeout", "4") as (address, _):
        yield address, tmp_path / "own.db"


# Clients ---------------------------------------------------------------------------------------------------------------


def test_sparqlwrapper(server):
    from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

    client = SPARQLWrapper(f"{server}/sparql")
    client.setQuery(STATES)
    for form in (JSON, XML, CSV):
        client.setReturnFormat(form)
        found = client.query()
        text = str(found.convert() if form != XML else found.convert().toxml())
        assert "Iran" in text and "Russia" in text
    client.setMethod(POST)
    client.setReturnFormat(JSON)
    assert [row["l"]["value"] for row in client.queryAndConvert()["results"]["bindings"]][:2] == ["Iran", "Russia"]
    client.setQuery("CONSTRUCT { ?s a kg:State } WHERE { ?s a kg:State }")
    client.setReturnFormat(TURTLE)
    assert b"state" in client.queryAndConvert()


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_as_the_help_shows_it(server):
    command = ["curl", "-sS", "--fail", f"{server}/sparql"]
    for more in (["--data-urlencode", f"query={STATES}"], ["--get", "--data-urlencode", f"query={STATES}"]):
        done = subprocess.run([*command, "-H", "Accept: text/csv", *more], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[:2] == ["l", "Iran"]


@pytest.mark.skipif(not (shutil.which("node") and shutil.which("npm")), reason="Node.js is not installed")
def test_a_client_of_the_npm_registry(server, tmp_path):
    """fetch-sparql-endpoint, with which Comunica asks endpoints."""
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(tmp_path), "fetch-sparql-endpoint@7"]
    if subprocess.run(install, capture_output=True, check=False, timeout=120).returncode:
        pytest.skip("the npm registry cannot be reached")
    script = """
const { SparqlEndpointFetcher } = require('fetch-sparql-endpoint');
const [address, query, state] = process.argv.slice(2);
(async () => {
  const asked = new SparqlEndpointFetcher();
  for await (const row of await asked.fetchBindings(address, query)) console.log(row.l.value);
  console.log(await asked.fetchAsk(address, 'ASK { ?s ?p ?o }'));
  let count = 0;
  for await (const triple of await asked.fetchTriples(address, `DESCRIBE <${state}>`)) count += 1;
  console.log(count > 1);
})();
"""
    (tmp_path / "ask.js").write_text(script)
    prefixes = (
        f"PREFIX kg: <https://w3id.org/claimgraph/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> {STATES}"
    )
    command = ["node", str(tmp_path / "ask.js"), f"{server}/sparql", prefixes, f"{BASE}state/RU"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Iran" and done.stdout.splitlines()[-2:] == ["true", "true"]


# Graphs ----------------------------------------------------------------------------------------------------------------


def test_graphs_one_by_one_and_all_united(server):
    for name in {quad.graph_name for quad in SAMPLE}:
        status, content_type, text = ask(f"{server}/graphs?{encode(graph=name.value)}", Accept="application/n-triples")
        assert (status, content_type.partition(";")[0]) == (200, "application/n-triples")
        found = {quad.triple for quad in parse(text, format=RdfFormat.N_TRIPLES)}
        assert found == {quad.triple for quad in SAMPLE if quad.graph_name == name}
    union = ask(f"{server}/graphs?default", Accept="text/turtle")[2]
    assert {quad.triple for quad in parse(union, format=RdfFormat.TURTLE)} == {quad.triple for quad in SAMPLE}


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("", 400, "graphs: name one with ?graph=IRI, or all of them, united, with ?default"),
        ("graph=a:b&default", 400, "graphs: name one with ?graph=IRI"),
        ("graph=a:b&graph=a:c", 400, "graph: given more than once; "),
        ("graph=no%20iri", 400, "graph: 'no iri' is not an IRI; "),
        ("graph=a:b", 404, "graph: there is no <a:b>; "),
    ],
)
def test_graphs_that_are_not_to_be_had(server, query, status, message):
    got, _, text = ask(f"{server}/graphs?{query}")
    assert got == status and text.startswith(message)


def test_a_graph_is_not_said_to_be_missing_when_nobody_could_look(news, tmp_path):
    store = shutil.copytree(news, tmp_path / "own.db")
    with serving(store) as (address, _):
        shutil.rmtree(store)
        status, _, text = ask(f"{address}/graphs?{encode(graph=SAMPLE[0].graph_name.value)}")
    assert (status, text.partition(";")[0]) == (500, f"{store}: there is no store here")


def test_graphs_are_only_read(server):
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        assert ask(f"{server}/graphs?default", "" if method != "DELETE" else None, method=method)[0] == 405
    assert ask(f"{server}/graphs?default", method="HEAD")[0] == 200


# Changes ---------------------------------------------------------------------------------------------------------------


INSERT = "INSERT DATA { GRAPH <graph/mine> { <a:a> <a:b> 'new' } }"
NEW = "SELECT (COUNT(*) AS ?n) { <a:a> <a:b> 'new' }"


def test_a_change_needs_the_token(writable):
    address, _ = writable
    for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer"}):
        for body, kind in ((encode(update=INSERT), FORM), (INSERT, "application/sparql-update")):
            status, _, text = ask(f"{address}/sparql", body, Content_Type=kind, **given)
            assert status == 401 and TOKEN not in text
    assert number(ask(f"{address}/sparql?{encode(query=NEW)}")[2]) == "0"
    known = {"Authorization": f"Bearer {TOKEN}"}
    assert ask(f"{address}/sparql", INSERT, Content_Type="application/sparql-update", **known)[0] == 204
    assert number(ask(f"{address}/sparql?{encode(query=NEW)}")[2]) == "1"
    assert ask(f"{address}/sparql", encode(update="DROP GRAPH <graph/mine>"), Content_Type=FORM, **known)[0] == 204
    assert number(ask(f"{address}/sparql?{encode(query=NEW)}")[2]) == "0"
    assert ask(f"{address}/sparql?{encode(update=INSERT)}", **known)[0] == 400
    assert "SPARQL11Update" in ask(f"{address}/sparql")[2]


def test_a_change_that_is_wrong_or_takes_too_long_changes_nothing(writable):
    address, store = writable
    known = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
    with open_store(store, read_only=True) as opened:
        before = sorted(map(str, opened.database))
    endless = f"INSERT {{ GRAPH <a:g> {{ <a:a> <a:b> ?x }} }} WHERE {{ {{ {ENDLESS} }} }}"
    for text, status in (
        ("INSERT DATA { <a:a> <a:b> <a:c> }", 400),
        ("INSERT DATA {", 400),
        ("SELECT * { ?s ?p ?o }", 400),
        ("LOAD <http://a.example/>", 400),
        (endless, 503),
    ):
        assert ask(f"{address}/sparql", text, **known)[0] == status
    assert (
        ask(f"{address}/sparql", encode(("update", INSERT), ("using-graph-uri", "a b")), **known | {"Content-Type": FORM})[0]
        == 400
    )
    with open_store(store) as opened:
        assert sorted(map(str, opened.database)) == before
        status, _, text = ask(f"{address}/sparql", INSERT, **known)
        assert status == 503 and "the store is in use by another process" in text
    assert ask(f"{address}/sparql", INSERT, **known)[0] == 204


def test_another_kg_may_use_a_writable_server_as_its_store(writable, monkeypatch):
    from kg.query import run_query

    address, _ = writable
    monkeypatch.setenv("KG_STORE_TOKEN", TOKEN)
    with open_store(address, read_only=True) as there:
        assert len(there) == len(SAMPLE)
        assert column(run_query(there, STATES))[0] == "Iran"


def column(result):
    return [row[0].value for row in result.rows]


def test_serving_for_changes_without_a_token_is_wrong_usage(monkeypatch, news):
    monkeypatch.delenv("KG_SERVE_TOKEN", raising=False)
    assert (
        misused("serve", "--writable", "--store", news)
        == "--writable needs a word in $KG_SERVE_TOKEN that clients have to bring"
    )


# Limits and the log ----------------------------------------------------------------------------------------------------


def test_pages_of_elsewhere_read_answers_only_if_allowed(server, news):
    def allowed(address, origin):
        request = urllib.request.Request(f"{address}/sparql?{encode(query='ASK {}')}", headers={"Origin": origin})
        with urllib.request.urlopen(request) as response:
            return response.headers["Access-Control-Allow-Origin"]

    assert allowed(server, "https://good.example") == "https://good.example"
    assert allowed(server, "https://bad.example") is None
    with serving(news) as (address, _):
        assert allowed(address, "https://good.example") is None


def test_too_long_an_answer_is_refused_or_broken_off(news, tmp_path):
    log = tmp_path / "access.log"
    with serving(news, "--max-answer", "1", "--access-log", str(log)) as (address, process):
        every = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
        some = "SELECT * { ?a ?b ?c . ?d a kg:Claim }"
        status, _, text = ask(f"{address}/sparql?{encode(query=some)}", Accept="text/csv")
        assert (status, text) == (400, "query: more than 1,000,000 bytes; ask for less, as with LIMIT\n")
        with pytest.raises(http.client.IncompleteRead):
            ask(f"{address}/sparql?{encode(query=every + ' LIMIT 400000')}", Accept="text/csv")
        assert ask(f"{address}/sparql?{encode(query='ASK {}')}", Accept="text/csv")[2] == "true\n"
        ask(f"{address}/nowhere\n<b>".replace("\n", "%0A"))
        process.terminate()
        process.wait(15)
        assert process.stderr.read() == ""
    lines = [line.split(" ", 1)[1] for line in log.read_text().splitlines() if "/sparql" in line or "nowhere" in line]
    assert any(line.startswith("127.0.0.1 GET /sparql 400 ") for line in lines)
    assert any(line.startswith("127.0.0.1 GET /sparql 200 broken off ") for line in lines)
    assert any(line.startswith(r"127.0.0.1 GET /nowhere\n<b> 404 ") for line in lines)
    assert "SELECT" not in log.read_text()


def test_only_so_many_queries_run_at_once_and_no_one_starves(news):
    with serving(news, "--workers", "1", "--timeout", "2") as (address, _):
        results = []

        def run(query):
            results.append(ask(f"{address}/sparql?{encode(query=query)}", Accept="text/csv")[::2])

        threads = [threading.Thread(target=run, args=(query,)) for query in [ENDLESS] + ["ASK {}"] * 45]
        for thread in threads:
            thread.start()
            time.sleep(0.01)
        for thread in threads:
            thread.join(60)
        statuses = [status for status, _ in results]
        assert len(statuses) == 46 and set(statuses) <= {200, 503}
        assert ask(f"{address}/sparql?{encode(query='ASK {}')}", Accept="text/csv")[2] == "true\n"


def test_a_client_that_goes_away_frees_its_worker(news):
    with serving(news, "--workers", "1", "--timeout", "20") as (address, _):
        long = f"{address}/sparql?{encode(query='SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 900000000')}"
        with urllib.request.urlopen(urllib.request.Request(long, headers={"Accept": "text/csv"})) as response:
            assert response.read(1000)
        begun = time.monotonic()
        assert ask(f"{address}/sparql?{encode(query='ASK {}')}", Accept="text/csv")[2] == "true\n"
        assert time.monotonic() - begun < 10


def test_the_editor_comes_from_the_server_itself(server):
    status, content_type, text = ask(f"{server}/static/yasqe.min.js")
    assert (status, content_type.partition(";")[0]) == (200, "text/javascript")
    assert "sourceMappingURL" not in text
    assert ask(f"{server}/static/yasqe.min.css")[0] == 200
    for other in ("README.md", "..%2Fserve.py", "nothing.js"):
        assert ask(f"{server}/static/{other}")[0] == 404
    assert (ROOT / "kg" / "static" / "README.md").is_file()
