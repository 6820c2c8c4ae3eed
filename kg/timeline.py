"""The events of a network by time, as one HTML page that works offline: lanes by who acts or by who says so.

vis-timeline (kg/templates/vendor, with its licence) draws it; the evidence is that of `kg render`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import networkx as nx

from kg.errors import ExportError
from kg.network import class_label, taking_part
from kg.page import counted, describe_node, library, make_page, number_claims, template
from kg.placing import shortened, visible
from kg.resources import data_path

LANES = 24
"""How many lanes there are; what has fewer events shares the last one."""

_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_NOBODY = "nobody named"
_OTHERS = "others"


def timeline(network: "nx.MultiDiGraph[str]", *, title: str, by: str = "actor") -> str:
    """Give the events as one HTML page; the same network gives the same page, byte for byte.

    An event stands at its own time; one whose time nobody tells stands, drawn open, where it was first reported.

    Args:
        network: as `kg.network.project` gives it, with events as nodes.
        title: stands above the page; any text.
        by: what makes a lane, "actor" or "source".

    Raises:
        ExportError: `by` is neither.
    """
    if by not in {"actor", "source"}:
        raise ExportError(f"by: '{by}' makes no lanes; known: actor, source")
    shown = visible(title) or "Events"
    place, claims = number_claims(network)
    events = chronicle(network)
    lanes = {event["iri"]: _actors(event) if by == "actor" else _sources(event) for event in events}
    left = sum(attributes["kind"] == "event" for _, attributes in network.nodes(data=True)) - len(events)
    count = Counter(lane for names in lanes.values() for lane in names)
    order = sorted(count, key=lambda lane: (lane == _NOBODY, -count[lane], lane))
    kept = set(order[:LANES])
    names = [lane for lane in order if lane in kept] + ([_OTHERS] if len(kept) < len(order) else [])
    items = [
        {"event": number, "lane": names.index(lane), "day": event["day"]}
        for number, event in enumerate(events)
        for lane in sorted({lane if lane in kept else _OTHERS for lane in lanes[event["iri"]]})
    ]
    nodes = [
        describe_node(event["iri"], network.nodes[event["iri"]], place)
        | {key: event[key] for key in ("mood", "is_dated", "says", "ties")}
        for event in events
    ]
    content = {
        "nodes": nodes,
        "items": items,
        "lanes": [shortened(name, 40) for name in names],
        "claims": claims,
    }
    folder = data_path("templates", "vendor", "vis-timeline")
    return make_page(
        "timeline.html",
        title=shown,
        css=[template("graph.css"), template("timeline.css")],
        scripts=[
            library(folder / "vis-timeline-graph2d.min.js"),
            *(template(f"{name}.js") for name in ("evidence", "time", "timeline")),
        ],
        content=content,
        counts=counted(
            (len(events), "event", "events"),
            (len(names), by, f"{by}s"),
            *([(left, "event without any date is left out", "events without any date are left out")] if left else []),
        ),
        is_empty=not events,
        empty="There is nothing to show: no event with a time, nor any report with a date.",
    )


def chronicle(network: "nx.MultiDiGraph[str]") -> list[dict[str, Any]]:
    """Give the events of a network in the order of time.

    Returns:
        For each event `iri`, `day` (ISO 8601), `is_dated` (it happened then; else it was first reported then), `mood`
        ("affirmed", "hedged", "denied", "contested"), `says` (in a few words), `ties` (role and name of who and what takes
        part) and `evidence` as in `kg.network`.
    """
    events = []
    for node, attributes in network.nodes(data=True):
        if attributes["kind"] != "event":
            continue
        reported = min((claim["date"] for claim in attributes["evidence"] if claim["date"]), default=None)
        day = _day(attributes["time"]) or _day(reported)
        if day is None:
            continue
        ties = sorted({(role, network.nodes[other]["label"]) for role, other in taking_part(network, node)})
        events.append(
            {
                "iri": node,
                "day": day,
                "is_dated": _day(attributes["time"]) is not None,
                "mood": _mood(attributes),
                "says": _says(attributes, ties),
                "ties": ties,
                "evidence": attributes["evidence"],
            }
        )
    return sorted(events, key=lambda event: (event["day"], event["iri"]))


def _day(time: str | None) -> str | None:
    found = _DAY.match(time) if time else None
    return found[0] if found else None


def _mood(attributes: Mapping[str, Any]) -> str:
    if attributes["polarity"] == "Negative":
        return "denied"
    if attributes["contested"]:
        return "contested"
    return "affirmed" if (attributes["polarity"], attributes["certainty"]) == ("Positive", "Certain") else "hedged"


def _says(attributes: Mapping[str, Any], ties: list[tuple[str, str]]) -> str:
    """Say what happened: the kind of event, how many, against or in what."""
    named = dict(reversed(ties))
    parts = [class_label(attributes["class"]).capitalize(), attributes["count"]]
    said = " · ".join(part for part in parts if part)
    if "target" in named:
        return f"{said} → {shortened(named['target'], 30)}"
    return f"{said} in {shortened(named['place'], 30)}" if "place" in named else said


def _actors(event: Mapping[str, Any]) -> list[str]:
    return sorted({name for role, name in event["ties"] if role in ("actor", "participant")}) or [_NOBODY]


def _sources(event: Mapping[str, Any]) -> list[str]:
    return sorted({claim["source"] or claim["publisher"] or _NOBODY for claim in event["evidence"]})
