"""The One-Euro filter: little jitter at low speed, little lag at high speed (Casiez, Roussel and Vogel, 2012)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["OneEuro", "OneEuroOptions"]


@dataclass(frozen=True)
class OneEuroOptions:
    """The trade-off between jitter and lag; the values are for signals in units of the outer-eye distance."""

    minimum_cutoff_hz: float = 1.5  # lower: less jitter at rest
    beta: float = 4.0  # Hz per unit/s; higher: less lag in motion
    derivative_cutoff_hz: float = 2.0  # of the speed estimate


class OneEuro:
    """Filters one array-valued signal, whose samples may have any times."""

    def __init__(self, options: OneEuroOptions) -> None:
        self._options = options
        self._value: NDArray[np.float32] | None = None
        self._speed: NDArray[np.float32] | None = None
        self._time_s = 0.0

    def filter(self, value: NDArray[np.float32], time_s: float, unit: float) -> NDArray[np.float32]:
        """The filtered value, same shape.

        Args:
            value: any shape, the same each time.
            time_s: when it was measured. A value at or before the previous time is returned unfiltered.
            unit: size of one unit in `value`'s scale, so that near and far faces are filtered alike.
        """
        step_s = time_s - self._time_s
        self._time_s = time_s
        if self._value is None or self._speed is None or step_s <= 0:
            self._value, self._speed = value, np.zeros_like(value)
            return value
        speed = (value - self._value) / np.float32(step_s * unit)
        blend = _blend(self._options.derivative_cutoff_hz, step_s)
        speed = (self._speed + blend * (speed - self._speed)).astype(np.float32, copy=False)
        self._speed = speed
        cutoff = self._options.minimum_cutoff_hz + self._options.beta * np.abs(speed)
        weight = 1 / (1 + 1 / (np.float32(2 * math.pi * step_s) * cutoff))
        self._value = value = (self._value + weight * (value - self._value)).astype(np.float32, copy=False)
        return value

    def reset(self) -> None:
        """Clears the state: the next value is returned unfiltered."""
        self._value = self._speed = None


def _blend(cutoff_hz: float, step_s: float) -> float:
    return 1 / (1 + 1 / (2 * math.pi * cutoff_hz * step_s))
