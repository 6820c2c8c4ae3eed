"""`kg query` as an analyst uses it on much data: streams, deadlines, plans, frames; and `kg update`."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest
from cli_runs import ENDLESS, ROOT, SAMPLE, fails, misused, ok, process, run
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QueryResultsFormat, parse_query_results

from kg import results
from kg.changes import DERIVED, Noted
from kg.derive import derive
from kg.errors import QueryError, StoreError
from kg.query import plain_text, run_query, run_update, write_query
from kg.store import open_store
from kg.vocab import BASE, OWL, RDF, kg, prefixes
from kg.workers import Interrupted, Question, Workers, run_query_within

pytest_plugins = ["cli_fixtures"]

EVERYTHING = "SELECT * { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture
def store(news):
    with open_store(news, read_only=True) as opened:
        yield opened


def written(store, query, **options):
    output = io.BytesIO()
    write_query(store, query, output, **options)
    return output.getvalue()


# Streams ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["json", "xml", "tsv", "csv"])
@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        (EVERYTHING, {}),
        ("SELECT ?s ?o { ?s ?p ?o }", {"p": "rdf:type"}),
        ("SELECT ?s ?o { ?s a kg:Claim ; kg:cue ?o } ORDER BY ?o ?s", {}),
    ],
)
def test_a_long_answer_holds_the_same_rows_as_a_short_one(store, monkeypatch, format, text, parameters):
    short = written(store, text, parameters=parameters, format=format)
    monkeypatch.setattr(results, "SORTED", 7)
    long = written(store, text, parameters=parameters, format=format)

    def rows(content):
        if format == "csv":
            head, *lines = content.decode().split("\r\n")
            return head, sorted(lines)
        formats = {"json": QueryResultsFormat.JSON, "xml": QueryResultsFormat.XML, "tsv": QueryResultsFormat.TSV}
        found = parse_query_results(content, format=formats[format])
        return [variable.value for variable in found.variables], sorted(str(list(row)) for row in found)

    assert rows(long) == rows(short)


def test_a_long_graph_holds_the_same_triples_as_a_short_one(store, monkeypatch):
    text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    short = set(written(store, text, format="ntriples").splitlines())
    monkeypatch.setattr(results, "SORTED", 7)
    assert set(written(store, text, format="ntriples").splitlines()) == short


@pytest.mark.parametrize("format", ["json", "xml", "tsv", "csv"])
def test_rows_are_sorted_whatever_their_texts_hold(store, format):
    odd = [
        '"x\\r\\ny"',
        '"a,\\"b\\r\\n\\"c"',
        '"\\"}},{\\""',
        '"</result><result>"',
        '"]}}"',
        '"z"',
        '"b"',
        "<a:b>",
        "1",
        '"q"@en',
    ]
    asked = "SELECT ?x ?y {{ VALUES ?x {{ {} }} VALUES ?y {{ 1 2 }} }}"
    found = {written(store, asked.format(" ".join(order)), format=format) for order in (odd, odd[::-1], sorted(odd))}
    assert len(found) == 1
    if format != "csv":
        formats = {"json": QueryResultsFormat.JSON, "xml": QueryResultsFormat.XML, "tsv": QueryResultsFormat.TSV}
        assert len(list(parse_query_results(found.pop(), format=formats[format]))) == 2 * len(odd)
    else:
        rows = list(csv.reader(io.StringIO(found.pop().decode(), newline="")))
        assert rows[0] == ["x", "y"] and len({tuple(row) for row in rows[1:]}) == len(rows) - 1 == 2 * len(odd)


@pytest.mark.parametrize(
    "text", [EVERYTHING, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"]
)
@pytest.mark.parametrize("limit", [7, 100_000])
def test_a_query_is_asked_once(store, monkeypatch, text, limit):
    monkeypatch.setattr(results, "SORTED", limit)
    asked = []

    class Counting(type(store)):
        @property
        def database(self):
            asked.append(self)
            return super().database

    counting = Counting(store.database, read_only=True)
    written(counting, text, format="ntriples" if "CONSTRUCT" in text else "csv")
    assert len(asked) == 1


def test_a_long_table_is_written_in_lots(store, monkeypatch):
    monkeypatch.setattr(results, "SORTED", 3)
    lines = written(store, "SELECT ?cue { ?c kg:cue ?cue } ORDER BY ?cue", format="table").decode().splitlines()
    assert [line.strip() for line in lines if "─" not in line] == [
        "cue", "citing", "confirmed", "denied", "reported", "said", "said", "told", "warned",
    ]  # fmt: skip


def test_a_query_over_much_data_needs_little_memory(tmp_path):
    """A quarter of a million rows stream through a process that may hold few of them."""
    with open_store(tmp_path / "big.db", create=True) as store:
        graph = NamedNode(f"{BASE}graph/x")
        store.fill(Quad(NamedNode(f"{BASE}n/{i}"), kg("count"), Literal(i), graph) for i in range(125_000))
    script = (
        "import resource, sys; from kg.cli import main; resource.setrlimit(resource.RLIMIT_DATA, (250 << 20,) * 2);"
        f"sys.argv[1:] = ['query', {'SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }'!r}, "
        f"'--format', 'csv', '--store', {str(tmp_path / 'big.db')!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=Path(__file__).parents[1], check=False)
    assert (done.returncode, done.stderr, done.stdout.count(b"\n")) == (0, b"", 250_001)


def test_a_wrong_format_is_told_before_the_search(store):
    with pytest.raises(QueryError, match="format 'turtle' does not fit the result of SELECT"):
        write_query(store, EVERYTHING, io.BytesIO(), format="turtle")


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("SELECT ?x { ?x a kg:Persn }", ["kg:Persn is no term of the ontology; did you mean kg:Person?"]),
        ("SELECT ?x { ?x kg:sorce ?y ; a kg:Claim ; a kg:Zyx }",
         ["kg:Zyx is no term of the ontology; docs/ontology.md has them",
          "kg:sorce is no term of the ontology; did you mean kg:source?"]),
        ("ASK { ?x a <https://w3id.org/claimgraph/ontology#Persn> }",
         ["kg:Persn is no term of the ontology; did you mean kg:Person?"]),
        ("PREFIX k: <https://w3id.org/claimgraph/ontology#> ASK { ?x a k:Persn }",
         ["kg:Persn is no term of the ontology; did you mean kg:Person?"]),
        ("PREFIX kg: <https://own.example/> ASK { ?x a kg:Persn , 'kg:Persn' } # kg:Persn", []),
        ("ASK { ?x a kg:Missile , kg:HeldByTheStoreAlone ; kg:drift 1 , <https://own.example/Persn> }", [
            "kg:drift is no term of the ontology; docs/ontology.md has them"]),
    ],
)  # fmt: skip
def test_a_mistyped_term_gives_a_hint_and_the_answer_all_the_same(folder, text, hints):
    with open_store("news.db", create=True) as store:
        store.load([*SAMPLE, Quad(kg("x"), kg("about"), kg("HeldByTheStoreAlone"), NamedNode(f"{BASE}graph/mine"))])
    for options in ([], ["--timeout", "60"]):
        result = run("query", text, "--store", "news.db", "--format", "csv", *options)
        assert result.exit_code == 0
        assert sorted(result.stderr.splitlines()) == [f"kg: {hint}" for hint in hints]


# Deadlines -------------------------------------------------------------------------------------------------------------


def test_a_runaway_query_is_ended_and_the_process_goes_on(news):
    begun = time.monotonic()
    with pytest.raises(QueryError, match="query: took longer than 1 s; ask for less, or give it more time"):
        run_query_within(1, str(news), ENDLESS)
    assert time.monotonic() - begun < 10
    result = run_query_within(30, str(news), "SELECT ?cue { ?c kg:cue ?cue, ?x }", {"x": "denied"})
    assert result.rows == ((Literal("denied"),),)


def test_a_runaway_query_on_the_command_line(news):
    result = process("query", ENDLESS, "--timeout", "0.5", "--store", news)
    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr == b"kg: query: took longer than 0.5 s; ask for less, or give it more time with --timeout\n"


def test_a_query_in_time_says_the_same_as_without_a_deadline(news, folder):
    for arguments in (["--name", "sources"], ["ASK {}"], ["DESCRIBE state:RU"], ["SELECT ?c { ?c kg:cue ?x }", "-p", "x=said"]):
        plain = process("query", *arguments, "--store", news)
        assert process("query", *arguments, "--store", news, "--timeout", "60").stdout == plain.stdout
    result = process("query", "SELECT ?x { ?x a kgx:Claim }", "--timeout", "60", "--store", news)
    assert result.stderr.startswith(b"kg: query:1:18: prefix 'kgx:' is not declared; ")


def test_an_answer_that_breaks_off_says_so_and_the_worker_is_replaced(news, tmp_path):
    many = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 900000000"  # whose order is its own, so that it is not sorted
    with Workers(str(news), timeout=4, number=1) as workers:
        reply = workers.ask(Question(many, format="csv"))
        with pytest.raises(Interrupted, match="took longer than 4 s"):
            for _ in reply:
                time.sleep(0.001)
        again = workers.ask(Question(many, format="csv"))
        next(iter(again))
        again.close()
        assert b"".join(workers.ask(Question("ASK {}", format="csv"))) == b"true\n"
        limited = workers.ask(Question(EVERYTHING, format="csv", max_bytes=1000))
        assert (limited.status, limited.text) == (400, "query: more than 1,000 bytes; ask for less, as with LIMIT")


# Parameters, plans, frames ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "term"),
    [
        ("x:entity", "Putin", NamedNode(f"{BASE}person/vladimir-putin")),
        ("x:text", "26", Literal("26")),
        ("x:iri", "kg:Positive", kg("Positive")),
        ("x", "26", Literal(26)),
    ],
)
def test_a_parameter_may_say_of_which_type_it_is(store, key, value, term):
    assert run_query(store, "SELECT ?x { ?d a kg:Document } LIMIT 1", {key: value}).rows == ((term,),)


@pytest.mark.parametrize(
    ("text", "parameters", "found"),
    [
        ("SELECT ?c { ?c kg:source ?who }", {"who": "Shoigu"}, "person/sergei-shoigu"),
        ("SELECT ?c { ?x kg:polarity kg:Positive ; kg:source ?who . ?x kg:cue ?c }", {"who": "Shoigu"}, "person/sergei-shoigu"),
        ("SELECT ?c { { ?who rdfs:label ?c } UNION { ?who skos:altLabel ?c } }", {"who": "Shoigu"}, "person/sergei-shoigu"),
        ("SELECT ?c { ?c <https://w3id.org/claimgraph/ontology#source> ?who }", {"who": "Shoigu"}, "person/sergei-shoigu"),
        ("SELECT ?c { ?c kg:source/rdfs:label ?who }", {"who": "Shoigu"}, None),
        ("SELECT ?c { ?c rdfs:label ?who }", {"who": "Shoigu"}, None),
        ("SELECT ?c { ?c rdfs:label ?name FILTER (CONTAINS(?name, ?who)) }", {"who": "Shoigu"}, None),
        ("SELECT ?c { ?c kg:source ?who }", {"who:text": "Shoigu"}, None),
    ],
)
def test_a_name_where_only_things_stand_is_the_things(store, text, parameters, found):
    told = plain_text(store, text, parameters)
    assert (f"<{BASE}{found}>" if found else '"Shoigu"') in told


def test_a_name_of_nothing_where_only_things_stand_is_told(store):
    with pytest.raises(QueryError, match=r"Shoygu: nothing in the store is called so; did you mean 'Shoigu'"):
        run_query(store, "SELECT ?c { ?c kg:source ?who }", {"who": "Shoygu"})


def test_an_unknown_type_of_parameter_is_one_line(folder, news):
    assert fails("query", "ASK { ?x a ?y }", "-p", "x:entiy=Putin", "--store", news) == [
        "kg: query: parameter 'x' of type 'entiy'; did you mean 'entity'?"
    ]


def test_the_plan_of_a_query(folder, news):
    plan = ok("query", "--explain", "--name", "people-positions", "-p", "person=Putin", "--store", news)
    assert "person:vladimir-putin" in plan and "QuadPattern(" in plan and " ms " in plan
    assert "QuadPattern(" in ok("query", "--explain", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "--store", news)
    assert fails("query", "--explain", "SELECT ?x { ?x a nope:y }", "--store", news)[0].startswith("kg: query:1:18: prefix")


def test_an_answer_as_a_frame_has_typed_columns(store, folder, news):
    polars = pytest.importorskip("polars")
    rows = "(state:RU 1 '2015-10-07'^^xsd:date 1) (state:IR 2 UNDEF 'x')"
    text = f"SELECT ?d ?n ?day ?mixed ?none {{ VALUES (?d ?n ?day ?mixed) {{ {rows} }} }} ORDER BY ?n"
    frame = run_query(store, text).to_polars()
    assert frame.columns == ["d", "n", "day", "mixed", "none"]
    assert frame.rows() == [
        (f"{BASE}state/RU", 1, date(2015, 10, 7), "1", None),
        (f"{BASE}state/IR", 2, None, "x", None),
    ]
    ok("query", text, "--format", "parquet", "--out", "a.parquet", "--store", news)
    assert polars.read_parquet("a.parquet").equals(frame)
    assert fails("query", "ASK {}", "--format", "parquet", "--store", news) == [
        "kg: format 'parquet' holds the rows of a SELECT; choose another format"
    ]


def test_an_answer_into_a_file_is_there_whole_or_not_at_all(folder, news):
    ok("query", "SELECT ?c { ?c kg:cue 'denied' }", "--format", "json", "--out", "a.json", "--store", news)
    assert len(json.loads(Path("a.json").read_text())["results"]["bindings"]) == 1
    fails("query", ENDLESS, "--format", "json", "--out", "b.json", "--timeout", "0.3", "--store", news)
    assert [path.name for path in Path().iterdir()] == ["a.json"]


# Changing --------------------------------------------------------------------------------------------------------------


def union_is_right(store):
    stated = {quad.triple for quad in store.quads()}
    return {quad.triple for quad in store.database.quads_for_pattern(None, None, None, DefaultGraph())} == stated


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { GRAPH <graph/mine> { state:RU skos:altLabel 'Rossiya' . agency:cnn a kg:Entity } }",
        "DELETE WHERE { GRAPH ?g { ?s skos:altLabel ?o } }",
        "DELETE { GRAPH ?g { ?s ?p ?o } } INSERT { GRAPH ?g { ?s ?p 'x' } } WHERE { GRAPH ?g { ?s ?p ?o . ?s kg:cue ?o } }",
        "WITH graph:x DELETE { ?s ?p ?o } INSERT { ?o a kg:State } WHERE { ?s ?p ?o }".replace(
            "graph:x", f"<{BASE}graph/background>"
        ),
        "DROP GRAPH <graph/background> ; INSERT DATA { GRAPH <graph/a> { <a:a> <a:b> <a:c> } }",
        "CLEAR ALL",
        "CLEAR DEFAULT",
        "COPY <graph/background> TO <graph/b>",
        "MOVE <graph/background> TO <graph/b> ; ADD <graph/b> TO <graph/c>",
        "INSERT { GRAPH <graph/b> { ?s kg:about [ rdfs:label 'x' ] } } WHERE { ?s a kg:Claim }",
        "INSERT { GRAPH <graph/b> { ?s kg:about _:x . _:x a kg:Entity } } WHERE { ?s a kg:Claim }",
        "PREFIX g: <graph/> DELETE { GRAPH ?g { ?s ?p ?o } } USING g:background WHERE { ?s a kg:State } ; # none\n"
        "INSERT { GRAPH g:n { ?g a kg:Document } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        "DELETE DATA { GRAPH <graph/background> { state:RU a kg:State . # again\n state:RU a kg:Entity . } }",
    ],
)
def test_an_update_keeps_the_union(text):
    with open_store(None) as store:
        store.load(SAMPLE)
        plain = ox.Store()
        plain.extend(store.database)
        plain.update(text, prefixes=prefixes(), base_iri=BASE)
        run_update(store, text)
        assert union_is_right(store)
        found = [quad for quad in store.quads() if quad.predicate != NamedNode(f"{OWL}deprecated")]
        assert canonical(found) == canonical(q for q in plain if q.graph_name != DefaultGraph())


@pytest.mark.parametrize(
    ("text", "is_outdated"),
    [
        ("INSERT DATA { GRAPH <graph/mine> { state:RU rdfs:comment 'large' ; skos:altLabel 'Rossiya' } }", False),
        ("DELETE WHERE { GRAPH ?g { ?s dcterms:title ?o } }", False),
        ("DELETE WHERE { GRAPH <graph/none> { ?s ?p ?o } }", False),
        ("DROP SILENT GRAPH <graph/none>", False),
        ("", False),
        ("INSERT DATA { GRAPH <graph/mine> { state:RU a kg:Alliance } }", True),
        ("DELETE WHERE { GRAPH ?g { ?s kg:polarity ?o } }", True),
        ("INSERT DATA { GRAPH <graph/derived> { state:RU rdfs:comment 'large' } }", True),
        ("DELETE WHERE { GRAPH ?g { ?s kg:contradicts ?o } }", True),
        ("DELETE WHERE { GRAPH ?g { ?s kg:polarity ?o } } ; CLEAR GRAPH <graph/derived>", True),
        ("DROP ALL", True),
    ],
)
@pytest.mark.parametrize("path", [None, "own.db"])
def test_only_an_update_of_what_is_compared_outdates_comparisons(folder, text, is_outdated, path):
    with open_store(path, create=True) as store:
        store.load(SAMPLE)
        derive(store)
        store.load([Quad(kg("a"), kg("contradicts"), kg("b"), store.minter.derived)])
        run_update(store, text)
        assert store.is_outdated is is_outdated
        assert union_is_right(store)
        assert not [quad for quad in store.quads() if "urn:kg:" in str(quad)]


def test_what_is_derived_is_told_from_what_is_read(news):
    with open_store(news, read_only=True) as store:
        predicates = {quad.predicate for quad in store.quads(store.minter.derived.value)}
    assert kg("rootSource") in predicates
    assert predicates <= DERIVED | {NamedNode(f"{RDF}type")}


def test_an_update_that_fails_leaves_the_comparisons_as_they_are(folder):
    with open_store("own.db", create=True) as store:
        store.load(SAMPLE)
        derive(store)
        with pytest.raises(StoreError, match=r"does not exist; nothing was changed"):
            run_update(store, "DELETE WHERE { GRAPH ?g { ?s kg:polarity ?o } } ; DROP GRAPH <graph/none>")
        assert not store.is_outdated
        assert store.changes.read() == Noted(frozenset(), frozenset())


def canonical(quads):
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return sorted(map(str, dataset))


def test_an_update_of_nothing_changes_nothing():
    with open_store(None) as store:
        store.load(SAMPLE)
        run_update(store, "PREFIX x: <a:b> # nothing")
        assert {quad for quad in store.quads() if quad.predicate != NamedNode(f"{OWL}deprecated")} == set(SAMPLE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * { ?s ?p ?o }", "update:1:1: SELECT only reads; ask it with 'kg query'"),
        ("INSRT DATA { }", "update:1:1: 'INSRT' does not begin an update; did you mean 'INSERT'?"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "update:1:15: this lies in no graph; put GRAPH <…> { … } around it, "),
        ("DELETE WHERE { ?s ?p ?o }", "update:1:16: this lies in no graph; "),
        ("CLEAR ALL;\nINSERT { ?s ?p 1 } WHERE { GRAPH ?g { ?s ?p ?o } }", "update:2:10: this lies in no graph; "),
        ("LOAD <http://a.example/>", "update:1:1: LOAD fetches from elsewhere, which is off; "),
        ("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { SERVICE <http://a.example/> { ?s ?p ?o } }", "update:1:42: SERVICE asks "),
        ("DROP GRAPH <a:b> ; DROP", "update:1:24: the query ends too early"),
        ("INSERT DATA { GRAPH <a:b> { nope:a a nope:b } }", "update:1:29: prefix 'nope:' is not declared; "),
    ],
)
def test_a_wrong_update_changes_nothing_and_says_why(text, message):
    with open_store(None) as store:
        store.load(SAMPLE)
        before = sorted(map(str, store.database))
        with pytest.raises(QueryError) as caught:
            run_update(store, text)
        assert str(caught.value).startswith(message)
        assert sorted(map(str, store.database)) == before


def test_an_update_may_be_told_which_graph_is_meant(folder):
    with open_store("news.db", create=True) as store:
        store.load(SAMPLE)
    text = "INSERT DATA { state:RU rdfs:comment 'large' } ; DELETE WHERE { state:RU rdfs:label ?x }"
    assert run("update", text, "--graph", "graph/mine", "--store", "news.db").exit_code == 0
    asked = "SELECT ?g ?x { GRAPH ?g { state:RU rdfs:comment|rdfs:label ?x } }"
    found = ok("query", asked, "--format", "csv", "--store", "news.db").split()
    assert f"{BASE}graph/mine,large" in found and f"{BASE}graph/background,Russia" in found
    assert misused("update", text, "--graph", "mine", "--store", "news.db").startswith("--graph mine: is no IRI; ")


def test_a_function_that_nobody_has_defined_is_an_error():
    with open_store(None) as store, pytest.raises(QueryError, match=r"query: cannot be asked .*is not supported"):
        run_query(store, "SELECT (kg:nothing(1) AS ?x) {}")


def test_an_update_on_the_command_line_takes_parameters_as_terms(folder):
    with open_store("news.db", create=True) as store:
        store.load(SAMPLE)
    hostile = 'x" } } ; DROP ALL ; INSERT DATA { GRAPH <a:a> { <a:b> <a:c> "y'
    result = run(
        "update", "INSERT DATA { GRAPH <graph/mine> { state:RU rdfs:comment ?x } }", "-p", f"x={hostile}", "--store", "news.db"
    )
    assert result.exit_code == 0, result.output
    answer = ok("query", "SELECT ?x { state:RU rdfs:comment ?x }", "--format", "json", "--store", "news.db")
    assert json.loads(answer)["results"]["bindings"] == [{"x": {"type": "literal", "value": hostile}}]
    with open_store("news.db") as store:
        assert not store.is_outdated
    assert fails("query", "DROP ALL", "--store", "news.db")[0].startswith("kg: query:1:1: DROP changes data")


# Ctrl-C ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", ENDLESS, "--out", "answer.csv", "--format", "csv"),
        ("query", ENDLESS, "--timeout", "60"),
        ("update", f"INSERT {{ GRAPH <a:a> {{ <a:a> <a:b> ?x }} }} WHERE {{ {{ {ENDLESS} }} }}"),
    ],
)
def test_ctrl_c_ends_what_heeds_no_signal(folder, arguments):
    with open_store("own.db", create=True) as store:
        store.load(SAMPLE)
        before = len(store)
    command = [sys.executable, "-m", "kg.cli", *arguments, "--store", "own.db"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as running:
        try:
            time.sleep(2.5)
            assert running.poll() is None
            running.send_signal(signal.SIGINT)
            assert running.communicate(timeout=20) == ("", "kg: stopped; what was stored is whole\n")
            assert running.returncode == 1
        finally:
            running.kill()
    with open_store("own.db") as store:
        assert len(store) == before
    assert sorted(path.name for path in Path().iterdir()) == ["own.db"]
