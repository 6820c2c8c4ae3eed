"""The plain types that flow through the house, and their JSON Lines form.

Free of spaCy and RDF. Every offset counts Unicode code points into `Document.text`; spans are half-open [start, end).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Polarity(Enum):
    """Does the source say that it is so, or that it is not so (FactBank's first axis)?"""

    POSITIVE = "Positive"
    NEGATIVE = "Negative"
    UNKNOWN = "UnknownPolarity"


class Tense(Enum):
    """When is what the source tells, seen from its telling? Plans, orders and threats are future."""

    PAST = "Past"
    PRESENT = "Present"
    FUTURE = "Future"


class Certainty(Enum):
    """How sure is the source (FactBank's second axis)? Surest first."""

    CERTAIN = "Certain"
    PROBABLE = "Probable"
    POSSIBLE = "Possible"
    UNKNOWN = "UnknownCertainty"


RISING = tuple(reversed(Certainty))
"""Degrees of certainty, from not known to certain."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a document's text: code points [start, end)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One text to read.

    `id` is what the user calls it and comes back unchanged; `published` is ISO 8601 or None; `origin` is the file it lies in (a
    line of JSON Lines: "news.jsonl:3") or the address it was fetched from, None if it came over standard input.
    """

    id: str
    text: str
    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    url: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    origin: str | None = field(default=None, compare=False)

    @property
    def sha256(self) -> str:
        """The hex digest of the text and of all that is known about it; changes when anything the graph shows may change."""
        parts = [self.text, self.title, self.published, self.publisher, self.url, dict(self.metadata)]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody or something a document speaks of.

    Attributes:
        iri: its name in the graph.
        class_: the finest ontology class, e.g. "ArmedGroup".
        label: the preferred name.
        aliases: other names this document uses, without the label, sorted.
        known: True if the gazetteers know it (label, codes and links then come from there).
        cardinality: how many members a group has, as far as told.
        affiliation: IRI of the entity an unnamed group belongs to ("U.S. officials"), or None.
        broader: IRI of the kind that this kind of weapon belongs to ("Russian cruise missile": "cruise missile"), or None.
        same_as: IRIs of entities the text calls another name of this one.
        own_classes: IRIs of classes of the user's ontology that it is of.
    """

    iri: str
    class_: str
    label: str
    aliases: tuple[str, ...] = ()
    known: bool = False
    cardinality: int | None = None
    affiliation: str | None = None
    broader: str | None = None
    same_as: tuple[str, ...] = ()
    own_classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that names something.

    Attributes:
        type: one of the contract's mention types (Person, State, Agency, Weapon, Platform, Place, Nationality, Group,
            Time, Quantity, Money, Event).
        class_: a finer ontology class ("MediaOutlet"), or None.
        entity: IRI of what it refers to; None for times, quantities, money and unresolved names.
        value: of a time: day, week, month, year (ISO 8601: "2021-03-01", "2021-W09", "2021-03") or decade ("199X"); or None.
        reason: why it is taken to refer to `entity` ("gazetteer", "pronoun for 'the ministry'"); None without entity.
    """

    span: Span
    text: str
    type: str
    class_: str | None = None
    entity: str | None = None
    value: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says what: one claim, which becomes one named graph.

    Attributes:
        iri: the claim's, and its graph's, name.
        content: spans of what is said; never empty.
        source, cue, addressee: spans; source and cue are empty for the document's own voice.
        within: index of the claim that reports this one, or None.
        speakers, addressees: entity IRIs that `source` and `addressee` resolve to.
        sentence: the span of the sentence(s) around it, for showing it in context.
        tense: when its content is placed, seen from the telling; None if nothing says so.
    """

    iri: str
    content: tuple[Span, ...]
    source: tuple[Span, ...] = ()
    cue: tuple[Span, ...] = ()
    addressee: tuple[Span, ...] = ()
    polarity: Polarity = Polarity.POSITIVE
    certainty: Certainty = Certainty.CERTAIN
    within: int | None = None
    speakers: tuple[str, ...] = ()
    addressees: tuple[str, ...] = ()
    sentence: Span | None = None
    tense: Tense | None = None

    @property
    def is_own_voice(self) -> bool:
        """True if the document itself speaks."""
        return not self.source and not self.cue


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens, as one claim states it.

    Attributes:
        span: the trigger word.
        type: the finest event class.
        roles: role name (actor, target, instrument, participant, recipient, place, origin, destination, time) to
            indexes into `Annotation.mentions`.
        count, min_count, max_count: how many, of what the event counts (missiles launched, people killed).
        is_about: True if `count` is rough ("about 30").
        of_all: True if it is said of all of them ("all 26 missiles hit").
        time: ISO 8601 date or dateTime; time_text: as written.
        tense: seen from the telling; None if nothing says so.
    """

    span: Span
    type: str
    event: str
    roles: Mapping[str, tuple[int, ...]]
    claim: int
    polarity: Polarity = Polarity.POSITIVE
    certainty: Certainty = Certainty.CERTAIN
    count: int | None = None
    min_count: int | None = None
    max_count: int | None = None
    is_about: bool = False
    of_all: bool = False
    time: str | None = None
    time_text: str | None = None
    tense: Tense | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A lasting tie between two mentions (indexes into `Annotation.mentions`), stated by a claim (index).

    `property` is the IRI of a property of the user's ontology, and `predicate` its last part; None: ours.
    """

    subject: int
    predicate: str
    object: int
    claim: int
    property: str | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """A literal said of a mention's entity, e.g. predicate "position", value "Russian Defense Minister".

    `property` is as in `Relation`; `datatype` is the IRI of the literal's, None for a plain text.
    """

    subject: int
    predicate: str
    value: str
    claim: int
    property: str | None = None
    datatype: str | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """All that was read in one document; indexes refer within it. `headline` is the text's own first headline, or None."""

    document: Document
    document_iri: str
    publisher: Entity | None = None
    entities: tuple[Entity, ...] = ()
    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()
    headline: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the object of one line of `kg annotate` (contract: JSON Lines), with additions that readers may ignore."""
        return {
            "id": self.document.id,
            "document": self.document_iri,
            "mentions": [
                {"start": m.span.start, "end": m.span.end, "text": m.text, "type": m.type}
                | _given({"class": m.class_, "entity": m.entity, "value": m.value, "why": m.reason})
                for m in self.mentions
            ],
            "relations": [
                {"subject": r.subject, "predicate": r.predicate, "object": r.object, "claim": r.claim}
                | _given({"property": r.property})
                for r in self.relations
            ],
            "attributes": [
                {"subject": a.subject, "predicate": a.predicate, "value": a.value, "claim": a.claim}
                | _given({"property": a.property, "datatype": a.datatype})
                for a in self.attributes
            ],
            "events": [_event_json(e) for e in self.events],
            "claims": [_claim_json(c) for c in self.claims],
            "entities": [
                {"entity": e.iri, "class": e.class_, "label": e.label, "aliases": list(e.aliases)}
                | _given({"cardinality": e.cardinality, "affiliation": e.affiliation, "sameAs": list(e.same_as) or None})
                | _given({"ownClasses": list(e.own_classes) or None})
                for e in self.entities
            ],
        }


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _pairs(spans: tuple[Span, ...]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _event_json(event: Event) -> dict[str, Any]:
    return {
        "start": event.span.start,
        "end": event.span.end,
        "type": event.type,
        "event": event.event,
        "roles": {role: list(fillers) for role, fillers in event.roles.items()},
        "claim": event.claim,
        "polarity": event.polarity.value,
        "certainty": event.certainty.value,
    } | _given(
        {
            "count": event.count,
            "minCount": event.min_count,
            "maxCount": event.max_count,
            "approximate": event.is_about or None,
            "ofAll": event.of_all or None,
            "time": event.time,
            "timeText": event.time_text,
            "tense": event.tense.value if event.tense else None,
        }
    )


def _claim_json(claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.iri,
        "source": _pairs(claim.source),
        "cue": _pairs(claim.cue),
        "addressee": _pairs(claim.addressee),
        "content": _pairs(claim.content),
        "polarity": claim.polarity.value,
        "certainty": claim.certainty.value,
        "within": claim.within,
        "speakers": list(claim.speakers),
        "addressees": list(claim.addressees),
    } | _given({"tense": claim.tense.value if claim.tense else None})
