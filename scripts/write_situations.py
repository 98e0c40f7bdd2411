"""Writes short clips of one person in situations that cameras meet, for the browser tests, and the true places.

The person is cut out of a public-domain portrait and put before the demo's wall, so every place is known. Usage:

    python scripts/write_situations.py web/e2e/out/situations        # NAME.mjpeg of each, situations.json, alone.jpg
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from write_clip import Image, encode

from emoar.demo.people import MARGIN_PX, PEOPLE, cutout, portrait
from emoar.demo.room import draw_room

FPS: Final = 30
LANDSCAPE: Final = (640, 360)  # width, height
PORTRAIT: Final = (360, 640)
HOPPER: Final = PEOPLE[0]


@dataclass(frozen=True)
class Situation:
    """A person's path before the camera; positions are of the middle of the face, in pixels, by the frame."""

    x_px: Callable[[int], float]
    y_px: float
    face_px: float  # width of the face
    frames: int = 60
    size_px: tuple[int, int] = LANDSCAPE
    light: float = 1.0  # factor on all grey levels
    blur: bool = False  # of the motion, over half of the time between two frames


def swaying(middle: float, by: float, period: int = 60) -> Callable[[int], float]:
    """A path that begins and ends at the same place, so that a clip can go round."""
    return lambda frame: middle + by * math.sin(2 * math.pi * frame / period)


# The fast ones move by a face's width a frame at most: 2 pi by / period.
SITUATIONS: Final = {
    "dim": Situation(swaying(320, 20), 170, 130, light=0.3),
    "far": Situation(swaying(320, 20), 180, 58),
    "fast": Situation(swaying(320, 190, 10), 180, 120),
    "fast_blurred": Situation(swaying(320, 115, 10), 180, 120, blur=True),
    "edge": Situation(swaying(65, 65, 90), 180, 130, frames=90),
    "upright": Situation(swaying(180, 15), 290, 150, size_px=PORTRAIT),
}


def main() -> None:
    """Writes the clips."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, situation in SITUATIONS.items():
        encode(folder / f"{name}.mjpeg", [draw(situation, frame) for frame in range(situation.frames)], FPS)
    write_portrait(folder)
    truth = {
        name: [place(situation, frame) for frame in range(situation.frames)] for name, situation in SITUATIONS.items()
    }
    (folder / "situations.json").write_text(json.dumps({"fps": FPS, "clips": truth}))


def write_portrait(folder: Path) -> None:
    """The portrait alone, as the photo that it is and as a clip in which nothing moves."""
    picture = portrait(HOPPER.name)
    height, width = (side // 2 * 2 for side in picture.shape[:2])  # 4:2:0 has no odd sizes
    encode(folder / "alone.mjpeg", [np.ascontiguousarray(picture[:height, :width])] * 30, FPS)
    cv2.imwrite(str(folder / "alone.jpg"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 95])


def place(situation: Situation, frame: int) -> dict[str, float]:
    """The middle of the face, its width, and the share of the face's box that is inside the picture."""
    x, y, wide = situation.x_px(frame), situation.y_px, situation.face_px
    inside = min(x + wide / 2, situation.size_px[0]) - max(x - wide / 2, 0)
    return {"x_px": x, "y_px": y, "face_px": wide, "inside": inside / wide}


def draw(situation: Situation, frame: int) -> Image:
    """One frame, (H, W, 3) RGB."""
    moments = np.linspace(-0.25, 0.25, 9) if situation.blur else [0.0]
    xs = [
        situation.x_px(frame) * (1 - abs(m)) + situation.x_px(frame + round(math.copysign(1, m))) * abs(m)
        for m in moments
    ]
    pictures = [_compose(situation, x) for x in xs]
    mean = np.mean(pictures, axis=0, dtype=np.float32)
    return np.clip(np.round(mean * situation.light), 0, 255).astype(np.uint8)


def _compose(situation: Situation, x_px: float) -> Image:
    colours, behind = cutout(HOPPER)
    scale = situation.face_px / HOPPER.size_px[0]
    left, top = (MARGIN_PX + centre for centre in HOPPER.centre_px)
    matrix = np.array([[scale, 0, x_px - scale * left], [0, scale, situation.y_px - scale * top]])
    area = {"flags": cv2.INTER_AREA}
    person = cv2.warpAffine(colours, matrix, situation.size_px, **area)
    seen = cv2.warpAffine(behind, matrix, situation.size_px, borderValue=(255, 255, 255), **area)
    return np.asarray(cv2.add(cv2.multiply(draw_room(situation.size_px), seen, scale=1 / 255), person), np.uint8)


if __name__ == "__main__":
    main()
