"""One version of EmoAR in photo mode, in a process of its own: finds the faces of pictures.

    python _photo_worker.py MAXIMUM_FACES

Each request is a line `WIDTH HEIGHT` and the RGB bytes; the answer is a line of JSON.
"""

from __future__ import annotations

import json
import sys
import time

import cv2
import numpy as np

import emoar


def main() -> None:
    """Answers until its input ends."""
    cv2.setNumThreads(1)
    pipeline = emoar.Pipeline(emoar.PipelineOptions(mode="photo", max_faces=int(sys.argv[1])))
    answers, sys.stdout = sys.stdout, sys.stderr
    while line := sys.stdin.buffer.readline():
        width, height = map(int, line.split())
        image = np.frombuffer(sys.stdin.buffer.read(width * height * 3), np.uint8).reshape(height, width, 3)
        started_s = time.process_time()
        scene = pipeline(image)
        cpu_ms = 1e3 * (time.process_time() - started_s)
        boxes = [face.box_xyxy_px.tolist() for face in scene.faces]
        answers.write(json.dumps({"cpu_ms": cpu_ms, "boxes": boxes, "timings_ms": scene.timings_ms}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
