"""The dataset on disk: real folders, real processes."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from kg.errors import StoreError, StoreInUseError
from kg.store import MARKER, Change, Store, _explained, open_store
from kg.vocab import BASE, RDF, RDFS, XSD, kg

SAMPLE = Path(__file__).parent / "cases" / "sample.trig"
MISSILES, DENIAL, CARTER = (f"{BASE}document/{slug}" for slug in ("missiles-72349339", "denial-4b8d8a78", "carter-a6e13bc9"))
BACKGROUND, DERIVED = f"{BASE}graph/background", f"{BASE}graph/derived"


@pytest.fixture(scope="module")
def sample():
    return list(parse(path=str(SAMPLE), format=RdfFormat.TRIG))


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "news.db", create=True) as opened:
        yield opened


def named(path):
    return NamedNode(BASE + path)


def of_document(sample, iri):
    """The quads of one document, with the background of the entities it names, as `kg.graph` would give them."""
    slug = iri.rpartition("/")[2]
    own = [q for q in sample if q.graph_name.value in (iri,) or f"claim/{slug}/" in q.graph_name.value]
    used = {term for q in own for term in (q.subject, q.object)}
    known = [q for q in sample if q.graph_name.value == BACKGROUND]
    around = {q.object for q in known if q.subject in used} | {
        q.subject for q in known if q.object in used and q.predicate == kg("makes")
    }
    makes = [q for q in known if q.predicate == kg("makes")]
    return own + [q for q in known if q.subject in used | around and q not in makes] + [q for q in makes if q.object in used]


def lines(store):
    return sorted(str(quad) for quad in store.quads())


def minimal(name="a", text="x", graph=None):
    document = named(f"document/{name}")
    return [
        Quad(document, NamedNode(RDF + "type"), kg("Document"), document),
        Quad(document, NamedNode(RDFS + "label"), Literal(text), graph or document),
    ]


# Adding and removing ---------------------------------------------------------------------------------------------------


def test_store_add_twice_changes_nothing(store, sample):
    first = store.add(MISSILES, of_document(sample, MISSILES))
    before = lines(store)
    second = store.add(MISSILES, of_document(sample, MISSILES))
    assert lines(store) == before
    assert (first.replaced, first.added, first.removed) == (False, len(before), 0)
    assert second == Change(MISSILES, replaced=True, added=0, removed=0)


def test_store_add_twice_changes_nothing_even_if_numbers_are_not_canonical(store):
    document = named("document/a")
    odd = [Quad(document, kg("count"), Literal("007", datatype=NamedNode(XSD + "integer")), document)]
    odd += [Quad(document, kg("time"), Literal("2015-10-07T12:00:00.0+00:00", datatype=NamedNode(XSD + "dateTime")), document)]
    store.add(document.value, minimal() + odd)
    before = lines(store)
    assert store.add(document.value, minimal() + odd) == Change(document.value, replaced=True, added=0, removed=0)
    assert lines(store) == before


def test_store_order_of_documents_does_not_matter(tmp_path, sample):
    datasets = []
    for number, order in enumerate([(MISSILES, DENIAL, CARTER), (CARTER, DENIAL, MISSILES)]):
        with open_store(tmp_path / str(number), create=True) as store:
            for document in order:
                store.add(document, of_document(sample, document))
            datasets.append(lines(store))
    assert datasets[0] == datasets[1]


@pytest.mark.parametrize("removed", [MISSILES, DENIAL, CARTER])
def test_store_remove_leaves_what_would_be_there_without_the_document(tmp_path, sample, removed):
    with open_store(tmp_path / "all", create=True) as every, open_store(tmp_path / "rest", create=True) as rest:
        for document in (MISSILES, DENIAL, CARTER):
            every.add(document, of_document(sample, document))
            if document != removed:
                rest.add(document, of_document(sample, document))
        every.remove(removed)
        assert lines(every) == lines(rest)
        assert sorted(g.value for g in every.database.named_graphs()) == sorted(g.value for g in rest.database.named_graphs())


def test_store_add_replaces_an_earlier_reading(store, sample):
    store.add(MISSILES, of_document(sample, MISSILES))
    shorter = [q for q in of_document(sample, MISSILES) if "94ba23c9" not in str(q)]
    store.add(MISSILES, shorter)
    assert lines(store) == sorted(map(str, shorter))


def test_store_remove_drops_derived_statements_on_its_claims(store, sample):
    store.load(sample)
    store.remove(DENIAL)
    left = {quad.predicate for quad in store.quads(DERIVED)}
    assert {kg("corroborates"), kg("sameEvent"), kg("verdict")} <= left
    assert kg("contradicts") not in left
    assert not [q for q in store.quads(DERIVED) if "denial" in str(q)]
    assert [q.object for q in store.quads(DERIVED) if q.predicate == kg("verdict")] == [kg("Refinement")]


def test_store_readding_keeps_derived_statements(store, sample):
    store.load(sample)
    before = lines(store)
    store.add(DENIAL, of_document(sample, DENIAL))
    assert lines(store) == before


def test_store_background_of_an_entity_stays_while_another_document_names_it(store, sample):
    for document in (MISSILES, DENIAL):
        store.add(document, of_document(sample, document))
    store.remove(MISSILES)
    subjects = {quad.subject for quad in store.quads(BACKGROUND)}
    assert named("state/IR") in subjects
    assert named("weapon/kalibr") not in subjects


@pytest.mark.parametrize(
    "text", ['"', "\\", "a\nb\r\t", "\x00\x01\x7f\x85\u2028", "é𝄞\ufeff", "\\u0022 } ; DROP ALL #", "'''", "}} <x>"], ids=ascii
)
def test_store_add_keeps_any_text(store, text):
    store.add(f"{BASE}document/a", minimal(text=text))
    assert sorted(map(str, store.quads())) == sorted(map(str, minimal(text=text)))


@pytest.mark.parametrize(
    ("quads", "message"),
    [
        (minimal(graph=named("document/b")), "neither the document, one of its claims nor the background"),
        (minimal(graph=NamedNode(DERIVED)), "neither the document"),
        (minimal(graph=DefaultGraph()), "neither the document"),
        ([Quad(BlankNode("x"), kg("cue"), Literal("y"), named("document/a"))], "has a blank node"),
    ],
    ids=["other document", "derived", "default graph", "blank node"],
)
def test_store_add_refuses_quads_outside_the_graph_model(store, quads, message):
    store.add(f"{BASE}document/a", minimal())
    before = lines(store)
    with pytest.raises(StoreError, match=message):
        store.add(f"{BASE}document/a", quads)
    assert lines(store) == before


def test_store_remove_of_unknown_document_says_so(store):
    with pytest.raises(StoreError, match="document/nope: no such document in"):
        store.remove(f"{BASE}document/nope")


def test_store_add_is_atomic_when_the_process_dies(tmp_path, sample):
    """A reader that looks while a writer is killed over and over finds each document whole or not at all."""
    folder = tmp_path / "news.db"
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from pyoxigraph import NamedNode, Quad, Literal
from kg.store import open_store
from kg.vocab import kg, RDF, BASE
store = open_store({str(folder)!r}, create=True)
for number in range(100000):
    d = NamedNode(f"{{BASE}}document/{{number % 7}}")
    quads = [Quad(d, NamedNode(RDF + "type"), kg("Document"), d)]
    quads += [Quad(d, kg("cue"), Literal(f"{{number}}-{{i}}"), d) for i in range(499)]
    store.add(d.value, quads)
    print("added", flush=True)
"""
    for delay in (0.3, 0.5, 0.7):
        writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert writer.stdout.readline() == b"added\n"
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(timeout=delay)
        writer.kill()
        writer.wait()
        with open_store(folder, read_only=True) as store:
            documents = list(store.documents())
            assert documents
            for document in documents:
                numbers = {q.object.value.partition("-")[0] for q in store.quads(document.iri) if q.predicate == kg("cue")}
                assert (len(list(store.quads(document.iri))), len(numbers)) == (500, 1)


def test_store_replace_graph_replaces_only_that_graph(store, sample):
    store.load(sample)
    others = [quad for quad in sample if quad.graph_name.value != DERIVED]
    fresh = Quad(named("claim/a"), kg("contradicts"), named("claim/b"), DefaultGraph())
    store.replace_graph(DERIVED, [fresh])
    assert lines(store) == sorted([*map(str, others), str(Quad(*fresh.triple, NamedNode(DERIVED)))])
    store.replace_graph(DERIVED, [])
    assert NamedNode(DERIVED) not in list(store.database.named_graphs())


def union(store):
    return sorted(str(quad.triple) for quad in store.database.quads_for_pattern(None, None, None, DefaultGraph()))


def test_store_union_holds_each_triple_of_any_graph_once(store, sample):
    for document in (MISSILES, DENIAL, CARTER):
        store.add(document, of_document(sample, document))
    store.replace_graph(DERIVED, [quad for quad in sample if quad.graph_name.value == DERIVED])
    assert len(store) == len(list(store.quads())) == len(sample)
    assert union(store) == sorted({str(quad.triple) for quad in sample})
    for document in (MISSILES, DENIAL):
        store.remove(document)
        assert union(store) == sorted({str(quad.triple) for quad in store.quads()})
    store.replace_graph(DERIVED, [])
    store.remove(CARTER)
    assert (len(store), union(store)) == (0, [])


def test_store_load_refuses_statements_without_a_graph(store, sample):
    bare = Quad(*sample[0].triple, DefaultGraph())
    with pytest.raises(StoreError, match="a statement lies in no graph"):
        store.load([sample[1], bare])
    assert len(store) == 0


# Finding ---------------------------------------------------------------------------------------------------------------


def test_store_documents_are_listed_with_their_metadata(store, sample):
    store.load(sample)
    documents = list(store.documents())
    assert [d.iri for d in documents] == sorted([MISSILES, DENIAL, CARTER])
    assert documents[0]._replace(sha256="…") == (
        CARTER, "carter", "…", "Carter warns of Russian casualties", f"{BASE}agency/cnn", "2015-10-09", "news/carter.txt",
    )  # fmt: skip
    assert store.has(CARTER, documents[0].sha256)
    assert not store.has(CARTER, "0" * 64)
    assert not store.has(f"{BASE}document/other")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (DENIAL, [DENIAL]),
        ("document:denial-4b8d8a78", [DENIAL]),
        ("document/denial-4b8d8a78", [DENIAL]),
        ("denial", [DENIAL]),
        ("https://fars.example/denial", [DENIAL]),
        ("./news/carter.txt", [CARTER]),
        ("moscow denies crash of missiles", [DENIAL]),
        ("CASUALTIES", [CARTER]),
        ("missiles", [MISSILES]),
        ("of", [CARTER, DENIAL]),
        ("zeppelin", []),
        (" ", []),
    ],
)
def test_store_find_documents_by_any_name(store, sample, name, found):
    store.load(sample)
    assert [document.iri for document in store.find_documents(name)] == found


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "of",
            "of: fits 2 documents: 'carter' (Carter warns of Russian casualties); 'denial' (Moscow denies crash of missiles)",
        ),
        ("deniel", "deniel: no document of this name in store in memory; did you mean 'denial'?"),
    ],
)
def test_store_find_document_says_which_there_are(sample, name, message):
    store = open_store(None)
    store.load(sample)
    with pytest.raises(StoreError) as caught:
        store.find_document(name)
    assert str(caught.value).startswith(message)


# Opening ---------------------------------------------------------------------------------------------------------------


def test_store_lasts_after_closing(tmp_path, sample):
    with open_store(tmp_path / "a" / "b", create=True, base=BASE) as store:
        store.add(CARTER, of_document(sample, CARTER))
        before = lines(store)
    with open_store(tmp_path / "a" / "b", read_only=True) as store:
        assert lines(store) == before
        assert len(store) == len(before)


def test_store_keeps_its_base(tmp_path):
    open_store(tmp_path / "s", create=True, base="https://news.example/").close()
    with open_store(tmp_path / "s") as store:
        assert store.base == "https://news.example/"
        assert store.minter.derived == NamedNode("https://news.example/graph/derived")
    with pytest.raises(StoreError, match=r"this store's IRIs begin with https://news.example/, not https://other.example/"):
        open_store(tmp_path / "s", base="https://other.example/")


def a_file(folder):
    folder.write_text("x")


def other_things(folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("x")


def newer_format(folder):
    open_store(folder, create=True).close()
    (folder / MARKER).write_text(json.dumps({"format": 99, "base": BASE}))


def older_format(folder):
    open_store(folder, create=True).close()
    (folder / MARKER).write_text(json.dumps({"format": 1, "base": BASE}))


def broken_marker(folder):
    open_store(folder, create=True).close()
    (folder / MARKER).write_text("{")


def below_a_file(folder):
    folder.parent.rmdir() if folder.parent.exists() else None
    folder.parent.write_text("x")


@pytest.mark.parametrize(
    ("prepare", "create", "message"),
    [
        (lambda folder: None, False, "there is no store here; make one with 'kg build INPUT… --store"),
        (a_file, True, "is a file, not a store; name a folder"),
        (other_things, True, "is a folder with other things in it, not a store"),
        (newer_format, True, "a store of format 99, this kg knows 2; install a newer kg"),
        (older_format, False, "a store of format 1, this kg knows 2; build it anew in another folder"),
        (broken_marker, True, "not a readable marker of a store"),
        (below_a_file, True, "lies below a file; name a folder"),
    ],
    ids=["missing", "a file", "other things", "newer format", "older format", "broken marker", "below a file"],
)
def test_store_open_says_what_is_wrong_in_one_line(tmp_path, prepare, create, message):
    folder = tmp_path / "x" / "news.db"
    folder.parent.mkdir()
    prepare(folder)
    with pytest.raises(StoreError) as caught:
        open_store(folder, create=create)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_store_that_was_left_half_made_can_be_made(tmp_path):
    folder = tmp_path / "news.db"
    open_store(folder, create=True).close()
    (folder / MARKER).unlink()
    open_store(folder, create=True).close()
    assert (folder / MARKER).is_file()


def test_store_open_twice_for_writing_says_who_holds_it(store):
    script = f"from kg.store import open_store; open_store({str(store.path)!r})"
    root = Path(__file__).parents[1]
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=root, check=False)
    said = f"the store is in use by another process: {os.getpid()} ("
    assert said in result.stderr.splitlines()[-1]
    with pytest.raises(StoreInUseError, match="in use by this process itself; wait for it or end it"):
        open_store(store.path)


def test_store_can_be_read_while_another_writes(store, sample):
    store.add(CARTER, of_document(sample, CARTER))
    with open_store(store.path, read_only=True) as reader:
        store.add(DENIAL, of_document(sample, DENIAL))
        assert [document.iri for document in reader.documents()] == [CARTER]


def test_store_opened_for_reading_refuses_changes(store, sample):
    with open_store(store.path, read_only=True) as reader:
        changes = (
            lambda: reader.add(f"{BASE}document/a", minimal()),
            lambda: reader.load(sample),
            lambda: reader.replace_graph(DERIVED, sample),
        )
        for change in changes:
            with pytest.raises(StoreError, match="opened for reading only"):
                change()


def test_store_closed_says_so(store):
    store.close()
    store.close()
    with pytest.raises(StoreError, match="the store is closed"):
        len(store)


@pytest.mark.skipif(not hasattr(os, "setuid") or os.getuid() != 0, reason="only root can become somebody without rights")
def test_store_in_a_folder_without_rights_says_so():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        open_store(Path(folder) / "s", create=True).close()
        script = f"import os; from kg.store import open_store; os.setuid(65534); open_store({folder + '/s'!r})"
        root = Path(__file__).parents[1]
        result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=root, check=False)
    assert "may not be written or read" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError("IO error: No space left on device: While appending to file: /x/lock/000012.log"), "the disk is full"),
        (OSError(28, "No space left on device"), "the disk is full"),
        (OSError("IO error: While lock file: /x/LOCK: Resource temporarily unavailable"), "in use by another process"),
        (PermissionError(13, "Permission denied"), "may not be written or read"),
        (OSError("Corruption: block checksum mismatch"), "the store is damaged"),
        (RuntimeError("something new"), "the store cannot be used (something new)"),
    ],
    ids=["disk full", "disk full, by number", "lock", "rights", "damage", "anything else"],
)
def test_store_errors_of_the_system_are_put_into_words(error, message):
    explained = _explained("news.db", error)
    assert message in str(explained)
    assert isinstance(explained, StoreInUseError) == ("in use" in message)


def test_store_in_memory_has_no_folder():
    with open_store(None) as store:
        store.add(f"{BASE}document/a", minimal())
        assert (store.path, len(store), str(store)) == (None, 2, "store in memory")
        assert isinstance(store, Store)
