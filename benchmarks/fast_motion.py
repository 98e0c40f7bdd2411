"""One face that moves fast, from a tenth of its width to its whole width a frame: is it followed with one id?

The clips are composed of two portraits at run time: on a straight line, to and fro as a sine and as a triangle wave,
and once across; at 10, 15 and 30 frames a second; with faces of 110 to 300 px in 1280x720; sharp and with motion blur.
A clip is kept if one id is on the face in at least 95 % of the frames and no frame has a second face.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from itertools import product
from typing import Final

from benchmarks._moving_face import PATHS, Clip, MovingFace
from benchmarks._table import Row, print_table
from emoar.pipeline import Pipeline

SPEEDS: Final = (0.1, 0.25, 0.4, 0.6, 0.8, 1.0)  # face widths a frame
RATES: Final = (10.0, 15.0, 30.0)
FACES_PX: Final = (110.0, 150.0, 220.0, 300.0)  # the live search finds faces from a twelfth of the longer side
SHUTTERS_S: Final = (0.0, 1 / 120)
ON_THE_FACE: Final = 0.3  # of the face's width: a mesh whose middle is further away does not lie on it
KEPT: Final = 0.95  # of the frames


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="at 15 frames a second only")
    rates = (15.0,) if parser.parse_args().quick else RATES
    rows: list[Row] = []
    with Pipeline() as pipeline:
        for speed in SPEEDS:
            kinds = product(PATHS, rates, FACES_PX, SHUTTERS_S)
            clips = [
                Clip(path, speed, fps, px, shutter, who="hopper" if px > 200 else "astronaut")
                for path, fps, px, shutter in kinds
            ]
            results = [follow(pipeline, clip) for clip in clips]
            kept = sum(share >= KEPT and not doubled for share, doubled in results) / len(results)
            worst = min(share for share, _ in results)
            doubled = sum(doubled for _, doubled in results)
            note = f"of {len(clips)} clips; worst clip {100 * worst:.0f} %, frames with two faces {doubled}"
            rows.append(Row(f"{speed:g} face widths a frame", 100 * kept, "%", at_least=100, note=note))
    print_table("Clips of one fast face that are followed with one id and no second face", rows)


def follow(pipeline: Pipeline, clip: Clip) -> tuple[float, int]:
    """Share of the frames in which the most frequent id is on the face, and the number of frames with two faces."""
    pipeline.reset()
    ids: Counter[int] = Counter()
    frames = doubled = 0
    for frame, (x, y) in MovingFace(clip).frames():
        faces = pipeline(frame).faces
        frames, doubled = frames + 1, doubled + (len(faces) > 1)
        for face in faces:
            left, top, right, bottom = face.box_xyxy_px.tolist()
            if math.hypot((left + right) / 2 - x, (top + bottom) / 2 - y) < ON_THE_FACE * clip.face_px:
                ids[face.track_id] += 1
    return max(ids.values(), default=0) / frames, doubled


if __name__ == "__main__":
    main()
