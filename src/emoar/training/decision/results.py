"""What a decision changes: the metrics of the heads and of the decided label, on each condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.models.decision import Decision
from emoar.models.second import blended, second_share
from emoar.training.data.targets import NO_LABEL
from emoar.training.decision.conditions import Condition
from emoar.training.evaluation.metrics import Score, rounded, score

__all__ = ["ConditionResult", "results_of"]


@dataclass(frozen=True, eq=False)
class ConditionResult:
    """The metrics of one label set on one condition."""

    name: str
    head: Score  # of the set's head alone
    decided: Score
    unsure: float  # share of the faces, 0..1
    right_of_unsure: float  # share of these whose most probable label is right; NaN without any

    def as_dict(self) -> dict[str, Any]:
        """The metrics as values for JSON."""
        return {
            "name": self.name,
            "count": self.decided.count,
            "head": _figures(self.head),
            "decided": _figures(self.decided),
            "unsure": rounded(self.unsure),
            "right_of_unsure": rounded(self.right_of_unsure),
        }

    def cells(self) -> tuple[str, ...]:
        """The metrics as texts of a table, in %: of the head, and as decided."""
        pairs = zip(_figures(self.head).values(), _figures(self.decided).values(), strict=True)
        figures = (f"{100 * (before or 0):.1f} -> {100 * (after or 0):.1f}" for before, after in pairs)
        rest = "-" if np.isnan(self.right_of_unsure) else f"{100 * self.right_of_unsure:.0f}"
        return str(self.decided.count), *figures, f"{100 * self.unsure:.1f}", rest


def results_of(
    decision: Decision, conditions: Sequence[Condition], label_sets: Mapping[str, tuple[str, ...]]
) -> dict[str, list[ConditionResult]]:
    """The metrics by label set, in the order of the conditions."""
    found: dict[str, list[ConditionResult]] = {name: [] for name in decision.rules}
    for condition in conditions:
        decided = _decided(decision, condition, label_sets)
        for name, of_set in found.items():
            limit = decision.unsure_below(name)
            of_set.append(_result(condition, name, decided[name], label_sets[name], limit))
    return found


def _decided(
    decision: Decision, condition: Condition, label_sets: Mapping[str, tuple[str, ...]]
) -> dict[str, NDArray[np.float64]]:
    count = len(next(iter(condition.heads.values())))
    second = condition.second
    faces = [_row(condition.heads, place) for place in range(count)]
    others = [_row(second, place) if second else None for place in range(count)]
    rows = [
        decision.decide(face, label_sets, other and blended(face, other, second_share(face)))
        for face, other in zip(faces, others, strict=True)
    ]
    return {name: np.stack([row[name] for row in rows]) for name in condition.heads}


def _row(heads: Mapping[str, NDArray[np.float64]], place: int) -> dict[str, NDArray[np.float64]]:
    return {name: values[place] for name, values in heads.items()}


def _result(
    condition: Condition, name: str, decided: NDArray[np.float64], labels: tuple[str, ...], unsure_below: float
) -> ConditionResult:
    truth = condition.truths[name]
    known = truth != NO_LABEL
    unsure = decided[known].max(axis=1) < unsure_below
    right = decided[known].argmax(axis=1) == truth[known]
    return ConditionResult(
        condition.name,
        head=score(condition.heads[name].astype(np.float32), truth, labels),
        decided=score(decided.astype(np.float32), truth, labels),
        unsure=float(unsure.mean()),
        right_of_unsure=float(right[unsure].mean()) if unsure.any() else float("nan"),
    )


def _figures(found: Score) -> dict[str, float | None]:
    return {
        "accuracy": rounded(found.accuracy),
        "balanced_accuracy": rounded(found.balanced_accuracy),
        "ece": rounded(found.expected_calibration_error),
        "accuracy_at_80_percent": rounded(found.coverage.accuracy_at(0.8)),
    }
