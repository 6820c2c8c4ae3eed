"""`kg build`: what is read, what is reported, what stays."""

import json
import os
import resource
import time
from pathlib import Path

import pytest
from cli_runs import CNN, DENIAL, ROOT, SHOIGU, fails, misused, nquads, ok, process, run

from kg.errors import InputError
from kg.read import read

pytest_plugins = ["cli_fixtures"]

BAD = {
    "empty.txt": (b"", "empty.txt: empty; give a file with text"),
    "blank.txt": (b" \n\t\n", "blank.txt: empty; give a file with text"),
    "binary.txt": (
        b"GIF89a\x01\x00\x01\x00",
        "binary.txt: binary, not a text (NUL at byte 7); leave it out, or save it as UTF-8 text",
    ),
    "paper.txt": (b"%PDF-1.7\n", "paper.txt: a PDF, not a text; convert it first, as with 'pdftotext'"),
    "koi8.txt": (
        "Россия нанесла удар".encode("koi8-r"),
        "koi8.txt: not UTF-8 (0xf2 at byte 0); convert it, as with 'iconv -t UTF-8'",
    ),
    "half.txt": (
        "Erdoğan and Erdoğan".encode()[:18],
        "half.txt: not UTF-8 (0xc4 at byte 17); convert it, as with 'iconv -t UTF-8'",
    ),
    "broken.html": (b"<html><body><div><p>Russ", "broken.html: no main text in this page; save its text instead"),
    "lines.jsonl": (
        b'{"id": "a", \n',
        "lines.jsonl:1: not valid JSON (expecting property name enclosed in double quotes at line 2, column 1); "
        "correct or delete it",
    ),
    "texts.jsonl": (b'{"id": "a"}\n', "texts.jsonl:1: "),
    "front.txt": (b"---\ntitle: A\nRussia said so.\n", "front.txt:1: the front matter has no end; close it with a line '---'"),
}


@pytest.mark.parametrize("name", BAD)
def test_build_reports_a_bad_file_in_one_line_and_reads_the_rest(folder, name):
    content, message = BAD[name]
    Path(name).write_bytes(content)
    Path("z-good.txt").write_text(SHOIGU)
    result = run("build", name, "z-good.txt")
    assert result.exit_code == 0
    told, report = result.stderr.splitlines()
    assert told.startswith(f"kg: {message}") if message.endswith(" ") else told == f"kg: {message}"
    assert report == "1 added, 0 changed, 0 unchanged, 0 removed, 1 failed"
    assert "documents                                     1" in ok("stats")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere.txt", "nowhere.txt: no such file or directory; check the path"),
        ("nowhere/", "nowhere: no such file or directory; check the path"),
        ("ftp://example.org/a", "ftp://example.org/a: 'ftp' addresses are not read; give an http or https address, or a path"),
        ("http://127.0.0.1:9/a", "http://127.0.0.1:9/a: connection refused; check the address and the connection"),
        ("empty-folder", "empty-folder: no files in this folder; hidden ones are left out"),
    ],
)
def test_build_with_nothing_to_read_fails(folder, name, message):
    Path("empty-folder").mkdir()
    assert fails("build", name) == [
        f"kg: {message}",
        "0 added, 0 changed, 0 unchanged, 0 removed, 1 failed",
        f"kg: {name}: nothing could be read; see the lines above",
    ]


def test_build_names_each_bad_line_of_json_lines_and_keeps_the_good_ones(folder):
    Path("news.jsonl").write_text(
        "\n".join([json.dumps({"id": "a", "text": SHOIGU}), "{", '["a"]', json.dumps({"id": "b", "text": CNN}), '{"id": 3}'])
    )
    result = run("build", "news.jsonl")
    *told, report = result.stderr.splitlines()
    assert [line.partition(" ")[2].partition(": ")[0] for line in told] == ["news.jsonl:2", "news.jsonl:3", "news.jsonl:5"]
    assert (result.exit_code, report) == (0, "2 added, 0 changed, 0 unchanged, 0 removed, 3 failed")


def test_build_reads_western_text_with_a_notice(folder):
    Path("old.txt").write_bytes("Erdo\xf0an’s office said that Russia attacked Syria.".replace("\xf0", "g").encode("cp1252"))
    result = run("build", "old.txt")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "kg: old.txt: not UTF-8 (0x92 at byte 7); read as Windows-1252, save it as UTF-8 to be sure",
        "1 added, 0 changed, 0 unchanged, 0 removed, 0 failed",
    ]


def test_build_reads_standard_input(folder):
    lines = f"{json.dumps({'id': 'a', 'text': SHOIGU})}\n{json.dumps({'id': 'b', 'text': CNN})}\n"
    assert run("build", "-", input=lines).stderr == "2 added, 0 changed, 0 unchanged, 0 removed, 0 failed\n"
    assert run("build", "-", input=DENIAL).stderr == "1 added, 0 changed, 0 unchanged, 0 removed, 0 failed\n"


def test_build_reports_what_changed(folder):
    Path("a.txt").write_text(SHOIGU)
    Path("b.txt").write_text(CNN)
    assert run("build", ".", "--store", "../news.db").stderr == "2 added, 0 changed, 0 unchanged, 0 removed, 0 failed\n"
    Path("b.txt").write_text(DENIAL)
    Path("c.txt").write_text(CNN)
    assert run("build", ".", "--store", "../news.db").stderr == "1 added, 1 changed, 1 unchanged, 0 removed, 0 failed\n"
    ok("build", "a.txt", "b.txt", "c.txt", "--store", "../fresh.db")
    assert nquads("../news.db") == nquads("../fresh.db")


def test_build_twice_changes_nothing(folder):
    Path("a.txt").write_text(SHOIGU)
    Path("b.txt").write_text(f"{CNN} {DENIAL}")
    ok("build", "a.txt", "b.txt")
    before = nquads("kg.db")
    assert run("build", "b.txt", "a.txt").stderr == "0 added, 0 changed, 2 unchanged, 0 removed, 0 failed\n"
    assert nquads("kg.db") == before
    assert before == "".join(sorted(before.splitlines(keepends=True)))


def test_build_in_any_order_and_any_number_of_steps_gives_the_same(folder):
    Path("a.txt").write_text(SHOIGU)
    Path("b.txt").write_text(CNN)
    Path("c.txt").write_text(DENIAL)
    ok("build", "a.txt", "b.txt", "c.txt", "--store", "one.db")
    for name in ("c.txt", "a.txt", "b.txt"):
        ok("build", name, "--store", "steps.db")
    assert nquads("one.db") == nquads("steps.db")


@pytest.mark.parametrize(
    ("store", "message"),
    [
        ("a.txt", "a.txt: is a file, not a store; name a folder"),
        ("full", "full: is a folder with other things in it, not a store; name an empty or a new folder"),
        ("a.txt/b", "a.txt/b: lies below a file; name a folder"),
        ("marked", "marked/kg-store.json: not a readable marker of a store; restore it or build the store anew"),
    ],
)
def test_build_refuses_a_store_that_is_none(folder, store, message):
    Path("a.txt").write_text(SHOIGU)
    for name in ("full", "marked"):
        Path(name).mkdir()
    Path("full/other").write_text("mine")
    Path("marked/kg-store.json").write_text("nonsense")
    assert fails("build", "a.txt", "--store", store) == [f"kg: {message}"]
    assert Path("a.txt").read_text() == SHOIGU
    assert os.listdir("full") == ["other"]


def test_build_of_a_damaged_store_is_one_line(folder):
    Path("a.txt").write_text(SHOIGU)
    ok("build", "a.txt")
    for file in Path("kg.db/oxigraph").iterdir():
        if file.name.startswith(("MANIFEST", "CURRENT")):
            file.write_bytes(b"nonsense")
    (line,) = fails("build", "a.txt")
    assert line.startswith("kg: kg.db: the store is damaged (") or line.startswith("kg: kg.db: the store cannot be used (")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_build_into_a_folder_that_may_not_be_written(folder):
    Path("a.txt").write_text(SHOIGU)
    Path("closed").mkdir(mode=0o500)
    (line,) = fails("build", "a.txt", "--store", "closed/kg.db")
    assert line.startswith("kg: closed/kg.db: may not be written or read (")


def test_build_on_a_full_disk_loses_nothing(folder):
    Path("a.txt").write_text(SHOIGU)
    Path("b.txt").write_text(f"{CNN} {DENIAL}\n\n" * 4)
    ok("build", "a.txt")
    before = nquads("kg.db")

    def fill():
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    result = process("build", "b.txt", preexec_fn=fill)
    assert result.stderr.decode() == "kg: kg.db: the disk is full; nothing was changed; free some space and run it again\n"
    assert (result.returncode, result.stdout) == (1, b"")
    assert nquads("kg.db") == before
    assert run("build", "a.txt", "b.txt").stderr == "1 added, 0 changed, 1 unchanged, 0 removed, 0 failed\n"


def test_build_of_a_folder_leaves_out_the_store_in_it(folder):
    Path("a.txt").write_text(SHOIGU)
    ok("build", "a.txt")
    problems: list[InputError] = []
    assert ([document.id for document in read(["."], problems.append)], problems) == (["a.txt"], [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'INPUT…'."),
        (["a.txt", "--frob"], "No such option '--frob'."),
        (
            ["a.txt", "--base", "example.org"],
            "Invalid value for '--base': 'example.org' does not begin IRIs; give one that ends in /, such as "
            "https://example.org/id/",
        ),
        (
            ["a.txt", "--base", "http://a b/"],
            "Invalid value for '--base': 'http://a b/' does not begin IRIs; give one that ends in /, such as "
            "https://example.org/id/",
        ),
    ],
)
def test_build_wrong_usage(folder, arguments, message):
    assert misused("build", *arguments).replace("No such option: --frob", "No such option '--frob'.") == message
    assert not Path("kg.db").exists()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--model", "nomodel"], "--model: no spaCy pipeline 'nomodel' is installed; `pip install` it, or leave --model and "
                                 "$KG_MODEL out"),
        (["--knowledge", "nowhere"], "nowhere: not a folder of gazetteers and lexicons; "),
    ],
)  # fmt: skip
def test_build_without_model_or_knowledge(folder, option, message):
    Path("a.txt").write_text(SHOIGU)
    (line,) = fails("build", "a.txt", *option)
    assert line.startswith(f"kg: {message}")


def test_build_keeps_the_base_of_the_store(folder):
    Path("a.txt").write_text(SHOIGU)
    ok("build", "a.txt", "--base", "https://news.example/")
    assert "<https://news.example/state/RU>" in nquads("kg.db")
    (line,) = fails("build", "a.txt", "--base", "https://other.example/")
    assert line.startswith("kg: kg.db: this store's IRIs begin with https://news.example/, not https://other.example/; ")


def test_build_shows_the_traceback_if_asked(folder):
    result = process("--debug", "build", "nowhere.txt", cwd=folder)
    assert (result.returncode, b"Traceback" in result.stderr) == (1, True)


def test_five_megabytes_are_read_in_seconds(folder):
    paragraph = f"{SHOIGU} {CNN} {DENIAL}\n\n"
    Path("long.txt").write_text(paragraph * (5_000_000 // len(paragraph) + 1))
    problems: list[InputError] = []
    begun = time.monotonic()
    (document,) = read(["long.txt"], problems.append)
    assert (len(document.text) >= 5_000_000, problems) == (True, [])
    assert time.monotonic() - begun < 5


def test_a_document_that_is_too_long_is_reported_at_once(folder):
    with Path("endless.txt").open("wb") as file:
        file.truncate(3_000_000_000)
    Path("a.txt").write_text(SHOIGU)
    result = run("build", "endless.txt", "a.txt")
    assert result.stderr.splitlines() == [
        "kg: endless.txt: longer than 20 MB; split it, or make it JSON Lines of shorter documents",
        "1 added, 0 changed, 0 unchanged, 0 removed, 1 failed",
    ]


@pytest.mark.slow
def test_reading_takes_time_in_proportion_to_length(folder):
    paragraph = f"{SHOIGU} {CNN} {DENIAL}\n\n"
    taken = []
    for times in (15, 60):
        Path("long.txt").write_text(paragraph * times)
        begun = time.process_time()
        ok("build", "long.txt", "--store", f"{times}.db")
        taken.append(time.process_time() - begun)
    assert taken[1] < 8 * taken[0], taken


def test_build_prunes_what_has_left_the_folder_and_nothing_else(folder):
    Path("news/deep").mkdir(parents=True)
    Path("other").mkdir()
    Path("news/a.txt").write_text(SHOIGU)
    Path("news/deep/b.txt").write_text(CNN)
    Path("other/c.txt").write_text(DENIAL)
    lines = [json.dumps({"id": key, "text": text}) for key, text in (("x", SHOIGU), ("y", DENIAL))]
    Path("news/d.jsonl").write_text("\n".join(lines))
    ok("build", "news", "other", "--store", "a.db")
    ok("build", "-", "--store", "a.db", input=CNN)
    Path("news/deep/b.txt").unlink()
    Path("other/c.txt").unlink()
    Path("news/d.jsonl").write_text(lines[0])
    assert run("build", "news", "--store", "a.db").stderr == "0 added, 0 changed, 2 unchanged, 0 removed, 0 failed\n"
    assert run("build", "news", "--store", "a.db", "--prune").stderr == "0 added, 0 changed, 2 unchanged, 2 removed, 0 failed\n"
    Path("other/c.txt").write_text(DENIAL)
    ok("build", "news", "other", "--store", "b.db")
    ok("build", "-", "--store", "b.db", input=CNN)
    assert nquads("a.db") == nquads("b.db")


def test_build_does_not_prune_what_could_not_be_read(folder):
    Path("news").mkdir()
    Path("news/a.txt").write_text(SHOIGU)
    Path("news/b.txt").write_text(CNN)
    Path("news/d.jsonl").write_text(json.dumps({"id": "x", "text": SHOIGU}))
    ok("build", "news")
    Path("news/b.txt").unlink()
    Path("news/d.jsonl").write_text("{")
    result = run("build", "news", "--prune")
    assert result.stderr.splitlines()[-1] == "0 added, 0 changed, 1 unchanged, 1 removed, 1 failed"
    assert "documents                                     2" in ok("stats")


def test_build_of_what_has_not_changed_does_not_load_the_language_pipeline(folder):
    Path("a.txt").write_text(SHOIGU)
    ok("build", "a.txt")
    (folder / "poison").mkdir()
    (folder / "poison" / "spacy.py").write_text("raise SystemExit('spaCy was loaded')\n")
    environment = {"PYTHONPATH": os.pathsep.join([str(folder / "poison"), str(ROOT)])}
    assert process("build", "a.txt", env=environment).stderr == b"0 added, 0 changed, 1 unchanged, 0 removed, 0 failed\n"
