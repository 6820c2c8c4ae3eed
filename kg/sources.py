"""Where words come from: root sources, how many of them are independent, and who quotes whom in a circle.

Pure. The roots of a claim rest on its own document alone; independence and circles on all claims that state one proposition:
an event that is held to be the same, with the same polarity.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import networkx as nx

Node = TypeVar("Node", str, tuple[str, bool])


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says something in a document.

    Attributes:
        claim: IRI of the claim.
        publisher: IRI of whose own voice the document's is.
        speakers: all who speak in the chain from the claim outwards, without the document's own voice.
        roots: its root sources (`root_sources`).
        unnamed: those of the roots that are unnamed people.
        quoting: those of the roots that stand for unnamed people whom they quote.
    """

    claim: str
    publisher: str
    speakers: frozenset[str]
    roots: frozenset[str]
    unnamed: frozenset[str] = frozenset()
    quoting: frozenset[str] = frozenset()

    def origins(self) -> set["_Origin"]:
        """Give the roots; an outlet is another origin than the people whom it quotes."""
        return {(root, root in self.quoting) for root in self.roots}


_Origin = tuple[str, bool]
"""Who says it, and whether it is the people quoted there who do."""


def root_sources(sources: Collection[str], outer: Iterable[Collection[str]], groups: Collection[str]) -> frozenset[str]:
    """Give where the words of a claim come from, as far as they can be traced in its document.

    A named source is itself the root. Unnamed people are known to nobody but to whom they spoke: where an outlet or a ministry
    is quoted as quoting them, their root is that outlet, so that all who repeat it count once. Where the document itself quotes
    them, they are a root of their own.

    Args:
        sources: who says it.
        outer: the sources of the claims that report it, the nearest first, without the document's own voice.
        groups: those of all of them that are unnamed groups.

    >>> sorted(root_sources({"group/officials"}, [{"agency/cnn"}], {"group/officials"}))
    ['agency/cnn']
    """
    named = next((frozenset(who for who in names if who not in groups) for names in outer if set(names) - set(groups)), None)
    found: set[str] = set()
    for source in sources:
        found |= named if source in groups and named else {source}
    return frozenset(found)


def independent(voices: Iterable[Voice], sides: Mapping[str, Collection[str]]) -> list[frozenset[str]]:
    """Give the independent origins of one proposition, sorted; each is the set of roots that stand for it.

    Roots that are one voice count once: a ministry and its state, a spokesman and his ministry. An outlet that says it only
    because others told it counts as these. Who quote each other in a circle count once.

    Args:
        voices: of all claims that state it.
        sides: for whom a root speaks, as far as known.
    """
    listed = list(voices)
    grounds: dict[str, set[_Origin]] = defaultdict(set)
    unnamed = {who for voice in listed for who in voice.unnamed}
    for voice in listed:
        grounds[voice.publisher] |= voice.origins()
    links: dict[_Origin, set[_Origin]] = {}
    for origin in {origin for voice in listed for origin in voice.origins()}:
        name, quotes_people = origin
        told = grounds.get(name, set())
        if quotes_people:
            links[origin] = {ground for ground in told if ground[0] in unnamed}
        else:
            links[origin] = set() if origin in told else set(told)
    ends = [circle for circle in _circles(links) if all(links.get(origin, set()) <= circle for origin in circle)]
    return _joined([frozenset(name for name, _ in circle) for circle in ends], sides)


def circular(voices: Iterable[Voice]) -> Iterator[tuple[str, str]]:
    """Yield (claim, claim) where the first passes on what its speaker, in the second, says to have from elsewhere in a circle.

    The outlet A quotes B for it, and B quotes A; or B quotes C, who quotes A.
    """
    listed = sorted(voices, key=lambda voice: voice.claim)
    publishers = {voice.publisher for voice in listed}
    links: dict[str, set[str]] = defaultdict(set)
    for voice in listed:
        links[voice.publisher] |= (voice.speakers & publishers) - {voice.publisher}
    for circle in _circles(links):
        if len(circle) < 2:
            continue
        quoting = [voice for voice in listed if voice.publisher in circle and voice.speakers & circle - {voice.publisher}]
        for one in quoting:
            for other in quoting:
                if other.publisher in one.speakers and other.publisher != one.publisher:
                    yield one.claim, other.claim


def _joined(groups: Iterable[frozenset[str]], sides: Mapping[str, Collection[str]]) -> list[frozenset[str]]:
    """Put together the groups of which two members speak for the same."""
    found: list[tuple[set[str], set[str]]] = []
    for group in groups:
        members, standing = set(group), {side for who in group for side in (who, *sides.get(who, ()))}
        rest = []
        for others, other_standing in found:
            if standing & other_standing:
                members |= others
                standing |= other_standing
            else:
                rest.append((others, other_standing))
        found = [*rest, (members, standing)]
    return sorted((frozenset(members) for members, _ in found), key=sorted)


def _circles(links: Mapping[Node, Collection[Node]]) -> list[frozenset[Node]]:
    """Give the strongly connected components, sorted."""
    graph: nx.DiGraph[Node] = nx.DiGraph()
    graph.add_nodes_from(links)
    graph.add_edges_from((start, end) for start, ends in links.items() for end in ends)
    return sorted((frozenset(circle) for circle in nx.strongly_connected_components(graph)), key=sorted)
