"""DeepFace behind a FastAPI application: run by uvicorn in an environment of its own, which has no EmoAR.

Its weights lie outside package indexes. Where they have not been downloaded, its own network runs with weights as they
come: that takes the same time, and what it says of an expression is not looked at.
"""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from typing import Any

os.environ.setdefault("DEEPFACE_BACKEND_ENGINE", "tensorflow")

import cv2
import numpy as np
from deepface.commons import weight_utils
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool

_WEIGHTS = Path.home() / ".deepface" / "weights" / "facial_expression_model_weights.h5"
if not _WEIGHTS.is_file():
    weight_utils.download_weights_if_necessary = lambda *_, **__: ""
    weight_utils.load_model_weights = lambda model, **_: model

from deepface import DeepFace

app = FastAPI()
lock = Lock()  # OpenCV's cascade is not for several threads at once


@app.post("/v1/expressions")
async def expressions(request: Request) -> list[dict[str, Any]]:
    """What DeepFace says about each face of the picture in the body, all settings as they come."""
    data = np.frombuffer(await request.body(), np.uint8)
    return await run_in_threadpool(_look, data)


def _look(data: np.ndarray) -> list[dict[str, Any]]:
    image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    with lock:
        faces = DeepFace.analyze(image, actions=["emotion"], silent=True)
    return [
        {
            "box": [int(face["region"][side]) for side in ("x", "y", "w", "h")],
            "emotions": {name: float(share) for name, share in face["emotion"].items()},
        }
        for face in faces
    ]
