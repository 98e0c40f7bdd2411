"""Messages of ROS as rosbridge takes them: dictionaries with the fields of `std_msgs`, `hri_msgs` and `tf2_msgs`.

Numbers of floating point are floats and are finite. A header has no `seq`, which ROS 2 does not know; its stamp has the
names of ROS 1, which the bridges of both take.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.canonical import canonical_face
from emoar.events.ros.landmarks import SELLION, ros4hri_landmarks
from emoar.face_landmarks import DLIB_68
from emoar.labels import AU_LIKE, UNSURE, category
from emoar.scene_json import rounded
from emoar.types import Face, Frame

__all__ = [
    "Publication",
    "box_norm",
    "expression",
    "expression_name",
    "face_transform",
    "facial_action_units",
    "gaze_transform",
    "header",
    "ids_list",
    "landmarks",
    "point_norm",
    "quaternion_xyzw",
    "region",
]

Message = Mapping[str, Any]

# The constants of `hri_msgs/Expression`; contempt has none.
_NAMES: Final = {
    "neutral": "neutral",
    "happiness": "happy",
    "surprise": "surprised",
    "sadness": "sad",
    "anger": "angry",
    "disgust": "disgusted",
    "fear": "scared",
}
# Our axes of the head are x to the person's left, y up, z out of the face; those of a face in ROS4HRI are x out of the
# face, y to the left, z to the scalp. Of the camera ours are x right, y up, z to the back; the optical ones of ROS are
# x right, y down, z forward.
_HEAD_OF_FACE: Final = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], np.float64)
_OPTICAL_OF_CAMERA: Final = np.diag([1.0, -1.0, -1.0])
_GAZE_IN_FACE_XYZW: Final = (-0.5, 0.5, -0.5, 0.5)  # x to the right of the person, y down, z out of the face
ACTION_UNITS: Final = 99  # length of the arrays; the index is the number of the unit
_DIGITS: Final = 6


@dataclass(frozen=True)
class Publication:
    """A message for a topic."""

    topic: str
    type: str  # package/Type
    msg: Message


def header(stamp_s: float, frame_id: str) -> Message:
    """`std_msgs/Header` of a Unix time in seconds."""
    seconds = math.floor(stamp_s)
    more, nanoseconds = divmod(round((stamp_s - seconds) * 1e9), 1_000_000_000)
    return {"stamp": {"secs": seconds + more, "nsecs": nanoseconds}, "frame_id": frame_id}


def ids_list(head: Message, ids: Sequence[str]) -> Message:
    """`hri_msgs/IdsList`."""
    return {"header": head, "ids": list(ids)}


def expression_name(label: str) -> str:
    """A label of any set as ROS4HRI names it; empty for `unsure` and for what has no name there."""
    return "" if label == UNSURE else _NAMES.get(category(label), "")


def expression(head: Message, name: str, confidence: float, valence: float | None = None) -> Message:
    """`hri_msgs/Expression`. Valence is 0 where it is not asked for; arousal is not estimated: it is 0."""
    sure = _share(confidence) if name else 0.0
    pleasant = _float(min(max(valence or 0.0, -1.0), 1.0))
    return {"header": head, "expression": name, "valence": pleasant, "arousal": 0.0, "confidence": sure}


def region(head: Message, face: Face, frame: Frame) -> Message:
    """`hri_msgs/NormalizedRegionOfInterest2D`, of what is inside the picture."""
    x_min, y_min, x_max, y_max = box_norm(face, frame)
    return {"header": head, "xmin": x_min, "ymin": y_min, "xmax": x_max, "ymax": y_max, "c": _share(face.presence)}


def landmarks(head: Message, face: Face, frame: Frame) -> Message:
    """`hri_msgs/FacialLandmarks`. A point outside the picture is at its edge, with confidence 0, as the pupils have."""
    points_norm = (ros4hri_landmarks(face.landmarks_px) + 0.5) / np.array([frame.width_px, frame.height_px])
    places: list[list[float]] = np.nan_to_num(points_norm).clip(0, 1).round(_DIGITS).tolist()
    inside: list[list[bool]] = ((points_norm >= 0) & (points_norm < 1)).tolist()
    sure = _share(face.presence)
    points = [{"x": x, "y": y, "c": sure if a and b else 0.0} for (x, y), (a, b) in zip(places, inside, strict=True)]
    for pupil in points[len(DLIB_68) :]:
        pupil["c"] = 0.0
    return {"header": head, "landmarks": points, "height": frame.height_px, "width": frame.width_px}


def facial_action_units(head: Message, face: Face) -> Message:
    """`hri_msgs/FacialActionUnits` of the measures that move as action units do; the others have no confidence."""
    intensity, confidence = [0.0] * ACTION_UNITS, [0.0] * ACTION_UNITS
    measures = face.measures or {}
    for unit, names in AU_LIKE.items():
        values = [measures[name] for name in names if name in measures]
        if values:
            intensity[unit] = _share(sum(values) / len(values))
            confidence[unit] = _share(face.presence)
    return {"header": head, "intensity": intensity, "confidence": confidence}


def face_transform(head: Message, child: str, face: Face) -> Message:
    """`geometry_msgs/TransformStamped` from the optical frame of the camera to the face, its origin at the sellion."""
    rotation = _OPTICAL_OF_CAMERA @ face.pose[:3, :3].astype(np.float64) @ _HEAD_OF_FACE
    origin_cm = face.pose[:3, :3] @ canonical_face().vertices_cm[SELLION] + face.pose[:3, 3]
    return _transform(head, child, _OPTICAL_OF_CAMERA @ origin_cm / 100, quaternion_xyzw(rotation))


def gaze_transform(head: Message, child: str) -> Message:
    """`geometry_msgs/TransformStamped` from a face to its gaze: that of the head, since eyes are not tracked."""
    return _transform(head, child, np.zeros(3), _GAZE_IN_FACE_XYZW)


def quaternion_xyzw(rotation: NDArray[np.floating]) -> tuple[float, float, float, float]:
    """The unit quaternion of a (3, 3) rotation, with w >= 0.

    It is the eigenvector of the largest eigenvalue of a symmetric matrix (Bar-Itzhack, 2000), at all angles.
    """
    r = rotation
    matrix = np.array(
        [
            [r[0, 0] - r[1, 1] - r[2, 2], r[1, 0] + r[0, 1], r[2, 0] + r[0, 2], r[2, 1] - r[1, 2]],
            [r[1, 0] + r[0, 1], r[1, 1] - r[0, 0] - r[2, 2], r[2, 1] + r[1, 2], r[0, 2] - r[2, 0]],
            [r[2, 0] + r[0, 2], r[2, 1] + r[1, 2], r[2, 2] - r[0, 0] - r[1, 1], r[1, 0] - r[0, 1]],
            [r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1], r[0, 0] + r[1, 1] + r[2, 2]],
        ]
    )
    x, y, z, w = np.linalg.eigh(matrix)[1][:, 3].tolist()
    return (x, y, z, w) if w >= 0 else (-x, -y, -z, -w)


def box_norm(face: Face, frame: Frame) -> tuple[float, float, float, float]:
    """(x min, y min, x max, y max) of a face's box, in parts of the picture, within it."""
    x_min, y_min, x_max, y_max = face.box_xyxy_px.tolist()
    return (*point_norm(x_min, y_min, frame), *point_norm(x_max, y_max, frame))


def point_norm(x_px: float, y_px: float, frame: Frame) -> tuple[float, float]:
    """A point of the picture in parts of its width and height, 0..1."""
    x, y = (x_px + 0.5) / frame.width_px, (y_px + 0.5) / frame.height_px
    return _share(x), _share(y)


def _transform(
    head: Message, child: str, origin_m: NDArray[np.floating], turned: tuple[float, float, float, float]
) -> Message:
    translation = dict(zip("xyz", map(_float, origin_m), strict=True))
    rotation = dict(zip("xyzw", map(_float, turned), strict=True))
    return {
        "header": head,
        "child_frame_id": child,
        "transform": {"translation": translation, "rotation": rotation},
    }


def _share(value: float) -> float:
    return _float(min(max(value, 0.0), 1.0))


def _float(value: Any) -> float:
    """Rounded; what is not finite is 0, since messages have no NaN."""
    return rounded(float(value), _DIGITS) or 0.0
