"""What claims tell, out of the store: events with their participants, where words come from, and who speaks for whom.

What is told of one claim rests on its document and on what is known of the entities it names; `Said.needs` has the latter, so
that after a change only the claims that rest on it are read again.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from kg.knowledge import deeds, load_knowledge
from kg.sources import Voice, root_sources
from kg.store import Store
from kg.verdicts import PLACE_KIND, ROLES, Telling
from kg.vocab import DCTERMS, KG, PROV, RDF, RDFS, SKOS, classes, finest, is_a, kg, slugify

_TYPE, _LABEL, _OPERATES = NamedNode(RDF + "type"), NamedNode(RDFS + "label"), kg("operates")
_PHRASE_END = re.compile(r"\s(?:of|at|in|from|with|close)\s|,")
_COUNTS = ("count", "minCount", "maxCount")
_LINKS = {
    NamedNode(iri): iri.rpartition("#")[2].rpartition("/")[2]
    for iri in (
        *(KG + name for name in ("event", "source", "cue", "within", "affiliation", "polarity", "certainty", "tense", "time")),
        *(KG + name for name in ("ofAll", "approximate", *_COUNTS, *ROLES)),
        *(PROV + "wasDerivedFrom", DCTERMS + "issued", DCTERMS + "publisher"),
        *(KG + name for name in ("partOf", "locatedIn", "worksFor", "leads", "nationality")),
        SKOS + "broader",
    )
}
"""The properties that are read, with their short names; besides these, `READ`."""

READ = frozenset((_TYPE, _LABEL, _OPERATES, *_LINKS))
"""All properties on which comparisons may rest."""

_SIDED = ("State", "GovernmentBody", "ArmedForce", "ArmedGroup")
"""Who acts and speaks for one side; of an alliance, a company or a newspaper that is not so sure."""

_NAMED = "named:place/"
"""How a filler begins that is the name of a place; no IRI, as such names are not those of one place everywhere."""

_UNION = DefaultGraph()
_NOTHING: frozenset[str] = frozenset()


class Facts:
    """What the store's documents and gazetteers state, as far as comparisons need it.

    Args:
        store: where it stands.
        whole: read all at once; else of each thing when it is first asked about.

    Attributes:
        asked: all that was asked about; for whoever wants to know what an answer rests on.
    """

    def __init__(self, store: Store, *, whole: bool) -> None:
        self.asked: set[str] = set()
        self._facts = store.database.quads_for_pattern
        self._groups = f"{store.base}group/"
        self._places = f"{store.base}place/"
        self._weapons = f"{store.base}weapon/"
        self._types: dict[str, set[str]] = defaultdict(set)
        self._links: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._kinds: dict[str, set[str]] = defaultdict(set)
        self._owners: dict[str, set[str]] = defaultdict(set)
        self._known: dict[str, set[str]] = {}
        self._read: set[str] | None = None if whole else set()
        if whole:
            for predicate in (_TYPE, _LABEL, _OPERATES, *_LINKS):
                for quad in self._facts(None, predicate, None, _UNION):
                    self._take(quad)

    def _take(self, quad: Quad) -> None:
        if not isinstance(quad.subject, NamedNode) or isinstance(quad.object, Triple):
            return
        subject, predicate, value = quad.subject.value, quad.predicate, quad.object.value
        if predicate == _TYPE:
            if value.startswith(KG):
                self._types[subject].add(value.removeprefix(KG))
        elif predicate == _LABEL:
            if self._groups in subject:
                self._kinds[subject].add(_group_kind(value))
            elif subject.startswith(self._places) and "/" in subject.removeprefix(self._places):
                self._kinds[subject].add(_place_kind(value))
        elif predicate == _OPERATES:
            self._owners[value].add(subject)
        elif predicate in _LINKS:
            self._links[subject][_LINKS[predicate]].add(value)

    def _look(self, subject: str) -> None:
        self.asked.add(subject)
        if self._read is None or subject in self._read:
            return
        self._read.add(subject)
        node = _iri(subject)
        if node is None:
            return
        for quad in self._facts(node, None, None, _UNION):
            if quad.predicate != _OPERATES:
                self._take(quad)
        for quad in self._facts(None, _OPERATES, node, _UNION):
            self._take(quad)

    def claims(self) -> Iterator[str]:
        """Give all claims, sorted."""
        typed = self._facts(None, _TYPE, kg("Claim"), _UNION)
        yield from sorted(quad.subject.value for quad in typed if isinstance(quad.subject, NamedNode))

    def of(self, subject: str, name: str) -> set[str] | frozenset[str]:
        """Give the values of a property."""
        self._look(subject)
        return self._links[subject].get(name, _NOTHING) if subject in self._links else _NOTHING

    def classes(self, entity: str) -> set[str]:
        """Give its classes."""
        self._look(entity)
        return self._types.get(entity, set())

    def is_a(self, entity: str, *classes: str) -> bool:
        """True if the entity is of one of the classes."""
        return not self.classes(entity).isdisjoint(classes)

    def kinds(self, entity: str) -> set[str]:
        """Give what kind of people or things an unnamed group is, or what kind of place one without a name."""
        self._look(entity)
        return self._kinds.get(entity, set())

    def _homes(self, entity: str) -> set[str]:
        return {*self.of(entity, "partOf"), *self.of(entity, "locatedIn")}

    def owned_by(self, entity: str) -> set[str]:
        """Give who uses a weapon, to whom a group belongs, and of which state a ministry or an army is a body."""
        homes = self._homes(entity) if self.is_a(entity, "GovernmentBody", "ArmedForce") else set()
        owners = self._owners.get(entity, set())  # a kind that several use, "drones", belongs to none of them
        return (owners if len(owners) == 1 else set()) | self.of(entity, "affiliation") | homes

    def wider(self, entity: str) -> set[str]:
        """Give all that an entity belongs to, is a kind of, or lies in."""
        if entity not in self._known:
            found: set[str] = set()
            queue = [entity]
            for one in queue:
                around = self._homes(one) if self.is_a(one, "Place") else set()
                new = (self.owned_by(one) | self.of(one, "broader") | around) - found - {entity}
                found |= new
                queue.extend(sorted(new))
            if self.is_a(entity, "Weapon"):
                found |= {f"{self._weapons}{noun}" for name in self.classes(entity) if (noun := _class_noun(name))} - {entity}
            self._known[entity] = found
        self.asked |= {entity, *self._known[entity]}
        return self._known[entity]

    def sides(self, entity: str) -> set[str]:
        """Give for whom an actor acts, or a source speaks, itself included; nothing if that is not known."""
        if self.is_a(entity, *_SIDED):
            return {entity} | self.wider(entity)
        if self.is_a(entity, "Person"):
            states = self.of(entity, "nationality")
            return {entity} | states | self.spoken_for(entity) if states else set()
        owners = set() if self.is_a(entity, "Agency") else self.owned_by(entity)
        return {side for owner in owners for side in self.sides(owner)}

    def spoken_for(self, entity: str) -> set[str]:
        """Give whom a named source speaks for: a spokeswoman her ministry, the ministry its state."""
        bodies = {*self.of(entity, "worksFor"), *self.of(entity, "leads")} if self.is_a(entity, "Person") else {entity}
        return {side for body in bodies for side in {body} | (set() if self.is_a(body, "Group") else self.owned_by(body))}


@dataclass
class Said:
    """What one claim tells.

    Attributes:
        claim, document: IRIs; the document is empty if none is named.
        roots: IRIs of its root sources.
        tellings: its events, sorted.
        voice: who says it; None if it tells of no event.
        sides: for whom each of the roots speaks.
        needs: IRIs of all that this rests on.
    """

    claim: str
    document: str
    roots: frozenset[str]
    tellings: list[Telling]
    voice: Voice | None
    sides: dict[str, set[str]]
    needs: Collection[str]


def said(claim: str, facts: Facts) -> Said:
    """Read what a claim tells."""
    facts.asked = set()
    document = min(facts.of(claim, "wasDerivedFrom"), default="")
    above = tuple(_above(claim, facts))
    roots = _roots_of(claim, above, facts)
    told = [_telling(event, claim, document, above, roots, facts) for event in sorted(facts.of(claim, "event"))]
    _complete_tolls(told, facts)
    voice = _voice(claim, document, above, roots, facts) if told else None
    sides = {root: facts.spoken_for(root) for root in sorted(roots)} if told else {}
    return Said(claim, document, roots, told, voice, sides, frozenset(facts.asked))


def _roots_of(claim: str, above: Iterable[str], facts: Facts) -> frozenset[str]:
    sources = facts.of(claim, "source")
    reporting = [facts.of(outer, "source") for outer in above if facts.of(outer, "cue")]
    named = {who for names in (sources, *reporting) for who in names}
    return root_sources(sources, reporting, {who for who in named if facts.is_a(who, "Group")})


def _voice(claim: str, document: str, above: Iterable[str], roots: frozenset[str], facts: Facts) -> Voice:
    chain = (claim, *sorted(above))
    speakers = {who for one in chain if facts.of(one, "cue") for who in facts.of(one, "source")}
    publisher = min(facts.of(document, "publisher"), default=document)
    unnamed = frozenset(root for root in roots if facts.is_a(root, "Group"))
    return Voice(claim, publisher, frozenset(speakers), roots, unnamed, roots - facts.of(claim, "source"))


def _above(claim: str, facts: Facts) -> Iterator[str]:
    """Yield the claims that report this one, the nearest first."""
    seen = {claim}
    queue = [claim]
    for inner in queue:
        for outer in sorted(facts.of(inner, "within")):
            if outer not in seen:
                seen.add(outer)
                queue.append(outer)
                yield outer


def _telling(event: str, claim: str, document: str, above: Iterable[str], roots: frozenset[str], facts: Facts) -> Telling:
    numbers = {name: min((int(value) for value in facts.of(event, name)), default=None) for name in _COUNTS}
    exact = numbers["count"]
    roles = {role: set(fillers) | _kinds_of(fillers, facts) for role in ROLES if (fillers := facts.of(event, role))}
    fillers = {filler for found in roles.values() for filler in found}
    sources = facts.of(claim, "source")
    return Telling(
        event,
        claim,
        document,
        finest(facts.classes(event) - {"Event"}) or "Event",
        min((value.removeprefix(KG) for value in facts.of(event, "polarity")), default="Positive"),
        min((value.removeprefix(KG) for value in facts.of(event, "certainty")), default="Certain"),
        roles,
        {filler: wider for filler in fillers if (wider := facts.wider(filler))},
        frozenset(who for who in fillers if facts.is_a(who, "Person", "Place") or who.startswith(_NAMED)),
        frozenset(who for who in fillers if facts.is_a(who, "Person")),
        frozenset(who for who in fillers if facts.is_a(who, "Person", "Weapon")),
        frozenset(owner for filler in roles.get("instrument", ()) for owner in facts.owned_by(filler)),
        {who: sides for who in roles.get("actor", set()) | sources if (sides := facts.sides(who))},
        exact if exact is not None else numbers["minCount"],
        exact if exact is not None else numbers["maxCount"],
        bool(facts.of(event, "approximate")),
        bool(facts.of(event, "ofAll")),
        min(facts.of(event, "time"), default=None),
        min(facts.of(document, "issued"), default=None),
        min((value.removeprefix(KG) for value in facts.of(event, "tense")), default=None),
        frozenset(sources),
        frozenset(above),
        roots,
    )


def _complete_tolls(told: Iterable[Telling], facts: Facts) -> None:
    """Let a toll be where and when the only attack is that its claim tells of: "killed 40 on Friday in a raid on Idlib"."""
    tolls = deeds().grows
    counted = [telling for telling in told if any(is_a(telling.type, name) for name in tolls)]
    attacks = [telling for telling in told if is_a(telling.type, "Attack") and telling not in counted]
    if len(attacks) != 1:
        return
    (attack,) = attacks
    targets = {target for target in attack.roles.get("target", ()) if facts.is_a(target, "Place")}
    where = attack.roles.get("place") or targets | _kinds_of(targets, facts)
    for telling in counted:
        if telling.polarity != attack.polarity or "Future" in (telling.tense, attack.tense):
            continue
        telling.day = telling.day or attack.day
        if where and "place" not in telling.roles:
            telling.roles["place"] = set(where)
            telling.wider |= {place: wider for place in where if (wider := facts.wider(place))}
            telling.unique |= attack.unique & where


def _kinds_of(fillers: Iterable[str], facts: Facts) -> set[str]:
    """Give what fillers without a name are compared by besides.

    The kind of a group or a place; of "Russian missiles" missiles, of "NATO aircraft" aircraft.
    """
    found = {kind for filler in fillers for kind in facts.kinds(filler)}
    for filler in fillers:
        for kind in facts.of(filler, "broader"):
            whose = filler.rpartition("/")[2].removesuffix(kind.rpartition("/")[2]).removesuffix("-")
            owners = {owner.rpartition("/")[2] for owner in facts.owned_by(filler)}
            if whose in _peoples() or whose in owners:
                found.add(kind)
    return found


@cache
def _class_noun(name: str) -> str | None:
    """Give the name of the kind of weapons that are all of this class, as it stands in IRIs; None if it is not of weapons."""
    return slugify(classes()[name].label) if name != "Weapon" and is_a(name, "Weapon") else None


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


def _place_kind(label: str) -> str:
    """Give what a place that no gazetteer knows is compared by: its name, or what kind of place it is.

    "A crowded market" and "the market" may be one, a hospital not.

    >>> _place_kind("crowded market"), _place_kind("Mugunga camp")
    ('kind:place/market', 'named:place/mugunga-camp')
    """
    if label != label.lower():
        return f"{_NAMED}{slugify(label)}"
    words = _PHRASE_END.split(label.lower(), maxsplit=1)[0].split()
    return f"{PLACE_KIND}{words[-1] if words else label}"


def _iri(text: str) -> NamedNode | None:
    """Give the node of this IRI; None if it is none, but a kind of people or text."""
    try:
        return None if text.startswith("kind:") else NamedNode(text)
    except ValueError:
        return None
