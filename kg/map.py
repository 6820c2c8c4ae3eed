"""The places of a network and what happened there, as one HTML page that works offline: no tiles, no server.

The outlines are those of Natural Earth at 1:110 million (kg/templates/vendor/world-atlas, with its licence); coordinates
are the gazetteers'.
"""

import json
from collections import defaultdict
from functools import cache
from typing import Any

import networkx as nx

from kg.errors import ExportError
from kg.network import taking_part
from kg.page import counted, describe_node, family_of, make_page, number_claims, template
from kg.placing import shortened, visible
from kg.resources import data_path

_TO = ("destination", "target", "place")


def draw_map(network: "nx.MultiDiGraph[str]", *, title: str) -> str:
    """Give the map as one HTML page; the same network gives the same page, byte for byte.

    A place is as large as there are claims on it; events are told with the places they took place in, came from, or were
    aimed at, and lead as lines from where they began to where they ended, if both are known.

    Args:
        network: as `kg.network.project` gives it, with events as nodes.
        title: stands above the page; any text.

    Raises:
        ExportError: the shipped outlines cannot be read.
    """
    shown = visible(title) or "Places"
    place, claims = number_claims(network)
    located = [node for node, attributes in network.nodes(data=True) if attributes.get("point")]
    number = {node: turn for turn, node in enumerate(located)}
    happened: dict[str, dict[str, str]] = defaultdict(dict)
    lines = []
    for event, attributes in network.nodes(data=True):
        if attributes["kind"] != "event":
            continue
        roles = [(role, node) for role, node in taking_part(network, event) if node in number]
        for role, node in roles:
            happened[node].setdefault(event, role)
        starts = [node for role, node in roles if role == "origin"][:1]
        ends = [node for wanted in _TO for role, node in roles if role == wanted and node not in starts][:1]
        lines += [(number[start], number[end], event) for start in starts for end in ends]
    days = {
        node: sorted(
            {
                day[:10]
                for edge in (*network.in_edges(node, data=True), *network.out_edges(node, data=True))
                for day in edge[2].get("days", ())
            }
        )
        for node in network
    }
    events = sorted({event for told in happened.values() for event in told})
    turn_of = {event: turn for turn, event in enumerate(events)}
    content = {
        "nodes": [
            describe_node(node, network.nodes[node], place)
            | {
                "point": [round(value, 3) for value in network.nodes[node]["point"]],
                "label": shortened(network.nodes[node]["label"], 28),
                "family": family_of(network.nodes[node]["classes"]),
                "events": [[turn_of[event], role] for event, role in sorted(happened[node].items())],
                "days": days[node],
            }
            for node in located
        ],
        "events": [describe_node(event, network.nodes[event], place) | {"days": days[event]} for event in events],
        "lines": [[start, end, turn_of[event]] for start, end, event in sorted(lines)],
        "claims": claims,
        "land": _outlines(),
    }
    return make_page(
        "map.html",
        title=shown,
        css=[template("graph.css"), template("map.css")],
        scripts=[template(f"{name}.js") for name in ("evidence", "paint", "time", "map")],
        content=content,
        counts=counted((len(located), "place", "places"), (len(events), "event", "events")),
        is_empty=not located,
        empty="There is nothing to show: of no place are coordinates known.",
    )


def _unrolled(ring: list[tuple[float, float]]) -> list[list[float]]:
    """Give a ring flat, without a jump where it crosses the 180th meridian, and then again on the other side of the map."""
    points = [ring[0]]
    for x, y in ring[1:]:
        turn = round((points[-1][0] - x) / 360)
        points.append((round(x + 360 * turn, 2), y))
    (start, _), (end, _) = points[0], points[-1]
    if abs(end - start) > 180:  # it goes around a pole
        points += [(end, -90.0), (start, -90.0)]
    rings = [points]
    if max(x for x, _ in points) > 180.5:
        rings.append([(round(x - 360, 2), y) for x, y in points])
    elif min(x for x, _ in points) < -180.5:
        rings.append([(round(x + 360, 2), y) for x, y in points])
    return [[value for point in one for value in point] for one in rings]


@cache
def _outlines() -> list[list[float]]:
    """Read the rings of all countries from the TopoJSON file: longitude, latitude, longitude, … in degrees."""
    path = data_path("templates", "vendor", "world-atlas", "countries-110m.json")
    try:
        world: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        (kx, ky), (x0, y0) = world["transform"]["scale"], world["transform"]["translate"]
        arcs = []
        for arc in world["arcs"]:
            x, y, points = 0, 0, []
            for dx, dy in arc:
                x, y = x + dx, y + dy
                points.append((round(x * kx + x0, 2), round(y * ky + y0, 2)))
            arcs.append(points)
        rings = []
        for country in world["objects"]["countries"]["geometries"]:
            parts = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
            for ring in (ring for part in parts for ring in part):
                points = [point for arc in ring for point in (arcs[arc] if arc >= 0 else arcs[~arc][::-1])]
                rings += _unrolled(points)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise ExportError(f"{path}: the outlines cannot be read ({error}); reinstall kg") from error
    return rings
