"""The boxes of faces and heads, which text leaves free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from emoar.overlay.layout import Box, Ground, Wish, boxes_of
from emoar.types import Face

__all__ = ["Surroundings", "face_box", "head_box", "is_close_up"]

HAIR: Final = 0.36  # of the landmark box's height, above it: landmarks end at the hairline
EARS: Final = 0.12  # of the box's width, on each side
CHIN: Final = 0.04  # of the box's height, below it
HEAD: Final = 2.0  # cost of covering all of a head's hair and ears
OWN_FACE: Final = 6.0  # cost of covering a face that fills the frame
CLOSE_UP: Final = 0.5  # of the frame's height or width: a face that leaves its text no place beside it


def face_box(face: Face) -> Box:
    """The box around the landmarks."""
    return Box(*map(float, face.box_xyxy_px))


def head_box(face: Face) -> Box:
    """The box around the head with hair and ears, estimated from the box around the landmarks."""
    left, top, right, bottom = face_box(face)
    width, height = right - left, bottom - top
    return Box(left - EARS * width, top - HAIR * height, right + EARS * width, bottom + CHIN * height)


class Surroundings:
    """What the text of each face must not cover: no face, nothing of other overlays, and hair where it need not.

    A face that fills the frame may have text over it, rather than none.
    """

    def __init__(self, faces: Sequence[Face], occupied: Sequence[Box] = ()) -> None:
        self._faces = boxes_of(map(face_box, faces))
        self._heads = boxes_of(map(head_box, faces))
        self._occupied = boxes_of(occupied)
        self._free = np.vstack([self._faces, self._occupied])

    def ground(self, of: int, wish: Wish) -> Ground:
        """For the text of the face with the index `of`."""
        others = np.delete(self._faces, of, axis=0)
        if not wish.over_own_face:
            return Ground(self._free, others, self._heads, HEAD)
        obstacles = np.vstack([self._heads, self._faces[of], self._occupied])
        weights = np.full(len(obstacles), OWN_FACE)
        weights[: len(self._heads)] = HEAD
        return Ground(others, others, obstacles, weights)


def is_close_up(face: Face, width_px: int, height_px: int) -> bool:
    """Whether a face fills so much of the frame that its text may have no place beside it."""
    box = face_box(face)
    return box.width > CLOSE_UP * width_px or box.height > CLOSE_UP * height_px
