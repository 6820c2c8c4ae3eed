"""Scores mentions: equal or overlapping spans of an accepted type."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.evaluation.options import Options
from kg.evaluation.results import Kind, MentionScores, Miss
from kg.evaluation.rows import Rows, checked_mentions
from kg.evaluation.scoring import Places, TypeCounts, by_size, excerpt, likeness, paired, shared
from kg.model import Span

_PRONOUNS = (
    frozenset(("i", "me", "my", "mine", "myself", "you", "your", "yours", "he", "him", "his", "himself", "she", "her", "hers"))
    | {"herself", "it", "its", "itself", "we", "us", "our", "ours", "ourselves", "they", "them", "their", "theirs"}
    | {"themselves", "who", "whom", "whose", "which", "that", "this", "these", "those", "here", "there", "one"}
)
_DETERMINERS = frozenset(("the", "a", "an", "our", "its", "their", "his", "some", "these"))
_POSSESSIVES = ("'s", "’s", "'", "’")
_NAMED_TYPES = frozenset(("Person", "State", "Agency", "Place", "Event"))


@dataclass(frozen=True, slots=True)
class _Marked:
    """A mention to compare: `accept` holds all types that are right for it."""

    span: Span
    type: str
    accept: frozenset[str]
    is_optional: bool
    is_name: bool


def score_mentions(texts: Mapping[str, str], gold_rows: Rows, predicted_rows: Rows, options: Options) -> MentionScores:
    """Measure mentions by type.

    Raises:
        InputError: a mention is not as the contract asks; names file, document and mention.
    """
    gold = {name: _gold_mentions(_marked(gold_rows, name, text, options), options) for name, text in texts.items()}
    predicted = {
        name: _predicted_mentions(_marked(predicted_rows, name, text, options), options) for name, text in texts.items()
    }
    asked = [mention for mentions in gold.values() for mention in mentions if not mention.is_optional]
    main_types, accepted_types = {m.type for m in asked}, {name for m in asked for name in m.accept}
    if options.types is not None:
        main_types, accepted_types = main_types & options.types, accepted_types & options.types
    used_types = {mention.type for mentions in predicted.values() for mention in mentions}
    of_other_types = sum(m.type not in accepted_types for mentions in predicted.values() for m in mentions)

    counts = TypeCounts()
    ignored = {False: 0, True: 0}
    errors: list[Miss] = []
    for name, text in texts.items():
        wanted = [mention for mention in gold[name] if mention.type in main_types]
        found = [mention for mention in predicted[name] if mention.type in accepted_types]
        others = [mention for mention in predicted[name] if mention.type not in accepted_types]
        counts.gold.update(mention.type for mention in wanted if not mention.is_optional)
        for relaxed in (False, True):
            pairs, left_out = _match_mentions(wanted, found, relaxed=relaxed)
            row = {candidate: wanted[number].type for number, candidate in pairs.items()}
            counts.right[relaxed].update(row.values())
            counts.predicted[relaxed].update(row.get(i, m.type) for i, m in enumerate(found) if i not in left_out)
            ignored[relaxed] += len(left_out)
            if not relaxed:
                open_gold = [m for number, m in enumerate(wanted) if number not in pairs and not m.is_optional]
                open_found = [m for number, m in enumerate(found) if number not in row and number not in left_out]
                errors.extend(_mention_errors(name, text, open_gold, open_found, others))
    shared_types = {name for name in accepted_types if name in used_types}
    shared_types |= {name for name in main_types if counts.right[False][name] or counts.right[True][name]}
    return MentionScores(
        types={name: counts.figures([name]) for name in by_size(counts.gold, accepted_types)},
        shared=counts.figures(shared_types or main_types),
        overall=counts.figures(accepted_types),
        shared_types=tuple(sorted(shared_types)),
        ignored={"exact": ignored[False], "relaxed": ignored[True]},
        of_other_types=of_other_types,
        errors=tuple(errors),
    )


def _trimmed(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    words = text[start:end].split(None, 1)
    if len(words) == 2 and words[0].lower() in _DETERMINERS:
        start = end - len(words[1])
    tail = next((tail for tail in _POSSESSIVES if text[start:end].endswith(tail) and end - start > len(tail)), "")
    return Span(start, end - len(tail))


def _is_name(written: str) -> bool:
    """True if a word beyond a leading article has a capital, and it is no pronoun."""
    words = written.split()
    rest = words[1:] if words and words[0].lower() in _DETERMINERS else words
    return written.lower() not in _PRONOUNS and any(re.search("[A-Z]", word) for word in rest)


def _marked(rows: Rows, document: str, text: str, options: Options) -> list[_Marked]:
    found = []
    for item in checked_mentions(rows, document, text):
        span: Span = item["span"]
        found.append(
            _Marked(
                _trimmed(text, span) if options.trim else span,
                item["type"],
                frozenset((item["type"], *item.get("accept", ()))),
                bool(item.get("optional")),
                _is_name(text[span.start : span.end]),
            )
        )
    return found


def _gold_mentions(marked: Iterable[_Marked], options: Options) -> list[_Marked]:
    """Give the gold's mentions, each span and type once, preferring the one that is asked for."""
    found = []
    for mention in marked:
        is_optional = mention.is_optional or (options.names and mention.type in _NAMED_TYPES and not mention.is_name)
        if not (is_optional and options.strict):
            found.append(_Marked(mention.span, mention.type, mention.accept, is_optional, mention.is_name))
    found.sort(key=lambda mention: not mention.is_optional)
    return list({(mention.span, mention.type): mention for mention in found}.values())


def _predicted_mentions(marked: Iterable[_Marked], options: Options) -> list[_Marked]:
    kept = (m for m in marked if not options.names or m.type not in _NAMED_TYPES or m.is_name)
    return list({(mention.span, mention.type): mention for mention in kept}.values())


def _match_mentions(gold: Sequence[_Marked], predicted: Sequence[_Marked], *, relaxed: bool) -> tuple[dict[int, int], set[int]]:
    """Give (pairs, predictions that only match optional mentions, which count neither as right nor as wrong)."""
    places = Places([mention.span] for mention in predicted)
    asked: list[tuple[float, bool, int, int]] = []
    optional: set[int] = set()
    for number, wanted in enumerate(gold):
        for candidate in places.near([wanted.span]):
            found = predicted[candidate]
            fits = shared(wanted.span, found.span) > 0 if relaxed else wanted.span == found.span
            if not fits or found.type not in wanted.accept:
                continue
            if wanted.is_optional:
                optional.add(candidate)
            else:
                asked.append((-likeness(wanted.span, found.span), wanted.type != found.type, number, candidate))
    pairs = paired(asked)
    return pairs, optional - set(pairs.values())


def _mention_errors(
    document: str, text: str, gold: Sequence[_Marked], predicted: Sequence[_Marked], others: Sequence[_Marked]
) -> Iterator[Miss]:
    """Say what stands where the gold is not met: a span too short or long, another type, or nothing."""
    candidates = [*predicted, *others]
    places = Places([mention.span] for mention in candidates)
    pairs = paired(
        (candidates[near].type not in wanted.accept, -likeness(wanted.span, candidates[near].span), number, near)
        for number, wanted in enumerate(gold)
        for near in places.near([wanted.span])
        if shared(wanted.span, candidates[near].span)
    )

    def shown(mention: _Marked) -> str:
        return f"{mention.type} “{excerpt(text, mention.span)}”"

    for number, wanted in enumerate(gold):
        found = candidates[pairs[number]] if number in pairs else None
        if found is None:
            yield Miss("missed", wanted.type, document, wanted.span, shown(wanted), None)
        else:
            kind: Kind = "wrong span" if found.type in wanted.accept else "wrong type"
            yield Miss(kind, wanted.type, document, wanted.span, shown(wanted), shown(found))
    met = set(pairs.values())
    for number, mention in enumerate(predicted):
        if number not in met:
            yield Miss("spurious", mention.type, document, mention.span, None, shown(mention))
