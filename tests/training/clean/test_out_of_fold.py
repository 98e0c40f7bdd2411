"""Cross-validated predictions: folds, copies in one fold, and predictions from a file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from cleaning_faces import grey_dataset, no_mesh, textured

from emoar.errors import DataError
from emoar.training.clean.out_of_fold import folds_of, out_of_fold, read_predictions


def test_a_face_is_never_predicted_by_a_model_that_saw_it_or_its_copy() -> None:
    truth = np.array([0] * 20 + [1] * 12)
    groups = np.arange(32)
    groups[[5, 9, 25]] = 5
    folds = folds_of(truth, groups, 4)
    assert folds[5] == folds[9] == folds[25]
    assert max(Counter(folds[:20].tolist()).values()) <= 7
    assert set(folds.tolist()) == {0, 1, 2, 3}


def test_too_few_faces_for_folds() -> None:
    data = grey_dataset(textured(3), ["happy", "sad", "sad"])
    assert out_of_fold(data, no_mesh(3), "fer2013", np.arange(3)) is None


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"rows": [100, 101], "fer2013": np.ones((2, 7))}, "nothing for row 102"),
        ({"rows": [100, 101, 102], "fer2013": np.ones((3, 8))}, r"expected rows \(M,\) and fer2013 \(M, 7\)"),
        ({"fer2013": np.ones((3, 7))}, "expected rows"),
        ({"rows": [100, 101, 102], "fer2013": -np.ones((3, 7))}, "probabilities, not logits"),
        (None, "not a readable"),
    ],
)
def test_bad_predictions(arrays: dict | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "p.npz"
    path.write_bytes(b"no") if arrays is None else np.savez(path, **arrays)
    with pytest.raises(DataError, match=words):
        read_predictions(path, grey_dataset(textured(3)), "fer2013")
