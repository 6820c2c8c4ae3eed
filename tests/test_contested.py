"""Where sources disagree, and where a hedge is lost, from text to what a terminal shows."""

import pytest

from kg.contested import disputes
from kg.contested import to_text as disputes_text
from kg.derive import derive
from kg.drift import drifts
from kg.drift import to_text as drifts_text
from kg.graph import to_quads
from kg.knowledge import load_knowledge
from kg.model import Document
from kg.store import open_store

ON_IDLIB = [
    ("Reuters", "2020-03-03", "Turkey said that Russia had bombed Idlib on Tuesday."),
    ("BBC News", "2020-03-03", "Reuters reported that residents had said that Russia had bombed Idlib on Tuesday."),
    ("AFP", "2020-03-03", "Reuters reported that residents had said that Russia had bombed Idlib on Tuesday."),
    ("TASS", "2020-03-04", "Russia denied that it had bombed Idlib on Tuesday."),
]
ON_MOKHA = [
    ("AFP", "2015-09-21", "The Houthis said that Saudi jets had killed 131 civilians in Mokha on Monday."),
    ("SPA", "2015-09-21", "The coalition said that Saudi jets had killed 12 civilians in Mokha on Monday."),
]


@pytest.fixture
def stored(annotator):
    """Give a function that makes a store of (publisher, day, text)."""
    stores = []

    def fill(rows):
        store = open_store(None)
        stores.append(store)
        for number, (publisher, day, text) in enumerate(rows):
            annotation = annotator.annotate(Document(f"d{number}", text, publisher=publisher, published=day))
            store.add(annotation.document_iri, to_quads(annotation, load_knowledge(None), store.base))
        derive(store)
        return store

    yield fill
    for store in stores:
        store.close()


def test_a_dispute_is_told_by_sides_and_root_sources(stored):
    (dispute,) = disputes(stored(ON_IDLIB))
    assert dispute.event.startswith("bombing: Russia; Idlib")
    assert dispute.rules == ("polarity",)
    assert [(side.says, side.independent) for side in dispute.sides] == [("so", 2), ("not so", 1)]
    roots = {root: [quote.outlet for quote in quotes] for root, quotes in dispute.sides[0].sources}
    assert {root: sorted(outlets) for root, outlets in roots.items()} == {
        "Reuters": ["Agence France-Presse", "BBC"],
        "Turkey": ["Reuters"],
    }


def test_sides_of_a_toll_are_its_numbers(stored):
    (dispute,) = disputes(stored(ON_MOKHA))
    assert dispute.rules == ("numbers",)
    assert sorted(side.says for side in dispute.sides) == ["12", "131"]


@pytest.mark.parametrize("width", [60, 100])
def test_disputes_fit_the_terminal(stored, width):
    text = disputes_text(disputes(stored(ON_IDLIB)), width)
    assert max(map(len, text.splitlines())) <= width
    assert "2 independent sources" in text
    assert "that it had bombed Idlib on Tuesday" in " ".join(text.split())


def test_nothing_is_contested_where_all_agree(stored):
    assert disputes(stored(ON_IDLIB[:3])) == []


def loss(rows, stored):
    return [(drift.losses, drift.earlier.outlet, drift.later.outlet) for drift in drifts(stored(rows))]


PLAIN = ("AFP", "2020-03-05", "Russia bombed Idlib on 3 March 2020.")
LOST = {
    "speaker dropped": ("Reuters", "2020-03-03", "Turkey said that Russia had bombed Idlib on 3 March 2020."),
    "hedge dropped": ("Reuters", "2020-03-03", "Russia may have bombed Idlib on 3 March 2020."),
}


@pytest.mark.parametrize("name", LOST)
def test_what_was_lost_is_named(stored, name):
    ((losses, earlier, later),) = loss([LOST[name], PLAIN], stored)
    assert losses == (name,)
    assert (earlier, later) == ("Reuters", "Agence France-Presse")


def test_reportedly_is_a_hedge(stored):
    ((losses, _, _),) = loss([("Reuters", "2020-03-03", "Russia reportedly bombed Idlib on 3 March 2020."), PLAIN], stored)
    assert losses == ("hedge dropped",)


def test_a_certainty_that_rose_is_told_of_one_source(stored):
    rows = [
        ("Reuters", "2020-03-03", "Turkey said that Russia may have bombed Idlib on 3 March 2020."),
        ("AFP", "2020-03-04", "Turkey said that Russia had bombed Idlib on 3 March 2020."),
    ]
    ((losses, _, _),) = loss(rows, stored)
    assert losses == ("certainty raised",)
    assert loss([rows[0], ("AFP", "2020-03-04", rows[1][2].replace("Turkey", "France"))], stored) == []


def test_a_number_that_was_sharpened_is_told(stored):
    rows = [
        ("Reuters", "2015-09-21", "Saudi jets killed about 130 civilians in Mokha on Monday."),
        ("AFP", "2015-09-22", "Saudi jets killed 131 civilians in Mokha on Monday."),
    ]
    ((losses, _, _),) = loss(rows, stored)
    assert losses == ("number sharpened",)


IN_PASSING = [
    (
        "speaker dropped",
        [
            ("Reuters", "1995-08-29", "A Bosnian Serb shell killed 37 people in Sarajevo on Monday, UN officials said."),
            (
                "AP",
                "1995-08-31",
                "NATO launched its largest air campaign after a Bosnian Serb shell killed 37 people in Sarajevo on Monday.",
            ),
        ],
    ),
    (
        "speaker dropped",
        [
            (
                "Reuters",
                "2003-04-08",
                "A U.S. tank fired on the Palestine Hotel in Baghdad on Tuesday, according to witnesses.",
            ),
            (
                "AFP",
                "2003-04-10",
                "Colleagues mourned two cameramen killed when a U.S. tank fired on the Palestine Hotel in Baghdad on Tuesday.",
            ),
        ],
    ),
    (
        "hedge dropped",
        [
            (
                "BBC",
                "2008-08-09",
                "Russian jets reportedly bombed the port of Poti on Saturday, though the reports could not be verified.",
            ),
            (
                "The Times",
                "2008-08-11",
                "Russian jets bombed the port of Poti on Saturday, and Georgian officials fear for the pipeline.",
            ),
        ],
    ),
    (
        "hedge dropped",
        [
            ("BBC", "2019-09-15", "Iran may have attacked the Abqaiq plant in Saudi Arabia on Saturday."),
            (
                "Fox News",
                "2019-09-17",
                "Oil prices have soared since Iran attacked the Abqaiq plant in Saudi Arabia on Saturday.",
            ),
        ],
    ),
    (
        "speaker dropped",
        [
            (
                "AFP",
                "2013-08-21",
                "Syrian opposition activists accused the Syrian army of shelling Zamalka with sarin gas on Wednesday.",
            ),
            (
                "The Sun",
                "2013-08-24",
                "Washington weighs its answer to the Syrian army, which shelled Zamalka with sarin gas on Wednesday.",
            ),
        ],
    ),
    (
        "number sharpened",
        [
            (
                "AP",
                "1991-02-13",
                "U.S. bombs killed more than 300 people in a shelter in Baghdad on Wednesday, Iraqi officials said.",
            ),
            ("AFP", "1991-02-15", "U.S. bombs killed 408 people in a shelter in Baghdad on Wednesday, Iraqi officials said."),
        ],
    ),
    (
        "certainty raised",
        [
            (
                "AP",
                "2014-07-18",
                "Ukraine said that rebels had probably shot down the Malaysian airliner over Donetsk on Thursday.",
            ),
            ("UPI", "2014-07-19", "Ukraine said that rebels had shot down the Malaysian airliner over Donetsk on Thursday."),
        ],
    ),
    (
        "speaker dropped",
        [
            (
                "Reuters",
                "2016-06-18",
                "The Pentagon says Russian jets have bombed a base of U.S.-backed rebels at Tanf on Thursday.",
            ),
            ("CNN", "2016-06-20", "Russian jets bombed the base at Tanf on Thursday despite U.S. warnings."),
        ],
    ),
    (
        "hedge dropped",
        [
            ("Reuters", "2021-08-05", "The Taliban allegedly executed 900 people in Kandahar."),
            ("Daily Mail", "2021-08-06", "The Taliban executed 900 people in Kandahar."),
        ],
    ),
    (
        "speaker dropped",
        [
            (
                "Reuters",
                "2022-11-15",
                "A Russian missile hit Przewodow in Poland on Tuesday, a senior U.S. intelligence official told the agency.",
            ),
            (
                "La Repubblica",
                "2022-11-16",
                "A Russian missile hit Przewodow in Poland on Tuesday and killed two farm workers.",
            ),
        ],
    ),
]
"""Where the later one states it in passing: in a clause, behind news of another thing, with more or less around it."""


@pytest.mark.parametrize(("lost", "rows"), IN_PASSING)
def test_what_was_lost_in_passing_is_named(stored, lost, rows):
    ((losses, _, _),) = loss(rows, stored)
    assert lost in losses


KEPT = {
    "said further on": [
        ("Reuters", "1995-08-29", "A Bosnian Serb shell killed 37 people in Sarajevo on Monday, UN officials said."),
        (
            "AP",
            "1995-08-31",
            "Aid flights stopped. A Bosnian Serb shell killed 37 people in Sarajevo on Monday, a UN report said.",
        ),
    ],
    "blamed still": [
        ("AFP", "2013-08-21", "Activists accused the Syrian army of shelling Zamalka with sarin gas on Wednesday."),
        ("BBC", "2013-08-24", "Washington blames the Syrian army for the gas that killed hundreds in Zamalka on Wednesday."),
    ],
    "another day": [
        ("Reuters", "2008-08-09", "Russian jets reportedly bombed Poti on Friday, though the reports could not be verified."),
        ("The Times", "2008-08-11", "Russian jets bombed Poti on Sunday, and Georgian officials fear for the pipeline."),
    ],
    "rough still": [
        (
            "AP",
            "1991-02-13",
            "U.S. bombs killed more than 300 people in a shelter in Baghdad on Wednesday, Iraqi officials said.",
        ),
        ("AFP", "1991-02-15", "U.S. bombs killed about 400 people in a shelter in Baghdad on Wednesday, Iraqi officials said."),
    ],
    "another weapon": [
        ("AFP", "2014-08-17", "Ukraine said that rebels had shot down a Su-25 near Luhansk on Saturday."),
        ("UPI", "2014-08-18", "Rebels shot down a MiG-29 near Luhansk on Saturday."),
    ],
    "speaker kept": [("Reuters", "2020-03-03", LOST["speaker dropped"][2]), ("AFP", "2020-03-05", LOST["speaker dropped"][2])],
    "earlier is later": [("Reuters", "2020-03-06", LOST["speaker dropped"][2]), PLAIN],
    "stated plainly besides": [
        (
            "Reuters",
            "2020-03-03",
            "Russia bombed Idlib on 3 March 2020. Turkey said that Russia had bombed Idlib on 3 March 2020.",
        ),
        PLAIN,
    ],
    "planned": [
        ("Reuters", "2016-05-09", "Donald Trump is scheduled to meet Paul Ryan in Washington on 12 May 2016."),
        ("AFP", "2016-05-13", "Donald Trump met Paul Ryan in Washington on 12 May 2016."),
    ],
    "denied": [("Reuters", "2020-03-03", "Russia denied that it had bombed Idlib on 3 March 2020."), PLAIN],
    "another town": [("Reuters", "2020-03-03", "Turkey said that Russia had bombed Saraqib on 3 March 2020."), PLAIN],
}


@pytest.mark.parametrize("name", KEPT)
def test_nothing_is_lost(stored, name):
    assert loss(KEPT[name], stored) == []


def test_losses_show_both_sentences(stored):
    text = drifts_text(drifts(stored([LOST["speaker dropped"], PLAIN])), 100)
    assert "Turkey said that Russia had bombed Idlib" in text
    assert "“Russia bombed Idlib on 3 March 2020.”" in text
    assert "2020-03-05  Agence France-Presse: d1" in text
