"""Fits a rule: the mixture and the logit adjustment by a search, the confidence by logistic regression.

The search takes the best balanced accuracy on the plain faces that keeps top-1 near that of the head alone. Of the
rules that are as good, it takes the one with the best mean of four: on the plain faces and over all shifts, for the
truth of the rule's own label set and for that of the other one.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.models.decision import Decision, Rule, shared_places
from emoar.training.data.targets import NO_LABEL
from emoar.training.decision.conditions import Condition
from emoar.training.decision.evidence import confidence_features, mixed
from emoar.training.evaluation.metrics import accuracy_of, balanced_accuracy_of, confusion_of

__all__ = ["MOST_LOST", "fit_decision"]

MOST_LOST: Final = 0.01  # of the top-1 of the head alone, on plain faces
TAUS: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
BALANCES: Final = tuple(round(0.005 * step, 3) for step in range(15))
WEIGHTS: Final = (0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
# ^ never none: shifts of the same data do not show what another head is worth on other people's faces
_AS_GOOD: Final = 0.005  # balanced accuracy on the plain faces: one face of the rarest label of FER+ is as much
_PLAIN_WEIGHT: Final = 3.0  # of the plain faces in the confidence; each shift has 1
_RIGHT_BELOW: Final = 0.4  # accuracy of the shifted faces that are called unsure, at most
_UNSURE_BELOW: Final = 0.5  # at most: a label that is more probably right than wrong is shown
_RIDGE: Final = 1e-6
_STEPS: Final = 50

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Heads:
    """The probabilities of N faces, for one rule."""

    own: Floats  # (N, L) of the set's head
    others: Floats | None  # (N, M) of the other head
    places: NDArray[np.int64]  # (K, 2) of the labels that both sets have

    def evidence(self, weight: float) -> Floats:
        return self.own if self.others is None else mixed(self.own, self.others, self.places, weight)


@dataclass(frozen=True, eq=False)
class _Faces:
    """N faces of several conditions, for one rule."""

    heads: _Heads
    second: _Heads | None  # of the second predictions
    truth: NDArray[np.int64]  # (N,)
    other_truth: NDArray[np.int64]  # (N,) the truth of the other set, as places in this one
    condition: NDArray[np.int64]  # (N,) place of the condition; 0 is the plain one
    weight: Floats  # (N,) in the confidence

    def evidence_of_confidence(self, weight: float) -> Floats:
        """The evidence, or its mean with that of the second predictions."""
        own = self.heads.evidence(weight)
        return own if self.second is None else (own + self.second.evidence(weight)) / 2


def fit_decision(
    conditions: Sequence[Condition],
    label_sets: Mapping[str, tuple[str, ...]],
    shares: Mapping[str, tuple[float, ...]],
    second: str = "",
) -> Decision:
    """The rules for the label sets of a model.

    Args:
        conditions: the predictions, first those of the plain faces.
        label_sets: the labels of each set.
        shares: of the labels among the training faces, for the sets that get a rule.
        second: what gave the second predictions of the conditions, as in `Rule`.
    """
    return Decision({name: _fit_rule(name, conditions, label_sets, shares[name], second) for name in shares})


def _fit_rule(
    name: str,
    conditions: Sequence[Condition],
    label_sets: Mapping[str, tuple[str, ...]],
    shares: tuple[float, ...],
    second: str,
) -> Rule:
    heads = conditions[0].heads
    other = next((key for key in heads if key != name and shared_places(label_sets[name], label_sets[key])), None)
    faces = _faces(name, other, conditions, label_sets)
    rule = _searched(Rule(shares, other=other), faces)
    evidence = faces.heads.evidence(rule.weight)
    label = (evidence * np.array(rule.factors)).argmax(axis=1)
    features = confidence_features(faces.evidence_of_confidence(rule.weight), label)
    right = (label == faces.truth).astype(np.float64)
    known = faces.truth != NO_LABEL
    factors = _logistic(features[known], right[known], faces.weight[known])
    shifted = known & (faces.condition > 0)
    shifted = shifted if shifted.any() else known
    confidence = 1 / (1 + np.exp(-features[shifted] @ factors))
    constant, by_odds, by_entropy = (round(value, 4) for value in factors.tolist())
    limit = _unsure_below(confidence, right[shifted])
    return replace(
        rule,
        confidence=(constant, by_odds, by_entropy),
        second=second if faces.second is not None else "",
        unsure_below=limit,
    )


def _faces(
    name: str, other: str | None, conditions: Sequence[Condition], label_sets: Mapping[str, tuple[str, ...]]
) -> _Faces:
    counts = [len(each.truths[name]) for each in conditions]
    truth = np.concatenate([each.truths[name] for each in conditions])
    condition = np.repeat(np.arange(len(counts)), counts)
    weight = np.concatenate(
        [np.full(n, (_PLAIN_WEIGHT if each.is_plain else 1) / n) for n, each in zip(counts, conditions, strict=True)]
    )
    places, other_truth = np.empty((0, 2), np.int64), np.full(len(truth), NO_LABEL)
    if other is not None:
        places = np.array(shared_places(label_sets[name], label_sets[other]))
        as_here = np.full(len(label_sets[other]) + 1, NO_LABEL)  # the last is for faces without a label
        as_here[places[:, 1]] = places[:, 0]
        other_truth = as_here[np.concatenate([each.truths[other] for each in conditions])]
    heads = _stacked([each.heads for each in conditions], name, other, places)
    seconds = [each.second for each in conditions if each.second is not None]
    second = _stacked(seconds, name, other, places) if len(seconds) == len(conditions) else None
    return _Faces(heads, second, truth, other_truth, condition, weight)


def _stacked(
    conditions: Sequence[Mapping[str, Floats]], name: str, other: str | None, places: NDArray[np.int64]
) -> _Heads:
    others = None if other is None else np.concatenate([each[other] for each in conditions])
    return _Heads(np.concatenate([each[name] for each in conditions]), others, places)


def _searched(rule: Rule, faces: _Faces) -> Rule:
    """The rule with the best `tau`, `balance` and `weight`."""
    floor = _accuracy(faces.heads.own.argmax(axis=1), faces) - MOST_LOST
    found: list[tuple[float, float, Rule]] = []
    for weight in WEIGHTS if rule.other else (0.0,):
        evidence = faces.heads.evidence(weight)
        for tau, balance in itertools.product(TAUS, BALANCES):
            candidate = replace(rule, tau=tau, balance=balance, weight=weight)
            label = (evidence * np.array(candidate.factors)).argmax(axis=1)
            if _accuracy(label, faces) >= floor:
                found.append((*_balanced(label, faces), candidate))
    if not found:
        return replace(rule, other=None)
    enough = max(plain for plain, _, _ in found) - _AS_GOOD
    return max((each for each in found if each[0] >= enough), key=lambda each: each[1])[2]


def _accuracy(label: NDArray[np.int64], faces: _Faces) -> float:
    """Top-1 on the plain faces."""
    return float(accuracy_of(_confusion(label, faces.truth, faces, faces.condition == 0)))


def _balanced(label: NDArray[np.int64], faces: _Faces) -> tuple[float, float]:
    """Balanced accuracy on the plain faces; its mean with those under shifts, and for the truth of the other set."""
    plain = faces.condition == 0
    values = [
        float(balanced_accuracy_of(_confusion(label, truth, faces, part)))
        for truth in (faces.truth, faces.other_truth)
        for part in (plain, ~plain)
    ]
    return values[0], float(np.nanmean(values))


def _confusion(
    label: NDArray[np.int64], truth: NDArray[np.int64], faces: _Faces, part: NDArray[np.bool_]
) -> NDArray[np.int64]:
    known = part & (truth != NO_LABEL)
    return confusion_of(truth[known], label[known], faces.heads.own.shape[1])


def _logistic(features: Floats, right: Floats, weight: Floats) -> Floats:
    """The (K,) coefficients of a weighted logistic regression, by Newton's method."""
    factors, weight = np.zeros(features.shape[1]), weight / weight.sum()
    for _ in range(_STEPS):
        expected = 1 / (1 + np.exp(-features @ factors))
        slope = features.T @ (weight * (right - expected))
        curve = (features * (weight * expected * (1 - expected))[:, None]).T @ features
        factors = factors + np.linalg.solve(curve + _RIDGE * np.eye(len(curve)), slope)
    return factors


def _unsure_below(confidence: Floats, right: Floats) -> float:
    """The highest confidence, in steps of 0.01, below which at most `_RIGHT_BELOW` of the labels are right."""
    for limit in np.arange(_UNSURE_BELOW, 0.0, -0.01):
        below = confidence < limit
        if below.any() and right[below].mean() <= _RIGHT_BELOW:
            return round(float(limit), 2)
    return 0.0
