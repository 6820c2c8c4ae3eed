"""Scores events: triggers and types, and who fills their roles."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.errors import InputError
from kg.evaluation.results import EventScores, Miss
from kg.evaluation.rows import Rows, checked_index, checked_mentions, checked_span, items_of
from kg.evaluation.scoring import Places, TypeCounts, by_size, excerpt, figures_of, likeness, paired, shared
from kg.model import Span


@dataclass(frozen=True, slots=True)
class _Happening:
    """An event to compare: its trigger, and (role, filler) pairs."""

    span: Span
    type: str
    roles: frozenset[tuple[str, Span]]


def score_events(texts: Mapping[str, str], gold_rows: Rows, predicted_rows: Rows) -> EventScores:
    """Measure events and who fills their roles.

    Raises:
        InputError: an event is not as the contract asks; names file, document and event.
    """
    gold = {name: _happenings(gold_rows, name, text) for name, text in texts.items()}
    types = {event.type for events in gold.values() for event in events}
    counts = TypeCounts()
    of_other_types = 0
    n_gold: Counter[str] = Counter()
    n_predicted: Counter[str] = Counter()
    right: Counter[str] = Counter()
    errors: list[Miss] = []
    for name, text in texts.items():
        everything = _happenings(predicted_rows, name, text)
        found = [event for event in everything if event.type in types]
        others = [event for event in everything if event.type not in types]
        of_other_types += len(others)
        counts.gold.update(event.type for event in gold[name])
        pairs: dict[int, int] = {}
        for relaxed, fits in ((False, _is_same_trigger), (True, _is_same_type)):
            pairs = _match_happenings(gold[name], found, fits)
            counts.right[relaxed].update(gold[name][number].type for number in pairs)
            counts.predicted[relaxed].update(event.type for event in found)
        n_gold.update(role for event in gold[name] for role, _ in event.roles)
        n_predicted.update(role for event in found for role, _ in event.roles)
        for number, candidate in pairs.items():
            right.update(_right_roles(gold[name][number], found[candidate]))
        errors.extend(_event_errors(name, text, gold[name], found, others, pairs))
    return EventScores(
        types={name: counts.figures([name]) for name in by_size(counts.gold, types)},
        overall=counts.figures(types),
        roles={
            name: figures_of(right[name], n_predicted[name], n_gold[name]) for name in by_size(n_gold, n_gold | n_predicted)
        },
        all_roles=figures_of(right.total(), n_predicted.total(), n_gold.total()),
        of_other_types=of_other_types,
        errors=tuple(errors),
    )


def _happenings(rows: Rows, document: str, text: str) -> list[_Happening]:
    """Give the events of a row; one that several claims state counts once, with all its fillers."""
    mentions = checked_mentions(rows, document, text)
    found: dict[tuple[Span, str], set[tuple[str, Span]]] = {}
    for number, item in enumerate(items_of(rows, document, "events")):
        where = f'{rows.where}: document "{document}": event {number}'
        span = checked_span(where, item.get("start"), item.get("end"), text)
        roles = item.get("roles") or {}
        if not isinstance(item.get("type"), str):
            raise InputError(f'{where}: no string "type"; add it')
        if not isinstance(roles, dict) or not all(isinstance(fillers, list) for fillers in roles.values()):
            raise InputError(f'{where}: "roles" is no object of lists; write it as {{"actor": [0]}}')
        fillers = {
            (role, mentions[checked_index(where, index, mentions)]["span"]) for role, given in roles.items() for index in given
        }
        found.setdefault((span, item["type"]), set()).update(fillers)
    return [_Happening(span, type_, frozenset(roles)) for (span, type_), roles in found.items()]


def _match_happenings(
    gold: Sequence[_Happening], predicted: Sequence[_Happening], fits: Callable[[_Happening, _Happening], bool]
) -> dict[int, int]:
    places = Places([event.span] for event in predicted)
    return paired(
        (-likeness(wanted.span, predicted[candidate].span), number, candidate)
        for number, wanted in enumerate(gold)
        for candidate in places.near([wanted.span])
        if shared(wanted.span, predicted[candidate].span) and fits(wanted, predicted[candidate])
    )


def _is_same_trigger(one: _Happening, other: _Happening) -> bool:
    return one.type == other.type and one.span == other.span


def _is_same_type(one: _Happening, other: _Happening) -> bool:
    return one.type == other.type


def _right_roles(gold: _Happening, predicted: _Happening) -> Iterator[str]:
    """Yield the role of each filler of `gold` that `predicted` has too."""
    wanted, found = sorted(gold.roles), sorted(predicted.roles)
    pairs = paired(
        (-likeness(span, other), number, candidate)
        for number, (role, span) in enumerate(wanted)
        for candidate, (other_role, other) in enumerate(found)
        if role == other_role and shared(span, other)
    )
    return (wanted[number][0] for number in pairs)


def _event_errors(
    document: str,
    text: str,
    gold: Sequence[_Happening],
    predicted: Sequence[_Happening],
    others: Sequence[_Happening],
    pairs: Mapping[int, int],
) -> Iterator[Miss]:
    def shown(event: _Happening) -> str:
        roles = ", ".join(f"{role} “{excerpt(text, span, 40)}”" for role, span in sorted(event.roles))
        return f"{event.type} “{excerpt(text, event.span)}”" + (f" ({roles})" if roles else "")

    met = set(pairs.values())
    candidates = [event for number, event in enumerate(predicted) if number not in met]
    open_predicted = len(candidates)
    candidates += others
    rest = [number for number in range(len(gold)) if number not in pairs]
    other_type = _match_happenings([gold[number] for number in rest], candidates, lambda one, other: True)
    of_gold = {rest[number]: candidate for number, candidate in other_type.items()}
    for number, wanted in enumerate(gold):
        if number in pairs:
            found = predicted[pairs[number]]
            if found.span != wanted.span:
                yield Miss("wrong span", wanted.type, document, wanted.span, shown(wanted), shown(found))
        elif number in of_gold:
            yield Miss("wrong type", wanted.type, document, wanted.span, shown(wanted), shown(candidates[of_gold[number]]))
        else:
            yield Miss("missed", wanted.type, document, wanted.span, shown(wanted), None)
    taken = set(other_type.values())
    for number, event in enumerate(candidates[:open_predicted]):
        if number not in taken:
            yield Miss("spurious", event.type, document, event.span, None, shown(event))
