"""Faces with one fault each, and findings about them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from training_faces import face_dataset

from emoar.labels import FER2013
from emoar.training.clean.findings import Finding, Findings
from emoar.training.clean.perceptual_hash import perceptual_hashes
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.faces.landmarks import CropLandmarks
from emoar.types import LANDMARK_COUNT

Grey = NDArray[np.uint8]


def textured(count: int, seed: int = 0) -> Grey:
    """(N, 48, 48) smooth random pictures that have nothing to do with each other."""
    noise = np.random.default_rng(seed).normal(0, 1, (count, 48, 48)).astype(np.float32)
    smooth = np.stack([cv2.GaussianBlur(n, (0, 0), 4) for n in noise])
    smooth /= np.abs(smooth).max(axis=(1, 2), keepdims=True)
    return (128 + 120 * smooth).astype(np.uint8)


def grey_dataset(images: Grey, labels: Sequence[str] | None = None, split: Sequence[str] | None = None) -> FaceDataset:
    count = len(images)
    names = labels or ["happy"] * count
    return face_dataset(
        images,
        split or ["Training"] * count,
        fer2013=[FER2013.index(name) for name in names],
        votes=np.zeros((count, 10), np.float32),
        rows=np.arange(count) + 100,
    )


def found(items: object) -> list[tuple[str, int | None, str]]:
    return [(item.name, item.row, item.suggestion) for item in items]  # type: ignore[attr-defined]


CHANGES = {
    "jpeg": lambda x: cv2.imdecode(cv2.imencode(".jpg", x, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_GRAYSCALE),
    "brighter": lambda x: np.clip(x * 0.8 + 40, 0, 255).astype(np.uint8),
    "moved": lambda x: np.roll(x, 2, axis=1),
    "mirrored": lambda x: x[:, ::-1],
    "marked": lambda x: cv2.putText(x.copy(), "stock", (4, 44), 0, 0.35, 255, 1),
    "captioned": lambda x: cv2.putText(x.copy(), "TER", (4, 10), 0, 0.4, 255, 1),
}


def no_mesh(count: int) -> CropLandmarks:
    return CropLandmarks(np.zeros((count, LANDMARK_COUNT, 3), np.float32), np.zeros(count, np.float32))


def findings_of(data: FaceDataset, *items: Finding, label_set: str = "fer2013") -> Findings:
    hashes = dict(zip(data.rows.tolist(), perceptual_hashes(data.images).tolist(), strict=True))
    return Findings(items, label_set, {i.row: hashes[i.row] for i in items if i.row is not None}, data.name)


ITEMS = (
    Finding("duplicate", 101, 1.0, "exclude", "", 100),
    Finding("profile", 102, 0.6, "review"),
    Finding("wrong_label", 103, 0.4, "relabel:sad"),
    Finding("wrong_label", 104, 0.9, "relabel:fear"),
    Finding("leakage", 105, 0.9, "exclude"),  # a test face
    Finding("imbalance", None, 0.9, "weight:3", "disgust"),
)
