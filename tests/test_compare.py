"""What two sources say: only one, both, and against each other."""

import pytest

from kg.compare import compare, to_text
from kg.derive import derive
from kg.errors import QueryError
from kg.graph import to_quads
from kg.knowledge import load_knowledge
from kg.model import Document
from kg.network import project
from kg.store import open_store

NEWS = [
    ("CNN", "Turkey said that Russia had bombed Idlib on Tuesday. Turkey said that Iran had shelled Aleppo on Tuesday."),
    ("TASS", "Russia denied that it had bombed Idlib on Tuesday. Russia said that Iran had shelled Aleppo on Tuesday."),
    ("AFP", "Russia said that Israel had attacked Damascus on Tuesday. Turkey said that Hamas had attacked Sderot on Tuesday."),
    ("Reuters", "Turkey said that Russia supports Syria. Russia said that Russia supports Syria."),
    ("DPA", "Turkey said that Ali Mansour leads Hezbollah. Russia denied that Ali Mansour leads Hezbollah."),
]


@pytest.fixture(scope="module")
def store(annotator):
    with open_store(None) as opened:
        for number, (publisher, text) in enumerate(NEWS):
            annotation = annotator.annotate(Document(f"d{number}", text, publisher=publisher, published="2020-03-03"))
            opened.add(annotation.document_iri, to_quads(annotation, load_knowledge(None), opened.base))
        derive(opened)
        yield opened


def words(quotes):
    return {quote.words for quote in quotes}


def test_each_thing_said_stands_where_it_belongs(store):
    found = compare(store, "Turkey", "Russia")
    assert [(pair.a.words, pair.b.words, pair.rule) for pair in found.against] == [
        ("that Russia had bombed Idlib on Tuesday", "that it had bombed Idlib on Tuesday", "polarity"),
        ("that Ali Mansour leads Hezbollah", "that Ali Mansour leads Hezbollah", "tie denied"),
    ]
    assert {(pair.a.words, pair.b.words) for pair in found.both} == {
        ("that Iran had shelled Aleppo on Tuesday", "that Iran had shelled Aleppo on Tuesday"),
        ("that Russia supports Syria", "that Russia supports Syria"),
    }
    assert words(found.only_a) == {"that Hamas had attacked Sderot on Tuesday"}
    assert words(found.only_b) == {"that Israel had attacked Damascus on Tuesday"}


def test_a_picture_of_the_two_shows_the_same_clashes(store):
    """`kg render --compare` and `kg compare` hold a tie that one affirms and the other denies for one and the same thing."""
    network = project(store, compare=("Turkey", "Russia"))
    shown = {claim["quote"] for _, _, edge in network.edges(data=True) if edge["side"] == "clash" for claim in edge["evidence"]}
    found = compare(store, "Turkey", "Russia").against
    assert shown == {quote.words for pair in found for quote in (pair.a, pair.b)}


def test_turned_round_it_is_the_same_turned_round(store):
    one, other = compare(store, "Turkey", "Russia"), compare(store, "Russia", "Turkey")
    assert (words(one.only_a), words(one.only_b)) == (words(other.only_b), words(other.only_a))
    assert {(p.a, p.b) for p in one.against} == {(p.b, p.a) for p in other.against}


def test_who_speaks_through_the_other_says_the_same(store):
    found = compare(store, "CNN", "Turkey")
    assert "that Russia had bombed Idlib on Tuesday" in {pair.a.words for pair in found.both if pair.rule == "one claim"}


@pytest.mark.parametrize("width", [50, 100])
def test_it_fits_the_terminal(store, width):
    text = to_text(compare(store, "Turkey", "Russia"), width)
    assert max(map(len, text.splitlines())) <= width
    assert "Only Turkey says: 1" in text


def test_an_unknown_source_is_told(store):
    with pytest.raises(QueryError, match="Turkye: nothing in the store is called so; did you mean 'Turkiye'\\?"):
        compare(store, "Turkye", "Russia")
