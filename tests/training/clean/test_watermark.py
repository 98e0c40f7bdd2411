"""Text over a face is found."""

from __future__ import annotations

import cv2
import numpy as np
from cleaning_faces import found, grey_dataset, textured

from emoar.training.clean.watermark import watermark_scores, watermarks
from emoar.training.data.resize import resized


def test_text_over_a_face_is_found(astronaut: np.ndarray) -> None:
    face = resized(astronaut[60:200, 155:295], 48, colour=False)
    marked = np.stack([face] * 4)
    for image, row in zip(marked, (12, 22, 32, 42), strict=True):
        cv2.putText(image, "photostock", (-6, row), cv2.FONT_HERSHEY_SIMPLEX, 0.38, 235, 1, cv2.LINE_AA)
    data = grey_dataset(np.concatenate([marked, face[None]]))
    scores = watermark_scores(data.images)
    assert found(watermarks(data, scores)) == [("watermark", row, "review") for row in data.rows[:4]]


def test_faces_above_the_threshold_are_findings() -> None:
    data = grey_dataset(textured(3))
    assert [item.row for item in watermarks(data, np.float32([0.69, 0.71, 0.2]))] == [101]
    assert watermark_scores(data.images[:0]).shape == (0,)
