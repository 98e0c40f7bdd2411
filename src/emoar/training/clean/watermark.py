"""Detection of text over a face, mostly names of picture agencies.

The detector is a small network, trained on faces with synthetic text (scripts/train_watermark_detector.py). See
docs/data.md for its accuracy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from importlib.resources import as_file, files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.progress import NO_PROGRESS, Progress
from emoar.runtime import Session
from emoar.training.clean.findings import REVIEW, Finding
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.resize import resized

__all__ = ["watermark_scores", "watermarks"]

THRESHOLD: Final = 0.7  # smallest score of a finding; on FER2013, precision is about 0.8 and recall about 0.67
SIDE_PX: Final = 48


def watermark_scores(images: NDArray[np.uint8], progress: Progress = NO_PROGRESS) -> NDArray[np.float32]:
    """(N,) scores of text, 0..1, of (N, S, S[, 3]) images."""
    scores = np.zeros(len(images), np.float32)
    with ExitStack() as stack:
        model = stack.enter_context(as_file(files("emoar.training.clean") / "watermark.tflite"))
        session = stack.enter_context(Session(model, (1, 1, SIDE_PX, SIDE_PX), {"text": (1, 1)}))
        for index, image in enumerate(images):
            session.input()[0, 0] = resized(image, SIDE_PX, colour=False)
            scores[index] = session.run()["text"].item()
            progress("watermarks", index + 1, len(images))
    return scores


def watermarks(data: FaceDataset, scores: NDArray[np.float32]) -> Iterator[Finding]:
    """Yields a finding for each face whose score (N,) is above `THRESHOLD`."""
    for place in np.flatnonzero(scores > THRESHOLD).tolist():
        yield Finding("watermark", int(data.rows[place]), float(scores[place]), REVIEW)
