"""Shows what `kg.evaluation` found: a table for the terminal, a report in Markdown with every error in its context."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg.evaluation import Both, Evaluation, Figures, Kind, Miss
from kg.model import Span

_KINDS: Mapping[Kind, str] = {
    "missed": "Missed",
    "spurious": "Spurious",
    "wrong span": "Wrong span",
    "wrong type": "Wrong type",
}
_CONTEXT = 60
_LONGEST_MARKED = 160
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")

Row = tuple[str, ...]


def table(evaluation: Evaluation) -> str:
    """Give the figures as aligned text."""
    return "\n".join(line for name, header, rows in _tables(evaluation) for line in (f"{name}", *_aligned([header, *rows]), ""))


def report(evaluation: Evaluation, texts: Mapping[str, str], heading: str) -> str:
    """Give the figures, and the errors of each part by type and kind, as Markdown.

    Args:
        evaluation: what was measured.
        texts: the documents' texts by id, for the context of the errors.
        heading: says what was measured against what.
    """
    lines = [f"# {_plain(heading)}", "", f"{evaluation.documents} documents."]
    if evaluation.unpredicted:
        lines.append(f"The prediction has nothing for {evaluation.unpredicted} of them; they count as empty.")
    for name, header, rows in _tables(evaluation):
        lines += ["", f"## {name}", "", *_markdown([header, *rows])]
    for part, errors in _errors(evaluation):
        lines += ["", f"## Errors: {part}", ""]
        lines += list(_listing(errors, texts)) if errors else ["None."]
    return "\n".join(lines) + "\n"


# -- figures -----------------------------------------------------------------------------------------------------------


def _tables(evaluation: Evaluation) -> Iterator[tuple[str, Row, list[Row]]]:
    """Yield (name, header, rows) of each table."""
    both = ("", "gold", "predicted", "P", "R", "F1", "relaxed P", "R", "F1")
    one = ("", "gold", "predicted", "right", "P", "R", "F1")
    if (mentions := evaluation.mentions) is not None:
        totals = {"micro, shared types": mentions.shared, "micro, all types": mentions.overall}
        yield "Mentions", both, [_both(name, scores) for name, scores in [*mentions.types.items(), *totals.items()]]
    if (relations := evaluation.relations) is not None:
        total = {"micro": relations.overall, "pairs, any type": relations.any_type}
        yield "Relations", one, [_one(name, figures) for name, figures in [*relations.types.items(), *total.items()]]
        if relations.unmapped:
            left_out: list[Row] = [(name, f"{number}") for name, number in relations.unmapped.items()]
            yield (
                "Relations left out: predicates that the gold does not use and the mapping does not have",
                (
                    "",
                    "predicted",
                ),
                left_out,
            )
    if (events := evaluation.events) is not None:
        rows = [_both(name, scores) for name, scores in [*events.types.items(), ("micro", events.overall)]]
        yield "Events", both, rows
        rows = [_one(name, figures) for name, figures in [*events.roles.items(), ("micro", events.all_roles)]]
        yield "Roles of events", one, rows
    if (claims := evaluation.claims) is not None:
        yield "Claims", one, [_one(name, figures) for name, figures in claims.figures.items()]
        yield (
            "Attributions, by form",
            ("", "gold", "R"),
            [(name, f"{accuracy.total}", f"{accuracy.share:.3f}") for name, accuracy in claims.recall_by_form.items()],
        )
        if claims.accuracy:
            yield (
                "Of matched attributions",
                ("", "gold", "accuracy"),
                [(name, f"{accuracy.total}", f"{accuracy.share:.3f}") for name, accuracy in claims.accuracy.items()],
            )


def _shares(figures: Figures) -> Row:
    return tuple(f"{share:.3f}" for share in (figures.precision, figures.recall, figures.f1))


def _both(name: str, scores: Both) -> Row:
    return name, f"{scores.exact.gold}", f"{scores.exact.predicted}", *_shares(scores.exact), *_shares(scores.relaxed)


def _one(name: str, figures: Figures) -> Row:
    right = "" if figures.right is None else f"{figures.right}"
    return name, f"{figures.gold}", f"{figures.predicted}", right, *_shares(figures)


def _aligned(rows: Sequence[Row]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(["", *cells]).rstrip()


def _markdown(rows: Sequence[Row]) -> Iterator[str]:
    header, *others = rows
    yield f"| {' | '.join(header)} |"
    yield f"| --- |{' ---: |' * (len(header) - 1)}"
    for row in others:
        yield f"| {' | '.join(map(_plain, row))} |"


# -- errors ------------------------------------------------------------------------------------------------------------


def _errors(evaluation: Evaluation) -> Iterator[tuple[str, Sequence[Miss]]]:
    if evaluation.mentions is not None:
        yield "mentions", evaluation.mentions.errors
    if evaluation.relations is not None:
        yield "relations", evaluation.relations.errors
    if evaluation.events is not None:
        yield "events", evaluation.events.errors
    if evaluation.claims is not None:
        yield "claims", evaluation.claims.errors


def _listing(errors: Iterable[Miss], texts: Mapping[str, str]) -> Iterator[str]:
    """Yield the errors by type, most first, then by kind, in the order of the documents."""
    by_type: defaultdict[str, defaultdict[Kind, list[Miss]]] = defaultdict(lambda: defaultdict(list))
    for error in errors:
        by_type[error.type][error.kind].append(error)
    for type_ in sorted(by_type, key=lambda name: (-sum(map(len, by_type[name].values())), name)):
        kinds = by_type[type_]
        yield f"### {_plain(type_)}: " + ", ".join(f"{len(kinds[kind])} {kind}" for kind in _KINDS if kind in kinds)
        yield ""
        for kind, title in _KINDS.items():
            if kind not in kinds:
                continue
            yield f"{title}:"
            yield ""
            for error in kinds[kind]:
                sides = {"expected": error.expected, "found": error.found}
                told = "; ".join(f"{side} {_plain(words)}" for side, words in sides.items() if words is not None)
                place = f"{_plain(error.document)} {error.span.start}–{error.span.end}"
                yield f"- {told}. {place}: {_in_context(texts[error.document], error.span)}"
            yield ""


def _in_context(text: str, span: Span) -> str:
    """Give the span in bold, with a bit of the text on either side, on one line."""
    marked = text[span.start : span.end]
    if len(marked) > _LONGEST_MARKED:
        marked = f"{marked[: _LONGEST_MARKED // 2]} … {marked[-_LONGEST_MARKED // 2 :]}"
    before, after = text[max(0, span.start - _CONTEXT) : span.start], text[span.end : span.end + _CONTEXT]
    before = ("…" if span.start > _CONTEXT else "") + before
    after += "…" if span.end + _CONTEXT < len(text) else ""
    parts = (" ".join(part.split()) for part in (before, marked, after))
    left, middle, right = (_plain(part) for part in parts)
    gap_before = " " if before[-1:].isspace() else ""
    gap_after = " " if after[:1].isspace() else ""
    return f"{left}{gap_before}**{middle}**{gap_after}{right}"


def _plain(text: str) -> str:
    """Escape what Markdown would take for markup."""
    return _MARKUP.sub(r"\\\1", text)
