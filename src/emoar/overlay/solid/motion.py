"""Motion of the parts of objects: defined by their glTF `extras`, driven by time and the expression's strength.

The browser's `web/src/overlay/layers/motion.ts` moves the same parts in the same way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Final, Literal, NamedTuple

from msgspec import Meta

__all__ = ["Motion", "Moved", "moved_at"]

GROWS: Final = 0.18  # of strength, over which a part that appears grows to its size
LEAST: Final = 0.25  # share of the motion at strength 0, of what moves with strength

_Number = Annotated[float, Meta(ge=-1e4, le=1e4)]
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Motion:
    """As written in `extras.motion`; lengths in centimetres."""

    kind: Literal["spin", "sway", "bob", "pulse", "twinkle", "stretch", "shake", "fall", "blow"]
    period_s: _Number = 1.0  # 0: moved by strength alone; negative: the other way round
    amount: _Number = 0.0  # degrees for sway, centimetres for bob, shake, fall and blow, else a share of the size
    phase: _Number = 0.0  # start within the period, 0..1
    along: tuple[_Number, _Number, _Number] = (0.0, 1.0, 0.0)  # direction of what is blown
    sway: _Number = 0.0  # of what is blown, centimetres to the side
    tumble: _Number = 0.0  # turns while falling
    with_strength: bool = False
    from_strength: _Number = 0.0  # appears from this strength on


class Moved(NamedTuple):
    """The change of a part, relative to its rest state."""

    shift_cm: Triple = (0.0, 0.0, 0.0)
    turn_deg: float = 0.0  # about the vertical, then
    tilt_deg: float = 0.0  # in its plane
    scale: Triple = (1.0, 1.0, 1.0)


def moved_at(motion: Motion, time_s: float, strength: float) -> Moved:
    """The state of a part at a time, for a strength of 0..1."""
    turns = motion.phase if motion.period_s == 0 else time_s / motion.period_s + motion.phase
    size = motion.amount * (LEAST + (1 - LEAST) * strength if motion.with_strength else 1.0)
    moved = _moved(motion, turns, size, strength)
    if motion.from_strength <= 0:
        return moved
    shown = min(max((strength - motion.from_strength) / GROWS, 0.0), 1.0)
    return moved._replace(scale=(moved.scale[0] * shown, moved.scale[1] * shown, moved.scale[2] * shown))


def _moved(motion: Motion, turns: float, size: float, strength: float) -> Moved:
    wave, cycle = math.sin(2 * math.pi * turns), turns - math.floor(turns)
    match motion.kind:
        case "spin":
            return Moved(turn_deg=360 * turns)
        case "sway":
            return Moved(tilt_deg=size * wave)
        case "bob":
            return Moved(shift_cm=(0.0, size * wave, 0.0))
        case "shake":
            return Moved(shift_cm=(size * wave, 0.0, 0.0), tilt_deg=6 * size * wave)
        case "pulse":
            return Moved(scale=_same(1 + size * wave))
        case "twinkle":
            return Moved(scale=_same(1 - size * (0.5 - 0.5 * wave)))
        case "stretch":
            by = motion.amount * (strength - 0.5) if motion.period_s == 0 else size * 0.5 * wave
            return Moved(scale=(1.0, 1 + by, 1.0))
        case "fall":
            turn = 360 * motion.tumble * cycle
            return Moved((0.0, -size * cycle, 0.0), turn, turn / 2, _same(_in_and_out(cycle, 0.12)))
        case "blow":
            return _blown(motion, cycle, size)


def _blown(motion: Motion, cycle: float, size: float) -> Moved:
    x, y, z = motion.along
    way = size * (1 - (1 - cycle) ** 2)  # fast at first
    aside = motion.sway * math.sin(2 * math.pi * 1.3 * cycle)
    scale = _same(_in_and_out(cycle, 0.25) * (0.45 + 0.9 * cycle))
    return Moved(shift_cm=(x * way + aside, y * way, z * way), scale=scale)


def _in_and_out(cycle: float, share: float) -> float:
    """Rises from 0 at the beginning, and falls to 0 at the end, over that share of the cycle."""
    return _smoothstep(cycle / share) * (1 - _smoothstep((cycle - (1 - share)) / share))


def _smoothstep(t: float) -> float:
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _same(scale: float) -> Triple:
    return scale, scale, scale
