"""`kg annotate`: JSON Lines out, whatever comes in."""

import json
from pathlib import Path

from cli_runs import CNN, SHOIGU, fails, misused, ok, run

pytest_plugins = ["cli_fixtures"]


def test_annotate_prints_one_object_a_document_with_offsets_into_its_text(folder):
    texts = {"a": SHOIGU, "7": f"  {CNN}\r\n\r\nIran’s “denial” followed.\n"}
    Path("news.jsonl").write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items()))
    found = {line["id"]: line for line in map(json.loads, ok("annotate", "news.jsonl").splitlines())}
    assert list(found) == list(texts)
    for name, annotation in found.items():
        for mention in annotation["mentions"]:
            assert texts[name][mention["start"] : mention["end"]] == mention["text"]
        for relation in annotation["relations"]:
            assert {relation["subject"], relation["object"]} <= set(range(len(annotation["mentions"])))
        for event in annotation["events"]:
            assert event["claim"] < len(annotation["claims"])
    cues = [texts["a"][begin:end] for claim in found["a"]["claims"] for begin, end in claim["cue"]]
    assert cues == ["said"]


def test_annotate_makes_no_store_and_needs_none(folder):
    assert json.loads(ok("annotate", "-", input=SHOIGU))["id"].startswith("text-")
    assert list(folder.iterdir()) == []


def test_annotate_reports_bad_input_and_goes_on(folder):
    Path("a.jsonl").write_text('{"id": \n' + json.dumps({"id": "b", "text": CNN}) + "\n")
    Path("empty.txt").touch()
    result = run("annotate", "empty.txt", "a.jsonl", "nowhere.txt")
    assert result.exit_code == 0
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["b"]
    assert [line.partition(" ")[2].partition(": ")[0] for line in result.stderr.splitlines()] == [
        "empty.txt",
        "a.jsonl:1",
        "nowhere.txt",
    ]


def test_annotate_with_nothing_to_read_fails(folder):
    Path("empty.txt").touch()
    assert fails("annotate", "empty.txt") == [
        "kg: empty.txt: empty; give a file with text",
        "kg: empty.txt: nothing could be read; see the lines above",
    ]
    assert misused("annotate") == "Missing argument 'INPUT…'."
