"""Layout: blocks of a text as spans; a headline never melts into the next sentence."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg.layout
from kg.errors import KnowledgeError
from kg.layout import segments
from kg.resources import data_path

WRAPPED = (
    "Four cruise missiles that were launched from Russian ships in the\n"
    "Caspian Sea crashed in Iran, two U.S. officials told CNN on Thursday.\n"
    "Russia said that all of its missiles had hit their targets, and that\n"
    "Iran had not seen any."
)


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(segment.kind, text[segment.span.start : segment.span.end]) for segment in segments(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(" \r\n\t\n", [], id="blank"),
        pytest.param("One sentence.", [("paragraph", "One sentence.")], id="sentence"),
        pytest.param(
            "It ended.\n\nHe was killed in a raid.[4]\n\nIt ended.",
            [("paragraph", "It ended."), ("paragraph", "He was killed in a raid.[4]"), ("paragraph", "It ended.")],
            id="footnote-mark",
        ),
        pytest.param("no closing stop here", [("paragraph", "no closing stop here")], id="alone-without-stop"),
        pytest.param(
            "Missiles Hit Iran\nTwo crashed.",
            [("headline", "Missiles Hit Iran"), ("paragraph", "Two crashed.")],
            id="headline-on-line",
        ),
        pytest.param(
            "Missiles hit Iran\r\n\r\n  Two crashed.  \r\n",
            [("headline", "Missiles hit Iran"), ("paragraph", "Two crashed.")],
            id="headline-crlf-indented",
        ),
        pytest.param(
            "It began.\n\nRussia could see casualties\n\nIt ended.",
            [("paragraph", "It began."), ("headline", "Russia could see casualties"), ("paragraph", "It ended.")],
            id="subhead",
        ),
        pytest.param(
            "Is Moscow Losing Syria?\n\nNobody knows.",
            [("headline", "Is Moscow Losing Syria?"), ("paragraph", "Nobody knows.")],
            id="question",
        ),
        pytest.param(
            "U.S. Warns Gen. Qassem Soleimani\n\nHe left.",
            [("headline", "U.S. Warns Gen. Qassem Soleimani"), ("paragraph", "He left.")],
            id="abbreviations-in-headline",
        ),
        pytest.param(
            "He named three.\n- Russia\n- Iran\n- Syria",
            [("paragraph", "He named three."), ("paragraph", "- Russia"), ("paragraph", "- Iran"), ("paragraph", "- Syria")],
            id="list-items",
        ),
        pytest.param(WRAPPED, [("paragraph", WRAPPED)], id="hard-wrapped"),
        pytest.param(
            "Missiles crash in Iran\n" + WRAPPED,
            [("headline", "Missiles crash in Iran"), ("paragraph", WRAPPED)],
            id="headline-on-wrapped",
        ),
        pytest.param(
            "Russian Missiles Aimed At Syria Crash In Iran After Sea Launch\n" + WRAPPED,
            [("headline", "Russian Missiles Aimed At Syria Crash In Iran After Sea Launch"), ("paragraph", WRAPPED)],
            id="long-headline-on-wrapped",
        ),
        pytest.param(WRAPPED + "\n" + WRAPPED, [("paragraph", WRAPPED)] * 2, id="wrapped-paragraphs-without-gap"),
        pytest.param(
            "The minister said that they had met\nwith the president.",
            [("paragraph", "The minister said that they had met\nwith the president.")],
            id="goes-on-in-lower-case",
        ),
        pytest.param(
            "First one is long enough to be a paragraph of its own, in a text never wrapped by hand or machine, X.\n"
            "Second one is as long as the first and stands in its own line, as texts from the web do when copied.",
            [
                (
                    "paragraph",
                    "First one is long enough to be a paragraph of its own, in a text never wrapped by hand or machine, X.",
                ),
                (
                    "paragraph",
                    "Second one is as long as the first and stands in its own line, as texts from the web do when copied.",
                ),
            ],
            id="one-line-paragraphs",
        ),
        pytest.param(
            "Missiles Crash\nBy John Smith\n\nTwo crashed.",
            [("headline", "Missiles Crash"), ("byline", "By John Smith"), ("paragraph", "Two crashed.")],
            id="byline",
        ),
        pytest.param(
            "It ended.\n\nAll rights reserved.",
            [("paragraph", "It ended."), ("boilerplate", "All rights reserved.")],
            id="boilerplate",
        ),
    ],
)
def test_segments_blocks(text: str, expected: list[tuple[str, str]]) -> None:
    assert _kinds(text) == expected


@pytest.mark.parametrize(
    "dateline",
    [
        "MOSCOW, Oct 7 (Reuters) -",
        "GAZA/JERUSALEM, July 12 (Reuters) -",
        "WASHINGTON (AP) —",
        "DAMASCUS, Syria (AP) –",
        "Moscow (CNN) —",
        "Oct 7 (Reuters) -",
        "BEIRUT, Lebanon —",
        "UNITED NATIONS --",
        "MOSCOW, October 7. /TASS/.",
        "TEHRAN, 7 October 2015 (IRNA) --",
        "(CNN)",
    ],
)
def test_segments_dateline_is_a_span_of_its_own(dateline: str) -> None:
    assert _kinds(f"{dateline} Russia fired missiles.") == [("dateline", dateline), ("paragraph", "Russia fired missiles.")]


@pytest.mark.parametrize(
    "text",
    [
        "NATO — the alliance — said no.",
        "U.S. officials (two of them) said so.",
        "Russia (AP report) said.",
        "ISIS - the group - fled.",
        "Moscow, Oct 7 was calm.",
        "S-300 - Russia's missile - failed.",
    ],
)
def test_segments_no_dateline(text: str) -> None:
    assert _kinds(text) == [("paragraph", text)]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("By John Smith", "byline"),
        ("By John Smith and Jane van Dyke, CNN", "byline"),
        ("BY JOHN SMITH", "byline"),
        ("By Barbara Starr in Washington", "byline"),
        ("(Reporting by Jane Doe in Moscow; editing by John Smith)", "byline"),
        ("Reporting by Jane Doe; Editing by John Smith", "byline"),
        ("Additional reporting by Jane Doe in Kampala. Editing by John Smith.", "byline"),
        ("Editing by the state board was criticised. Protests followed.", "paragraph"),
        ("14 February 2024 | 6:15 pm", "dateline"),
        ("By Land and Sea", "headline"),
        ("By Friday Russia Will Strike", "headline"),
        ("By Monday, the missiles had hit their targets.", "paragraph"),
    ],
)
def test_segments_byline(line: str, kind: str) -> None:
    assert _kinds(f"{line}\n\nText follows here.")[0] == (kind, line)


MARKED = {
    "heading": ("# Missiles crash in Iran", [("boilerplate", "#"), ("headline", "Missiles crash in Iran")]),
    "heading with a stop": ("## They crashed.", [("boilerplate", "##"), ("headline", "They crashed.")]),
    "hashtag": ("#Iran denied it.", [("paragraph", "#Iran denied it.")]),
    "quoted": ("> Two crashed.", [("boilerplate", ">"), ("paragraph", "Two crashed.")]),
    "quoted twice": ("> > Two crashed.", [("boilerplate", "> >"), ("paragraph", "Two crashed.")]),
    "only marks": ("> >", [("paragraph", "> >")]),
    "quoted answer": (
        "> On Sat, 17 Mar 2007, desk@example.org wrote:\n> > Two crashed.",
        [
            ("boilerplate", ">"),
            ("boilerplate", "On Sat, 17 Mar 2007, desk@example.org wrote:"),
            ("boilerplate", "> >"),
            ("paragraph", "Two crashed."),
        ],
    ),
    "transcript": (
        ">> KERRY: No.\n>> QUESTION: Why?",
        [
            ("boilerplate", ">>"),
            ("speaker", "KERRY:"),
            ("paragraph", "No."),
            ("boilerplate", ">>"),
            ("speaker", "QUESTION:"),
            ("paragraph", "Why?"),
        ],
    ),
    "emphasised dateline": ("*SEOUL (AP)* — It crashed.", [("dateline", "*SEOUL (AP)* —"), ("paragraph", "It crashed.")]),
}


@pytest.mark.parametrize("name", MARKED)
def test_segments_marks_before_a_line_are_no_part_of_it(name: str) -> None:
    text, expected = MARKED[name]
    assert _kinds(f"{text}\n\nIt ended.") == [*expected, ("paragraph", "It ended.")]


@pytest.mark.parametrize(
    "table",
    [
        "City\tWeapon\tKilled\nFaya\tmortar\t13",
        "| City | Weapon | Killed |\n|------|:------:|---|\n| Faya | mortar | 13 |",
        "City | Weapon | Killed\nFaya | mortar | 13",
    ],
)
def test_segments_cells_of_a_table_stand_for_themselves(table: str) -> None:
    cells = [written for kind, written in _kinds(f"It began.\n\n{table}\n\nIt ended.") if kind != "boilerplate"]
    assert cells == ["It began.", "City", "Weapon", "Killed", "Faya", "mortar", "13", "It ended."]


def test_segments_a_bar_in_one_line_makes_no_table() -> None:
    assert _kinds("Army | rebels | talks: what we know\nThey met.")[0][1] == "Army | rebels | talks: what we know"


def test_segments_a_headline_told_again_in_capitals_is_told_once() -> None:
    text = "NAVY SINKS REBEL SUPPLY SHIP\nNavy Sinks Rebel Supply Ship\n\nIt sank."
    assert [kind for kind, _ in _kinds(text)] == ["headline", "boilerplate", "paragraph"]


def test_segments_transcript_labels() -> None:
    text = "SECRETARY KERRY: Thank you.\nQUESTION: Will Russia stop?\nSECRETARY KERRY (continuing): No."
    assert _kinds(text) == [
        ("speaker", "SECRETARY KERRY:"),
        ("paragraph", "Thank you."),
        ("speaker", "QUESTION:"),
        ("paragraph", "Will Russia stop?"),
        ("speaker", "SECRETARY KERRY (continuing):"),
        ("paragraph", "No."),
    ]


def test_segments_one_label_is_no_transcript() -> None:
    assert _kinds("BREAKING: Missiles crash\n\nThey crashed.")[0] == ("headline", "BREAKING: Missiles crash")


def _boilerplate_examples() -> list[str]:
    lines = data_path("ontology", "lexicons", "boilerplate.tsv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader([line for line in lines if not line.startswith("#")], delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row[2] for row in rows[1:]]


@pytest.mark.parametrize("example", _boilerplate_examples())
def test_segments_boilerplate_lexicon_matches_its_examples(example: str) -> None:
    assert _kinds(f"It ended.\n\n{example}")[1] == ("boilerplate", example)


@pytest.mark.parametrize(
    "text",
    [
        "Support our troops, Putin said.",
        "Subscribers to the pact met in Moscow.",
        "Copyright law was not discussed at the talks.",
        "Read the letter of the minister aloud, he said.",
        "The home of the general was hit.",
        "Related to Assad by marriage, he led the guard.",
        "Congress debated the privacy policy of the agency.",
        "Photographs show the damage.",
        "Find him in Moscow, the general ordered.",
        "Follow the money, he said.",
        "Share prices in Moscow fell.",
        "Published reports say that 26 missiles were fired.",
    ],
)
def test_segments_news_is_no_boilerplate(text: str) -> None:
    assert _kinds(text) == [("paragraph", text)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("lonely", ":2: expected the columns pattern, where, example; found 1"),
        ("a\tnowhere\tb", ":2: 'nowhere' is no place to look; did you mean 'anywhere'?"),
        ("(\tstart\tb", ":2: '(' is no regular expression"),
    ],
)
def test_segments_bad_lexicon_row_is_told(row: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lexicon = tmp_path / "boilerplate.tsv"
    lexicon.write_text(f"# remark\n{row}\n")
    monkeypatch.setattr(kg.layout, "data_path", lambda *_: lexicon)
    kg.layout._boilerplate.cache_clear()
    with pytest.raises(KnowledgeError, match=re.escape(f"{lexicon}{message}")):
        segments("Text.")
    kg.layout._boilerplate.cache_clear()


_PIECES = st.sampled_from(
    [
        "Missiles Hit Iran",
        "the minister said",
        "It ended.",
        "MOSCOW, Oct 7 (Reuters) - ",
        "By John Smith",
        "Q: Why?",
        "A: So.",
        "- item",
        "\n",
        "\r\n",
        "\n\n",
        "\r",
        "\u2028",
        "\u2029",
        "\x85",
        "\f",
        " ",
        "\u00a0",
        "\t",
        "© 2015",
        "KERRY: No",
        WRAPPED,
        "🚀",
        "| a | b |",
        "x\ty\tz",
        "> ",
        "# ",
        "\u200b",
        "\x1f",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=20).map("".join)))
def test_segments_are_ordered_disjoint_and_cover_all_but_white_space(text: str) -> None:
    found = segments(text)
    end = 0
    for segment in found:
        assert text[end : segment.span.start].strip() == ""
        assert segment.span.start < segment.span.end <= len(text)
        written = text[segment.span.start : segment.span.end]
        assert written == written.strip()
        end = segment.span.end
    assert text[end:].strip() == ""
    assert segments(text) == found


def test_segments_of_a_long_text_take_linear_time() -> None:
    text = (WRAPPED + "\n\nMissiles Hit Iran\n\nMOSCOW, Oct 7 (Reuters) - Text.\n") * 4000
    assert len(segments(text)) == 4 * 4000
    assert len(segments(f"a | b |{' ' * 200_000}c\nd | e | f")) == 10
    assert len(segments(f"{'>' * 200_000}  It ended.")) == 2
