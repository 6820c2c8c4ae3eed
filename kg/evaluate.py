"""Measures annotations against a gold standard: mentions, relations, events and claims, in the contract's JSON Lines.

Pure functions: texts and rows (the objects of JSON Lines, by document id) in, figures and the errors behind them out. The
figures for mentions, relations and claims are those of the scorers that come with the benchmarks in docs/evaluation.md, to
the digit; those for events are our own. How they are shown is `kg.scorecard`'s.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kg.errors import InputError, suggest
from kg.model import Span
from kg.vocab import symmetric_properties

Kind = Literal["missed", "spurious", "wrong span", "wrong type"]

_PRONOUNS = (
    frozenset(("i", "me", "my", "mine", "myself", "you", "your", "yours", "he", "him", "his", "himself", "she", "her", "hers"))
    | {"herself", "it", "its", "itself", "we", "us", "our", "ours", "ourselves", "they", "them", "their", "theirs"}
    | {"themselves", "who", "whom", "whose", "which", "that", "this", "these", "those", "here", "there", "one"}
)
_DETERMINERS = frozenset(("the", "a", "an", "our", "its", "their", "his", "some", "these"))
_POSSESSIVES = ("'s", "’s", "'", "’")
_NAMED_TYPES = frozenset(("Person", "State", "Agency", "Place", "Event"))

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

_BUCKET = 64
"""Code points of a stretch of text by which spans are indexed."""


@dataclass(frozen=True, slots=True)
class Options:
    """How strictly to measure.

    Attributes:
        names: of persons, states, agencies, places and events compare only names, no pronouns and common nouns.
        trim: compare mentions without leading articles and trailing possessives.
        strict: a prediction on an optional mention of the gold is wrong, not left out.
        types: measure only mentions of these types; None measures all.
        mapping: predicate to what the gold calls it: a type, several of which one is right, {"type": …, "inverse": true},
            or None to leave it out. Predicates that the gold uses itself need no entry.
        by_entity: an end of a relation may be matched by any mention of the same entity.
        nested: predicted claims inside the content of a gold claim are wrong, not left out.
        own_voice: keep predicted claims without source and cue even if the gold has none.
    """

    names: bool = False
    trim: bool = False
    strict: bool = False
    types: frozenset[str] | None = None
    mapping: Mapping[str, Any] = field(default_factory=dict)
    by_entity: bool = False
    nested: bool = False
    own_voice: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """The objects of one file of JSON Lines by document id; `where` names the file in errors."""

    where: str
    by_id: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and their harmonic mean, to four digits, and the counts behind them.

    `right` is None where precision and recall count different things (shares of words).
    """

    gold: int
    predicted: int
    right: int | None
    precision: float
    recall: float
    f1: float

    def to_json(self) -> dict[str, Any]:
        """Give the figures under the scorers' names."""
        counts = {"gold": self.gold, "pred": self.predicted} | ({} if self.right is None else {"tp": self.right})
        return counts | {"p": self.precision, "r": self.recall, "f1": self.f1}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The share of `total` that is right, to four digits."""

    share: float
    total: int


@dataclass(frozen=True, slots=True)
class Miss:
    """One error.

    Attributes:
        kind: "missed" (in the gold only), "spurious" (in the prediction only), "wrong span" (of relations: one other end),
            "wrong type" (of claims: another polarity or certainty).
        type: the gold's type, or the predicted one if the gold has nothing there; of claims, the form of what is said.
        document: its id.
        span: where to look.
        expected, found: both sides in words; None where a side has nothing.
    """

    kind: Kind
    type: str
    document: str
    span: Span
    expected: str | None
    found: str | None


@dataclass(frozen=True, slots=True)
class Both:
    """The same, for equal spans and for spans that share a character."""

    exact: Figures
    relaxed: Figures

    def to_json(self) -> dict[str, Any]:
        """Give both, and the number in the gold, which is one."""
        exact, relaxed = self.exact.to_json(), self.relaxed.to_json()
        return {"gold": exact.pop("gold"), "exact": exact, "relaxed": {key: relaxed[key] for key in exact}}


@dataclass(frozen=True, slots=True)
class MentionScores:
    """Mentions by type; `shared` is over the types that both sides use, `overall` over all of the gold's."""

    types: Mapping[str, Both]
    shared: Both
    overall: Both
    shared_types: tuple[str, ...]
    ignored: Mapping[str, int]
    of_other_types: int
    errors: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class RelationScores:
    """Relations by type; `any_type` counts pairs of ends, whatever ties them; `unmapped` predicates are left out."""

    types: Mapping[str, Figures]
    overall: Figures
    any_type: Figures
    unmapped: Mapping[str, int]
    unreached: tuple[str, ...]
    errors: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class EventScores:
    """Events by type, and who fills their roles: a filler is right if its event is, its role, and it shares a character."""

    types: Mapping[str, Both]
    overall: Both
    roles: Mapping[str, Figures]
    all_roles: Figures
    of_other_types: int
    errors: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class ClaimScores:
    """Claims: source, cue, content by words; whole attributions; their recall by form; accuracy of polarity and certainty."""

    figures: Mapping[str, Figures]
    recall_by_form: Mapping[str, Accuracy]
    accuracy: Mapping[str, Accuracy]
    own_voice_left_out: int
    errors: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured: each part that the gold has, and None for the others."""

    documents: int
    unpredicted: int
    mentions: MentionScores | None = None
    relations: RelationScores | None = None
    events: EventScores | None = None
    claims: ClaimScores | None = None

    def to_json(self) -> dict[str, Any]:
        """Give all figures, without the errors, under the names that the benchmarks' scorers use."""
        found: dict[str, Any] = {"documents": self.documents, "documents_without_prediction": self.unpredicted}
        if self.mentions is not None:
            found["mentions"] = {
                "types": {name: both.to_json() for name, both in self.mentions.types.items()},
                "micro_shared": self.mentions.shared.to_json(),
                "micro_all": self.mentions.overall.to_json(),
                "shared_types": list(self.mentions.shared_types),
                "ignored": dict(self.mentions.ignored),
                "pred_of_other_types": self.mentions.of_other_types,
            }
        if self.relations is not None:
            found["relations"] = {
                "types": {name: figures.to_json() for name, figures in self.relations.types.items()},
                "micro": self.relations.overall.to_json(),
                "pairs_any_type": self.relations.any_type.to_json(),
                "unmapped": dict(self.relations.unmapped),
                "types_not_in_mapping": list(self.relations.unreached),
            }
        if self.events is not None:
            found["events"] = {
                "types": {name: both.to_json() for name, both in self.events.types.items()},
                "micro": self.events.overall.to_json(),
                "roles": {name: figures.to_json() for name, figures in self.events.roles.items()},
                "roles_micro": self.events.all_roles.to_json(),
                "pred_of_other_types": self.events.of_other_types,
            }
        if self.claims is not None:
            found["claims"] = {
                **{name: figures.to_json() for name, figures in self.claims.figures.items()},
                "recall by form": {name: {"r": a.share, "gold": a.total} for name, a in self.claims.recall_by_form.items()},
                **{name: {"accuracy": a.share, "n": a.total} for name, a in self.claims.accuracy.items()},
                "own_voice_left_out": self.claims.own_voice_left_out,
            }
        return found


def load_rows(path: str) -> Rows:
    """Read JSON Lines of objects with a unique string "id".

    Raises:
        InputError: naming file and line.
    """
    rows: dict[str, Mapping[str, Any]] = {}
    for number, line in enumerate(_text_of(path).split("\n"), start=1):
        if not line.strip():
            continue
        row = _parsed(line, f"{path}:{number}")
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            raise InputError(f'{path}:{number}: not an object with a string "id"; give one object a document')
        if row["id"] in rows:
            raise InputError(f'{path}:{number}: the id "{row["id"]}" appears twice; give each document one line')
        rows[row["id"]] = row
    return Rows(path, rows)


def load_mapping(path: str) -> dict[str, Any]:
    """Read a JSON object from predicate to relation type; see `Options.mapping`.

    Raises:
        InputError: naming the file and the predicate.
    """
    mapping = _parsed(_text_of(path), path)
    if not isinstance(mapping, dict):
        raise InputError(f'{path}: not a JSON object; write it as {{"locatedIn": "CoLocated", …}}')
    for predicate, value in mapping.items():
        types = _types_of(value)
        if value is not None and (not types or not all(isinstance(name, str) for name in types)):
            raise InputError(
                f'{path}: "{predicate}" is mapped to {json.dumps(value)}; give a type, a list of types, '
                '{"type": …, "inverse": true}, or null'
            )
    return mapping


def evaluate(texts: Mapping[str, str], gold: Rows, predicted: Rows, options: Options | None = None) -> Evaluation:
    """Measure `predicted` against `gold`, in each part (mentions, relations, events, claims) that the gold has.

    Args:
        texts: the documents' texts by id.
        gold: a row for each document; may have "accept" and "optional" on mentions, and "ignore" (spans of boilerplate).
        predicted: rows of `kg annotate`, or of another tool in that form; a document without a row counts as empty.
        options: how strictly.

    Raises:
        InputError: a row is not as the contract asks, or is of no document; names file, document and item.
    """
    options = options or Options()
    _check_ids(texts, gold)
    _check_ids(texts, predicted)
    lacking = sorted(set(texts) - set(gold.by_id))
    if lacking:
        raise InputError(
            f'{gold.where}: nothing for {len(lacking)} of {len(texts)} documents, first "{lacking[0]}"; give each a row'
        )
    parts = {key for row in gold.by_id.values() for key in ("mentions", "relations", "events", "claims") if row.get(key)}
    if not parts:
        raise InputError(f"{gold.where}: neither mentions nor relations, events or claims; give at least one of these lists")
    return Evaluation(
        documents=len(texts),
        unpredicted=len(set(texts) - set(predicted.by_id)),
        mentions=_score_mentions(texts, gold, predicted, options) if "mentions" in parts else None,
        relations=_score_relations(texts, gold, predicted, options) if "relations" in parts else None,
        events=_score_events(texts, gold, predicted) if "events" in parts else None,
        claims=_score_claims(texts, gold, predicted, options) if "claims" in parts else None,
    )


# -- reading and checking ----------------------------------------------------------------------------------------------


def _text_of(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}; check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start}); convert it, as with 'iconv -t UTF-8'") from error


def _parsed(written: str, where: str) -> Any:
    try:
        return json.loads(written)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not valid JSON ({error}); correct it") from error


def _check_ids(texts: Mapping[str, str], rows: Rows) -> None:
    strangers = sorted(set(rows.by_id) - set(texts))
    if strangers:
        near = suggest(strangers[0], texts) if len(texts) < 20 else "check that the files belong together"
        raise InputError(f'{rows.where}: {len(strangers)} ids of no document, first "{strangers[0]}"; {near}')


def _items(rows: Rows, document: str, key: str) -> list[dict[str, Any]]:
    value = rows.by_id.get(document, {}).get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f'{rows.where}: document "{document}": "{key}" is no list of objects; correct it')
    return value


def _span(where: str, start: Any, end: Any, text: str) -> Span:
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        raise InputError(f"{where}: {start!r} to {end!r} lies outside of the text of {len(text)} characters; correct it")
    return Span(start, end)


def _mentions(rows: Rows, document: str, text: str) -> list[dict[str, Any]]:
    """Give the mentions of a row, checked against the text, with "span" added."""
    found = []
    for number, item in enumerate(_items(rows, document, "mentions")):
        where = f'{rows.where}: document "{document}": mention {number}'
        span = _span(where, item.get("start"), item.get("end"), text)
        if not isinstance(item.get("type"), str):
            raise InputError(f'{where}: no string "type"; add it')
        written = text[span.start : span.end]
        if "text" in item and item["text"] != written:
            raise InputError(f'{where}: "text" is {item["text"]!r}, but the document has {written!r} there; correct it')
        found.append(item | {"span": span})
    return found


def _filler(where: str, index: Any, mentions: Sequence[Mapping[str, Any]]) -> int:
    if type(index) is not int or not 0 <= index < len(mentions):
        raise InputError(f"{where}: {index!r} is no index into its {len(mentions)} mentions; correct it")
    return index


# -- what the parts share ----------------------------------------------------------------------------------------------


def _figures(right: int, predicted: int, gold: int) -> Figures:
    return _means(right, predicted, right, gold, right=right)


def _means(of_predicted: float, predicted: int, of_gold: float, gold: int, *, right: int | None = None) -> Figures:
    precision = of_predicted / predicted if predicted else 0.0
    recall = of_gold / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Figures(gold, predicted, right, round(precision, 4), round(recall, 4), round(f1, 4))


def _accuracy(right: int, total: int) -> Accuracy:
    return Accuracy(round(right / total, 4) if total else 0.0, total)


def _shared(one: Span, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def _likeness(one: Span, other: Span) -> float:
    """Give the characters that both share, as a part of the stretch from the first to the last of either."""
    return _shared(one, other) / (max(one.end, other.end) - min(one.start, other.start))


class _Places:
    """Finds items by place, so that matching takes time in proportion to a document's length."""

    def __init__(self, items: Iterable[Iterable[Span]]) -> None:
        self._at: defaultdict[int, list[int]] = defaultdict(list)
        for number, spans in enumerate(items):
            for bucket in self._buckets(spans):
                self._at[bucket].append(number)

    @staticmethod
    def _buckets(spans: Iterable[Span]) -> set[int]:
        return {bucket for span in spans for bucket in range(span.start // _BUCKET, (span.end - 1) // _BUCKET + 1)}

    def near(self, spans: Iterable[Span]) -> list[int]:
        """Give the numbers of items that may share a character with `spans`, in order."""
        return sorted({number for bucket in self._buckets(spans) for number in self._at.get(bucket, ())})


def _paired(options: Iterable[tuple[Any, ...]]) -> dict[int, int]:
    """Pair gold and prediction one to one, best first; an option is (…rank, gold index, predicted index)."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for *_, gold, predicted in sorted(options):
        if gold not in pairs and predicted not in taken:
            pairs[gold] = predicted
            taken.add(predicted)
    return pairs


def _by_size(counts: Mapping[str, int], names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-counts.get(name, 0), name))


def _excerpt(text: str, span: Span, limit: int = 80) -> str:
    words = " ".join(text[span.start : span.end].split())
    return words if len(words) <= limit else f"{words[: limit - 1]}…"


# -- mentions ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Marked:
    """A mention to compare: `accept` holds all types that are right for it."""

    span: Span
    type: str
    accept: frozenset[str]
    is_optional: bool
    is_name: bool


class _TypeCounts:
    """Counts by type, for equal spans and for spans that overlap."""

    def __init__(self) -> None:
        self.gold: Counter[str] = Counter()
        self.predicted: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
        self.right: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}

    def figures(self, types: Collection[str]) -> Both:
        gold = sum(self.gold[name] for name in types)
        exact, relaxed = (
            _figures(sum(self.right[mode][name] for name in types), sum(self.predicted[mode][name] for name in types), gold)
            for mode in (False, True)
        )
        return Both(exact, relaxed)


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
    for item in _mentions(rows, document, text):
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
    places = _Places([mention.span] for mention in predicted)
    asked: list[tuple[float, bool, int, int]] = []
    optional: set[int] = set()
    for number, wanted in enumerate(gold):
        for candidate in places.near([wanted.span]):
            found = predicted[candidate]
            fits = _shared(wanted.span, found.span) > 0 if relaxed else wanted.span == found.span
            if not fits or found.type not in wanted.accept:
                continue
            if wanted.is_optional:
                optional.add(candidate)
            else:
                asked.append((-_likeness(wanted.span, found.span), wanted.type != found.type, number, candidate))
    pairs = _paired(asked)
    return pairs, optional - set(pairs.values())


def _score_mentions(texts: Mapping[str, str], gold_rows: Rows, predicted_rows: Rows, options: Options) -> MentionScores:
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

    counts = _TypeCounts()
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
        types={name: counts.figures([name]) for name in _by_size(counts.gold, accepted_types)},
        shared=counts.figures(shared_types or main_types),
        overall=counts.figures(accepted_types),
        shared_types=tuple(sorted(shared_types)),
        ignored={"exact": ignored[False], "relaxed": ignored[True]},
        of_other_types=of_other_types,
        errors=tuple(errors),
    )


def _mention_errors(
    document: str, text: str, gold: Sequence[_Marked], predicted: Sequence[_Marked], others: Sequence[_Marked]
) -> Iterator[Miss]:
    """Say what stands where the gold is not met: a span too short or long, another type, or nothing."""
    candidates = [*predicted, *others]
    places = _Places([mention.span] for mention in candidates)
    pairs = _paired(
        (candidates[near].type not in wanted.accept, -_likeness(wanted.span, candidates[near].span), number, near)
        for number, wanted in enumerate(gold)
        for near in places.near([wanted.span])
        if _shared(wanted.span, candidates[near].span)
    )

    def shown(mention: _Marked) -> str:
        return f"{mention.type} “{_excerpt(text, mention.span)}”"

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


# -- relations ---------------------------------------------------------------------------------------------------------


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


def _types_of(value: Any) -> list[Any]:
    types = value.get("type") if isinstance(value, dict) else value
    return types if isinstance(types, list) else [] if types is None else [types]


def _ties(rows: Rows, document: str, text: str, *, by_entity: bool = False) -> Iterator[tuple[str, _Tie]]:
    """Yield (predicate, relation), subject and object as the row has them."""
    mentions = _mentions(rows, document, text)
    of_entity: defaultdict[str, list[Span]] = defaultdict(list)
    for mention in mentions:
        if by_entity and mention.get("entity"):
            of_entity[mention["entity"]].append(mention["span"])
    for number, item in enumerate(_items(rows, document, "relations")):
        where = f'{rows.where}: document "{document}": relation {number}'
        ends = [mentions[_filler(where, item.get(end), mentions)] for end in ("subject", "object")]
        predicate = item.get("predicate")
        if not isinstance(predicate, str):
            raise InputError(f'{where}: no string "predicate"; add it')
        subject, object_ = (
            (end["span"], *(span for span in of_entity.get(end.get("entity") or "", ()) if span != end["span"])) for end in ends
        )
        written = f"“{_excerpt(text, ends[0]['span'])}” {predicate} “{_excerpt(text, ends[1]['span'])}”"
        yield predicate, _Tie(subject, object_, frozenset((predicate,)), written)


def _likeness_of_ends(one: Sequence[Span], other: Sequence[Span]) -> float:
    return max(_likeness(left, right) for left in one for right in other)


def _match_ties(
    gold: Sequence[_Tie], predicted: Sequence[_Tie], symmetric: Collection[str], *, same_type: bool
) -> dict[int, int]:
    places = _Places((*tie.subject, *tie.object) for tie in predicted)
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
    return _paired(options)


def _score_relations(texts: Mapping[str, str], gold_rows: Rows, predicted_rows: Rows, options: Options) -> RelationScores:
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
            types = frozenset(_types_of(value))
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
    reached = {name for value in options.mapping.values() for name in _types_of(value)}
    return RelationScores(
        types={name: _figures(right[name], n_predicted[name], n_gold[name]) for name in _by_size(n_gold, n_gold | n_predicted)},
        overall=_figures(right.total(), total_predicted, total_gold),
        any_type=_figures(pairs_of_any_type, total_predicted, total_gold),
        unmapped={name: unmapped[name] for name in _by_size(unmapped, unmapped)},
        unreached=tuple(sorted(known - reached)),
        errors=tuple(errors),
    )


def _relation_errors(
    document: str, gold: Sequence[_Tie], predicted: Sequence[_Tie], symmetric: Collection[str]
) -> Iterator[Miss]:
    other_type = _match_ties(gold, predicted, symmetric, same_type=False)
    met = set(other_type.values())
    places = _Places((*tie.subject, *tie.object) for tie in predicted)
    other_end = _paired(
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


# -- events ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Happening:
    """An event to compare: its trigger, and (role, filler) pairs."""

    span: Span
    type: str
    roles: frozenset[tuple[str, Span]]


def _happenings(rows: Rows, document: str, text: str) -> list[_Happening]:
    """Give the events of a row; one that several claims state counts once, with all its fillers."""
    mentions = _mentions(rows, document, text)
    found: dict[tuple[Span, str], set[tuple[str, Span]]] = {}
    for number, item in enumerate(_items(rows, document, "events")):
        where = f'{rows.where}: document "{document}": event {number}'
        span = _span(where, item.get("start"), item.get("end"), text)
        roles = item.get("roles") or {}
        if not isinstance(item.get("type"), str):
            raise InputError(f'{where}: no string "type"; add it')
        if not isinstance(roles, dict) or not all(isinstance(fillers, list) for fillers in roles.values()):
            raise InputError(f'{where}: "roles" is no object of lists; write it as {{"actor": [0]}}')
        fillers = {
            (role, mentions[_filler(where, index, mentions)]["span"]) for role, given in roles.items() for index in given
        }
        found.setdefault((span, item["type"]), set()).update(fillers)
    return [_Happening(span, type_, frozenset(roles)) for (span, type_), roles in found.items()]


def _match_happenings(
    gold: Sequence[_Happening], predicted: Sequence[_Happening], fits: Callable[[_Happening, _Happening], bool]
) -> dict[int, int]:
    places = _Places([event.span] for event in predicted)
    return _paired(
        (-_likeness(wanted.span, predicted[candidate].span), number, candidate)
        for number, wanted in enumerate(gold)
        for candidate in places.near([wanted.span])
        if _shared(wanted.span, predicted[candidate].span) and fits(wanted, predicted[candidate])
    )


def _is_same_trigger(one: _Happening, other: _Happening) -> bool:
    return one.type == other.type and one.span == other.span


def _is_same_type(one: _Happening, other: _Happening) -> bool:
    return one.type == other.type


def _score_events(texts: Mapping[str, str], gold_rows: Rows, predicted_rows: Rows) -> EventScores:
    gold = {name: _happenings(gold_rows, name, text) for name, text in texts.items()}
    types = {event.type for events in gold.values() for event in events}
    counts = _TypeCounts()
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
        types={name: counts.figures([name]) for name in _by_size(counts.gold, types)},
        overall=counts.figures(types),
        roles={name: _figures(right[name], n_predicted[name], n_gold[name]) for name in _by_size(n_gold, n_gold | n_predicted)},
        all_roles=_figures(right.total(), n_predicted.total(), n_gold.total()),
        of_other_types=of_other_types,
        errors=tuple(errors),
    )


def _right_roles(gold: _Happening, predicted: _Happening) -> Iterator[str]:
    """Yield the role of each filler of `gold` that `predicted` has too."""
    wanted, found = sorted(gold.roles), sorted(predicted.roles)
    pairs = _paired(
        (-_likeness(span, other), number, candidate)
        for number, (role, span) in enumerate(wanted)
        for candidate, (other_role, other) in enumerate(found)
        if role == other_role and _shared(span, other)
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
        roles = ", ".join(f"{role} “{_excerpt(text, span, 40)}”" for role, span in sorted(event.roles))
        return f"{event.type} “{_excerpt(text, event.span)}”" + (f" ({roles})" if roles else "")

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


# -- claims ------------------------------------------------------------------------------------------------------------


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


def _form(spans: Iterable[Span], text: str) -> str:
    said = " ".join(text[span.start : span.end] for span in spans)
    if not _MARK.search(said):
        return "indirect"
    return "mixed" if _WORD.search(_QUOTED.sub(" ", said)) else "direct"


def _spans(where: str, value: Any, text: str) -> list[Span]:
    if not isinstance(value, list) or not all(isinstance(span, list) and len(span) == 2 for span in value):
        raise InputError(f"{where}: {value!r} is no list of [start, end]; correct it")
    return [_span(where, start, end, text) for start, end in value]


def _sayings(rows: Rows, document: str, text: str) -> tuple[list[_Said], frozenset[int]]:
    """Give the claims of a row, and the words of the gold's boilerplate."""
    words = _Words(text)
    found = []
    for number, item in enumerate(_items(rows, document, "claims")):
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
        parts = [" … ".join(_excerpt(text, span) for span in spans[role]) for role in _ROLES]
        source, cue, content = (words.within(spans[role]) for role in _ROLES)
        form, place = _form(spans["content"], text), Span(spans["content"][0].start, spans["content"][0].end)
        written = f"“{parts[0]}” [{parts[1]}]: “{parts[2]}”"
        found.append(_Said(source, cue, content, form, values, place, written, not (spans["source"] or spans["cue"])))
    where = f'{rows.where}: document "{document}": "ignore"'
    return found, words.within(_spans(where, rows.by_id.get(document, {}).get("ignore") or [], text))


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
    return _paired(options)


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


def _score_claims(texts: Mapping[str, str], gold_rows: Rows, predicted_rows: Rows, options: Options) -> ClaimScores:
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

    figures = {f"{role} {kind}": _means(p, int(n_p), r, int(n_r)) for (role, kind), (p, n_p, r, n_r) in spans.items()}
    return ClaimScores(
        figures=figures | {kind: _figures(*counts) for kind, counts in whole.items()},
        recall_by_form={form: _accuracy(right, total) for form, (right, total) in forms.items()},
        accuracy={key: _accuracy(right, total) for key, (right, total) in values.items() if total},
        own_voice_left_out=own_voice_left_out,
        errors=tuple(errors),
    )


def _add(counts: list[Any], *more: float) -> None:
    counts[:] = [old + new for old, new in zip(counts, more, strict=True)]


def _distinct(claims: Iterable[_Said], role: str) -> list[frozenset[int]]:
    parts = (getattr(claim, role) for claim in claims)
    return list(dict.fromkeys(part for part in parts if part))


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
