"""What follows from all claims together: verdicts between claims, contradictions, root and independent sources.

Rebuilds `graph/derived`. What depends on what: a claim's `kg:rootSource` on its own document; a verdict on its two tellings and
on what is known of their participants (`_Facts`), and for exclusive outcomes on how many of a weapon were launched; the number
of independent sources, and circles, on all tellings of one proposition (`_propositions`).
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, product

from pyoxigraph import Literal, NamedNode, Triple

from kg.knowledge import deeds, exclusive_outcomes, load_knowledge
from kg.sources import Voice, circular, independent, root_sources
from kg.store import Store
from kg.verdicts import (
    NEAR_DAYS,
    ROLES,
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
from kg.vocab import BASE, DCTERMS, KG, PROV, RDF, RDFS, SKOS, XSD, finest, kg, slugify

_TYPE = NamedNode(RDF + "type")
_PHRASE_END = re.compile(r"\s(?:of|at|in|from|with|close)\s|,")
_DIGITS = 16
_KEPT = ("event", "source", "cue", "within", "affiliation", "polarity", "certainty", "time", "ofAll", "approximate")
_COUNTS = ("count", "minCount", "maxCount")

_LARGEST_BUCKET = 400
"""A kind of event with one participant that is told of more often than this is compared day by day only."""

_SIDED = ("State", "GovernmentBody", "ArmedForce", "ArmedGroup")
"""Who acts and speaks for one side; of an alliance, a company or a newspaper that is not so sure."""


@dataclass(slots=True)
class _Facts:
    """What is needed of the store, read in one pass.

    Attributes:
        types: classes, by IRI.
        links: values of claims, events and documents, by property.
        kinds: of unnamed groups, what kind of people or things they are.
        owners: of weapons, who operates them.
        homes: of bodies and places, what they are part of or lie in.
        broader: of kinds of weapons, broader kinds.
        services: of people, whom they work for or lead.
        nations: of people, their states.
    """

    types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    links: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    kinds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    owners: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    homes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    broader: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    services: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    nations: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    known: dict[str, set[str]] = field(default_factory=dict)

    def of(self, subject: str, name: str) -> set[str]:
        """Give the values of a property."""
        return self.links[subject].get(name, set()) if subject in self.links else set()

    def is_a(self, entity: str, *classes: str) -> bool:
        """True if the entity is of one of the classes."""
        return not self.types.get(entity, set()).isdisjoint(classes)

    def owned_by(self, entity: str) -> set[str]:
        """Give who uses a weapon, to whom a group belongs, and of which state a ministry or an army is a body."""
        homes = self.homes.get(entity, set()) if self.is_a(entity, "GovernmentBody", "ArmedForce") else set()
        owners = self.owners.get(entity, set())  # a kind that several use, "drones", belongs to none of them
        return (owners if len(owners) == 1 else set()) | self.of(entity, "affiliation") | homes

    def wider(self, entity: str) -> set[str]:
        """Give all that an entity belongs to, is a kind of, or lies in."""
        if entity not in self.known:
            found: set[str] = set()
            queue = [entity]
            for one in queue:
                around = self.homes.get(one, set()) if self.is_a(one, "Place") else set()
                new = (self.owned_by(one) | self.broader.get(one, set()) | around) - found - {entity}
                found |= new
                queue.extend(sorted(new))
            self.known[entity] = found
        return self.known[entity]

    def sides(self, entity: str) -> set[str]:
        """Give for whom an actor acts, or a source speaks, itself included; nothing if that is not known."""
        if self.is_a(entity, *_SIDED):
            return {entity} | self.wider(entity)
        if self.is_a(entity, "Person"):
            states = self.nations.get(entity, set())
            return {entity} | states | self.spoken_for(entity) if states else set()
        owners = set() if self.is_a(entity, "Agency") else self.owned_by(entity)
        return {side for owner in owners for side in self.sides(owner)}

    def spoken_for(self, entity: str) -> set[str]:
        """Give whom a named source speaks for: a spokeswoman her ministry, the ministry its state."""
        bodies = self.services.get(entity, set()) if self.is_a(entity, "Person") else {entity}
        return {side for body in bodies for side in {body} | (set() if self.is_a(body, "Group") else self.owned_by(body))}


def derive(store: Store) -> int:
    """Rebuild the derived graph; give the number of its statements.

    Raises:
        StoreError: the store cannot be written.
    """
    facts = _gather(store)
    events = _tellings(facts)
    comparisons = list(compared(events))
    triples = {*relate(comparisons, store.base), *_roots(facts), *_propositions(events, comparisons, facts)}
    ordered = sorted(triples, key=str)
    store.replace_graph(store.minter.derived.value, ordered)
    return len(ordered)


def tellings(store: Store) -> list[Telling]:
    """Give every event of every claim, in a stable order."""
    return _tellings(_gather(store))


def compared(events: Iterable[Telling]) -> Iterator[Comparison]:
    """Yield what tellings are to each other, each pair once, as far as anything can be said."""
    listed = list(events)
    lore = Lore(exclusive_outcomes(), *deeds(), _launched(listed))
    for one, other in _pairs(listed, lore):
        found = compare(one, other, lore)
        if found is not None:
            yield found


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


# Sources -----------------------------------------------------------------------------------------------------------


def _roots(facts: _Facts) -> Iterator[Triple]:
    """Yield the root sources of all claims."""
    for claim in sorted(iri for iri, kinds in facts.types.items() if "Claim" in kinds):
        for root in _roots_of(claim, facts):
            yield Triple(NamedNode(claim), kg("rootSource"), NamedNode(root))


def _roots_of(claim: str, facts: _Facts) -> frozenset[str]:
    sources = facts.of(claim, "source")
    reporting = [facts.of(outer, "source") for outer in _above(claim, facts) if facts.of(outer, "cue")]
    named = {who for names in (sources, *reporting) for who in names}
    return root_sources(sources, reporting, {who for who in named if facts.is_a(who, "Group")})


def _propositions(events: list[Telling], comparisons: Iterable[Comparison], facts: _Facts) -> Iterator[Triple]:
    """Yield how many independent sources say so, for every event that is told as so or as not so; and who quote in a circle.

    A proposition is what tellings of one event say alike: none contradicts the other.
    """
    asserted = {(t.claim, t.event): t for t in events if t.is_sure and t.polarity != "UnknownPolarity"}
    propositions = Groups(asserted)
    for comparison in comparisons:
        one, other = ((t.claim, t.event) for t in (comparison.first, comparison.second))
        if comparison.verdict in (Verdict.SAME, Verdict.REFINEMENT) and one in propositions and other in propositions:
            propositions.join(one, other)
    for members in propositions.listed():
        told = [asserted[member] for member in members]
        voices = [_voice(telling, facts) for telling in told]
        sides = {root: facts.spoken_for(root) for voice in voices for root in voice.roots}
        number = Literal(str(len(independent(voices, sides))), datatype=NamedNode(XSD + "integer"))
        for event in sorted({telling.event for telling in told}):
            yield Triple(NamedNode(event), kg("independentSources"), number)
        for left, right in circular(voices):
            yield Triple(NamedNode(left), kg("circularWith"), NamedNode(right))
            yield Triple(NamedNode(right), kg("circularWith"), NamedNode(left))


def _voice(telling: Telling, facts: _Facts) -> Voice:
    chain = (telling.claim, *sorted(telling.above))
    speakers = {who for claim in chain if facts.of(claim, "cue") for who in facts.of(claim, "source")}
    publisher = min(facts.of(telling.document, "publisher"), default=telling.document)
    unnamed = frozenset(root for root in telling.roots if facts.is_a(root, "Group"))
    quoting = telling.roots - facts.of(telling.claim, "source")
    return Voice(telling.claim, publisher, frozenset(speakers), telling.roots, unnamed, quoting)


# Tellings ----------------------------------------------------------------------------------------------------------


def _gather(store: Store) -> _Facts:
    facts = _Facts()
    derived = store.minter.derived
    kept = {KG + name for name in (*_KEPT, *_COUNTS, *ROLES)}
    kept |= {PROV + "wasDerivedFrom", DCTERMS + "issued", DCTERMS + "publisher"}
    for quad in store.quads():
        if quad.graph_name == derived or not isinstance(quad.subject, NamedNode) or isinstance(quad.object, Triple):
            continue
        subject, predicate, value = quad.subject.value, quad.predicate.value, quad.object.value
        if predicate == RDF + "type" and value.startswith(KG):
            facts.types[subject].add(value.removeprefix(KG))
        elif predicate == RDFS + "label" and f"{store.base}group/" in subject:
            facts.kinds[subject].add(_group_kind(value))
        elif predicate in (KG + "partOf", KG + "locatedIn"):
            facts.homes[subject].add(value)
        elif predicate == KG + "operates":
            facts.owners[value].add(subject)
        elif predicate in (KG + "worksFor", KG + "leads"):
            facts.services[subject].add(value)
        elif predicate == KG + "nationality":
            facts.nations[subject].add(value)
        elif predicate == SKOS + "broader":
            facts.broader[subject].add(value)
        elif predicate in kept:
            facts.links[subject][predicate.rpartition("#")[2].rpartition("/")[2]].add(value)
    return facts


def _tellings(facts: _Facts) -> list[Telling]:
    found: list[Telling] = []
    for claim in sorted(iri for iri, kinds in facts.types.items() if "Claim" in kinds):
        said = facts.links.get(claim, {})
        if not said.get("event"):
            continue
        document = min(said.get("wasDerivedFrom", ()), default="")
        above = frozenset(_above(claim, facts))
        roots = _roots_of(claim, facts)
        found.extend(_telling(event, claim, document, above, roots, facts) for event in sorted(said["event"]))
    return found


def _above(claim: str, facts: _Facts) -> Iterator[str]:
    """Yield the claims that report this one, the nearest first."""
    seen = {claim}
    queue = [claim]
    for inner in queue:
        for outer in sorted(facts.of(inner, "within")):
            if outer not in seen:
                seen.add(outer)
                queue.append(outer)
                yield outer


def _telling(event: str, claim: str, document: str, above: frozenset[str], roots: frozenset[str], facts: _Facts) -> Telling:
    numbers = {name: min((int(value) for value in facts.of(event, name)), default=None) for name in _COUNTS}
    exact = numbers["count"]
    roles = {role: set(fillers) | _kinds_of(fillers, facts) for role in ROLES if (fillers := facts.of(event, role))}
    fillers = {filler for found in roles.values() for filler in found}
    sources = facts.of(claim, "source")
    return Telling(
        event,
        claim,
        document,
        finest(facts.types.get(event, set()) - {"Event"}) or "Event",
        min((value.removeprefix(KG) for value in facts.of(event, "polarity")), default="Positive"),
        min((value.removeprefix(KG) for value in facts.of(event, "certainty")), default="Certain"),
        roles,
        {filler: wider for filler in fillers if (wider := facts.wider(filler))},
        frozenset(who for who in fillers if facts.is_a(who, "Person", "Place")),
        frozenset(who for who in fillers if facts.is_a(who, "Person", "Weapon")),
        frozenset(owner for filler in roles.get("instrument", ()) for owner in facts.owned_by(filler)),
        {who: sides for who in roles.get("actor", set()) | sources if (sides := facts.sides(who))},
        exact if exact is not None else numbers["minCount"],
        exact if exact is not None else numbers["maxCount"],
        bool(facts.of(event, "approximate")),
        bool(facts.of(event, "ofAll")),
        min(facts.of(event, "time"), default=None),
        min(facts.of(document, "issued"), default=None),
        frozenset(sources),
        above,
        roots,
    )


def _kinds_of(fillers: Iterable[str], facts: _Facts) -> set[str]:
    """Give what fillers without a name are compared by besides: the kind of a group; of "Russian missiles", missiles."""
    found = {kind for filler in fillers for kind in facts.kinds.get(filler, ())}
    for filler in fillers:
        for kind in facts.broader.get(filler, ()):
            whose = filler.rpartition("/")[2].removesuffix(kind.rpartition("/")[2]).removesuffix("-")
            if whose in _peoples():
                found.add(kind)
    return found


@cache
def _peoples() -> frozenset[str]:
    knowledge = load_knowledge()
    adjectives = (adjective for entry in knowledge.entries if entry.kind == "state" for adjective in entry.adjectives)
    return frozenset(slugify(name) for name in (*knowledge.peoples, *adjectives))


def _group_kind(label: str) -> str:
    """Give what an unnamed group is compared by over documents: civilians are not soldiers, but they are people."""
    words = _PHRASE_END.split(label.lower(), maxsplit=1)[0].split()
    noun = load_knowledge().nouns.get(words[-1]) if words else None
    return f"kind:{noun.kind if noun is not None else words[-1] if words else label}"


# Pairs -------------------------------------------------------------------------------------------------------------


def _pairs(events: list[Telling], lore: Lore) -> Iterator[tuple[Telling, Telling]]:
    """Yield the tellings that may be of one event: of one family of kinds, with a participant in common. Each pair once."""
    buckets: dict[tuple[str, str], list[Telling]] = defaultdict(list)
    for telling in events:
        named = {filler for fillers in telling.roles.values() for filler in fillers}
        named |= {wider for filler in named for wider in telling.wider.get(filler, ())}
        for family in set(families(telling.type, lore)):
            for entity in named:
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
        day = day_of(telling.day or telling.issued)
        if day is not None:
            days[day.toordinal()].append(telling)
    for number in sorted(days):
        later = [telling for after in range(1, NEAR_DAYS + 1) for telling in days.get(number + after, ())]
        if len(days[number]) + len(later) <= _LARGEST_BUCKET:
            yield from combinations(days[number], 2)
            yield from product(days[number], later)


def _launched(events: list[Telling]) -> Mapping[str, frozenset[int]]:
    """How many of each weapon are said to have been launched."""
    totals: dict[str, set[int]] = defaultdict(set)
    for telling in events:
        if telling.type == "Launch" and telling.least is not None and telling.least == telling.most:
            for weapon in telling.roles.get("instrument", ()):
                for kind in telling.widened(weapon):
                    totals[kind].add(telling.least)
    return {weapon: frozenset(numbers) for weapon, numbers in totals.items()}
