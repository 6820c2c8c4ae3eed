"""Nothing is lost: real `kg build` processes are killed, run side by side, and read from meanwhile."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from cli_runs import CNN, DENIAL, ROOT, SHOIGU, fails, nquads, ok, run
from pyoxigraph import NamedNode

from kg.errors import StoreError
from kg.store import READERS, WRITER, open_store
from kg.vocab import BASE, kg

pytest_plugins = ["cli_fixtures"]

PLACES = ("Tartus", "Latakia", "Aleppo", "Homs", "Hama", "Idlib", "Raqqa", "Damascus")


def kg_process(*arguments, **options):
    command = [sys.executable, "-m", "kg.cli", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    """A file of two dozen short articles; what some say others deny, so that much is derived."""
    file = tmp_path_factory.mktemp("news") / "news.jsonl"
    rows = []
    for number in range(24):
        place = PLACES[number % len(PLACES)]
        body = f"{(SHOIGU, CNN, DENIAL)[number % 3]} Two officials said that Russia attacked {place} on Monday."
        rows.append({"id": f"a{number}", "text": body, "published": f"2015-10-{1 + number % 20:02}"})
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.fixture(scope="module")
def undisturbed(news, model_loaded_once):
    """The store of a build that nothing disturbs, by document, and as N-Quads."""
    store = news.parent / "whole.db"
    ok("build", news, "--store", store)
    with open_store(store, read_only=True) as opened:
        return by_document(opened), nquads(store)


def by_document(store):
    """Give each document's quads, as sorted lines."""
    found = {}
    for document in store.documents():
        graphs = [document.iri, *(quad.subject.value for quad in claims(store, document.iri))]
        found[document.iri] = sorted(str(quad) for graph in graphs for quad in store.quads(graph))
    return found


def claims(store, document):
    name = NamedNode(document)
    return store.database.quads_for_pattern(None, None, kg("Claim"), name)


def test_a_build_that_is_killed_again_and_again_loses_nothing(tmp_path, news, undisturbed):
    whole, text = undisturbed
    store = tmp_path / "news.db"
    chance = random.Random(20151007)
    partly = 0
    for _ in range(4):
        build = kg_process("build", news, "--store", store)
        goal = partly + chance.randrange(1, 6)
        while build.poll() is None and stored(store) < goal:
            time.sleep(0.1)
        time.sleep(chance.random() * 0.05)
        build.kill()
        build.communicate()
        with open_store(store, read_only=True) as opened:
            found = by_document(opened)
            assert opened.is_outdated or found.keys() == whole.keys()
            assert {document.iri for document in opened.documents()} == found.keys()
            inside = {quad.graph_name.value for quad in opened.quads()} - {f"{BASE}graph/background", f"{BASE}graph/derived"}
            known = found.keys() | {quad.subject.value for iri in found for quad in claims(opened, iri)}
            assert inside <= known
        assert {iri: whole[iri] for iri in found} == found
        assert len(found) >= partly
        partly = len(found)
    assert partly > 0
    ok("build", news, "--store", store)
    assert nquads(store) == text
    assert not list((store / READERS).iterdir())


def begun(store):
    with suppress(StoreError), open_store(store, read_only=True) as opened:
        return opened.is_outdated
    return False


def stored(store):
    """Count the documents that a reader finds beside the build, each of them whole."""
    with suppress(StoreError), open_store(store, read_only=True) as opened:
        numbers = [len(lines) for lines in by_document(opened).values()]
        assert all(number > 5 for number in numbers)
        return len(numbers)
    return 0


def test_a_build_that_is_killed_before_it_compares_is_made_good(tmp_path, news, undisturbed):
    store = shutil.copytree(news.parent / "whole.db", tmp_path / "news.db")
    with open_store(store) as opened:
        opened.replace_graph(f"{BASE}graph/derived", [])
        opened.mark_outdated()
    assert run("build", news, "--store", store).stderr == "0 added, 0 changed, 24 unchanged, 0 removed, 0 failed\n"
    assert nquads(store) == undisturbed[1]


def test_of_two_builds_at_once_the_second_is_told_who_holds_the_store(tmp_path, news):
    store = tmp_path / "news.db"
    first = kg_process("build", "-", "--store", store, stdin=subprocess.PIPE)
    try:
        while not (store / WRITER).is_file():
            time.sleep(0.05)
        assert fails("build", news, "--store", store) == [
            f"kg: {store}: the store is in use by another process: {first.pid} (cli.py build); wait for it or end it"
        ]
        first.communicate(SHOIGU, timeout=60)
        assert first.returncode == 0
    finally:
        first.kill()


def test_a_build_that_is_interrupted_leaves_whole_documents(tmp_path, news, undisturbed):
    store = tmp_path / "news.db"
    # A shell may have had us ignore Ctrl-C, and that is inherited.
    build = kg_process("build", news, "--store", store, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    while build.poll() is None and not begun(store):
        time.sleep(0.02)
    build.send_signal(signal.SIGINT)
    _, told = build.communicate(timeout=60)
    assert (build.returncode, told.splitlines()[-1]) == (1, "kg: stopped; what was stored is whole")
    with open_store(store, read_only=True) as opened:
        found = by_document(opened)
    assert {iri: undisturbed[0][iri] for iri in found} == found


def test_a_killed_reader_leaves_nothing_for_long(tmp_path, news):
    store = tmp_path / "news.db"
    open_store(store, create=True).close()
    script = f"from kg.store import open_store; s = open_store({str(store)!r}, read_only=True); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdin=-1, stdout=-1) as reader:
        reader.stdout.readline()
        assert len(list((store / READERS).iterdir())) == 1
        open_store(store, read_only=True).close()
        assert len(list((store / READERS).iterdir())) == 1
        reader.kill()
    open_store(store, read_only=True).close()
    assert not list((store / READERS).iterdir())
