"""The values that flow: Frame -> Detection -> Face -> Scene. Frozen, and validated once, at construction.

All of them pickle, copy and convert with `dataclasses.asdict`: mappings are plain dictionaries, not to be changed.

Pixels have x to the right and y down; landmark z has the scale of x and is negative towards the camera.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError

__all__ = ["LANDMARK_COUNT", "Detection", "Expression", "Face", "Frame", "Quality", "Scene"]

LANDMARK_COUNT: Final = 468


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture: RGB, uint8, (H, W, 3), with the time at which it was taken."""

    image: NDArray[np.uint8]
    time_s: float = 0.0  # from the start of the source; filters use it, so it must not run backwards
    index: int = 0  # from 0
    source: str = ""  # file name or device, for people

    def __post_init__(self) -> None:
        check_array("image", self.image, (None, None, 3), np.uint8)
        if min(self.image.shape[:2]) < 1:
            raise InputError(f"image must have at least one pixel, got shape {self.image.shape}")
        if not math.isfinite(self.time_s):
            raise InputError(f"time_s must be finite, got {self.time_s}")

    @property
    def width_px(self) -> int:
        return self.image.shape[1]

    @property
    def height_px(self) -> int:
        return self.image.shape[0]


@dataclass(frozen=True, eq=False)
class Detection:
    """A face as a detector sees it.

    `keypoints_px` are (6, 2): the person's right eye, left eye, nose tip, mouth centre, right and left ear.
    """

    box_xyxy_px: NDArray[np.float32]
    keypoints_px: NDArray[np.float32]
    score: float  # 0..1

    def __post_init__(self) -> None:
        check_array("box_xyxy_px", self.box_xyxy_px, (4,), np.float32)
        check_array("keypoints_px", self.keypoints_px, (6, 2), np.float32)


@dataclass(frozen=True)
class Quality:
    """Whether a face can be classified, and if not, why."""

    eye_distance_px: float  # between the outer eye corners, in the picture
    sharpness: float  # variance of the Laplacian of the aligned crop; below about 250 is blurred
    yaw_deg: float  # positive: the person turns to their left (our right)
    reasons: tuple[str, ...] = ()  # plain words such as "too small"; empty when the face is usable

    @property
    def usable(self) -> bool:
        """True when there is no reason against classifying the expression."""
        return not self.reasons


@dataclass(frozen=True)
class Expression:
    """What a face looks like: calibrated probabilities in every label set of the model, a steady label of one of them.

    The shipped models have the sets `ferplus` and `fer2013`; a user's own model has those that it was trained with.
    """

    label_set: str  # of `label` and `probabilities`: a key of `by_label_set`
    label: str  # a label of that set, or `labels.UNSURE`
    confidence: float  # probability of the most likely label, 0..1, also when the label is `unsure`
    by_label_set: Mapping[str, Mapping[str, float]]  # set -> label -> probability, in the set's order, sums to 1
    since_s: float = 0.0  # time at which `label` began: the same label again later has another `since_s`

    def __post_init__(self) -> None:
        if self.label_set not in self.by_label_set:
            raise InputError(f"label_set must be one of {', '.join(self.by_label_set)}, got {self.label_set!r}")

    @property
    def probabilities(self) -> Mapping[str, float]:
        """By label, in the chosen label set."""
        return self.by_label_set[self.label_set]

    @property
    def ferplus(self) -> Mapping[str, float]:
        """In the order of `labels.FERPLUS`; empty when the model has no such labels."""
        return self.by_label_set.get("ferplus", {})

    @property
    def fer2013(self) -> Mapping[str, float]:
        """In the order of `labels.FER2013`; empty when the model has no such labels."""
        return self.by_label_set.get("fer2013", {})


@dataclass(frozen=True, eq=False)
class Face:
    """One face in one frame."""

    track_id: int  # from 1; the same person keeps it through motion, crossing and short loss
    box_xyxy_px: NDArray[np.float32]  # (4,), around the landmarks; may reach outside the picture
    landmarks_px: NDArray[np.float32]  # (468, 3)
    presence: float  # how sure the mesh is that this is a face, 0..1
    pose: NDArray[np.float32]  # (4, 4), head to camera, cm, right-handed, y up, camera looks down -Z
    vertical_fov_deg: float  # the field of view that `pose` assumes
    quality: Quality
    expression: Expression

    def __post_init__(self) -> None:
        check_array("box_xyxy_px", self.box_xyxy_px, (4,), np.float32)
        check_array("landmarks_px", self.landmarks_px, (LANDMARK_COUNT, 3), np.float32)
        check_array("pose", self.pose, (4, 4), np.float32)

    @property
    def yaw_pitch_roll_deg(self) -> tuple[float, float, float]:
        """Head rotation in degrees.

        Yaw: positive to the person's left. Pitch: positive upwards. Roll: positive when the head leans to the
        person's left shoulder (clockwise in the picture).
        """
        r = self.pose[:3, :3]
        yaw = math.asin(float(np.clip(r[0, 2], -1, 1)))
        pitch = math.atan2(float(r[1, 2]), float(r[2, 2]))
        roll = math.atan2(float(-r[0, 1]), float(r[0, 0]))
        return math.degrees(yaw), math.degrees(pitch), -math.degrees(roll)


@dataclass(frozen=True, eq=False)
class Scene:
    """A frame and the faces in it, by ascending track id."""

    frame: Frame
    faces: tuple[Face, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict[str, float])  # by stage


def check_array(name: str, value: Any, shape: tuple[int | None, ...], dtype: Any) -> None:
    """Raises `InputError` with what was expected and what came; `None` in `shape` matches any length."""
    if isinstance(value, np.ndarray):
        array = cast("NDArray[Any]", value)
        fits = array.ndim == len(shape) and all(n in (None, m) for n, m in zip(shape, array.shape, strict=True))
        if fits and array.dtype == dtype:
            return
        got = f"{array.shape} {array.dtype}"
    else:
        got = type(value).__name__
    wanted = f"({', '.join('any' if n is None else str(n) for n in shape)}{',' if len(shape) == 1 else ''})"
    raise InputError(f"{name} must be {wanted} {np.dtype(dtype).name}, got {got}")
