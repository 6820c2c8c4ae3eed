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


KEPT = {
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
