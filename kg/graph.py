"""From an annotation to quads: the contract's graph model lives here, and nowhere else.

Pure and deterministic: the same annotation gives the same quads, no blank nodes, nothing from clock or chance.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from pyoxigraph import Literal, NamedNode, Quad

from kg.knowledge import Entry, Knowledge
from kg.model import Annotation, Claim, Entity, Event, Span
from kg.schema import OwnProperty
from kg.vocab import (
    BASE,
    DCTERMS,
    OA,
    OWL,
    PROV,
    RDF,
    RDFS,
    SKOS,
    WGS84,
    WIKIDATA,
    XSD,
    Minter,
    classes,
    kg,
    lineage,
    slugify,
)

_TYPE = NamedNode(RDF + "type")
_LABEL = NamedNode(RDFS + "label")
_BROADER = NamedNode(SKOS + "broader")
_ALT_LABEL = NamedNode(SKOS + "altLabel")
_DERIVED_FROM = NamedNode(PROV + "wasDerivedFrom")
_CONTEXT_LIMIT = 2_000
"""Longest prefix or suffix kept around a claim, in code points."""

_MENTION_CONTEXT = 80
"""The same around a mention."""

GAP = " … "
"""Between the pieces of a cue or a source that is not in one piece."""

_PARAGRAPH = re.compile(r"\n\s*\n")

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]


def to_quads(annotation: Annotation, knowledge: Knowledge, base: str = BASE) -> Iterator[Quad]:
    """Yield the quads of one document: its own graph, its claims' graphs, and the background of the entities it uses.

    Args:
        annotation: made with the same `base`.
        knowledge: the gazetteers the background comes from.
        base: start of all IRIs of the data.
    """
    minter = Minter(base)
    graph = NamedNode(annotation.document_iri)
    for subject, predicate, value in (
        *_document(annotation),
        *_entities(annotation),
        *_mentions(annotation, minter),
        *_claims(annotation),
    ):
        yield Quad(subject, predicate, value, graph)
    for event in annotation.events:
        claim_graph = NamedNode(annotation.claims[event.claim].iri)
        for subject, predicate, value in _event(annotation, event):
            yield Quad(subject, predicate, value, claim_graph)
    for relation in annotation.relations:
        left, right = annotation.mentions[relation.subject].entity, annotation.mentions[relation.object].entity
        if left and right and left != right:
            claim_graph = NamedNode(annotation.claims[relation.claim].iri)
            own = _own_property(relation.property, knowledge)
            if own is None:
                yield Quad(NamedNode(left), kg(relation.predicate), NamedNode(right), claim_graph)
                continue
            for predicate in (NamedNode(own.iri), *map(kg, own.ours)):
                yield Quad(NamedNode(left), predicate, NamedNode(right), claim_graph)
            for inverse in own.inverses:
                yield Quad(NamedNode(right), NamedNode(inverse), NamedNode(left), claim_graph)
    for attribute in annotation.attributes:
        holder = annotation.mentions[attribute.subject].entity
        if holder:
            yield Quad(
                NamedNode(holder),
                NamedNode(attribute.property) if attribute.property else kg(attribute.predicate),
                Literal(attribute.value, datatype=NamedNode(attribute.datatype) if attribute.datatype else None),
                NamedNode(annotation.claims[attribute.claim].iri),
            )
    yield from _background(annotation, knowledge, minter)
    yield from _own_words(annotation, knowledge, minter)


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(XSD + "integer"))


def _moment(text: str) -> Literal:
    kind = "date" if len(text) == 10 else "dateTime"
    return Literal(text, datatype=NamedNode(XSD + kind))


def _types(subject: NamedNode, class_: str) -> Iterator[Triple]:
    for name in lineage(class_):
        yield subject, _TYPE, kg(name)


# -- the document's own graph ------------------------------------------------------------------------------------------


def _document(annotation: Annotation) -> Iterator[Triple]:
    document, subject = annotation.document, NamedNode(annotation.document_iri)
    yield subject, _TYPE, kg("Document")
    yield subject, NamedNode(DCTERMS + "identifier"), Literal(document.id)
    yield subject, kg("sha256"), Literal(document.sha256)
    if title := document.title or annotation.headline:
        yield subject, NamedNode(DCTERMS + "title"), Literal(title)
    if document.published:
        yield subject, NamedNode(DCTERMS + "issued"), _issued(document.published)
    if annotation.publisher is not None:
        publisher = annotation.publisher
        yield subject, NamedNode(DCTERMS + "publisher"), NamedNode(publisher.iri)
        if not publisher.known:
            yield from _types(NamedNode(publisher.iri), publisher.class_)
            yield NamedNode(publisher.iri), _LABEL, Literal(publisher.label)
    yield subject, NamedNode(DCTERMS + "source"), _source(document.url or document.id)
    if document.origin is not None and document.origin != document.id:
        yield subject, kg("readFrom"), Literal(document.origin)


def _issued(text: str) -> Literal:
    from datetime import date, datetime

    try:
        return _moment(date.fromisoformat(text).isoformat())
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return Literal(text)
    return _moment(moment.isoformat().replace("+00:00", "Z"))


def _source(text: str) -> NamedNode | Literal:
    parts = urlsplit(text) if text.startswith(("http://", "https://")) else None
    if parts is None or not parts.netloc:
        return Literal(text)
    return NamedNode(quote(text, safe=":/?#[]@!$&'()*+,;=%~-._"))


def _entities(annotation: Annotation) -> Iterator[Triple]:
    for entity in annotation.entities:
        subject = NamedNode(entity.iri)
        if not entity.known:
            yield from _types(subject, entity.class_)
            yield subject, _LABEL, Literal(entity.label)
        for alias in entity.aliases:
            yield subject, _ALT_LABEL, Literal(alias)
        if entity.cardinality is not None:
            yield subject, kg("cardinality"), _integer(entity.cardinality)
        if entity.affiliation is not None:
            yield subject, kg("affiliation"), NamedNode(entity.affiliation)
        if entity.broader is not None:
            yield subject, _BROADER, NamedNode(entity.broader)
        for other in entity.same_as:
            yield subject, kg("sameAs"), NamedNode(other)
        for class_ in entity.own_classes:
            yield subject, _TYPE, NamedNode(class_)


def _mentions(annotation: Annotation, minter: Minter) -> Iterator[Triple]:
    document = NamedNode(annotation.document_iri)
    referents = [(m.span, m.text, m.entity, m.reason) for m in annotation.mentions if m.entity is not None]
    text = annotation.document.text
    referents += [(e.span, text[e.span.start : e.span.end], e.event, None) for e in annotation.events]
    for span, exact, referent, reason in referents:
        subject = NamedNode(minter.local("mention", annotation.document_iri, span.start, span.end))
        if reason is not None:
            yield subject, kg("reason"), Literal(reason)
            yield subject, NamedNode(OA + "prefix"), Literal(_before(text, span.start))
            yield subject, NamedNode(OA + "suffix"), Literal(_after(text, span.end))
        yield subject, _TYPE, kg("Mention")
        yield subject, kg("refersTo"), NamedNode(referent)
        yield subject, NamedNode(OA + "start"), _integer(span.start)
        yield subject, NamedNode(OA + "end"), _integer(span.end)
        yield subject, NamedNode(OA + "exact"), Literal(exact)
        yield subject, _DERIVED_FROM, document


def _before(text: str, start: int) -> str:
    """Give the whole words before a mention, within its paragraph and `_MENTION_CONTEXT`."""
    window = text[max(0, start - _MENTION_CONTEXT) : start]
    if start > _MENTION_CONTEXT and not text[start - _MENTION_CONTEXT - 1].isspace():
        window = window.partition(" ")[2]
    return _PARAGRAPH.split(window)[-1]


def _after(text: str, end: int) -> str:
    window = text[end : end + _MENTION_CONTEXT]
    if end + _MENTION_CONTEXT < len(text) and not text[end + _MENTION_CONTEXT].isspace():
        window = window.rpartition(" ")[0]
    return _PARAGRAPH.split(window)[0]


def _claims(annotation: Annotation) -> Iterator[Triple]:
    document = NamedNode(annotation.document_iri)
    own_voice = annotation.publisher.iri if annotation.publisher is not None else annotation.document_iri
    about = _about(annotation)
    for number, claim in enumerate(annotation.claims):
        subject = NamedNode(claim.iri)
        yield subject, _TYPE, kg("Claim")
        yield subject, _DERIVED_FROM, document
        for speaker in claim.speakers or (own_voice,):
            yield subject, kg("source"), NamedNode(speaker)
        for addressee in claim.addressees:
            yield subject, kg("addressee"), NamedNode(addressee)
        yield subject, kg("polarity"), kg(claim.polarity.value)
        yield subject, kg("certainty"), kg(claim.certainty.value)
        if claim.tense is not None:
            yield subject, kg("tense"), kg(claim.tense.value)
        if claim.within is not None:
            yield subject, kg("within"), NamedNode(annotation.claims[claim.within].iri)
        for entity in about[number]:
            yield subject, kg("about"), NamedNode(entity)
        yield from _evidence(annotation, claim)
    for event in annotation.events:
        yield NamedNode(annotation.claims[event.claim].iri), kg("event"), NamedNode(event.event)


def _about(annotation: Annotation) -> list[list[str]]:
    """For each claim, the entities mentioned in its content."""
    named = sorted((m.span.start, m.span.end, m.entity) for m in annotation.mentions if m.entity is not None)
    found: list[list[str]] = []
    for claim in annotation.claims:
        inside: set[str] = set()
        for span in claim.content:
            first = bisect_left(named, (span.start,))
            last = bisect_left(named, (span.end,))
            inside.update(entity for _, end, entity in named[first:last] if end <= span.end)
        found.append(sorted(inside))
    return found


def _evidence(annotation: Annotation, claim: Claim) -> Iterator[Triple]:
    text, subject = annotation.document.text, NamedNode(claim.iri)
    start, end = claim.content[0].start, claim.content[-1].end
    yield subject, NamedNode(OA + "start"), _integer(start)
    yield subject, NamedNode(OA + "end"), _integer(end)
    yield subject, NamedNode(OA + "exact"), Literal(text[start:end])
    sentence = claim.sentence or Span(start, end)
    before, after = text[sentence.start : start][-_CONTEXT_LIMIT:], text[end : sentence.end][:_CONTEXT_LIMIT]
    if before:
        yield subject, NamedNode(OA + "prefix"), Literal(before)
    if after:
        yield subject, NamedNode(OA + "suffix"), Literal(after)
    if claim.cue:
        yield subject, kg("cue"), Literal(GAP.join(text[span.start : span.end] for span in claim.cue))
        yield subject, kg("cueStart"), _integer(claim.cue[0].start)
        yield subject, kg("cueEnd"), _integer(claim.cue[-1].end)
    if claim.source:
        yield subject, kg("sourceText"), Literal(GAP.join(text[span.start : span.end] for span in claim.source))
        yield subject, kg("sourceStart"), _integer(claim.source[0].start)
        yield subject, kg("sourceEnd"), _integer(claim.source[-1].end)


# -- the claims' graphs ------------------------------------------------------------------------------------------------


def _event(annotation: Annotation, event: Event) -> Iterator[Triple]:
    subject = NamedNode(event.event)
    yield from _types(subject, event.type)
    yield subject, _LABEL, Literal(annotation.document.text[event.span.start : event.span.end])
    cameo = next((known.cameo for name in lineage(event.type) if (known := classes()[name]).cameo), None)
    if cameo is not None:
        yield subject, kg("cameo"), Literal(cameo)
    for role, fillers in event.roles.items():
        for filler in fillers:
            entity = annotation.mentions[filler].entity
            if entity is not None:
                yield subject, kg(role), NamedNode(entity)
    for name, number in (("count", event.count), ("minCount", event.min_count), ("maxCount", event.max_count)):
        if number is not None:
            yield subject, kg(name), _integer(number)
    for name, holds in (("ofAll", event.of_all), ("approximate", event.is_about)):
        if holds:
            yield subject, kg(name), Literal("true", datatype=NamedNode(XSD + "boolean"))
    if event.time is not None:
        yield subject, kg("time"), _moment(event.time)
    if event.time_text is not None:
        yield subject, kg("timeText"), Literal(event.time_text)
    yield subject, kg("polarity"), kg(event.polarity.value)
    yield subject, kg("certainty"), kg(event.certainty.value)
    if event.tense is not None:
        yield subject, kg("tense"), kg(event.tense.value)


# -- the user's own ontology -------------------------------------------------------------------------------------------


def _own_property(iri: str | None, knowledge: Knowledge) -> OwnProperty | None:
    return knowledge.schema.properties.get(iri) if iri is not None and knowledge.schema is not None else None


def _own_words(annotation: Annotation, knowledge: Knowledge, minter: Minter) -> Iterator[Quad]:
    """Yield the labels of the properties and classes of the user's ontology that the document uses."""
    if knowledge.schema is None:
        return
    used = {relation.property for relation in annotation.relations} | {item.property for item in annotation.attributes}
    labels = {iri: own.label for iri, own in knowledge.schema.properties.items() if iri in used}
    for entity in annotation.entities:
        labels |= {iri: knowledge.schema.classes[iri].label for iri in entity.own_classes if iri in knowledge.schema.classes}
    for iri in sorted(labels):
        yield Quad(NamedNode(iri), _LABEL, Literal(labels[iri]), minter.background)


# -- the background ----------------------------------------------------------------------------------------------------


def _background(annotation: Annotation, knowledge: Knowledge, minter: Minter) -> Iterator[Quad]:
    entities: list[Entity] = [*annotation.entities]
    if annotation.publisher is not None:
        entities.append(annotation.publisher)
    wanted: dict[tuple[str, str], Entry] = {}
    for entity in entities:
        if entity.known:
            kind, _, key = entity.iri.removeprefix(minter.base).partition("/")
            entry = knowledge.by_key.get((kind, key)) or (knowledge.city(entity.label) if kind == "place" else None)
            if entry is not None:
                wanted[kind, key] = entry
    for named in sorted(wanted):
        entry = wanted[named]
        for subject, predicate, value in (*_facts(entry, minter), *_kind(entry, knowledge, minter)):
            yield Quad(subject, predicate, value, minter.background)
        for code in entry.states:  # named, so that it can be shown; it is no entity of this document
            if ("state", code) in knowledge.by_key:
                state = NamedNode(minter.entity("state", code))
                yield Quad(state, _LABEL, Literal(knowledge.by_key["state", code].label), minter.background)


def _kind(entry: Entry, knowledge: Knowledge, minter: Minter) -> Iterator[Triple]:
    """Tie a known weapon to its kind: the Kalibr is a cruise missile, which is a missile."""
    narrower = NamedNode(minter.entity(entry.kind, entry.key))
    words = entry.facts.get("kind", "").split() if entry.kind == "weapon" else []
    for start in range(len(words)):
        kind = " ".join(words[start:])
        class_ = knowledge.weapon_nouns.get(kind)
        if class_ is not None:
            broader = NamedNode(minter.entity("weapon", slugify(kind)))
            yield narrower, _BROADER, broader
            yield from _types(broader, class_)
            yield broader, _LABEL, Literal(kind)
            narrower = broader


def _facts(entry: Entry, minter: Minter) -> Iterator[Triple]:
    subject = NamedNode(minter.entity(entry.kind, entry.key))
    yield from _types(subject, entry.class_)
    yield subject, _LABEL, Literal(entry.label)
    for name in entry.names:
        if name != entry.label:
            yield subject, _ALT_LABEL, Literal(name)
    if entry.wikidata:
        yield subject, NamedNode(OWL + "sameAs"), NamedNode(WIKIDATA + entry.wikidata)
    if entry.kind == "state":
        yield subject, kg("iso3166"), Literal(entry.key)
    for code in entry.states:
        state = NamedNode(minter.entity("state", code))
        if entry.kind == "weapon":
            yield state, kg("makes"), subject
        elif entry.kind == "place":
            yield subject, kg("locatedIn"), state
        elif entry.kind == "person":
            yield subject, kg("nationality"), state
        else:
            yield subject, kg("locatedIn"), state
    for column, name in (("lat", "lat"), ("lon", "long")):
        if entry.facts.get(column):
            yield subject, NamedNode(WGS84 + name), Literal(entry.facts[column], datatype=NamedNode(XSD + "decimal"))
