"""Each rule of `kg.verdicts`, with tellings for which it fires and with such as look alike and for which it must not."""

from dataclasses import replace
from itertools import permutations

import pytest

from kg.knowledge import deeds, exclusive_outcomes
from kg.verdicts import Lore, Telling, Verdict, compare, corroborates, same_event

LORE = Lore(exclusive_outcomes(), *deeds(), {"weapon/kalibr": frozenset((26,))})
A, B, C = "/state/A", "/state/B", "agency/c"
TOWN, OTHER_TOWN, COUNTRY = "place/town", "place/other", "/state/D"
PEOPLE, SOLDIERS = "kind:civilian", "kind:force"
SU34, SU35, FIGHTER = "weapon/su-34", "weapon/su-35", "weapon/fighter"
MAN = "person/man"


def telling(name, type_="Bombing", *, by="actor", **facts):
    """Give a telling of a bombing of TOWN by A, said by `name` on 2020-03-03; roles are given by their names."""
    roles = {
        role: {value} for role in ("actor", "target", "instrument", "place", "participant") if (value := facts.pop(role, None))
    }
    pairs = facts.pop("participants", None)
    roles |= {"participant": set(pairs)} if pairs else {}
    defaults = {
        "roles": roles,
        "wider": {
            TOWN: {COUNTRY},
            OTHER_TOWN: {COUNTRY},
            SU34: {FIGHTER},
            SU35: {FIGHTER},
            "agency/navy": {A},
            "agency/army": {A},
        },
        "unique": frozenset((TOWN, OTHER_TOWN, MAN)),
        "people": frozenset((MAN,)),
        "particular": frozenset((MAN, SU34, SU35, FIGHTER)),
        "sides": {A: {A}, B: {B}, "agency/navy": {"agency/navy", A}, "agency/army": {"agency/army", A}},
        "issued": "2020-03-03",
        "sources": frozenset((f"agency/{name}",)),
        "roots": frozenset((f"agency/{name}",)),
    }
    return Telling(f"event/{name}", f"claim/{name}", f"document/{name}", type_, **(defaults | facts))


def bombing(name, **facts):
    return telling(name, **({"actor": A, "target": TOWN} | facts))


def toll(name, least, most="same", **facts):
    counted = {"least": least, "most": least if most == "same" else most}
    return telling(name, "Killing", **({"actor": A, "target": PEOPLE, "place": TOWN} | counted | facts))


NEGATIVE = {"polarity": "Negative"}
ON_THE_DAY = {"day": "2020-03-03"}

FIRES = {
    "same participants": (bombing("x"), bombing("y"), Verdict.SAME),
    "finer: role, what the navy does its state does": (bombing("x"), bombing("y", actor="agency/navy"), Verdict.REFINEMENT),
    "same participants: two bodies of one state": (
        bombing("x", actor="agency/army"),
        bombing("y", actor="agency/navy"),
        Verdict.SAME,
    ),
    "rounding: round number": (toll("x", 50), toll("y", 52), Verdict.SAME),
    "rounding: called rough": (toll("x", 300, rough=True), toll("y", 283), Verdict.SAME),
    "finer: place": (bombing("x", target=COUNTRY), bombing("y"), Verdict.REFINEMENT),
    "finer: count": (toll("x", 30, None), toll("y", 41), Verdict.REFINEMENT),
    "finer: kind": (bombing("x", type_="Attack"), bombing("y"), Verdict.REFINEMENT),
    "finer: role": (bombing("x"), bombing("y", instrument=SU34), Verdict.REFINEMENT),
    "finer: day": (bombing("x"), bombing("y", **ON_THE_DAY), Verdict.REFINEMENT),
    "toll rose": (toll("x", 20), toll("y", 35, issued="2020-03-05"), Verdict.UPDATE),
    "toll rose: within hours": (
        toll("x", 20, issued="2020-03-03T08:00:00Z"),
        toll("y", 35, issued="2020-03-03T19:00:00Z"),
        Verdict.UPDATE,
    ),
    "count revised": (
        toll("x", 35, **ON_THE_DAY),
        toll("y", 20, issued="2020-03-04", sources=frozenset(("agency/x",)), roots=frozenset(("agency/x",)), **ON_THE_DAY),
        Verdict.UPDATE,
    ),
    "polarity": (bombing("x"), bombing("y", **NEGATIVE), Verdict.CONTRADICTION),
    "polarity: the whole country is denied": (bombing("x"), bombing("y", target=COUNTRY, **NEGATIVE), Verdict.CONTRADICTION),
    "polarity: of a market in a town": (
        bombing("x", target="kind:place/market", place=TOWN),
        bombing("y", target="kind:place/market", place=TOWN, **NEGATIVE),
        Verdict.CONTRADICTION,
    ),
    "exclusive outcomes": (
        telling("x", "Hit", instrument="weapon/kalibr", whole=True),
        telling("y", "Crash", instrument="weapon/kalibr", place=TOWN),
        Verdict.CONTRADICTION,
    ),
    "exclusive outcomes: as many hit as were launched": (
        telling("x", "Hit", instrument="weapon/kalibr", least=26, most=26),
        telling("y", "Crash", instrument="weapon/kalibr"),
        Verdict.CONTRADICTION,
    ),
    "numbers": (toll("x", 131), toll("y", 12), Verdict.CONTRADICTION),
    "numbers: at least": (toll("x", 180, None), toll("y", 30), Verdict.CONTRADICTION),
    "numbers: up to": (toll("x", None, 40), toll("y", 187), Verdict.CONTRADICTION),
    "numbers: on another day, of the day that both name": (
        toll("x", 131, **ON_THE_DAY),
        toll("y", 12, issued="2020-03-05", **ON_THE_DAY),
        Verdict.CONTRADICTION,
    ),
    "another actor: of what is done but once": (
        telling("x", "Killing", actor=A, target=MAN, place=TOWN),
        telling("y", "Killing", actor=B, target=MAN, place=TOWN),
        Verdict.CONTRADICTION,
    ),
    "another actor: each blames the other": (
        bombing("x", place=TOWN, sources=frozenset((B,)), **ON_THE_DAY),
        bombing("y", place=TOWN, actor=B, sources=frozenset((A,)), **ON_THE_DAY),
        Verdict.CONTRADICTION,
    ),
    "another actor: each blames the other, on the day after as well": (
        bombing("x", sources=frozenset((B,))),
        bombing("y", actor=B, sources=frozenset((A,)), issued="2020-03-04"),
        Verdict.CONTRADICTION,
    ),
    "another actor: with his own weapons": (
        bombing("x", place=TOWN, instrument=SU34, **ON_THE_DAY),
        bombing("y", place=TOWN, actor=B, instrument=SU35, sources=frozenset((A,)), **ON_THE_DAY),
        Verdict.CONTRADICTION,
    ),
    "another place: a state, and a town of another state": (
        telling("x", "Killing", actor=A, target=MAN, place=B),
        telling("y", "Killing", actor=A, target=MAN, place=TOWN),
        Verdict.CONTRADICTION,
    ),
    "polarity: of a death, a year later": (
        telling("x", "Killing", actor=A, target=MAN),
        telling("y", "Killing", actor=A, target=MAN, issued="2021-03-03", **NEGATIVE),
        Verdict.CONTRADICTION,
    ),
    "another place: of what is done but once": (
        telling("x", "Killing", actor=A, target=MAN, place=TOWN),
        telling("y", "Killing", actor=A, target=MAN, place=OTHER_TOWN),
        Verdict.CONTRADICTION,
    ),
    "another place: of a meeting of that day": (
        telling("x", "Meeting", participants=(A, B), place=TOWN, **ON_THE_DAY),
        telling("y", "Meeting", participants=(A, B), place=OTHER_TOWN, **ON_THE_DAY),
        Verdict.CONTRADICTION,
    ),
    "differs in: instrument": (
        bombing("x", instrument=SU34),
        bombing("y", instrument=SU35, **NEGATIVE),
        Verdict.DIFFERENT,
    ),
    "differs in: day": (
        bombing("x", day="2020-03-02", place=TOWN),
        bombing("y", day="2020-03-03", place=TOWN, **NEGATIVE),
        Verdict.DIFFERENT,
    ),
    "differs in: actor": (
        bombing("x", instrument="weapon/bomb"),
        bombing("y", actor=B, instrument="weapon/bomb"),
        Verdict.DIFFERENT,
    ),
}

FIRES_NOT = {
    "polarity: of one source": (bombing("x"), bombing("y", sources=frozenset(("agency/x",)), **NEGATIVE)),
    "polarity: one who is not sure": (bombing("x", certainty="Possible"), bombing("y", **NEGATIVE)),
    "polarity: who commits to nothing": (bombing("x"), bombing("y", polarity="UnknownPolarity")),
    "polarity: of an unnamed market": (
        bombing("x", target="kind:place/market"),
        bombing("y", target="kind:place/market", **NEGATIVE),
    ),
    "polarity: another town": (bombing("x"), bombing("y", target=OTHER_TOWN, **NEGATIVE)),
    "polarity: what is denied is but a part": (bombing("x", target=COUNTRY), bombing("y", **NEGATIVE)),
    "polarity: weeks later": (bombing("x"), bombing("y", issued="2020-03-13", **NEGATIVE)),
    "polarity: a claim within the other": (bombing("x"), bombing("y", above=frozenset(("claim/x",)), **NEGATIVE)),
    "exclusive outcomes: of some": (
        telling("x", "Hit", instrument="weapon/kalibr", least=4, most=4),
        telling("y", "Crash", instrument="weapon/kalibr"),
    ),
    "exclusive outcomes: of other weapons": (
        telling("x", "Hit", instrument=SU34, whole=True),
        telling("y", "Crash", instrument=SU35),
    ),
    "numbers: at least": (toll("x", 30, None), toll("y", 41)),
    "numbers: up to": (toll("x", None, 40), toll("y", 33)),
    "numbers: of a country and of a town": (toll("x", 305, place=COUNTRY), toll("y", 40)),
    "numbers: without a place": (toll("x", 78, place=None), toll("y", 16)),
    "numbers: of other victims": (toll("x", 14), toll("y", 3, target=SOLDIERS)),
    "numbers: a toll that rose": (toll("x", 20), toll("y", 35, issued="2020-03-04")),
    "another actor: of what several may do": (bombing("x", **ON_THE_DAY), bombing("y", actor=B, **ON_THE_DAY)),
    "another actor: of whom it is not known for whom he acts": (
        telling("x", "Killing", actor=A, target=MAN, place=TOWN),
        telling("y", "Killing", actor=C, target=MAN, place=TOWN),
    ),
    "another actor: each blames the other, a week later": (
        bombing("x", sources=frozenset((B,))),
        bombing("y", actor=B, sources=frozenset((A,)), issued="2020-03-10"),
    ),
    "another actor: with other weapons, but blamed by nobody accused": (
        bombing("x", place=TOWN, instrument=SU34, **ON_THE_DAY),
        bombing("y", place=TOWN, actor=B, instrument=SU35, **ON_THE_DAY),
    ),
    "another place: a region of which it is not known where it lies": (
        telling("x", "Killing", actor=A, target=MAN, place=B),
        telling("y", "Killing", actor=A, target=MAN, place="place/sea"),
    ),
    "polarity: of an arrest, a year later": (
        telling("x", "Arrest", actor=A, target=MAN),
        telling("y", "Arrest", actor=A, target=MAN, issued="2021-03-03", **NEGATIVE),
    ),
    "another place: the country around it": (
        telling("x", "Killing", actor=A, target=MAN, place=TOWN),
        telling("y", "Killing", actor=A, target=MAN, place=COUNTRY),
    ),
    "another place: of meetings of which no day is told": (
        telling("x", "Meeting", participants=(A, B), place=TOWN),
        telling("y", "Meeting", participants=(A, B), place=OTHER_TOWN),
    ),
}


def verdict(one, other):
    """Give the comparison, which has to be the same whichever telling comes first."""
    found = [compare(*pair, LORE) for pair in permutations((one, other))]
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize("name", FIRES)
def test_rule_fires(name):
    one, other, expected = FIRES[name]
    found = verdict(one, other)
    assert found is not None
    parts = name.split(":")
    rule = ":".join(parts[:2]).partition(",")[0] if parts[0] in ("finer", "differs in") else parts[0]
    assert (found.verdict, found.rule) == (expected, rule)


@pytest.mark.parametrize("name", FIRES_NOT)
def test_rule_does_not_fire(name):
    found = verdict(*FIRES_NOT[name])
    assert found is None or found.verdict is not Verdict.CONTRADICTION


def test_the_finer_telling_comes_second():
    found = verdict(bombing("x", issued="2020-03-03"), bombing("y", issued="2020-03-02", target=COUNTRY))
    assert (found.first.roles["target"], found.second.roles["target"]) == ({COUNTRY}, {TOWN})


def test_a_designation_is_never_likened_but_its_kind_is():
    """A Su-34 is a fighter, and no Su-35."""
    assert not same_event(verdict(bombing("x", instrument=SU34), bombing("y", instrument=SU35)))
    assert same_event(verdict(bombing("x", instrument=SU34), bombing("y", instrument=FIGHTER)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"roots": frozenset(("agency/x",))}, False),
        ({"sources": frozenset(("agency/x",))}, False),
        ({"above": frozenset(("claim/x",))}, False),
        ({"certainty": "Possible"}, False),
        ({"certainty": "Probable"}, True),
    ],
)
def test_only_independent_sources_that_are_sure_corroborate(change, expected):
    assert corroborates(verdict(bombing("x"), replace(bombing("y"), **change))) is expected


def test_what_happens_daily_is_not_one_event_for_days():
    assert verdict(bombing("x"), bombing("y", issued="2020-03-05")) is None
    assert verdict(bombing("x"), bombing("y", issued="2020-03-04")).verdict is Verdict.SAME


def test_an_old_event_is_recognised_by_its_day():
    later = bombing("y", issued="2021-03-03", **ON_THE_DAY)
    assert verdict(bombing("x", **ON_THE_DAY), later).verdict is Verdict.SAME


def test_talk_and_support_are_one_event_on_one_day_only():
    one, other = (telling(name, "PhoneCall", participants=(A, B)) for name in "xy")
    assert verdict(one, other) is None
    assert verdict(replace(one, **ON_THE_DAY), replace(other, **ON_THE_DAY)).verdict is Verdict.SAME
    assert verdict(one, replace(other, **NEGATIVE)).verdict is Verdict.CONTRADICTION


@pytest.mark.parametrize(
    ("tenses", "expected"), [("Past Future", None), ("Future Future", Verdict.SAME), ("Past Past", Verdict.SAME)]
)
def test_a_plan_is_no_telling_of_what_has_happened(tenses, expected):
    one, other = (telling(name, "Meeting", participants=(A, B), place=TOWN, **ON_THE_DAY) for name in "xy")
    found = verdict(*(replace(t, tense=tense) for t, tense in zip((one, other), tenses.split(), strict=True)))
    assert (found and found.verdict) is expected


def test_people_without_a_name_make_no_event():
    """Soldiers who shot at civilians, and soldiers who shot at civilians."""
    one, other = (telling(name, "Shooting", actor=SOLDIERS, target=PEOPLE) for name in "xy")
    assert verdict(one, other) is None
    assert verdict(*(replace(t, roles=t.roles | {"place": {TOWN}}) for t in (one, other))).verdict is Verdict.SAME
