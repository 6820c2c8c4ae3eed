"""What follows from all claims together: verdicts between claims, contradictions, root and independent sources.

Writes `graph/derived`. What depends on what: a claim's `kg:rootSource` on its own document; a verdict on its two tellings and
on what is known of their participants (`kg.tellings`), and for exclusive outcomes on how many of a weapon were launched; the
number of independent sources, and circles, on all tellings of one proposition (`_propositions`).

After a change only that is looked at again which may be different now: the claims of the changed documents and those that rest
on the same entities, and their pairs. The result is that of looking at everything.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from itertools import chain, combinations, product

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from kg.changes import Noted
from kg.knowledge import deeds, exclusive_outcomes
from kg.remembered import Key, Proposition, Remembered, recall, remember, state
from kg.sources import circular, independent
from kg.store import Store
from kg.tellings import Facts, Said, said
from kg.verdicts import (
    NEAR_DAYS,
    Comparison,
    Groups,
    Lore,
    Telling,
    Verdict,
    compare,
    corroborates,
    day_of,
    families,
    same_event,
)
from kg.vocab import BASE, RDF, XSD, kg

_TYPE = NamedNode(RDF + "type")
_DIGITS = 16

_LARGEST_BUCKET = 400
"""A kind of event with one participant that is told of more often than this is compared day by day only."""

_TOLD = 3
"""What a document tells more often than this in the same way is compared with what others tell as often only."""

_Bucket = tuple[str, str]
"""A family of kinds of event, and a participant or what it belongs to."""


def derive(store: Store) -> int:
    """Bring the derived graph up to date; give the number of its statements.

    Raises:
        StoreError: the store cannot be written.
    """
    with store.translated():
        noted = store.changes.read()
        now = state(store)
        before = recall(store, now, noted.documents) if noted is not None else None
        found = _all_said(store) if noted is None or before is None else _said_now(store, before, noted)
        if found is None or before is None:
            found, before = found or _all_said(store), None
        fresh = {one.claim for one in found if before is None or before.said.get(one.claim) is not one}
        comparisons = _comparisons(found, before, fresh)
        propositions = _propositions(found, comparisons, before, fresh)
        triples = {*relate(comparisons, store.base), *_roots(found), *_told(propositions)}
        store.replace_derived(triples)
        remember(store, now, found, comparisons, propositions)
        store.changes.clear()
    return len(triples)


def tellings(store: Store) -> list[Telling]:
    """Give every event of every claim, in a stable order."""
    with store.translated():
        return [telling for one in _all_said(store) for telling in one.tellings]


def compared(events: Iterable[Telling]) -> Iterator[Comparison]:
    """Yield what tellings are to each other, each pair once, as far as anything can be said."""
    listed = list(events)
    lore, echoes = _lore(listed), _echoes(listed)
    yield from _compared(_Buckets(_without(listed, echoes), lore), echoes, None, lore)


# Claims ------------------------------------------------------------------------------------------------------------


def _all_said(store: Store) -> list[Said]:
    facts = Facts(store, whole=True)
    return [said(claim, facts) for claim in facts.claims()]


def _said_now(store: Store, before: Remembered, noted: Noted) -> list[Said] | None:
    """Give what all claims tell, of those that nothing has touched as it was; None if that cannot be told apart."""
    kept: dict[str, Said] = {}
    again: set[str] = set()
    for one in before.said.values():
        if not one.document:
            return None
        if one.document not in noted.documents and noted.entities.isdisjoint(one.needs):
            kept[one.claim] = one
        elif _is_claim(store, one.claim):
            again.add(one.claim)
    again |= {iri for iri in noted.entities if _is_claim(store, iri)}
    for document in noted.documents:
        name = NamedNode(document)
        typed = store.database.quads_for_pattern(None, _TYPE, kg("Claim"), name)
        again |= {quad.subject.value for quad in typed if isinstance(quad.subject, NamedNode)}
    if not again.isdisjoint(kept):
        return None
    facts = Facts(store, whole=False)
    found = kept | {claim: said(claim, facts) for claim in again}
    return [found[claim] for claim in sorted(found)]


def _is_claim(store: Store, iri: str) -> bool:
    return Quad(NamedNode(iri), _TYPE, kg("Claim"), DefaultGraph()) in store.database


# Comparisons -------------------------------------------------------------------------------------------------------


def _comparisons(found: list[Said], before: Remembered | None, fresh: Collection[str]) -> list[Comparison]:
    listed = [telling for one in found for telling in one.tellings]
    lore, echoes = _lore(listed), _echoes(listed)
    buckets = _Buckets(_without(listed, echoes), lore)
    if before is None:
        return sorted(_compared(buckets, echoes, None, lore), key=_order)
    now = {_key(telling): telling for telling in listed}
    told = [telling for one in before.said.values() for telling in one.tellings]
    echoed = _echoes(told)
    changed = {_key(telling) for one in found if one.claim in fresh for telling in one.tellings}
    changed |= {key for key in now if _leader(key, echoes) != _leader(key, echoed)}
    gone = [telling for telling in told if _key(telling) in changed or now.get(_key(telling)) is not telling]
    come = [now[key] for key in changed]
    changed |= buckets.disturbed(_without(come, echoes), _without(gone, echoed))
    earlier = _launched(told)
    weapons = {kind for kind in earlier.keys() | lore.launched.keys() if earlier.get(kind) != lore.launched.get(kind)}
    if weapons:
        changed |= {_key(telling) for telling in listed if not weapons.isdisjoint(_weapons(telling))}
    kept = [
        comparison
        for (one, other), comparison in before.comparisons.items()
        if one in now and other in now and one not in changed and other not in changed
    ]
    return sorted((*kept, *_compared(buckets, echoes, changed, lore)), key=_order)


def _order(comparison: Comparison) -> tuple[Key, Key]:
    return _key(comparison.first), _key(comparison.second)


def _key(telling: Telling) -> Key:
    return telling.claim, telling.event


def _lore(events: Iterable[Telling]) -> Lore:
    return Lore(exclusive_outcomes(), *deeds(), _launched(events))


def _launched(events: Iterable[Telling]) -> Mapping[str, frozenset[int]]:
    """How many of each weapon are said to have been launched."""
    totals: dict[str, set[int]] = defaultdict(set)
    for telling in events:
        if telling.type == "Launch" and telling.least is not None and telling.least == telling.most:
            for kind in _weapons(telling):
                totals[kind].add(telling.least)
    return {weapon: frozenset(numbers) for weapon, numbers in totals.items()}


def _weapons(telling: Telling) -> set[str]:
    return {kind for weapon in telling.roles.get("instrument", ()) for kind in telling.widened(weapon)}


def _echoes(events: Iterable[Telling]) -> dict[Key, tuple[Telling, Telling]]:
    """Give, for each telling that says what its document has told `_TOLD` times, the first such telling and itself.

    These are compared with that one only: a text that repeats itself says nothing new, and all pairs would be many.
    """
    alike: dict[Hashable, list[Telling]] = defaultdict(list)
    for telling in events:
        alike[_content(telling)].append(telling)
    found: dict[Key, tuple[Telling, Telling]] = {}
    for group in alike.values():
        if len(group) > _TOLD:
            first, *others = sorted(group, key=_key)
            found |= {_key(telling): (first, telling) for telling in others[_TOLD - 1 :]}
    return found


def _content(telling: Telling) -> Hashable:
    """Give what a telling is compared by, but for what is known of its participants, and the claims around it."""
    roles = frozenset((role, frozenset(fillers)) for role, fillers in telling.roles.items())
    mood = telling.type, telling.polarity, telling.certainty, telling.tense, telling.day
    count = telling.least, telling.most, telling.rough, telling.whole
    return telling.document, roles, mood, count, telling.sources, telling.roots


def _without(events: Iterable[Telling], echoes: Collection[Key]) -> list[Telling]:
    return [telling for telling in events if _key(telling) not in echoes]


def _leader(key: Key, echoes: Mapping[Key, tuple[Telling, Telling]]) -> Key | None:
    return _key(echoes[key][0]) if key in echoes else None


def _compared(
    buckets: "_Buckets", echoes: Mapping[Key, tuple[Telling, Telling]], changed: Collection[Key] | None, lore: Lore
) -> Iterator[Comparison]:
    again = (pair for pair in echoes.values() if changed is None or any(_key(telling) in changed for telling in pair))
    for one, other in chain(buckets.pairs(changed), again):
        found = compare(one, other, lore)
        if found is not None:
            yield found


class _Buckets:
    """Tellings by what two of them must have in common to be of one event: a family of kinds, and a participant."""

    def __init__(self, events: Iterable[Telling], lore: Lore) -> None:
        self._lore = lore
        self._found: dict[_Bucket, list[Telling]] = defaultdict(list)
        for telling in events:
            for key in self._keys(telling):
                self._found[key].append(telling)

    def _keys(self, telling: Telling) -> Iterator[_Bucket]:
        named = {filler for fillers in telling.roles.values() for filler in fillers}
        named |= {wider for filler in named for wider in telling.wider.get(filler, ())}
        for family in set(families(telling.type, self._lore)):
            for entity in named:
                yield family, entity

    def pairs(self, changed: Collection[Key] | None) -> Iterator[tuple[Telling, Telling]]:
        """Yield the pairs that may be of one event, each once; all, or those with one of the `changed` tellings."""
        touched = self._found if changed is None else self._with(changed)
        seen: set[tuple[Key, Key]] = set()
        for key in sorted(touched):
            bucket = self._found[key]
            for one, other in _near(bucket) if changed is None else _near_to(bucket, changed):
                mark = (_key(one), _key(other))
                if mark not in seen and mark[::-1] not in seen:
                    seen.add(mark)
                    yield one, other

    def _with(self, changed: Collection[Key]) -> set[_Bucket]:
        return {key for key, bucket in self._found.items() if any(_key(telling) in changed for telling in bucket)}

    def disturbed(self, come: Iterable[Telling], gone: Iterable[Telling]) -> set[Key]:
        """Give the tellings that are paired with others now because a bucket, or what it holds of some days, grew or shrank.

        Args:
            come: tellings that are there now, and were not before.
            gone: those that were there before.
        """
        left: dict[_Bucket, list[Telling]] = defaultdict(list)
        for telling in gone:
            for key in self._keys(telling):
                left[key].append(telling)
        new = {_key(telling) for telling in come}
        touched = left.keys() | {key for telling in come for key in self._keys(telling)}
        found: set[Key] = set()
        for key in touched:
            bucket = self._found.get(key, [])
            earlier = [telling for telling in bucket if _key(telling) not in new] + left.get(key, [])
            if max(len(bucket), len(earlier)) <= _LARGEST_BUCKET:
                continue
            if min(len(bucket), len(earlier)) <= _LARGEST_BUCKET:
                found |= {_key(telling) for telling in bucket}
                continue
            days, days_before = _by_day(bucket), _by_day(earlier)
            for number in days.keys() | days_before.keys():
                if _is_open(number, days) != _is_open(number, days_before):
                    for near in range(number, number + NEAR_DAYS + 1):
                        found |= {_key(telling) for telling in days.get(near, ())}
        return found


def _near(bucket: list[Telling]) -> Iterator[tuple[Telling, Telling]]:
    """Yield all pairs of a small bucket; of a large one, those of about the same day."""
    if len(bucket) <= _LARGEST_BUCKET:
        yield from combinations(bucket, 2)
        return
    days = _by_day(bucket)
    for number in sorted(days):
        if _is_open(number, days):
            yield from combinations(days[number], 2)
            yield from product(days[number], _later(number, days))


def _near_to(bucket: list[Telling], changed: Collection[Key]) -> Iterator[tuple[Telling, Telling]]:
    """Yield those of `_near` with one of the changed tellings."""
    wanted = [telling for telling in bucket if _key(telling) in changed]
    if len(bucket) <= _LARGEST_BUCKET:
        yield from ((one, other) for one in wanted for other in bucket if other is not one)
        return
    days = _by_day(bucket)
    for one in wanted:
        day = day_of(one.day or one.issued)
        if day is None:
            continue
        number = day.toordinal()
        near = [*days[number], *_later(number, days)] if _is_open(number, days) else []
        for before in range(number - NEAR_DAYS, number):
            if before in days and _is_open(before, days):
                near += days[before]
        yield from ((one, other) for other in near if other is not one)


def _by_day(bucket: Iterable[Telling]) -> dict[int, list[Telling]]:
    days: dict[int, list[Telling]] = defaultdict(list)
    for telling in bucket:
        day = day_of(telling.day or telling.issued)
        if day is not None:
            days[day.toordinal()].append(telling)
    return days


def _later(number: int, days: Mapping[int, list[Telling]]) -> list[Telling]:
    return [telling for after in range(1, NEAR_DAYS + 1) for telling in days.get(number + after, ())]


def _is_open(number: int, days: Mapping[int, list[Telling]]) -> bool:
    """True if the tellings of a day are so few that they are compared, with each other and with those of the next days."""
    return len(days.get(number, ())) + len(_later(number, days)) <= _LARGEST_BUCKET


# What follows ------------------------------------------------------------------------------------------------------


def relate(comparisons: Iterable[Comparison], base: str = BASE) -> Iterator[Triple]:
    """Yield the verdicts, and what follows from them for claims and events, both ways round; each once."""
    links: set[tuple[str, str, str]] = set()
    for comparison in comparisons:
        one, other = comparison.first, comparison.second
        yield from _verdict(comparison, base)
        if same_event(comparison):
            links.add((one.event, "sameEvent", other.event))
        if comparison.verdict is Verdict.CONTRADICTION:
            links.add((one.claim, "contradicts", other.claim))
        elif corroborates(comparison):
            links.add((one.claim, "corroborates", other.claim))
    against = {frozenset((left, right)) for left, name, right in links if name == "contradicts"}
    for left, name, right in sorted(links):
        if name == "corroborates" and frozenset((left, right)) in against:
            continue
        yield Triple(NamedNode(left), kg(name), NamedNode(right))
        yield Triple(NamedNode(right), kg(name), NamedNode(left))


def _verdict(comparison: Comparison, base: str) -> Iterator[Triple]:
    one, other = comparison.first, comparison.second
    key = "\x1f".join((one.claim, one.event, other.claim, other.event))
    name = NamedNode(f"{base}comparison/{hashlib.sha256(key.encode()).hexdigest()[:_DIGITS]}")
    yield Triple(name, _TYPE, kg("Comparison"))
    yield Triple(name, kg("verdict"), kg(comparison.verdict.value))
    yield Triple(name, kg("rule"), Literal(comparison.rule))
    for place, telling in (("first", one), ("second", other)):
        yield Triple(name, kg(f"{place}Claim"), NamedNode(telling.claim))
        yield Triple(name, kg(f"{place}Event"), NamedNode(telling.event))


def _roots(found: Iterable[Said]) -> Iterator[Triple]:
    """Yield the root sources of all claims."""
    for one in found:
        for root in one.roots:
            yield Triple(NamedNode(one.claim), kg("rootSource"), NamedNode(root))


def _propositions(
    found: list[Said], comparisons: Iterable[Comparison], before: Remembered | None, fresh: Collection[str]
) -> dict[tuple[Key, ...], Proposition]:
    """Give how many independent sources say so, for every event that is told as so or as not so; and who quote in a circle.

    A proposition is what tellings of one event say alike: none contradicts the other.
    """
    by_claim = {one.claim: one for one in found}
    events = (telling for one in found for telling in one.tellings)
    asserted = {_key(t) for t in events if t.is_sure and t.polarity != "UnknownPolarity"}
    groups = Groups(sorted(asserted))
    for comparison in comparisons:
        one, other = _order(comparison)
        if comparison.verdict in (Verdict.SAME, Verdict.REFINEMENT) and one in groups and other in groups:
            groups.join(one, other)
    known = before.propositions if before is not None else {}
    result: dict[tuple[Key, ...], Proposition] = {}
    for members in map(tuple, groups.listed()):
        if members in known and not any(claim in fresh for claim, _ in members):
            result[members] = known[members]
            continue
        told = [by_claim[claim] for claim, _ in members]
        voices = [one.voice for one in told if one.voice is not None]
        sides = {root: speaks for one in told for root, speaks in one.sides.items()}
        result[members] = Proposition(len(independent(voices, sides)), tuple(circular(voices)))
    return result


def _told(propositions: Mapping[tuple[Key, ...], Proposition]) -> Iterator[Triple]:
    for members, proposition in propositions.items():
        number = Literal(str(proposition.number), datatype=NamedNode(XSD + "integer"))
        for _, event in members:
            yield Triple(NamedNode(event), kg("independentSources"), number)
        for left, right in proposition.circles:
            yield Triple(NamedNode(left), kg("circularWith"), NamedNode(right))
            yield Triple(NamedNode(right), kg("circularWith"), NamedNode(left))
