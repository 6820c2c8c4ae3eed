"""Laws of the store: what was added last is what is there, whatever came before."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from kg.store import open_store
from kg.vocab import BASE, RDF, RDFS, Minter, kg

NAMES = [f"{BASE}document/{letter}" for letter in "abc"]
ENTITIES = [NamedNode(f"{BASE}state/{code}") for code in ("RU", "US", "IR", "SY")]
BACKGROUND = Minter().background
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def reading(iri, text, entities):
    """A document with one claim on `entities`, and what a gazetteer knows of them and of what they are part of."""
    document, claim = NamedNode(iri), NamedNode(iri.replace("document", "claim"))
    quads = [
        Quad(document, NamedNode(RDF + "type"), kg("Document"), document),
        Quad(claim, NamedNode(RDF + "type"), kg("Claim"), document),
        Quad(claim, kg("cue"), Literal(text), claim),
    ]
    for entity in entities:
        quads.append(Quad(claim, kg("about"), entity, document))
        known = ENTITIES[ENTITIES.index(entity) :]
        quads += [Quad(term, NamedNode(RDFS + "label"), Literal(term.value), BACKGROUND) for term in known]
        quads += [Quad(part, kg("partOf"), whole, BACKGROUND) for part, whole in pairwise(known)]
    return quads


steps = st.lists(
    st.tuples(st.sampled_from(NAMES), st.none() | st.tuples(TEXTS, st.sets(st.sampled_from(ENTITIES)))), max_size=8
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_store_holds_exactly_the_last_reading_of_each_document(steps):
    store, last = open_store(None), {}
    for iri, content in steps:
        if content is not None:
            last[iri] = reading(iri, *content)
            store.add(iri, last[iri])
        elif last.pop(iri, None):
            store.remove(iri)
    assert set(store.quads()) == {quad for quads in last.values() for quad in quads}
    union = store.database.quads_for_pattern(None, None, None, DefaultGraph())
    assert {quad.triple for quad in union} == {quad.triple for quad in store.quads()}
