"""What can go wrong, and how it is said.

A message reads `where: what is wrong; what to do`. It is raised where it is known, gets its frame (file, line, document)
where that is known, and is printed once, at the edge (`kg.cli`).
"""

from collections.abc import Iterable


class KgError(Exception):
    """Root of all errors that `kg` raises on purpose; `str()` of it is one line for the user."""


class InputError(KgError):
    """A document or file cannot be read: correct it, or leave it out."""


class KnowledgeError(KgError):
    """A gazetteer, lexicon, ontology or saved query is malformed: correct the named line."""


class StoreError(KgError):
    """The store cannot be opened, read or written."""


class StoreInUseError(StoreError):
    """Another process is writing the store: wait for it, or end it."""


class QueryError(KgError):
    """A query, or a parameter of it, is wrong."""


class ExportError(KgError):
    """A view or export cannot be made as asked."""


def suggest(name: str, known: Iterable[str]) -> str:
    """Give a half-sentence that helps with a mistyped `name`: a near miss, or the known ones."""
    from difflib import get_close_matches  # only mistakes need it

    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    return f"did you mean '{near[0]}'?" if near else f"known: {', '.join(names)}"
