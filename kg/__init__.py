"""Reads news on conflict and geopolitics into an RDF knowledge graph of who said what.

The verbs, in the order in which data flows: `read`, `annotate`, `to_quads`, `open` (`open_store`, with views that show
themselves in a notebook), `derive`, `query`, `project`, `render`, `export`, `validate`; `build` does the first five at once.
Each loads what it needs on first use, so that `import kg` is cheap.

>>> import kg
>>> store = kg.open(None)  # in memory; a path keeps it on disk
>>> len(store)
0
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kg.errors import ExportError, InputError, KgError, KnowledgeError, QueryError, StoreError

if TYPE_CHECKING:
    from kg.annotate import Annotator, annotate
    from kg.build import build
    from kg.derive import derive
    from kg.export import export
    from kg.graph import to_quads
    from kg.model import Annotation, Attribute, Certainty, Claim, Document, Entity, Event, Mention, Polarity, Relation, Span
    from kg.network import project
    from kg.query import run_query as query
    from kg.read import read
    from kg.render import render
    from kg.store import Store, open_store
    from kg.validate import validate

__all__ = [
    "Annotation",
    "Annotator",
    "Attribute",
    "Certainty",
    "Claim",
    "Document",
    "Entity",
    "Event",
    "ExportError",
    "InputError",
    "KgError",
    "KnowledgeError",
    "Mention",
    "Polarity",
    "QueryError",
    "Relation",
    "Span",
    "Store",
    "StoreError",
    "annotate",
    "build",
    "derive",
    "export",
    "open_store",
    "project",
    "query",
    "read",
    "render",
    "to_quads",
    "validate",
]

_HOME = {
    "Annotator": ("kg.annotate", "Annotator"),
    "annotate": ("kg.annotate", "annotate"),
    "build": ("kg.build", "build"),
    "derive": ("kg.derive", "derive"),
    "export": ("kg.export", "export"),
    "open": ("kg.notebook", "open_book"),
    "open_store": ("kg.store", "open_store"),
    "project": ("kg.network", "project"),
    "query": ("kg.query", "run_query"),
    "read": ("kg.read", "read"),
    "render": ("kg.render", "render"),
    "Store": ("kg.store", "Store"),
    "to_quads": ("kg.graph", "to_quads"),
    "validate": ("kg.validate", "validate"),
    "Annotation": ("kg.model", "Annotation"),
    "Attribute": ("kg.model", "Attribute"),
    "Certainty": ("kg.model", "Certainty"),
    "Claim": ("kg.model", "Claim"),
    "Document": ("kg.model", "Document"),
    "Entity": ("kg.model", "Entity"),
    "Event": ("kg.model", "Event"),
    "Mention": ("kg.model", "Mention"),
    "Polarity": ("kg.model", "Polarity"),
    "Relation": ("kg.model", "Relation"),
    "Span": ("kg.model", "Span"),
}


class _Verb(ModuleType):
    """A module that can be called: `kg.read(…)` is `kg.read.read(…)`."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return getattr(self, _HOME[self.__name__.rpartition(".")[2]][1])(*args, **options)


class _Package(ModuleType):
    """Loads what is asked for on first use, and lets modules that bear a verb's name be called as that verb."""

    def __getattr__(self, name: str) -> Any:
        if name not in _HOME:
            raise AttributeError(f"module 'kg' has no attribute '{name}'")
        module, attribute = _HOME[name]
        found = getattr(import_module(module), attribute)
        return self.__dict__.get(name, found)

    def __setattr__(self, name: str, value: object) -> None:
        if name in _HOME and isinstance(value, ModuleType):
            value.__class__ = _Verb
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
