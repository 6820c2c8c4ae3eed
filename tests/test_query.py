"""Saved and free SPARQL: parameters, errors in words, formats."""

import csv
import json
import random
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.errors import KnowledgeError, QueryError
from kg.query import resolve_entity, run_query
from kg.results import GRAPH_FORMATS, Solutions, Triples, serialize, shorten
from kg.saved import saved_queries, saved_query
from kg.sparql import Query, tokens
from kg.store import open_store
from kg.vocab import BASE, RDF, RDFS, XSD, kg

SAMPLE = list(parse(path=str(Path(__file__).parent / "cases" / "sample.trig"), format=RdfFormat.TRIG))
RUN_WITH = {
    "claims": {"topic": "casualties"},
    "entity-timeline": {"entity": "Iran"},
    "perspectives": {"one": "CNN", "other": "two U.S. officials"},
    "since": {"since": "2015-10-08"},
}


def iri(path):
    return NamedNode(BASE + path)


@pytest.fixture(scope="module")
def store():
    with open_store(None) as opened:
        opened.load(SAMPLE)
        yield opened


def column(result, name):
    return [row[name].value for row in result]


# Parameters ------------------------------------------------------------------------------------------------------------

CUES = ["citing", "confirmed", "denied", "reported", "said", "said", "told", "warned"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?cue ?x WHERE { ?c kg:cue ?cue, ?x }", [("denied", "denied")]),
        ("SELECT ?cue WHERE { ?c kg:cue ?cue, ?x }", [("denied",)]),
        ("SELECT DISTINCT ?cue { ?c kg:cue ?cue FILTER (CONTAINS(?cue, ?x)) }", [("denied",)]),
        ("SELECT ?cue { ?c kg:cue ?cue FILTER (?cue = ?x) } ORDER BY ?cue LIMIT 3", [("denied",)]),
        (
            "SELECT ?cue { { ?c kg:cue ?cue FILTER (?cue = ?x) } UNION { ?c kg:cue ?cue FILTER (?cue = 'told') } }",
            [("denied",), ("told",)],
        ),
        ("SELECT ?cue { ?c kg:cue ?cue FILTER NOT EXISTS { ?c kg:cue ?x } }", [(cue,) for cue in CUES if cue != "denied"]),
        ("SELECT (UCASE(?x) AS ?up) { ?c kg:cue ?x }", [("DENIED",)]),
        ("SELECT (COUNT(*) AS ?n) { ?c kg:cue ?x }", [("1",)]),
        ("SELECT (COUNT(?c) AS ?n) { ?c kg:cue ?x ; kg:polarity kg:Positive }", [("0",)]),
        (
            "SELECT ?p (COUNT(?c) AS ?n) { ?c kg:cue ?x ; kg:polarity ?p } GROUP BY ?p ORDER BY ?n",
            [(kg("Negative").value, "1")],
        ),
        ("SELECT ?p (COUNT(?c) AS ?n) { ?c kg:cue ?x ; kg:polarity ?p } GROUP BY ?p HAVING (?n > 1)", []),
        ("SELECT * { ?c kg:cue ?cue FILTER (?cue = ?x) } ", [(f"{BASE}claim/denial-4b8d8a78/89e15504", "denied")]),
        ("SELECT * { ?c kg:cue ?x FILTER (false) } ", []),
        (
            '#? {SELECT\nSELECT ?cue # ?y {\nWHERE { ?c kg:cue ?cue FILTER (?cue IN (?x, \'?z } GROUP BY\', """{""")) }',
            [("denied",)],
        ),
        ("BASE <http://a.example/>\nPREFIX a: <#x>\nSELECT ?cue { ?c kg:cue ?cue, ?x }", [("denied",)]),
        ("SELECT ?cue { ?c kg:cue ?cue FILTER (!BOUND(?x) || ?cue = ?x) }", [("denied",)]),
        ("SELECT $cue { $c kg:cue $cue, $x }", [("denied",)]),
        ("SELECT ?cue { ?c kg:cue ?cue, ?x } VALUES ?cue { 'denied' 'said' }", [("denied",)]),
    ],
)
def test_query_parameter_reaches_the_variable(store, text, expected):
    result = run_query(store, text, {"x": Literal("denied")})
    assert sorted(tuple(term.value for term in row) for row in result.rows) == sorted(expected)


@pytest.mark.parametrize(("value", "answer"), [("denied", True), ("sang", False)])
@pytest.mark.parametrize(
    "text", ["ASK { ?c kg:cue ?x }", "ASK { ?c kg:cue ?cue FILTER (?cue = ?x) }", "ASK WHERE { { ?c kg:cue ?x } }"]
)
def test_query_parameter_of_ask(store, text, value, answer):
    assert run_query(store, text, {"x": value}) is answer


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRUCT { ?c kg:cue ?x } WHERE { ?c kg:cue ?x }",
        "CONSTRUCT WHERE { ?c kg:cue ?x }",
        "CONSTRUCT { ?c kg:cue ?cue } WHERE { ?c kg:cue ?cue FILTER (?cue = ?x) }",
        "CONSTRUCT { ?c kg:cue ?x } WHERE { ?c kg:cue ?cue FILTER (?cue = ?x) }",
    ],
)
def test_query_parameter_of_construct(store, text):
    triples = run_query(store, text, {"x": "denied"})
    assert [triple.object.value for triple in triples] == ["denied"]


def test_query_parameter_of_describe_has_to_be_described(store):
    described = run_query(store, "DESCRIBE ?x { ?x a kg:Document }", {"x": "document/denial-4b8d8a78"})
    assert {triple.subject for triple in described} == {iri("document/denial-4b8d8a78")}
    with pytest.raises(QueryError, match="parameter 'x' is not among what is described"):
        run_query(store, "DESCRIBE ?c { ?c kg:cue ?x }", {"x": "denied"})


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("agency/cnn", iri("agency/cnn")),
        ("agency:cnn", iri("agency/cnn")),
        ("claim:denial-4b8d8a78/89e15504", iri("claim/denial-4b8d8a78/89e15504")),
        ("kg:Positive", kg("Positive")),
        ("https://a.example/b", NamedNode("https://a.example/b")),
        ("<urn:x>", NamedNode("urn:x")),
        ("26", Literal("26", datatype=NamedNode(XSD + "integer"))),
        ("-4.5", Literal("-4.5", datatype=NamedNode(XSD + "decimal"))),
        ("2015-10-07", Literal("2015-10-07", datatype=NamedNode(XSD + "date"))),
        ("2015-10-07T12:00:00Z", Literal("2015-10-07T12:00:00Z", datatype=NamedNode(XSD + "dateTime"))),
        ("2015-13-07", Literal("2015-13-07")),
        ("Putin", Literal("Putin")),
        ("said: no", Literal("said: no")),
        ("foo:bar", Literal("foo:bar")),
        ("agency/not an iri", Literal("agency/not an iri")),
        ("'; DROP ALL #\"", Literal("'; DROP ALL #\"")),
    ],
)
def test_query_parameter_is_read_as_people_write_it(store, written, term):
    result = run_query(store, "SELECT ?x { ?d a kg:Document } LIMIT 1", {"x": written})
    assert result.rows == ((term,),)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Vladimir Putin", "person/vladimir-putin"),
        ("putin", "person/vladimir-putin"),
        ("US", "state/US"),
        ("u.s.", "state/US"),
        ("ash-carter", "person/ash-carter"),
        ("agency:cnn", "agency/cnn"),
        ("one official", "group/missiles-72349339/one-official"),
    ],
)
def test_query_entity_is_found_by_any_of_its_names(store, name, found):
    assert resolve_entity(store, name) == iri(found)


def test_query_entity_ambiguous_or_unknown_says_which_there_are(store):
    with open_store(None) as two:
        two.load(SAMPLE)
        label = NamedNode(RDFS + "label")
        two.load([Quad(iri(f"person/{key}"), label, Literal("Ivan Carter"), iri("graph/background")) for key in ("a", "b")])
        with pytest.raises(QueryError) as ambiguous:
            resolve_entity(two, "ivan carter")
    assert str(ambiguous.value) == (
        "ivan carter: 2 things in the store are called so: person/a (Ivan Carter), person/b (Ivan Carter); give one of these"
    )
    with pytest.raises(QueryError, match="Vladmir Putin: nothing in the store is called so; did you mean 'Vladimir Putin'"):
        resolve_entity(store, "Vladmir Putin")


# Errors ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "query: the query is empty"),
        ("# nothing\n", "query: the query is empty"),
        ("SELCT ?x { }", "query:1:1: 'SELCT' does not begin a query; did you mean 'SELECT'?\n  SELCT ?x { }\n  ^"),
        (
            "INSERT DATA { <a:b> <a:b> <a:b> }",
            "query:1:1: INSERT changes data, and a query only reads; 'kg update' changes, 'kg build' brings",
        ),
        ("PREFIX a: <a:b>\n drop all", "query:2:2: DROP changes data"),
        (
            "SELECT ?x {\n  ?x kgo:cue ?y }",
            "query:2:6: prefix 'kgo:' is not declared; did you mean 'kg'? known: agency, claim,",
        ),
        ("SELECT ?x { ?x a zzz:y }", "query:1:18: prefix 'zzz:' is not declared; known: agency, claim, dcterms, document"),
        ("SELECT ?x { ?x kg:cue ?y", "query:1:11: '{' is never closed; add '}'\n  SELECT ?x { ?x kg:cue ?y\n            ^"),
        ("SELECT ?x { ?x kg:cue ?y ) }", "query:1:26: ')' closes nothing here: '}' is due first"),
        ("SELECT ?x { ?x kg:cue ?y } }", "query:1:28: '}' closes nothing here: nothing is open"),
        ("SELECT ?x { ?x kg:cue 'said }", "query:1:23: this quotation mark is never closed on its line"),
        ("SELECT ?x {\n ?x kg:cue ?y FILTER (?y == 3) }", "query:2:26: '==' is not SPARQL; write '='"),
        (
            "SELECT ?x { ?x kg:cue ?y . FILTER ?y }",
            "query:1:35: FILTER needs brackets around its condition; write 'FILTER (…)'",
        ),
        ("SELECT ?x { ?x kg:cue ?y } LIMIT", "query:1:33: the query ends too early"),
        ("SELECT ?x (COUNT(?y) AS ?n) { ?x kg:cue ?y }", "a variable of SELECT is neither in GROUP BY nor inside an aggregate"),
        (
            "SELECT ?x { SERVICE <http://a.example/> { ?x ?y ?z } }",
            "query:1:13: SERVICE asks another server, which is off; allow it with --allow-remote",
        ),
        ("SELECT * {" + "{" * 5000 + "}" * 5000 + "}", "the query is too deep or too long from here"),
        ("SELECT * { FILTER (" + " || ".join(["1"] * 20000) + ") }", "the query is too deep or too long from here"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_query_errors_say_where_and_what(store, text, message):
    with pytest.raises(QueryError) as caught:
        run_query(store, text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "parameters", "message"),
    [
        ("SELECT ?c { ?c kg:cue ?cue }", {"clue": "x"}, "query: no variable 'clue'; did you mean 'cue'?"),
        (
            "SELECT (1 AS ?x) { ?c kg:cue ?cue }",
            {"x": "1"},
            "query:1:14: 'x' is computed here, so it cannot be given as a parameter",
        ),
    ],
)
def test_query_errors_of_parameters(store, text, parameters, message):
    with pytest.raises(QueryError) as caught:
        run_query(store, text, parameters)
    assert str(caught.value).startswith(message)


def test_query_error_names_the_file(store):
    with pytest.raises(QueryError, match=r"^my\.rq:1:1: "):
        run_query(store, "oops", name="my.rq")


def test_sparql_tokens_cover_any_text_without_spaces():
    text = 'SELECT ?a{?a<b>\'it\\\'s\'@en-GB,"""x"y"""^^xsd:string;a:b.c.}#x\n_:b1 12.5e3<=^^é\x00'
    found = list(tokens(text))
    assert [token.text for token in found] == [
        "SELECT", "?a", "{", "?a", "<b>", "'it\\'s'", "@en-GB", ",", '"""x"y"""', "^^", "xsd:string", ";", "a:b.c", ".", "}",
        "_:b1", "12.5e3", "<=", "^^", "é", "\x00",
    ]  # fmt: skip
    assert all(text[token.start : token.end] == token.text for token in found)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("SELECT * { ?s ?p ?o }", ("s", "p", "o")),
        ("PREFIX x: <a:b> SELECT DISTINCT * WHERE { ?z a ?b { SELECT ?a { ?a a ?hidden } } } LIMIT 1", ("z", "b", "a")),
        ("SELECT * { ?s ?p ?o FILTER (?o = ?x) }", ("s", "p", "o")),
        ("SELECT * {}", ()),
    ],
)
def test_query_columns_of_everything_stand_as_in_the_text(store, text, columns):
    assert run_query(store, text).variables == columns
    given = run_query(store, text, {"x": "y"} if "?x" in text else {})
    assert given.variables == columns


# Saved queries ---------------------------------------------------------------------------------------------------------


def test_query_saved_ones_are_all_there():
    expected = {
        "claims", "missile-claims", "contested", "sources", "chains", "events-timeline", "people-positions", "unconfirmed",
        "who-met", "weapons-used", "by-outlet",
    }  # fmt: skip
    assert expected <= set(saved_queries())


@pytest.mark.parametrize("name", saved_queries())
def test_query_saved_one_documents_itself_and_finds_something(store, name):
    saved = saved_queries()[name]
    assert saved.example.startswith(f"kg query --name {name}")
    result = run_query(store, saved, RUN_WITH.get(name, {}))
    assert len(result) > 0
    assert {parameter.name for parameter in saved.parameters} <= Query(saved.text).variables


@pytest.mark.parametrize("name", saved_queries())
def test_query_saved_one_gives_the_same_text_whatever_the_order_of_loading(tmp_path, name):
    texts = set()
    for seed in range(3):
        quads = random.Random(seed).sample(SAMPLE, len(SAMPLE))
        with open_store(tmp_path / str(seed), create=True) as store:
            store.load(quads)
            texts.add(serialize(run_query(store, saved_queries()[name], RUN_WITH.get(name, {})), base=store.base))
    assert len(texts) == 1


def test_query_missile_claims_answers_who_how_surely_and_who_contradicts(store):
    result = run_query(store, saved_query("missile-claims"))
    columns = ("source", "certainty", "polarity", "contradicted_by")
    assert [tuple(row[name].value if name in row else None for name in columns) for row in result] == [
        ("CNN", "Certain", "Positive", None),
        ("two U.S. officials", "Certain", "Positive", "Russian Ministry of Defence"),
        ("The Example Times", "Certain", "Positive", None),
        ("Sergei Shoigu", "Certain", "Positive", None),
        ("CNN", "Certain", "Positive", "Russian Ministry of Defence"),
        ("Russian Ministry of Defence", "Certain", "Negative", "two U.S. officials, CNN"),
    ]


@pytest.mark.parametrize(
    ("topic", "sources"),
    [
        ("weapon/kalibr", 5),
        ("Casualties", 2),
        ("casualty", 0),
        ("Moscow", 4),
        ("person:bashar-al-assad", 1),
        ("al-Assad", 1),
        ("U.S.", 1),
        ("miss", 0),
        (".*missiles?", 6),
    ],
)
def test_query_claims_topic_is_a_word_or_an_entity(store, topic, sources):
    assert len(run_query(store, saved_query("claims"), {"topic": topic})) == sources


@pytest.mark.parametrize(
    ("name", "parameters", "column_name", "values"),
    [
        ("chains", {"source": "two U.S. officials"}, "reported_by", ["CNN"]),
        ("people-positions", {"person": "Putin"}, "position", ["President"]),
        ("events-timeline", {"since": "2015-10-09"}, "event", ["met", "casualties", "crashed"]),
        ("who-met", {"person": "Jens Stoltenberg"}, "name", ["Ash Carter"]),
        ("who-met", {"person": "Putin"}, "how", ["communicates with"]),
        ("weapons-used", {"weapon": "Kaliber"}, "event", ["fell", "launched", "crashed", "hit"]),
    ],
)
def test_query_saved_parameters_narrow_the_result(store, name, parameters, column_name, values):
    assert column(run_query(store, saved_query(name), parameters), column_name) == values


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("claims", {}, "claims: needs 'topic' (a word or phrase, or an entity such as weapon/kalibr); add -p topic=VALUE"),
        ("claims", {"topic": "("}, "claims: parameter 'topic': '(' is not a word or an IRI"),
        ("claims", {"topik": "x"}, "claims: no parameter 'topik'; did you mean 'topic'?"),
        ("sources", {"x": "y"}, "sources: no parameter 'x'; it has no parameters"),
        (
            "events-timeline",
            {"since": "last week"},
            "events-timeline: parameter 'since': 'last week' is not a date such as 2015-10-07",
        ),
        ("people-positions", {"person": "Nobody"}, "Nobody: nothing in the store is called so; give its label, or its IRI"),
    ],
)
def test_query_saved_parameters_errors(store, name, parameters, message):
    with pytest.raises(QueryError) as caught:
        run_query(store, saved_query(name), parameters)
    assert str(caught.value) == message


def test_query_saved_name_is_suggested():
    with pytest.raises(
        QueryError, match=r"missle-claims: no saved query of this name; did you mean 'missile-claims'\? \(kg query --list\)"
    ):
        saved_query("missle-claims")


def test_query_saved_ones_come_from_own_folders_too(store, tmp_path, monkeypatch):
    (tmp_path / "mine.rq").write_text("# Mine\n# and more\n# @param n number = 1: how many\nSELECT ?n { FILTER (?n > 0) }\n")
    monkeypatch.setenv("KG_QUERIES", str(tmp_path))
    mine = saved_query("mine")
    assert (mine.title, mine.description, mine.path) == ("Mine", "and more", tmp_path / "mine.rq")
    assert column(run_query(store, mine), "n") == ["1"]
    assert column(run_query(store, mine, {"n": "2"}), "n") == ["2"]
    assert "claims" in saved_queries()


def test_query_saved_one_may_be_another_with_other_defaults(store, tmp_path, monkeypatch):
    (tmp_path / "claims.rq").write_text("# Ours\n#\n# @param n number: a number\nSELECT ?n { VALUES ?n { 1 2 } }")
    (tmp_path / "two.rq").write_text("# Two\n# @same-as claims\n# @param n number = 2: a number\n")
    ours, theirs = (
        saved_query("missile-claims").text.partition("SELECT")[2],
        saved_query("claims").text.partition("SELECT")[2],
    )
    assert ours == theirs != ""
    monkeypatch.setenv("KG_QUERIES", str(tmp_path))
    two = saved_query("two")
    assert (two.title, two.path.name) == ("Two", "two.rq")
    assert column(run_query(store, two), "n") == ["2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * {}", "bad.rq:1: no title; begin with a comment that says what the query answers"),
        ("# T\n# @param x\n", "bad.rq:2: not a parameter line; write '# @param name type = default: what it is'"),
        ("# T\n# @param x entty: y\n", "bad.rq:2: type 'entty' is not known; did you mean 'entity'?"),
        ("# T\n# @parm x entity: y\n", "bad.rq:2: '@parm' is not known; write @param, @example or @same-as"),
        ("# T\n# @same-as clams\n", "bad.rq:2: there is no query 'clams' to be the same as; did you mean 'claims'?"),
        ("# T\n# @same-as bad\n", "bad.rq:2: 'bad' has no query of its own either; name the one that has it"),
    ],
)
def test_query_saved_file_errors_name_the_line(tmp_path, monkeypatch, text, message):
    (tmp_path / "bad.rq").write_text(text)
    monkeypatch.setenv("KG_QUERIES", str(tmp_path))
    with pytest.raises(KnowledgeError) as caught:
        saved_queries()
    assert str(caught.value).endswith(message)


def test_query_saved_folder_missing_says_so(monkeypatch):
    monkeypatch.setenv("KG_QUERIES", "/no/such/folder")
    with pytest.raises(KnowledgeError, match=r"/no/such/folder: no such folder; correct \$KG_QUERIES"):
        saved_queries()


# Formats ---------------------------------------------------------------------------------------------------------------

TWO = "SELECT ?claim ?cue ?n { VALUES (?claim ?cue ?n) { (claim:a 'said, \"so\"' 4) (claim:b UNDEF 10) } }"


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        (None, 'claim     cue           n\n─────────────────────────\nclaim:a   said, "so"    4\nclaim:b                10\n'),
        ("csv", f'claim,cue,n\r\n{BASE}claim/a,"said, ""so""",4\r\n{BASE}claim/b,,10\r\n'),
        ("tsv", f'?claim\t?cue\t?n\n<{BASE}claim/a>\t"said, \\"so\\""\t4\n<{BASE}claim/b>\t\t10\n'),
    ],
)
def test_query_solutions_as_text(store, format_, expected):
    assert serialize(run_query(store, TWO), format_, base=BASE) == expected


def test_query_solutions_as_json_and_xml(store):
    result = run_query(store, TWO)
    bindings = json.loads(serialize(result, "json", base=BASE))["results"]["bindings"]
    assert bindings[0]["claim"] == {"type": "uri", "value": f"{BASE}claim/a"}
    assert bindings[0]["n"] == {"type": "literal", "value": "4", "datatype": XSD + "integer"}
    assert "cue" not in bindings[1]
    assert "<literal>said, &quot;so&quot;</literal>" in serialize(result, "xml", base=BASE)


@pytest.mark.parametrize(("format_", "expected"), [(None, "yes\n"), ("csv", "true\n"), ("json", '{"head":{},"boolean":true}')])
def test_query_answer_as_text(store, format_, expected):
    assert serialize(run_query(store, "ASK { ?c kg:cue 'denied' }"), format_, base=BASE) == expected


@pytest.mark.parametrize("format_", GRAPH_FORMATS)
def test_query_triples_in_every_format_parse_back(store, format_):
    result = run_query(store, "CONSTRUCT { ?c kg:cue ?cue } WHERE { ?c kg:cue ?cue }")
    text = serialize(result, format_, base=BASE)
    assert {q.triple for q in parse(text.encode(), format=GRAPH_FORMATS[format_])} == set(result.triples)
    assert serialize(run_query(store, "CONSTRUCT WHERE { ?c kg:cue ?cue }"), format_, base=BASE) == text


def test_query_triples_declare_only_prefixes_they_use(store):
    text = serialize(run_query(store, "CONSTRUCT WHERE { ?c kg:cue 'denied' }"), base=BASE)
    assert [line.split()[1] for line in text.splitlines() if line.startswith("@prefix")] == [
        "claim:",
        "id:",
        "kg:",
        "xsd:",
    ]  # id: begins them all


@pytest.mark.parametrize(
    ("text", "format_", "message"),
    [
        (
            "SELECT * { ?s a kg:Claim }",
            "turtle",
            "format 'turtle' does not fit the result of SELECT; use one of: table, csv, tsv, json, xml",
        ),
        ("ASK { ?s a kg:Claim }", "trig", "format 'trig' does not fit the result of ASK; use one of: table, csv"),
        (
            "DESCRIBE state:RU",
            "csv",
            "format 'csv' does not fit the result of CONSTRUCT or DESCRIBE; use one of: turtle, ntriples",
        ),
    ],
)
def test_query_format_that_does_not_fit_says_which_do(store, text, format_, message):
    with pytest.raises(QueryError) as caught:
        serialize(run_query(store, text), format_, base=BASE)
    assert str(caught.value).startswith(message)


def test_query_table_keeps_markup_and_line_breaks_out(store):
    result = Solutions(("a",), ((Literal("[bold]x[/bold]\n\x1b[31my"),), (None,)))
    assert serialize(result, base=BASE).splitlines()[2] == "[bold]x[/bold]  [31my"


def test_query_table_fits_the_width(store):
    text = serialize(run_query(store, saved_query("claims"), {"topic": "missile"}), base=BASE, width=60)
    assert max(map(len, text.splitlines())) <= 60


def test_query_unordered_solutions_are_sorted_and_csv_is_readable(store):
    result = run_query(store, "SELECT ?cue { ?c kg:cue ?cue }")
    assert column(result, "cue") == CUES
    assert len(list(csv.reader(serialize(result, "csv", base=BASE).splitlines()))) == len(CUES) + 1


def test_query_union_holds_a_triple_of_several_graphs_once(store):
    assert sum(1 for quad in SAMPLE if quad.triple == Quad(iri("state/RU"), kg("makes"), iri("weapon/kalibr")).triple) == 1
    with open_store(None) as twice:
        twice.load(SAMPLE)
        twice.load([Quad(iri("state/RU"), kg("makes"), iri("weapon/kalibr"), iri(f"claim/{name}")) for name in "abc"])
        assert column(run_query(twice, "SELECT (COUNT(*) AS ?n) { ?maker kg:makes ?made }"), "n") == ["1"]
        assert column(run_query(twice, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?maker kg:makes ?made } }"), "n") == ["4"]


def test_query_default_graph_is_the_union_and_graph_tells_who(store):
    text = "SELECT ?who { GRAPH ?claim { ?event a kg:Launch } ?claim kg:source ?who . state:RU kg:iso3166 'RU' }"
    assert column(run_query(store, text), "who") == [f"{BASE}agency/the-example-times"]
    assert isinstance(run_query(store, "DESCRIBE <state/RU>"), Triples)
    assert run_query(store, "ASK { ?x a ?y . FILTER (?y = <" + RDF + "nil>) }") is False


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (f"{BASE}state/RU", "state:RU"),
        (kg("Positive").value, "kg:Positive"),
        ("https://other.example/x", "https://other.example/x"),
        (BASE, BASE),
    ],
)
def test_query_shorten(text, short):
    assert shorten(text, BASE) == short
