"""`kg backup` and `kg restore`: the dataset in a file and back, whole or not at all."""

import gzip
from pathlib import Path

import pytest
from cli_runs import SAMPLE, fails, nquads, ok, run

from kg.store import open_store

pytest_plugins = ["cli_fixtures"]


@pytest.fixture
def saved(folder):
    """A store of other IRIs than usual, and a backup of it."""
    with open_store("news.db", create=True, base="https://news.example/") as store:
        store.load(SAMPLE)
    assert run("backup", "news.nq.gz", "--store", "news.db").stderr == f"wrote news.nq.gz: {len(SAMPLE)} statements\n"
    return folder / "news.nq.gz"


def test_what_is_restored_is_what_was_saved(saved):
    ok("restore", saved, "--store", "again.db")
    assert nquads("again.db") == nquads("news.db")
    with open_store("again.db") as again, open_store("news.db") as before:
        assert again.base == "https://news.example/"
        assert sorted(map(str, again.database)) == sorted(map(str, before.database))
    ok("backup", "again.nq.gz", "--store", "again.db")
    assert Path("again.nq.gz").read_bytes() == saved.read_bytes()
    assert not list(Path().glob(".*.part"))


def test_other_tools_read_a_backup(saved):
    from rdflib import Dataset

    dataset = Dataset()
    dataset.parse(data=gzip.decompress(saved.read_bytes()).decode(), format="nquads")
    assert len(list(dataset.quads())) == len(SAMPLE)


def test_a_backup_need_not_be_compressed(saved):
    ok("backup", "plain.nq", "--store", "news.db")
    assert Path("plain.nq").read_bytes() == gzip.decompress(saved.read_bytes())
    ok("restore", "plain.nq", "--store", "plain.db")
    assert nquads("plain.db") == nquads("news.db")


def cut(content):
    return content[: len(content) // 2]


def cut_between_lines(content):
    return gzip.compress(b"\n".join(gzip.decompress(content).splitlines()[:-9]) + b"\n")


def flip(content):
    return content[:500] + bytes([content[500] ^ 1]) + content[501:]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (cut, "news.nq.gz: is damaged or cut off ("),
        (cut_between_lines, f"news.nq.gz: holds {len(SAMPLE) - 8} statements, not all that were saved; take another backup"),
        (flip, "news.nq.gz: is "),
        (lambda content: b"hello\n", "news.nq.gz: is not N-Quads ("),
        (lambda content: b"<a:a> <a:b> <a:c> .\n", "news.nq.gz: a statement lies in no graph (<a:a> <a:b> <a:c>)"),
        (
            lambda content: gzip.compress(b"# kg backup, format 9, base <a:b>\n"),
            "news.nq.gz: a backup of format 9, this kg knows 1; install a newer kg",
        ),
    ],
)
def test_what_is_no_whole_backup_makes_no_store(saved, spoil, message):
    saved.write_bytes(spoil(saved.read_bytes()))
    (line,) = fails("restore", "news.nq.gz", "--store", "again.db")
    assert line.startswith(f"kg: {message}")
    assert not list(saved.parent.glob("*again*"))


def test_a_store_is_never_restored_over(saved):
    before = nquads("news.db")
    assert fails("restore", saved, "--store", "news.db") == [
        "kg: news.db: is there already; restore into a new folder, and remove the old one when all is well"
    ]
    assert nquads("news.db") == before


def test_a_backup_that_cannot_be_written_says_so(saved):
    (line,) = fails("backup", "nowhere/x.nq.gz", "--store", "news.db")
    assert line.startswith("kg: nowhere/x.nq.gz: cannot be written (No such file or directory)")
