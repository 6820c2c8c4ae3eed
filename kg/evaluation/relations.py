"""Scores relations: both ends and the type, under the names that the gold uses."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.errors import InputError
from kg.evaluation.options import Options, types_of
from kg.evaluation.results import Miss, RelationScores
from kg.evaluation.rows import Rows, checked_index, checked_mentions, items_of
from kg.evaluation.scoring import Places, by_size, excerpt, figures_of, likeness, paired
from kg.model import Span
from kg.vocab import symmetric_properties

_RE3D_TYPES = {
    "CoLocated": True,
    "Apart": True,
    "BelongsTo": False,
    "InChargeOf": False,
    "HasAttrOf": False,
    "IsSynonymOf": True,
    "Likes": False,
    "Dislikes": False,
    "FightingAgainst": True,
    "AlliesOf": True,
    "CommWith": True,
}
"""The relation types of Dstl's re3d; True for those that hold either way round."""


@dataclass(frozen=True, slots=True)
class _Tie:
    """A relation to compare: the spans that may stand for each end, the types it may be, and how it is written."""

    subject: tuple[Span, ...]
    object: tuple[Span, ...]
    types: frozenset[str]
    written: str

    @property
    def span(self) -> Span:
        """From the first to the last character of its two ends."""
        return Span(min(self.subject[0].start, self.object[0].start), max(self.subject[0].end, self.object[0].end))


def score_relations(texts: Mapping[str, str], gold_rows: Rows, predicted_rows: Rows, options: Options) -> RelationScores:
    """Measure relations by type, predicates named as `Options.mapping` says.

    Raises:
        InputError: a relation is not as the contract asks; names file, document and relation.
    """
    gold = {name: [tie for _, tie in _ties(gold_rows, name, text)] for name, text in texts.items()}
    known = {name for ties in gold.values() for tie in ties for name in tie.types}
    if known & set(_RE3D_TYPES):
        known |= set(_RE3D_TYPES)
    symmetric = symmetric_properties() | {name for name, either_way in _RE3D_TYPES.items() if either_way}
    mapping = {name: name for name in known} | dict(options.mapping)

    n_gold: Counter[str] = Counter()
    n_predicted: Counter[str] = Counter()
    right: Counter[str] = Counter()
    unmapped: Counter[str] = Counter()
    pairs_of_any_type = 0
    errors: list[Miss] = []
    for name, text in texts.items():
        found = []
        for predicate, tie in _ties(predicted_rows, name, text, by_entity=options.by_entity):
            value = mapping.get(predicate)
            types = frozenset(types_of(value))
            if not types:
                unmapped[predicate] += 1
            elif isinstance(value, dict) and value.get("inverse"):
                found.append(_Tie(tie.object, tie.subject, types, tie.written))
            else:
                found.append(_Tie(tie.subject, tie.object, types, tie.written))
        pairs = _match_ties(gold[name], found, symmetric, same_type=True)
        row = {candidate: min(gold[name][number].types) for number, candidate in pairs.items()}
        n_gold.update(min(tie.types) for tie in gold[name])
        right.update(row.values())
        n_predicted.update(row.get(number, min(tie.types)) for number, tie in enumerate(found))
        pairs_of_any_type += len(_match_ties(gold[name], found, symmetric, same_type=False))
        open_gold = [tie for number, tie in enumerate(gold[name]) if number not in pairs]
        errors.extend(
            _relation_errors(name, open_gold, [tie for number, tie in enumerate(found) if number not in row], symmetric)
        )
    total_gold, total_predicted = n_gold.total(), n_predicted.total()
    reached = {name for value in options.mapping.values() for name in types_of(value)}
    return RelationScores(
        types={
            name: figures_of(right[name], n_predicted[name], n_gold[name]) for name in by_size(n_gold, n_gold | n_predicted)
        },
        overall=figures_of(right.total(), total_predicted, total_gold),
        any_type=figures_of(pairs_of_any_type, total_predicted, total_gold),
        unmapped={name: unmapped[name] for name in by_size(unmapped, unmapped)},
        unreached=tuple(sorted(known - reached)),
        errors=tuple(errors),
    )


def _ties(rows: Rows, document: str, text: str, *, by_entity: bool = False) -> Iterator[tuple[str, _Tie]]:
    """Yield (predicate, relation), subject and object as the row has them."""
    mentions = checked_mentions(rows, document, text)
    of_entity: defaultdict[str, list[Span]] = defaultdict(list)
    for mention in mentions:
        if by_entity and mention.get("entity"):
            of_entity[mention["entity"]].append(mention["span"])
    for number, item in enumerate(items_of(rows, document, "relations")):
        where = f'{rows.where}: document "{document}": relation {number}'
        ends = [mentions[checked_index(where, item.get(end), mentions)] for end in ("subject", "object")]
        predicate = item.get("predicate")
        if not isinstance(predicate, str):
            raise InputError(f'{where}: no string "predicate"; add it')
        subject, object_ = (
            (end["span"], *(span for span in of_entity.get(end.get("entity") or "", ()) if span != end["span"])) for end in ends
        )
        written = f"“{excerpt(text, ends[0]['span'])}” {predicate} “{excerpt(text, ends[1]['span'])}”"
        yield predicate, _Tie(subject, object_, frozenset((predicate,)), written)


def _likeness_of_ends(one: Sequence[Span], other: Sequence[Span]) -> float:
    return max(likeness(left, right) for left in one for right in other)


def _match_ties(
    gold: Sequence[_Tie], predicted: Sequence[_Tie], symmetric: Collection[str], *, same_type: bool
) -> dict[int, int]:
    places = Places((*tie.subject, *tie.object) for tie in predicted)
    options = []
    for number, wanted in enumerate(gold):
        for candidate in places.near(wanted.subject):
            found = predicted[candidate]
            if same_type and not wanted.types & found.types:
                continue
            score = _likeness_of_ends(wanted.subject, found.subject) * _likeness_of_ends(wanted.object, found.object)
            if not same_type or wanted.types & set(symmetric):
                turned = _likeness_of_ends(wanted.subject, found.object) * _likeness_of_ends(wanted.object, found.subject)
                score = max(score, turned)
            if score > 0:
                options.append((-score, number, candidate))
    return paired(options)


def _relation_errors(
    document: str, gold: Sequence[_Tie], predicted: Sequence[_Tie], symmetric: Collection[str]
) -> Iterator[Miss]:
    other_type = _match_ties(gold, predicted, symmetric, same_type=False)
    met = set(other_type.values())
    places = Places((*tie.subject, *tie.object) for tie in predicted)
    other_end = paired(
        (number, candidate)
        for number, wanted in enumerate(gold)
        if number not in other_type
        for candidate in places.near((*wanted.subject, *wanted.object))
        if candidate not in met
        and wanted.types & predicted[candidate].types
        and (
            _likeness_of_ends(wanted.subject, predicted[candidate].subject)
            or _likeness_of_ends(wanted.object, predicted[candidate].object)
        )
    )
    for number, wanted in enumerate(gold):
        type_ = min(wanted.types)
        if number in other_type:
            found = predicted[other_type[number]]
            yield Miss("wrong type", type_, document, wanted.span, wanted.written, found.written)
        elif number in other_end:
            found = predicted[other_end[number]]
            yield Miss("wrong span", type_, document, wanted.span, wanted.written, found.written)
        else:
            yield Miss("missed", type_, document, wanted.span, wanted.written, None)
    met |= set(other_end.values())
    for number, tie in enumerate(predicted):
        if number not in met:
            yield Miss("spurious", min(tie.types), document, tie.span, None, tie.written)
