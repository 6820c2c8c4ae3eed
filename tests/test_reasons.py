"""No merge without a reason: every mention of an entity says why it is that one, through JSON Lines and graph."""

from pathlib import Path

import pytest
import yaml

from kg.graph import to_quads
from kg.knowledge import load_knowledge
from kg.model import Document
from kg.vocab import OA, kg

ROOT = Path(__file__).parent.parent
DISPATCHES = sorted((ROOT / "seeds" / "dispatches").glob("*.txt"))
CASES = [
    row["text"] for name in ("mentions", "claims") for row in yaml.safe_load((ROOT / f"tests/cases/{name}.yaml").read_text())
]


def unexplained(annotation):
    return [mention.text for mention in annotation.mentions if mention.entity is not None and not mention.reason]


@pytest.mark.parametrize("path", DISPATCHES, ids=lambda path: path.stem)
def test_every_entity_of_a_dispatch_has_a_reason(annotator, path):
    annotation = annotator.annotate(Document(path.name, path.read_text(encoding="utf-8").rpartition("---")[2]))
    assert annotation.mentions
    assert unexplained(annotation) == []


def test_every_entity_of_the_tables_has_a_reason(annotator):
    assert [words for text in CASES for words in unexplained(annotator.annotate(Document("case", text)))] == []


def test_what_refers_to_nothing_has_no_reason(annotator):
    annotation = annotator.annotate(Document("a", "Forty people of Mali left on Monday for 20 million dollars."))
    assert {mention.type for mention in annotation.mentions if mention.reason is None} >= {"Time", "Money"}


def test_reasons_stand_in_json_and_graph_with_whole_words_around(annotator):
    text = (
        "Title Without Meaning\n\nIn a long sentence that begins far to the left of its subject the president of Mali said so."
    )
    annotation = annotator.annotate(Document("a", text + " He left.\n\nNothing else."))
    whys = {mention["text"]: mention.get("why") for mention in annotation.to_json()["mentions"]}
    assert whys["Mali"] in ("gazetteer", "name")
    assert whys["He"].startswith("pronoun for ")
    found = {}
    for quad in to_quads(annotation, load_knowledge(None)):
        if quad.predicate in (kg("reason"), kg("refersTo")) or quad.predicate.value.startswith(OA):
            found.setdefault(quad.subject, {})[quad.predicate.value.rpartition("#")[2]] = quad.object.value
    [he] = [mention for mention in found.values() if mention.get("exact") == "He"]
    assert he["suffix"] == " left."
    assert he["prefix"] == "that begins far to the left of its subject the president of Mali said so. "
