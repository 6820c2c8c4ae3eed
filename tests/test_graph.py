"""The contract's graph model: what of an annotation stands in which graph."""

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.annotate import Annotator
from kg.graph import to_quads
from kg.knowledge import load_knowledge
from kg.model import Document
from kg.resources import data_path
from kg.vocab import BASE, DCTERMS, KG, OA, PROV, RDF, RDFS, XSD, kg, lineage

TEXT = """Ministry denies loss of 2 jets

KHARTOUM, Sudan — Two army officers told Reuters on Friday that the RSF had fired three drones at Port Sudan. \
“Nobody was hurt,” General Amin Haddad said. 🛩 The Sudanese army denied that the RSF had shot down a MiG-29.

It is not clear whether the drones hit the naval base."""
DOCUMENT = Document(
    "drones.txt",
    TEXT,
    title="Loss denied",
    published="2023-05-05",
    publisher="AFP",
    url="https://news.example/drones?id=1&x=é",
    metadata={"section": "world"},
)
TYPE, LABEL, EXACT = NamedNode(RDF + "type"), NamedNode(RDFS + "label"), NamedNode(OA + "exact")
OTHER_BASE = "https://data.example/news/"


@pytest.fixture(scope="module")
def annotation(annotator):
    return annotator.annotate(DOCUMENT)


@pytest.fixture(scope="module")
def quads(annotation):
    return list(to_quads(annotation, load_knowledge(None)))


def objects(quads, subject, predicate):
    return {q.object for q in quads if q.subject == subject and q.predicate == predicate}


def of_kind(quads, kind):
    return {q.subject for q in quads if q.predicate == TYPE and q.object == kg(kind)}


def integer(quads, subject, predicate):
    (value,) = objects(quads, subject, NamedNode(predicate))
    assert value.datatype == NamedNode(XSD + "integer")
    return int(value.value)


# -- graphs ------------------------------------------------------------------------------------------------------------


def test_every_graph_is_the_documents_a_claims_or_the_background(annotation, quads):
    allowed = {annotation.document_iri, f"{BASE}graph/background", *(claim.iri for claim in annotation.claims)}
    assert {q.graph_name.value for q in quads} <= allowed


def test_claim_graphs_hold_events_and_relations_only(annotation, quads):
    claims = {claim.iri for claim in annotation.claims}
    events = {NamedNode(event.event) for event in annotation.events}
    ties = {(r.predicate, a.entity) for r in annotation.relations if (a := annotation.mentions[r.subject])}
    ties |= {(a.predicate, annotation.mentions[a.subject].entity) for a in annotation.attributes}
    for quad in quads:
        if quad.graph_name.value in claims:
            tie = (quad.predicate.value.removeprefix(KG), quad.subject.value)
            assert quad.subject in events or tie in ties


def test_nothing_read_is_asserted_outside_its_claim(annotation, quads):
    claims = {claim.iri for claim in annotation.claims}
    stated = {kg(r.predicate) for r in annotation.relations} | {kg(role) for e in annotation.events for role in e.roles}
    outside = {q.predicate for q in quads if q.graph_name.value == annotation.document_iri}
    assert not stated & outside
    events = {NamedNode(event.event) for event in annotation.events}
    assert not [q for q in quads if q.subject in events and q.graph_name.value not in claims]


def test_every_claim_graph_belongs_to_a_claim_of_the_document(annotation, quads):
    described = {q.subject for q in quads if q.graph_name.value == annotation.document_iri}
    for claim in of_kind(quads, "Claim"):
        assert claim in described
        assert objects(quads, claim, NamedNode(PROV + "wasDerivedFrom")) == {NamedNode(annotation.document_iri)}
    assert {claim.value for claim in of_kind(quads, "Claim")} == {claim.iri for claim in annotation.claims}


def test_background_says_only_what_gazetteers_know(annotation, quads):
    background = [q for q in quads if q.graph_name.value == f"{BASE}graph/background"]
    assert background
    local = {e.iri for e in annotation.entities if not e.known} - {q.subject.value for q in background if q.predicate == TYPE}
    assert not {q.subject.value for q in background} & local
    assert Literal("CN") not in {q.object for q in background if q.predicate == kg("iso3166")}, "only of what is used"
    assert objects(background, NamedNode(f"{BASE}state/SD"), kg("iso3166")) == {Literal("SD")}


# -- terms -------------------------------------------------------------------------------------------------------------


def test_no_blank_nodes(quads):
    assert not [q for q in quads for term in (q.subject, q.object, q.graph_name) if isinstance(term, BlankNode)]


def test_all_kg_names_are_declared(quads):
    used = {term.value for q in quads for term in (q.predicate, q.object) if term != TYPE and str(term).startswith(f"<{KG}")}
    declared = {q.subject.value for q in parse(path=str(data_path("ontology", "kg.ttl")), format=RdfFormat.TURTLE)}
    assert used <= declared


def test_finest_class_comes_with_all_above_it(quads):
    kinds = {}
    for quad in quads:
        if quad.predicate == TYPE and quad.object.value.startswith(KG):
            kinds.setdefault(quad.subject, set()).add(quad.object.value.removeprefix(KG))
    assert kinds
    for subject, found in kinds.items():
        for kind in found:
            assert set(lineage(kind)) <= found, subject


def test_every_entity_and_event_in_use_has_a_type_and_a_label(annotation, quads):
    entities = {NamedNode(m.entity) for m in annotation.mentions if m.entity}
    entities |= {NamedNode(event.event) for event in annotation.events}
    entities |= {NamedNode(speaker) for claim in annotation.claims for speaker in claim.speakers}
    for entity in entities:
        assert objects(quads, entity, TYPE), entity
        assert len(objects(quads, entity, LABEL)) == 1, entity


def test_literals_are_typed_by_what_they_hold(annotation, quads):
    document = NamedNode(annotation.document_iri)
    assert objects(quads, document, NamedNode(DCTERMS + "issued")) == {Literal("2023-05-05", datatype=NamedNode(XSD + "date"))}
    assert objects(quads, document, NamedNode(DCTERMS + "title")) == {Literal("Loss denied")}
    assert objects(quads, document, NamedNode(DCTERMS + "publisher")) == {NamedNode(f"{BASE}agency/agence-france-presse")}
    assert objects(quads, document, kg("sha256")) == {Literal(DOCUMENT.sha256)}
    (source,) = objects(quads, document, NamedNode(DCTERMS + "source"))
    assert source == NamedNode("https://news.example/drones?id=1&x=%C3%A9")


# -- claims ------------------------------------------------------------------------------------------------------------


def test_each_claim_has_one_polarity_and_one_certainty(quads):
    for claim in of_kind(quads, "Claim"):
        assert len(objects(quads, claim, kg("polarity"))) == 1
        assert len(objects(quads, claim, kg("certainty"))) == 1
        assert objects(quads, claim, kg("source"))


def test_own_voice_speaks_for_the_publisher(annotation, quads):
    own = [claim for claim in annotation.claims if claim.is_own_voice]
    assert own
    for claim in own:
        assert objects(quads, NamedNode(claim.iri), kg("source")) == {NamedNode(f"{BASE}agency/agence-france-presse")}


def test_own_voice_speaks_for_the_document_without_a_publisher(annotator):
    annotation = annotator.annotate(Document("drones.txt", TEXT))
    quads = list(to_quads(annotation, load_knowledge(None)))
    for claim in annotation.claims:
        if claim.is_own_voice:
            assert objects(quads, NamedNode(claim.iri), kg("source")) == {NamedNode(annotation.document_iri)}


def test_within_names_a_claim_of_the_same_document(annotation, quads):
    claims = of_kind(quads, "Claim")
    nested = [q for q in quads if q.predicate == kg("within")]
    assert nested
    assert {q.object for q in nested} <= claims


def test_cue_and_source_are_as_written(annotation, quads):
    cues = {q.object.value for q in quads if q.predicate == kg("cue")}
    assert {"told", "denied", "said", "is not clear"} <= cues


# -- evidence ----------------------------------------------------------------------------------------------------------


def test_offsets_slice_the_text(quads):
    evidence = of_kind(quads, "Mention") | of_kind(quads, "Claim")
    assert evidence
    for subject in evidence:
        start, end = integer(quads, subject, OA + "start"), integer(quads, subject, OA + "end")
        assert 0 <= start < end <= len(TEXT)
        assert objects(quads, subject, EXACT) == {Literal(TEXT[start:end])}


def test_cue_offsets_slice_the_text(quads):
    for claim in of_kind(quads, "Claim"):
        cue = objects(quads, claim, kg("cue"))
        if cue and " … " not in next(iter(cue)).value:
            start, end = integer(quads, claim, KG + "cueStart"), integer(quads, claim, KG + "cueEnd")
            assert cue == {Literal(TEXT[start:end])}


def test_every_mention_refers_to_one_entity_or_event(quads):
    for mention in of_kind(quads, "Mention"):
        assert len(objects(quads, mention, kg("refersTo"))) == 1


# -- the same again ----------------------------------------------------------------------------------------------------


def test_same_input_gives_the_same_quads(annotator, quads):
    again = to_quads(annotator.annotate(DOCUMENT), load_knowledge(None))
    assert sorted(map(str, again)) == sorted(map(str, quads))


def test_other_id_shares_entities_but_no_claims_or_events(annotator, quads):
    other = list(to_quads(annotator.annotate(Document("copy.txt", TEXT, publisher="AFP")), load_knowledge(None)))
    assert not of_kind(quads, "Claim") & of_kind(other, "Claim")
    assert not of_kind(quads, "Event") & of_kind(other, "Event")
    assert NamedNode(f"{BASE}state/SD") in of_kind(quads, "State") & of_kind(other, "State")


@pytest.mark.slow
def test_other_base_holds_all_data(quads):
    other = list(to_quads(Annotator(base=OTHER_BASE).annotate(DOCUMENT), load_knowledge(None), OTHER_BASE))
    assert not [q for q in other if BASE in str(q)]
    assert sorted(q.predicate.value for q in other) == sorted(q.predicate.value for q in quads)
    of_sudan = {q.predicate for q in other if q.subject == NamedNode(f"{OTHER_BASE}state/SD")}
    assert kg("iso3166") in of_sudan


def test_empty_document_is_only_itself(annotator):
    annotation = annotator.annotate(Document("empty", ""))
    quads = list(to_quads(annotation, load_knowledge(None)))
    assert {(q.subject.value, q.graph_name.value) for q in quads} == {(annotation.document_iri, annotation.document_iri)}
