"""Measures annotations against a gold standard: mentions, relations, events and claims, in the contract's JSON Lines.

Pure functions: texts and rows (the objects of JSON Lines, by document id) in, figures and the errors behind them out. The
figures for mentions, relations and claims are those of the scorers that come with the benchmarks in docs/evaluation.md, to
the digit; those for events are our own. How they are shown is `kg.scorecard`'s.
"""

from collections.abc import Mapping

from kg.errors import InputError
from kg.evaluation.claims import score_claims
from kg.evaluation.events import score_events
from kg.evaluation.mentions import score_mentions
from kg.evaluation.options import Options, load_mapping
from kg.evaluation.relations import score_relations
from kg.evaluation.results import (
    Accuracy,
    Both,
    ClaimScores,
    Evaluation,
    EventScores,
    Figures,
    Kind,
    MentionScores,
    Miss,
    RelationScores,
)
from kg.evaluation.rows import Rows, check_ids, load_rows

__all__ = [
    "Accuracy",
    "Both",
    "ClaimScores",
    "Evaluation",
    "EventScores",
    "Figures",
    "Kind",
    "MentionScores",
    "Miss",
    "Options",
    "RelationScores",
    "Rows",
    "evaluate",
    "load_mapping",
    "load_rows",
]


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
    check_ids(texts, gold)
    check_ids(texts, predicted)
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
        mentions=score_mentions(texts, gold, predicted, options) if "mentions" in parts else None,
        relations=score_relations(texts, gold, predicted, options) if "relations" in parts else None,
        events=score_events(texts, gold, predicted) if "events" in parts else None,
        claims=score_claims(texts, gold, predicted, options) if "claims" in parts else None,
    )
