"""Small files of labelled faces, and the comparison of datasets that were read from them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from training_faces import face_dataset

from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL

PIXELS = " ".join(["7"] * 2304)  # a 48 x 48 face of one grey level, as in Kaggle's CSV
GOOD_ROW = f"3,{PIXELS},Training"


def save_image(path: Path, value: int = 50, size: int = 48) -> Path:
    """Writes a (size, size) picture of one grey level, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((size, size, 3), value, np.uint8))
    return path


def write_rows(path: Path, *rows: str, header: str = "emotion,pixels,Usage") -> Path:
    """Writes a CSV file."""
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def assert_same(a: FaceDataset, b: FaceDataset) -> None:
    """Compares every array, target and text of two datasets."""
    for name in ("images", "split", "rows", "files"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    assert a.targets.keys() == b.targets.keys()
    for name, targets in a.targets.items():
        np.testing.assert_array_equal(targets.truth(), b.truth(name), err_msg=name)
    for name, targets in a.voted.items():
        np.testing.assert_array_equal(targets.votes, b.voted[name].votes, err_msg=name)
    assert (a.classes, a.name, a.licence) == (b.classes, b.name, b.licence)


def custom_dataset(*, colour: bool = True, size: int = 64) -> FaceDataset:
    """Four faces of the classes "bored" and "wide awake"; one has no label, three have a file name."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (4, size, size, 3) if colour else (4, size, size)).astype(np.uint8)
    split = np.array(["Training", "Training", "PublicTest", "PrivateTest"])
    custom = np.array([0, 1, NO_LABEL, 1])
    files = np.array(["a.png", "b.png", "c.png", ""])
    return face_dataset(
        images,
        split,
        custom=custom,
        classes=("bored", "wide awake"),
        rows=np.array([3, 5, 8, 9]),
        files=files,
        name="mine",
        licence="CC0",
    )
