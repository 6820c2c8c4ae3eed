"""Two sources in one network: who of the two tells of each node and edge, and where one contradicts the other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from kg.verdicts import Verdict, on_tie, tie


@dataclass(frozen=True, slots=True)
class _Mood:
    polarity: str
    certainty: str


def tell_sides(network: "nx.MultiDiGraph[str]", told: Mapping[str, frozenset[int]]) -> None:
    """Set `side` of each node and edge: "a" or "b" (only one says so), "both", or "clash".

    Args:
        network: as `kg.network.project` makes it; nodes and edges have their `evidence`.
        told: for each claim who of the two makes it or passes it on, as 0 and 1.
    """
    moods: dict[str, _Mood] = {}
    ties: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for start, end, edge in network.edges(data=True):
        for claim in edge["evidence"]:
            moods[claim["claim"]] = _Mood(claim["polarity"], claim["certainty"])
        if edge["kind"] == "relation":
            ties[tie(start, edge["predicate"], end)].update(claim["claim"] for claim in edge["evidence"])
    for _, node in network.nodes(data=True):
        node["side"] = _side(node, told, {})
    for start, end, edge in network.edges(data=True):
        stating = ties[tie(start, edge["predicate"], end)] if edge["kind"] == "relation" else ()
        edge["side"] = _side(edge, told, {iri: moods[iri] for iri in stating})


def _side(attributes: Mapping[str, Any], told: Mapping[str, frozenset[int]], stating: Mapping[str, _Mood]) -> str:
    """Give the side of one node or edge; `stating` are the claims that state this tie, affirmed or denied."""
    for claim in attributes["evidence"]:
        denied = [iri for iri, mood in stating.items() if on_tie(stating[claim["claim"]], mood) is Verdict.CONTRADICTION]
        if _clash(told, claim["claim"], (*claim["contradicts"], *denied)):
            return "clash"
    sides = frozenset().union(*(told[claim["claim"]] for claim in attributes["evidence"]))
    return "both" if len(sides) > 1 else "a" if 0 in sides else "b"


def _clash(told: Mapping[str, frozenset[int]], iri: str, others: Iterable[str]) -> bool:
    """True if one of the two makes this claim and the other one of those."""
    return any(told[iri] and told.get(other) and told[iri] != told[other] for other in others)
