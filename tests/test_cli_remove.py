"""`kg remove`: a document goes whole, and nothing else."""

from pathlib import Path

import pytest
from cli_runs import CNN, DENIAL, SHOIGU, fails, misused, nquads, ok, run

pytest_plugins = ["cli_fixtures"]


@pytest.fixture
def three(folder):
    Path("a.txt").write_text(f"---\ntitle: Caspian launch\n---\n{SHOIGU}")
    Path("b.txt").write_text(CNN)
    Path("c.txt").write_text(f"---\ntitle: Caspian denial\n---\n{DENIAL}")
    ok("build", "a.txt", "b.txt", "c.txt")


@pytest.mark.parametrize("name", ["c.txt", "Caspian denial", "denial"])
def test_a_removed_document_was_never_there(three, name):
    ok("build", "a.txt", "b.txt", "--store", "never.db")
    result = run("remove", name)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "removed c.txt\n")
    assert nquads("kg.db") == nquads("never.db")
    ok("build", "c.txt")
    ok("build", "c.txt", "--store", "never.db")
    assert nquads("kg.db") == nquads("never.db")


def test_remove_everything_leaves_nothing(three):
    assert run("remove", "a.txt", "b.txt", "c.txt").stderr == "removed a.txt\nremoved b.txt\nremoved c.txt\n"
    assert nquads("kg.db") == ""


def test_remove_of_an_unknown_or_ambiguous_document_removes_none(three):
    before = nquads("kg.db")
    assert fails("remove", "a.txt", "d.txt")[0].startswith("kg: d.txt: no document of this name in kg.db; did you mean ")
    assert fails("remove", "Caspian") == [
        "kg: Caspian: fits 2 documents: 'a.txt' (Caspian launch); 'c.txt' (Caspian denial); give the id of one"
    ]
    assert nquads("kg.db") == before


def test_remove_wrong_usage(folder):
    assert misused("remove") == "Missing argument 'DOCUMENT…'."
