"""The FastAPI application around a peer: one for all of them, run by uvicorn in an environment that has no EmoAR."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

import cv2
import numpy as np
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool

__all__ = ["application"]


def application(recognise: Callable[[np.ndarray], list[dict[str, Any]]]) -> FastAPI:
    """Answers a picture in the body with what `recognise` gives for each face of that (H, W, 3) BGR array."""
    app = FastAPI()
    lock = Lock()  # neither interpreters nor cascades are for several threads at once

    @app.post("/v1/expressions")
    async def expressions(request: Request) -> list[dict[str, Any]]:
        return await run_in_threadpool(answer, np.frombuffer(await request.body(), np.uint8))

    def answer(data: np.ndarray) -> list[dict[str, Any]]:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
        with lock:
            return recognise(image)

    return app
