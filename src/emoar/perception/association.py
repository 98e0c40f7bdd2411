"""Association of faces between frames, by place and motion; and whether two boxes are on one face."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.geometry import box_of_points, intersection_over_smaller, iou

__all__ = ["Motion", "associate", "distortion", "overlaps_any", "same_face", "suppress_duplicates"]

Boxes = NDArray[np.floating]

SAME_FACE_IOU: Final = 0.45
SAME_FACE_CONTAINED: Final = 0.8  # share of the smaller box inside the other
SAME_FACE_OVAL: Final = 0.8  # of the larger face's oval: two centres that are this close belong to one face
BESIDE_SIZES: Final = 0.85  # of the smaller face: two people's middles are further apart, unless one hides the other
DAMPING_S: Final = 0.6  # time constant with which an extrapolated velocity decays
VELOCITY_MEMORY_S: Final = 0.15  # time constant of the velocity's exponential average
SURPRISE_SIZES: Final = 0.1  # a face this far from where it was expected has another velocity now: no average
SIZE_WEIGHT: Final = 1.5  # of the logarithm of the ratio of sizes in the match cost: sizes change slowly
GATE_SIZES: Final = 1.25  # largest match cost of a face in the next frame, in face sizes: a start from rest
GATE_SIZES_PER_S: Final = 1.0  # growth of that limit with the time since the face was last seen
GATE_STRIDES: Final = 2.0  # and with the way that the face goes at its speed: it may have turned back
GATE_MAXIMUM_SIZES: Final = 3.0  # of the part that grows with time, and of the part that grows with the speed


@dataclass(frozen=True)
class Motion:
    """Position, size and velocity of a face."""

    centre_px: tuple[float, float]
    size_px: float
    velocity_px_s: tuple[float, float]
    time_s: float
    seen_once: bool = False  # the velocity is not known yet

    @staticmethod
    def begin(landmarks_px: NDArray[np.float32], time_s: float) -> Motion:
        """The motion of a new face with (468, 3) landmarks: its velocity is not known, and zero is expected."""
        centre, size = _centre_size(landmarks_px)
        return Motion(centre, size, (0.0, 0.0), time_s, seen_once=True)

    def advance(self, landmarks_px: NDArray[np.float32], time_s: float) -> Motion:
        """The motion after one more observation of the face, (468, 3) landmarks."""
        centre, size = _centre_size(landmarks_px)
        step_s = time_s - self.time_s
        if step_s <= 0:
            return Motion(centre, size, self.velocity_px_s, time_s)
        surprising = self.surprise(landmarks_px, time_s) > SURPRISE_SIZES
        keep = 0.0 if surprising else math.exp(-step_s / VELOCITY_MEMORY_S)
        velocity = tuple(
            keep * old + (1 - keep) * (now - before) / step_s
            for old, now, before in zip(self.velocity_px_s, centre, self.centre_px, strict=True)
        )
        return Motion(centre, size, (velocity[0], velocity[1]), time_s)

    def expected_centre_px(self, time_s: float) -> tuple[float, float]:
        """The extrapolated centre at `time_s`; the velocity decays with the time constant `DAMPING_S`."""
        reach_s = _reach_s(time_s - self.time_s)
        return (
            self.centre_px[0] + self.velocity_px_s[0] * reach_s,
            self.centre_px[1] + self.velocity_px_s[1] * reach_s,
        )

    def match_cost(self, landmarks_px: NDArray[np.float32], time_s: float) -> float:
        """Cost of matching (468, 3) landmarks at `time_s` with this motion; 0 is a perfect match.

        It is the distance from the expected centre in face sizes, plus the weighted logarithm of the ratio of sizes.
        """
        _, size = _centre_size(landmarks_px)
        return self.surprise(landmarks_px, time_s) + SIZE_WEIGHT * abs(math.log(size / self.size_px))

    def surprise(self, landmarks_px: NDArray[np.float32], time_s: float) -> float:
        """Distance of (468, 3) landmarks at `time_s` from the expected centre, in face sizes."""
        centre, _ = _centre_size(landmarks_px)
        x, y = self.expected_centre_px(time_s)
        return math.hypot(centre[0] - x, centre[1] - y) / self.size_px

    def stride(self, time_s: float) -> float:
        """How far the face goes up to `time_s` at its speed, in face sizes; 1 while its speed is not known."""
        if self.seen_once:
            return 1.0
        return math.hypot(*self.velocity_px_s) * _reach_s(time_s - self.time_s) / self.size_px

    def gate(self, time_s: float) -> float:
        """The largest cost at which a face at `time_s` counts as the same face; a fast one may have turned back."""
        still = min(GATE_SIZES + GATE_SIZES_PER_S * max(0.0, time_s - self.time_s), GATE_MAXIMUM_SIZES)
        return still + min(GATE_STRIDES * self.stride(time_s), GATE_MAXIMUM_SIZES)


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
    return bool(same_face(box_of_points(landmarks_px), boxes).any())


def beside(landmarks_px: NDArray[np.float32], others: dict[int, NDArray[np.float32]]) -> int | None:
    """The key of the nearest of the other (468, 3) landmarks that are too close to be another person's, if any."""
    (x, y), size = _centre_size(landmarks_px)
    apart: dict[int, float] = {}
    for key, other in others.items():
        (other_x, other_y), other_size = _centre_size(other)
        apart[key] = math.hypot(x - other_x, y - other_y) / min(size, other_size)
    nearest = min(apart, key=apart.__getitem__, default=None)
    return nearest if nearest is not None and apart[nearest] < BESIDE_SIZES else None


def same_face(box: Boxes, boxes: Boxes) -> NDArray[np.bool_]:
    """(N,) whether a (4,) xyxy box around a face and each of (N, 4) others are around the same face.

    They are if they overlap much, if one contains the other, or if the centre of the smaller one is inside the oval of
    the larger one: two people's faces are side by side, one above the other, or one hides the other.
    """
    sides, others = box[2:] - box[:2], boxes[:, 2:] - boxes[:, :2]
    apart = (box[:2] + box[2:]) / 2 - (boxes[:, :2] + boxes[:, 2:]) / 2
    is_larger = sides.prod() > others.prod(axis=1, keepdims=True)
    oval = SAME_FACE_OVAL * np.where(is_larger, sides, others) / 2
    near = ((apart / np.maximum(oval, 1e-9)) ** 2).sum(axis=1) < 1
    contained = intersection_over_smaller(box, boxes) > SAME_FACE_CONTAINED
    return near | contained | (iou(box, boxes) > SAME_FACE_IOU)


def distortion(before_px: NDArray[np.float32], now_px: NDArray[np.float32]) -> float:
    """RMS difference of two (468, 3) landmarks after the best similarity transform, in face sizes."""
    # as complex numbers, of which one factor is the similarity; half of the landmarks are enough
    before, now = (px[::2, 0].astype(np.complex128) + 1j * px[::2, 1] for px in (before_px, now_px))
    sum_before, sum_now, count = complex(before.sum()), complex(now.sum()), len(now)
    squares_before = np.vdot(before, before).real - abs(sum_before) ** 2 / count
    squares_now = np.vdot(now, now).real - abs(sum_now) ** 2 / count
    product = abs(np.vdot(before, now) - sum_before.conjugate() * sum_now / count) ** 2
    left = squares_now - product / max(squares_before, 1e-9)
    return math.sqrt(max(float(left), 0.0) / count) / _centre_size(now_px)[1]


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


def _reach_s(step_s: float) -> float:
    """Time for which a velocity counts after `step_s`, in which it decays."""
    return DAMPING_S * (1 - math.exp(-max(0.0, step_s) / DAMPING_S))


def _centre_size(landmarks_px: NDArray[np.float32]) -> tuple[tuple[float, float], float]:
    left, top, right, bottom = box_of_points(landmarks_px).tolist()
    return ((left + right) / 2, (top + bottom) / 2), max(right - left, bottom - top, 1e-3)
