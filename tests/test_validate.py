"""The rules of the graph model: the sample keeps them all, and each is found when it is broken."""

from importlib import import_module
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from kg.errors import InputError
from kg.export import export_file
from kg.rdf_files import read_quads
from kg.store import open_store
from kg.validate import validate, validate_file
from kg.vocab import BASE, DCTERMS, OA, PROV, RDF, RDFS, XSD, kg

module = import_module("kg.validate")
SAMPLE = list(parse(path=str(Path(__file__).parent / "cases" / "sample.trig"), format=RdfFormat.TRIG))
TYPE, LABEL = NamedNode(RDF + "type"), NamedNode(RDFS + "label")


def iri(path):
    return NamedNode(BASE + path)


DOCUMENT, CLAIM, EVENT = (
    iri("document/denial-4b8d8a78"),
    iri("claim/denial-4b8d8a78/89e15504"),
    iri("event/denial-4b8d8a78/crash"),
)
OTHER = iri("document/carter-a6e13bc9")
MENTION = iri("mention/denial-4b8d8a78/54-61")
BACKGROUND, DERIVED = iri("graph/background"), iri("graph/derived")


def checked(quads):
    with open_store(None) as store:
        store.load(quads)
        return validate(store)


def without(subject, predicate):
    """The sample without these statements."""
    left = [quad for quad in SAMPLE if (quad.subject, quad.predicate) != (subject, predicate)]
    assert len(left) < len(SAMPLE)
    return left


def number(text):
    return Literal(text, datatype=NamedNode(XSD + "integer"))


def plus(*triples, graph=DOCUMENT):
    return [*SAMPLE, *(Quad(*triple, graph) for triple in triples)]


def instead(subject, predicate, value, graph=DOCUMENT):
    return [*without(subject, predicate), Quad(subject, predicate, value, graph)]


def test_validate_sample_conforms():
    report = checked(SAMPLE)
    assert (report.documents, report.quads, report.findings, report.conforms) == (3, len(SAMPLE), (), True)


def test_validate_empty_store_conforms():
    assert checked([]).conforms


COMPARISON = iri("comparison/0")
COMPARED = {
    "verdict": kg("Contradiction"),
    "rule": Literal("polarity"),
    "firstClaim": CLAIM,
    "secondClaim": iri("claim/missiles-72349339/94ba23c9"),
    "firstEvent": EVENT,
    "secondEvent": iri("event/missiles-72349339/crash"),
}


def compared_without(name):
    facts = [(COMPARISON, kg(property_), value) for property_, value in COMPARED.items() if property_ != name]
    return plus((COMPARISON, TYPE, kg("Comparison")), *facts, graph=DERIVED)


BROKEN = {
    "claimSource": (without(CLAIM, kg("source")), CLAIM),
    "claimSourceKind": (plus((CLAIM, kg("source"), iri("person/nobody"))), CLAIM),
    "claimAddressee": (plus((CLAIM, kg("addressee"), iri("person/nobody"))), CLAIM),
    "claimPolarity": (plus((CLAIM, kg("polarity"), kg("Positive"))), CLAIM),
    "claimCertainty": (instead(CLAIM, kg("certainty"), kg("Sure")), CLAIM),
    "tense": (plus((CLAIM, kg("tense"), kg("Sure"))), CLAIM),
    "claimDocument": (without(CLAIM, NamedNode(PROV + "wasDerivedFrom")), CLAIM),
    "claimStart": (instead(CLAIM, NamedNode(OA + "start"), number("900")), CLAIM),
    "claimEnd": (instead(CLAIM, NamedNode(OA + "end"), Literal("70")), CLAIM),
    "claimExact": (without(CLAIM, NamedNode(OA + "exact")), CLAIM),
    "claimCue": (plus((CLAIM, kg("cue"), Literal("said"))), CLAIM),
    "claimCueStart": (instead(CLAIM, kg("cueStart"), number("99")), CLAIM),
    "claimWithin": (plus((CLAIM, kg("within"), EVENT)), CLAIM),
    "claimAbout": (plus((CLAIM, kg("about"), iri("person/nobody"))), CLAIM),
    "claimEvent": (plus((CLAIM, kg("event"), iri("event/none"))), CLAIM),
    "mentionReferent": (without(MENTION, kg("refersTo")), MENTION),
    "mentionStart": (instead(MENTION, NamedNode(OA + "start"), number("-1")), MENTION),
    "mentionEnd": (without(MENTION, NamedNode(OA + "end")), MENTION),
    "mentionExact": (instead(MENTION, NamedNode(OA + "exact"), Literal("")), MENTION),
    "mentionDocument": (instead(MENTION, NamedNode(PROV + "wasDerivedFrom"), EVENT), MENTION),
    "documentIdentifier": (without(DOCUMENT, NamedNode(DCTERMS + "identifier")), DOCUMENT),
    "documentHash": (instead(DOCUMENT, kg("sha256"), Literal("abc")), DOCUMENT),
    "documentTitle": (plus((DOCUMENT, NamedNode(DCTERMS + "title"), Literal("Another"))), DOCUMENT),
    "documentPublisher": (instead(DOCUMENT, NamedNode(DCTERMS + "publisher"), iri("state/RU")), DOCUMENT),
    "documentIssued": (instead(DOCUMENT, NamedNode(DCTERMS + "issued"), Literal("last week")), DOCUMENT),
    "documentSource": (plus((DOCUMENT, NamedNode(DCTERMS + "source"), Literal("a.txt"))), DOCUMENT),
    "Entity": (plus((iri("x/y"), TYPE, kg("Entity")), (iri("x/y"), LABEL, Literal("Y"))), iri("x/y")),
    "entityLabel": (without(iri("person/jens-stoltenberg"), LABEL), iri("person/jens-stoltenberg")),
    "entityOneLabel": (plus((iri("person/jens-stoltenberg"), LABEL, Literal("Stoltenberg"))), iri("person/jens-stoltenberg")),
    "stateCode": (instead(iri("state/RU"), kg("iso3166"), Literal("RUS"), BACKGROUND), iri("state/RU")),
    "groupCardinality": (
        instead(iri("group/missiles-72349339/one-official"), kg("cardinality"), Literal("one")),
        iri("group/missiles-72349339/one-official"),
    ),
    "eventClass": ([quad for quad in SAMPLE if quad.subject != EVENT or quad.object != kg("Crash")], EVENT),
    "eventLabel": (without(EVENT, LABEL), EVENT),
    "eventPolarity": (without(EVENT, kg("polarity")), EVENT),
    "eventCertainty": (without(EVENT, kg("certainty")), EVENT),
    "eventCameo": (plus((EVENT, kg("cameo"), Literal("190")), graph=CLAIM), EVENT),
    "eventTime": (plus((EVENT, kg("time"), Literal("Wednesday")), graph=CLAIM), EVENT),
    "eventOfAll": (plus((EVENT, kg("ofAll"), Literal("yes")), graph=CLAIM), EVENT),
    "eventCount": (plus((EVENT, kg("count"), Literal("four")), graph=CLAIM), EVENT),
    "eventMinCount": (plus((EVENT, kg("minCount"), number("5")), (EVENT, kg("maxCount"), number("4")), graph=CLAIM), EVENT),
    "eventMaxCount": (plus((EVENT, kg("maxCount"), number("-4")), graph=CLAIM), EVENT),
    **{
        f"event{role.title()}": (plus((EVENT, kg(role), iri("person/nobody")), graph=CLAIM), EVENT)
        for role in ("actor", "target", "instrument", "participant", "recipient", "place", "origin", "destination")
    },
    "comparisonVerdict": (compared_without("verdict"), COMPARISON),
    "comparisonRule": (compared_without("rule"), COMPARISON),
    "comparisonFirst": (compared_without("firstClaim"), COMPARISON),
    "comparisonSecond": (compared_without("secondClaim"), COMPARISON),
    "comparisonFirstEvent": (compared_without("firstEvent"), COMPARISON),
    "comparisonSecondEvent": (compared_without("secondEvent"), COMPARISON),
    "graphName": (plus((CLAIM, LABEL, Literal("x")), graph=iri("stray")), iri("stray")),
    "claimGraph": (plus((CLAIM, TYPE, kg("Claim")), graph=OTHER), CLAIM),
    "bareEvent": (plus((EVENT, TYPE, kg("Event"))), EVENT),
    "eventOfClaim": (without(CLAIM, kg("event")), EVENT),
    "eventDescribed": (plus((CLAIM, kg("event"), iri("event/missiles-72349339/crash"))), CLAIM),
    "withinItself": (plus((CLAIM, kg("within"), CLAIM)), CLAIM),
    "withinDocument": (plus((CLAIM, kg("within"), iri("claim/missiles-72349339/94ba23c9"))), CLAIM),
    "derivedClaims": (plus((CLAIM, kg("corroborates"), iri("claim/gone")), graph=DERIVED), CLAIM),
    "derivedBothWays": (plus((CLAIM, kg("corroborates"), iri("claim/missiles-72349339/94ba23c9")), graph=DERIVED), CLAIM),
    "quoteLength": (instead(CLAIM, NamedNode(OA + "exact"), Literal("any missile")), CLAIM),
    "blankNode": (plus((BlankNode("x"), LABEL, Literal("x"))), DOCUMENT),
    "unknownTerm": (plus((EVENT, kg("actr"), iri("state/RU")), graph=CLAIM), kg("actr")),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_validate_finds_what_breaks_the_rule(rule):
    quads, focus = BROKEN[rule]
    found = [(finding.rule, finding.focus) for finding in checked(quads).findings]
    assert (rule, focus.value) in found


def test_validate_every_rule_has_a_case():
    shapes = parse(path=str(module.data_path("ontology", "shapes.ttl")), format=RdfFormat.TURTLE)
    named = {
        triple.subject.value.rpartition("#")[2]
        for triple in shapes
        if triple.predicate.value.endswith("#message") and isinstance(triple.subject, NamedNode)
    }
    assert named | {check[0] for check in module._GRAPH_CHECKS} | {"unknownTerm"} == set(BROKEN)


def test_validate_message_says_problem_and_remedy_with_node_and_value():
    report = checked(BROKEN["claimAbout"][0])
    assert not report.conforms
    assert [finding.to_text(BASE) for finding in report.findings] == [
        "https://fars.example/denial: claim:denial-4b8d8a78/89e15504: "
        "a claim is about what is no kg:Entity; give it its class and a label (here: person:nobody)"
    ]


@pytest.mark.parametrize("rule", ["documentIssued", "entityOneLabel"])
def test_validate_warnings_do_not_fail(rule):
    report = checked(BROKEN[rule][0])
    assert ([finding.severity for finding in report.findings], report.conforms) == (["warning"], True)


def test_validate_in_batches_finds_the_same(monkeypatch):
    quads = [quad for quad in SAMPLE if quad.predicate != kg("certainty")]
    whole = checked(quads).findings
    monkeypatch.setattr(module, "BATCH", 1)
    assert checked(quads).findings == whole
    assert len({finding.focus.rpartition("/")[0] for finding in whole}) > 3


DENIAL = "https://fars.example/denial"


def one(rule):
    """The finding of a rule in a dataset that breaks it."""
    return next(finding for finding in checked(BROKEN[rule][0]).findings if finding.rule == rule)


@pytest.mark.parametrize(
    ("rule", "places"),
    [
        ("claimAbout", {DENIAL}),
        ("mentionStart", {DENIAL}),
        ("eventTime", {DENIAL}),
        ("documentTitle", {DENIAL}),
        ("unknownTerm", {DENIAL}),
        ("claimGraph", {DENIAL, "news/carter.txt"}),
        ("comparisonRule", {DENIAL, "https://times.example/missiles"}),
        ("stateCode", {BACKGROUND.value}),
        ("graphName", {f"{BASE}stray"}),
    ],
)
def test_validate_tells_the_documents_that_a_finding_comes_from(rule, places):
    assert set(one(rule).places) == places


def test_validate_a_document_without_a_path_goes_by_its_id():
    quads = [quad for quad in BROKEN["claimAbout"][0] if quad.predicate != NamedNode(DCTERMS + "source")]
    assert [finding.places for finding in checked(quads).findings] == [("denial",)]


def graph_of(turtle):
    from rdflib import Graph

    return Graph().parse(data=turtle, format="turtle")


def test_the_standard_report_holds_each_finding():
    from rdflib import RDF as RDF_
    from rdflib import SH, URIRef

    report = checked([*BROKEN["claimAbout"][0], *BROKEN["withinItself"][0], *BROKEN["documentIssued"][0]])
    graph = graph_of(report.to_turtle())
    (node,) = graph.subjects(RDF_.type, SH.ValidationReport)
    assert not graph.value(node, SH.conforms).value
    told = {
        (str(graph.value(result, SH.focusNode)), str(graph.value(result, SH.resultMessage)))
        for result in graph.objects(node, SH.result)
    }
    assert told == {(finding.focus, finding.message) for finding in report.findings}
    about = next(graph.subjects(SH.resultPath, URIRef(kg("about").value)))
    assert graph.value(about, SH.sourceConstraintComponent) == SH.ClassConstraintComponent
    assert graph.value(about, SH.resultSeverity) == SH.Violation
    assert str(graph.value(about, SH.value)) == f"{BASE}person/nobody"
    assert str(graph.value(about, URIRef(PROV + "wasDerivedFrom"))) == DOCUMENT.value


def test_the_standard_report_of_what_conforms():
    from rdflib import SH

    graph = graph_of(checked(SAMPLE).to_turtle())
    assert [value.value for value in graph.objects(None, SH.conforms)] == [True]
    assert len(graph) == 2


@pytest.mark.parametrize("extension", ["trig", "nq", "jsonld", "ttl", "nt", "rdf"])
def test_validate_a_file_finds_what_is_wrong_in_it(extension, tmp_path):
    for name, quads in (("good", SAMPLE), ("bad", BROKEN["claimAbout"][0])):
        with open_store(None) as store:
            store.load(quads)
            export_file(store, tmp_path / f"{name}.{extension}")
    good, bad = (validate_file(tmp_path / f"{name}.{extension}") for name in ("good", "bad"))
    assert (good.findings, good.documents, good.has_graphs) == ((), 3, extension in ("trig", "nq", "jsonld"))
    assert [(finding.rule, finding.documents) for finding in bad.findings] == [("claimAbout", (DOCUMENT.value,))]


def test_validate_a_file_finds_statements_in_no_graph(tmp_path):
    file = tmp_path / "loose.nq"
    file.write_text("".join(f"{quad} .\n" for quad in SAMPLE) + f'<{BASE}x> <{RDFS}label> "x" .\n')
    assert [finding.rule for finding in validate_file(file).findings] == ["noGraph"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("bad.ttl", "<a:b> <a:c> <a:d> .\n<a:b> x y .", ":2:7: not Turtle ("),
        ("bad.txt", "x", "its name tells no format of RDF; let it end in .ttl, "),
        ("gone.ttl", None, "cannot be read (No such file"),
        ("bad.nq.gz", "x", "cannot be read (Not a gzipped file"),
    ],
)
def test_validate_a_file_that_is_none_says_so(tmp_path, name, text, message):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as caught:
        validate_file(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}") and message in str(caught.value)


def test_what_lies_in_a_file_is_read_the_same_each_time(tmp_path):
    file = tmp_path / "a.ttl"
    file.write_text("<a> <b> [ <c> _:x ; <d> (1 +2) ] .")
    first, second = (list(read_quads(file)) for _ in range(2))
    assert first == second and len(first) == 7
    assert {quad.object.value for quad in first if isinstance(quad.object, Literal)} == {"1", "+2"}
    assert {quad.subject.value for quad in first if isinstance(quad.subject, NamedNode)} == {file.parent.as_uri() + "/a"}
