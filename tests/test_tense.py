"""When what is told is placed: claims and events, in the annotation and in the graph."""

import pytest

from kg.graph import to_quads
from kg.knowledge import load_knowledge
from kg.model import Document

CLAIMS = {
    "past": ("Officials said the frigate sank off Sokcho.", "Past"),
    "perfect": ("Officials said the frigate has sunk.", "Past"),
    "present": ("The envoy said the valley is quiet.", "Present"),
    "will": ("Seoul said it will deploy two brigades.", "Future"),
    "would, the future of the past": ("Lisbon said that it would send two frigates.", "Future"),
    "would have": ("The colonel said the bridge would have fallen.", "Past"),
    "is to": ("The palace said the king is to visit Amman.", "Future"),
    "plan": ("Oslo plans to send six howitzers.", "Future"),
    "urged": ("Pope Leo urged both sides to release their prisoners.", "Future"),
    "claimed to have": ("The rebels claimed to have shot down a helicopter.", "Past"),
    "may have": ("The minister said the reactor may have been damaged.", "Past"),
    "may": ("The general warned that the dam may burst.", None),
    "a denied noun": ("Moscow denied any involvement in the poisoning.", None),
}

EVENTS = {
    "fired": ("Iran fired two missiles at Erbil.", "Launch", "Past"),
    "will fire": ("Iran will fire two missiles at Erbil.", "Launch", "Future"),
    "plans to fire": ("Iran plans to fire two missiles at Erbil.", "Launch", "Future"),
    "noun that did something": ("A missile strike on Kharkiv killed nine people.", "Strike", "Past"),
}


@pytest.mark.parametrize(("text", "tense"), CLAIMS.values(), ids=CLAIMS.keys())
def test_tense_of_a_claim(annotator, text, tense):
    annotation = annotator.annotate(Document("tense", text))
    (claim,) = (claim for claim in annotation.claims if not claim.is_own_voice)
    assert (claim.tense.value if claim.tense else None) == tense


@pytest.mark.parametrize(("text", "kind", "tense"), EVENTS.values(), ids=EVENTS.keys())
def test_tense_of_an_event(annotator, text, kind, tense):
    annotation = annotator.annotate(Document("tense", text))
    found = {event.tense.value if event.tense else None for event in annotation.events if event.type == kind}
    assert found == {tense}


def test_tense_stands_in_the_json_line_and_in_the_graph(annotator):
    annotation = annotator.annotate(Document("tense", "Oslo said it will fire two missiles at Erbil."))
    claim = next(claim for claim in annotation.to_json()["claims"] if claim["source"])
    assert claim["tense"] == "Future"
    quads = [quad for quad in to_quads(annotation, load_knowledge()) if quad.predicate.value.endswith("#tense")]
    stated = {(quad.subject.value, quad.object.value) for quad in quads}
    assert any(subject == claim["claim"] and value.endswith("#Future") for subject, value in stated)
