"""`kg serve`: the SPARQL Protocol over real HTTP, from a real process."""

import contextlib
import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from cli_runs import CNN, DENIAL, ENDLESS, ROOT, SHOIGU, fails, misused, nquads, ok
from pyoxigraph import RdfFormat, parse

from kg.saved import saved_queries
from kg.serve import GRAPH_TYPES, MAX_REQUEST, SOLUTION_TYPES, preferred
from kg.vocab import BASE

pytest_plugins = ["cli_fixtures"]

COUNT = "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d a kg:Document }"
FORM = "application/x-www-form-urlencoded"


@contextlib.contextmanager
def serving(store, *options):
    """Run a server; give its address and process."""
    command = [sys.executable, "-m", "kg.cli", "serve", "--store", str(store), "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stderr.readline()
            (address,) = re.findall(r"http://\S+(?=/)", line)
            for _ in range(100):
                with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/sparql", timeout=10):
                    break
                time.sleep(0.1)
            yield address, process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def store(tmp_path_factory, model_loaded_once):
    folder = tmp_path_factory.mktemp("serve")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, text in (("a", SHOIGU), ("b", CNN), ("c", DENIAL)):
            Path(f"{name}.txt").write_text(text)
        ok("build", "a.txt", "b.txt", "--store", "news.db")
    return folder / "news.db"


@pytest.fixture(scope="module")
def server(store):
    with serving(store, "--timeout", "3") as (address, _):
        yield address


def ask(url, body=None, *, method=None, **headers):
    """Give (status, content type, text) of a request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, body if body is None else body.encode(), named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.headers["content-type"], response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["content-type"], error.read().decode()


def encode(*pairs, **more):
    return urllib.parse.urlencode([*pairs, *more.items()])


def number(text):
    return json.loads(text)["results"]["bindings"][0]["n"]["value"]


def test_a_query_by_get_and_both_kinds_of_post(server):
    for status, content_type, text in (
        ask(f"{server}/sparql?{encode(query=COUNT)}"),
        ask(f"{server}/sparql", encode(query=COUNT), Content_Type=FORM),
        ask(f"{server}/sparql", COUNT, Content_Type="application/sparql-query; charset=utf-8"),
    ):
        assert (status, content_type, number(text)) == (200, "application/sparql-results+json", "2")


@pytest.mark.parametrize("media_type", SOLUTION_TYPES)
@pytest.mark.parametrize("query", [COUNT, "ASK { ?d a kg:Document }"])
def test_solutions_in_each_media_type(server, media_type, query):
    status, content_type, text = ask(f"{server}/sparql?{encode(query=query)}", Accept=media_type)
    assert (status, content_type.partition(";")[0]) == (200, media_type)
    assert "2" in text or "true" in text


@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_graphs_in_each_media_type(server, media_type):
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s a kg:Person ; ?p ?o }"
    status, content_type, text = ask(f"{server}/sparql?{encode(query=query)}", Accept=media_type)
    assert (status, content_type.partition(";")[0]) == (200, media_type)
    formats = {"turtle": RdfFormat.TURTLE, "rdfxml": RdfFormat.RDF_XML, "jsonld": RdfFormat.JSON_LD, "trig": RdfFormat.TRIG}
    formats |= {"ntriples": RdfFormat.N_TRIPLES, "nquads": RdfFormat.N_QUADS}
    assert list(parse(text, format=formats[GRAPH_TYPES[media_type]]))


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", None),
        ("*/*", "a/x"),
        ("a/*", "a/x"),
        ("b/*, a/*;q=0.9", "b/z"),
        ("a/y;q=0.5, a/x;q=0.4", "a/y"),
        ("a/x;q=0, */*", "a/y"),
        ("A/Y ; Q=1.0", "a/y"),
        ("a/x;q=nonsense, b/z;q=0.1", "b/z"),
        ("c/*", None),
    ],
)
def test_preferred(accept, chosen):
    assert preferred(accept, ("a/x", "a/y", "b/z")) == chosen


@pytest.mark.parametrize(
    ("request_", "status", "message"),
    [
        ({"url": encode(query="SELECT ?x { ?x a kg:Claim")}, 400, "query:1:11: '{' is never closed; add '}'\n"),
        ({"url": encode(query="SELECT ?x { ?x a nope:Claim }")}, 400, "query:1:18: prefix 'nope:' is not declared; "),
        ({"url": encode(query="DROP ALL")}, 400, "query:1:1: DROP changes data, and a query only reads; "),
        ({"url": encode(query="ASK { SERVICE <http://a.example/> { ?s ?p ?o } }")}, 400, "query:1:7: SERVICE "),
        ({"url": encode(("query", COUNT), ("query", COUNT))}, 400, "query: given more than once; "),
        ({"url": encode(("query", COUNT), ("default-graph-uri", "no iri"))}, 400, "default-graph-uri: 'no iri' is not an IRI"),
        ({"body": "", "Content_Type": FORM}, 400, "query: missing; "),
        ({"body": "query=%FF", "Content_Type": FORM}, 400, "the request is not UTF-8 "),
        ({"body": encode(update="DROP ALL"), "Content_Type": FORM}, 403, "update: this store is only read here; "),
        ({"body": "DROP ALL", "Content_Type": "application/sparql-update"}, 403, "update: this store is only read here; "),
        ({"url": encode(update="DROP ALL")}, 403, "update: this store is only read here; "),
        ({"body": encode(("update", "DROP ALL"), ("update", "DROP ALL")), "Content_Type": FORM}, 403, "update: this store "),
        ({"body": COUNT, "Content_Type": "text/plain"}, 415, "'text/plain' is not read; send "),
        ({"url": encode(query=COUNT), "Accept": "image/png"}, 406, "SELECT is answered in application/sparql-results+json, "),
        ({"url": encode(query="DESCRIBE state:RU"), "Accept": "text/csv"}, 406, "DESCRIBE is answered in text/turtle, "),
        ({"method": "PUT", "body": "x"}, 405, "Method Not Allowed"),
        ({"method": "DELETE"}, 405, "Method Not Allowed"),
        ({"body": "x" * (MAX_REQUEST + 1), "Content_Type": "application/sparql-query"}, 413, "the request is longer "),
        ({"url": encode(query=COUNT), "Host": "evil.example"}, 400, "Invalid host header"),
    ],
)  # fmt: skip
def test_refusals(server, request_, status, message):
    got, content_type, text = ask(f"{server}/sparql?{request_.pop('url', '')}", request_.pop("body", None), **request_)
    assert (got, content_type) == (status, "text/plain; charset=utf-8")
    assert text.startswith(message)


def test_the_dataset_of_a_request(server):
    every = "SELECT DISTINCT ?d { ?d a kg:Document } ORDER BY ?d"
    _, _, text = ask(f"{server}/sparql?{encode(query=every)}", Accept="text/csv")
    first, second = text.split()[1:]
    in_graph = "SELECT (COUNT(DISTINCT ?d) AS ?n) { GRAPH ?g { ?d a kg:Document } }"

    def count(query, **graphs):
        pairs = [(f"{name}-graph-uri", iri) for name, iris in graphs.items() for iri in iris]
        by_get = ask(f"{server}/sparql?{encode(('query', query), *pairs)}")
        by_form = ask(f"{server}/sparql", encode(("query", query), *pairs), Content_Type=FORM)
        direct = ask(f"{server}/sparql?{encode(*pairs)}", query, Content_Type="application/sparql-query")
        assert by_get == by_form == direct
        return int(number(by_get[2]))

    assert count(COUNT) == count(in_graph) == 2
    assert count(COUNT, default=[first]) == 1
    assert count(COUNT, default=[first, second]) == 2
    assert count(in_graph, default=[first]) == 0
    assert count(COUNT, named=[first]) == 0
    assert count(in_graph, named=[first]) == 1
    assert count(COUNT, default=[f"{BASE}document/none"]) == 0


def test_the_service_description(server):
    status, content_type, text = ask(f"{server}/sparql")
    assert (status, content_type) == (200, "text/turtle; charset=utf-8")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    facts = {(quad.predicate.value.removeprefix(sd), quad.object.value) for quad in parse(text, format=RdfFormat.TURTLE)}
    assert {("endpoint", f"{server}/sparql"), ("supportedLanguage", f"{sd}SPARQL11Query")} <= facts
    assert ("feature", f"{sd}UnionDefaultGraph") in facts
    assert ask(f"{server}/sparql", Accept="application/rdf+xml")[1].startswith("application/rdf+xml")


def test_rdflib_asks_as_of_any_endpoint(server):
    from rdflib import Graph, URIRef
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    graph = Graph(SPARQLStore(f"{server}/sparql", method="POST"))
    rows = list(graph.query("SELECT DISTINCT ?l { ?s a kg:State ; rdfs:label ?l } ORDER BY ?l"))
    assert "Iran" in {str(row[0]) for row in rows}
    assert bool(graph.query("ASK { ?s a kg:State }")) is True
    assert (URIRef(f"{BASE}state/RU"), None, None) in graph
    constructed = graph.query("CONSTRUCT { ?s a kg:State } WHERE { ?s a kg:State }").graph
    assert len(constructed) >= 2


def test_a_query_that_takes_too_long_is_ended_and_the_server_goes_on(server):
    begun = time.monotonic()
    status, _, text = ask(f"{server}/sparql?{encode(query=ENDLESS)}")
    assert (status, text) == (
        503,
        "query: took longer than 3 s; ask for less, or start 'kg serve' with a longer --timeout\n",
    )
    assert time.monotonic() - begun < 15
    assert number(ask(f"{server}/sparql?{encode(query=COUNT)}")[2]) == "2"


@pytest.mark.parametrize("name", saved_queries())
def test_saved_queries_have_an_address(server, name):
    examples = {"topic": "missile", "entity": "Iran", "one": "CNN", "other": "Iran", "since": "2015-10-01"}
    needed = {p.name: examples[p.name] for p in saved_queries()[name].parameters if p.default is None and not p.is_optional}
    assert ask(f"{server}/saved/{name}?{encode(**needed)}")[0] == 200


def test_unknown_saved_queries_and_parameters(server):
    assert ask(f"{server}/saved/claimz")[::2] == (
        404,
        "claimz: no saved query of this name; did you mean 'claims'? (kg query --list)\n",
    )
    assert ask(f"{server}/saved/claims")[0] == 400
    assert ask(f"{server}/nowhere")[0] == 404


def test_the_page_is_whole_and_loads_nothing_from_elsewhere(server):
    status, content_type, text = ask(f"{server}/")
    assert (status, content_type) == (200, "text/html; charset=utf-8")
    assert set(re.findall(r"""(?:src|href)\s*=\s*["'](?!data:,)([^"']*)""", text)) == {
        "/static/yasqe.min.js",
        "/static/yasqe.min.css",
        "/explore",
    }
    assert "innerHTML" not in text and "insertAdjacentHTML" not in text and "document.write" not in text
    for name in saved_queries():
        assert f'<option value="{name}">' in text
    settings = re.search(r'<script type="application/json" id="settings">(.*?)</script>', text, re.DOTALL)[1]
    assert {query["name"] for query in json.loads(settings)["queries"]} == set(saved_queries())
    with urllib.request.urlopen(f"{server}/") as response:
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_saved_query_with_markup_stays_text(store, tmp_path, monkeypatch):
    (tmp_path / "bad.rq").write_text("# </script><img src=x onerror=alert(1)>\nASK { ?s ?p '</script><b>' }\n")
    monkeypatch.setenv("KG_QUERIES", str(tmp_path))
    with serving(store) as (address, _):
        page = ask(f"{address}/")[2]
        assert "<img" not in page and "<b>" not in page
        assert page.count("</script>") == 3


@pytest.mark.skipif(not (shutil.which("chromium") and shutil.which("chromedriver")), reason="Chromium is not installed")
def test_the_page_shows_answers_as_text(server):
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import Select, WebDriverWait

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for switch in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-background-networking"):
        options.add_argument(f"--{switch}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    hostile = "</script><img src=x onerror='window.hacked=1'><b>{{7*7}}</b>"
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver"))) as browser:
        browser.get(f"{server}/")

        def answered():
            WebDriverWait(browser, 20).until(lambda _: browser.find_element(By.ID, "run").is_enabled())
            return [cell.text for cell in browser.find_elements(By.CSS_SELECTOR, "#result td, #result pre")]

        def type_and_ask(query):
            browser.execute_script("kgEditor.setValue(arguments[0])", query)
            browser.find_element(By.ID, "run").click()
            return answered()

        assert type_and_ask(f'SELECT ("{hostile}" AS ?x) (2 AS ?n) (state:RU AS ?s) {{}}') == [hostile, "2", "state:RU"]
        assert hostile in type_and_ask(f'CONSTRUCT {{ state:RU rdfs:label "{hostile}" }} WHERE {{}}')[0]
        assert type_and_ask(f"SELECT {hostile}")[0].startswith("query:1:16: '</script>' was not expected here\n")
        Select(browser.find_element(By.ID, "saved")).select_by_value("missile-claims")
        assert "U.S. officials" in " ".join(answered())
        assert browser.find_element(By.ID, "parameter-topic").get_attribute("value") == "missile"
        browser.execute_script("kgEditor.setValue('SELECT * { ?x a kg:Claim }')")
        assert browser.find_elements(By.CSS_SELECTOR, ".parseErrorIcon") == []
        assert completed(browser, "SELECT * { ?x kg:cu") == "SELECT * { ?x kg:cue"
        assert completed(browser, "SELECT * { ?c kg:source shoig") == "SELECT * { ?c kg:source person:sergei-shoigu"
        assert completed(browser, "SELECT ?claim { ?cl") == "SELECT ?claim { ?claim"
        assert browser.execute_script("return window.hacked") is None
        blocked = [entry["message"] for entry in browser.get_log("browser") if "400 (Bad Request)" not in entry["message"]]
        assert blocked == []


def completed(browser, text):
    """What stands in the editor after Ctrl-Space, if there is only one thing it can be, or the first of several."""
    from selenium.webdriver.common.by import By

    browser.execute_script("kgEditor.setValue(arguments[0]); kgEditor.setCursor(0, 999); kgEditor.focus()", text)
    browser.execute_script("kgEditor.autocomplete(false)")
    for _ in range(60):
        time.sleep(0.1)
        if browser.execute_script("return kgEditor.getValue()") != text:
            break
        for hint in browser.find_elements(By.CSS_SELECTOR, ".CodeMirror-hint")[:1]:
            hint.click()
    return browser.execute_script("return kgEditor.getValue()")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(store, end):
    with serving(store) as (_, process):
        process.send_signal(end)
        assert process.wait(15) == (0 if end == signal.SIGINT else -signal.SIGTERM)
        assert process.stderr.read() == ""


def test_what_is_built_meanwhile_is_in_the_next_answer(store, monkeypatch):
    monkeypatch.chdir(store.parent)
    with serving(store) as (address, _):
        assert number(ask(f"{address}/sparql?{encode(query=COUNT)}")[2]) == "2"
        ok("build", "c.txt", "--store", store)
        assert number(ask(f"{address}/sparql?{encode(query=COUNT)}")[2]) == "3"
        ok("remove", "c.txt", "--store", store)
        before = nquads(store)
        ask(f"{address}/sparql", encode(update="DROP ALL"), Content_Type=FORM)
        assert nquads(store) == before


def test_a_taken_port_is_one_line(store):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (line,) = fails("serve", "--store", store, "--port", port)
    assert line.startswith(f"kg: 127.0.0.1:{port}: cannot serve here (address already in use")
    assert line.endswith("; choose another with --port or --host")


def test_wrong_usage_and_a_store_that_is_none(folder):
    assert misused("serve", "--port", "99999").startswith("Invalid value for '--port': 99999 is not in the range ")
    assert fails("serve", "--port", "0") == ["kg: kg.db: there is no store here; make one with 'kg build INPUT… --store kg.db'"]


def test_a_request_that_is_cut_off_does_no_harm(server):
    host = urllib.parse.urlsplit(server)
    connection = http.client.HTTPConnection(host.hostname, host.port)
    connection.putrequest("POST", "/sparql")
    connection.putheader("Content-Type", FORM)
    connection.putheader("Content-Length", "1000")
    connection.endheaders(b"query=")
    connection.close()
    assert number(ask(f"{server}/sparql?{encode(query=COUNT)}")[2]) == "2"
