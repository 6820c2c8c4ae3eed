"""`kg explain`: the parse, and behind each finding its rule."""

import re
from pathlib import Path

import pytest
from cli_runs import fails, misused, ok

from kg.model import Document
from kg.resources import data_path

pytest_plugins = ["cli_fixtures"]

TEXT = (
    "Iran’s foreign ministry ruled out on Monday that four Kalibr missiles had crashed near Takab. “We struck nothing,” said "
    "Sergei Shoigu, the defense minister. Turkey may have supplied drones to Libya."
)


@pytest.fixture(scope="module")
def told(annotator):
    return annotator.explain(Document("text", TEXT))


def part(told, name):
    """Give the lines below a heading."""
    start = next(number for number, line in enumerate(told) if line.startswith(name)) + 1
    end = next((number for number in range(start, len(told)) if re.match(r"[A-Z]{4}", told[number])), len(told))
    return told[start:end]


def after(lines, opening):
    """Give the first line that begins so, and the indented ones below it."""
    start = next(number for number, line in enumerate(lines) if line.strip().startswith(opening))
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith("      ")), len(lines))
    return [line.strip() for line in lines[start:end]]


def test_the_parse_is_a_tree_of_all_words(told):
    tree = part(told, "PARSE")
    words = [line.split()[0] for line in tree if line]
    assert sorted(words) == sorted(re.findall(r"’s|\w+|[“”,.]", TEXT.replace("Iran’s", "Iran ’s")))
    assert [line.split()[:3] for line in tree if line.endswith(" ROOT")] == [
        ["ruled", "rule", "VERB"],
        ["said", "say", "VERB"],
        ["supplied", "supply", "VERB"],
    ]
    depth = {line.split()[0]: len(line) - len(line.lstrip()) for line in tree if line}
    assert depth["ruled"] < depth["ministry"] < depth["Iran"]


def test_mentions_have_entity_and_reason(told):
    mentions = [line.strip() for line in part(told, "MENTIONS")]
    assert "Iran’s foreign ministry: GovernmentBody, agency/iranian-foreign-ministry (gazetteer)" in mentions
    assert "four: Quantity, no entity" in mentions


def test_claims_name_the_row_of_their_cue(told):
    claims = part(told, "CLAIMS")
    denial = after(claims, "1  “Iran’s foreign ministry”")
    assert "source: agency/iranian-foreign-ministry" in denial
    assert "Negative, Certain, within 0" in denial
    assert denial[-1].startswith("by cues.tsv: rule out VERB → Negative, Certain; takes clause")
    assert after(claims, "0  the document itself")[-1] == "by what stands outside of others' claims"


def test_events_and_relations_name_the_row_of_their_trigger(told):
    crash = after(part(told, "EVENTS"), "Crash “crashed”")
    assert {"place: Takab", "by events.tsv: crash VERB → Crash"} <= set(crash)
    supply = after(part(told, "EVENTS"), "Supply")
    assert supply[0].endswith(": Positive, Possible")
    position = after(part(told, "RELATIONS"), "position(Sergei Shoigu")
    assert position[-1] == "by a title of office beside a name"


def test_named_rows_are_rows_of_the_lexicons(told):
    named = {match.groups() for line in told if (match := re.search(r"by (\w+)\.tsv: (.+?) (VERB|NOUN|ADJ|ADV|ADP) →", line))}
    assert len(named) >= 4
    for table, word, pos in named:
        rows = data_path("ontology", "lexicons", f"{table}.tsv").read_text(encoding="utf-8").splitlines()
        assert any(word in row.split("\t")[0].split("|") and pos in row.split("\t")[1].split("|") for row in rows), word


@pytest.mark.parametrize(
    "text",
    ["x", "“”", "Minister: no missiles hit", "\n\n", "The army, according to CNN, left. " * 3, "a b " * 2000],
    ids=["letter", "marks", "label", "blank", "phrase", "long"],
)
def test_any_text_can_be_explained(annotator, text):
    lines = annotator.explain(Document("text", text))
    assert [line.split()[0] for line in lines if re.match(r"[A-Z]{4}", line)] == [
        "PARSE",
        "MENTIONS",
        "CLAIMS",
        "EVENTS",
        "RELATIONS",
    ]
    assert all("\n" not in line for line in lines)


# -- the command -------------------------------------------------------------------------------------------------------


def test_explain_prints_the_same_for_an_argument_and_for_standard_input(folder):
    sentence = "Iran denied that missiles had crashed."
    shown = ok("explain", sentence)
    assert "by cues.tsv: deny VERB → Negative, Certain" in shown
    assert ok("explain", "-", input=sentence) == shown
    assert list(Path().iterdir()) == []


def test_explain_needs_words(folder):
    assert fails("explain", "-", input=" \n") == ["kg: TEXT: empty; give a sentence"]
    assert misused("explain") == "Missing argument 'TEXT'."
