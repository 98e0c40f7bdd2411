"""Runs MediaPipe's Face Landmarker for a benchmark; started by `_peer.py` with the Python of an environment of its own.

It reads requests from stdin, one JSON line each, the pictures as raw bytes after theirs, and answers with JSON lines.
It knows nothing of EmoAR.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what native code prints must not get among the answers
    import mediapipe as mp
    import numpy as np

    sessions: dict[str, _Session] = {}
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        kind, name = request["kind"], request.get("name", "")
        if kind == "open":
            shape = request["height"], request["width"], 3
            size = shape[0] * shape[1] * shape[2]
            pictures = [
                np.frombuffer(sys.stdin.buffer.read(size), np.uint8).reshape(shape) for _ in range(request["count"])
            ]
            sessions[name] = _Session(pictures, _landmarker(request["bundle"], request["faces"]))
            answer = {"version": mp.__version__}
        elif kind == "run":
            answer = sessions[name].run(mp, request["indices"], request["step_ms"])
        elif kind == "memory":
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            answer = {"rss_bytes": pages * os.sysconf("SC_PAGE_SIZE")}
        else:
            raise ValueError(f"unknown request {kind!r}")
        answers.write(json.dumps(answer) + "\n")
    for session in sessions.values():
        session.landmarker.close()


class _Session:
    """Pictures and a landmarker for them."""

    def __init__(self, pictures: list[Any], landmarker: Any) -> None:
        self.pictures, self.landmarker, self.time_ms = pictures, landmarker, 0

    def run(self, mp: Any, indices: list[int], step_ms: int) -> dict[str, Any]:
        """Milliseconds and faces of each picture, by position."""
        times_ms, faces = [], []
        for index in indices:
            started = time.perf_counter()
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=self.pictures[index])
            result = self.landmarker.detect_for_video(image, self.time_ms)
            times_ms.append(1e3 * (time.perf_counter() - started))
            faces.append(len(result.face_landmarks))
            self.time_ms += step_ms
        return {"times_ms": times_ms, "faces": faces}


def _landmarker(bundle: str, faces: int) -> Any:
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=bundle),
        running_mode=vision.RunningMode.VIDEO,
        num_faces=faces,
    )
    return vision.FaceLandmarker.create_from_options(options)


if __name__ == "__main__":
    main()
