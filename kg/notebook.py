"""For notebooks: a store whose views show themselves.

>>> import kg
>>> kg.open(None).graph().title  # kg.open("kg.db").graph(focus="Putin") at the end of a cell draws it there
'Who said what'
"""

import html
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import networkx as nx

from kg.map import draw_map
from kg.network import project
from kg.render import render
from kg.report import report
from kg.store import Store, open_store
from kg.timeline import timeline


@dataclass(frozen=True, slots=True)
class Picture:
    """A page that a notebook shows in place.

    Attributes:
        title: what stands above it.
        page: all of it, as HTML.
        network: what is drawn, for computing with (networkx); None for a report.
        height: in pixels, in a notebook.
    """

    title: str
    page: str = field(repr=False)
    network: "nx.MultiDiGraph[str] | None" = field(repr=False, default=None)
    height: int = 640

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file.

        Raises:
            OSError: the file cannot be written.
        """
        Path(path).write_text(self.page, encoding="utf-8")

    def _repr_html_(self) -> str:
        """Give the page in a frame of its own, which may run its scripts and reach nothing around it."""
        shown = html.escape(self.page, quote=True)
        allowed = "allow-scripts allow-downloads allow-popups"
        style = f"width: 100%; height: {self.height}px; border: 1px solid #8884; border-radius: 8px"
        return f'<iframe title="{html.escape(self.title)}" sandbox="{allowed}" style="{style}" srcdoc="{shown}"></iframe>'


class Book(Store):
    """A store that draws; options of the views are those of `kg.network.project`."""

    def graph(self, *, title: str | None = None, height: int = 640, **view: Any) -> Picture:
        """Draw the network (`kg.render.render`).

        Raises:
            ExportError: as `kg.network.project` does.
        """
        return self._drawn(render, title, height, view)

    def timeline(self, *, by: str = "actor", title: str | None = None, height: int = 640, **view: Any) -> Picture:
        """Draw the events by time (`kg.timeline.timeline`), in lanes by "actor" or "source".

        Raises:
            ExportError: as `kg.network.project` does, or `by` is neither.
        """
        return self._drawn(lambda network, title: timeline(network, title=title, by=by), title, height, view)

    def map(self, *, title: str | None = None, height: int = 640, **view: Any) -> Picture:
        """Draw the places and what happened there (`kg.map.draw_map`).

        Raises:
            ExportError: as `kg.network.project` does.
        """
        return self._drawn(draw_map, title, height, view)

    def report(self, entity: str, *, height: int = 900) -> Picture:
        """Write the report on an entity (`kg.report.report`).

        Raises:
            ExportError: the name fits no entity or several, or nothing is claimed of it.
        """
        return Picture(entity, report(self, entity), None, height)

    def _drawn(self, draw: Callable[..., str], title: str | None, height: int, view: dict[str, Any]) -> Picture:
        network = project(self, **view)
        shown = title or str(view.get("focus") or view.get("source") or "Who said what")
        return Picture(shown, draw(network, title=shown), network, height)


def open_book(
    path: str | os.PathLike[str] | None, *, create: bool = False, read_only: bool = False, base: str | None = None
) -> Book:
    """Open a store as `kg.store.open_store` does, with views that show themselves in a notebook.

    Raises:
        StoreError: as `kg.store.open_store` does.
    """
    store = open_store(path, create=create, read_only=read_only, base=base)
    kind = type(store)
    store.__class__ = Book if kind is Store else type("Book", (Book, kind), {})
    assert isinstance(store, Book)
    return store
