"""Labels and votes of faces: majority, soft targets, subsets and new labels."""

from __future__ import annotations

import numpy as np
import pytest
from training_faces import face_dataset

from emoar.errors import DataError
from emoar.labels import FER2013, FERPLUS
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL, IndexTargets, VoteTargets, targets_of_names


def dataset_with_votes(votes: list[list[float]]) -> FaceDataset:
    count = len(votes)
    images = np.zeros((count, 48, 48), np.uint8)
    return face_dataset(images, ["Training"] * count, fer2013=[0] * count, votes=np.float32(votes))


@pytest.mark.parametrize(
    ("votes", "majority", "soft"),
    [
        ([8, 2, 0, 0, 0, 0, 0, 0, 0, 0], 0, [0.8, 0.2, 0, 0, 0, 0, 0, 0]),
        ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], 0, [0.5, 0.5, 0, 0, 0, 0, 0, 0]),  # ties: first
        ([8, 1, 1, 0, 0, 0, 0, 0, 0, 0], 0, [1, 0, 0, 0, 0, 0, 0, 0]),  # single votes are outliers
        ([0, 0, 0, 0, 0, 0, 4, 0, 6, 0], NO_LABEL, [0] * 8),  # most do not know
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 10], NO_LABEL, [0] * 8),  # not a face
        ([0] * 10, NO_LABEL, [0] * 8),  # no FER+
    ],
)
def test_ferplus_targets(votes: list[float], majority: int, soft: list[float]) -> None:
    data = dataset_with_votes([votes])
    assert data.truth("ferplus").tolist() == [majority]
    np.testing.assert_allclose(data.voted["ferplus"].distribution()[0] if any(votes) else np.zeros(8), soft, atol=1e-6)


def test_a_label_a_face() -> None:
    targets = IndexTargets(("a", "b", "c"), np.array([2, NO_LABEL, 0]))
    assert targets.truth().tolist() == [2, NO_LABEL, 0]
    assert targets.take(np.array([2, 0])).truth().tolist() == [0, 2]
    assert targets.relabelled(np.array([1]), np.array([1])).truth().tolist() == [2, 1, 0]
    assert targets.truth().tolist() == [2, NO_LABEL, 0]  # the value itself stays


def test_votes_of_several_taggers() -> None:
    targets = VoteTargets(("a", "b"), ("none",), np.float32([[3, 1, 0], [1, 1, 2], [0, 0, 0]]))
    assert targets.columns == ("a", "b", "none")
    assert targets.truth().tolist() == [0, NO_LABEL, NO_LABEL]
    np.testing.assert_allclose(targets.shares(), [[0.75, 0.25], [0, 0], [0, 0]])
    np.testing.assert_allclose(targets.distribution(), [[1, 0], [0, 0], [0, 0]])
    assert targets.take(np.array([1])).votes.tolist() == [[1, 1, 2]]
    assert targets.relabelled(np.array([0, 2]), np.array([1, 0])).votes.tolist() == [[0, 4, 0], [1, 1, 2], [1, 0, 0]]


def test_arrays_of_another_shape_are_refused() -> None:
    with pytest.raises(DataError, match=r"index must be \(N,\) below 2, got \(1,\)"):
        IndexTargets(("a", "b"), np.array([2]))
    with pytest.raises(DataError, match=r"votes must be \(N, 3\), got \(1, 2\)"):
        VoteTargets(("a", "b"), ("none",), np.zeros((1, 2), np.float32))


def test_names_become_labels_or_single_votes() -> None:
    (fer2013,) = targets_of_names(["sad", "happy"], "fer2013", FER2013).values()
    assert [FER2013[i] for i in fer2013.truth()] == ["sad", "happy"]
    (ferplus,) = targets_of_names(["contempt"], "ferplus", FERPLUS).values()
    assert isinstance(ferplus, VoteTargets)
    assert ferplus.votes.tolist() == [[0, 0, 0, 0, 0, 0, 0, 1, 0, 0]]
    (custom,) = targets_of_names([], "custom", ("a",)).values()
    assert len(custom) == 0
