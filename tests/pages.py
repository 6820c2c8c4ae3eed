"""What tests of pages share: a page taken apart, the pages of the other views, texts turned hostile."""

import json
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import networkx as nx
from pyoxigraph import Literal, Quad

from kg.map import draw_map
from kg.network import project
from kg.report import report
from kg.timeline import timeline
from kg.vocab import BASE

IRAN = f"{BASE}state/IR"
POINTS = {IRAN: (32.4, 53.7), f"{BASE}state/SY": (35.0, 38.4), f"{BASE}place/caspian-sea": (41.8, 50.7)}


class Page(HTMLParser):
    """Collects tags with their attributes, the title, all text to be read, and the texts of scripts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self.title = ""
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.text.append(data)
        if self._inside == "title":
            self.title += data

    @property
    def content(self) -> Any:
        """What the scripts show."""
        return json.loads(self.scripts[0])

    @property
    def words(self) -> str:
        """All text to be read, on one line."""
        return " ".join(" ".join(self.text).split())


def placed(quads: Iterable[Quad]) -> Any:
    """Give the network of the sample with the points of its places, which it leaves to the gazetteers."""
    network = project(quads)
    nx.set_node_attributes(network, POINTS, "point")
    return network


def page_of(kind: str, quads: Iterable[Quad], title: str) -> str:
    """Give one of the other views of the sample: "timeline", "map", or the "report" on Iran."""
    if kind == "report":
        return report(quads, IRAN, title=title)
    return {"timeline": timeline, "map": draw_map}[kind](placed(quads), title=title)


def with_texts(quads: Iterable[Quad], text: str) -> list[Quad]:
    """Give the same quads with every text replaced."""
    return [
        Quad(quad.subject, quad.predicate, Literal(text), quad.graph_name)
        if isinstance(quad.object, Literal) and quad.object.datatype.value.endswith("string")
        else quad
        for quad in quads
    ]
