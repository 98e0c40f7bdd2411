"""The metrics of a predictor under shifts, on faces that carry their predicted label."""

from __future__ import annotations

import numpy as np
from marked_faces import MarkedPredictor, marked_dataset

from emoar.labels import FER2013
from emoar.models.inputs import LandmarkInput
from emoar.progress import NO_PROGRESS
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.shifted import score_shifts
from emoar.training.evaluation.shifts import Shift

ADD_ONE = Shift("one", "one level more", lambda face, _: face + np.uint8(1))
ADD_TWO = Shift("two", "two levels more", lambda face, _: face + np.uint8(2))


def test_each_shift_starts_from_the_unshifted_faces() -> None:
    data = marked_dataset([2, 2, 3, NO_LABEL], [1, 1, 1, 0])
    truths = {"fer2013": (FER2013, data.truth("fer2013"))}
    tasks: set[str] = set()
    found = score_shifts(
        MarkedPredictor(), data.images, truths, (ADD_ONE, ADD_TWO), lambda task, _done, _total: tasks.add(task)
    )
    one, two = (result.scores["fer2013"] for result in found)
    assert (one.count, one.accuracy, two.accuracy) == (3, 2 / 3, 1 / 3)
    assert (one.balanced_accuracy, two.balanced_accuracy) == (0.5, 0.5)
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
    truths = {"fer2013": (FER2013, data.truth("fer2013"))}
    assert score_shifts(predictor, data.images, truths, (ADD_ONE,), NO_PROGRESS) == []
