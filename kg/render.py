"""The network as one HTML file that works offline: it holds all it needs and asks nobody for anything.

Takes the graph of `kg.network.project`. pyvis makes the nodes, edges and options; vis-network, which pyvis ships, draws them.
The page around it is our own (`kg/templates/graph.html`), since pyvis' page loads from a CDN and lets text become script.
"""

import base64
import hashlib
import json
import math
import re
import textwrap
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import NDArray

from kg.errors import ExportError, KnowledgeError, suggest
from kg.network import class_label, ranked
from kg.resources import data_path
from kg.vocab import slugify

CORE = 80
"""How many nodes the page shows at first; the others come on demand."""

_SHAPES = frozenset(("dot", "square", "diamond", "triangle", "triangleDown", "hexagon", "star"))
_MOODS = frozenset(("affirmed", "hedged", "denied", "contested", "statement"))

_NODE_SIZES = (9.0, 24.0)
_FONT_SIZES = (13.0, 19.0)
_HEAVY = 30.0  # a node of this weight, or more, is drawn largest
_LINE_LENGTH = 20
_LINES = 2
_GAP = 5.0
_ROOM = 1.25
_MORE_ROOM = 100.0
_MOST_ROOM = 6.5
"""A network of n nodes takes the area of its nodes and labels times `_ROOM + _MORE_ROOM / n`, but never more than the last."""
_STRETCH = 3.0
"""A part may be stretched so much more in one direction than in the other."""
_ASPECT = 1.45
_KAMADA_KAWAI_MOST = 150
_SPRING_MOST = 499  # networkx lays out more by a slower method
_SEED = 2015

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_NARROW = frozenset("iljtfrI.,:;'’!|()[] ·-")
_WIDE = frozenset("mwMW@—…")

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Box:
    """What a node and its label below take up, in pixels: half its width, and its height above and below the centre."""

    half: float
    above: float
    below: float


def render(network: "nx.MultiDiGraph[str]", *, title: str) -> str:
    """Give the network as one HTML page; the same network gives the same page, byte for byte.

    Args:
        network: as `kg.network.project` gives it.
        title: stands above the page and in the window's title; any text.

    Raises:
        ExportError: vis-network is missing from the installed pyvis.
        KnowledgeError: `ontology/style.toml` is malformed.
    """
    style = _style()
    shown = _visible(title).strip() or "Claims"
    content = _content(network, style) | {"title": shown, "file": f"{slugify(shown)[:60]}.png"}
    scripts = [_library(), _template("graph.js")]
    environment = Environment(
        loader=FileSystemLoader(data_path("templates"), encoding="utf-8"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("graph.html").render(
        title=shown,
        counts=_counts(network, content),
        hashes=" ".join(f"'sha256-{_sha256(script)}'" for script in scripts),
        css=Markup(_template("graph.css")),
        content=Markup(_embedded(content)),
        scripts=[Markup(script) for script in scripts],
        is_empty=not len(network),
    )


# The page's parts


def _embedded(value: object) -> str:
    """Give JSON that no HTML or JavaScript parser can read as anything else: ASCII, and without < > &."""
    written = json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _template(name: str) -> str:
    return data_path("templates", name).read_text(encoding="utf-8")


@cache
def _library() -> str:
    """Give vis-network, as pyvis ships it, without the mark that makes debuggers ask for a source map."""
    import pyvis

    files = sorted(
        Path(pyvis.__file__).parent.glob("lib/vis-*/vis-network.min.js"), key=lambda path: _version(path.parent.name)
    )
    if not files:
        raise ExportError("render: the installed pyvis has no vis-network; reinstall it: pip install --force-reinstall pyvis")
    script = files[-1].read_text(encoding="utf-8").replace("\r\n", "\n")
    script = re.sub(r"//# sourceMappingURL=.*", "", script)
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        raise ExportError(f"render: {files[-1]} cannot be put into a page; reinstall pyvis")
    return script


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", name))


def _counts(network: "nx.MultiDiGraph[str]", content: Mapping[str, Any]) -> str:
    documents = {claim["document"] for claim in content["claims"]}
    parts = [
        (len(network), "node", "nodes"),
        (network.number_of_edges(), "edge", "edges"),
        (len(content["claims"]), "claim", "claims"),
        (len(documents), "document", "documents"),
    ]
    return " · ".join(f"{number:,} {one if number == 1 else many}" for number, one, many in parts)


# Style


@cache
def _style() -> dict[str, Any]:
    """Read how families of classes and moods of edges are drawn.

    Raises:
        KnowledgeError: not TOML, an unknown shape or mood, a colour that is none, or something missing.
    """
    path = data_path("ontology", "style.toml")
    try:
        style: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"{path}: the style cannot be read ({error}); correct it or reinstall kg") from error
    tables: tuple[tuple[str, str, frozenset[str]], ...] = (("family", "shape", _SHAPES), ("edge", "mood", _MOODS))
    for table, key, known in tables:
        rows = style.get(table)
        if not isinstance(rows, list) or not rows:
            raise KnowledgeError(f"{path}: no [[{table}]]; add at least one")
        for number, row in enumerate(rows, start=1):
            where = f"{path}: [[{table}]] {number}"
            missing = [name for name in (key, "label", "light", "dark") if name not in row]
            if missing:
                raise KnowledgeError(f"{where}: lacks {', '.join(missing)}; add it")
            if row[key] not in known:
                raise KnowledgeError(f"{where}: '{row[key]}' is no {key}; {suggest(str(row[key]), known)}")
            for tone in ("light", "dark"):
                if not re.fullmatch(r"#[0-9a-fA-F]{6}", str(row[tone])):
                    raise KnowledgeError(f"{where}: '{row[tone]}' is no colour; write it as #0072b2")
    if lacking := _MOODS - {row["mood"] for row in style["edge"]}:
        raise KnowledgeError(f"{path}: no [[edge]] with the mood {', '.join(sorted(lacking))}; add it")
    return style


def _family(kinds: Iterable[str], style: Mapping[str, Any]) -> int:
    """Give the place in the legend of the first class that stands there; the last place for a class without any above."""
    places = {family.get("class"): place for place, family in enumerate(style["family"])}
    return next((places[kind] for kind in kinds if kind in places), len(places) - 1)


def _mood(edge: Mapping[str, Any]) -> str:
    if edge["polarity"] == "Negative":
        return "denied"
    if edge["polarity"] != "Positive" or edge["certainty"] != "Certain":
        return "hedged"
    return "contested" if edge["contested"] else "affirmed"


# The network as data


def _content(network: "nx.MultiDiGraph[str]", style: Mapping[str, Any]) -> dict[str, Any]:
    """Give all that the page shows: nodes and edges for vis-network, claims once each, the legend."""
    from pyvis.network import Network  # slow to load

    carriers = [attributes for _, attributes in network.nodes(data=True)] + [edge for _, _, edge in network.edges(data=True)]
    claims: dict[str, Mapping[str, Any]] = {claim["claim"]: claim for carrier in carriers for claim in carrier["evidence"]}
    place = {iri: number for number, iri in enumerate(sorted(claims))}
    number = {node: count for count, node in enumerate(network)}
    order = ranked(network)
    drawn = {node: _drawn(attributes, style) for node, attributes in network.nodes(data=True)}
    everything = _positions(network, drawn)
    core = set(order[:CORE])
    first = _positions(_part(network, core), drawn) if len(network) > CORE else everything

    page = Network(directed=True)
    for node, attributes in network.nodes(data=True):
        x, y = first.get(node, everything[node])
        page.add_node(
            number[node],
            x=x,
            y=y,
            **drawn[node],
            box=_extent(drawn[node]),
            all=everything[node],
            core=node in core,
            **_described(node, attributes, place),
        )
    for (start, end, edge), bend in zip(network.edges(data=True), _bends(network), strict=True):
        page.add_edge(
            number[start],
            number[end],
            label=_shortened(edge["label"], 24),
            full=edge["label"],
            kind=edge["kind"],
            mood=_mood(edge),
            contested=edge["contested"],
            polarity=edge["polarity"],
            certainty=edge["certainty"],
            bend=bend,
            claims=[place[claim["claim"]] for claim in edge["evidence"]],
        )
    page.set_options(json.dumps(_OPTIONS))
    return {
        "nodes": page.nodes,
        "edges": [edge | {"id": count} for count, edge in enumerate(page.edges)],
        "options": page.options,
        "claims": [_claim(claims[iri], place) for iri in sorted(claims)],
        "style": {"families": style["family"], "edges": style["edge"]},
    }


_OPTIONS: dict[str, Any] = {
    "autoResize": True,
    "physics": {"enabled": False, "solver": "forceAtlas2Based", "stabilization": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "hover": True,
        "hoverConnectedEdges": False,
        "keyboard": False,
        "multiselect": False,
        "tooltipDelay": 10000,
    },
    "nodes": {"borderWidth": 1.5, "borderWidthSelected": 3, "labelHighlightBold": False},
    "edges": {
        "labelHighlightBold": False,
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.55}},
        "selectionWidth": 1,
        "hoverWidth": 0.5,
        "arrowStrikethrough": False,
    },
}


def _drawn(attributes: Mapping[str, Any], style: Mapping[str, Any]) -> dict[str, Any]:
    """Give what decides a node's place on the page: its family, size and wrapped label."""
    share = min(1.0, math.sqrt(attributes["weight"] / _HEAVY))
    family = _family(attributes["classes"], style)
    return {
        "family": family,
        "shape": style["family"][family]["shape"],
        "size": round(_between(_NODE_SIZES, share), 1),
        "font": {"size": round(_between(_FONT_SIZES, share), 1)},
        "label": _wrapped(attributes["label"], is_event=attributes["kind"] == "event"),
    }


def _between(bounds: tuple[float, float], share: float) -> float:
    return bounds[0] + (bounds[1] - bounds[0]) * share


def _described(node: str, attributes: Mapping[str, Any], place: Mapping[str, int]) -> dict[str, Any]:
    """Give what the panel says of a node."""
    names = ("wikidata", "positions", "affiliation", "time", "time_text", "count", "trigger", "polarity", "certainty")
    return {
        "iri": node,
        "name": attributes["label"],
        "kind": attributes["kind"],
        "type": class_label(attributes["class"]),
        "aliases": attributes["aliases"],
        "contested": attributes["contested"],
        "claims": [place[claim["claim"]] for claim in attributes["evidence"]],
    } | {name: attributes[name] for name in names if attributes.get(name)}


_SHOWN_OF_CLAIM = ["source", "addressee", "cue", "polarity", "certainty", "via", "quote", "prefix", "suffix", "document"]
_SHOWN_OF_CLAIM += ["title", "publisher", "date", "url"]


def _claim(claim: Mapping[str, Any], place: Mapping[str, int]) -> dict[str, Any]:
    others = {name: [place[iri] for iri in claim[name] if iri in place] for name in ("contradicts", "corroborates")}
    return {name: claim[name] for name in _SHOWN_OF_CLAIM if claim[name]} | {"contested": claim["contested"], **others}


def _bends(network: "nx.MultiDiGraph[str]") -> list[int]:
    """Give each edge its curve: none, then more and more to either side, among the edges between the same two nodes."""
    seen: dict[tuple[str, str], int] = {}
    bends = []
    for start, end in network.edges():
        pair = (min(start, end), max(start, end))
        turn = seen.get(pair, 0)
        seen[pair] = turn + 1
        bend = (turn + 1) // 2 * (1 if turn % 2 else -1)
        bends.append(bend if start < end else -bend)
    return bends


# Labels


def _visible(text: str) -> str:
    """Give `text` on one line, without characters that are unseen or turn the direction of writing."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def _shortened(text: str, length: int) -> str:
    shown = _visible(text[: 4 * length])
    return shown if len(shown) <= length else shown[: length - 1].rstrip() + "…"


def _wrapped(label: str, *, is_event: bool) -> str:
    """Give a label of at most two short lines."""
    shown = _visible(label[: 4 * _LINES * _LINE_LENGTH]) or "?"
    head, dot, tail = shown.rpartition(" · ")
    if is_event and dot and len(shown) > _LINE_LENGTH - 4:
        return f"{_shortened(head, _LINE_LENGTH + 6)}\n{_shortened(tail, _LINE_LENGTH + 6)}"
    lines = textwrap.wrap(shown, _LINE_LENGTH, max_lines=_LINES, placeholder="…", break_on_hyphens=False)
    return "\n".join(lines)


def _width(line: str, size: float) -> float:
    """Estimate how wide a line is in a sans-serif face."""
    ems = 0.0
    for character in line:
        if unicodedata.east_asian_width(character) in "WF":
            ems += 1.0
        elif character in _NARROW:
            ems += 0.32
        elif character in _WIDE:
            ems += 0.88
        else:
            ems += 0.7 if character.isupper() else 0.57
    return ems * size


def _box(drawn: Mapping[str, Any]) -> _Box:
    lines, size = drawn["label"].split("\n"), drawn["font"]["size"]
    half = max(drawn["size"], *(_width(line, size) / 2 for line in lines)) + _GAP
    return _Box(half, drawn["size"] + _GAP, drawn["size"] + 5 + len(lines) * size * 1.2 + _GAP)


def _extent(drawn: Mapping[str, Any]) -> dict[str, int]:
    box = _box(drawn)
    return {"half": round(box.half), "above": round(box.above), "below": round(box.below)}


# Positions


def _positions(network: "nx.Graph[str]", drawn: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Give each node a place: related nodes near each other, no label over another, wider than high."""
    boxes = {node: _box(drawn[node]) for node in network}
    simple = _part(network, network)
    parts = sorted((sorted(part) for part in nx.connected_components(simple)), key=lambda part: (-len(part), part))
    room = min(_ROOM + _MORE_ROOM / max(1, len(network)), _MOST_ROOM)
    laid = [(part, _lay_out(_part(simple, part), part, boxes, room)) for part in parts]
    return {
        node: (round(float(x)), round(float(y)))
        for part, points in _packed(laid, boxes)
        for node, (x, y) in zip(part, points, strict=True)
    }


def _part(graph: "nx.Graph[str]", nodes: Iterable[str]) -> "nx.Graph[str]":
    """Give these nodes and the edges between them, sorted; networkx' own subgraphs come in the order of sets, which varies."""
    kept = set(nodes)
    part: nx.Graph[str] = nx.Graph()
    part.add_nodes_from(sorted(kept))
    part.add_edges_from(sorted({(min(edge), max(edge)) for edge in graph.edges(kept) if kept.issuperset(edge[:2])}))
    return part


def _lay_out(graph: "nx.Graph[str]", nodes: list[str], boxes: Mapping[str, _Box], room: float) -> Points:
    """Give the places of one connected part, in pixels around its middle."""
    if len(nodes) == 1:
        return np.zeros((1, 2))
    if len(nodes) <= _KAMADA_KAWAI_MOST:
        placed = nx.kamada_kawai_layout(graph)
    else:
        placed = _spring(graph)
    points: Points = np.array([placed[node] for node in nodes], dtype=np.float64)
    points = _turned(points - points.mean(axis=0))
    area = room * sum(2 * box.half * (box.above + box.below) for box in (boxes[node] for node in nodes))
    spread = points.max(axis=0) - points.min(axis=0)
    wanted = np.array([math.sqrt(area * _ASPECT), math.sqrt(area / _ASPECT)])
    if len(nodes) < 4:
        wanted = np.array([210.0 * (len(nodes) - 1), 120.0])
    factor = wanted / np.maximum(spread, 1e-6)
    points = points * np.minimum(factor, _STRETCH * factor.min())
    if len(nodes) > 8:
        points = 0.55 * points + 0.45 * _evened(points, wanted)
    return _without_overlap(points, [boxes[node] for node in nodes])


def _spring(graph: "nx.Graph[str]") -> dict[str, Any]:
    """Lay out a large part: its best connected nodes by springs, the others around their best connected neighbour."""
    degrees = dict(graph.degree())
    order = sorted(graph, key=lambda node: (-degrees[node], node))
    core = _part(graph, order[:_SPRING_MOST])
    placed: dict[str, Any] = dict(nx.spring_layout(core, seed=_SEED, iterations=100, k=2.2 / math.sqrt(len(core))))
    for turn, node in enumerate(order[_SPRING_MOST:]):
        near = [other for other in graph[node] if other in placed]
        middle = placed[max(near, key=lambda other: (degrees[other], other))] if near else np.zeros(2)
        angle = turn * math.pi * (3 - math.sqrt(5))
        placed[node] = middle + 0.04 * np.array([math.cos(angle), math.sin(angle)])
    return placed


def _turned(points: Points) -> Points:
    """Turn the points so that they spread most from left to right."""
    _, axes = np.linalg.eigh(np.cov(points.T) + np.diag([1e-9, 0.0]))
    main = axes[:, 1] * (1.0 if axes[0, 1] >= 0 else -1.0)
    turned: Points = points @ np.array([[main[0], -main[1]], [main[1], main[0]]])
    return turned


def _evened(points: Points, wanted: NDArray[np.float64]) -> Points:
    """Spread the points evenly over both axes, keeping their order: the middle of a network is crowded."""
    order: NDArray[np.intp] = np.argsort(np.argsort(points, axis=0, kind="stable"), axis=0, kind="stable")
    evened: Points = (order / (len(points) - 1) - 0.5) * wanted
    return evened


def _without_overlap(points: Points, boxes: Sequence[_Box]) -> Points:
    """Push nodes apart, along the shorter way, until no box lies over another (or nothing gets better)."""
    from scipy.spatial import cKDTree

    half = np.array([[box.half, (box.above + box.below) / 2] for box in boxes])
    shift = np.array([[0.0, (box.below - box.above) / 2] for box in boxes])
    centres = points + shift
    reach = 2 * float(np.hypot(half[:, 0], half[:, 1]).max())
    for _ in range(200):
        pairs = cKDTree(centres).query_pairs(reach, output_type="ndarray")
        if not len(pairs):
            break
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        one, other = pairs[:, 0], pairs[:, 1]
        apart = centres[other] - centres[one]
        over = half[one] + half[other] - np.abs(apart)
        is_over = (over > 0.5).all(axis=1)
        if not is_over.any():
            break
        one, other, apart, over = one[is_over], other[is_over], apart[is_over], over[is_over]
        is_sideways = over[:, 0] < over[:, 1] * 1.3
        # Two nodes at the very same place part to the right and left.
        sign = np.where(apart >= 0, 1.0, -1.0)
        push = 0.5 * over * sign * np.stack([is_sideways, ~is_sideways], axis=1)
        np.add.at(centres, one, -0.5 * push)
        np.add.at(centres, other, 0.5 * push)
    separated: Points = centres - shift
    return separated


def _packed(laid: Sequence[tuple[list[str], Points]], boxes: Mapping[str, _Box]) -> list[tuple[list[str], Points]]:
    """Put the parts, largest first, beside each other: of some ways, the one whose outline fits a screen best."""
    lows, sizes = [], []
    for nodes, points in laid:
        half = np.array([boxes[node].half for node in nodes])
        above, below = (np.array([getattr(boxes[node], side) for node in nodes]) for side in ("above", "below"))
        low = np.array([(points[:, 0] - half).min(), (points[:, 1] - above).min()])
        lows.append(low)
        sizes.append((float((points[:, 0] + half).max() - low[0]), float((points[:, 1] + below).max() - low[1])))
    if not sizes:
        return []
    (first, *rest), total = sizes, sum(width * height for width, height in sizes)
    ways = [_shelved(sizes, max(first[0], share * math.sqrt(total * _ASPECT))) for share in (0.8, 1.0, 1.25, 1.6)]
    for share in (0.15, 0.25, 0.35, 0.5, 0.8):
        beside = _shelved(rest, share * first[0])
        ways.append([(0.0, 0.0), *((first[0] + 3 * _GAP + x, y) for x, y in beside)])
    best = min(ways, key=lambda corners: _outline(corners, sizes))
    return [(nodes, points - low + corner) for (nodes, points), low, corner in zip(laid, lows, best, strict=True)]


def _shelved(sizes: Sequence[tuple[float, float]], limit: float) -> list[tuple[float, float]]:
    """Give the corners of boxes set in rows that are no wider than `limit`, unless one box is."""
    corners, x, y, row = [], 0.0, 0.0, 0.0
    for width, height in sizes:
        if x and x + width > limit:
            x, y, row = 0.0, y + row + 3 * _GAP, 0.0
        corners.append((x, y))
        x, row = x + width + 3 * _GAP, max(row, height)
    return corners


def _outline(corners: Sequence[tuple[float, float]], sizes: Sequence[tuple[float, float]]) -> float:
    """Give the height of the screen that would just show all boxes."""
    width = max(x + size[0] for (x, _), size in zip(corners, sizes, strict=True))
    height = max(y + size[1] for (_, y), size in zip(corners, sizes, strict=True))
    return max(width / _ASPECT, height)
