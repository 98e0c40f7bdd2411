"""`fer` behind a FastAPI application: run by uvicorn in an environment of its own, which has no EmoAR."""

from __future__ import annotations

import os
import sys
from threading import Lock

# MTCNN runs on PyTorch, which looks for Triton, whose LLVM crashes beside TensorFlow's. Only GPUs need it.
sys.modules["triton"] = None  # type: ignore[assignment]

import cv2
import numpy as np
from fastapi import FastAPI, Request
from fer.fer import FER
from starlette.concurrency import run_in_threadpool

app = FastAPI()
lock = Lock()  # its interpreter is not for several threads at once
detector = FER(mtcnn=os.environ.get("FER_DETECTOR") == "mtcnn")  # else its usual and quicker one, OpenCV's cascade


@app.post("/v1/expressions")
async def expressions(request: Request) -> list[dict[str, object]]:
    """What `fer` says about each face of the picture in the body."""
    data = np.frombuffer(await request.body(), np.uint8)
    return await run_in_threadpool(_look, data)


def _look(data: np.ndarray) -> list[dict[str, object]]:
    image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    with lock:
        faces = detector.detect_emotions(image)
    return [{"box": [int(n) for n in face["box"]], "emotions": face["emotions"]} for face in faces]
