"""Two perspectives side by side: what only A says, what only B says, what both say, and where they contradict each other.

Compared are claims that state something: an event, or a tie between entities. What A says counts as said by B too if a
comparison holds the two for the same, finer or newer, if both state the same tie, or if it is one claim, because one speaks
through the other. A tie that one affirms and the other denies is a contradiction, as in a picture of the two (`kg.network`).
"""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.perspective import Perspective, select
from kg.quotes import Quote, Quotes, comparisons
from kg.store import Store
from kg.verdicts import Verdict, on_tie, tie
from kg.vocab import KG, kg

_NO_TIE = frozenset(
    KG + name for name in ("polarity", "certainty", "tense", "count", "minCount", "maxCount", "time", "timeText")
)


@dataclass(frozen=True, slots=True)
class Pair:
    """What A says and what B says on one matter, and the rule by which they agree or clash."""

    a: Quote
    b: Quote
    rule: str

    def to_json(self) -> dict[str, object]:
        """Give it as an object of JSON."""
        return {"a": self.a.to_json(), "b": self.b.to_json(), "rule": self.rule}


@dataclass(frozen=True, slots=True)
class Contrast:
    """What two sources say.

    Attributes:
        a, b: their names.
        only_a, only_b: quotes of what the other does not say, oldest first.
        both: pairs that agree.
        against: pairs that contradict each other.
    """

    a: str
    b: str
    only_a: tuple[Quote, ...]
    only_b: tuple[Quote, ...]
    both: tuple[Pair, ...]
    against: tuple[Pair, ...]

    def to_json(self) -> dict[str, object]:
        """Give it as an object of JSON."""
        return {
            "a": self.a,
            "b": self.b,
            "onlyA": [quote.to_json() for quote in self.only_a],
            "onlyB": [quote.to_json() for quote in self.only_b],
            "both": [pair.to_json() for pair in self.both],
            "contradict": [pair.to_json() for pair in self.against],
        }


def compare(store: Store, a: str, b: str) -> Contrast:
    """Compare what two sources say, with all who speak through them.

    Args:
        a, b: a name, an alias or an IRI each.

    Raises:
        QueryError: nothing in the store is called so, or several things are.
        StoreError: the store cannot be read.
    """
    quotes = Quotes(store)
    told = [_stating(store, {claim.value for claim in select(store, Perspective(source=name))}) for name in (a, b)]
    agreeing: dict[tuple[str, str], str] = {(claim, claim): "one claim" for claim in told[0].keys() & told[1].keys()}
    clashing: dict[tuple[str, str], str] = {}
    for item in comparisons(store):
        ends = item.first[0], item.second[0]
        for left, right in (ends, ends[::-1]):
            if left in told[0] and right in told[1]:
                if item.verdict == "Contradiction":
                    clashing[left, right] = item.rule
                elif item.verdict != "DifferentEvent":
                    agreeing.setdefault((left, right), item.rule)
    stated: dict[tuple[str, str, str], set[str]] = {}
    for claim, ties in told[1].items():
        for statement in ties:
            stated.setdefault(statement, set()).add(claim)
    for left, ties in told[0].items():
        for statement in sorted(ties):
            for right in sorted(stated.get(statement, ())):
                verdict = on_tie(quotes.of(left), quotes.of(right))
                if verdict is Verdict.CONTRADICTION:
                    clashing.setdefault((left, right), "tie denied")
                elif verdict is Verdict.SAME:
                    agreeing.setdefault((left, right), "same tie")
    matched = [{pair[place] for pair in (*agreeing, *clashing)} for place in (0, 1)]
    return Contrast(
        a,
        b,
        _sorted(quotes.of(claim) for claim in told[0].keys() - matched[0]),
        _sorted(quotes.of(claim) for claim in told[1].keys() - matched[1]),
        _pairs(agreeing, quotes),
        _pairs(clashing, quotes),
    )


def _stating(store: Store, claims: Iterable[str]) -> dict[str, set[tuple[str, str, str]]]:
    """Give the claims that state something, with the ties between entities that they state."""
    found: dict[str, set[tuple[str, str, str]]] = {}
    with store.translated():
        for claim in claims:
            quads = list(store.database.quads_for_pattern(None, None, None, NamedNode(claim)))
            events = {quad.subject for quad in quads if quad.object == kg("Event")}
            ties = {
                tie(quad.subject.value, quad.predicate.value.removeprefix(KG), quad.object.value)
                for quad in quads
                if quad.subject not in events
                and quad.predicate.value.startswith(KG)
                and quad.predicate.value not in _NO_TIE
                and isinstance(quad.subject, NamedNode)
                and isinstance(quad.object, NamedNode)
            }
            if events or ties:
                found[claim] = ties
    return found


def _sorted(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    return tuple(sorted(quotes, key=lambda quote: (quote.date, quote.claim)))


def _pairs(found: dict[tuple[str, str], str], quotes: Quotes) -> tuple[Pair, ...]:
    pairs = [Pair(quotes.of(left), quotes.of(right), rule) for (left, right), rule in found.items()]
    return tuple(sorted(pairs, key=lambda pair: (pair.a.date, pair.a.claim, pair.b.date, pair.b.claim)))


def to_text(contrast: Contrast, width: int) -> str:
    """Give a contrast to be read on a terminal of so many columns."""
    lines: list[str] = []
    for title, pairs in (("They contradict each other", contrast.against), ("Both say", contrast.both)):
        lines.append(f"{title}: {len(pairs)}")
        for pair in pairs:
            lines += textwrap.wrap(f"[{pair.rule}]", width, initial_indent="  ", subsequent_indent="  ")
            for quote in (pair.a, pair.b) if pair.a != pair.b else (pair.a,):
                lines += _quote(quote, width)
    for name, quotes in ((contrast.a, contrast.only_a), (contrast.b, contrast.only_b)):
        lines.append(f"Only {name} says: {len(quotes)}")
        for quote in quotes:
            lines += _quote(quote, width)
    return "".join(f"{line}\n" for line in lines)


def _quote(quote: Quote, width: int) -> list[str]:
    denied = {"Negative": "not so; ", "UnknownPolarity": "whether; "}.get(quote.polarity, "")
    head = f"{quote.date[:10] or 'no date'}  {quote.who()} ({denied}{quote.certainty}):"
    return [
        *textwrap.wrap(head, width, initial_indent="    ", subsequent_indent="      "),
        *textwrap.wrap(f"“{quote.words}”", width, initial_indent="      ", subsequent_indent="       "),
    ]
