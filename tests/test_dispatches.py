"""Dispatches of several outlets on events of several wars: what they are to each other, in one store.

Unlike the pairs of cases/contradictions.yaml, these are read together, so that what does not belong together can be mixed up.
"""

import json

import pytest
import yaml
from conftest import CASES

from kg.contested import disputes
from kg.derive import derive
from kg.drift import drifts
from kg.graph import to_quads
from kg.knowledge import load_knowledge
from kg.model import Document
from kg.quotes import Quotes, comparisons
from kg.store import open_store

KINDS = {"Contradiction": "contradicts", "Same": "agrees", "Refinement": "agrees", "Update": "updates"}
LEAST = {"contradicts": (0.95, 0.9), "agrees": (0.95, 0.85), "updates": (1.0, 0.0)}
"""Least precision and recall of each verdict."""


def pairs_of(rows):
    return {tuple(sorted(row[:2])) for row in rows}


@pytest.fixture(scope="module")
def expected():
    return yaml.safe_load((CASES.parent / "data" / "dispatches" / "expected.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def store(annotator):
    with open_store(None) as opened:
        for line in (CASES.parent / "data" / "dispatches" / "dispatches.jsonl").read_text(encoding="utf-8").splitlines():
            annotation = annotator.annotate(Document(**json.loads(line)))
            opened.add(annotation.document_iri, to_quads(annotation, load_knowledge(None), opened.base))
        derive(opened)
        yield opened


@pytest.fixture(scope="module")
def found(store):
    """Give the pairs of documents for each verdict."""
    quotes = Quotes(store)
    pairs = {kind: set() for kind in LEAST}
    for item in comparisons(store):
        documents = sorted({quotes.of(claim).document for claim, _ in (item.first, item.second)})
        if len(documents) == 2 and item.verdict in KINDS:
            pairs[KINDS[item.verdict]].add(tuple(documents))
    return pairs


@pytest.mark.parametrize("kind", LEAST)
def test_verdicts_are_precise_and_found(found, expected, kind):
    wanted, open_ = pairs_of(expected[kind]), pairs_of(expected["open"])
    # Two who contradict each other in one thing may agree in another, but not the other way round.
    besides = {pair for other in LEAST for pair in pairs_of(expected[other])} if kind == "agrees" else set()
    right, wrong = found[kind] & wanted, found[kind] - wanted - open_ - besides
    precision, recall = LEAST[kind]
    figures = f"wrong: {sorted(wrong)}; missed: {sorted(wanted - right)}"
    assert not right | wrong or len(right) / len(right | wrong) >= precision, figures
    assert len(right) / len(wanted) >= recall, figures


def test_all_of_one_event_stand_in_one_dispute(store):
    """Sides hold all who say so, by root source; another toll, another raid or another wreck is no side of it."""
    by_documents = {
        frozenset(quote.document for side in dispute.sides for _, quotes in side.sources for quote in quotes): dispute
        for dispute in disputes(store)
    }
    dispute = by_documents[frozenset(("jet-1", "jet-2"))]
    assert [(side.says, side.independent, [root for root, _ in side.sources]) for side in dispute.sides] == [
        ("not so", 1, ["Turkey"]),
        ("so", 1, ["Armenian Defense Ministry"]),
    ]


def test_who_repeats_is_not_counted_twice(store):
    """Of the market in Khartoum three tell, and one denies it."""
    (dispute,) = (
        dispute
        for dispute in disputes(store)
        if any(quote.document == "market-2" for side in dispute.sides for _, quotes in side.sources for quote in quotes)
    )
    told = {side.says: (side.independent, sum(len(quotes) for _, quotes in side.sources)) for side in dispute.sides}
    assert told == {"so": (3, 3), "not so": (1, 1)}


def test_what_was_lost_on_the_way_is_found(store, expected):
    found = {(drift.earlier.document, drift.later.document): list(drift.losses) for drift in drifts(store)}
    assert found == {(earlier, later): losses for earlier, later, losses in expected["drift"]}
