"""`kg export`: formats, files, errors, the same bytes each time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runs import CNN, DENIAL, ROOT, SHOIGU, fails, misused, ok, run

from kg.export import FORMATS
from kg.store import open_store

pytest_plugins = ["cli_fixtures"]


@pytest.mark.parametrize("format_", FORMATS)
def test_export_writes_each_format_to_a_file_and_to_standard_output(store, tmp_path, format_):
    out = tmp_path / f"news{FORMATS[format_].extension}"
    result = run("export", "--out", out)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"wrote {out}\n")
    assert ok("export", "--format", format_) == out.read_text(encoding="utf-8") != ""


@pytest.mark.parametrize("format_", ["trig", "nquads"])
def test_what_is_exported_can_be_loaded_back_whole(store, format_):
    from pyoxigraph import RdfFormat, parse

    exported = ok("export", "--format", format_)
    loaded = parse(exported, format={"trig": RdfFormat.TRIG, "nquads": RdfFormat.N_QUADS}[format_])
    with open_store(store, read_only=True) as opened:
        assert set(loaded) == set(opened.quads())


def test_export_of_a_part_of_the_network(store):
    assert 0 < len(ok("export", "--format", "gexf", "--source", "CNN")) < len(ok("export", "--format", "gexf"))
    assert misused("export", "--focus", "CNN") == (
        "--focus, --top and the like select a part of the network; turtle holds the dataset"
    )


def test_export_to_a_name_that_tells_no_format(store, tmp_path):
    assert "its name tells no format; add --format, one of: turtle, trig" in misused("export", "--out", tmp_path / "news.xyz")
    run("export", "--out", tmp_path / "news")
    assert (tmp_path / "news").read_text(encoding="utf-8") == ok("export")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "trigg"], "format 'trigg' is not known; did you mean 'trig'?"),
        (["--out", "/nowhere/a.ttl"], "/nowhere/a.ttl: cannot be written (No such file or directory); choose another place"),
        (["--out", "dispatches"], "dispatches: cannot be written (Is a directory); choose another place"),
    ],
)
def test_export_errors(store, arguments, message):
    assert fails("export", *arguments) == [f"kg: {message}"]


def test_a_failed_export_leaves_the_old_file(store, tmp_path):
    (tmp_path / "a.ttl").write_text("old")
    fails("export", "--format", "trigg", "--out", tmp_path / "a.ttl")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.ttl", "old")]


_ALL = """
import sys
from kg.cli import cli

for command in (
    "build a.txt b.txt --store {0}.db",
    "export --store {0}.db --out {0}/a.trig",
    "export --store {0}.db --out {0}/a.ttl",
    "export --store {0}.db --out {0}/a.gexf",
    "render --store {0}.db --out {0}/a.html",
    "annotate a.txt b.txt",
):
    cli(command.format(sys.argv[1]).split(), standalone_mode=False)
"""


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(folder):
    Path("a.txt").write_text(f"{SHOIGU} {DENIAL}")
    Path("b.txt").write_text(f"{CNN} {DENIAL}")
    printed = []
    for seed in ("1", "2"):
        Path(seed).mkdir()
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", _ALL, seed], env=environment, capture_output=True, check=True)
        printed.append(done.stdout)
    assert printed[0] == printed[1] != b""
    for name in ("a.trig", "a.ttl", "a.gexf", "a.html"):
        assert Path("1", name).read_bytes() == Path("2", name).read_bytes() != b"", name
