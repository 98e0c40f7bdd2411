"""The lights on solid bodies: a warm light from above and in front, a cool rim light, and a sky light.

They are those of `web/src/overlay/stage/lights.ts`, with Lambert's reflection, as in the browser where it draws on the
processor.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.overlay.solid.model import Posed

__all__ = ["KEY_RGB", "lit", "to_linear"]

KEY_RGB: Final = (0xFF, 0xF4, 0xE2)
KEY_INTENSITY: Final = 2.1
KEY_FROM: Final = (0.5, 1.0, 1.1)
RIM_RGB: Final = (0xCF, 0xE4, 0xFF)
RIM_INTENSITY: Final = 0.7
RIM_FROM: Final = (-1.0, 0.4, -0.6)
SKY_RGB: Final = (0xFF, 0xFF, 0xFF)
GROUND_RGB: Final = (0x8A, 0x7F, 0x78)
SKY_INTENSITY: Final = 1.5
_LEVELS: Final = 4096  # of the table of sRGB values


def to_linear(rgb: tuple[int, int, int]) -> NDArray[np.float32]:
    """(3,) linear light, 0..1, of an sRGB colour of 0..255."""
    share = np.array(rgb) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4).astype(np.float32)


def lit(posed: Posed) -> NDArray[np.float32]:
    """(N, 3) sRGB colours of 0..1 of the vertices of a model in camera space."""
    model = posed.model
    towards = np.maximum(posed.normals @ _TOWARDS, _LEAST)  # (N, 4): what faces the two lamps, upwards, and 1
    level = towards @ _LIGHT
    level *= model.colours
    level += model.emissive
    level *= _LEVELS - 1
    level += 0.5
    return _SRGB.take(level.astype(np.intp), mode="clip")


def _srgb_table() -> NDArray[np.float32]:
    linear = np.linspace(0, 1, _LEVELS)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055).astype(np.float32)


def _direction(towards: tuple[float, float, float]) -> NDArray[np.float32]:
    return np.array(towards, np.float32) / np.float32(math.hypot(*towards))


_SRGB: Final = _srgb_table()
_SKY: Final = to_linear(SKY_RGB) * np.float32(SKY_INTENSITY / math.pi)
_GROUND: Final = to_linear(GROUND_RGB) * np.float32(SKY_INTENSITY / math.pi)
# matrices, so that all vertices are lit by two products
_TOWARDS: Final = np.stack(
    [_direction(KEY_FROM), _direction(RIM_FROM), np.array([0, 1, 0], np.float32), np.zeros(3, np.float32)], 1
)
_LEAST: Final = np.array([0, 0, -1, 1], np.float32)
_LIGHT: Final = np.stack(
    [
        to_linear(KEY_RGB) * np.float32(KEY_INTENSITY / math.pi),
        to_linear(RIM_RGB) * np.float32(RIM_INTENSITY / math.pi),
        (_SKY - _GROUND) / 2,
        (_SKY + _GROUND) / 2,
    ]
)
