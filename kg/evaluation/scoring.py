"""What the scorers of all parts share: figures from counts, spans compared, gold and prediction paired one to one."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from kg.evaluation.results import Both, Figures
from kg.model import Span

_BUCKET = 64
"""Code points of a stretch of text by which spans are indexed."""


def figures_of(right: int, predicted: int, gold: int) -> Figures:
    """Give the figures where `right` of the predictions are in the gold, each once."""
    return mean_figures(right, predicted, right, gold, right=right)


def mean_figures(of_predicted: float, predicted: int, of_gold: float, gold: int, *, right: int | None = None) -> Figures:
    """Give the figures as means: of what is right in each prediction (`of_predicted` in sum), and in each of the gold."""
    precision = of_predicted / predicted if predicted else 0.0
    recall = of_gold / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Figures(gold, predicted, right, round(precision, 4), round(recall, 4), round(f1, 4))


def shared(one: Span, other: Span) -> int:
    """Count the characters that both spans hold."""
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def likeness(one: Span, other: Span) -> float:
    """Give the characters that both share, as a part of the stretch from the first to the last of either."""
    return shared(one, other) / (max(one.end, other.end) - min(one.start, other.start))


class Places:
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


def paired(options: Iterable[tuple[Any, ...]]) -> dict[int, int]:
    """Pair gold and prediction one to one, best first; an option is (…rank, gold index, predicted index)."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for *_, gold, predicted in sorted(options):
        if gold not in pairs and predicted not in taken:
            pairs[gold] = predicted
            taken.add(predicted)
    return pairs


class TypeCounts:
    """Counts by type, for equal spans and for spans that overlap."""

    def __init__(self) -> None:
        self.gold: Counter[str] = Counter()
        self.predicted: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
        self.right: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}

    def figures(self, types: Collection[str]) -> Both:
        """Give the figures over `types`, summed up."""
        gold = sum(self.gold[name] for name in types)
        exact, relaxed = (
            figures_of(sum(self.right[mode][name] for name in types), sum(self.predicted[mode][name] for name in types), gold)
            for mode in (False, True)
        )
        return Both(exact, relaxed)


def by_size(counts: Mapping[str, int], names: Iterable[str]) -> list[str]:
    """Sort names by their counts, greatest first, then by name."""
    return sorted(names, key=lambda name: (-counts.get(name, 0), name))


def excerpt(text: str, span: Span, limit: int = 80) -> str:
    """Quote a span on one line, cut at `limit` characters."""
    words = " ".join(text[span.start : span.end].split())
    return words if len(words) <= limit else f"{words[: limit - 1]}…"
