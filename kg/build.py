"""Reads inputs into a store: what is new or changed goes through the pipeline, each document in one transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kg.errors import InputError
from kg.vocab import BASE, Minter


@dataclass(slots=True)
class BuildReport:
    """What a build did, in documents."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0

    @property
    def stored(self) -> int:
        """How many of the inputs' documents are in the store now."""
        return self.added + self.changed + self.unchanged

    def __str__(self) -> str:
        return f"{self.added} added, {self.changed} changed, {self.unchanged} unchanged, {self.failed} failed"


def build(
    inputs: Iterable[str],
    store_path: str,
    *,
    model: str | None = None,
    knowledge: str | None = None,
    base: str | None = None,
    on_problem: Callable[[InputError], None] = lambda problem: None,
    on_document: Callable[[str], None] = lambda document_id: None,
) -> BuildReport:
    """Read `inputs` into the store at `store_path`, which is made if need be, and bring the derived statements up to date.

    Args:
        inputs: as for `kg.read.read`.
        model, knowledge: as for `kg.annotate.Annotator`.
        base: start of the IRIs of a new store; an old one keeps its own.
        on_problem: is told of each document that cannot be read; the build goes on.
        on_document: is called with the id of each document that is done.

    Raises:
        StoreError: the store cannot be opened or written; what was stored before stays whole.
        KnowledgeError: the model or a data file cannot be loaded.
    """
    from kg.annotate import Annotator
    from kg.derive import derive
    from kg.graph import to_quads
    from kg.knowledge import load_knowledge
    from kg.read import InputNotice, read
    from kg.store import open_store

    report = BuildReport()

    def tell(problem: InputError) -> None:
        report.failed += not isinstance(problem, InputNotice)
        on_problem(problem)

    with open_store(store_path, create=True, base=base) as store:
        minter = Minter(store.base or BASE)
        annotator: Annotator | None = None
        for document in read(inputs, tell):
            document_iri = minter.document(document.id)
            if store.has(document_iri, document.sha256):
                report.unchanged += 1
                on_document(document.id)
                continue
            if annotator is None:
                annotator = Annotator(model, knowledge, store.base)
            try:
                annotation = annotator.annotate(document)
            except InputError as error:
                tell(error)
                continue
            change = store.add(document_iri, to_quads(annotation, load_knowledge(knowledge), store.base))
            report.changed += change.replaced
            report.added += not change.replaced
            on_document(document.id)
        if report.added or report.changed:
            derive(store)
    return report
