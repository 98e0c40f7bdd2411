"""Bootstrap intervals: of cases without chance, and of one whose interval is known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.training.evaluation.bootstrap import bootstrap


def test_where_all_faces_are_alike_there_is_no_chance() -> None:
    truth = np.zeros(20, np.int64)
    right, wrong = bootstrap(truth, truth, 2), bootstrap(truth, truth + 1, 2)
    assert right.accuracy.tolist() == right.balanced_accuracy.tolist() == right.macro_f1.tolist() == [1, 1]
    assert wrong.accuracy.tolist() == wrong.balanced_accuracy.tolist() == wrong.macro_f1.tolist() == [0, 0]
    assert np.isnan(right.recall[:, 1]).all()  # the label never occurs
    assert np.isnan(wrong.precision[:, 0]).all()  # the label is never predicted


def test_an_accuracy_of_one_half_has_the_interval_of_the_binomial() -> None:
    truth = np.zeros(400, np.int64)
    found = bootstrap(truth, np.repeat([0, 1], 200), 2, resamples=2000)
    deviation = np.sqrt(0.25 / 400)
    assert found.accuracy == pytest.approx([0.5 - 1.96 * deviation, 0.5 + 1.96 * deviation], abs=0.004)


def test_balanced_accuracy_is_wider_where_a_label_is_rare() -> None:
    truth = np.repeat([0, 1], [390, 10])
    predicted = np.where(np.arange(400) % 2, truth, 1 - truth)  # half of each label are right
    found = bootstrap(truth, predicted, 2)
    top_1, balanced = np.diff(found.accuracy)[0], np.diff(found.balanced_accuracy)[0]
    assert balanced > 2 * top_1
    assert found.balanced_accuracy.mean() == pytest.approx(0.5, abs=0.03)


def test_the_same_seed_gives_the_same_intervals() -> None:
    rng = np.random.default_rng(0)
    truth, predicted = rng.integers(3, size=60), rng.integers(3, size=60)
    first, again, other = (bootstrap(truth, predicted, 3, 50, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.recall, again.recall)
    assert (first.recall != other.recall).any()
    assert first.recall.shape == first.precision.shape == first.f1.shape == (2, 3)
    assert (first.f1[0] <= first.f1[1]).all()


def test_no_face_has_no_interval() -> None:
    nothing = np.zeros(0, np.int64)
    found = bootstrap(nothing, nothing, 2, resamples=5)
    assert np.isnan(found.accuracy).all()
    document = json.loads(json.dumps(found.as_dict(("a", "b"))))
    assert document["accuracy"] == document["balanced_accuracy"] == [None, None]
    assert document["f1"] == {"a": [None, None], "b": [None, None]}


def test_there_must_be_a_resample() -> None:
    with pytest.raises(InputError, match="resamples must be at least 1, got 0"):
        bootstrap(np.zeros(1, np.int64), np.zeros(1, np.int64), 2, resamples=0)
