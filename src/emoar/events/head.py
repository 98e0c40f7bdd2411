"""Head nods and shakes, from the angles of the head over time."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

from emoar.events.values import HeadNodded, HeadShaken
from emoar.types import Face

__all__ = ["GestureOptions", "HeadGestures"]

SWINGS: Final = 3  # one and a half periods: one movement down and up is no nod


@dataclass(frozen=True)
class GestureOptions:
    """What counts as a nod or a shake."""

    nod_deg: float = 5.0  # least change of the pitch in each swing; the pose of a still head moves by about 1
    shake_deg: float = 8.0  # least change of the yaw in each swing
    shortest_swing_s: float = 0.07  # half a period: 7 a second; what is faster is jitter
    longest_swing_s: float = 0.6  # half a period of a slow gesture
    dominance: float = 1.5  # by how much the head moves further along this angle than along the other
    longest_gap_s: float = 0.35  # between two frames; after a longer one, nothing is known about the movement


class HeadGestures:
    """Follows the head of one track, and reports a nod or a shake when its third swing begins, once a gesture."""

    def __init__(self, options: GestureOptions | None = None) -> None:
        self._options = options or GestureOptions()
        self._reset(-math.inf)

    def update(self, face: Face, time_s: float, source: str = "") -> list[HeadNodded | HeadShaken]:
        """The gestures that are complete with this frame; in practice none or one."""
        if not 0 <= time_s - self._time_s <= self._options.longest_gap_s:
            self._reset(time_s)
        self._time_s = time_s
        yaw_deg, pitch_deg, _ = face.yaw_pitch_roll_deg
        self._recent.append((time_s, pitch_deg, yaw_deg))
        while self._recent[0][0] < time_s - (SWINGS + 1) * self._options.longest_swing_s:
            self._recent.popleft()
        nodded, shaken = self._pitch.update(pitch_deg, time_s), self._yaw.update(yaw_deg, time_s)
        gestures: list[HeadNodded | HeadShaken] = []
        if nodded and self._dominates(1, 2, self._pitch.since_s):
            gestures.append(HeadNodded(face.track_id, time_s, self._pitch.since_s, self._range_deg(1), source))
        if shaken and self._dominates(2, 1, self._yaw.since_s):
            gestures.append(HeadShaken(face.track_id, time_s, self._yaw.since_s, self._range_deg(2), source))
        return gestures

    def _reset(self, time_s: float) -> None:
        self._time_s = time_s
        self._pitch = _Swings(self._options.nod_deg, self._options)
        self._yaw = _Swings(self._options.shake_deg, self._options)
        self._recent: deque[tuple[float, float, float]] = deque()  # time, pitch, yaw

    def _dominates(self, angle: int, other: int, since_s: float) -> bool:
        return self._range_deg(angle, since_s) >= self._options.dominance * self._range_deg(other, since_s)

    def _range_deg(self, angle: int, since_s: float = -math.inf) -> float:
        values = [row[angle] for row in self._recent if row[0] >= since_s]
        return max(values) - min(values)


class _Swings:
    """Counts the swings of one angle: changes by at least `least_deg`, up and down by turns, neither fast nor slow.

    A swing is known when the angle has turned by that much from its last extreme value, so that noise counts nothing.
    """

    def __init__(self, least_deg: float, options: GestureOptions) -> None:
        self._least_deg, self._options = least_deg, options
        self._lowest, self._highest = math.inf, -math.inf  # since the last swing became known
        self._direction = 0  # of that swing: 1 up, -1 down, 0 none yet
        self._count = 0
        self._last_s = -math.inf
        self.since_s = -math.inf  # when the first of the swings became known

    def update(self, value_deg: float, time_s: float) -> bool:
        """Whether this value makes the gesture complete."""
        self._lowest, self._highest = min(self._lowest, value_deg), max(self._highest, value_deg)
        up = value_deg - self._lowest >= self._least_deg and self._direction != 1
        down = self._highest - value_deg >= self._least_deg and self._direction != -1
        if not (up or down):
            return False
        self._direction = 1 if up else -1
        self._lowest = self._highest = value_deg
        between_s = time_s - self._last_s
        follows = self._options.shortest_swing_s <= between_s <= self._options.longest_swing_s
        self._count = self._count + 1 if follows else 1
        self.since_s = self.since_s if follows else time_s
        self._last_s = time_s
        return self._count == SWINGS
