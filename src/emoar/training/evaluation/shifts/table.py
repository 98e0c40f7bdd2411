"""The table of shifts, in the order in which reports show them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from emoar.training.evaluation.shifts.covering import dark_glasses, glare, hand, mask
from emoar.training.evaluation.shifts.framing import off_centre, rotation, stretch, zoom
from emoar.training.evaluation.shifts.light import channel_as_grey, contrast, gain, gamma, noise, side_light
from emoar.training.evaluation.shifts.sharpness import blur, jpeg, motion_blur, resolution
from emoar.training.evaluation.shifts.shift import Shift, in_turn

__all__ = ["SHIFTS", "shifts_for"]

_ALL: Final = (
    Shift("dark", "grey levels / 8, rounded", gain(1 / 8)),
    Shift("very_dark", "grey levels / 24, rounded", gain(1 / 24)),
    Shift("dim_noisy", "grey levels / 6, then noise of 2 levels", in_turn(gain(1 / 6), noise(2))),
    Shift("overexposed", "grey levels x 2, at most 255", gain(2)),
    Shift("gamma_dark", "gamma 2.2", gamma(2.2)),
    Shift("gamma_light", "gamma 1 / 2.2", gamma(1 / 2.2)),
    Shift("low_contrast", "contrast x 0.2 around the mean", contrast(0.2)),
    Shift("high_contrast", "contrast x 2.5 around the mean", contrast(2.5)),
    Shift("side_light", "levels x 1 at one side, falling to x 0.2 at the other", side_light(0.2)),
    Shift("noise", "noise of 16 levels", noise(16)),
    Shift("blur", "Gaussian blur of 1.5 px", blur(1.5)),
    Shift("motion_blur", "mean along 7 px in one direction", motion_blur(7)),
    Shift("pixels_24", "24 px and up again", resolution(24)),
    Shift("pixels_20", "20 px and up again", resolution(20)),
    Shift("pixels_14", "14 px and up again", resolution(14)),
    Shift("jpeg", "JPEG of quality 15", jpeg(15)),
    Shift("zoom_in", "the face enlarged by 1.25", zoom(1.25)),
    Shift("zoom_out", "the face reduced by 0.75", zoom(0.75)),
    Shift("off_centre", "moved by 12 % of the width, any direction", off_centre(0.12)),
    Shift("rotated", "rotated by 20 degrees, either way", rotation(20)),
    Shift("stretched", "0.8 as wide, 1.1 as high", stretch(0.8, 1.1)),
    Shift("hand", "a hand over one side of mouth and cheek", hand()),
    Shift("mask", "a surgical mask over nose, mouth and chin", mask()),
    Shift("dark_glasses", "dark glasses", dark_glasses()),
    Shift("glare", "reflections in glasses", glare()),
    Shift(
        "webcam",
        "gamma 1.6, levels / 2, 24 px and up again, noise of 5 levels, JPEG of quality 40",
        in_turn(gamma(1.6), gain(0.5), resolution(24), noise(5), jpeg(40)),
    ),
    Shift("red_as_grey", "luma + 0.5 x (red - blue) in all channels", channel_as_grey(0.5), colour_only=True),
    Shift("blue_as_grey", "luma - 0.5 x (red - blue) in all channels", channel_as_grey(-0.5), colour_only=True),
)

SHIFTS: Final[Mapping[str, Shift]] = MappingProxyType({shift.name: shift for shift in _ALL})


def shifts_for(*, colour: bool) -> tuple[Shift, ...]:
    """The shifts that change crops: all of them for RGB crops, those of light and form for grey ones."""
    return tuple(shift for shift in _ALL if colour or not shift.colour_only)
