"""Frames with real faces for the benchmark, drawn at run time from one frame of the demo clip."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.demo.clip import TrueFace, demo_clip, demo_truth
from emoar.errors import InputError
from emoar.geometry import Region, region_matrix
from emoar.types import Frame

__all__ = ["FPS", "LOOP_FRAMES", "SIZE_PX", "face_frames"]

SIZE_PX: Final = (640, 480)  # width, height: the default of most webcams
FPS: Final = 30.0
LOOP_FRAMES: Final = 30  # period of the heads' motion
FACE_SHARE: Final = 0.4  # width of a face, relative to the height of its field


def face_frames(faces: int, count: int, size_px: tuple[int, int] = SIZE_PX) -> list[Frame]:
    """`count` frames at 30 per second, (height, width, 3) RGB, with `faces` real faces that move a little.

    `size_px` is (width, height). Each face has one field of a grid; its width is 0.4 of the field's height.

    Raises:
        InputError: `faces` is below 1.
        DependencyMissing: a package that contains a portrait is not installed.
    """
    if faces < 1:
        raise InputError(f"faces must be at least 1, got {faces}")
    width, height = size_px
    columns = math.ceil(math.sqrt(faces))
    field = width // columns, height // columns
    scene, truth = next(iter(demo_clip([0]))).image, list(demo_truth(0).values())

    def picture(index: int) -> NDArray[np.uint8]:
        board = np.zeros((height, width, 3), np.uint8)
        for i in range(faces):
            person = truth[i % len(truth)]
            left, top = i % columns * field[0], i // columns * field[1]
            view = _view(scene, person, field, phase=index / LOOP_FRAMES + 0.3 * i)
            board[top : top + field[1], left : left + field[0]] = view
        return board

    return [Frame(picture(i), time_s=i / FPS, index=i, source="bench") for i in range(count)]


def _view(picture: NDArray[np.uint8], face: TrueFace, size_px: tuple[int, int], phase: float) -> NDArray[np.uint8]:
    """A (height, width, 3) view of one face, nearly upright, with a small motion of period 1 in `phase`."""
    width, height = size_px
    sway, nod = math.sin(math.tau * phase), math.sin(2 * math.tau * phase)
    side = face.face_scale_px / FACE_SHARE * (1 + 0.03 * nod)  # of the field's height, in the picture
    region = Region(face.centre_px[0] + 0.02 * side * sway, face.centre_px[1] + 0.01 * side * nod, side, 0.04 * sway)
    matrix = region_matrix(region, height)
    matrix[0, 2] += (width - height) / 2
    view = cv2.warpAffine(picture, matrix, size_px, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return view.astype(np.uint8, copy=False)
