"""Interface definitions of ROS messages, written down by hand, and a check of a message against them.

The tables follow hri_msgs 2.3.2, common_interfaces (std_msgs, geometry_msgs) and geometry2 (tf2_msgs) of ROS 2 Jazzy,
and the message of QTrobot. The check is as strict as rosbridge, and stricter: no field may be absent.
"""

from __future__ import annotations

import math
from typing import Any, Final

INTERFACES: Final[dict[str, dict[str, str]]] = {
    "std_msgs/Header": {"stamp": "time", "frame_id": "string"},
    "std_msgs/String": {"data": "string"},
    "hri_msgs/IdsList": {"header": "std_msgs/Header", "ids": "string[]"},
    "hri_msgs/NormalizedRegionOfInterest2D": {
        "header": "std_msgs/Header",
        "xmin": "float32",
        "ymin": "float32",
        "xmax": "float32",
        "ymax": "float32",
        "c": "float32",
    },
    "hri_msgs/Expression": {
        "header": "std_msgs/Header",
        "expression": "string",
        "valence": "float32",
        "arousal": "float32",
        "confidence": "float32",
    },
    "hri_msgs/NormalizedPointOfInterest2D": {"x": "float32", "y": "float32", "c": "float32"},
    "hri_msgs/FacialLandmarks": {
        "header": "std_msgs/Header",
        "landmarks": "hri_msgs/NormalizedPointOfInterest2D[70]",
        "height": "uint32",
        "width": "uint32",
    },
    "hri_msgs/FacialActionUnits": {
        "header": "std_msgs/Header",
        "intensity": "float32[99]",
        "confidence": "float32[99]",
    },
    "geometry_msgs/Vector3": {"x": "float64", "y": "float64", "z": "float64"},
    "geometry_msgs/Quaternion": {"x": "float64", "y": "float64", "z": "float64", "w": "float64"},
    "geometry_msgs/Transform": {"translation": "geometry_msgs/Vector3", "rotation": "geometry_msgs/Quaternion"},
    "geometry_msgs/TransformStamped": {
        "header": "std_msgs/Header",
        "child_frame_id": "string",
        "transform": "geometry_msgs/Transform",
    },
    "tf2_msgs/TFMessage": {"transforms": "geometry_msgs/TransformStamped[]"},
    "qt_nuitrack_app/FaceInfo": {
        "id": "int32",
        "gender": "string",
        "age_years": "int32",
        "age_type": "string",
        "emotion_neutral": "float64",
        "emotion_angry": "float64",
        "emotion_happy": "float64",
        "emotion_surprise": "float64",
        "rectangle": "float64[]",
        "left_eye": "float64[]",
        "right_eye": "float64[]",
        "angles": "float64[]",
    },
    "qt_nuitrack_app/Faces": {"faces": "qt_nuitrack_app/FaceInfo[]"},
}
SHARE: Final = (0.0, 1.0)
BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    **{f"hri_msgs/NormalizedRegionOfInterest2D.{name}": SHARE for name in ("xmin", "ymin", "xmax", "ymax", "c")},
    **{f"hri_msgs/NormalizedPointOfInterest2D.{name}": SHARE for name in ("x", "y", "c")},
    **{f"hri_msgs/Expression.{name}": (-1.0, 1.0) for name in ("valence", "arousal")},
    "hri_msgs/Expression.confidence": SHARE,
    **{f"qt_nuitrack_app/FaceInfo.emotion_{name}": SHARE for name in ("neutral", "angry", "happy", "surprise")},
}
EXPRESSIONS: Final = (
    *("neutral", "angry", "sad", "happy", "surprised", "disgusted", "scared", "pleading", "vulnerable", "despaired"),
    *(
        "guilty",
        "disappointed",
        "embarrassed",
        "horrified",
        "skeptical",
        "annoyed",
        "furious",
        "suspicious",
        "rejected",
    ),
    *("bored", "tired", "asleep", "confused", "amazed", "excited"),
)


def check_message(kind: str, value: Any, path: str = "") -> None:
    """Checks a message.

    Raises:
        ValueError: an unknown or absent field, another type, an array of another length, a number out of its bounds.
    """
    if kind.endswith("]"):
        _check_array(kind, value, path)
    elif kind == "string":
        _demand(isinstance(value, str), path, "a string", value)
        if path.endswith(".expression"):
            _demand(value in ("", *EXPRESSIONS), path, "a constant of hri_msgs/Expression", value)
    elif kind == "time":
        _demand(isinstance(value, dict) and set(value) == {"secs", "nsecs"}, path, "secs and nsecs", value)
        _check_number("uint32", value["secs"], f"{path}.secs")
        _check_number("uint32", value["nsecs"], f"{path}.nsecs")
        _demand(value["nsecs"] < 1_000_000_000, path, "less than a second", value)
    elif kind in INTERFACES:
        fields = INTERFACES[kind]
        _demand(isinstance(value, dict), path, f"an object ({kind})", value)
        _demand(set(value) == set(fields), path, f"the fields {', '.join(fields)}", value)
        for name, field_kind in fields.items():
            check_message(field_kind, value[name], f"{path}.{name}")
            _check_bounds(f"{kind}.{name}", value[name], f"{path}.{name}")
    else:
        _check_number(kind, value, path)


def _check_array(kind: str, value: Any, path: str) -> None:
    element, _, length = kind[:-1].partition("[")
    _demand(isinstance(value, list), path, "an array", value)
    if length:
        _demand(len(value) == int(length), path, f"{length} elements", len(value))
    for index, item in enumerate(value):
        check_message(element, item, f"{path}[{index}]")


def _check_number(kind: str, value: Any, path: str) -> None:
    if kind in ("float32", "float64"):
        _demand(isinstance(value, float) and math.isfinite(value), path, f"a finite {kind}", value)
    else:
        _demand(kind in ("int32", "uint32") and isinstance(value, int) and value is not True, path, kind, value)
    _check_bounds(kind, value, path)


def _check_bounds(key: str, value: Any, path: str) -> None:
    if key in BOUNDS:
        low, high = BOUNDS[key]
        _demand(low <= value <= high, path, f"{low}..{high}", value)


def _demand(holds: bool, path: str, expected: str, value: Any) -> None:
    if not holds:
        raise ValueError(f"{path or 'message'}: expected {expected}, got {str(value)[:80]}")
