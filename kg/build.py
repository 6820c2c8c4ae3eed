"""Reads inputs into a store: what is new or changed goes through the pipeline, each document in one transaction."""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError
from kg.language import Foreign, foreign_language
from kg.vocab import BASE, Minter

if TYPE_CHECKING:
    from kg.annotate import Annotator
    from kg.store import StoredDocument

ORIGINS = "inputs.jsonl"


@dataclass(slots=True)
class BuildReport:
    """What a build did, in documents."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """Documents that are not in English and so were left out, by ISO 639 code of their language."""

    @property
    def stored(self) -> int:
        """How many of the inputs' documents are in the store now."""
        return self.added + self.changed + self.unchanged

    def __str__(self) -> str:
        numbers = (self.added, self.changed, self.unchanged, self.removed, self.failed)
        counts = "{} added, {} changed, {} unchanged, {} removed, {} failed".format(*numbers)
        languages = ", ".join(f"language {code} {number}" for code, number in sorted(self.skipped.items()))
        return f"{counts}; skipped: {languages}" if languages else counts


def build(
    inputs: Iterable[str],
    store_path: str,
    *,
    model: str | None = None,
    knowledge: str | None = None,
    base: str | None = None,
    prune: bool = False,
    any_language: bool = False,
    on_problem: Callable[[InputError], None] = lambda problem: None,
    on_document: Callable[[str], None] = lambda document_id: None,
) -> BuildReport:
    """Read `inputs` into the store at `store_path`, which is made if need be, and bring the derived statements up to date.

    Args:
        inputs: as for `kg.read.read`.
        model, knowledge: as for `kg.annotate.Annotator`.
        base: start of the IRIs of a new store; an old one keeps its own.
        prune: remove documents of the store whose files have left the folders among `inputs`.
        any_language: read what is not in English too, as if it were.
        on_problem: is told of each document that cannot be read, or is not in English; the build goes on.
        on_document: is called with the id of each document that is done.

    Raises:
        StoreError: the store cannot be opened or written; what was stored before stays whole.
        KnowledgeError: the model or a data file cannot be loaded.
    """
    from kg.read import InputNotice, read
    from kg.store import open_store

    names = list(inputs)
    report = BuildReport()

    def tell(problem: InputError) -> None:
        report.failed += not isinstance(problem, InputNotice)
        on_problem(problem)

    with open_store(store_path, create=True, base=base) as store:
        minter = Minter(store.base or BASE)
        annotator: Annotator | None = None
        origins = _Origins(store.path / ORIGINS if store.path else None)
        met: set[str] = set()
        begun: list[str] = []

        def walk() -> Iterator[str]:  # `read` asks for the next input when it is through with one
            for name in names:
                begun.append(name)
                yield name

        for document in read(walk(), tell):
            document_iri = minter.document(document.id)
            met.add(document_iri)
            origins.note(document_iri, begun[-1])
            if store.has(document_iri, document.sha256):
                report.unchanged += 1
                on_document(document.id)
                continue
            language = None if any_language else foreign_language(document.text)
            if language is not None:
                report.skipped[language] += 1
                on_problem(Foreign(document.id, language))
                continue
            if annotator is None:  # the language pipeline loads only if there is something to read with it
                from kg.annotate import Annotator as Reader
                from kg.graph import to_quads
                from kg.knowledge import load_knowledge

                annotator = Reader(model, knowledge, store.base)
            try:
                annotation = annotator.annotate(document)
            except InputError as error:
                tell(error)
                continue
            store.mark_outdated()
            change = store.add(document_iri, to_quads(annotation, load_knowledge(knowledge), store.base))
            report.changed += change.replaced
            report.added += not change.replaced
            on_document(document.id)
        folders = [name for name in names if prune and os.path.isdir(name)]
        for known in list(store.documents()) if folders else ():
            if known.iri not in met and origins.left(known, folders, report.failed):
                store.mark_outdated()
                store.remove(known.iri)
                report.removed += 1
        if store.is_outdated:  # also if an earlier build was stopped before this
            from kg.derive import derive

            derive(store)
    return report


class _Origins:
    """Which input each document was last read from: a log beside the database, since the dataset does not depend on it.

    Args:
        file: the log; None keeps it in memory.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._known: dict[str, str] = {}
        written = file.read_text(encoding="utf-8") if file and file.is_file() else ""
        self._needs_end = not written.endswith("\n") and bool(written)  # the process was killed while it wrote
        for line in written.splitlines():
            with suppress(ValueError):
                document, place = json.loads(line)
                self._known[document] = place

    def note(self, document_iri: str, name: str) -> None:
        """Keep that the document comes from the input `name`, if that is a path."""
        if name == "-" or "://" in name or self._known.get(document_iri) == os.path.abspath(name):
            return
        self._known[document_iri] = os.path.abspath(name)
        if self._file:
            with self._file.open("a", encoding="utf-8") as log:
                log.write("\n" * self._needs_end + json.dumps([document_iri, os.path.abspath(name)]) + "\n")
            self._needs_end = False

    def left(self, document: "StoredDocument", folders: Iterable[str], failures: int) -> bool:
        """True if the document, which was not met now, was once read below one of `folders` and is not there any more.

        Its file is gone, or its folder was read whole: a document of a file that could not be read stays.
        """
        origin = self._known.get(document.iri)
        if origin is None:
            return False
        file = os.path.abspath(re.sub(r":\d+$", "", document.id))
        is_file_gone = not os.path.lexists(file)
        return any(
            (_is_below(origin, folder) and (not failures or (is_file_gone and _is_below(file, folder))))
            or (_is_below(file, folder) and is_file_gone and _is_below(folder, origin))
            for folder in map(os.path.abspath, folders)
        )


def _is_below(path: str, folder: str) -> bool:
    return os.path.commonpath((folder, path)) == folder
