"""The drawing engine, skia; no other module imports it.

The wheel has no type information. So the module is `Any`, and its values are `Any` until a function of this package
declares their type.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

__all__ = ["argb", "fill", "skia", "stroke"]

skia: Final[Any] = import_module("skia")


def argb(rgb: tuple[int, int, int], alpha: float = 1.0) -> int:
    """A colour as skia's 32-bit ARGB number, from red, green, blue (0..255) and alpha (clipped to 0..1)."""
    red, green, blue = rgb
    return round(max(0.0, min(1.0, alpha)) * 255) << 24 | red << 16 | green << 8 | blue


def fill(rgb: tuple[int, int, int], alpha: float = 1.0) -> Any:
    """An anti-aliased paint that fills shapes; `rgb` is 0..255, `alpha` 0..1."""
    return skia.Paint(Color=argb(rgb, alpha), AntiAlias=True)


def stroke(rgb: tuple[int, int, int], width_px: float, alpha: float = 1.0) -> Any:
    """An anti-aliased paint that draws lines with round ends; `rgb` is 0..255, `alpha` 0..1."""
    return skia.Paint(
        Color=argb(rgb, alpha),
        AntiAlias=True,
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width_px,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )
