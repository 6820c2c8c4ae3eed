"""A part of the claims, the same for queries, pictures, exports and counts; and two such compared."""

import pytest
from pyoxigraph import NamedNode

from kg.derive import derive
from kg.describe import count
from kg.errors import QueryError
from kg.export import export
from kg.graph import to_quads
from kg.knowledge import load_knowledge
from kg.model import Document
from kg.network import project
from kg.perspective import EVERYTHING, Perspective, select, view
from kg.query import run_query
from kg.store import open_store
from kg.validate import validate
from kg.vocab import KG, kg

CLAIMS = "SELECT DISTINCT ?says WHERE { ?c a kg:Claim ; oa:exact ?says ; kg:cue ?cue }"
DOCUMENTS = [
    Document(
        "guardian",
        "CNN reported that two U.S. officials had said that four cruise missiles had crashed in Iran on Wednesday. "
        "Iran denied that four cruise missiles had crashed in Iran on Wednesday. A ship sank in the Caspian Sea.",
        publisher="The Guardian",
        published="2015-10-08",
    ),
    Document(
        "reuters", "Turkey said that Russia may have shelled Idlib on Friday.", publisher="Reuters", published="2015-10-09"
    ),
]


@pytest.fixture(scope="module")
def store(annotator):
    with open_store(None) as opened:
        for document in DOCUMENTS:
            annotation = annotator.annotate(document)
            opened.add(annotation.document_iri, to_quads(annotation, load_knowledge(None), opened.base))
        derive(opened)
        yield opened


def said(store, **options):
    return {row["says"].value for row in run_query(view(store, Perspective(**options)), CLAIMS)}


OFFICIALS = "that two U.S. officials had said that four cruise missiles had crashed in Iran on Wednesday"
CRASH = "that four cruise missiles had crashed in Iran on Wednesday"


def test_a_source_is_heard_with_all_who_speak_through_it(store):
    assert said(store, source="CNN") == {OFFICIALS, CRASH}
    assert said(store, source="agency/cnn") == said(store, source="cnn") == {OFFICIALS, CRASH}
    assert said(store, source="Turkey") == {"that Russia may have shelled Idlib on Friday"}


def test_documents_speak_in_their_own_voice(store):
    assert said(store, voice="document") == set()
    own = select(store, Perspective(voice="document"))
    reported = select(store, Perspective(voice="reported"))
    assert own
    assert not own & reported
    assert own | reported == select(store, EVERYTHING)


def test_what_is_contested_or_unsure_is_left_out(store):
    assert CRASH not in said(store, no_contested=True)
    assert said(store, min_certainty="Certain") == {OFFICIALS, CRASH}
    assert said(store, min_certainty="possible") == {OFFICIALS, CRASH, "that Russia may have shelled Idlib on Friday"}


def test_options_are_combined(store):
    assert said(store, source="CNN", no_contested=True) == {OFFICIALS}


@pytest.mark.parametrize(
    "options",
    [{"source": "CNN"}, {"voice": "document"}, {"voice": "reported"}, {"min_certainty": "Certain"}, {"no_contested": True}],
)
def test_a_view_is_a_part_that_keeps_all_rules(store, options):
    """No quad that the store has not, none about a claim that is not selected, and the shapes and graph rules hold."""
    part = view(store, Perspective(**options))
    assert set(part.quads()) < set(store.quads())
    chosen = select(store, Perspective(**options))
    claims = select(store, EVERYTHING)
    assert {q.subject for q in part.quads() if q.subject in claims} == chosen
    assert {q.object for q in part.quads() if q.object in claims} <= chosen
    assert {q.graph_name for q in part.quads() if q.graph_name in claims} <= chosen
    assert validate(part).findings == ()


def test_nothing_is_named_that_only_others_speak_of(store):
    part = view(store, Perspective(source="Turkey"))
    named = {q.subject.value.removeprefix(store.base) for q in part.quads() if q.predicate.value.endswith("#label")}
    assert {"state/TR", "state/RU"} <= named
    assert "state/IR" not in named
    mentions = {q.object for q in part.quads() if q.predicate == kg("refersTo")}
    assert NamedNode(f"{store.base}state/IR") not in mentions


def test_where_a_chain_is_cut_its_root_is_still_known(store):
    """What the officials say came through CNN, whose own claim is not theirs."""
    part = view(store, Perspective(source="two U.S. officials"))
    chain = (
        "SELECT ?says ?root ?outer { ?c oa:exact ?says ; kg:rootSource/rdfs:label ?root . OPTIONAL { ?c kg:within ?outer } }"
    )
    rows = [(row["says"].value, row["root"].value, row.get("outer")) for row in run_query(part, chain)]
    assert set(rows) == {(CRASH, "CNN", None)}


def test_query_count_picture_and_export_see_the_same(store):
    part = view(store, Perspective(source="CNN"))
    assert dict(count(part))["claims, attributed"] == 2
    claims = {e["claim"] for _, _, items in project(part).edges(data="evidence") for e in items}
    assert claims <= {claim.value for claim in select(store, Perspective(source="CNN"))}
    with open_store(None) as loaded:
        from pyoxigraph import RdfFormat, parse

        loaded.load(parse(export(part, "trig"), format=RdfFormat.TRIG))
        assert set(loaded.quads()) == set(part.quads())


def test_the_whole_is_the_store_itself(store):
    assert view(store, EVERYTHING) is store


def test_a_view_cannot_be_changed(store):
    with pytest.raises(Exception, match="for reading only"):
        view(store, Perspective(source="CNN")).replace_graph(f"{store.base}graph/derived", [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": "CNNN"}, r"CNNN: nothing in the store is called so; did you mean 'CNN'"),
        ({"voice": "documents"}, r"voice: 'documents' is none; did you mean 'document'"),
        ({"min_certainty": "sure"}, r"min_certainty: 'sure' is none"),
    ],
)
def test_what_cannot_be_selected_is_told(store, options, message):
    with pytest.raises(QueryError, match=message):
        view(store, Perspective(**options))


def test_a_contradiction_is_shown_where_both_sides_are(store):
    part = view(store, Perspective(source="CNN"))
    contested = {q.subject.value for q in store.quads(store.minter.derived.value) if q.predicate.value == KG + "contradicts"}
    assert contested
    assert not [q for q in part.quads() if q.predicate.value == KG + "contradicts"]
