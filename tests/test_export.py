"""The dataset in other tools' formats: what they read back is what the store holds."""

import json
from pathlib import Path

import networkx as nx
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from rdflib import RDF as RDFLIB_RDF
from rdflib import Dataset, Graph, URIRef

from kg.errors import ExportError
from kg.export import FORMATS, export, export_file, flatten, format_for, reified
from kg.network import project
from kg.store import open_store
from kg.vocab import BASE, KG, RDF, kg

SAMPLE = list(parse(path=str(Path(__file__).parent / "cases" / "sample.trig"), format=RdfFormat.TRIG))
OX_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}
STATEMENT = NamedNode(RDF + "Statement")


def iri(path):
    return NamedNode(BASE + path)


@pytest.fixture(scope="module")
def store():
    with open_store(None) as opened:
        opened.load(SAMPLE)
        yield opened


@pytest.mark.parametrize("name", FORMATS)
def test_export_gives_the_same_bytes_whatever_the_order_of_loading(store, name):
    with open_store(None) as reversed_:
        reversed_.load(reversed(SAMPLE))
        assert export(reversed_, name) == export(store, name)


@pytest.mark.parametrize("name", [name for name, known in FORMATS.items() if known.keeps_graphs])
def test_export_with_graphs_loads_back_without_loss(store, name):
    assert set(parse(export(store, name), format=OX_FORMATS[name])) == set(SAMPLE)
    with open_store(None) as again:
        again.load(parse(export(store, name), format=OX_FORMATS[name]))
        assert export(again, "nquads") == export(store, "nquads")


@pytest.mark.parametrize("name", ["turtle", "ntriples", "rdfxml"])
def test_export_without_graphs_holds_the_union_and_ties_statements_to_claims(store, name):
    triples = {quad.triple for quad in parse(export(store, name), format=OX_FORMATS[name])}
    statements = {t.subject for t in triples if t.object == STATEMENT}
    assert {t for t in triples if t.subject not in statements} == {quad.triple for quad in SAMPLE}
    claims = {quad.subject for quad in SAMPLE if quad.object == kg("Claim")}
    stated = {(t.subject, t.object) for t in triples if t.predicate == kg("statedIn")}
    assert len(stated) == sum(1 for quad in SAMPLE if quad.graph_name in claims)


def test_export_turtle_reads_in_rdflib_and_tells_who_says_it(store):
    graph = Graph().parse(data=export(store), format="turtle")
    found = graph.query(f"""
        PREFIX kg: <{KG}>
        SELECT ?label {{ ?s a rdf:Statement ; rdf:subject <{BASE}state/RU> ; rdf:predicate kg:supports ;
          rdf:object <{BASE}person/bashar-al-assad> ; kg:statedIn/kg:source/rdfs:label ?label }}""")
    assert [str(row.label) for row in found] == ["CNN"]
    statements = set(graph.subjects(RDFLIB_RDF.type, RDFLIB_RDF.Statement))
    assert all(isinstance(node, URIRef) and node.startswith(f"{BASE}statement/") for node in statements)


def test_export_trig_reads_in_rdflib(store):
    dataset = Dataset()
    dataset.parse(data=export(store, "trig").decode(), format="trig")
    assert sum(1 for _ in dataset.quads()) == len(SAMPLE)


def test_export_trig_puts_a_document_before_its_claims_in_text_order(store):
    text = export(store, "trig").decode()
    graphs = [line.split()[0] for line in text.splitlines() if line.endswith(" {")]
    assert graphs[:3] == ["<document/carter-a6e13bc9>", "<claim/carter-a6e13bc9/35045dfe>", "<claim/carter-a6e13bc9/eebfc2a1>"]
    assert graphs[-2:] == ["<graph/background>", "<graph/derived>"]
    assert (
        '  <event/carter-a6e13bc9/crash> a kg:Crash , kg:Event ;\n    rdfs:label "fell" ;\n    kg:polarity kg:Positive ;'
        in text
    )


def test_export_nquads_are_sorted_lines(store):
    lines = export(store, "nquads").decode().splitlines()
    assert lines == sorted(f"{quad} ." for quad in SAMPLE)


def test_export_statement_names_depend_on_content_only(store):
    names = {name for name, _, _ in reified(SAMPLE, store)[1]}
    fewer = {name for name, _, _ in reified(SAMPLE[: len(SAMPLE) // 2], store)[1]}
    assert fewer
    assert fewer < names


def test_export_statement_of_two_claims_is_stated_in_both(store):
    other = [Quad(iri("state/RU"), kg("supports"), iri("person/bashar-al-assad"), iri("claim/carter-a6e13bc9/eebfc2a1"))]
    stated = [name for name, _, claims in reified([*SAMPLE, *other], store)[1] for _ in claims]
    assert len(stated) == len(set(stated)) + 1


# The network -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_export_network_reads_back_with_its_attributes(store, tmp_path, name, read):
    path = tmp_path / f"network.{name}"
    path.write_bytes(export(store, name))
    network = read(path)
    assert network.is_directed()
    assert sorted(network.nodes) == sorted(project(store).nodes)
    assert network.number_of_edges() == project(store).number_of_edges()
    assert network.nodes[f"{BASE}weapon/kalibr"]["label"] == "Kalibr"
    assert network.nodes[f"{BASE}weapon/kalibr"]["classes"] == "CruiseMissile; Missile; Weapon; Entity"
    assert {str(data["contested"]).lower() for _, data in network.nodes(data=True)} == {"true", "false"}


def test_export_network_has_no_date_of_writing(store):
    assert b"lastmodifieddate" not in export(store, "gexf")


def test_export_network_may_be_given(store):
    focused = project(store, focus="Putin", hops=1)
    assert export(store, "graphml", network=focused).count(b"<node ") == focused.number_of_nodes() > 0


def test_export_flatten_keeps_only_text_numbers_and_truth_values():
    network = nx.MultiDiGraph()
    evidence = [
        {"source": "CNN", "quote": "a\x00b", "claim": "c1"},
        {"source": "CNN", "quote": "d", "claim": "c2", "title": None},
    ]
    network.add_node("a\x01", label="A\x0b", aliases=["b", "c"], classes=("X", "Y"), time=None, contested=True, mentions=3)
    network.add_edge("a\x01", "b", key="says", evidence=evidence, names={"z", "y"})
    flat = flatten(network)
    assert dict(flat.nodes(data=True)) == {
        "a": {"label": "A", "aliases": "b; c", "classes": "X; Y", "contested": True, "mentions": 3},
        "b": {},
    }
    assert list(flat.edges(keys=True, data=True)) == [
        ("a", "b", "e0", {
            "claims": 2, "sources": "CNN", "quotes": "ab; d", "documents": "", "claim_iris": "c1; c2",
            "names": "y; z", "weight": 2.0,
        })
    ]  # fmt: skip


# Odd content, files, errors --------------------------------------------------------------------------------------------

ODD = [
    Quad(iri("a b".replace(" ", "%20")), kg("cue"), Literal("\x00\x0b<&>\"'\\\n\r\t\u2028\ufffe"), iri("claim/x")),
    Quad(iri("a//b"), kg("cue"), Literal("x", language="en-gb"), iri("claim/x")),
    Quad(iri("../a"), kg("a.b"), iri("a:b"), iri("claim/x")),
    Quad(iri(""), kg("about"), NamedNode("https://ex.example/ü?q=1#f"), iri("claim/x")),
    Quad(iri("n"), kg("count"), Literal("007", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")), iri("claim/x")),
    Quad(
        iri("n"), kg("count"), Literal("many", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")), iri("claim/x")
    ),
    Quad(iri("n"), kg("count"), Literal("1.", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")), iri("claim/x")),
]


@pytest.mark.parametrize("name", ["trig", "nquads"])
def test_export_odd_terms_load_back(name):
    with open_store(None) as store:
        store.load(ODD)
        assert set(parse(export(store, name), format=OX_FORMATS[name])) == set(store.quads())
        assert len(store) == len(ODD)


def test_export_rdfxml_leaves_out_what_xml_cannot_hold():
    with open_store(None) as store:
        store.load(ODD[:1])
        texts = {quad.object.value for quad in parse(export(store, "rdfxml"), format=RdfFormat.RDF_XML)}
    assert texts == {"<&>\"'\\\n\r\t\u2028"}


@pytest.mark.parametrize("name", FORMATS)
def test_export_of_an_empty_store_is_a_valid_file(name, tmp_path):
    with open_store(None) as store:
        written = export(store, name)
    if name == "jsonld":
        assert json.loads(written) == []
    elif name in OX_FORMATS:
        assert list(parse(written, format=OX_FORMATS[name])) == []
    else:
        (tmp_path / "x").write_bytes(written)
        assert len({"graphml": nx.read_graphml, "gexf": nx.read_gexf}[name](tmp_path / "x")) == 0


@pytest.mark.parametrize(
    ("path", "name"), [("a.TTL", "turtle"), ("b/c.nq", "nquads"), ("x.gexf", "gexf"), ("x.txt", None), ("x", None)]
)
def test_export_format_for_a_file_name(path, name):
    assert format_for(path) == name


def test_export_file_takes_the_format_from_the_name(store, tmp_path):
    export_file(store, tmp_path / "news.ttl")
    assert (tmp_path / "news.ttl").read_bytes() == export(store, "turtle")
    assert [path.name for path in tmp_path.iterdir()] == ["news.ttl"]


@pytest.mark.parametrize(
    ("path", "format_", "message"),
    [
        ("news.dat", None, "its name tells no format; add --format, one of: turtle, trig"),
        ("news.ttl", "turtel", "format 'turtel' is not known; did you mean 'turtle'?"),
        ("no/such/folder/news.ttl", None, "cannot be written (No such file or directory); choose another place"),
    ],
)
def test_export_file_errors_say_what_to_do_and_leave_nothing(store, tmp_path, path, format_, message):
    with pytest.raises(ExportError) as caught:
        export_file(store, tmp_path / path, format_)
    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == []
