"""A shift: a change of each crop, drawn by a generator that only the crop and the seed determine."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from emoar.errors import InputError

__all__ = ["Change", "Shift", "in_turn"]

Face = NDArray[np.uint8]  # (H, W) grey or (H, W, 3) RGB, 0..255
Change = Callable[[Face, Generator], Face]  # keeps the shape


@dataclass(frozen=True)
class Shift:
    """A named change of crops.

    What is random in it (a direction, noise) depends on the pixels of a crop, the name of the shift and `seed` alone:
    a crop is changed alike in each run, in each order and in each batch.
    """

    name: str  # key in tables and JSON
    about: str  # what is done to a crop, with the quantities, so that others can make the same shift
    change: Change
    colour_only: bool = False  # whether it leaves grey crops as they are
    seed: int = 0

    def __call__(self, crops: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The changed crops.

        Args:
            crops: (N, H, W) grey or (N, H, W, 3) RGB; they are not written to.

        Raises:
            InputError: `crops` has another shape or type.
        """
        fits = crops.ndim == 3 or (crops.ndim == 4 and crops.shape[3] == 3)
        if crops.dtype != np.uint8 or not fits:
            raise InputError(f"crops must be (N, H, W) or (N, H, W, 3) uint8, got {crops.shape} {crops.dtype}")
        if self.colour_only and crops.ndim == 3:
            return crops.copy()
        out = np.empty_like(crops)
        for place, face in enumerate(crops):
            out[place] = self.change(face.copy(), self._generator(face))
        return out

    def _generator(self, face: Face) -> Generator:
        return np.random.default_rng([self.seed, zlib.crc32(self.name.encode()), zlib.crc32(face.tobytes())])


def in_turn(*changes: Change) -> Change:
    """Several changes after one another; each works on the rounded grey levels of the one before."""

    def change(face: Face, rng: Generator) -> Face:
        for each in changes:
            face = each(face, rng)
        return face

    return change
