"""The evidence of many faces is that of the decision on each."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.labels import DEFAULT_HEADS, FERPLUS
from emoar.models.decision import Decision, Rule, shared_places
from emoar.training.decision.evidence import confidence_features, mixed

PLACES = np.array(shared_places(FERPLUS, DEFAULT_HEADS["fer2013"]))


def faces(count: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {name: rng.dirichlet(np.full(len(labels), 0.4), count) for name, labels in DEFAULT_HEADS.items()}


def test_mixed_keeps_the_sum_and_labels_that_only_one_set_has() -> None:
    both = faces(20)
    evidence = mixed(both["ferplus"], both["fer2013"], PLACES, 0.4)
    np.testing.assert_allclose(evidence.sum(axis=1), 1)
    np.testing.assert_array_equal(evidence[:, FERPLUS.index("contempt")], both["ferplus"][:, FERPLUS.index("contempt")])
    np.testing.assert_array_equal(mixed(both["ferplus"], both["fer2013"], PLACES, 0.0), both["ferplus"])


def test_label_and_confidence_are_those_of_the_decision() -> None:
    rule = Rule((0.3, 0.2, 0.1, 0.1, 0.1, 0.05, 0.1, 0.05), 0.3, 0.01, "fer2013", 0.2, (0.2, 0.9, -0.6))
    both = faces(30)
    evidence = mixed(both["ferplus"], both["fer2013"], PLACES, rule.weight)
    label = (evidence * np.array(rule.factors)).argmax(axis=1)
    confidence = 1 / (1 + np.exp(-confidence_features(evidence, label) @ np.array(rule.confidence)))
    for row in range(30):
        face = {name: values[row] for name, values in both.items()}
        decided = Decision({"ferplus": rule}).decide(face, DEFAULT_HEADS)["ferplus"]
        assert decided.argmax() == label[row]
        assert decided.max() == pytest.approx(np.clip(confidence[row], 1.01 / 8, 0.9999), abs=1e-5)
