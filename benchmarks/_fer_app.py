"""`fer` behind FastAPI."""

from __future__ import annotations

import os
import sys
from typing import Any

# MTCNN runs on PyTorch, which searches Triton, whose LLVM crashes beside TensorFlow's. Only GPUs need it.
sys.modules["triton"] = None  # type: ignore[assignment]

import numpy as np
from fer.fer import FER

from benchmarks._peer_app import application

detector = FER(mtcnn=os.environ.get("FER_DETECTOR") == "mtcnn")  # else its usual and quicker one, OpenCV's cascade


def recognise(image: np.ndarray) -> list[dict[str, Any]]:
    """Box and emotions of each face."""
    faces = detector.detect_emotions(image)
    return [{"box": [int(n) for n in face["box"]], "emotions": face["emotions"]} for face in faces]


app = application(recognise)
