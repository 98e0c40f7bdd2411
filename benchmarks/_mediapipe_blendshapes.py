"""Runs MediaPipe's Face Landmarker on pictures; started by `measures.py` with the Python of an environment of its own.

It reads one JSON line (bundle, count, height, width) and the pictures as raw RGB bytes from stdin, and answers with a
JSON line for each: its blendshapes by name, or null without a face. It knows nothing of EmoAR.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what native code prints must not get among the answers
    import mediapipe as mp
    import numpy as np
    from mediapipe.tasks.python import BaseOptions, vision

    request = json.loads(sys.stdin.buffer.readline())
    shape = request["height"], request["width"], 3
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=request["bundle"]), output_face_blendshapes=True
    )
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        for _ in range(request["count"]):
            picture = np.frombuffer(sys.stdin.buffer.read(shape[0] * shape[1] * 3), np.uint8).reshape(shape)
            found = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=picture)).face_blendshapes
            values = {shape.category_name: round(shape.score, 6) for shape in found[0]} if found else None
            answers.write(json.dumps(values) + "\n")


if __name__ == "__main__":
    main()
