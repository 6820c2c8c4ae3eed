"""`kg shell`: keys go in, answers come out."""

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from kg.shell import Words, is_complete, shell
from kg.store import open_store


def test_a_session(news, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    keys = [
        "SELECT ?cue {\n?c kg:cue ?cue\nFILTER (?cue = 'denied') }\n",
        "SELECT ?x { ?x a nope:y }\n",
        ".ask claims topic=casualties\n",
        ".format csv\n",
        "ASK {}\n",
        ".formt csv\n",
        "SELECT (COUNT(*) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }\n",
        "ASK { ?s ?p 'nothing of this kind' };\n",
        ".quit\n",
    ]
    with create_pipe_input() as pipe:
        pipe.send_text("".join(keys).replace("\n", "\r"))
        shell(str(news), timeout=2, input=pipe, output=DummyOutput())
    told = capsys.readouterr().out
    assert "denied\n(3 lines, " in told
    assert "query:1:18: prefix 'nope:' is not declared; " in told
    assert "Ash Carter" in told
    assert "true\n(1 lines, " in told
    assert ".formt: no such command; did you mean '.format'?" in told
    assert "query: took longer than 2 s; ask for less, or give it more time with --timeout\nfalse\n" in told
    assert "nothing of this kind" in (tmp_path / "kg" / "history").read_text()


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("SELECT ?x {", False),
        ("SELECT ?x { }", True),
        ("SELECT ?x", False),
        ("SELECT (COUNT(?x", False),
        ("SELECT * { ?s ?p '}' ", False),
        ("DESCRIBE state:RU", True),
        ("ASK {} ;", True),
        ("SELECT ?x { ?x kg:cue ?y ;", False),
        (".help", True),
        ("", True),
    ],
)
def test_what_can_be_asked_as_it_stands(text, complete):
    assert is_complete(text) is complete


@pytest.mark.parametrize(
    ("before", "completed"),
    [
        ("SEL", "SELECT"),
        ("SELECT ?x { ?x kg:cu", "kg:cue"),
        ("SELECT ?x { ?x a kg:Pers", "kg:Person"),
        ("SELECT ?claim { ?cl", "?claim"),
        ("SELECT * { ?c kg:source putin", "person:vladimir-putin"),
        ("SELECT * { ?c kg:source Vlad", "person:vladimir-putin"),
        ("pro", "prov:"),
        (".fo", ".format"),
        (".ask mis", "missile-claims"),
        (".ask claims to", "topic="),
        (".format tu", "turtle"),
    ],
)
def test_completion(news, before, completed):
    with open_store(news, read_only=True) as store:
        found = [item.text for item in Words(store).get_completions(Document(before), CompleteEvent())]
    assert completed in found[:12]
