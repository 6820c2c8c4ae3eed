"""An ontology of the user's own: what is read from Turtle, what is found in the text, what stands in the graph."""

import json

import pytest
from cli_runs import ROOT

from kg.annotate import Annotator
from kg.errors import KnowledgeError
from kg.graph import to_quads
from kg.knowledge import load_knowledge
from kg.model import Document
from kg.network import project
from kg.schema import Slot, alternatives, load_schema, parse_pattern

ARMS = ROOT / "docs" / "examples" / "arms"
HEAD = """
@prefix : <http://example.org/t#> .
@prefix kg: <https://w3id.org/claimgraph/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ARMY = """
:Soldier a owl:Class ; rdfs:subClassOf kg:Person ; rdfs:label "soldier" .
:Unit a owl:Class ; rdfs:subClassOf kg:ArmedForce ; rdfs:label "unit" ; skos:altLabel "brigade" , "air force" .
:Rank a owl:Class ; rdfs:label "rank" .
:Office a owl:Class ; rdfs:label "office" .
:General a :Rank ; skos:prefLabel "general" .
:Aluf a :Rank ; skos:prefLabel "Aluf" ; kg:ambiguousLabel "general" ; kg:context "Israeli" .
:SecretaryGeneral a :Office ; skos:prefLabel "secretary general" .
:PresidentOf a :Office ; skos:prefLabel "President of {State}" ; skos:altLabel "{State} president" .
:rank a owl:ObjectProperty ; rdfs:label "rank" ; rdfs:domain :Soldier ; rdfs:range :Rank ;
    kg:trigger "promoted to" , "became" ; kg:pattern "{object} {subject}" , "{subject} is {object}" , "{subject}, {object}" .
:servedIn a owl:ObjectProperty ; rdfs:label "served in" ; rdfs:domain :Soldier ; rdfs:range :Unit ;
    rdfs:subPropertyOf kg:memberOf ; owl:inverseOf :hasServed ;
    kg:trigger "(joined|left)" ;
    kg:pattern "{subject} … {object} (officer|test pilot)" , "{subject} served as … in {object}" ,
        "{subject} … {Rank} of {object}" ;
    kg:fallbackPattern "{subject} … {object}" .
:hasServed a owl:ObjectProperty ; rdfs:label "has in its ranks" .
:held a owl:ObjectProperty ; rdfs:label "served as" ; rdfs:domain :Soldier ; rdfs:range :Office ;
    kg:trigger "was made" ; kg:pattern "{object} {subject}" .
:Body a owl:Class ; rdfs:subClassOf kg:Agency ; rdfs:label "body" ; owl:disjointWith :Party .
:Party a owl:Class ; rdfs:subClassOf kg:PoliticalParty ; rdfs:label "party" .
:seat a owl:ObjectProperty ; rdfs:label "sits in" ; rdfs:domain :Soldier ; rdfs:range :Body .
:State a owl:Class ; rdfs:subClassOf kg:State ; rdfs:label "state" .
:Idea a owl:Class ; rdfs:label "idea" .
:Federalism a :Idea ; skos:prefLabel "federalism" ; skos:altLabel "federalist" .
:Vote a owl:Class ; rdfs:label "vote" ; skos:altLabel "general election" .
:holds a owl:ObjectProperty ; rdfs:label "holds" ; rdfs:domain :Party ; rdfs:range :Idea ; kg:holdsOfAims true ;
    kg:trigger "promotes" , "goals of" .
:stoodIn a owl:ObjectProperty ; rdfs:label "stood in" ; rdfs:domain :Soldier ; rdfs:range :Vote .
:ofParty a owl:ObjectProperty ; rdfs:label "of party" ; rdfs:domain :Soldier ; rdfs:range :Party ;
    kg:pattern "{subject} … {object} politician" .
:ledBy a owl:ObjectProperty ; rdfs:label "led by" ; rdfs:domain :State ; rdfs:range :Soldier ;
    kg:pattern "{subject} leader {object}" , "{subject}'s leader is {object}" .
"""


_GENERAL = ("Peter Larsen", "rank", "general")
_HELD = ("Peter Larsen", "held", "President of Peru")
_GREEN = ("Peter Larsen", "ofParty", "Green Party of England and Wales")
_BOTH = {("Anna Berg", "servedIn", "Falcon Brigade"), ("Peter Larsen", "servedIn", "Falcon Brigade")}


@pytest.fixture(scope="module")
def army(tmp_path_factory):
    folder = tmp_path_factory.mktemp("army")
    (folder / "army.ttl").write_text(HEAD + ARMY, encoding="utf-8")
    return Annotator(knowledge=str(folder)), load_knowledge(str(folder))


def ties(annotation):
    """Give (subject, predicate, object) by names; terms by their label."""
    labels = {entity.iri: entity.label for entity in annotation.entities}
    return {
        (annotation.mentions[r.subject].text, r.predicate, labels[annotation.mentions[r.object].entity])
        for r in annotation.relations
        if r.property
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In May Peter Larsen was promoted to general.", {("Peter Larsen", "rank", "general")}),
        ("General Peter Larsen met reporters.", {("Peter Larsen", "rank", "general")}),
        ("Peter Larsen is a retired Danish general.", {("Peter Larsen", "rank", "general")}),
        ("Peter Larsen (born 1950) is an Israeli general.", {("Peter Larsen", "rank", "Aluf")}),
        ("Peter Larsen is the secretary general.", set()),
        ("Peter Larsen was never promoted to general.", set()),
        ("Peter Larsen may have been promoted to general.", set()),
        ("Peter Larsen joined the Falcon Brigade in 2001.", {("Peter Larsen", "servedIn", "Falcon Brigade")}),
        ("Peter Larsen served as a navigator in the Danish Air Force.", {("Peter Larsen", "servedIn", "Danish Air Force")}),
        ("Peter Larsen served as President of Peru.", {("Peter Larsen", "held", "President of Peru")}),
        ("Peter Larsen served as President of Peru from 11 May 2007 to 11 May 2015.", {_HELD}),
        ("Peter Larsen joined the party in 2001.", set()),
        ("Peter Larsen left the Falcon Brigade.", {("Peter Larsen", "servedIn", "Falcon Brigade")}),
        ("Peter Larsen, a Falcon Brigade test pilot, was hurt.", {("Peter Larsen", "servedIn", "Falcon Brigade")}),
        ("Peter Larsen, general of the Falcon Brigade, spoke.", {("Peter Larsen", "servedIn", "Falcon Brigade"), _GENERAL}),
        ("Peter Larsen painted the Falcon Brigade.", {("Peter Larsen", "servedIn", "Falcon Brigade")}),
        ("Peruvian President Peter Larsen spoke.", {("Peter Larsen", "held", "President of Peru")}),
        (
            "After the death of Ivo Lund, Peter Larsen was made President of Peru.",
            {("Peter Larsen", "held", "President of Peru")},
        ),
        ('Peter "Pete" Larsen (born 1950) joined the Falcon Brigade.', {('Peter "Pete" Larsen', "servedIn", "Falcon Brigade")}),
        ("Abdul Karim Kandahar (born 1959) is a general.", {("Abdul Karim Kandahar", "rank", "general")}),
        ("Peter Larsen sits in the Council of Europe.", {("Peter Larsen", "seat", "Council of Europe")}),
        ("Peter Larsen sits in the Green Party.", set()),
        ("Anna Berg and Peter Larsen joined the Falcon Brigade.", _BOTH),
        ("Larsen joined the Falcon Brigade; Peter Larsen left it.", {("Larsen", "servedIn", "Falcon Brigade")}),
        ("Peter Larsen left home to join the Falcon Brigade.", {("Peter Larsen", "servedIn", "Falcon Brigade")}),
        ("Peter Larsen of the Falcon Brigade is a general.", {_GENERAL, ("Peter Larsen", "servedIn", "Falcon Brigade")}),
        ("Kim Min-ho is a general.", {("Kim Min-ho", "rank", "general")}),
        ("The Peruvian leader Peter Larsen spoke.", {("Peruvian", "ledBy", "Peter Larsen")}),
        ("Peru is a republic; its leader is Peter Larsen.", {("its", "ledBy", "Peter Larsen")}),
        ("The Harbour Party seeks to promote federalism.", {("Harbour Party", "holds", "federalism")}),
        ("The Harbour Party was founded to promote federalism.", {("Harbour Party", "holds", "federalism")}),
        ("The Harbour Party never promoted federalism.", set()),
        ("The Harbour Party might promote federalism.", set()),
        ("The Harbour Party is a Danish political party that promotes federalism.", {("Harbour Party", "holds", "federalism")}),
        (
            "Peter Larsen stood in the 1994 Danish general election.",
            {("Peter Larsen", "stoodIn", "1994 Danish general election")},
        ),
        ("Peter Larsen is a Harbour Party politician.", {("Peter Larsen", "ofParty", "Harbour Party")}),
        ("Peter Larsen is a Green Party of England and Wales politician.", {_GREEN}),
        ("Peter of Delft (born 1950) is a general.", {("Peter of Delft", "rank", "general")}),
        ("Peter Larsen was promoted to general in 1994 and Aluf in 1999.", {_GENERAL, ("Peter Larsen", "rank", "Aluf")}),
    ],
)
def test_own_properties_are_found_by_words_grammar_and_class(army, text, expected):
    annotator, _ = army
    assert ties(annotator.annotate(Document("x", text))) == expected


def test_own_properties_stand_under_their_own_iri_with_what_follows_from_them(army):
    annotator, knowledge = army
    annotation = annotator.annotate(Document("x", "Peter Larsen joined the Falcon Brigade."))
    claim = annotation.claims[annotation.relations[0].claim].iri
    stated = {q.predicate.value.rpartition("#")[2] for q in to_quads(annotation, knowledge) if q.graph_name.value == claim}
    assert {"servedIn", "memberOf", "hasServed"} <= stated


def test_every_mention_of_an_entity_says_why(army):
    annotator, _ = army
    text = "General Peter Larsen joined the Falcon Brigade. He served as President of Peru and is an Israeli general."
    mentions = [m for m in annotator.annotate(Document("x", text)).mentions if m.entity is not None]
    assert [m.text for m in mentions if not m.reason] == []
    assert {m.text: m.reason for m in mentions}["President of Peru"] == "term of your ontology"


def test_own_properties_respect_who_denies_them():
    annotator = Annotator(knowledge=str(ARMS))
    first = json.loads((ARMS / "news.jsonl").read_text(encoding="utf-8").splitlines()[0])
    annotation = annotator.annotate(Document(**first))
    found = {
        (annotation.mentions[r.subject].text, annotation.mentions[r.object].text, annotation.claims[r.claim].polarity.value)
        for r in annotation.relations
        if r.predicate == "ordered"
    }
    assert found == {("Poland", "Krab", "Positive"), ("Estonia", "Vexa", "Negative")}
    assert [(a.predicate, a.value) for a in annotation.attributes if a.property] == [("rangeInKilometres", "470")]


def test_own_properties_are_drawn():
    annotator = Annotator(knowledge=str(ARMS))
    rows = (ARMS / "news.jsonl").read_text(encoding="utf-8").splitlines()
    quads = [
        quad for row in rows for quad in to_quads(annotator.annotate(Document(**json.loads(row))), load_knowledge(str(ARMS)))
    ]
    assert "ordered" in {edge["predicate"] for _, _, edge in project(quads).edges(data=True)}


def test_without_an_ontology_nothing_is_added():
    assert "kg_own_relations" not in Annotator().pipe_names


def test_pattern_is_split_into_words_marks_and_slots():
    assert parse_pattern("{object}-made {subject}") == (Slot(("object",)), "-", "made", Slot(("subject",)))
    assert parse_pattern("{subject} was … {object}'s") == (Slot(("subject",)), "be", "…", Slot(("object",)), "'s")


def test_a_phrase_with_choices_stands_for_one_phrase_each():
    assert alternatives("(the|) (army|air force) of {object}") == [
        "the army of {object}",
        "the air force of {object}",
        "army of {object}",
        "air force of {object}",
    ]


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        ("this is no turtle", "not Turtle"),
        (":p a owl:ObjectProperty ; rdfs:range :Nowhere .", "its range Nowhere is declared in no file as owl:Class"),
        (":C a owl:Class ; rdfs:subClassOf kg:Weapn .", "there is no class kg:Weapn; did you mean 'Weapon'?"),
        (':p a owl:ObjectProperty ; kg:pattern "{subject} joined" .', "must have {subject} and {object}, each once"),
        (':p a owl:ObjectProperty ; kg:pattern "{subject} {object} in {Weapn}" .', "there is no class kg:Weapn; did you mean"),
        (f':p a owl:ObjectProperty ; kg:trigger "{"(a|b|c) " * 6}" .', "stands for 729 phrases; give it choices for 1 to 400"),
        (':p a owl:ObjectProperty ; kg:triger "joined" .', "there is no kg:triger for an ontology; did you mean 'trigger'?"),
        (':p kg:trigger "joined" .', "declared as no property; add 'a owl:ObjectProperty'"),
        (':p a owl:ObjectProperty ; kg:trigger "(|)" .', "stands for an empty phrase"),
        (':p a owl:ObjectProperty ; kg:trigger "{x} joined" .', "has a slot; give it as kg:pattern"),
        (':C a owl:Class . :i a :C ; rdfs:label "head of {Stat}" .', "there is no class kg:Stat; did you mean 'State'?"),
    ],
)
def test_errors_name_the_file_and_what_to_do(tmp_path, turtle, message):
    (tmp_path / "bad.ttl").write_text(HEAD + turtle, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_schema(tmp_path)
    assert message in str(caught.value)
    assert "bad.ttl" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("folder", ["arms", "text2kg/military", "text2kg/politics"])
def test_the_examples_load(folder):
    schema = load_schema(ROOT / "docs" / "examples" / folder)
    assert schema is not None
    assert all(own.patterns for own in schema.properties.values())
