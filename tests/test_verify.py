"""Every quotation is where the store says, in any text; and what an edit did is told."""

import json
from pathlib import Path

import pytest

from kg.build import build
from kg.derive import derive
from kg.store import open_store
from kg.verify import to_lines, verify

NEWS = (
    "Russia said that Turkey had shot down a Su-24 over Syria. Turkey, according to its army, shot down the jet. "
    "“It was,” Sergei Lavrov told reporters, “a planned provocation.” CNN reported that two officials had denied it."
)
TEXTS = {
    "plain": NEWS,
    "emoji": f"🚀🇹🇷 {NEWS} 👩‍👩‍👧 {NEWS}",
    "cyrillic": f"Москва: «Мы ответим». {NEWS} Шойгу said that Russia had bombed Idlib.",
    "crlf": NEWS.replace(". ", ".\r\n\r\n"),
    "combining": NEWS.replace("Sergei Lavrov", "Sergei\u0308 Lavrov\u0301").replace("provocation", "provocatio\u0303n"),
    "indented": "\n".join(f"\t  {line}\u00a0" for line in NEWS.split(". ")),
    "right to left": f"قال الجيش. {NEWS}",
    "capitals": NEWS.upper(),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def built(*inputs):
    assert build(map(str, inputs), "news.db").failed == 0
    return open_store("news.db", read_only=True)


def write(name, text):
    Path(name).write_bytes(text.encode())


@pytest.mark.parametrize("name", TEXTS)
def test_all_quotations_stand_where_they_should(folder, name):
    write("news.txt", TEXTS[name])
    with built("news.txt") as store:
        found = verify(store)
    assert (found.documents, found.unreachable, found.wrong) == (1, (), ())
    assert found.quotations > 10


def test_pages_are_read_as_they_were(folder):
    paragraphs = "".join(f"<p>{sentence}.</p>\r\n" for sentence in NEWS.split(". "))
    write(
        "news.html",
        f"<html><head><title>Ü &amp; ö</title></head><body><nav>Home</nav><article>{paragraphs}</article></body></html>",
    )
    with built("news.html") as store:
        found = verify(store)
    assert (found.documents, found.wrong) == (1, ())
    assert found.quotations > 10


def test_front_matter_is_left_out_again(folder):
    write("news.txt", f"---\ntitle: A jet\npublished: 2015-11-24\n---\n{NEWS}")
    with built("news.txt") as store:
        assert verify(store).wrong == ()


def test_json_lines_with_ids_and_addresses_of_their_own_are_found(folder):
    """Their ids tell nothing of the file, and their addresses are not asked."""
    rows = [
        {"id": "a-1", "text": NEWS, "url": "http://127.0.0.1:9/story"},
        {"id": "a-2", "text": TEXTS["emoji"]},
        {"text": TEXTS["cyrillic"]},
    ]
    write("news.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    with built("news.jsonl") as store:
        found = verify(store)
    assert (found.documents, found.unreachable, found.wrong) == (3, (), ())


def test_what_an_edit_moved_is_found_by_its_words_and_their_surroundings(folder):
    write("news.txt", NEWS)
    with built("news.txt") as store:
        inserted = "An update: Turkey confirmed it. "
        write("news.txt", inserted + NEWS)
        found = verify(store)
    assert found.wrong
    assert {misquote.moved for misquote in found.wrong} == {
        (misquote.start + len(inserted), misquote.end + len(inserted)) for misquote in found.wrong
    }


def test_what_an_edit_took_away_is_gone(folder):
    write("news.txt", NEWS)
    with built("news.txt") as store:
        write("news.txt", NEWS.replace("a Su-24", "a MiG-29"))
        found = verify(store)
    gone = {(misquote.part, misquote.words) for misquote in found.wrong if misquote.moved is None}
    assert ("mention", "Su-24") in gone
    assert ("content", "that Turkey had shot down a Su-24 over Syria") in gone
    assert ("cue", "said") not in gone
    assert any("gone; there stands" in line for line in to_lines(found))


def test_of_equal_words_those_with_the_old_neighbours_are_meant(folder):
    write("news.txt", "Iran denied it on Monday. France said that Russia had bombed Idlib.")
    with built("news.txt") as store:
        text = "Spain said that Russia had bombed Idlib. Iran denied it on Monday. France said that Russia had bombed Idlib."
        write("news.txt", text)
        claims = [misquote for misquote in verify(store).wrong if misquote.part == "content" and "Idlib" in misquote.words]
    assert claims
    assert all(misquote.moved[0] > text.index("France") - 1 for misquote in claims)


def test_a_source_that_cannot_be_read_is_told(folder):
    write("news.txt", NEWS)
    write("other.txt", NEWS.replace("Syria", "Iraq"))
    with built("news.txt", "other.txt") as store:
        Path("news.txt").unlink()
        found = verify(store)
        assert found.documents == 1
        assert [document for document, _ in found.unreachable] == ["news.txt"]
        write("elsewhere.jsonl", json.dumps({"id": "news.txt", "text": NEWS}))
        assert verify(store, ["elsewhere.jsonl"]).unreachable == ()


def test_a_standard_input_cannot_be_read_again(folder, annotator):
    from kg.graph import to_quads
    from kg.knowledge import load_knowledge
    from kg.model import Document

    with open_store(None) as store:
        annotation = annotator.annotate(Document("text-123", NEWS))
        store.add(annotation.document_iri, to_quads(annotation, load_knowledge(None), store.base))
        derive(store)
        assert verify(store).unreachable == (("text-123", "where it was read from is not known; name its file"),)
