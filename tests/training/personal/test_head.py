"""A personal head: the fit finds the minimum, and a head of two people's faces tells them apart live."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.errors import DataError, ModelMismatch
from emoar.models.expression import expression_model
from emoar.perception.ensemble import ExpressionEnsemble
from emoar.training.personal.faces import PersonFaces
from emoar.training.personal.head import features_of, fit_head, fit_softmax


def test_the_fit_is_the_minimum_of_the_loss() -> None:
    """No small change of the weights gives a lower loss."""
    rng = np.random.default_rng(0)
    features = rng.normal(0, 1, (60, 5)).astype(np.float32) * [1, 10, 0.1, 1, 1] + 3
    truth = (features[:, 0] > 3).astype(np.int64) + (features[:, 3] > 3)
    weights, bias = fit_softmax(features.astype(np.float32), truth, 3)
    deviation = features.std(axis=0)

    def loss(weights: NDArray[np.float64], bias: NDArray[np.float64]) -> float:
        logits = features @ weights.T + bias
        log = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        each = -log[np.arange(len(truth)), truth] / np.bincount(truth)[truth] / 3
        return float(each.sum() + 0.01 * np.square(weights * deviation).sum())

    best = loss(weights.astype(np.float64), bias.astype(np.float64))
    for _ in range(30):
        change = rng.normal(0, 0.01, weights.shape) / deviation
        assert loss(weights + change, bias - change @ features.mean(axis=0)) > best - 1e-6
        assert loss(weights, bias + rng.normal(0, 0.01, 3)) > best - 1e-6


def test_labels_count_the_same_however_many_faces_they_have() -> None:
    features = np.concatenate([np.zeros((500, 2)), np.full((5, 2), 0.5)]).astype(np.float32)
    features += np.random.default_rng(0).normal(0, 0.2, features.shape).astype(np.float32)
    truth = np.repeat([0, 1], [500, 5])
    weights, bias = fit_softmax(features, truth, 2)
    right = (features @ weights.T + bias).argmax(axis=1) == truth
    assert right[truth == 1].mean() >= 0.8


def test_a_feature_that_never_changes_gets_no_weight() -> None:
    features = np.array([[0, 7], [1, 7], [0.1, 7], [0.9, 7]], np.float32)
    weights, bias = fit_softmax(features, np.array([0, 1, 0, 1]), 2)
    assert np.isfinite(weights).all()
    assert np.isfinite(bias).all()
    assert (weights[:, 1] == 0).all()


def test_every_label_needs_a_face() -> None:
    with pytest.raises(DataError, match="each of the 3 labels must have a face"):
        fit_softmax(np.zeros((2, 4), np.float32), np.array([0, 2]), 3)


def test_a_head_of_own_labels_is_right_on_other_crops(people: PersonFaces) -> None:
    head = fit_head("emoar-s", people)
    assert (head.labels, head.model_name, head.faces) == (("anna", "otto"), "emoar-s", (6, 6))
    ensemble = ExpressionEnsemble(expression_model("emoar-s"), personal=head)
    for crop, label in zip(people.held_back, people.held_back_index, strict=True):
        assert ensemble.classify_crop(crop)["personal"].argmax() == label
    ensemble.close()
    probabilities = head.probabilities(features_of("emoar-s", people.held_back))
    assert (probabilities.argmax(axis=1) == people.held_back_index).all()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("emoar-l", "consists of several files: give --model emoar-m or emoar-s"),
        ("emoar-mesh", "takes landmarks"),
    ],
)
def test_models_that_have_no_features_of_crops(model: str, message: str, people: PersonFaces) -> None:
    with pytest.raises(ModelMismatch, match=message):
        fit_head(model, people)
