"""The metrics of a predictor under shifts, on faces that carry their predicted label."""

from __future__ import annotations

import numpy as np
from marked_faces import Lifted, MarkedPredictor, marked_dataset

from emoar.models.inputs import LandmarkInput
from emoar.progress import NO_PROGRESS
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.shifted import score_shifts
from emoar.training.evaluation.shifts import Shift
from emoar.training.evaluation.truths import common_truths

ADD_ONE = Shift("one", "one level more", lambda face, _: face + np.uint8(1))
ADD_TWO = Shift("two", "two levels more", lambda face, _: face + np.uint8(2))


def test_each_shift_starts_from_the_unshifted_faces() -> None:
    data = marked_dataset([2, 2, 3, NO_LABEL], [1, 1, 1, 0])
    truths = common_truths(MarkedPredictor(), data)
    tasks: set[str] = set()
    found = score_shifts(
        MarkedPredictor(), data.images, truths, (ADD_ONE, ADD_TWO), lambda task, _done, _total: tasks.add(task)
    )
    one, two = (result.heads["fer2013"] for result in found)
    assert (one.count, one.accuracy, two.accuracy) == (3, 2 / 3, 1 / 3)
    assert (one.balanced_accuracy, two.balanced_accuracy) == (0.5, 0.5)
    assert found[0].decided == {}
    assert found[0].as_dict()["decided"] is None
    assert tasks == {"shift one", "shift two"}
    assert found[0].as_dict()["label_sets"]["fer2013"] == {
        "count": 3,
        "accuracy": 0.66667,
        "balanced_accuracy": 0.5,
        "ece": 0.12333,
        "accuracy_at_80_percent": 0.66667,
    }


def test_a_shift_that_leaves_no_mesh_has_no_result() -> None:
    predictor = MarkedPredictor(inputs=(LandmarkInput(),))
    data = marked_dataset([1, 1], [1, 1])
    truths = common_truths(predictor, data)
    assert score_shifts(predictor, data.images, truths, (ADD_ONE,), NO_PROGRESS) == []


def test_the_decided_label_is_scored_beside_the_head() -> None:
    """Shifted, two faces are of label 2; they are decided to be 3, with too little confidence for a label."""
    data = marked_dataset([3, 3, 1], [1, 1, 0])
    predictor = MarkedPredictor(decision=Lifted(3, 0.5, instead_of=2, minimum=0.6))
    (result,) = score_shifts(predictor, data.images, common_truths(predictor, data), (ADD_ONE,), NO_PROGRESS)
    assert result.heads["fer2013"].accuracy == 1 / 3
    assert result.decided["fer2013"].score.accuracy == 1.0
    assert result.decided["fer2013"].unsure == 2 / 3
    assert result.as_dict()["decided"]["fer2013"]["unsure"] == 0.66667
