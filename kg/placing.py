"""Where nodes and their labels stand in a picture: labels wrapped and measured, positions computed ahead, nothing over another.

The same network gives the same places on any machine: no chance, no order of sets.
"""

import math
import os
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx

# Matrices as small as these are done many times as fast by one thread, and with the same sums on every machine; read once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

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
_CROWD = 1000  # of more nodes only the marks are kept apart; their labels make room for each other as they are drawn
_TURNS = 100
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


def visible(text: str) -> str:
    """Give `text` on one line, without characters that are unseen or turn the direction of writing."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def shortened(text: str, length: int) -> str:
    """Give at most so many characters of `text`, on one line."""
    shown = visible(text[: 4 * length])
    return shown if len(shown) <= length else shown[: length - 1].rstrip() + "…"


def wrapped(label: str, *, is_event: bool) -> str:
    """Give a label of at most two short lines."""
    shown = visible(label[: 4 * _LINES * _LINE_LENGTH]) or "?"
    head, dot, tail = shown.rpartition(" · ")
    if is_event and dot and len(shown) > _LINE_LENGTH - 4:
        return f"{shortened(head, _LINE_LENGTH + 6)}\n{shortened(tail, _LINE_LENGTH + 6)}"
    lines = textwrap.wrap(shown, _LINE_LENGTH, max_lines=_LINES, placeholder="…", break_on_hyphens=False)
    return "\n".join(lines)


def _width(line: str, size: float) -> float:
    """Estimate how wide a line is in a wide sans-serif face."""
    ems = 0.0
    for character in line:
        if unicodedata.east_asian_width(character) in "WF":
            ems += 1.0
        elif character in _NARROW:
            ems += 0.36
        elif character in _WIDE:
            ems += 0.93
        else:
            ems += 0.72 if character.isupper() else 0.61
    return ems * size


def _box(drawn: Mapping[str, Any]) -> _Box:
    lines, size = drawn["label"].split("\n"), drawn["font"]["size"]
    half = max(drawn["size"], *(_width(line, size) / 2 for line in lines)) + _GAP
    return _Box(half, drawn["size"] + _GAP, drawn["size"] + 5 + len(lines) * size * 1.2 + _GAP)


def extent(drawn: Mapping[str, Any]) -> dict[str, int]:
    """Give the room of a node and its label, in whole pixels from its centre."""
    box = _box(drawn)
    return {"half": round(box.half), "above": round(box.above), "below": round(box.below)}


def positions(
    network: "nx.Graph[str]", drawn: Mapping[str, Mapping[str, Any]], *, most_room: float = _MOST_ROOM
) -> dict[str, tuple[int, int]]:
    """Give each node a place: related nodes near each other, no label over another (if they are not too many), wide.

    Args:
        network: what to place.
        drawn: how each node looks, as `kg.render.node_look` gives it.
        most_room: how many times the area of nodes and labels the picture may take.
    """
    boxes = {node: _box(drawn[node]) for node in network}
    simple = part_of(network, network)
    parts = sorted((sorted(part) for part in nx.connected_components(simple)), key=lambda part: (-len(part), part))
    room = min(_ROOM + _MORE_ROOM / max(1, len(network)), most_room)
    laid = [(part, _lay_out(part_of(simple, part), part, boxes, room)) for part in parts]
    return {
        node: (round(float(x)), round(float(y)))
        for part, points in _packed(laid, boxes)
        for node, (x, y) in zip(part, points, strict=True)
    }


def part_of(graph: "nx.Graph[str]", nodes: Iterable[str]) -> "nx.Graph[str]":
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
    placed: dict[str, Any]
    if len(nodes) == 2:
        placed = {nodes[0]: (-1.0, 0.0), nodes[1]: (1.0, 0.0)}
    elif len(nodes) <= _KAMADA_KAWAI_MOST:
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
    room_for = [boxes[node] for node in nodes]
    if len(nodes) > _CROWD:
        room_for = [_Box(box.above, box.above, box.above) for box in room_for]
    return _without_overlap(points, room_for)


def _spring(graph: "nx.Graph[str]") -> dict[str, Any]:
    """Lay out a large part: its best connected nodes by springs, the others around their best connected neighbour."""
    degrees = dict(graph.degree())
    order = sorted(graph, key=lambda node: (-degrees[node], node))
    core = part_of(graph, order[:_SPRING_MOST])
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
    for _ in range(_TURNS):
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
