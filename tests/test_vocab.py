"""The ontology as `kg.vocab` reads it, and the contract's names in it."""

import re
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse

from kg import vocab
from kg.errors import KnowledgeError
from kg.export import export
from kg.query import run_query
from kg.resources import data_path
from kg.results import serialize
from kg.store import open_store
from kg.validate import validate

GUIDE = (Path(__file__).parents[1] / "docs" / "ontology.md").read_text(encoding="utf-8")
CONTRACT_CLASSES = {
    "Entity": "Person State Agency Weapon Place Group",
    "Agency": "GovernmentBody ArmedForce ArmedGroup InternationalOrganisation MediaOutlet PoliticalParty Company",
    "Weapon": "Missile Munition Firearm Artillery UnconventionalWeapon Platform",
    "Platform": "Aircraft Ship GroundVehicle",
    "Event": "Launch Attack Hit Crash Incursion Movement Meeting Communication Casualties Agreement Supply Sanction Arrest",
}
CONTRACT_PROPERTIES = """
    iso3166 leads worksFor position memberOf partOf nationality locatedIn alliedWith supports opposes fights operates makes
    supplies communicatesWith warns sameAs actor target instrument participant recipient place origin destination time timeText
    count minCount maxCount source addressee cue polarity certainty within about event contradicts corroborates refersTo sha256
    statedIn cameo
"""
VALUES = {
    "Polarity": {"Positive", "Negative", "UnknownPolarity"},
    "Certainty": {"Certain", "Probable", "Possible", "UnknownCertainty"},
    "Tense": {"Past", "Present", "Future"},
}


@pytest.fixture(scope="module")
def ontology():
    return list(parse(path=str(data_path("ontology", "kg.ttl")), format=RdfFormat.TURTLE))


def subjects(ontology, predicate, value):
    return {t.subject.value for t in ontology if t.predicate.value == predicate and t.object == NamedNode(value)}


@pytest.mark.parametrize(("parent", "children"), CONTRACT_CLASSES.items())
def test_vocab_classes_of_the_contract_stand_below_their_parent(parent, children):
    assert [name for name in children.split() if vocab.classes()[name].parents != (parent,)] == []


def test_vocab_claim_document_and_mention_are_classes():
    assert {"Claim", "Document", "Mention"} <= set(vocab.classes())


def test_vocab_properties_of_the_contract_are_declared(ontology):
    kinds = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    declared = set().union(*(subjects(ontology, vocab.RDF + "type", vocab.OWL + kind) for kind in kinds))
    assert [name for name in CONTRACT_PROPERTIES.split() if vocab.KG + name not in declared] == []


@pytest.mark.parametrize(("class_", "names"), VALUES.items())
def test_vocab_polarity_and_certainty_have_exactly_their_values(ontology, class_, names):
    assert subjects(ontology, vocab.RDF + "type", vocab.KG + class_) == {vocab.KG + name for name in names}


def test_vocab_every_term_has_one_label_and_one_comment(ontology):
    terms = {t.subject.value for t in ontology if t.subject.value.startswith(vocab.KG)}
    for predicate in ("label", "comment"):
        described = [t.subject.value for t in ontology if t.predicate.value == vocab.RDFS + predicate]
        assert sorted(described) == sorted(terms), predicate


def test_vocab_every_kg_term_used_is_declared(ontology):
    used = {term.value for t in ontology for term in (t.predicate, t.object) if term.value.startswith(vocab.KG)}
    assert used - {t.subject.value for t in ontology} == set()


def test_vocab_ontology_has_no_blank_nodes(ontology):
    assert [t for t in ontology if isinstance(t.subject, BlankNode) or isinstance(t.object, BlankNode)] == []


def test_vocab_every_class_is_an_entity_an_event_or_a_record():
    roots = {vocab.lineage(name)[-1] for name in vocab.classes()}
    assert roots == {
        "Entity",
        "Event",
        "Claim",
        "Document",
        "Mention",
        "Comparison",
        "Polarity",
        "Certainty",
        "Tense",
        "Verdict",
    }


def test_vocab_cameo_codes_are_root_codes_of_events():
    coded = {name: item.cameo for name, item in vocab.classes().items() if item.cameo}
    assert all(vocab.is_a(name, "Event") for name in coded)
    assert set(coded.values()) <= {f"{code:02}" for code in range(1, 21)}


def test_vocab_lineage_is_finest_first():
    assert vocab.lineage("Airstrike") == ("Airstrike", "Strike", "Attack", "Event")


def test_vocab_lineage_of_unknown_class_says_where_to_add_it():
    with pytest.raises(KnowledgeError, match=r"Misile: not a class of ontology/kg.ttl; add it there"):
        vocab.lineage("Misile")


# docs/ontology.md ------------------------------------------------------------------------------------------------------


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture(scope="module")
def example():
    with open_store(None) as store:
        store.load(parse(blocks("trig")[0], format=RdfFormat.TRIG))
        yield store


def test_vocab_guide_names_every_class_and_property(ontology):
    named = set(re.findall(r"kg:(\w+)", GUIDE))
    missing = {name for name in vocab.classes() if name not in named}
    assert missing == {"Polarity", "Certainty", "Tense", "Verdict"}
    assert [name for name in CONTRACT_PROPERTIES.split() if name not in named and name not in ("refersTo", "iso3166")] == []
    terms = {term.subject.value.removeprefix(vocab.KG) for term in ontology}
    assert named <= terms


def test_vocab_guide_example_is_what_an_export_prints_and_keeps_the_rules(example):
    assert export(example, "trig").decode() == blocks("trig")[0]
    assert validate(example).findings == ()
    assert blocks("turtle")[0] in export(example, "turtle").decode()


@pytest.mark.parametrize(("query", "answer"), list(zip(blocks("sparql"), blocks("text"), strict=True)))
def test_vocab_guide_queries_answer_what_it_says(example, query, answer):
    assert serialize(run_query(example, query), base=example.base) == answer


def test_vocab_guide_example_quotes_its_sentence(example):
    sentence = next(line.removeprefix("> ") for line in GUIDE.splitlines() if line.startswith("> "))
    rows = run_query(example, "SELECT ?start ?end ?exact { ?x oa:start ?start ; oa:end ?end ; oa:exact ?exact }")
    assert len(rows) == 4
    assert all(sentence[int(r["start"].value) : int(r["end"].value)] == r["exact"].value for r in rows)
