"""`kg query`: free and saved questions, formats, errors with their place, pipes."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runs import ROOT, fails, misused, ok, process, run

from kg.saved import saved_queries

pytest_plugins = ["cli_fixtures"]

COUNT = "SELECT (COUNT(*) AS ?documents) { ?d a kg:Document }"


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        ("csv", ["documents", "10"]),
        ("tsv", ["?documents", "10"]),
        ("table", ["documents", "─────────", "       10"]),
    ],
)
def test_query_writes_solutions(store, format_, expected):
    got = ok("query", COUNT, "--format", format_)
    assert [line.rstrip() for line in got.splitlines()] == expected


def test_query_writes_json_and_xml(store):
    (row,) = json.loads(ok("query", COUNT, "--format", "json"))["results"]["bindings"]
    assert row["documents"]["value"] == "10"
    assert ">10</literal>" in ok("query", COUNT, "--format", "xml")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("ASK { ?d a kg:Document }", "yes\n"), ("ASK { ?d a kg:Nothing }", "no\n")],
)
def test_query_answers_yes_or_no(store, asked, expected):
    assert ok("query", asked) == expected


def test_query_constructs_and_describes(store):
    assert "state:RU" in ok("query", "DESCRIBE state:RU")
    lines = ok("query", "CONSTRUCT { ?s a kg:State } WHERE { ?s a kg:State }", "--format", "ntriples").splitlines()
    assert lines == sorted(lines) != []


def test_query_finds_who_says_so_by_graph(store):
    asked = "SELECT DISTINCT ?who { GRAPH ?claim { ?e a kg:Launch } ?claim kg:source ?who }"
    assert "state/RU" in ok("query", asked, "--format", "csv") or "person/" in ok("query", asked, "--format", "csv")


ASKED = {"date": "2015-01-01", "entity": "Russia", "one": "Russia", "other": "CNN"}
"""A value for each parameter that must be given, by its name or else its type."""


@pytest.mark.parametrize("name", saved_queries())
def test_query_answers_each_saved_question_the_same_each_time(store, name):
    needed = [
        f"-p{p.name}={ASKED.get(p.name, ASKED.get(p.type, 'missile'))}"
        for p in saved_queries()[name].parameters
        if p.default is None and not p.is_optional
    ]
    answer = ok("query", "--name", name, *needed, "--format", "csv")
    assert len(list(csv.reader(io.StringIO(answer)))) > 1
    assert ok("query", "--name", name, *needed, "--format", "csv") == answer


def test_query_lists_the_saved_questions_without_a_store(folder):
    listed = ok("query", "--list")
    for name, saved in saved_queries().items():
        assert f"{name:20} {saved.title}\n" in listed


def test_query_reads_a_file_or_standard_input(store, tmp_path):
    (tmp_path / "q.rq").write_text(COUNT)
    expected = ok("query", COUNT, "--format", "csv")
    assert ok("query", "--file", tmp_path / "q.rq", "--format", "csv") == expected
    assert ok("query", "--file", "-", "--format", "csv", input=COUNT) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["SELECT ?x WHERE { ?x a kg:Claim"],
            "query:1:17: '{' is never closed; add '}'\n  SELECT ?x WHERE { ?x a kg:Claim\n                  ^",
        ),
        (["SELECT ?x\nWHERE { ?x kgo:cue ?y }"], "query:2:12: prefix 'kgo:' is not declared; did you mean 'kg'? known: "),
        (["SELEC ?x { ?x a kg:Claim }"], "query:1:1: 'SELEC' does not begin a query; did you mean 'SELECT'?\n"),
        (["DROP ALL"], "query:1:1: DROP changes data, and a query only reads; "),
        (["--name", "claimz"], "claimz: no saved query of this name; did you mean 'claims'? (kg query --list)"),
        (["--name", "claims"], "claims: needs 'topic' ("),
        (["--name", "claims", "-p", "topik=a"], "claims: no parameter 'topik'; did you mean 'topic'?"),
        (["ASK {}", "--format", "xls"], "format 'xls' does not fit the result of ASK; use one of: table, csv, tsv, json, xml"),
        (["ASK {}", "--format", "turtle"], "format 'turtle' does not fit the result of ASK; "),
        (["--file", "nowhere.rq"], "nowhere.rq: cannot be read (No such file or directory); check the path"),
        (
            ["--name", "people-positions", "-p", "person=Vladimir Putn"],
            "Vladimir Putn: nothing in the store is called so; did you mean ",
        ),
    ],
)
def test_query_errors_say_what_and_where(store, arguments, message):
    told = "\n".join(fails("query", *arguments)).removeprefix("kg: ")
    assert told.startswith(message)


def test_query_names_the_file_of_an_error(store, tmp_path):
    (tmp_path / "q.rq").write_text("# mine\nSELECT ?x { ?x a }")
    assert fails("query", "--file", tmp_path / "q.rq")[0].startswith(f"kg: {tmp_path / 'q.rq'}:2:")
    (tmp_path / "q.rq").write_bytes(b"# \xe9\nASK {}")
    assert fails("query", "--file", tmp_path / "q.rq") == [
        f"kg: {tmp_path / 'q.rq'}: not UTF-8 (byte 2); save the query as UTF-8 text"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give one query: SPARQL text, --file F or --name SAVED (kg query --list shows the saved ones)"),
        (["ASK {}", "--name", "claims"], "give one query: SPARQL text, --file F or --name SAVED (kg query --list shows the "
                                         "saved ones)"),
        (["--name", "claims", "-p", "topic"], "-p topic: write it as name=value"),
    ],
)  # fmt: skip
def test_query_wrong_usage(store, arguments, message):
    assert misused("query", *arguments) == message


@pytest.mark.parametrize(
    "command", ["query ASK{}", "stats", "show Putin", "contested", "validate", "render", "export", "remove a"]
)
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", "nowhere: there is no store here; make one with 'kg build INPUT… --store nowhere'"),
        ("a.txt", "a.txt: is a file, not a store; name a folder"),
        ("full", "full: is a folder with other things in it, not a store; name an empty or a new folder"),
    ],
)
def test_no_command_reads_a_store_that_is_none(folder, command, name, message):
    Path("a.txt").touch()
    Path("full").mkdir()
    Path("full/other").touch()
    assert fails(*command.split(), "--store", name) == [f"kg: {message}"]
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "full"]


@pytest.mark.parametrize("command", ["query --list", "query --name sources", "stats", "export", "render", "contested"])
def test_a_closed_pipe_is_no_error(store, command):
    script = f"set -o pipefail; {sys.executable} -m kg.cli {command} | head -c 1 > /dev/null"
    done = subprocess.run(["bash", "-c", script], env=process_environment(store), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def process_environment(store):
    return os.environ | {"PYTHONPATH": str(ROOT), "KG_STORE": str(store)}


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full")
@pytest.mark.parametrize("command", ["query --list", "stats", "export", "render"])
def test_a_full_disk_behind_standard_output_is_one_line(store, command):
    with open("/dev/full", "wb") as full:
        done = process(
            *command.split(), env={"KG_STORE": str(store)}, capture_output=False, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 1
    assert done.stderr.decode() == "kg: standard output: no space left on device; free space or choose another place\n"


@pytest.mark.parametrize("arguments", [["--help"], ["query", "--help"], ["query", "--list"]])
def test_help_loads_nothing_heavy(folder, arguments):
    script = "import sys; from kg.cli import cli; cli(sys.argv[1:], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], env=process_environment("x"), capture_output=True, check=False
    )
    loaded = set(done.stdout.decode().splitlines()[-1].split())
    assert not loaded & {"spacy", "networkx", "rdflib", "pyshacl", "starlette", "uvicorn", "trafilatura", "jinja2"}


def test_wrong_commands_and_options_exit_with_2(folder):
    assert misused("frob").startswith("No such command 'frob'.")
    assert run("--frob").exit_code == 2
    assert process("query").returncode == 2
    assert process("stats").returncode == 1
    assert process("query", "--list").returncode == 0
