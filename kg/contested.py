"""Where sources disagree: one entry for each event, with its sides, and on each side who says so, by root source."""

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.quotes import Compared, Quote, Quotes, comparisons
from kg.store import Store
from kg.verdicts import Groups
from kg.vocab import DCTERMS, KG, PROV, RDF, classes, finest

_SHOWN_ROLES = ("actor", "instrument", "target", "participant", "recipient", "origin", "destination", "place")

Telling = tuple[str, str]
"""A claim and the event as it states it, by IRI."""


@dataclass(frozen=True, slots=True)
class Side:
    """What some say of a contested event.

    Attributes:
        says: what sets it apart: "so", "not so", "35", "crash".
        independent: how many independent sources say so.
        sources: root sources by name, with the quotes that come from each, oldest first.
    """

    says: str
    independent: int
    sources: tuple[tuple[str, tuple[Quote, ...]], ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """An event of which sources say what cannot be true together.

    Attributes:
        event: what it is about, in words.
        rules: by which the contradictions were found.
        sides: two or more, the one with most independent sources first.
    """

    event: str
    rules: tuple[str, ...]
    sides: tuple[Side, ...]

    def to_json(self) -> dict[str, object]:
        """Give it as an object of JSON."""
        sides = [
            {
                "says": side.says,
                "independentSources": side.independent,
                "sources": [{"root": root, "quotes": [quote.to_json() for quote in quotes]} for root, quotes in side.sources],
            }
            for side in self.sides
        ]
        return {"event": self.event, "rules": list(self.rules), "sides": sides}


def disputes(store: Store) -> list[Dispute]:
    """Give all contested events, oldest first.

    Raises:
        StoreError: the store cannot be read.
    """
    affairs = Affairs(store)
    return sorted(
        (affairs.describe(group) for group in affairs.groups),
        key=lambda dispute: (min(q.date for s in dispute.sides for _, qs in s.sources for q in qs), dispute.event),
    )


class Affairs:
    """The contested events of a store, each as the tellings that contradict each other; described one by one.

    Attributes:
        groups: the tellings of each, sorted.
    """

    def __init__(self, store: Store) -> None:
        compared = comparisons(store)
        clashes = [item for item in compared if item.verdict == "Contradiction"]
        clashing = {end for item in clashes for end in (item.first, item.second)}
        alike = [item for item in compared if item.verdict in ("Same", "Refinement")]
        propositions = Groups(clashing | {end for item in alike for end in (item.first, item.second)})
        for item in alike:
            propositions.join(item.first, item.second)
        affairs = Groups(clashing)
        self._clashes: dict[Telling, list[Compared]] = defaultdict(list)
        for item in clashes:
            affairs.join(item.first, item.second)
            self._clashes[item.first].append(item)
        self._alike_with: dict[Telling, list[Telling]] = {}
        for members in propositions.listed():
            self._alike_with |= dict.fromkeys(members, members)
            there = sorted(clashing.intersection(members))
            for end in there[1:]:
                affairs.join(there[0], end)
        self._quotes = Quotes(store)
        self.groups = affairs.listed()

    def describe(self, group: list[Telling]) -> Dispute:
        """Give one of the `groups` as people read it."""
        clashes = [item for telling in group for item in self._clashes.get(telling, ())]
        return _dispute(group, clashes, self._alike_with, self._quotes)

    def newest_first(self) -> list[list[Telling]]:
        """Give the `groups` by the day of their latest document."""

        def day(group: list[Telling]) -> str:
            documents = {self._quotes.value(claim, PROV + "wasDerivedFrom") for claim, _ in group}
            return max(self._quotes.value(document, DCTERMS + "issued") for document in documents)

        return sorted(sorted(self.groups), key=day, reverse=True)


def _dispute(
    group: list[Telling], clashes: list[Compared], alike_with: Mapping[Telling, list[Telling]], quotes: Quotes
) -> Dispute:
    rules = sorted({item.rule for item in clashes})
    against = {frozenset((item.first, item.second)) for item in clashes}
    sides: dict[str, set[Telling]] = defaultdict(set)
    for telling in group:
        members = set(alike_with[telling])
        if any(pair <= members for pair in against):  # tied together by a third, which agrees with both
            members = {telling}
        sides[_stance(telling, rules, quotes)] |= members
    shown = [_side(says, members, quotes) for says, members in sides.items()]
    if len(shown) == 1:  # the rule sets them apart by what is not told of one of them
        shown = [_side(shown[0].says, {telling}, quotes) for telling in group]
    best = max(group, key=lambda telling: (_polarity(telling, quotes) == "Positive", _richness(telling, quotes), telling))
    shown.sort(key=lambda side: (-side.independent, side.says, side.sources))
    return Dispute(_describe(best[1], quotes), tuple(rules), tuple(shown))


def _polarity(telling: Telling, quotes: Quotes) -> str:
    return quotes.value(telling[1], KG + "polarity").removeprefix(KG)


def _richness(telling: Telling, quotes: Quotes) -> int:
    return sum(bool(quotes.values(telling[1], KG + role)) for role in (*_SHOWN_ROLES, "time", "count"))


def _stance(telling: Telling, rules: list[str], quotes: Quotes) -> str:
    """Say what sets this telling apart in a dispute by these rules."""
    event = telling[1]
    if _polarity(telling, quotes) == "Negative":
        return "not so"
    parts: list[str] = []
    if "exclusive outcomes" in rules:
        parts.append(_class_of(event, quotes))
    if "numbers" in rules:
        parts.append(_count(event, quotes))
    for rule, role, word in (("another actor", "actor", "by"), ("another place", "place", "in")):
        names = [quotes.label(who) for who in quotes.values(event, KG + role)]
        if rule in rules and names:
            parts.append(f"{word} {', '.join(names)}")
    return ", ".join(part for part in parts if part) or "so"


def _count(event: str, quotes: Quotes) -> str:
    exact, least, most = (quotes.values(event, KG + name) for name in ("count", "minCount", "maxCount"))
    about = "about " if quotes.values(event, KG + "approximate") else ""
    if exact:
        return f"{about}{exact[0]}"
    if least and most:
        return f"{least[0]} to {most[0]}"
    return f"at least {least[0]}" if least else f"up to {most[0]}" if most else ""


def _class_of(event: str, quotes: Quotes) -> str:
    kind = finest([iri.removeprefix(KG) for iri in quotes.values(event, RDF + "type") if iri.startswith(KG)])
    return classes()[kind].label if kind else "event"


def _describe(event: str, quotes: Quotes) -> str:
    """Give an event in words: "crash (4): cruise missile; Iran; 2015-10-07"."""
    number = _count(event, quotes)
    roles = [quotes.label(who) for role in _SHOWN_ROLES for who in quotes.values(event, KG + role)]
    parts = [*dict.fromkeys(roles), *(day[:10] for day in quotes.values(event, KG + "time"))]
    return f"{_class_of(event, quotes)}{f' ({number})' if number else ''}: {'; '.join(parts)}"


def _side(says: str, tellings: Iterable[Telling], quotes: Quotes) -> Side:
    members = sorted(tellings)
    by_root: dict[str, dict[str, Quote]] = defaultdict(dict)
    for claim, _ in members:
        quote = quotes.of(claim)
        by_root[", ".join(quote.roots) or quote.source][claim] = quote
    numbers = [int(n) for _, event in members for n in quotes.values(event, KG + "independentSources")]
    sources = [
        (root, tuple(sorted(found.values(), key=lambda quote: (quote.date, quote.claim))))
        for root, found in sorted(by_root.items())
    ]
    return Side(says, max(numbers, default=len(sources)), tuple(sources))


def to_text(found: Iterable[Dispute], width: int) -> str:
    """Give disputes to be read on a terminal of so many columns."""
    lines: list[str] = []
    for number, dispute in enumerate(found, 1):
        lines += textwrap.wrap(f"{number}. {dispute.event}  [{', '.join(dispute.rules)}]", width, subsequent_indent="   ")
        for side in dispute.sides:
            plural = "" if side.independent == 1 else "s"
            lines.append(f"   {side.says.upper()}: {side.independent} independent source{plural}")
            for root, quotes in side.sources:
                for quote in quotes:
                    marks = "; ".join((quote.certainty, quote.date[:10] or "no date"))
                    origin = "" if root in quote.who() else f", from {root}"
                    head = f"{quote.who()}{origin} ({marks}):"
                    lines += textwrap.wrap(head, width, initial_indent=" " * 6, subsequent_indent=" " * 8)
                    lines += textwrap.wrap(f"“{quote.words}”", width, initial_indent=" " * 8, subsequent_indent=" " * 9)
        lines.append("")
    return "\n".join(lines)
