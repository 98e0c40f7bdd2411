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

    pictures: list[Any] = []
    landmarker: Any = None
    time_ms = 0
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        kind = request["kind"]
        if kind == "pictures":
            count, height, width = request["count"], request["height"], request["width"]
            size = height * width * 3
            pictures = [
                np.frombuffer(sys.stdin.buffer.read(size), np.uint8).reshape(height, width, 3) for _ in range(count)
            ]
            answers.write(json.dumps({"count": len(pictures)}) + "\n")
        elif kind == "open":
            if landmarker is not None:
                landmarker.close()
            landmarker, time_ms = _landmarker(request["bundle"], request["faces"], request["extras"]), 0
            answers.write(json.dumps({"version": mp.__version__}) + "\n")
        elif kind == "run":
            times_ms, faces = [], []
            for index in request["indices"]:
                started = time.perf_counter()
                image = mp.Image(image_format=mp.ImageFormat.SRGB, data=pictures[index])
                result = landmarker.detect_for_video(image, time_ms)
                times_ms.append(1e3 * (time.perf_counter() - started))
                faces.append(len(result.face_landmarks))
                time_ms += request["step_ms"]
            answers.write(json.dumps({"times_ms": times_ms, "faces": faces}) + "\n")
        elif kind == "memory":
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            answers.write(json.dumps({"rss_bytes": pages * os.sysconf("SC_PAGE_SIZE")}) + "\n")
        else:
            raise ValueError(f"unknown request {kind!r}")
    if landmarker is not None:
        landmarker.close()


def _landmarker(bundle: str, faces: int, extras: bool) -> Any:
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=bundle),
        running_mode=vision.RunningMode.VIDEO,
        num_faces=faces,
        output_face_blendshapes=extras,
        output_facial_transformation_matrixes=extras,
    )
    return vision.FaceLandmarker.create_from_options(options)


if __name__ == "__main__":
    main()
