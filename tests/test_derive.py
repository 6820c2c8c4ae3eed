"""Contradictions and corroborations, from text to the derived graph, through a store in memory."""

import pytest
from pyoxigraph import NamedNode

from kg.derive import Telling, derive, relate
from kg.graph import to_quads
from kg.knowledge import load_knowledge
from kg.model import Document
from kg.store import open_store
from kg.vocab import KG, kg

KEYS = {"id", "documents", "verdict", "trap", "xfail"}
VERDICTS = {
    "contradicts": lambda found: "contradicts" in found,
    "corroborates": lambda found: "corroborates" in found and "contradicts" not in found,
    "neither": lambda found: not found & {"contradicts", "corroborates"},
    "not contradicts": lambda found: "contradicts" not in found,
}


def documents_of(case):
    for number, row in enumerate(case["documents"]):
        publisher, published, text = row if isinstance(row, list) else (None, None, row)
        yield Document(f"document {number}", text, publisher=publisher, published=published)


@pytest.fixture
def store():
    with open_store(None) as opened:
        yield opened


def fill(store, annotator, documents):
    for document in documents:
        annotation = annotator.annotate(document)
        store.add(annotation.document_iri, to_quads(annotation, load_knowledge(None), store.base))
    derive(store)


def derived(store):
    return sorted(store.quads(store.minter.derived.value), key=str)


def exact(store, claim):
    """Give what a claim says, as written."""
    quads = store.database.quads_for_pattern(NamedNode(claim), None, None)
    return next(q.object.value for q in quads if q.predicate.value.endswith("#exact"))


@pytest.mark.cases("contradictions")
def test_verdict(store, annotator, case):
    assert set(case) <= KEYS, "misspelt key"
    fill(store, annotator, documents_of(case))
    found = {quad.predicate.value.removeprefix(KG) for quad in derived(store)}
    assert VERDICTS[case["verdict"]](found), sorted(found)


ON_THE_SU24 = [
    Document("tass", "Russia said that Turkey had shot down a Su-24 over Syria.", publisher="TASS", published="2015-11-24"),
    Document("ankara", "Turkey said that it had shot down a Su-24 over Syria.", publisher="Anadolu", published="2015-11-24"),
    Document("fars", "Iran denied that Turkey had shot down a Su-24 over Syria.", publisher="Fars", published="2015-11-24"),
]


def test_derived_statements_go_both_ways(store, annotator):
    fill(store, annotator, ON_THE_SU24)
    triples = {(q.subject, q.predicate, q.object) for q in derived(store)}
    assert {predicate for _, predicate, _ in triples} == {kg("contradicts"), kg("corroborates"), kg("sameEvent")}
    assert triples == {(o, p, s) for s, p, o in triples}
    assert not [s for s, _, o in triples if s == o]


def test_contradiction_ties_the_claims_that_clash(store, annotator):
    fill(store, annotator, ON_THE_SU24[1:])
    clashing = {exact(store, q.subject.value) for q in derived(store) if q.predicate == kg("contradicts")}
    assert clashing == {"that it had shot down a Su-24 over Syria", "that Turkey had shot down a Su-24 over Syria"}


def test_derive_twice_changes_nothing(store, annotator):
    fill(store, annotator, ON_THE_SU24)
    before = derived(store)
    assert derive(store) == len(before)
    assert derived(store) == before


def test_order_of_documents_does_not_matter(annotator):
    found = []
    for documents in (ON_THE_SU24, ON_THE_SU24[::-1]):
        with open_store(None) as store:
            fill(store, annotator, documents)
            found.append([str(quad) for quad in derived(store)])
    assert found[0] == found[1]


def test_removed_document_contradicts_nobody(store, annotator):
    fill(store, annotator, ON_THE_SU24)
    store.remove(annotator.annotate(ON_THE_SU24[2]).document_iri)
    derive(store)
    assert {q.predicate for q in derived(store)} == {kg("corroborates"), kg("sameEvent")}


def test_nothing_is_derived_from_one_voice(store, annotator):
    fill(store, annotator, ON_THE_SU24[:1])
    assert derived(store) == []


def test_derive_compares_a_frequent_kind_of_event_day_by_day():
    """Many tellings of strikes by one state: those of one day are still compared, those of far days are not."""

    def telling(number, day, place, polarity="Positive"):
        iri = f"https://example.org/{number}"
        roles = {"actor": {"state/A"}, "place": {place}}
        return Telling(
            f"{iri}/event", f"{iri}/claim", iri, "Attack", polarity, "Certain", roles, issued=day, sources=frozenset((iri,))
        )

    days = [f"2020-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    crowd = [telling(number, day, "place/x") for number, day in enumerate(days * 2)]
    pair = [telling("x", "2020-06-07", "place/x"), telling("y", "2020-06-08", "place/x", "Negative")]
    found = {(t.subject.value, t.predicate.value.rpartition("#")[2]) for t in relate([*crowd, *pair])}
    assert ("https://example.org/x/claim", "contradicts") in found
    assert ("https://example.org/0/claim", "contradicts") not in found
