"""What two tellings of an event are to each other: the same, finer, newer, in contradiction, or of another event.

Pure: no store, no order, no clock. A verdict rests on the two tellings alone and on what `Lore` knows of kinds of event.
Cautious: a wrong merge is worse than a missed one. Two tellings are of one event only if their kinds fit, two things agree
(two roles, or one and the day that both name), and nothing that both tell speaks against it. What is planned is another thing
than what has happened. Names are never compared by
likeness: a Su-34 is not a Su-35; only a broader kind (a fighter), a place around (Syria, of Idlib) or an owner agrees with it.

Rules, as they stand in `kg:rule`:

    same participants    what both tell is the same
    rounding             the numbers differ by no more than one was rounded, or was called rough
    finer: …             one tells more of: kind, role, place, count, day
    toll rose            a later telling counts more of what is counted while it goes on (deeds.tsv, `grows`)
    count revised        a later telling of the same source, of the same day, counts less
    polarity             one says that it was so, the other that it was not
    exclusive outcomes   both cannot be true of the same things (exclusive.tsv)
    numbers              both counts of the same thing at the same place and day cannot be true
    another actor        somebody else is said to have done what is done but once (deeds.tsv, `once`), or each blames the other
    another place        what happens but once is said to have happened elsewhere
    differs in: …        all but this agrees: of another event

A tie between two entities ("supports") has no participants, day or number; of it `on_tie` says whether two claims agree.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from itertools import product
from typing import Protocol

from kg.vocab import is_a, symmetric_properties

ROLES = ("actor", "target", "instrument", "participant", "recipient", "place", "origin", "destination")
PLACE_KIND = "kind:place/"
"""How a filler begins that is a kind of place: of two unnamed markets it is not known whether they are one."""

SURE = frozenset(("Certain", "Probable"))
"""Who is less sure than that contradicts nobody and corroborates nobody."""

NEAR_DAYS = 3
"""Tellings published further apart than this are of one event only if both name the same day."""

_SAME_NEWS_DAYS = 1
"""The same, of two that both say it happened and name no day: what happens daily is not one event for three days."""

_ROUGHLY = 0.1
"""How far apart two numbers may be, as a share of the larger, if one of them is a rough one."""
_ROUNDED = 0.05
"""The same, if one of them is a round number and the other rounds to it."""

_WHERE = ("place", "target", "destination")


class Verdict(Enum):
    """What the second telling is to the first; values are local names of the ontology."""

    SAME = "Same"
    REFINEMENT = "Refinement"
    UPDATE = "Update"
    CONTRADICTION = "Contradiction"
    DIFFERENT = "DifferentEvent"


@dataclass(frozen=True, slots=True)
class Lore:
    """What is known of kinds of event.

    Attributes:
        exclusive: for a class, those that cannot also be true of the same things; True if only when all of them are meant.
        once: classes of what is done but once to the same thing, by one side, at one place.
        grows: classes of what is counted while it goes on.
        lasts: classes of what lasts or is done over and over: talk, support.
        ends: classes of what happens to a person once in a life.
        launched: for a weapon, how many of it are said to have been launched.
    """

    exclusive: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    once: frozenset[str] = frozenset()
    grows: frozenset[str] = frozenset()
    lasts: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    launched: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def excludes(self, one: str, other: str) -> bool | None:
        """Say whether outcome `one` excludes `other`: None if not, True if only when it is said of all."""
        for name, others in self.exclusive.items():
            for excluded, whole in others.items():
                if is_a(one, name) and is_a(other, excluded):
                    return whole
        return None


@dataclass(slots=True)
class Telling:
    """One event as one claim states it.

    Attributes:
        type: its finest class.
        roles: the fillers of each role, by IRI; an unnamed group also by its kind ("kind:civilian"), an unnamed place as well
            ("kind:place/market").
        wider: for each filler, what it belongs to, is a kind of, or lies in.
        unique: fillers that are single beings or places, not kinds, states or groups.
        people: those of them that are people.
        particular: fillers that are people or weapons, of which no two are alike because they belong to one state.
        owners: to whom the weapons belong.
        sides: for each actor and source for whom it is known, on whose side it acts, itself included.
        least, most: how many; None where no bound is told.
        rough: the count is an approximate one; whole: it is said of all there were.
        day: of the event, as told; issued: of the document.
        tense: Past, Present or Future, None if nothing says so.
        sources: who says it; above: the claims that report this one; roots: where the words come from.
    """

    event: str
    claim: str
    document: str
    type: str
    polarity: str = "Positive"
    certainty: str = "Certain"
    roles: dict[str, set[str]] = field(default_factory=dict)
    wider: dict[str, set[str]] = field(default_factory=dict)
    unique: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    particular: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    sides: dict[str, set[str]] = field(default_factory=dict)
    least: int | None = None
    most: int | None = None
    rough: bool = False
    whole: bool = False
    day: str | None = None
    issued: str | None = None
    tense: str | None = None
    sources: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()

    @property
    def is_sure(self) -> bool:
        """True if its source holds it at least for probable."""
        return self.certainty in SURE

    def widened(self, filler: str) -> set[str]:
        """Give the filler and all it belongs to."""
        return {filler} | self.wider.get(filler, set())


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `second` is to `first`: the earlier comes first, but the finer second."""

    first: Telling
    second: Telling
    verdict: Verdict
    rule: str


class Groups:
    """Tellings, as (claim, event) by IRI, in disjoint groups that grow together: those of one proposition, say."""

    def __init__(self, members: Iterable[tuple[str, str]]) -> None:
        self._leader = {member: member for member in members}

    def __contains__(self, member: tuple[str, str]) -> bool:
        return member in self._leader

    def join(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        """Make one group of the groups of two members."""
        first, second = sorted((self._find(one), self._find(other)))
        self._leader[second] = first

    def listed(self) -> list[list[tuple[str, str]]]:
        """Give the groups, each sorted, by their first members."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for member in sorted(self._leader):
            found[self._find(member)].append(member)
        return [found[leader] for leader in sorted(found)]

    def _find(self, member: tuple[str, str]) -> tuple[str, str]:
        while self._leader[member] != member:
            self._leader[member] = member = self._leader[self._leader[member]]
        return member


def compare(one: Telling, other: Telling, lore: Lore) -> Comparison | None:
    """Say what two tellings are to each other; None if nothing can be said. The order of the two does not matter."""
    if one.claim == other.claim or one.event == other.event:
        return None
    if (one.tense == "Future") != (other.tense == "Future"):
        return None  # "agreed to meet", "will not invade"
    first, second = sorted((one, other), key=lambda telling: (telling.issued or "", telling.claim, telling.event))
    excluded = _excludes(first, second, lore)
    if excluded is not None:
        return Comparison(first, second, Verdict.CONTRADICTION, "exclusive outcomes") if excluded else None
    if not (is_a(first.type, second.type) or is_a(second.type, first.type)):
        return None
    agreeing, differing = _agreement(first, second)
    days = _days_apart(first, second)
    if days is None and not _is_one_end(first, second, lore):
        return None
    if days:
        return _elsewhere(first, second, agreeing, differing | {"day"})
    if differing:
        return _different_deed(first, second, agreeing, differing, lore) or _elsewhere(first, second, agreeing, differing)
    if not _is_enough(first, second, agreeing):
        return None
    return _on_one_event(first, second, lore)


class Mood(Protocol):
    """How a claim holds what it states: by the local names of polarity and certainty."""

    @property
    def polarity(self) -> str: ...  # noqa: D102
    @property
    def certainty(self) -> str: ...  # noqa: D102


def on_tie(one: Mood, other: Mood) -> Verdict | None:
    """Say what two claims that state the same tie are to each other: the same, in contradiction, or nothing that can be said.

    As with events, who does not commit himself agrees with nobody, and who is not sure contradicts nobody.
    """
    if "UnknownPolarity" in (one.polarity, other.polarity):
        return None
    if one.polarity == other.polarity:
        return Verdict.SAME
    return Verdict.CONTRADICTION if {one.certainty, other.certainty} <= SURE else None


def tie(subject: str, predicate: str, object_: str) -> tuple[str, str, str]:
    """Give a statement between two entities as all who state it have it: which of the two allies comes first says nothing.

    >>> tie("b", "alliedWith", "a") == tie("a", "alliedWith", "b"), tie("b", "leads", "a") == tie("a", "leads", "b")
    (True, False)
    """
    if predicate in symmetric_properties():
        subject, object_ = sorted((subject, object_))
    return subject, predicate, object_


def same_event(comparison: Comparison) -> bool:
    """True if both tell of one event, as far as their kinds go."""
    kinds = comparison.first.type, comparison.second.type
    fits = is_a(*kinds) or is_a(*reversed(kinds))
    return fits and comparison.verdict is not Verdict.DIFFERENT and comparison.rule not in ("another actor", "another place")


def corroborates(comparison: Comparison) -> bool:
    """True if two independent sources both say so."""
    one, other = comparison.first, comparison.second
    return (
        comparison.verdict in (Verdict.SAME, Verdict.REFINEMENT)
        and is_independent(one, other)
        and one.polarity == other.polarity == "Positive"
        and one.is_sure
        and other.is_sure
        and ("actor" in one.roles) == ("actor" in other.roles)  # who did it may be the very thing in dispute
    )


def is_independent(one: Telling, other: Telling) -> bool:
    """True if neither passes the other on, and their words have other roots."""
    return _are_apart(one, other) and not one.roots & other.roots


def _are_apart(one: Telling, other: Telling) -> bool:
    return not (one.sources & other.sources) and one.claim not in other.above and other.claim not in one.above


# Outcomes


def _excludes(first: Telling, second: Telling, lore: Lore) -> bool | None:
    """Say whether the two outcomes exclude each other; None if their kinds never do."""
    for one, other in ((first, second), (second, first)):
        needs_whole = lore.excludes(one.type, other.type)
        if needs_whole is not None:
            things = [telling.roles.get("instrument", telling.roles.get("target", set())) for telling in (one, other)]
            return (
                _days_apart(first, second) == 0
                and not _owners_clash(one, other)
                and _are_apart(one, other)
                and any(_agrees(one, left, other, right) for left in things[0] for right in things[1])
                and one.polarity == other.polarity == "Positive"
                and one.is_sure
                and other.is_sure
                and (not needs_whole or _is_whole(one, lore))
            )
    return None


def _is_whole(telling: Telling, lore: Lore) -> bool:
    """True if it speaks of all there were: "all hit", or as many as were launched."""
    if telling.whole:
        return True
    weapons = {kind for weapon in telling.roles.get("instrument", ()) for kind in telling.widened(weapon)}
    return telling.least is not None and any(telling.least in lore.launched.get(weapon, ()) for weapon in weapons)


# One event or two


def _days_apart(one: Telling, other: Telling) -> int | None:
    """Give 0 if both may be of one time, else how many days lie between those that both name; None if too far apart."""
    days = [day_of(telling.day) for telling in (one, other)]
    if days[0] and days[1]:
        apart = abs((days[0] - days[1]).days)
        return apart if apart <= NEAR_DAYS else None
    if one.document == other.document:
        return 0
    issued = [day_of(telling.issued) for telling in (one, other)]
    limit = NEAR_DAYS if one.polarity != other.polarity or one.least != other.least or any(days) else _SAME_NEWS_DAYS
    known = [day or published for day, published in zip(days, issued, strict=True)]
    if known[0] is None or known[1] is None or abs((known[0] - known[1]).days) > limit:
        return None
    return 0


def _is_one_end(one: Telling, other: Telling, lore: Lore) -> bool:
    """True if both tell of the death of one person, which needs no day to be one event; unless each names another day."""
    ends = any(is_a(telling.type, name) for telling in (one, other) for name in lore.ends)
    victims = one.roles.get("target", set()) & other.roles.get("target", set()) & one.people
    return ends and bool(victims) and not (one.day and other.day)


def day_of(text: str | None) -> date | None:
    """Give the day of an ISO 8601 date or time, None if there is none.

    >>> day_of("2015-10-08T12:00:00Z"), day_of("last week")
    (datetime.date(2015, 10, 8), None)
    """
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _agrees(one: Telling, left: str, other: Telling, right: str) -> bool:
    """True if one of two fillers is the other, or belongs to it, is a kind of it, or lies in it."""
    return left in other.widened(right) or right in one.widened(left)


def _fillers_agree(role: str, one: Telling, other: Telling) -> bool:
    for left, right in product(one.roles[role], other.roles[role]):
        if _agrees(one, left, other, right):
            return True
        # What the navy of a state does, and what its ministry does, its state does. Two people or two weapons stay two.
        is_named = left in one.particular and right in other.particular
        if role == "actor" and not is_named and one.sides.get(left, set()) & other.sides.get(right, set()):
            return True
    return False


def _agreement(one: Telling, other: Telling) -> tuple[set[str], set[str]]:
    """Give what both tell alike, and what they tell differently: roles, and "owner" of the weapons."""
    agreeing: set[str] = set()
    differing: set[str] = {"owner"} if _owners_clash(one, other) else set()
    for role in ROLES:
        if role in one.roles and role in other.roles:
            if _fillers_agree(role, one, other):
                if not _is_unnamed_place(role, one, other):
                    agreeing.add(role)
            elif role != "destination":
                differing.add(role)
    both = one.roles.get("participant", set()) & other.roles.get("participant", set())
    if len(both) >= 2:
        agreeing.add("participants")
    return agreeing, differing


def _is_unnamed_place(role: str, one: Telling, other: Telling) -> bool:
    """True if nothing but the kind of a place is alike in both: "a market" speaks neither for nor against one event."""
    shared = one.roles.get(role, set()) & other.roles.get(role, set())
    if not shared or any(not filler.startswith(PLACE_KIND) for filler in shared):
        return False
    return not any(_agrees(one, left, other, right) for left in one.roles[role] for right in other.roles[role] if left != right)


def _owners_clash(one: Telling, other: Telling) -> bool:
    return bool(one.owners and other.owners and not one.owners & other.owners)


def _same_named_day(one: Telling, other: Telling) -> bool:
    return bool(one.day and other.day and one.day[:10] == other.day[:10])


def _issued_on_one_day(one: Telling, other: Telling) -> bool:
    return bool(one.issued and other.issued and one.issued[:10] == other.issued[:10])


def _is_about_one_day(one: Telling, other: Telling) -> bool:
    """True if the days that they name, else those of their documents, are the same or one apart."""
    days = [day_of(telling.day or telling.issued) for telling in (one, other)]
    return bool(days[0] and days[1] and abs((days[0] - days[1]).days) <= 1)


def _is_enough(one: Telling, other: Telling, agreeing: set[str]) -> bool:
    if not _is_specific(one, other, agreeing):
        return False
    if len(agreeing) >= 2:
        return True
    return len(agreeing) == 1 and _same_named_day(one, other) and len(one.roles) + len(other.roles) <= 3


def _is_specific(one: Telling, other: Telling, agreeing: set[str]) -> bool:
    """True if what agrees has a name: "soldiers" are many."""
    fillers = {filler for role in agreeing & one.roles.keys() & other.roles.keys() for filler in one.roles[role]}
    return any(not filler.startswith("kind:") and "/group/" not in filler for filler in fillers)


def _elsewhere(first: Telling, second: Telling, agreeing: set[str], differing: set[str]) -> Comparison | None:
    """Tell apart what would be one event, were it not for one thing; what differs more was never in question."""
    if len(agreeing) < 2 or len(differing) != 1:
        return None
    return Comparison(first, second, Verdict.DIFFERENT, f"differs in: {min(differing)}")


def _different_deed(first: Telling, second: Telling, agreeing: set[str], differing: set[str], lore: Lore) -> Comparison | None:
    """Give the contradiction between two who name another actor, or another place, of what is done but once."""
    if not (_are_apart(first, second) and first.is_sure and second.is_sure and first.polarity == second.polarity == "Positive"):
        return None
    is_once = any(is_a(first.type, name) or is_a(second.type, name) for name in lore.once)
    object_ = [role for role in ("target", "instrument", "participant") if role in agreeing]
    is_single = any(first.roles[role] & second.roles[role] & first.unique for role in object_)
    named = _same_named_day(first, second)
    is_single = is_single and (named or _issued_on_one_day(first, second) or _is_one_end(first, second, lore))
    by_another = "actor" in differing and differing <= {"actor", "instrument", "owner"}  # who names another, names his weapons
    if by_another and _are_two_sides(first, second):
        blames = [_blames_speaker(first, second), _blames_speaker(second, first)]
        located = _is_located(first, second, agreeing)
        matched = len(agreeing & {"target", "place", "instrument"}) + named
        matched += located and _is_unnamed_place("target", first, second)
        is_blamed = any(blames) and (matched >= 2 or (all(blames) and located and _is_about_one_day(first, second)))
        if (is_once and is_single) or is_blamed or (differing == {"actor"} and matched >= 3 and located):
            return Comparison(first, second, Verdict.CONTRADICTION, "another actor")
    is_one_deed = (is_once and is_single) or ("participants" in agreeing and named)
    if differing == {"place"} and _places_are_alike(first, second) and is_one_deed:
        return Comparison(first, second, Verdict.CONTRADICTION, "another place")
    return None


def _are_two_sides(one: Telling, other: Telling) -> bool:
    """True if it is known for whom all actors act, and they do not act for the same."""
    known = [{actor: telling.sides.get(actor, set()) for actor in telling.roles["actor"]} for telling in (one, other)]
    sides = [{side for found in actors.values() for side in found} for actors in known]
    return all(all(actors.values()) for actors in known) and not sides[0] & sides[1]


def _blames_speaker(accuser: Telling, speaker: Telling) -> bool:
    """True if the one whom `accuser` names as actor is he who says otherwise."""
    accused = {side for actor in accuser.roles.get("actor", ()) for side in accuser.sides.get(actor, ())}
    return bool(accused & {side for source in speaker.sources for side in speaker.sides.get(source, {source})})


def _is_located(one: Telling, other: Telling, agreeing: set[str]) -> bool:
    """True if both name the same single place or thing."""
    return any(one.roles[role] & other.roles[role] & one.unique for role in ("place", "target") if role in agreeing)


def _places_are_alike(one: Telling, other: Telling) -> bool:
    """True if both places are towns, buildings and the like, or a state and a place that lies in another state.

    "In Iran" and "at sea" are told on different scales.
    """
    if all(place in telling.unique for telling in (one, other) for place in telling.roles["place"]):
        return True
    return all(
        any("/state/" in place for place in telling.widened(filler))
        for telling in (one, other)
        for filler in telling.roles["place"]
    )


# On one event


def _on_one_event(first: Telling, second: Telling, lore: Lore) -> Comparison | None:
    if {first.polarity, second.polarity} == {"Positive", "Negative"}:
        denied, affirmed = (first, second) if first.polarity == "Negative" else (second, first)
        if not denied.roles.keys() <= affirmed.roles.keys() or not _is_same_or_wider(denied, affirmed):
            return None  # "missed the houses" does not deny "hit"
        if not (_are_apart(first, second) and first.is_sure and second.is_sure):
            return None
        return Comparison(first, second, Verdict.CONTRADICTION, "polarity")
    if first.polarity != second.polarity or first.polarity == "UnknownPolarity":
        return None
    clash = _clash(first, second)
    if clash is not None:
        return _on_numbers(first, second, clash, lore) if first.polarity == "Positive" else None
    lasting = any(is_a(first.type, name) or is_a(second.type, name) for name in lore.lasts)
    if lasting and not _same_named_day(first, second):
        return None
    sides = {"second": _finer(second, first), "first": _finer(first, second)}
    if sides["second"] and not sides["first"]:
        return Comparison(first, second, Verdict.REFINEMENT, f"finer: {', '.join(sides['second'])}")
    if sides["first"] and not sides["second"]:
        return Comparison(second, first, Verdict.REFINEMENT, f"finer: {', '.join(sides['first'])}")
    rule = "rounding" if _counted_apart(first, second) else "same participants"
    return Comparison(first, second, Verdict.SAME, rule)


def _is_same_or_wider(denied: Telling, affirmed: Telling) -> bool:
    """True if what is denied takes in what is affirmed: "no strike on Syria" does, "no strike on Idlib" says less."""
    for role in denied.roles.keys() & affirmed.roles.keys():
        for filler in denied.roles[role]:
            narrower = any(other != filler and other in denied.wider.get(filler, ()) for other in affirmed.roles[role])
            if role in _WHERE and narrower:
                return False
    return True


def _clash(one: Telling, other: Telling) -> tuple[Telling, Telling] | None:
    """Give the telling with the lower and that with the higher count, if both cannot be true."""
    for low, high in ((one, other), (other, one)):
        if low.most is None or high.least is None or low.most >= high.least:
            continue
        if (one.rough or other.rough) and low.most >= high.least * (1 - _ROUGHLY):
            continue
        if _is_rounded(low.most, high.least):
            continue
        return low, high
    return None


def _is_rounded(low: int, high: int) -> bool:
    """True if one number is a round one that the other rounds to.

    >>> _is_rounded(50, 52), _is_rounded(50, 57), _is_rounded(12, 13), _is_rounded(980, 1000)
    (True, False, False, True)
    """
    for rounded, exact in ((low, high), (high, low)):
        step = 10 ** (len(str(rounded)) - len(str(rounded).rstrip("0")))
        if step > 1 and abs(rounded - exact) * 2 <= step and high - low <= _ROUNDED * high:
            return True
    return False


def _counted_apart(one: Telling, other: Telling) -> bool:
    return None not in (one.least, other.least) and (one.least, one.most) != (other.least, other.most)


def _on_numbers(first: Telling, second: Telling, clash: tuple[Telling, Telling], lore: Lore) -> Comparison | None:
    low, high = clash
    if not _counts_the_same(low, high):
        return None
    is_later = bool(first.issued and second.issued and first.issued[:10] < second.issued[:10]) or _is_hours_later(first, second)
    if is_later and high is second and any(is_a(first.type, name) or is_a(second.type, name) for name in lore.grows):
        return Comparison(first, second, Verdict.UPDATE, "toll rose")
    if is_later and first.roots & second.roots and _same_named_day(first, second):
        return Comparison(first, second, Verdict.UPDATE, "count revised")
    is_one_day = _issued_on_one_day(first, second) or _same_named_day(first, second)
    if is_one_day and first.is_sure and second.is_sure and _are_apart(first, second):
        return Comparison(first, second, Verdict.CONTRADICTION, "numbers")
    return None


def _is_hours_later(first: Telling, second: Telling) -> bool:
    """True if both documents tell the hour, and another one."""
    return all(t.issued and len(t.issued) > 13 for t in (first, second)) and first.issued[:13] < second.issued[:13]  # type: ignore[index]


def _counts_the_same(low: Telling, high: Telling) -> bool:
    """True if both count the same at the same place: 50 dead in Syria are no other number than 12 dead in Aleppo."""
    either = {role for role in (*_WHERE, "instrument") if role in low.roles or role in high.roles}
    both = {role for role in either if role in low.roles and role in high.roles}
    if either - both - {"target", "instrument"} or not all(low.roles[role] & high.roles[role] for role in both):
        return False
    where = {filler for role in both & set(_WHERE) for filler in low.roles[role] & high.roles[role]}
    if where & low.unique or low.document == high.document:
        return True
    return _same_named_day(low, high) and any(not filler.startswith("kind:") for filler in where)


def _finer(one: Telling, other: Telling) -> list[str]:
    """Give in what `one` tells more than `other`, sorted."""
    facets: set[str] = set()
    if one.type != other.type and is_a(one.type, other.type):
        facets.add("kind")
    for role, fillers in one.roles.items():
        if role not in other.roles:
            facets.add("role" if role not in ("place", "origin", "destination") else "place")
        elif not fillers & other.roles[role] and any(one.wider.get(f, set()) & other.roles[role] for f in fillers):
            facets.add("place" if role in _WHERE else "role")
    if one.least is not None or one.most is not None:
        spans = [(t.least or 0, t.most if t.most is not None else float("inf"), t.rough) for t in (one, other)]
        narrower = spans[0][0] >= spans[1][0] and spans[0][1] <= spans[1][1] and spans[0][:2] != spans[1][:2]
        if narrower and spans[0][2] <= spans[1][2]:
            facets.add("count")
    if one.day and not other.day:
        facets.add("day")
    return sorted(facets)


def families(type_: str, lore: Lore) -> Iterator[str]:
    """Yield the families in which an event of this class meets others: its own, large ones, pairs of exclusive outcomes."""
    yield type_
    for top in ("Attack", "Movement", "Communication", "Casualties"):
        if is_a(type_, top):
            yield top
    for one, others in lore.exclusive.items():
        for other in others:
            if is_a(type_, one) or is_a(type_, other):
                yield f"{one}/{other}"
