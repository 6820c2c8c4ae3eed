"""What follows from all claims together: same event, corroborates, contradicts. Rebuilds `graph/derived`.

Cautious: a wrong merge is worse than a missed one. Two tellings are of the same event only if their kinds fit, at least two
participants (or one and the day) agree, and nothing known speaks against it (another weapon, another day, another place).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, product

from pyoxigraph import NamedNode, Triple

from kg.knowledge import exclusive_outcomes, load_knowledge
from kg.store import Store
from kg.vocab import DCTERMS, KG, PROV, RDF, RDFS, SKOS, is_a, kg

_ROLES = ("actor", "target", "instrument", "participant", "recipient", "place", "origin", "destination")
_SURE = frozenset(("Certain", "Probable"))
_NEAR_DAYS = 3
"""Tellings published further apart than this are of one event only if both name the same day."""

_PHRASE_END = re.compile(r"\s(?:of|at|in|from|with|close)\s|,")
_ROUGHLY = 0.1
"""How far apart two numbers may be, as a share of the larger, if one of them is a rough one."""

_LARGEST_BUCKET = 400
"""A kind of event with one participant that is told of more often than this is compared day by day only."""


@dataclass(slots=True)
class Telling:
    """One event as one claim states it."""

    event: str
    claim: str
    document: str
    type: str
    polarity: str
    certainty: str
    roles: dict[str, set[str]] = field(default_factory=dict)
    owners: set[str] = field(default_factory=set)
    least: int | None = None
    most: int | None = None
    rough: bool = False
    whole: bool = False
    day: str | None = None
    issued: str | None = None
    sources: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Facts:
    """What is needed of the store, read in one pass."""

    types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    links: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    owners: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    broader: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    homes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    kinds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def derive(store: Store) -> int:
    """Rebuild the derived graph; give the number of its statements.

    Raises:
        StoreError: the store cannot be written.
    """
    triples = list(relate(tellings(store)))
    store.replace_graph(store.minter.derived.value, triples)
    return len(triples)


def tellings(store: Store) -> list[Telling]:
    """Give every event of every claim, in a stable order."""
    facts = _gather(store)
    found: list[Telling] = []
    for claim in sorted(iri for iri, kinds in facts.types.items() if "Claim" in kinds):
        said = facts.links[claim]
        document = min(said["wasDerivedFrom"], default="")
        above = frozenset(_above(claim, facts.links))
        for event in sorted(said["event"]):
            found.append(_telling(event, claim, document, above, facts))
    return found


def relate(events: Iterable[Telling]) -> Iterator[Triple]:
    """Yield the derived statements, both ways round, each once."""
    links: set[tuple[str, str, str]] = set()
    exclusive = exclusive_outcomes()
    listed = list(events)
    totals = _launched(listed)
    for one, other in _pairs(listed, exclusive):
        if one.claim == other.claim or one.event == other.event:
            continue
        verdict = _verdict(one, other, exclusive, totals)
        if verdict is None:
            continue
        if is_a(one.type, other.type) or is_a(other.type, one.type):
            links.add((one.event, "sameEvent", other.event))
        if verdict in ("contradicts", "corroborates"):
            links.add((one.claim, verdict, other.claim))
    against = {frozenset((left, right)) for left, name, right in links if name == "contradicts"}
    for left, name, right in sorted(links):
        if name == "corroborates" and frozenset((left, right)) in against:
            continue
        yield Triple(NamedNode(left), kg(name), NamedNode(right))
        yield Triple(NamedNode(right), kg(name), NamedNode(left))


def _gather(store: Store) -> _Facts:
    facts = _Facts()
    derived = store.minter.derived
    kept = {
        KG + name
        for name in ("event", "source", "within", "affiliation", "polarity", "certainty", "count", "minCount", "maxCount")
    }
    kept |= {KG + name for name in ("time", "ofAll", "approximate", *_ROLES)} | {PROV + "wasDerivedFrom", DCTERMS + "issued"}
    for quad in store.quads():
        if quad.graph_name == derived or not isinstance(quad.subject, NamedNode) or isinstance(quad.object, Triple):
            continue
        predicate = quad.predicate.value
        if predicate == RDF + "type" and quad.object.value.startswith(KG):
            facts.types[quad.subject.value].add(quad.object.value.removeprefix(KG))
        elif predicate == RDFS + "label" and f"{store.base}group/" in quad.subject.value:
            facts.kinds[quad.subject.value].add(_group_kind(quad.object.value))
        elif predicate in (KG + "partOf", KG + "locatedIn") and quad.subject.value.startswith(f"{store.base}agency/"):
            facts.homes[quad.subject.value].add(quad.object.value)
        elif predicate == KG + "operates":
            facts.owners[quad.object.value].add(quad.subject.value)
        elif predicate == SKOS + "broader":
            facts.broader[quad.subject.value].add(quad.object.value)
        elif predicate in kept:
            facts.links[quad.subject.value][predicate.rpartition("#")[2].rpartition("/")[2]].add(quad.object.value)
    for entity, said in facts.links.items():
        facts.owners[entity] |= said.get("affiliation", set())
    for body, states in facts.homes.items():  # what the army of a state does, the state does; its newspapers are another matter
        if facts.types[body] & {"GovernmentBody", "ArmedForce"}:
            facts.owners[body] |= states
    return facts


def _above(claim: str, links: Mapping[str, Mapping[str, set[str]]]) -> Iterator[str]:
    seen = {claim}
    queue = [claim]
    while queue:
        for outer in links[queue.pop()]["within"]:
            if outer not in seen:
                seen.add(outer)
                queue.append(outer)
                yield outer


def _telling(event: str, claim: str, document: str, above: frozenset[str], facts: _Facts) -> Telling:
    said = facts.links[event]
    kinds = facts.types[event] - {"Event"}
    finest = next((kind for kind in sorted(kinds) if not any(other != kind and is_a(other, kind) for other in kinds)), "Event")
    counts = {name: min((int(value) for value in said[name]), default=None) for name in ("count", "minCount", "maxCount")}
    roles = {role: {tie for filler in said[role] for tie in _with_ties(filler, facts)} for role in _ROLES if said[role]}
    owners = {owner for filler in said["instrument"] for owner in facts.owners.get(filler, ())}
    return Telling(
        event,
        claim,
        document,
        finest,
        min((value.removeprefix(KG) for value in said["polarity"]), default="Positive"),
        min((value.removeprefix(KG) for value in said["certainty"]), default="Certain"),
        roles,
        owners,
        counts["count"] if counts["count"] is not None else counts["minCount"],
        counts["count"] if counts["count"] is not None else counts["maxCount"],
        bool(said["approximate"]),
        bool(said["ofAll"]),
        min(said["time"], default=None),
        min(facts.links[document]["issued"], default=None),
        frozenset(facts.links[claim]["source"]),
        above,
    )


def _with_ties(entity: str, facts: _Facts) -> set[str]:
    """Give an entity, who it belongs to (what Russian ships do, Russia does), and what kind of thing it is (a missile)."""
    found = {entity} | facts.owners.get(entity, set()) | facts.kinds.get(entity, set())
    kinds = [entity]
    for kind in kinds:
        kinds.extend(facts.broader.get(kind, set()) - set(kinds))
    return found | set(kinds)


def _group_kind(label: str) -> str:
    """Give what an unnamed group is compared by over documents: civilians are not soldiers, but they are people."""
    words = _PHRASE_END.split(label.lower(), maxsplit=1)[0].split()
    noun = load_knowledge().nouns.get(words[-1]) if words else None
    return f"kind:{noun.kind if noun is not None else words[-1] if words else label}"


def _pairs(events: list[Telling], exclusive: Mapping[str, Mapping[str, bool]]) -> Iterator[tuple[Telling, Telling]]:
    buckets: dict[tuple[str, str], list[Telling]] = defaultdict(list)
    for telling in events:
        families = {
            telling.type,
            *(top for top in ("Attack", "Movement", "Communication", "Casualties") if is_a(telling.type, top)),
        }
        families |= {
            f"{one}/{other}"
            for one, others in exclusive.items()
            for other in others
            if is_a(telling.type, one) or is_a(telling.type, other)
        }
        for family in families:
            for entity in {entity for fillers in telling.roles.values() for entity in fillers}:
                buckets[family, entity].append(telling)
    seen: set[tuple[str, str, str, str]] = set()
    for key in sorted(buckets):
        for one, other in _near(buckets[key]):
            mark = (one.event, one.claim, other.event, other.claim)
            if mark not in seen:
                seen.add(mark)
                yield one, other


def _near(bucket: list[Telling]) -> Iterator[tuple[Telling, Telling]]:
    """Yield all pairs of a small bucket; of a large one, those of about the same day."""
    if len(bucket) <= _LARGEST_BUCKET:
        yield from combinations(bucket, 2)
        return
    days: dict[int, list[Telling]] = defaultdict(list)
    for telling in bucket:
        day = _day(telling.day or telling.issued)
        if day is not None:
            days[day.toordinal()].append(telling)
    for number in sorted(days):
        later = [telling for after in range(1, _NEAR_DAYS + 1) for telling in days.get(number + after, ())]
        if len(days[number]) + len(later) <= _LARGEST_BUCKET:
            yield from combinations(days[number], 2)
            yield from product(days[number], later)


def _launched(events: list[Telling]) -> Mapping[str, set[int]]:
    """How many of each weapon are said to have been launched."""
    totals: dict[str, set[int]] = defaultdict(set)
    for telling in events:
        if telling.type == "Launch" and telling.least is not None and telling.least == telling.most:
            for weapon in telling.roles.get("instrument", ()):
                totals[weapon].add(telling.least)
    return totals


def _verdict(
    one: Telling, other: Telling, exclusive: Mapping[str, Mapping[str, bool]], totals: Mapping[str, set[int]]
) -> str | None:
    """Say what two tellings are to each other: contradicts, corroborates, same, or None if not of one event."""
    if not _same_time(one, other) or (one.owners and other.owners and not one.owners & other.owners):
        return None
    independent = not (one.sources & other.sources) and one.claim not in other.above and other.claim not in one.above
    for first, second in ((one, other), (other, one)):
        needs_whole = _excludes(first.type, second.type, exclusive)
        if needs_whole is not None:
            if not independent or not first.roles.get("instrument", first.roles.get("target", set())) & second.roles.get(
                "instrument", second.roles.get("target", set())
            ):
                return None
            if {first.polarity, second.polarity} != {"Positive"} or not {first.certainty, second.certainty} <= _SURE:
                return None
            return "contradicts" if not needs_whole or _is_whole(first, totals) else None
    if not (is_a(one.type, other.type) or is_a(other.type, one.type)) or not _same_participants(one, other):
        return None
    if not independent:
        return "same"
    if {one.polarity, other.polarity} == {"Positive", "Negative"}:
        denied, affirmed = (one, other) if one.polarity == "Negative" else (other, one)
        if not denied.roles.keys() <= affirmed.roles.keys():
            return "same"  # "missed the houses" does not deny "hit"
        return "contradicts" if {one.certainty, other.certainty} <= _SURE else "same"
    if one.polarity != "Positive" or other.polarity != "Positive":
        return "same"
    if _numbers_clash(one, other):
        return "contradicts" if one.issued and other.issued and one.issued[:10] == other.issued[:10] else "same"
    if ("actor" in one.roles) != ("actor" in other.roles):
        return "same"  # who did it may be the very thing in dispute
    return "corroborates" if {one.certainty, other.certainty} <= _SURE else "same"


def _excludes(one: str, other: str, exclusive: Mapping[str, Mapping[str, bool]]) -> bool | None:
    for name, others in exclusive.items():
        for excluded, whole in others.items():
            if is_a(one, name) and is_a(other, excluded):
                return whole
    return None


def _is_whole(telling: Telling, totals: Mapping[str, set[int]]) -> bool:
    """True if it speaks of all there were: "all hit", or as many as were launched."""
    if telling.whole:
        return True
    launched = {number for weapon in telling.roles.get("instrument", ()) for number in totals.get(weapon, ())}
    return telling.least is not None and telling.least in launched


def _numbers_clash(one: Telling, other: Telling) -> bool:
    margin = _ROUGHLY if one.rough or other.rough else 0.0
    for low, high in ((one, other), (other, one)):
        if low.most is not None and high.least is not None and low.most < high.least * (1 - margin):
            return True
    return False


def _same_time(one: Telling, other: Telling) -> bool:
    if one.day and other.day:
        return one.day[:10] == other.day[:10]
    if one.document == other.document:
        return True
    days = [_day(telling.day or telling.issued) for telling in (one, other)]
    return None not in days and abs((days[0] - days[1]).days) <= _NEAR_DAYS  # type: ignore[operator]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _same_participants(one: Telling, other: Telling) -> bool:
    """True if two roles agree (or all there are, with the day), and none is told otherwise."""
    agreeing, day = 0, bool(one.day and other.day)
    shared = [role for role in _ROLES if role in one.roles and role in other.roles]
    for role in shared:
        if one.roles[role] & other.roles[role]:
            agreeing += 1
        elif role != "destination":
            return False
    if {"participant"} == set(shared) and len(one.roles["participant"] & other.roles["participant"]) >= 2:
        agreeing += 1
    return agreeing >= 2 or (agreeing == 1 and day and len(one.roles) + len(other.roles) <= 3)
