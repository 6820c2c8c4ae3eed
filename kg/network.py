"""The store projected to a network: entities and events are nodes, what is claimed of them are edges.

Takes the quads of a dataset, gives a `networkx.MultiDiGraph` that `kg.render` draws and `kg.export` writes. Every node and
edge carries its evidence: the claims that state it, who makes them, and the words in the document.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import combinations, product
from typing import Any, Literal, Protocol

import networkx as nx
from pyoxigraph import Quad, Triple

from kg.errors import ExportError, suggest
from kg.facts import Dataset, gather
from kg.model import RISING, Certainty, Polarity
from kg.sides import tell_sides
from kg.vocab import KG, WIKIDATA, classes, lineage, prefixes

CENTRALITIES = ("claims", "degree", "betweenness", "closeness", "pagerank")
"""Measures of importance: the claims on a node and its neighbours, counted together; then as networkx computes them."""

_INTO_EVENT = frozenset({"actor", "participant"})
"""Roles whose edge runs from the entity to the event, so that arrows read as sentences: Russia → launch → Syria."""

_ROLE_LABELS = {
    "actor": "acts in",
    "participant": "takes part in",
    "target": "against",
    "instrument": "with",
    "recipient": "to",
    "place": "in",
    "origin": "from",
    "destination": "to",
}
ROLES = tuple(_ROLE_LABELS)
"""The properties that tie an event to who and what takes part in it."""

_NO_RELATION = frozenset({"polarity", "certainty", "tense"})
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_SHOWN_CANDIDATES = 8
_HEAVIEST = 30.0
_SAMPLED = 200  # betweenness of larger networks is estimated from so many nodes
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Held:
    """What the store holds of a claim and its document, term by term, for writing it out again.

    Attributes:
        triples: gives what the claim's graph holds, sorted; asked only when it is written.
        sources: who makes it, as far as they have a name: IRI and name.
        about: IRIs.
        within: the IRI of the claim that reports it.
        title: the document's title, if it has one.
        issued: its day or time, as N-Triples has it.
    """

    triples: Callable[[], list[Triple]] = field(compare=False, repr=False)
    sources: tuple[tuple[str, str], ...]
    about: tuple[str, ...]
    within: str | None
    title: str | None
    issued: str | None


class Quads(Protocol):
    """What a store offers (`kg.store.Store`); a bare `pyoxigraph.Store` or any collection of quads will do as well."""

    def quads(self, graph: str | None = None) -> Iterable[Quad]:
        """Give the quads of one graph, or of all."""


def gathered(store: Quads | Iterable[Quad] | Dataset) -> Dataset:
    """Give what the store holds, read once, for several projections; what was read before as it is."""
    if isinstance(store, Dataset):
        return store
    return gather(store.quads() if hasattr(store, "quads") else store)


def project(
    store: Quads | Iterable[Quad] | Dataset,
    *,
    focus: str | None = None,
    hops: int = 2,
    source: str | None = None,
    compare: tuple[str, str] | None = None,
    types: Collection[str] | None = None,
    min_certainty: Certainty | str | None = None,
    since: str | None = None,
    until: str | None = None,
    top: int | None = None,
    by: str | None = None,
    events: Literal["nodes", "edges"] = "nodes",
) -> "nx.MultiDiGraph[str]":
    """Give the network of the claims in `store`; the same quads in any order give the same network.

    Events that the store holds to be the same (`kg:sameEvent`) are one node. Documents are no nodes; nodes without a name
    or without an edge are left out.

    Args:
        focus: keep what lies within `hops` edges of this entity: its name or alias in any case, or its IRI. From entity to
            event is one hop, from entity over an event to entity two.
        source: keep what this entity claims, or passes on (a name or an IRI, as above).
        compare: keep what either of these two entities claims or passes on, and tell on each node and edge which of them.
        types: keep nodes of this class or below ("Weapon", "Launch") with the relations and events they take part in and
            the others in these; of several classes, keep only what ties such nodes to each other, directly or in an event.
        min_certainty: keep claims at least so certain: Certain, Probable, Possible, UnknownCertainty.
        since, until: keep events of this time, inclusive (2015, 2015-10 or 2015-10-07); the date of the document stands
            for events and relations without one; what has neither is left out.
        top: keep the most important nodes, so many.
        by: the measure of importance, one of `CENTRALITIES`. Then `top` keeps exactly the first by this measure; by default
            it counts claims and neighbours, and keeps such nodes as hang together.
        events: "nodes", or "edges" for a network of entities only, in which an event is an edge from actor to target.

    Returns:
        Nodes are named by IRI, in sorted order. Attributes of all: `kind` ("entity" or "event"), `class` (the finest),
        `classes` (it and all above), `label`, `aliases`, `wikidata` (IRI or None), `codes` ("ISO 3166 RU", "CAMEO 19"),
        `mentions`, `degree`, `weight`
        (importance), `contested`, `evidence`. Of entities also `positions`, `affiliation`, `point` (latitude and longitude
        or None); of events `time` (ISO 8601),
        `time_text`, `count` (as shown), `trigger` (the word in the text), `polarity`, `certainty`.

        Edges have a `key` of kind, predicate and polarity, and the attributes `kind` ("relation", "role", "statement": a
        source says something of an event or entity; "event" if events are edges), `predicate`, `label`, `polarity`,
        `certainty` (the highest of its claims), `contested`, `days` (when it happened, else when it was said; ISO 8601),
        `evidence`. What is affirmed and what is denied are two edges. With `compare`, nodes and edges have a `side`: "a" or
        "b" (only one says so), "both", or "clash": what one says of it contradicts the other; the network's own attribute
        `sides` holds the two names. If events are edges, each has its `events`, by IRI. The network's `events` tell of
        all events that its claims state, by IRI: `classes`, `labels`, and the `node` that stands for it (itself, or the first
        of those that are the same).

        `evidence` is a list of claims, one dict each, shared between all that rest on it: `claim` (IRI), `source` and
        `addressee` (labels), `sources` (IRIs), `own_voice`, `cue`, `polarity`, `certainty`, `contested`, `contradicts` and
        `corroborates` (IRIs), `via` (labels of the sources that pass it on, the nearest first), `quote`, `prefix`,
        `suffix`, `document` (IRI), `title`, `publisher`, `date`, `url`, `held` (`Held`).

    Raises:
        ExportError: a name fits no entity or several, or an option is not one of the possible ones.
    """
    _check_options(hops, top, by, since, until, events)
    certainty = _certainty(min_certainty)
    dataset = gathered(store)
    wanted = _class_names(types, dataset)
    speakers = [] if source is None else [resolve(source, dataset, "source")]
    sides = [resolve(name, dataset, "compare") for name in compare or ()]
    if sides and sides[0] == sides[1]:
        raise ExportError(f"compare: both names mean {dataset.shown(sides[0])}; give two sources")
    centre = None if focus is None else resolve(focus, dataset, "focus")
    network = _Projection(dataset, speakers, sides, certainty, since, until).build(events)
    if sides:
        network.graph["sides"] = [dataset.shown(iri) for iri in sides]
    if wanted:
        _keep_types(network, wanted)
    if centre is not None:
        given = {
            "source": source,
            "compare": compare,
            "type": types,
            "min-certainty": min_certainty,
            "since": since,
            "until": until,
        }
        network = _around(network, centre, hops, dataset, [name for name, value in given.items() if value])
    _weigh(network, by or "claims")
    if top is not None:
        network.remove_nodes_from((ranked(network) if by is None else _heaviest(network))[top:])
    kept = {centre} if by is None or top is None else set(network)
    network.remove_nodes_from([node for node in nx.isolates(network) if node not in kept])
    for node, degree in network.degree():
        network.nodes[node]["degree"] = degree
    return network


# Options


def _check_options(hops: int, top: int | None, by: str | None, since: str | None, until: str | None, events: str) -> None:
    if hops < 0:
        raise ExportError(f"hops: {hops} is no distance; give 0 or more")
    if top is not None and top < 1:
        raise ExportError(f"top: {top} nodes are no network; give 1 or more")
    if by is not None and by not in CENTRALITIES:
        raise ExportError(f"by: '{by}' is no measure; {suggest(by, CENTRALITIES)}")
    for name, day in (("since", since), ("until", until)):
        if day is not None and not _DAY.fullmatch(day):
            raise ExportError(f"{name}: '{day}' is no date; write 2015, 2015-10 or 2015-10-07")
    if events not in {"nodes", "edges"}:
        raise ExportError(f"events: '{events}' is not possible; known: edges, nodes")


def _certainty(value: Certainty | str | None) -> int:
    """Give the place in `RISING` from which on claims count."""
    if value is None:
        return 0
    if isinstance(value, Certainty):
        return RISING.index(value)
    for place, certainty in enumerate(RISING):
        if value.casefold() in {certainty.value.casefold(), certainty.name.casefold()}:
            return place
    raise ExportError(f"min_certainty: '{value}' is none; known: {', '.join(item.value for item in RISING)}")


def _class_names(types: Collection[str] | None, dataset: Dataset) -> set[str]:
    known = set(classes()).union(*dataset.types.values())
    folded = {name.casefold(): name for name in sorted(known)}
    wanted = set()
    for name in types or ():
        plain = name.removeprefix("kg:").removeprefix(KG)
        if plain.casefold() not in folded:
            raise ExportError(f"types: there is no class '{name}'; {suggest(plain, known)}")
        wanted.add(folded[plain.casefold()])
    return wanted


def resolve(name: str, dataset: Dataset, option: str) -> str:
    """Give the IRI of the entity that people call `name`; messages begin with `option`.

    Raises:
        ExportError: there is none of this name, or several.
    """
    wanted = name.strip()
    prefix, _, local = wanted.partition(":")
    iris = {wanted, wanted.removeprefix("<").removesuffix(">"), prefixes().get(prefix, "\0") + local}
    entities = sorted(iri for iri, kinds in dataset.types.items() if "Entity" in kinds)
    folded = " ".join(wanted.casefold().split())

    def is_called(test: Callable[[str], bool]) -> list[str]:
        return [iri for iri in entities if any(test(name) for name in dataset.names(iri))]

    tiers: tuple[Callable[[], list[str]], ...] = (
        lambda: [iri for iri in entities if iri in iris],
        lambda: [iri for iri in entities if (dataset.label(iri) or "").casefold() == folded],
        lambda: is_called(lambda name: name.casefold() == folded),
        lambda: is_called(lambda name: f" {folded} " in f" {name.casefold()} ") if folded else [],
    )
    found = next((tier for make in tiers if (tier := make())), [])
    if len(found) == 1:
        return found[0]
    if not found:
        known = {name for iri in entities for name in dataset.names(iri)}
        hint = suggest(name, known) if known else "the store holds no entities"
        hint = hint if hint.startswith("did") or len(known) <= _SHOWN_CANDIDATES else "give a name, an alias or an IRI"
        raise ExportError(f"{option}: no entity is called '{name}'; {hint}")
    ranked = sorted(found, key=lambda iri: (-dataset.mentions[iri], iri))
    shown = "; ".join(f"{dataset.shown(iri)} <{iri}>" for iri in ranked[:_SHOWN_CANDIDATES])
    more = f" and {len(ranked) - _SHOWN_CANDIDATES} more" if len(ranked) > _SHOWN_CANDIDATES else ""
    raise ExportError(f"{option}: '{name}' may be {shown}{more}; give the IRI of one")


def evidence(dataset: Dataset) -> dict[str, dict[str, Any]]:
    """Give all claims of a dataset by IRI, each as in the `evidence` of `project`."""
    return _Projection(dataset, [], [], 0, None, None).evidence


# Facts to a network


@dataclass(slots=True)
class _EventFacts:
    """What all claims on one event say, together."""

    types: set[str] = field(default_factory=set)
    times: set[str] = field(default_factory=set)
    time_texts: set[str] = field(default_factory=set)
    counts: set[str] = field(default_factory=set)
    labels: Counter[str] = field(default_factory=Counter)
    polarities: set[str] = field(default_factory=set)
    certainties: set[str] = field(default_factory=set)
    mentions: int = 0


class _Projection:
    """Builds the network of one dataset: which claims count, which nodes stand for which IRIs, which edges they give."""

    def __init__(
        self,
        dataset: Dataset,
        speakers: list[str],
        sides: list[str],
        certainty: int,
        since: str | None,
        until: str | None,
    ) -> None:
        self.dataset = dataset
        self.speakers = set(speakers)
        self.sides = sides
        self.certainty = certainty
        self.since = since
        self.until = until
        self.network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self.representative = _merge(dataset.same_event)
        self.evidence = {iri: self._make_evidence(iri) for iri in sorted(dataset.claims)}
        self.facts: dict[str, _EventFacts] = defaultdict(_EventFacts)
        self.edges: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.told: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self.stated: dict[str, set[str]] = defaultdict(set)
        self.passed_on: dict[str, set[str]] = defaultdict(set)
        self.positions: dict[str, set[str]] = defaultdict(set)
        self.events: set[str] = set()

    def build(self, events: str) -> "nx.MultiDiGraph[str]":
        """Give the network; nodes and edges in sorted order."""
        counted = [iri for iri in self.evidence if self._counts(iri)]
        for iri in counted:
            self._add_claim(iri, events)
        if events == "nodes":
            for iri in counted:
                self._add_voice(iri)
        self._add_nodes()
        for (start, end, key), attributes in sorted(self.edges.items(), key=lambda item: item[0]):
            if start in self.network and end in self.network:
                self.network.add_edge(start, end, key=key, **_sealed(attributes))
        self.network.graph["events"] = {
            event: {
                "classes": sorted(self.dataset.types[event]),
                "labels": sorted(self.dataset.labels.get(event, ())),
                "node": self.representative.get(event, event),
            }
            for event in sorted(self.events)
        }
        if self.sides:
            places = {
                iri: frozenset(n for n, who in enumerate(self.sides) if who in self._voices(iri)) for iri in self.evidence
            }
            tell_sides(self.network, places)
        return self.network

    # Which claims count

    def _counts(self, iri: str) -> bool:
        claim = self.dataset.claims[iri]
        if _rank(claim.certainty) < self.certainty:
            return False
        if self.speakers and not self.speakers & self._voices(iri):
            return False
        if self.sides and not self._voices(iri).intersection(self.sides):
            return False
        return (self.since is None and self.until is None) or self._is_in_time(iri)

    def _is_in_time(self, iri: str) -> bool:
        times = [value for _, name, value in self.dataset.literals[iri] if name == "time"]
        times = times or [self.evidence[iri]["date"]]
        return any(
            day
            and (self.since is None or day[: len(self.since)] >= self.since)
            and (self.until is None or day[: len(self.until)] <= self.until)
            for day in times
        )

    def _voices(self, iri: str) -> set[str]:
        """Give who makes the claim and who passes it on."""
        return {source for claim in self._chain(iri) for source in self.dataset.claims[claim].sources}

    def _chain(self, iri: str) -> list[str]:
        """Give the claim and those that report it, the nearest first."""
        chain = [iri]
        while (outer := self.dataset.claims[chain[-1]].within) and outer in self.dataset.claims and outer not in chain:
            chain.append(outer)
        return chain

    # Evidence

    def _make_evidence(self, iri: str) -> dict[str, Any]:
        dataset, claim = self.dataset, self.dataset.claims[iri]
        about = dataset.documents.get(claim.document, {})
        outer = [dataset.claims[other] for other in self._chain(iri)[1:]]
        url = about.get("source")
        return {
            "claim": iri,
            "source": self._names(claim.sources),
            "sources": claim.sources,
            "addressee": self._names(claim.addressees),
            "own_voice": claim.cue is None,
            "cue": claim.cue,
            "polarity": claim.polarity,
            "certainty": claim.certainty,
            "contested": bool(claim.contradicts),
            "contradicts": claim.contradicts,
            "corroborates": claim.corroborates,
            "via": [self._names(voice.sources) for voice in outer if voice.cue is not None],
            "quote": claim.texts.get("exact", ""),
            "prefix": claim.texts.get("prefix", ""),
            "suffix": claim.texts.get("suffix", ""),
            "document": claim.document,
            "title": self._title(claim.document),
            "publisher": dataset.shown(about["publisher"]) if about.get("publisher") else None,
            "date": about.get("issued"),
            "url": url if url and url.lower().startswith(("http://", "https://")) else None,
            "held": Held(
                partial(dataset.triples, iri),
                tuple((source, label) for source in claim.sources if (label := dataset.label(source))),
                tuple(claim.about),
                claim.within,
                about.get("title"),
                str(dataset.issued[claim.document]) if claim.document in dataset.issued else None,
            ),
        }

    def _names(self, iris: list[str]) -> str:
        """Give the names of sources; a document that speaks for itself goes by its title."""
        documents = self.dataset.documents
        return ", ".join(self._title(iri) if iri in documents else self.dataset.shown(iri) for iri in iris)

    def _title(self, document: str) -> str:
        """Give a document's title, else the name it came by."""
        about = self.dataset.documents.get(document, {})
        return about.get("title") or about.get("identifier") or document

    # Edges

    def _node(self, iri: str) -> str | None:
        """Give the node that stands for `iri`; None if it is nothing that is drawn."""
        kinds = self.dataset.types.get(iri, ())
        if "Event" in kinds:
            return self.representative.get(iri, iri)
        return iri if "Entity" in kinds and self.dataset.label(iri) else None

    def _add_claim(self, iri: str, events: str) -> None:
        """Add what the claim states."""
        dataset, claim = self.dataset, self.dataset.claims[iri]
        roles: dict[str, list[tuple[str, str]]] = defaultdict(list)
        moods = {
            (subject, name): value.removeprefix(KG) for subject, name, value in dataset.statements[iri] if name in _NO_RELATION
        }
        for subject, predicate, value in dataset.statements[iri]:
            if predicate in _NO_RELATION:
                continue
            start, end = self._node(subject), self._node(value)
            if start is None or end is None or start == end:
                continue
            if dataset.is_event(subject):
                roles[subject].append((predicate, end))
            else:
                edge = ("relation", predicate, spaced(predicate))
                self._add_edge(start, end, *edge, iri, claim.polarity, claim.certainty, self.evidence[iri]["date"])
        stated = {subject for subject, _, _ in dataset.statements[iri]} | {subject for subject, _, _ in dataset.literals[iri]}
        for event in sorted(name for name in stated if dataset.is_event(name)):
            polarity = moods.get((event, "polarity"), claim.polarity)
            certainty = moods.get((event, "certainty"), claim.certainty)
            self._add_event(event, iri, polarity, certainty)
            times = [value for subject, name, value in dataset.literals[iri] if subject == event and name == "time"]
            day = min(times, default=self.evidence[iri]["date"])
            edges = self._role_edges(event, roles[event]) if events == "nodes" else self._acting_edges(event, roles[event])
            for start, end, kind, predicate, label in edges:
                added = self._add_edge(start, end, kind, predicate, label, iri, polarity, certainty, day)
                if kind == "event":
                    added.setdefault("events", set()).add(event)
        for outer in self._chain(iri)[1:]:
            self.passed_on[outer] |= self.stated[iri]
        for subject, predicate, value in dataset.literals[iri]:
            if predicate == "position":
                self.positions[subject].add(value)

    def _add_event(self, event: str, iri: str, polarity: str, certainty: str) -> None:
        self.events.add(event)
        facts = self.facts[self.representative.get(event, event)]
        facts.types |= self.dataset.types[event]
        facts.labels += self.dataset.labels.get(event, Counter())
        facts.mentions += self.dataset.mentions[event] if event not in facts.labels else 0
        facts.polarities.add(polarity)
        facts.certainties.add(certainty)
        said = {name: value for subject, name, value in self.dataset.literals[iri] if subject == event}
        facts.counts |= {count for count in [_count(said)] if count}
        facts.times |= {said["time"]} if "time" in said else set()
        facts.time_texts |= {said["timeText"]} if "timeText" in said else set()
        self.told[self.representative.get(event, event)][iri] = self.evidence[iri]
        self.stated[iri].add(self.representative.get(event, event))

    def _role_edges(self, event: str, roles: list[tuple[str, str]]) -> Iterator[tuple[str, str, str, str, str]]:
        node = self.representative.get(event, event)
        for role, filler in roles:
            start, end = (filler, node) if role in _INTO_EVENT else (node, filler)
            yield start, end, "role", role, _ROLE_LABELS.get(role, spaced(role))

    def _acting_edges(self, event: str, roles: list[tuple[str, str]]) -> Iterator[tuple[str, str, str, str, str]]:
        """Give the event as edges from who or what acts to whom or what it concerns."""
        fillers: dict[str, list[str]] = defaultdict(list)
        for role, filler in roles:
            fillers[role].append(filler)
        kind = _finest(self.dataset.types[event])
        label = class_label(kind)
        if len(fillers["participant"]) > 1 and not fillers["actor"]:
            pairs: Iterable[tuple[str, str]] = combinations(fillers["participant"], 2)
        else:
            acting = fillers["actor"] or fillers["participant"] or fillers["instrument"]
            concerned = fillers["target"] + fillers["recipient"] + [p for p in fillers["participant"] if p not in acting]
            concerned = concerned or fillers["destination"] + fillers["place"] or fillers["instrument"] or fillers["origin"]
            pairs = product(acting, concerned)
        for start, end in pairs:
            if start != end and not self.dataset.is_event(start) and not self.dataset.is_event(end):
                yield start, end, "event", kind, label

    def _add_voice(self, iri: str) -> None:
        """Add who says it: from each source to the claim's events, else to whom it relates, else to all it is about."""
        claim = self.dataset.claims[iri]
        if claim.cue is None:
            return
        spoken_of = self._events_told(iri) or self._nodes(subject for subject, _, _ in self.dataset.statements[iri])
        spoken_of = spoken_of or self._nodes(claim.about)
        for source in claim.sources:
            start = self._node(source)
            for end in spoken_of:
                if start is not None and start != end and end not in claim.sources:
                    edge = ("statement", "says", claim.cue)
                    self._add_edge(start, end, *edge, iri, claim.polarity, claim.certainty, self.evidence[iri]["date"])

    def _nodes(self, iris: Iterable[str]) -> list[str]:
        return sorted({node for iri in iris if (node := self._node(iri)) is not None})

    def _events_told(self, iri: str) -> list[str]:
        """Give the events the claim states; of one that only passes on others' words, theirs."""
        return sorted(self.stated[iri] or self.passed_on[iri])

    def _add_edge(
        self,
        start: str,
        end: str,
        kind: str,
        predicate: str,
        label: str,
        iri: str,
        polarity: str,
        certainty: str,
        day: str | None,
    ) -> dict[str, Any]:
        key = f"{kind}:{predicate}" + ("" if polarity == Polarity.POSITIVE.value else f":{polarity}")
        edge = self.edges.setdefault(
            (start, end, key),
            {"kind": kind, "predicate": predicate, "labels": Counter(), "polarity": polarity}
            | {"certainty": set(), "claims": {}, "days": set()},
        )
        edge["days"] |= {day[:10]} if day else set()
        edge["labels"][label] += 1
        edge["certainty"].add(certainty)
        edge["claims"][iri] = self.evidence[iri]
        for node in (start, end):
            self.told[node][iri] = self.evidence[iri]
        return edge

    # Nodes

    def _add_nodes(self) -> None:
        dataset = self.dataset
        connected = {node for start, end, _ in self.edges for node in (start, end)}
        for node in sorted(connected):
            evidence = [self.told[node][iri] for iri in sorted(self.told[node])]
            common: dict[str, Any] = {"contested": False, "degree": 0, "weight": 0.0, "evidence": evidence}
            if node in self.facts:
                self.network.add_node(node, **_event_node(self.facts[node]), **common)
                self.network.nodes[node]["contested"] = any(claim["contested"] for claim in evidence)
            elif (label := dataset.label(node)) and not dataset.is_event(node):
                kind = _finest(dataset.types[node])
                links = [link for link in sorted(dataset.same_as.get(node, ())) if link.startswith(WIKIDATA)]
                affiliation = dataset.affiliation.get(node)
                self.network.add_node(
                    node,
                    kind="entity",
                    **{"class": kind},
                    classes=_lineage(dataset.types[node], kind),
                    label=label,
                    aliases=sorted(dataset.names(node) - {label}),
                    wikidata=links[0] if links else None,
                    codes=[f"ISO 3166 {dataset.iso3166[node]}"] if node in dataset.iso3166 else [],
                    point=dataset.point(node),
                    mentions=dataset.mentions[node],
                    positions=sorted(self.positions[node]),
                    affiliation=dataset.shown(affiliation) if affiliation else None,
                    **common,
                )


def _event_node(facts: _EventFacts) -> dict[str, Any]:
    kind = _finest(facts.types)
    time = min(facts.times, default=None)
    time_text = min(facts.time_texts, default=None)
    count = " or ".join(sorted(facts.counts, key=lambda text: (len(text), text))) or None
    said = time_text if time_text and any(character.isdigit() for character in time_text) else None  # "days" would puzzle
    parts = [class_label(kind).capitalize(), count, written_day(time) if time else said]
    trigger = min(facts.labels, key=lambda name: (-facts.labels[name], name), default=None)
    return {
        "kind": "event",
        "class": kind,
        "classes": _lineage(facts.types, kind),
        "label": " · ".join(part for part in parts if part),
        "aliases": sorted(facts.labels),
        "wikidata": None,
        "codes": [f"CAMEO {code}"] if (code := _cameo(kind)) else [],
        "mentions": facts.mentions,
        "time": time,
        "time_text": time_text,
        "count": count,
        "trigger": trigger,
        "polarity": _polarity(facts.polarities),
        "certainty": max(facts.certainties, key=_rank),
    }


def _cameo(kind: str) -> str | None:
    """Give the CAMEO root code of an event's class, or of the nearest class above that has one."""
    above = lineage(kind) if kind in classes() else ()
    return next((code for name in above if (code := classes()[name].cameo)), None)


def _sealed(edge: Mapping[str, Any]) -> dict[str, Any]:
    """Give the attributes of a finished edge."""
    labels: Counter[str] = edge["labels"]
    evidence = [edge["claims"][iri] for iri in sorted(edge["claims"])]
    return {
        "kind": edge["kind"],
        "predicate": edge["predicate"],
        "label": min(labels, key=lambda label: (-labels[label], label)),
        "polarity": edge["polarity"],
        "certainty": max(edge["certainty"], key=_rank),
        "contested": any(claim["contested"] for claim in evidence),
        "days": sorted(edge["days"]),
        "evidence": evidence,
    } | ({"events": sorted(edge["events"])} if "events" in edge else {})


def _merge(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give, for each event held to be the same as another, the first of them all by IRI."""
    same: nx.Graph[str] = nx.Graph()
    same.add_edges_from(pairs)
    return {event: min(group) for group in nx.connected_components(same) for event in group}


def _around(
    network: "nx.MultiDiGraph[str]", centre: str, hops: int, dataset: Dataset, conditions: list[str]
) -> "nx.MultiDiGraph[str]":
    if centre not in network:
        name = dataset.shown(centre)
        if conditions:
            asked = ", ".join(conditions)
            raise ExportError(f"focus: nothing is claimed of {name} under these conditions: {asked}; leave one out or widen it")
        raise ExportError(f"focus: no claim ties {name} to anything; kg show <{centre}> tells where it is named")
    near = nx.single_source_shortest_path_length(network.to_undirected(as_view=True), centre, cutoff=hops)
    network.remove_nodes_from([node for node in network if node not in near])
    return network


def _keep_types(network: "nx.MultiDiGraph[str]", wanted: set[str]) -> None:
    """Keep what nodes of one class take part in, with the others in it; of several classes, what ties them to each other."""
    named = {node for node, kinds in network.nodes(data="classes") if wanted.intersection(kinds)}
    is_event = {node: attributes["kind"] == "event" for node, attributes in network.nodes(data=True)}
    acted = {(start, end, key) for start, end, key, edge in network.edges(keys=True, data=True) if edge["kind"] == "role"}
    if len(wanted) > 1:
        fellows: dict[str, set[str]] = defaultdict(set)
        for start, end, _ in acted:
            for event, other in ((start, end), (end, start)):
                if is_event[event] and other in named:
                    fellows[event].add(other)
        kept = named | {event for event, others in fellows.items() if len(others) > 1}
        network.remove_nodes_from([node for node in network if node not in kept])
        return
    events = {node for node in named if is_event[node]}
    events |= {node for edge in acted if named.intersection(edge[:2]) for node in edge[:2] if is_event[node]}
    dropped = []
    for start, end, key, edge in network.edges(keys=True, data=True):
        is_of_class = edge["kind"] == "event" and bool(wanted.intersection(_lineage((), edge["predicate"])))
        if not (
            is_of_class
            or named.intersection((start, end))
            or ((start, end, key) in acted and events.intersection((start, end)))
        ):
            dropped.append((start, end, key))
    network.remove_edges_from(dropped)


def _weigh(network: "nx.MultiDiGraph[str]", by: str) -> None:
    """Set each node's importance: the claims on it and its neighbours, or another measure, in the same range."""
    simple: nx.Graph[str] = nx.Graph()
    simple.add_nodes_from(network)
    simple.add_edges_from(sorted({(min(edge), max(edge)) for edge in network.edges()}))
    values: Mapping[str, float]
    match by:
        case "degree":
            values = dict(simple.degree())
        case "betweenness":
            values = nx.betweenness_centrality(simple, k=_SAMPLED if len(simple) > 5 * _SAMPLED else None, seed=1)
        case "closeness":
            values = nx.closeness_centrality(simple)
        case "pagerank":
            values = nx.pagerank(simple) if len(simple) else {}
        case _:
            values = {node: len(claims) + simple.degree(node) for node, claims in network.nodes(data="evidence")}
    share = 1.0 if by == "claims" else _HEAVIEST / (max(values.values(), default=0.0) or 1.0)
    for node, attributes in network.nodes(data=True):
        attributes["weight"] = round(float(values[node]) * share, 6)


def _heaviest(network: "nx.MultiDiGraph[str]") -> list[str]:
    """Give the nodes by importance alone."""
    return sorted(network, key=lambda node: (-network.nodes[node]["weight"], node))


def ranked(network: "nx.MultiDiGraph[str]") -> list[str]:
    """Give the nodes by importance, so that the first few hang together: strong edges first, each with both its ends."""
    weight = {node: float(attributes["weight"]) for node, attributes in network.nodes(data=True)}
    edges = sorted(set(network.edges()), key=lambda edge: (-weight[edge[0]] * weight[edge[1]], edge))
    ranked = dict.fromkeys(node for edge in edges for node in sorted(edge, key=lambda node: (-weight[node], node)))
    return [*ranked, *sorted(node for node in network if node not in ranked)]


def taking_part(network: "nx.MultiDiGraph[str]", event: str) -> list[tuple[str, str]]:
    """Give who and what takes part in an event of the network: the role and the node, sorted."""
    edges = [*network.in_edges(event, data=True), *network.out_edges(event, data=True)]
    found = {
        (edge["predicate"], node)
        for start, end, edge in edges
        if edge["kind"] == "role"
        for node in (start, end)
        if node != event
    }
    return sorted(found)


# Small values


def _rank(certainty: str) -> int:
    return next((place for place, item in enumerate(RISING) if item.value == certainty), 0)


def _polarity(polarities: Collection[str]) -> str:
    """Give the polarity of an event: affirmed if anybody affirms it, else denied if anybody denies it."""
    order = (Polarity.POSITIVE, Polarity.NEGATIVE, Polarity.UNKNOWN)
    return next((item.value for item in order if item.value in polarities), Polarity.UNKNOWN.value)


def _finest(kinds: Collection[str]) -> str:
    """Give the class that has the most classes above it; one that the ontology does not know counts as finer than all."""
    return max(kinds, key=lambda name: (len(lineage(name)) if name in classes() else len(classes()), name), default="Entity")


def _lineage(kinds: Collection[str], finest: str) -> tuple[str, ...]:
    above = lineage(finest) if finest in classes() else (finest,)
    return (*above, *sorted(set(kinds).difference(above)))


def class_label(name: str) -> str:
    """Give the ontology's label of a class, else its name in words."""
    return classes()[name].label if name in classes() else spaced(name)


def local_name(iri: str) -> str:
    """Give the last part of a property's or class's IRI in words."""
    return spaced(iri.rpartition("#")[2].rpartition("/")[2])


def spaced(name: str) -> str:
    """Give a term's local name in words.

    >>> spaced("communicatesWith")
    'communicates with'
    """
    return _CAMEL.sub(" ", name).lower()


def _count(said: Mapping[str, str]) -> str | None:
    """Give how many, as people write it.

    >>> _count({"count": "26"}), _count({"minCount": "4"}), _count({"minCount": "4", "maxCount": "6"})
    ('26', '4+', '4–6')
    """
    least, most = said.get("minCount"), said.get("maxCount")
    if "count" in said:
        return said["count"]
    if least and most:
        return least if least == most else f"{least}–{most}"
    return f"{least}+" if least else f"≤ {most}" if most else None


def written_day(time: str) -> str:
    """Give an ISO 8601 time as people write the day; as it is if it is none.

    >>> written_day("2015-10-07T10:00:00Z")
    '7 Oct 2015'
    """
    try:
        day = date.fromisoformat(time[:10])
    except ValueError:
        return time
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
