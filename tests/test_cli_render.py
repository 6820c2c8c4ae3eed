"""`kg render`: a page, whole or not at all."""

import os
import threading
from pathlib import Path

import pytest
from cli_runs import fails, misused, ok, run

pytest_plugins = ["cli_fixtures"]


def test_render_writes_a_page_to_a_file_or_to_standard_output(store, tmp_path):
    result = run("render", "--out", tmp_path / "a.html", "--title", "Caspian <b>")
    assert result.stderr.startswith(f"wrote {tmp_path / 'a.html'}: ")
    assert (result.exit_code, result.stdout) == (0, "")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "Caspian &lt;b&gt;" in page
    assert ok("render", "--title", "Caspian <b>") == page
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]


def test_render_draws_the_part_that_is_asked_for(store, tmp_path):
    def nodes(*view):
        return int(run("render", "--out", tmp_path / "a.html", *view).stderr.split(": ")[1].split()[0])

    whole = nodes()
    for view in (
        ["--focus", "Islamic State", "--hops", "1"],
        ["--source", "CNN"],
        ["--type", "Weapon", "--type", "Event"],
        ["--since", "2015-11"],
        ["--top", "5"],
        ["--min-certainty", "Certain"],
        ["--events", "edges"],
    ):
        assert 0 < nodes(*view) < whole, view


@pytest.mark.parametrize(
    "command",
    [
        ["timeline", "--lanes", "source", "--since", "2015-10"],
        ["map", "--type", "Event"],
        ["report", "Islamic State"],
    ],
    ids=lambda command: command[0],
)
def test_other_views_write_a_page_to_a_file_or_to_standard_output(store, tmp_path, command):
    result = run(*command, "--out", tmp_path / "a.html", "--title", "Caspian <b>")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"wrote {tmp_path / 'a.html'}\n")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<title>Caspian &lt;b&gt;</title>" in page
    assert ok(*command, "--title", "Caspian <b>") == page


def test_report_on_nobody_is_refused(store):
    (line,) = fails("report", "Atlantis")
    assert line.startswith("kg: entity: no entity is called 'Atlantis'; ")


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (["--focus", "Atlantis"], "focus: no entity is called 'Atlantis'; "),
        (["--type", "Wepon"], "types: there is no class 'Wepon'; did you mean 'Weapon'?"),
        (["--since", "soon"], "since: 'soon' is no date; write 2015, 2015-10 or 2015-10-07"),
        (["--out", "/nowhere/a.html"], "/nowhere/a.html: cannot be written (No such file or directory); choose another place"),
        (["--out", "dispatches"], "dispatches: cannot be written (Is a directory); choose another place"),
    ],
)
def test_render_errors(store, view, message):
    (line,) = fails("render", *view)
    assert line.startswith(f"kg: {message}")


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (["--hops", "-1"], "Invalid value for '--hops': -1 is not in the range x>=0."),
        (["--top", "0"], "Invalid value for '--top': 0 is not in the range x>=1."),
        (["--events", "x"], "Invalid value for '--events': 'x' is not one of 'nodes', 'edges'."),
    ],
)
def test_render_wrong_usage(store, view, message):
    assert misused("render", *view) == message


@pytest.mark.parametrize("command", ["render", "export"])
def test_a_pipe_is_written_to_and_not_replaced(store, tmp_path, command):
    os.mkfifo(tmp_path / "pipe")
    got = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    ok(command, "--out", tmp_path / "pipe")
    reader.join(30)
    assert got[0].decode() == ok(command)
    assert Path(tmp_path / "pipe").is_fifo()


def test_a_failed_render_leaves_the_old_page(store, tmp_path):
    (tmp_path / "a.html").write_text("old")
    fails("render", "--focus", "Atlantis", "--out", tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text() == "old"
