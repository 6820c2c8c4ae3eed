"""Root sources, independence and circles, on voices without a store."""

import pytest

from kg.sources import Voice, circular, independent, root_sources

GROUPS = {"officials", "pilots", "residents"}


@pytest.mark.parametrize(
    ("sources", "outer", "expected"),
    [
        ({"shoigu"}, [], {"shoigu"}),
        ({"shoigu"}, [{"cnn"}], {"shoigu"}),
        ({"officials"}, [], {"officials"}),
        ({"officials"}, [{"cnn"}], {"cnn"}),
        ({"pilots"}, [{"officials"}, {"cnn"}], {"cnn"}),
        ({"pilots"}, [{"officials"}], {"pilots"}),
        ({"officials", "kerry"}, [{"cnn"}], {"cnn", "kerry"}),
    ],
)
def test_root_sources_are_where_the_chain_ends(sources, outer, expected):
    assert root_sources(sources, outer, GROUPS) == expected


def voice(publisher, *speakers, people=False):
    """Give what a document of `publisher` has from the speakers; with `people`, from people whom the first of them quotes."""
    names = frozenset(speakers)
    roots = names or frozenset((publisher,))
    quoting = roots if people else frozenset()
    return Voice(f"claim/{publisher}/{'-'.join(speakers)}", publisher, names, roots, roots & GROUPS, quoting)


@pytest.mark.parametrize(
    ("voices", "expected"),
    [
        ([voice("bbc"), voice("afp")], [{"afp"}, {"bbc"}]),
        ([voice("bbc", "cnn"), voice("afp", "cnn"), voice("dpa", "cnn")], [{"cnn"}]),
        ([voice("bbc", "cnn"), voice("cnn")], [{"cnn"}]),
        ([voice("bbc", "cnn"), voice("cnn", "officials")], [{"officials"}]),
        ([voice("bbc", "cnn"), voice("cnn", "officials"), voice("cnn")], [{"cnn"}, {"officials"}]),
        ([voice("bbc", "afp"), voice("afp", "bbc")], [{"afp", "bbc"}]),
        ([voice("bbc", "afp"), voice("afp", "bbc"), voice("dpa", "kerry")], [{"afp", "bbc"}, {"kerry"}]),
        ([voice("bbc", "cnn", people=True), voice("afp", "cnn", people=True), voice("cnn", "officials")], [{"officials"}]),
        ([voice("bbc", "cnn", people=True), voice("afp", "cnn")], [{"cnn"}]),
        ([voice("bbc", "cnn", people=True), voice("cnn", "kerry")], [{"cnn"}, {"kerry"}]),
        ([voice("bbc", "ministry"), voice("afp", "state")], [{"ministry", "state"}]),
    ],
)
def test_independent_sources_are_where_it_comes_from(voices, expected):
    assert independent(voices, {"ministry": {"ministry", "state"}}) == expected


def test_a_circle_over_three_outlets_is_shown_link_by_link():
    one, two, three = voice("afp", "bbc"), voice("bbc", "dpa"), voice("dpa", "afp")
    assert sorted(circular([one, two, three])) == [(one.claim, two.claim), (two.claim, three.claim), (three.claim, one.claim)]
    assert list(circular([one, two])) == []


def test_an_outlet_that_quotes_itself_is_no_circle():
    assert list(circular([voice("afp", "afp"), voice("bbc", "afp")])) == []
