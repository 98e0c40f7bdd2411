"""The decision: one label from all heads of a network, with the class shares of its training faces in account.

FER+ is two thirds neutral and happiness, so a network that has learned its shares calls a rare expression neutral. For
each label set, a rule with data of the model decides:

1. evidence: the probabilities of the set's own head, mixed with those of another head for the same categories;
2. logit adjustment (Menon et al., 2021): the evidence for each label times `share ** -tau * (1 + balance / share)`. The
   first factor divides by the share as much as `tau` asks for. The second is the best one for a sum of top-1 and
   balanced accuracy, since a face of a rare label counts 1 / share as much in the latter;
3. confidence: how often such a label is right, by logistic regression on the evidence for it and on its entropy, which
   rises where a head doubts or the two disagree. With `second`, this evidence is the mean with that of a second
   prediction, for the mirror image or by another network: where the two differ, the label is less often right
   (`models.second`). A temperature for the face makes the confidence the largest probability.

The numbers are fitted on validation faces and shifts of them (`emoar train decision`). A label set without a rule, such
as a user's own, keeps its probabilities. The browser computes the same in `web/src/face/decide.ts`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from emoar.errors import ModelMismatch
from emoar.labels import category

__all__ = ["MIRROR", "SMALLEST", "Decision", "Rule", "decision_from_dict", "decision_to_dict", "shared_places"]

UNSURE_BELOW: Final = 0.40  # without a rule
MIRROR: Final = "mirror"  # as `Rule.second`
SMALLEST: Final = 1e-6  # of an evidence: its logarithm stays finite
_SURE: Final = 0.9999  # the largest confidence
_UNIFORM: Final = 1.01  # the smallest confidence, times the number of labels: at 1, the temperature would be infinite
_STEPS: Final = 20  # of Newton's method; five are enough for most faces
_NEAR: Final = 1e-7  # of the logarithm of the confidence

Floats = NDArray[np.float64]
Heads = Mapping[str, tuple[str, ...]]  # label set -> its labels


@dataclass(frozen=True)
class Rule:
    """How the label of one set is decided.

    Raises:
        ModelMismatch: a number is out of range.
    """

    shares: tuple[float, ...]  # of each label among the training faces, above 0
    tau: float = 0.0  # exponent of the shares, 0..1
    balance: float = 0.0  # weight of balanced accuracy against top-1, from 0
    other: str | None = None  # the label set of the other head
    weight: float = 0.0  # of the other head in the evidence, 0..1
    confidence: tuple[float, float, float] = (0.0, 1.0, 0.0)
    # ^ constant, and factors of the label's log-odds and of the entropy of the evidence (nats)
    unsure_below: float = UNSURE_BELOW  # the confidence from which on an `unsure` face gets a label
    second: str = ""  # with what prediction the evidence of the confidence is averaged: `MIRROR`, or a model's name

    def __post_init__(self) -> None:
        if not self.shares or not all(0 < share <= 1 for share in self.shares):
            raise ModelMismatch("the shares of a decision must be above 0 and at most 1")
        if not (0 <= self.tau <= 1 and 0 <= self.balance <= 1 and 0 <= self.weight <= 1 and 0 <= self.unsure_below < 1):
            raise ModelMismatch("tau, balance, weight and unsure_below of a decision must be within 0..1")
        if len(self.confidence) != 3 or not all(map(math.isfinite, self.confidence)):
            raise ModelMismatch("the confidence of a decision must have three numbers")

    @cached_property
    def factors(self) -> tuple[float, ...]:
        """What the evidence for each label is multiplied by."""
        return tuple(share**-self.tau * (1 + self.balance / share) for share in self.shares)


@dataclass(frozen=True)
class Decision:
    """The rules of a model; without any, the probabilities of the heads decide."""

    rules: Mapping[str, Rule] = field(default_factory=dict[str, Rule])  # by label set

    def check(self, heads: Heads) -> None:
        """Checks that the rules fit the label sets.

        Raises:
            ModelMismatch: a rule is for a set that there is not, or has another number of labels.
        """
        for name, rule in self.rules.items():
            if name not in heads or len(rule.shares) != len(heads[name]):
                raise ModelMismatch(f"the decision has a rule for {name}, which does not fit the label sets")
            if rule.weight and rule.other not in heads:
                raise ModelMismatch(f"the rule for {name} takes {rule.other}, which is no label set of the model")
            if rule.second not in {"", self.second}:
                raise ModelMismatch("the rules of a decision take second predictions of different kinds")

    @property
    def second(self) -> str:
        """What gives the second prediction: `MIRROR`, the network on the mirror image; the name of a shipped model, on
        the same face; or nothing.
        """
        return next((rule.second for rule in self.rules.values() if rule.second), "")

    def decide(
        self, probabilities: Mapping[str, Floats], heads: Heads, second: Mapping[str, Floats] | None = None
    ) -> dict[str, Floats]:
        """The decided probabilities of one face: the largest is that of the label, and its confidence.

        Args:
            probabilities: label set -> (labels,) of its head, which sum to 1.
            heads: the labels of each set.
            second: the same, of the second prediction; None where there is none: the heads alone give the confidence.
        """
        return {name: self._decided(name, probabilities, heads, second) for name in probabilities}

    def unsure_below(self, label_set: str) -> float:
        """The confidence from which on an `unsure` face gets a label of the set, 0..1."""
        return self.rules[label_set].unsure_below if label_set in self.rules else UNSURE_BELOW

    def _decided(
        self, name: str, probabilities: Mapping[str, Floats], heads: Heads, second: Mapping[str, Floats] | None
    ) -> Floats:
        rule = self.rules.get(name)
        if rule is None:
            return probabilities[name]
        evidence = _evidence(rule, name, probabilities, heads)
        adjusted = [value * factor for value, factor in zip(evidence, rule.factors, strict=True)]
        label = adjusted.index(max(adjusted))
        if rule.second and second is not None:
            other = _evidence(rule, name, second, heads)
            evidence = [(value + its) / 2 for value, its in zip(evidence, other, strict=True)]
        return np.array(_with_largest(adjusted, label, _confidence(rule.confidence, evidence, label)))


@lru_cache(maxsize=64)
def shared_places(labels: tuple[str, ...], others: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The places of the labels that two sets share by their categories: in the first set and in the second."""
    places = {category(label): place for place, label in reversed([*enumerate(others)])}
    found = ((place, places.get(category(label))) for place, label in enumerate(labels))
    return tuple((own, other) for own, other in found if other is not None)


def _evidence(rule: Rule, name: str, probabilities: Mapping[str, Floats], heads: Heads) -> list[float]:
    """The probabilities of a set's head, with a share of the other head's."""
    evidence: list[float] = probabilities[name].tolist()
    if rule.weight and rule.other is not None:
        places = shared_places(heads[name], heads[rule.other])
        evidence = _mixed(evidence, probabilities[rule.other].tolist(), places, rule.weight)
    return [max(value, SMALLEST) for value in evidence]


def _mixed(own: list[float], others: list[float], places: Sequence[tuple[int, int]], weight: float) -> list[float]:
    """The probabilities with a share of another head's for the labels that both have; their sum stays."""
    result = own.copy()
    of_both = sum(own[here] for here, _ in places) / max(sum(others[there] for _, there in places), SMALLEST)
    for here, there in places:
        result[here] = (1 - weight) * own[here] + weight * others[there] * of_both
    return result


def _confidence(factors: tuple[float, float, float], evidence: list[float], label: int) -> float:
    """How often a label with this evidence is right, 0..1."""
    constant, by_odds, by_entropy = factors
    log_odds = math.log(evidence[label] / max(1 - evidence[label], SMALLEST))
    entropy = -sum(value * math.log(value) for value in evidence)
    return 1 / (1 + math.exp(-(constant + by_odds * log_odds + by_entropy * entropy)))


def _with_largest(weights: list[float], label: int, confidence: float) -> list[float]:
    """The probabilities at the temperature that makes the largest one, of `label`, the confidence.

    With logits z <= 0 = z[label], the log of the sum of exp(z / T) is the negative log of the largest probability. It
    is convex in 1 / T and falls, so that Newton's method finds the one root.
    """
    logits = [math.log(weight / weights[label]) for weight in weights]
    target = -math.log(min(max(confidence, _UNIFORM / len(weights)), _SURE))
    inverse, powers, total = 1.0, weights, 1.0
    for _ in range(_STEPS):
        powers = [math.exp(inverse * logit) for logit in logits]
        total = sum(powers)
        error = math.log(total) - target
        slope = sum(power * logit for power, logit in zip(powers, logits, strict=True)) / total
        if abs(error) < _NEAR or slope > -SMALLEST:
            break
        inverse = max(inverse - error / slope, 0.0)
    return [power / total for power in powers]


def decision_to_dict(decision: Decision) -> dict[str, Any]:
    """The JSON document of the rules; `decision_from_dict` reads it."""
    return {
        name: {
            "shares": list(rule.shares),
            "tau": rule.tau,
            "balance": rule.balance,
            **({"other": rule.other, "weight": rule.weight} if rule.other else {}),
            "confidence": list(rule.confidence),
            **({"second": rule.second} if rule.second else {}),
            "unsure_below": rule.unsure_below,
        }
        for name, rule in decision.rules.items()
    }


def decision_from_dict(document: Any, heads: Heads) -> Decision:
    """The rules in a JSON document, for these label sets.

    Raises:
        ModelMismatch: a rule is damaged or does not fit.
    """
    try:
        rules = {name: _rule(cast("Mapping[str, Any]", fields)) for name, fields in dict(document).items()}
    except (TypeError, ValueError, KeyError, AttributeError) as exc:
        raise ModelMismatch(f"decision must have a rule with shares for each label set: {exc!r}") from exc
    decision = Decision(rules)
    decision.check(heads)
    return decision


def _rule(fields: Mapping[str, Any]) -> Rule:
    constant, by_odds, by_entropy = (float(value) for value in fields["confidence"])
    other = fields.get("other")
    return Rule(
        shares=tuple(float(share) for share in fields["shares"]),
        tau=float(fields.get("tau", 0.0)),
        balance=float(fields.get("balance", 0.0)),
        other=None if other is None else str(other),
        weight=float(fields.get("weight", 0.0)),
        confidence=(constant, by_odds, by_entropy),
        second=str(fields.get("second", "")),
        unsure_below=float(fields.get("unsure_below", UNSURE_BELOW)),
    )
