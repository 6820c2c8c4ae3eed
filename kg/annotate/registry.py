"""The entities of one document: what is known of them so far, and why each mention is the one it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc

from kg.annotate.found import Found
from kg.knowledge import Entry, Knowledge
from kg.model import Entity, Span
from kg.vocab import Minter, slugify


@dataclass(slots=True)
class Draft:
    """An entity in the making; see `kg.model.Entity`."""

    iri: str
    class_: str
    label: str
    aliases: set[str] = field(default_factory=set)
    known: bool = False
    cardinality: int | None = None
    affiliation: str | None = None
    broader: str | None = None
    same_as: set[str] = field(default_factory=set)

    def finished(self) -> Entity:
        """Give the plain entity."""
        return Entity(
            self.iri,
            self.class_,
            self.label,
            tuple(sorted(self.aliases - {self.label})),
            self.known,
            self.cardinality,
            self.affiliation,
            self.broader,
            tuple(sorted(self.same_as)),
        )


@dataclass(frozen=True, slots=True)
class Position:
    """A person's office as written: `title` ("Russian Defense Minister") and the tie to the body, if told."""

    person: Found
    title: str
    relation: str
    body: Found | None
    token: int


class Registry:
    """The entities of one document, and why each mention is the one it is.

    Attributes:
        drafts: entities by IRI; entries: what the gazetteers have of those that are known.
        positions: offices of people; located: places and the states they belong to.
        reasons: characters of a mention to why it is what it is.
        sentence_of: token index to the number of its sentence.
        quotes: the quotations as token ranges, marks included.
    """

    def __init__(
        self, doc: Doc, document_iri: str, knowledge: Knowledge, minter: Minter, quotes: Sequence[tuple[int, int]]
    ) -> None:
        self.doc = doc
        self.quotes = quotes
        self._text = doc.text
        self.document_iri = document_iri
        self.knowledge = knowledge
        self.minter = minter
        self.drafts: dict[str, Draft] = {}
        self.entries: dict[str, Entry] = {}
        self.positions: list[Position] = []
        self.located: list[tuple[Found, Found]] = []
        self.reasons: dict[Span, str] = {}
        self.sentence_of = {token.i: number for number, sentence in enumerate(doc.sents) for token in sentence}

    def known(self, entry: Entry) -> Draft:
        """Give the entity of a gazetteer entry."""
        iri = self.minter.entity(entry.kind, entry.key)
        self.entries[iri] = entry
        return self.drafts.setdefault(iri, Draft(iri, entry.class_, entry.label, known=True))

    def entities(self) -> tuple[Entity, ...]:
        """Give all entities, by IRI."""
        return tuple(self.drafts[iri].finished() for iri in sorted(self.drafts))

    def assign(self, mention: Found, draft: Draft, reason: str) -> None:
        """Let a mention be of an entity."""
        mention.entity = draft.iri
        if mention.form == "nominal" and mention.class_ is not None:
            mention.class_ = draft.class_
        self.reasons.setdefault(mention.span, reason)
        if mention.form == "name" and mention.type != "Nationality":
            draft.aliases.add(clean(self.text(mention)))
        if mention.amount and mention.amount.count and draft.class_ == "Group" and draft.cardinality is None:
            draft.cardinality = mention.amount.count

    def text(self, mention: Found) -> str:
        """Give the mention as written, on one line."""
        return " ".join(self._text[mention.span.start : mention.span.end].split())

    def new(self, kind: str, class_: str, label: str, *, local: bool = False) -> Draft:
        """Give the entity of a label; a local one is of this document only."""
        key = slugify(label)
        iri = self.minter.local(kind, self.document_iri, key) if local else self.minter.entity(kind, key)
        return self.drafts.setdefault(iri, Draft(iri, class_, label))


def clean(name: str) -> str:
    """Give a name without its article and possessive."""
    name = re.sub(r"^(?:the|a|an)\s+", "", name, flags=re.IGNORECASE)
    return re.sub(r"['’]s?$", "", name).strip()
