"""Colours and paints as skia has them."""

from __future__ import annotations

import pytest

from emoar.overlay.engine import argb, fill, skia, stroke


@pytest.mark.parametrize(
    ("rgb", "alpha", "value"),
    [
        ((0, 0, 0), 0.0, 0x00000000),
        ((255, 128, 1), 1.0, 0xFFFF8001),
        ((1, 2, 3), 0.5, 0x80010203),
        ((0, 0, 0), 7.0, 0xFF000000),
        ((0, 0, 0), -1.0, 0x00000000),
    ],
)
def test_argb(rgb: tuple[int, int, int], alpha: float, value: int) -> None:
    assert argb(rgb, alpha) == value


def test_fill_and_stroke() -> None:
    assert fill((1, 2, 3)).getStyle() == skia.Paint.kFill_Style
    line = stroke((1, 2, 3), 2.5)
    assert (line.getStyle(), line.getStrokeWidth()) == (skia.Paint.kStroke_Style, 2.5)
