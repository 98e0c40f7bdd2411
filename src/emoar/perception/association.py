"""Association of faces between frames, by overlap and motion."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.geometry import box_of_points, iou

__all__ = ["Motion", "associate", "overlaps_any", "suppress_duplicates"]

SAME_FACE_IOU: Final = 0.45
DAMPING_S: Final = 0.6  # time constant with which an extrapolated velocity decays
VELOCITY_MEMORY_S: Final = 0.15  # time constant of the velocity's exponential average
GATE_SIZES: Final = 0.9  # largest match cost of a returning face at the time of its loss, in face sizes
GATE_SIZES_PER_S: Final = 1.0  # growth of that limit with the time since the loss
GATE_MAXIMUM_SIZES: Final = 3.0


@dataclass(frozen=True)
class Motion:
    """Position, size and velocity of a face."""

    centre_px: tuple[float, float]
    size_px: float
    velocity_px_s: tuple[float, float]
    time_s: float

    @staticmethod
    def begin(landmarks_px: NDArray[np.float32], time_s: float) -> Motion:
        """The motion of a new face with (468, 3) landmarks: its velocity is zero."""
        centre, size = _centre_size(landmarks_px)
        return Motion(centre, size, (0.0, 0.0), time_s)

    def advance(self, landmarks_px: NDArray[np.float32], time_s: float) -> Motion:
        """The motion after one more observation of the face, (468, 3) landmarks."""
        centre, size = _centre_size(landmarks_px)
        step_s = time_s - self.time_s
        if step_s <= 0:
            return Motion(centre, size, self.velocity_px_s, time_s)
        keep = math.exp(-step_s / VELOCITY_MEMORY_S)
        velocity = tuple(
            keep * old + (1 - keep) * (now - before) / step_s
            for old, now, before in zip(self.velocity_px_s, centre, self.centre_px, strict=True)
        )
        return Motion(centre, size, (velocity[0], velocity[1]), time_s)

    def expected_centre_px(self, time_s: float) -> tuple[float, float]:
        """The extrapolated centre at `time_s`; the velocity decays with the time constant `DAMPING_S`."""
        reach_s = DAMPING_S * (1 - math.exp(-max(0.0, time_s - self.time_s) / DAMPING_S))
        return (
            self.centre_px[0] + self.velocity_px_s[0] * reach_s,
            self.centre_px[1] + self.velocity_px_s[1] * reach_s,
        )

    def match_cost(self, landmarks_px: NDArray[np.float32], time_s: float) -> float:
        """Cost of matching (468, 3) landmarks at `time_s` with this motion; 0 is a perfect match.

        It is the distance from the expected centre in face sizes, plus the absolute logarithm of the ratio of sizes.
        """
        centre, size = _centre_size(landmarks_px)
        x, y = self.expected_centre_px(time_s)
        return math.hypot(centre[0] - x, centre[1] - y) / self.size_px + abs(math.log(size / self.size_px))

    def gate(self, time_s: float) -> float:
        """The largest cost at which a face that returns at `time_s` counts as the same face."""
        return min(GATE_SIZES + GATE_SIZES_PER_S * max(0.0, time_s - self.time_s), GATE_MAXIMUM_SIZES)


def suppress_duplicates(motions: list[Motion], fits: list[NDArray[np.float32]], time_s: float) -> set[int]:
    """Indices of the fits (468, 3) that lie on a face which another track matches better.

    When one face passes behind another, the mesh of the hidden face moves onto the face in front. The match cost
    decides which of the two tracks keeps that face.
    """
    losers: set[int] = set()
    for a, b in itertools.combinations(range(len(fits)), 2):
        if a in losers or b in losers or not overlaps_any(fits[a], [fits[b]]):
            continue
        cost_a, cost_b = motions[a].match_cost(fits[a], time_s), motions[b].match_cost(fits[b], time_s)
        losers.add(a if cost_a > cost_b else b)
    return losers


def overlaps_any(landmarks_px: NDArray[np.float32], others: list[NDArray[np.float32]]) -> bool:
    """Whether these (468, 3) landmarks lie on the same face as one of the others."""
    if not others:
        return False
    boxes = np.stack([box_of_points(other) for other in others])
    return bool((iou(box_of_points(landmarks_px), boxes) > SAME_FACE_IOU).any())


def associate(lost: list[Motion], found: list[NDArray[np.float32]], time_s: float) -> dict[int, int]:
    """Index in `found` -> index in `lost`, matched greedily from the lowest cost; faces without an entry are new."""
    pairs = sorted(
        (motion.match_cost(landmarks, time_s), f, m)
        for f, landmarks in enumerate(found)
        for m, motion in enumerate(lost)
        if motion.match_cost(landmarks, time_s) <= motion.gate(time_s)
    )
    chosen: dict[int, int] = {}
    for _, f, m in pairs:
        if f not in chosen and m not in chosen.values():
            chosen[f] = m
    return chosen


def _centre_size(landmarks_px: NDArray[np.float32]) -> tuple[tuple[float, float], float]:
    left, top, right, bottom = box_of_points(landmarks_px).tolist()
    return ((left + right) / 2, (top + bottom) / 2), max(right - left, bottom - top, 1e-3)
