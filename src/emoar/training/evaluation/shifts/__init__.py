"""Shifts of crops: named, repeatable changes of light, sharpness, framing and visibility for evaluation.

A metric under a shift shows what a model does on faces that differ from those of its data.

    from emoar.training.evaluation.shifts import SHIFTS

    darker = SHIFTS["dark"](crops)  # (N, H, W) grey or (N, H, W, 3) RGB uint8 -> the same shape
"""

from __future__ import annotations

from emoar.training.evaluation.shifts.shift import Change, Shift
from emoar.training.evaluation.shifts.table import SHIFTS, shifts_for

__all__ = ["SHIFTS", "Change", "Shift", "shifts_for"]
