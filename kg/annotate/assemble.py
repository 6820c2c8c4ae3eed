"""From the working forms of a reading to the plain `Annotation`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from spacy.tokens import Doc, Token

from kg.annotate.claims import ClaimDraft, char_spans
from kg.annotate.events import EventDraft
from kg.annotate.found import Found
from kg.annotate.pipeline import Reading
from kg.annotate.registry import Draft
from kg.annotate.scene import person_beside
from kg.annotate.syntax import PASSIVE_SUBJECT_DEPS, SUBJECT_DEPS, is_verb, noun_phrase, of_objects, subjects
from kg.annotate.tense import tense_of
from kg.knowledge import Knowledge
from kg.model import Annotation, Attribute, Certainty, Claim, Document, Entity, Event, Mention, Polarity, Relation, Span, Tense
from kg.vocab import digest, slugify

_UNNAMED = "unnamed source"
_FRACTIONS: Mapping[str, int | None] = {
    "one": 1,
    "another": 1,
    "some": None,
    "others": None,
    "many": None,
    "several": None,
    "two": 2,
    "both": 2,
}
_ALL = frozenset(("all", "every", "each", "both"))
_FIRST_PERSON = frozenset(("i", "we", "me", "us"))


def assemble(doc: Doc, reading: Reading) -> Annotation:
    """Give the annotation of one reading: indexes instead of references, IRIs instead of drafts."""
    return _Assembly(doc, reading).annotation()


def join(parts: Sequence[tuple[int, Annotation]], document: Document) -> Annotation:
    """Join the annotations of a long document's parts, each with the offset at which its part begins."""
    entities: dict[str, Entity] = {}
    mentions: list[Mention] = []
    relations: list[Relation] = []
    attributes: list[Attribute] = []
    events: list[Event] = []
    claims: list[Claim] = []
    taken: set[str] = set()
    for offset, part in parts:
        m, c = len(mentions), len(claims)
        for entity in part.entities:
            known = entities.get(entity.iri)
            aliases = tuple(sorted({*entity.aliases, *(known.aliases if known else ())}))
            entities[entity.iri] = replace(known or entity, aliases=aliases)
        mentions += [replace(mention, span=_moved(mention.span, offset)) for mention in part.mentions]
        relations += [replace(r, subject=r.subject + m, object=r.object + m, claim=r.claim + c) for r in part.relations]
        attributes += [replace(a, subject=a.subject + m, claim=a.claim + c) for a in part.attributes]
        for event in part.events:
            roles = {role: tuple(index + m for index in fillers) for role, fillers in event.roles.items()}
            iri = f"{event.event}-{offset}" if offset else event.event
            events.append(replace(event, span=_moved(event.span, offset), event=iri, roles=roles, claim=event.claim + c))
        for claim in part.claims:
            iri = f"{claim.iri}-{offset}" if claim.iri in taken else claim.iri
            taken.add(iri)
            claims.append(
                replace(
                    claim,
                    iri=iri,
                    source=tuple(_moved(span, offset) for span in claim.source),
                    cue=tuple(_moved(span, offset) for span in claim.cue),
                    content=tuple(_moved(span, offset) for span in claim.content),
                    addressee=tuple(_moved(span, offset) for span in claim.addressee),
                    sentence=_moved(claim.sentence, offset) if claim.sentence else None,
                    within=None if claim.within is None else claim.within + c,
                )
            )
    first = parts[0][1]
    return replace(
        first,
        document=document,
        entities=tuple(entities[iri] for iri in sorted(entities)),
        mentions=tuple(mentions),
        relations=tuple(relations),
        attributes=tuple(attributes),
        events=tuple(events),
        claims=tuple(claims),
    )


def _moved(span: Span, offset: int) -> Span:
    return Span(span.start + offset, span.end + offset)


class _Assembly:
    def __init__(self, doc: Doc, reading: Reading) -> None:
        self.doc = doc
        self.reading = reading
        self.text = reading.document.text  # `doc.text` would be joined anew at each call
        self.registry = reading.registry
        self.knowledge: Knowledge = reading.tools.mention_finder.knowledge
        self.minter = reading.tools.minter
        self.extra: list[Found] = []
        self.mention_at: dict[int, Found] = {}
        for mention in reading.found:
            for index in range(mention.start, mention.end):
                if mention.entity is not None and (index not in self.mention_at or mention.head == index):
                    self.mention_at[index] = mention
        self.speakers_of: dict[int, tuple[str, ...]] = {}

    def annotation(self) -> Annotation:
        reading = self.reading
        needed = {id(event.claim) for event in reading.events} | {id(relation.claim) for relation in reading.relations}
        needed |= {id(tie.claim) for tie in reading.own.ties}
        claims = []
        for draft in self.reading.claims:
            if not draft.is_own_voice or id(draft) in needed:
                claims.append(draft)
        needed |= {id(claim.within) for claim in claims if claim.within is not None}
        claims = [draft for draft in self.reading.claims if not draft.is_own_voice or id(draft) in needed]
        self._own_voice_as_told(claims)
        claim_index = {id(draft): number for number, draft in enumerate(claims)}
        plain_claims = self._claims(claims, claim_index)

        found = sorted([*self.reading.found, *self.extra], key=lambda m: (m.span.start, -m.span.end, m.type))
        mention_index = {id(mention): number for number, mention in enumerate(found)}
        events = tuple(self._event(event, claim_index, mention_index) for event in reading.events)
        relations = sorted(
            {
                (mention_index[id(r.subject)], r.predicate, mention_index[id(r.object)], claim_index[id(r.claim)])
                for r in reading.relations
            }
        )
        attributes = sorted(
            {
                (mention_index[id(p.person)], "position", p.title, claim_index[id(claim)])
                for p in self.registry.positions
                if (claim := self._claim_at(p.token, claims)) is not None
            }
        )
        own_relations, own_attributes = self._own_ties(mention_index, claim_index)
        used = {mention.entity for mention in found} | {
            iri for claim in plain_claims for iri in (*claim.speakers, *claim.addressees)
        }
        for _ in range(3):  # a kind, the broader kind, the broadest
            drafts = [draft for draft in self.registry.drafts.values() if draft.iri in used]
            used |= {iri for draft in drafts for iri in (draft.affiliation, draft.broader)}
        for iri in used - set(self.registry.drafts):
            kind, _, key = (iri or "").removeprefix(self.minter.base).partition("/")
            entry = self.knowledge.by_key.get((kind, key))
            if entry is not None:
                self.registry.known(entry)
        return Annotation(
            document=self.reading.document,
            document_iri=self.reading.document_iri,
            publisher=self._publisher(),
            entities=tuple(
                replace(entity, own_classes=tuple(sorted(reading.own.classes.get(entity.iri, ()))))
                for entity in self.registry.entities()
                if entity.iri in used
            ),
            mentions=tuple(self._mention(mention) for mention in found),
            relations=(*(Relation(*row) for row in relations), *own_relations),
            attributes=(*(Attribute(*row) for row in attributes), *own_attributes),
            events=events,
            claims=plain_claims,
            headline=self._headline(),
        )

    def _own_ties(
        self, mention_index: Mapping[int, int], claim_index: Mapping[int, int]
    ) -> tuple[list[Relation], list[Attribute]]:
        """Give what was found of the user's ontology: links, and literals."""
        relations, attributes = [], []
        for tie in self.reading.own.ties:
            subject, claim, found = mention_index[id(tie.subject)], claim_index[id(tie.claim)], tie.property
            if isinstance(tie.object, str):
                attributes.append(Attribute(subject, found.name, tie.object, claim, found.iri, found.datatype))
            else:
                relations.append(Relation(subject, found.name, mention_index[id(tie.object)], claim, found.iri))
        return relations, attributes

    def _own_voice_as_told(self, claims: list[ClaimDraft]) -> None:
        """Let the document's own claims be as sure as the events they state, where these agree."""
        told: dict[int, set[tuple[Polarity, Certainty]]] = {}
        for event in self.reading.events:
            told.setdefault(id(event.claim), set()).add((event.polarity, event.certainty))
        for claim in claims:
            if claim.is_own_voice and len(told.get(id(claim), ())) == 1:
                claim.polarity, claim.certainty = next(iter(told[id(claim)]))

    def _claim_at(self, index: int, claims: list[ClaimDraft]) -> ClaimDraft | None:
        covering = [claim for claim in claims if claim.covers(index)]
        return min(covering, key=lambda claim: (claim.size, claim.is_own_voice), default=None)

    def _publisher(self) -> Entity | None:
        name = (self.reading.document.publisher or "").strip()
        if not name:
            return None
        matches = [match for match in self.reading.tools.mention_finder.names.find(name) if match.span == Span(0, len(name))]
        entries = [entry for match in matches for entry in match.entries if entry.kind in ("agency", "state")]
        if entries:
            entry = entries[0]
            return Entity(self.minter.entity(entry.kind, entry.key), entry.class_, entry.label, known=True)
        return Entity(self.minter.entity("agency", slugify(name)), "MediaOutlet", name)

    # -- mentions and events -------------------------------------------------------------------------------------------

    def _mention(self, mention: Found) -> Mention:
        text = self.text[mention.span.start : mention.span.end]
        reason = self.registry.reasons.get(mention.span) if mention.entity is not None else None
        return Mention(mention.span, text, mention.type, mention.class_, mention.entity, mention.period, reason)

    def _event(self, event: EventDraft, claim_index: Mapping[int, int], mention_index: Mapping[int, int]) -> Event:
        token = self.doc[event.token]
        span = Span(token.idx, token.idx + len(token.text))
        amount = event.amount
        disputed = (claim_index[id(event.claim)],) if event.is_disputed else ()
        return Event(
            span=span,
            type=event.type,
            event=self.minter.local("event", self.reading.document_iri, slugify(event.type), token.idx, *disputed),
            roles={role: tuple(mention_index[id(m)] for m in event.roles[role]) for role in sorted(event.roles)},
            claim=claim_index[id(event.claim)],
            polarity=event.polarity,
            certainty=event.certainty,
            tense=self._tense(event.token, event.claim),
            count=amount.count if amount else None,
            min_count=amount.minimum if amount else None,
            max_count=amount.maximum if amount else None,
            is_about=amount.is_about if amount else False,
            of_all=self._is_of_all(event),
            time=event.time.value if event.time else None,
            time_text=self.text[event.time.span.start : event.time.span.end] if event.time else None,
        )

    def _is_of_all(self, event: EventDraft) -> bool:
        token = self.doc[event.token]
        if any(before.lower_ in _ALL for before in self.doc[max(token.sent.start, token.i - 2) : token.i]):
            return True
        doers = [child for child in token.children if child.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS]
        if any(below.lower_ in _ALL for doer in doers for below in (doer, *doer.children)):
            return True
        heads = [self.doc[m.head] for role in ("instrument", "target", "actor") for m in event.roles.get(role, ())[:1]][:1]
        return any(
            child.lower_ in _ALL
            for head in heads
            for child in (*head.children, *(g for c in head.children for g in c.children))
        )

    def _headline(self) -> str | None:
        """Give the text's first block if it is a headline, on one line."""
        if not self.reading.blocks or self.reading.blocks[0][1] != "headline":
            return None
        span = self.reading.blocks[0][0]
        return " ".join(self.text[span.start : span.end].split())

    # -- claims --------------------------------------------------------------------------------------------------------

    def _claims(self, drafts: list[ClaimDraft], claim_index: Mapping[int, int]) -> tuple[Claim, ...]:
        claims: list[Claim] = []
        taken: dict[str, int] = {}
        for draft in drafts:
            speakers = self._speakers(draft)
            self.speakers_of[id(draft)] = speakers
            source, cue = char_spans(self.doc, draft.source), char_spans(self.doc, draft.cue)
            content, addressee = char_spans(self.doc, draft.content), char_spans(self.doc, draft.addressee)
            key = digest(self.reading.document.id, *(self.text[s.start : s.end] for s in (*source, *cue, *content)))
            taken[key] = taken.get(key, 0) + 1
            if taken[key] > 1:
                key = f"{key}-{taken[key]}"
            within = claim_index.get(id(draft.within)) if draft.within is not None else None
            addressees = tuple(
                dict.fromkeys(m.entity for h in draft.addressee_heads if (m := self.mention_at.get(h.i)) and m.entity)
            )
            claims.append(
                Claim(
                    iri=self.minter.local("claim", self.reading.document_iri, key),
                    content=content,
                    source=source,
                    cue=cue,
                    addressee=addressee,
                    polarity=draft.polarity,
                    certainty=draft.certainty,
                    tense=self._tense(draft.root, draft),
                    within=within,
                    speakers=speakers,
                    addressees=addressees,
                    sentence=self._sentence(content, draft),
                )
            )
        return tuple(claims)

    def _tense(self, index: int, draft: ClaimDraft) -> Tense | None:
        return tense_of(self.doc[index], self.knowledge, draft.covers) if index >= 0 else None

    def _sentence(self, content: tuple[Span, ...], draft: ClaimDraft) -> Span:
        first = self.doc[min(start for start, _ in draft.content)].sent
        last = self.doc[max(end for _, end in draft.content) - 1].sent
        start, end = first.start_char, last.end_char
        if draft.cue_token >= 0:
            around = self.doc[draft.cue_token].sent
            start, end = min(start, around.start_char), max(end, around.end_char)
        text = self.text
        while end > start and text[end - 1].isspace():
            end -= 1
        return Span(start, end)

    def _speakers(self, draft: ClaimDraft) -> tuple[str, ...]:
        if draft.is_own_voice:
            return ()
        if draft.is_impersonal:  # "it is not clear whether …" is said by whoever speaks around it
            return self.speakers_of.get(id(draft.within), ())
        found: list[str] = []
        for head in draft.source_heads:
            found.extend(self._speaker(head, draft))
        if not found and any(head.lower_ in _FIRST_PERSON for head in draft.source_heads):
            return ()
        if not found:
            label = self._source_label(draft)
            iri = self.minter.local("group", self.reading.document_iri, slugify(label))
            self.registry.drafts.setdefault(iri, _group(iri, label))
            found.append(iri)
        return tuple(dict.fromkeys(found))

    def _source_label(self, draft: ClaimDraft) -> str:
        """Give the words for a speaker whom no mention names; for "which" those of the noun it stands for."""
        if not draft.source:
            return _UNNAMED
        start, end = draft.source[0][0], draft.source[-1][1]
        head = next(iter(draft.source_heads), None)
        if end - start == 1 and self.doc[start].tag_ in ("WDT", "WP") and head is not None and head.i != start:
            phrase = noun_phrase(head)
            start, end = phrase.start, phrase.end
        return " ".join(self.doc[start:end].text.split())[:80]

    def _speaker(self, head: Token, draft: ClaimDraft) -> list[str]:
        mention = self.mention_at.get(head.i)
        if mention is None or mention.form == "nominal":  # "his defence minister, Iván Velásquez, said"
            mention = person_beside(head, self.mention_at) or mention
        if mention is not None and mention.entity is not None:
            return [mention.entity]
        issuers = [m.entity for issuer in self._issuers(head) if (m := self.mention_at.get(issuer.i)) is not None and m.entity]
        if issuers:
            return issuers
        word = head.lower_
        if word in _FIRST_PERSON:
            return list(self.speakers_of.get(id(draft.within), ()))
        if word in _FRACTIONS:
            return [self._fraction(head)]
        return []

    def _issuers(self, head: Token) -> list[Token]:
        """Give who speaks through a text: "issued a statement denying it", "published a letter which said"."""
        words = self.knowledge.words
        if head.lemma_.lower() not in words["document noun"] or head.dep_ != "dobj" or not is_verb(head.head):
            return []
        return subjects(head.head) if head.head.lemma_.lower() in words["issuing verb"] else []

    def _fraction(self, head: Token) -> str:
        """Name "one of the officials", and a later "another", as unnamed members of the group they belong to."""
        below = next(iter(of_objects(head)), None)
        whole = self.mention_at.get(below.i) if below is not None else None
        if whole is None:
            groups = (m for m in reversed(self.reading.found) if m.type == "Group" and m.noun is not None and m.noun.may_speak)
            whole = next((m for m in groups if m.head < head.i and self._has_members(self.doc[m.head])), None)
        phrase = noun_phrase(head)
        label = " ".join(phrase.text.split())
        if whole is not None and below is None:
            label = f"{label} of {self.registry.drafts[whole.entity or ''].label}"
        iri = self.minter.local("group", self.reading.document_iri, slugify(label))
        draft = self.registry.drafts.setdefault(iri, _group(iri, label))
        draft.cardinality = _FRACTIONS.get(head.lower_)
        if whole is not None:
            draft.affiliation = whole.entity
        span = Span(phrase[0].idx, phrase[-1].idx + len(phrase[-1].text))
        self.registry.reasons.setdefault(span, "some of the group named beside it" if whole is not None else "first mention")
        self.extra.append(Found(phrase.start, phrase.end, span, "Group", "Group", "nominal", head.i, entity=iri))
        return iri

    @staticmethod
    def _has_members(head: Token) -> bool:
        """True for a group of which "another" may be one: who acts ("Two officials spoke"), or of whom "one" spoke."""
        above = head.head
        is_part = head.dep_ == "pobj" and above.lower_ == "of" and above.head.lower_ in _FRACTIONS
        return head.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS or is_part


def _group(iri: str, label: str) -> Draft:
    return Draft(iri, "Group", label)
