"""Changes of exposure, contrast, colour and noise. Grey levels are rounded and limited to 0..255, as a camera does."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from emoar.training.evaluation.shifts.shift import Change, Face

__all__ = ["channel_as_grey", "contrast", "gain", "gamma", "noise", "side_light"]

_LUMA: Final = (0.299, 0.587, 0.114)  # of red, green and blue in a grey level (BT.601)


def gain(factor: float) -> Change:
    """Multiplies each grey level."""
    return lambda face, _: _levels(face * np.float32(factor))


def gamma(power: float) -> Change:
    """Raises each level, as a share of 255, to a power: above 1 darkens, below 1 lightens."""
    return lambda face, _: _levels(255 * (face / np.float32(255)) ** np.float32(power))


def contrast(factor: float) -> Change:
    """Multiplies the distance of each level to the mean of the crop."""

    def change(face: Face, _: Generator) -> Face:
        mean = np.float32(face.mean())
        return _levels(mean + np.float32(factor) * (face - mean))

    return change


def noise(deviation: float) -> Change:
    """Adds normal noise, independent for each pixel and channel, with this deviation in grey levels."""
    return lambda face, rng: _levels(face + rng.normal(0.0, deviation, face.shape))


def side_light(darkest: float) -> Change:
    """Multiplies the levels by a ramp from 1 at one side to `darkest` at the other; the side is drawn."""

    def change(face: Face, rng: Generator) -> Face:
        ramp = np.linspace(1.0, darkest, face.shape[1], dtype=np.float32)
        ramp = ramp if rng.random() < 0.5 else ramp[::-1]
        return _levels(face * (ramp if face.ndim == 2 else ramp[:, None]))

    return change


def channel_as_grey(weight: float) -> Change:
    """Replaces RGB by one grey level for all channels: luma (BT.601) plus `weight` x (red - blue).

    Light that is reddish (above 0) or bluish (below 0) gives such levels. Grey crops stay as they are.
    """

    def change(face: Face, _: Generator) -> Face:
        if face.ndim == 2:
            return face
        red, green, blue = (np.float32(share) for share in _LUMA)
        grey = face @ np.array([red + weight, green, blue - weight], np.float32)
        return np.repeat(_levels(grey)[..., None], 3, axis=2)

    return change


def _levels(values: NDArray[Any]) -> Face:
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)
