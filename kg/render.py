"""The network as one HTML file that works offline: it holds all it needs and asks nobody for anything.

Takes the graph of `kg.network.project`. pyvis makes the nodes, edges and options; vis-network, which pyvis ships, draws them.
The page around it is our own (`kg/templates/graph.html`), since pyvis' page loads from a CDN and lets text become script.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

import networkx as nx
from pyoxigraph import Literal, NamedNode

from kg.network import Held, ranked
from kg.page import counted, describe_node, family_of, make_page, number_claims, style, template, vis_network
from kg.placing import extent, part_of, positions, shortened, visible, wrapped
from kg.vocab import KG, Minter

_DAY = re.compile(r"\d{4}-\d\d-\d\d")

CORE = 80
"""How many nodes the page shows at first; the others come on demand."""

_NODE_SIZES = (9.0, 24.0)
_FONT_SIZES = (13.0, 19.0)
_HEAVY = 30.0  # a node of this weight, or more, is drawn largest


def render(network: "nx.MultiDiGraph[str]", *, title: str) -> str:
    """Give the network as one HTML page; the same network gives the same page, byte for byte.

    Args:
        network: as `kg.network.project` gives it.
        title: stands above the page and in the window's title; any text.

    Raises:
        ExportError: vis-network is missing from the installed pyvis.
        KnowledgeError: `ontology/style.toml` is malformed.
    """
    shown = visible(title) or "Claims"
    content = picture(network, style())
    return make_page(
        "graph.html",
        title=shown,
        css=[template("graph.css")],
        scripts=[vis_network(), *(template(f"{name}.js") for name in ("evidence", "paint", "time", "tables", "graph"))],
        content=content,
        counts=counted(
            (len(network), "node", "nodes"),
            (network.number_of_edges(), "edge", "edges"),
            (len(content["claims"]), "claim", "claims"),
            (len({claim.get("document") for claim in content["claims"]}), "document", "documents"),
        ),
        is_empty=not len(network),
    )


def _mood(edge: Mapping[str, Any]) -> str:
    if edge["polarity"] == "Negative":
        return "denied"
    if edge["polarity"] != "Positive" or edge["certainty"] != "Certain":
        return "hedged"
    return "contested" if edge["contested"] else "affirmed"


# The network as data


def picture(network: "nx.MultiDiGraph[str]", looks: Mapping[str, Any], **room: float) -> dict[str, Any]:
    """Give all that the page shows: nodes and edges with their places, claims once each, the legend.

    `looks` are as of `style`; `room` goes to `kg.placing.positions`.
    """
    from pyvis.network import Network  # slow to load

    place, claims = number_claims(network)
    number = {node: count for count, node in enumerate(network)}
    order = ranked(network)
    drawn = {node: node_look(attributes, looks) for node, attributes in network.nodes(data=True)}
    everything = positions(network, drawn, **room)
    core = set(order[:CORE])
    first = positions(part_of(network, core), drawn, **room) if len(network) > CORE else everything

    days = sorted({day for _, _, edge in network.edges(data=True) for day in edge.get("days", ()) if _DAY.match(day)})
    when = {day: turn for turn, day in enumerate(days)}
    page = Network(directed=True)
    for node, attributes in network.nodes(data=True):
        x, y = first.get(node, everything[node])
        marks = node_marks(node, attributes, drawn[node], place)
        page.add_node(number[node], x=x, y=y, all=everything[node], core=node in core, **marks)
    for (start, end, edge), bend in zip(network.edges(data=True), _bends(network), strict=True):
        marks = edge_marks(edge, place) | {"bend": bend, "days": [when[day] for day in edge.get("days", ()) if day in when]}
        page.add_edge(number[start], number[end], **marks)
    page.set_options(json.dumps(OPTIONS))
    told = held(network, place)
    return {
        "nodes": page.nodes,
        "edges": [edge | {"id": count} for count, edge in enumerate(page.edges)],
        "options": page.options,
        "claims": [claim | told["claims"][turn] for turn, claim in enumerate(claims)],
        **{name: told[name] for name in ("terms", "beginnings", "events")},
        "days": days,
        "style": {"families": looks["family"], "edges": _moods(network, looks)},
    } | ({"sides": network.graph["sides"]} if "sides" in network.graph else {})


def node_marks(node: str, attributes: Mapping[str, Any], drawn: Mapping[str, Any], place: Mapping[str, int]) -> dict[str, Any]:
    """Give how a node is drawn (`drawn` as of `node_look`) and what the panel says of it; `place` numbers the claims."""
    return {**drawn, "box": extent(drawn), **describe_node(node, attributes, place)}


def edge_marks(edge: Mapping[str, Any], place: Mapping[str, int]) -> dict[str, Any]:
    """Give how an edge is drawn and what is said of it; `place` numbers the claims."""
    return {
        "label": shortened(edge["label"], 24),
        "full": edge["label"],
        "kind": edge["kind"],
        "mood": _mood(edge),
        "contested": edge["contested"],
        "polarity": edge["polarity"],
        "certainty": edge["certainty"],
        "predicate": edge.get("predicate", ""),
        **({"events": edge["events"]} if "events" in edge else {}),
        **({"side": edge["side"]} if "side" in edge else {}),
        "claims": [place[claim["claim"]] for claim in edge["evidence"]],
    }


def held(network: "nx.MultiDiGraph[str]", place: Mapping[str, int]) -> dict[str, Any]:
    """Give what the page writes as Turtle: what the store holds of the claims and events of a network.

    Args:
        network: as `kg.network.project` gives it.
        place: numbers the claims of the page.

    Returns:
        `terms` as N-Triples has them, each once, IRIs that begin as one of `beginnings` with its sign instead; `claims` in
        their order, each with `held`: its `triples` (subject, predicate, object and the name of the reification, one after
        the other), its `sources` (IRI and name), what it is `about`, all by the numbers of terms, and if there are such the
        claim it is `within`, the document's `title` and when it was `issued`; `events` as the network's.
    """
    terms: dict[str, int] = {}

    base = next(iter(place), "").rpartition("claim/")[0]
    minter = Minter(base)
    beginnings = {"!": f"{base}statement/", "@": base, "#": KG}

    def number(term: str) -> int:
        for sign, beginning in beginnings.items():
            if term.startswith(f"<{beginning}"):
                term = sign + term[len(beginning) + 1 : -1]
                break
        return terms.setdefault(term, len(terms))

    carriers = [attributes for _, attributes in network.nodes(data=True)] + [edge for _, _, edge in network.edges(data=True)]
    known: dict[str, Held] = {
        claim["claim"]: claim["held"] for carrier in carriers for claim in carrier["evidence"] if "held" in claim
    }
    triples = {iri: told.triples() for iri, told in known.items()}
    claims: list[dict[str, Any]] = [{} for _ in place]
    for iri, turn in sorted(place.items()):
        if iri not in known:
            continue
        told = known[iri]
        parts = [
            (str(one.subject), str(one.predicate), str(one.object), f"<{minter.statement(str(one))}>") for one in triples[iri]
        ]
        texts = {
            "title": told.title and str(Literal(told.title)),
            "issued": told.issued,
            "within": told.within and f"<{told.within}>",
        }
        claims[turn]["held"] = {
            "triples": [number(part) for triple in parts for part in triple],
            "sources": [number(part) for source, label in told.sources for part in (f"<{source}>", str(Literal(label)))],
            "about": [number(f"<{other}>") for other in told.about],
            **{name: number(text) for name, text in texts.items() if text},
        }
    subjects = {one.subject.value for found in triples.values() for one in found if isinstance(one.subject, NamedNode)}
    events = {event: about for event, about in network.graph.get("events", {}).items() if event in subjects}
    return {"terms": list(terms), "beginnings": beginnings, "claims": claims, "events": events}


def _moods(network: "nx.MultiDiGraph[str]", looks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the rows of the legend for edges; in a comparison with the names of the two."""
    sides = network.graph.get("sides", ("A", "B"))
    names = {f"only {letter} says so": f"only {shortened(name, 28)} says so" for letter, name in zip("AB", sides, strict=True)}
    return [row | {"label": names.get(row["label"], row["label"])} for row in looks["edge"]]


OPTIONS: dict[str, Any] = {
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
}


def node_look(attributes: Mapping[str, Any], looks: Mapping[str, Any]) -> dict[str, Any]:
    """Give what decides a node's place on the page: its family, size and wrapped label."""
    share = min(1.0, math.sqrt(attributes["weight"] / _HEAVY))
    family = family_of(attributes["classes"])
    return {
        "family": family,
        "shape": looks["family"][family]["shape"],
        "size": round(_between(_NODE_SIZES, share), 1),
        "font": {"size": round(_between(_FONT_SIZES, share), 1)},
        "label": wrapped(attributes["label"], is_event=attributes["kind"] == "event"),
    }


def _between(bounds: tuple[float, float], share: float) -> float:
    return bounds[0] + (bounds[1] - bounds[0]) * share


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
