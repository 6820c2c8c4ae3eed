"""What a measurement gives: figures, errors, and both for each part, with their JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kg.model import Span

Kind = Literal["missed", "spurious", "wrong span", "wrong type"]


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
