"""Scores claims: source, cue and content by the words they share, whole attributions, polarity and certainty."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import InputError, suggest
from kg.evaluation.options import Options
from kg.evaluation.results import Accuracy, ClaimScores, Miss
from kg.evaluation.rows import Rows, checked_span, items_of
from kg.evaluation.scoring import excerpt, figures_of, mean_figures, paired
from kg.model import Span

_ROLES = ("source", "cue", "content")
_VALUES = {
    "polarity": {"Positive": "affirmed", "Negative": "denied", "UnknownPolarity": "unknown"},
    "certainty": {"Certain": "certain", "Probable": "probable", "Possible": "possible", "UnknownCertainty": "unknown"},
}
"""The ontology's words for the two axes, and the scorers'; both are read."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ARTICLES = frozenset(("a", "an", "the"))
_MARK = re.compile('[“”"]')
_QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]?")


@dataclass(frozen=True, slots=True)
class _Said:
    """A claim to compare: the numbers of the words of its parts, the form of its content, polarity and certainty."""

    source: frozenset[int]
    cue: frozenset[int]
    content: frozenset[int]
    form: str
    values: Mapping[str, str]
    span: Span
    written: str
    is_own_voice: bool


class _Words:
    """The words of a text, to compare spans by."""

    def __init__(self, text: str) -> None:
        matches = list(_WORD.finditer(text))
        self._starts = [match.start() for match in matches]
        self._ends = [match.end() for match in matches]
        self._articles = {number for number, match in enumerate(matches) if match.group().lower() in _ARTICLES}

    def within(self, spans: Iterable[Span]) -> frozenset[int]:
        """Give the numbers of the words that share a character with `spans`; articles only if there is nothing else."""
        found: set[int] = set()
        for span in spans:
            found.update(range(bisect_right(self._ends, span.start), bisect_left(self._starts, span.end)))
        return frozenset(found - self._articles or found)


def _is_half(one: frozenset[int], other: frozenset[int]) -> bool:
    return one == other or 2 * len(one & other) >= max(len(one), len(other), 1)


_SAME_SOURCE: Mapping[str, Callable[[frozenset[int], frozenset[int]], bool]] = {
    "attribution": _is_half,
    "any source word": lambda one, other: one == other or bool(one & other),
    "content only": lambda one, other: True,
}


class _ByWord:
    """Finds sets of words that share a word with another."""

    def __init__(self, sets: Iterable[frozenset[int]]) -> None:
        self._at: defaultdict[int, list[int]] = defaultdict(list)
        for number, words in enumerate(sets):
            for word in words:
                self._at[word].append(number)

    def near(self, words: Iterable[int]) -> list[int]:
        return sorted({number for word in words for number in self._at.get(word, ())})


def score_claims(texts: Mapping[str, str], gold_rows: Rows, predicted_rows: Rows, options: Options) -> ClaimScores:
    """Measure claims by their parts, as whole attributions, and by polarity and certainty.

    Raises:
        InputError: a claim is not as the contract asks; names file, document and claim.
    """
    gold = {name: _sayings(gold_rows, name, text) for name, text in texts.items()}
    predicted = {name: _sayings(predicted_rows, name, text)[0] for name, text in texts.items()}
    own_voice_left_out = 0
    if not options.own_voice and not any(claim.is_own_voice for claims, _ in gold.values() for claim in claims):
        own_voice_left_out = sum(claim.is_own_voice for claims in predicted.values() for claim in claims)
        predicted = {name: [claim for claim in claims if not claim.is_own_voice] for name, claims in predicted.items()}

    spans = {(role, kind): [0.0, 0, 0.0, 0] for role in _ROLES for kind in ("exact", "partial")}
    whole = {kind: [0, 0, 0] for kind in _SAME_SOURCE}
    forms = {form: [0, 0] for form in ("direct", "mixed", "indirect")}
    values = {key: [0, 0] for key in _VALUES}
    errors: list[Miss] = []
    for name in texts:
        (wanted, boilerplate), found = gold[name], predicted[name]
        outside = _outside(wanted, found, boilerplate, options)
        for kind, same_source in _SAME_SOURCE.items():
            pairs = _match_sayings(wanted, found, same_source)
            _add(whole[kind], len(pairs), len(found) - len(outside - set(pairs.values())), len(wanted))
        pairs = _match_sayings(wanted, found, _SAME_SOURCE["attribution"])
        outside -= set(pairs.values())
        kept = [claim for number, claim in enumerate(found) if number not in outside]
        for number, claim in enumerate(wanted):
            _add(forms[claim.form], number in pairs, 1)
            for key in _VALUES if number in pairs else ():
                if claim.values[key] != "unknown":
                    _add(values[key], found[pairs[number]].values[key] == claim.values[key], 1)
        for role in _ROLES:
            ours, theirs = _distinct(kept, role), _distinct(wanted, role)
            same = len(set(ours) & set(theirs))
            _add(spans[role, "exact"], same, len(ours), same, len(theirs))
            partial = (_word_shares(ours, theirs), len(ours), _word_shares(theirs, ours), len(theirs))
            _add(spans[role, "partial"], *partial)
        errors.extend(_claim_errors(name, wanted, found, pairs, outside))

    figures = {f"{role} {kind}": mean_figures(p, int(n_p), r, int(n_r)) for (role, kind), (p, n_p, r, n_r) in spans.items()}
    return ClaimScores(
        figures=figures | {kind: figures_of(*counts) for kind, counts in whole.items()},
        recall_by_form={form: _accuracy(right, total) for form, (right, total) in forms.items()},
        accuracy={key: _accuracy(right, total) for key, (right, total) in values.items() if total},
        own_voice_left_out=own_voice_left_out,
        errors=tuple(errors),
    )


def _form(spans: Iterable[Span], text: str) -> str:
    said = " ".join(text[span.start : span.end] for span in spans)
    if not _MARK.search(said):
        return "indirect"
    return "mixed" if _WORD.search(_QUOTED.sub(" ", said)) else "direct"


def _spans(where: str, value: Any, text: str) -> list[Span]:
    if not isinstance(value, list) or not all(isinstance(span, list) and len(span) == 2 for span in value):
        raise InputError(f"{where}: {value!r} is no list of [start, end]; correct it")
    return [checked_span(where, start, end, text) for start, end in value]


def _sayings(rows: Rows, document: str, text: str) -> tuple[list[_Said], frozenset[int]]:
    """Give the claims of a row, and the words of the gold's boilerplate."""
    words = _Words(text)
    found = []
    for number, item in enumerate(items_of(rows, document, "claims")):
        where = f'{rows.where}: document "{document}": claim {number}'
        spans = {role: _spans(f'{where}: "{role}"', item.get(role) or [], text) for role in _ROLES}
        if not spans["content"]:
            raise InputError(f'{where}: "content" is empty; a claim says something')
        values = {}
        for key, spellings in _VALUES.items():
            value = item.get(key, "unknown")
            known = spellings | {own: own for own in spellings.values()}
            if value not in known:
                raise InputError(f'{where}: "{key}" is {value!r}; {suggest(str(value), known)}')
            values[key] = known[value]
        parts = [" … ".join(excerpt(text, span) for span in spans[role]) for role in _ROLES]
        source, cue, content = (words.within(spans[role]) for role in _ROLES)
        form, place = _form(spans["content"], text), Span(spans["content"][0].start, spans["content"][0].end)
        written = f"“{parts[0]}” [{parts[1]}]: “{parts[2]}”"
        found.append(_Said(source, cue, content, form, values, place, written, not (spans["source"] or spans["cue"])))
    where = f'{rows.where}: document "{document}": "ignore"'
    return found, words.within(_spans(where, rows.by_id.get(document, {}).get("ignore") or [], text))


def _match_sayings(
    gold: Sequence[_Said],
    predicted: Sequence[_Said],
    same_source: Callable[[frozenset[int], frozenset[int]], bool],
    same_content: Callable[[frozenset[int], frozenset[int]], bool] = _is_half,
) -> dict[int, int]:
    """Pair claims that share content, most shared content first, then most shared source."""

    def unlikeness(one: frozenset[int], other: frozenset[int]) -> float:
        return -len(one & other) / (len(one | other) or 1)

    by_word = _ByWord(claim.content for claim in predicted)
    options = []
    for number, wanted in enumerate(gold):
        for candidate in by_word.near(wanted.content):
            found = predicted[candidate]
            if same_content(wanted.content, found.content) and same_source(wanted.source, found.source):
                rank = (unlikeness(wanted.content, found.content), unlikeness(wanted.source, found.source))
                options.append((*rank, number, candidate))
    return paired(options)


def _outside(gold: Sequence[_Said], predicted: Sequence[_Said], boilerplate: frozenset[int], options: Options) -> set[int]:
    """Give the predictions that are not held against precision: in boilerplate, or nested in a gold claim's content."""
    by_word = _ByWord(claim.content for claim in gold)
    found = set()
    for number, claim in enumerate(predicted):
        inner = claim.source | claim.content
        if 2 * len(claim.content & boilerplate) >= max(1, len(claim.content)) or (
            not options.nested and claim.source and any(inner < gold[near].content for near in by_word.near(sorted(inner)[:1]))
        ):
            found.add(number)
    return found


def _word_shares(sets: Iterable[frozenset[int]], others: Sequence[frozenset[int]]) -> float:
    """Sum up, over `sets`, the greatest share of its words that are in one of `others`."""
    by_word = _ByWord(others)
    return sum(max((len(words & others[near]) / len(words) for near in by_word.near(words)), default=0.0) for words in sets)


def _add(counts: list[Any], *more: float) -> None:
    counts[:] = [old + new for old, new in zip(counts, more, strict=True)]


def _distinct(claims: Iterable[_Said], role: str) -> list[frozenset[int]]:
    parts = (getattr(claim, role) for claim in claims)
    return list(dict.fromkeys(part for part in parts if part))


def _accuracy(right: int, total: int) -> Accuracy:
    return Accuracy(round(right / total, 4) if total else 0.0, total)


def _claim_errors(
    document: str, gold: Sequence[_Said], predicted: Sequence[_Said], pairs: Mapping[int, int], outside: Collection[int]
) -> Iterator[Miss]:
    met = set(pairs.values()) | set(outside)
    rest = [number for number in range(len(gold)) if number not in pairs]
    candidates = [number for number in range(len(predicted)) if number not in met]
    near = _match_sayings(
        [gold[number] for number in rest],
        [predicted[number] for number in candidates],
        lambda one, other: True,
        lambda one, other: bool(one & other),
    )
    half_met = {rest[number]: candidates[candidate] for number, candidate in near.items()}
    for number, wanted in enumerate(gold):
        if number in pairs:
            found = predicted[pairs[number]].values
            wrong = [key for key, value in wanted.values.items() if value != "unknown" and found[key] != value]
            if wrong:
                expected, got = (", ".join(f"{key} {side[key]}" for key in wrong) for side in (wanted.values, found))
                yield Miss("wrong type", wanted.form, document, wanted.span, f"{wanted.written}: {expected}", got)
        elif number in half_met:
            written = predicted[half_met[number]].written
            yield Miss("wrong span", wanted.form, document, wanted.span, wanted.written, written)
        else:
            yield Miss("missed", wanted.form, document, wanted.span, wanted.written, None)
    met |= set(half_met.values())
    for number, claim in enumerate(predicted):
        if number not in met:
            yield Miss("spurious", claim.form, document, claim.span, None, claim.written)
