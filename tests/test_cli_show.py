"""`kg show`, `kg stats`, `kg contested`, `kg validate`: short accounts for people."""

import json
import re
from pathlib import Path

import pytest
from cli_runs import SHOIGU, fails, ok, process, run

from kg.store import open_store
from kg.vocab import BASE

pytest_plugins = ["cli_fixtures"]


@pytest.mark.parametrize("name", ["Putin", "putin", "Vladimir Putin", "person/vladimir-putin", f"{BASE}person/vladimir-putin"])
def test_show_finds_one_entity_by_any_of_its_names(store, name):
    shown = ok("show", name).splitlines()
    assert shown[:2] == ["Vladimir Putin  (Person, Entity)", f"{BASE}person/vladimir-putin"]
    assert any(line.startswith("same as: http://www.wikidata.org/entity/Q") for line in shown)
    assert "claims by it and about it:" in shown


def test_show_why_gives_place_reason_and_context_of_each_mention(folder):
    Path("a.txt").write_text(f"{SHOIGU} Shoigu added that he was sure.\n\nTurkey denied this.")
    ok("build", "a.txt")
    shown = ok("show", "Sergei Shoigu", "--why").splitlines()[2:]
    assert shown[:2] == ["a.txt", "  25–38         Sergei Shoigu: gazetteer"]
    assert shown[3] == "  122–128       Shoigu: part of the full name in this document"
    assert shown[4].startswith(f"{'':16}… on Wednesday that four ships launched 26 cruise missiles")
    assert shown[4].endswith("targets in Syria. [Shoigu] added that he was sure. …")
    assert shown[5] == "  140–142       he: pronoun for 'Shoigu'"


@pytest.mark.parametrize("name", ["Russia", "Kalibr", "CNN"])
def test_show_why_explains_what_show_shows(store, name):
    lines = ok("show", name, "--why").splitlines()
    assert len(lines) > 4
    assert ok("show", name).splitlines()[:2] == lines[:2]


def test_show_why_of_what_no_text_mentions(folder):
    Path("a.txt").write_text(SHOIGU)
    ok("build", "a.txt")
    result = run("show", "missile", "--why")
    assert result.exit_code == 0
    assert result.stderr.startswith("no text in this store mentions it")


def test_show_of_an_unknown_name_offers_a_near_one(store):
    assert fails("show", "Vladimir Putinn") == [
        "kg: Vladimir Putinn: nothing in the store is called so; did you mean 'Vladimir Putin'?"
    ]


def test_stats_counts_what_is_there(store):
    rows = [(line[:36].rstrip(), int(line[36:].replace(",", ""))) for line in ok("stats").splitlines()]
    assert dict(rows)["documents"] == 10
    with open_store(store, read_only=True) as opened:
        assert dict(rows)["statements"] == len(opened)
    names = [name for name, _ in rows]
    entities, events, mentions = (names.index(name) for name in ("entities", "events", "mentions"))
    assert rows[entities][1] == sum(number for _, number in rows[entities + 1 : events])
    assert rows[events][1] == sum(number for _, number in rows[events + 1 : mentions])


def test_contested_shows_all_sides(store):
    text = ok("contested")
    assert re.match(r"1\. \S.*: .+  \[.+\]\n", text)
    heads = re.findall(r"^   (\S.*): (\d+) independent sources?$", text, re.MULTILINE)
    assert len(heads) >= 2
    assert "CNN" in text
    told = json.loads(ok("contested", "--format", "json"))
    assert [len(dispute["sides"]) >= 2 for dispute in told] == [True] * len(told)
    assert sum(len(dispute["sides"]) for dispute in told) == len(heads)
    quote = told[0]["sides"][0]["sources"][0]["quotes"][0]
    assert {"source", "certainty", "words", "document", "date"} <= quote.keys()


def test_compare_and_drift_print_quotes_and_json(store):
    text = ok("compare", "CNN", "Fars News Agency")
    assert re.search(r"^They contradict each other: [1-9]", text)
    assert re.search(r"^Only CNN says: [1-9]", text, re.MULTILINE)
    told = json.loads(ok("compare", "CNN", "Fars News Agency", "--format", "json"))
    assert told.keys() == {"a", "b", "onlyA", "onlyB", "both", "contradict"}
    assert isinstance(json.loads(ok("drift", "--format", "json")), list)
    assert fails("compare", "CNN", "Nobody here")[0].startswith("kg: Nobody here: nothing in the store is called so")


def test_verify_tells_and_fails_if_a_source_was_edited(folder):
    Path("a.txt").write_text(SHOIGU)
    ok("build", "a.txt")
    result = run("verify")
    assert (result.exit_code, result.stdout) == (0, "")
    Path("a.txt").write_text(f"Update. {SHOIGU.replace('26', '30')}")
    result = run("verify")
    assert result.exit_code == 1
    assert "moved to" in result.stdout
    assert "gone" in result.stdout
    Path("a.txt").unlink()
    assert run("verify").exit_code == 1


def test_contested_of_a_harmonious_store(folder):
    Path("a.txt").write_text(SHOIGU)
    ok("build", "a.txt")
    result = run("contested")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "no claims in this store contradict each other\n"


def test_validate_finds_nothing_in_what_build_made(store):
    result = run("validate")
    assert (result.exit_code, result.stdout) == (0, ""), result.stdout
    assert result.stderr.startswith("checked 10 documents, ")


def test_validate_tells_what_is_wrong_and_exits_with_1(folder):
    from pyoxigraph import NamedNode, Quad

    Path("a.txt").write_text(SHOIGU)
    ok("build", "a.txt")
    with open_store("kg.db") as opened:
        loose, mine = NamedNode(f"{BASE}loose"), NamedNode(f"{BASE}graph/mine")
        opened.load(Quad(NamedNode(f"{BASE}state/RU"), NamedNode(f"{BASE}x"), loose, graph) for graph in (loose, mine))
    result = run("validate")
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    assert line.startswith("id:loose: id:loose: a graph of this name is neither a document nor a claim of one; ")
    assert process("validate", cwd=folder).returncode == 1


def test_validate_reads_a_file_and_writes_the_standard_report(folder):
    Path("a.txt").write_text(SHOIGU)
    ok("build", "a.txt")
    ok("export", "--out", "news.ttl")
    result = run("validate", "news.ttl")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith(": 0 findings; the file has no graphs, so rules on graphs were left out\n")
    ok("export", "--out", "news.trig")
    text = Path("news.trig").read_text()
    Path("bad.trig").write_text(text.replace("kg:certainty kg:Certain", "kg:certainty kg:Sure"))
    result = run("validate", "bad.trig")
    assert result.exit_code == 1
    assert {line.partition(": ")[0] for line in result.stdout.splitlines()} == {"a.txt"}
    report = run("validate", "bad.trig", "--format", "turtle")
    assert (report.exit_code, report.stdout.count("a sh:ValidationResult")) == (1, len(result.stdout.splitlines()))


@pytest.mark.parametrize("options", [("--source", "CNN"), ("--voice", "document"), ("--no-contested",)])
def test_options_select_the_same_claims_in_all_commands(store, options, tmp_path):
    """Counted, asked (here and in a process of its own) and exported: as many claims, and fewer than there are."""
    tally = dict(re.findall(r"^(claims, \S+).*?([\d,]+)$", ok("stats", *options), re.MULTILINE))
    counted = sum(int(number.replace(",", "")) for number in tally.values())
    asked = ["query", "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?c a kg:Claim }", "--format", "csv"]
    whole, here, apart = (ok(*asked, *more).split()[1] for more in ((), options, (*options, "--timeout", "60")))
    exported = ok("export", "--format", "nquads", *options).count("#type> <https://w3id.org/claimgraph/ontology#Claim>")
    assert int(whole) > counted == int(here) == int(apart) == exported
    ok("render", *options, "--out", tmp_path / "part.html")
    assert (tmp_path / "part.html").stat().st_size > 0
