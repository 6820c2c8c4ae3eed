"""Hedge loss: where a later document states as plain fact what an earlier one attributed or hedged.

Two tellings of one event (`kg:sameEvent`) in documents of different dates. The later one has to be in its document's own voice,
or of the same root source; another source that is surer has lost nothing. Nothing is lost either if the earlier document itself
states it as plain fact besides.
"""

import textwrap
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.model import RISING, Certainty, Polarity
from kg.quotes import Quote, Quotes
from kg.store import Store
from kg.vocab import KG, kg

LOSSES = ("speaker dropped", "hedge dropped", "certainty raised", "number sharpened")
_CERTAIN, _POSITIVE, _UNKNOWN = Certainty.CERTAIN.value, Polarity.POSITIVE.value, Polarity.UNKNOWN.value
_RANKS = {certainty.value: rank for rank, certainty in enumerate(RISING)}


@dataclass(frozen=True, slots=True)
class Drift:
    """What an event lost from one telling to a later one.

    Attributes:
        losses: of `LOSSES`, in that order.
    """

    losses: tuple[str, ...]
    earlier: Quote
    later: Quote

    def to_json(self) -> dict[str, object]:
        """Give it as an object of JSON."""
        return {"losses": list(self.losses), "earlier": self.earlier.to_json(), "later": self.later.to_json()}


@dataclass(frozen=True, slots=True)
class _Telling:
    event: str
    quote: Quote
    polarity: str
    certainty: str
    least: int | None
    most: int | None
    rough: bool
    day: str

    @property
    def is_plain(self) -> bool:
        """True if its document states it as a fact."""
        return self.quote.is_own_voice and self.certainty == _CERTAIN and self.polarity != _UNKNOWN

    @property
    def is_exact(self) -> bool:
        return self.least is not None and self.least == self.most and not self.rough


def drifts(store: Store) -> list[Drift]:
    """Give all losses, by date of the later document; of each later claim the loss against the earliest document that hedged.

    Raises:
        StoreError: the store cannot be read.
    """
    quotes = Quotes(store)
    with store.translated():
        same: dict[str, set[str]] = defaultdict(set)
        for quad in store.database.quads_for_pattern(None, kg("sameEvent"), None, store.minter.derived):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                same[quad.subject.value].add(quad.object.value)
        claims: dict[str, set[str]] = defaultdict(set)
        for event in {event for left, others in same.items() for event in (left, *others)}:
            for quad in store.database.quads_for_pattern(None, kg("event"), NamedNode(event), None):
                if isinstance(quad.subject, NamedNode):
                    claims[event].add(quad.subject.value)
        tellings = {event: [_telling(event, claim, quotes) for claim in sorted(claims[event])] for event in sorted(claims)}
    found: dict[str, Drift] = {}
    for event in sorted(same):
        others = [telling for other in sorted(same[event]) for telling in tellings.get(other, ())]
        alike = [*tellings.get(event, ()), *others]
        for earlier in tellings.get(event, ()):
            for later in others:
                losses = _losses(earlier, later)
                if not losses or _is_plain_besides(earlier, alike):
                    continue
                drift = Drift(losses, earlier.quote, later.quote)
                known = found.get(later.quote.claim)
                if known is None or _order(drift) < _order(known):
                    found[later.quote.claim] = drift
    return sorted(found.values(), key=lambda drift: (drift.later.date, drift.later.claim))


def _order(drift: Drift) -> tuple[str, int, str]:
    return drift.earlier.date, -len(drift.losses), drift.earlier.claim


def _telling(event: str, claim: str, quotes: Quotes) -> _Telling:
    def value(name: str) -> str:
        return quotes.value(event, KG + name)

    exact, least, most = (int(number) if (number := value(name)) else None for name in ("count", "minCount", "maxCount"))
    return _Telling(
        event,
        quotes.of(claim),
        value("polarity").removeprefix(KG),
        value("certainty").removeprefix(KG),
        exact if exact is not None else least,
        exact if exact is not None else most,
        bool(value("approximate")),
        value("time")[:10],
    )


def _losses(earlier: _Telling, later: _Telling) -> tuple[str, ...]:
    """Give what was lost from one telling to the other."""
    one, other = earlier.quote, later.quote
    if not one.date or not other.date or one.date >= other.date or one.document == other.document:
        return ()
    if earlier.day > one.date[:10]:
        return ()  # a plan that came true has lost nothing
    is_heir = later.quote.is_own_voice or bool(set(one.roots) & set(other.roots))
    if not is_heir or later.polarity == _UNKNOWN or earlier.polarity not in (later.polarity, _UNKNOWN):
        return ()
    lost: set[str] = set()
    is_unattributed = one.is_own_voice or not one.speaker  # "reportedly" has no speaker
    if later.is_plain and not one.is_own_voice:
        lost.add("hedge dropped" if is_unattributed else "speaker dropped")
    if _RANKS.get(earlier.certainty, 0) < _RANKS.get(later.certainty, 0) or earlier.polarity == _UNKNOWN:
        lost.add("hedge dropped" if is_unattributed and later.is_plain else "certainty raised")
    if _is_sharpened(earlier, later):
        lost.add("number sharpened")
    return tuple(loss for loss in LOSSES if loss in lost)


def _is_sharpened(earlier: _Telling, later: _Telling) -> bool:
    """True if a rough number, or bounds, became an exact number."""
    if earlier.is_exact or not later.is_exact or (earlier.least is None and earlier.most is None):
        return False
    return earlier.rough or (
        (earlier.least or 0) <= (later.least or 0) and (earlier.most is None or earlier.most >= (later.least or 0))
    )


def _is_plain_besides(earlier: _Telling, alike: Iterable[_Telling]) -> bool:
    """True if the earlier document, in another sentence, states the same event as a fact."""
    if earlier.is_plain:
        return False
    return any(other.is_plain and other.quote.document == earlier.quote.document for other in alike)


def to_text(found: Iterable[Drift], width: int) -> str:
    """Give losses to be read on a terminal of so many columns."""
    lines: list[str] = []
    for number, drift in enumerate(found, 1):
        lines.append(f"{number}. {', '.join(drift.losses)}")
        for quote in (drift.earlier, drift.later):
            speaker = "" if quote.is_own_voice else f"; {quote.source} {quote.cue}"
            head = f"{quote.date[:10]}  {quote.outlet}: {quote.document} ({quote.certainty}{speaker})"
            lines += textwrap.wrap(head, width, initial_indent=" " * 3, subsequent_indent=" " * 15)
            lines += textwrap.wrap(f"“{quote.sentence}”", width, initial_indent=" " * 15, subsequent_indent=" " * 16)
        lines.append("")
    return "\n".join(lines)
