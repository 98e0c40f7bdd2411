"""A scene as JSON and back.

The document, `"schema": "emoar.scene/1"`; pixels have x right and y down, and every number is finite (null where
there is none):

    schema      "emoar.scene/1"
    source      name of the file or device
    frame_index from 0
    time_s      from the start of the source
    width_px, height_px
    faces       list, by ascending track_id:
        track_id     from 1; the same person keeps it
        box_xyxy_px  [left, top, right, bottom]; may reach outside the picture
        keypoints_px right_eye, left_eye (the person's), nose_tip, mouth_right, mouth_left: [x, y] each
        presence     how sure the mesh is that this is a face, 0..1
        pose         matrix (4 x 4, head to camera, cm, rows), vertical_fov_deg, yaw_deg, pitch_deg, roll_deg
        quality      judged, reasons (list of words), eye_distance_px, sharpness, yaw_deg
        expression   label_set, label ("unsure" where nothing is said), confidence 0..1, since_s, and each label set
                     of the model by its name (ferplus, fer2013; custom for a model of one's own): probability by label
        landmarks_px only on request: 468 x [x, y, z]

Coordinates are rounded to 0.01 px, the pose to 5 decimals, probabilities to 4.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.types import Expression, Face, Frame, Quality, Scene

__all__ = ["KEYPOINTS", "SCHEMA", "keypoints_px", "label_sets_in", "scene_from_dict", "scene_to_dict"]

SCHEMA: Final = "emoar.scene/1"

# Mesh points whose mean is the key point. Eyes: outer and inner corner.
KEYPOINTS: Final[dict[str, tuple[int, ...]]] = {
    "right_eye": (33, 133),
    "left_eye": (263, 362),
    "nose_tip": (1,),
    "mouth_right": (61,),
    "mouth_left": (291,),
}


def scene_to_dict(scene: Scene, *, landmarks: bool = False) -> dict[str, Any]:
    """The document of a scene; with `landmarks` it is about 12 kB a face, and `scene_from_dict` can read it."""
    return {
        "schema": SCHEMA,
        "source": scene.frame.source,
        "frame_index": scene.frame.index,
        "time_s": _number(scene.frame.time_s, 6),
        "width_px": scene.frame.width_px,
        "height_px": scene.frame.height_px,
        "faces": [_face(face, landmarks) for face in scene.faces],
    }


def scene_from_dict(document: Mapping[str, Any], image: NDArray[np.uint8] | None = None) -> Scene:
    """The scene of a document that was written with its landmarks. A picture is not in it: black unless given.

    Raises:
        InputError: another schema, or the landmarks or another field are missing.
    """
    if document.get("schema") != SCHEMA:
        raise InputError(f"schema must be {SCHEMA!r}, got {document.get('schema')!r}")
    try:
        if image is None:  # one pixel, seen many times: no memory
            size = (int(document["height_px"]), int(document["width_px"]), 3)
            image = np.broadcast_to(np.zeros((1, 1, 3), np.uint8), size)
        frame = Frame(image, float(document["time_s"]), int(document["frame_index"]), str(document["source"]))
        return Scene(frame, tuple(_read_face(face) for face in document["faces"]))
    except KeyError as exc:
        raise InputError(f"scene has no {exc.args[0]!r}: write it with landmarks=True to read it back") from exc


def keypoints_px(face: Face) -> dict[str, tuple[float, float]]:
    """The five key points of a face, by name."""
    points = face.landmarks_px[:, :2]
    means = {name: points[list(indices)].mean(axis=0) for name, indices in KEYPOINTS.items()}
    return {name: (float(point[0]), float(point[1])) for name, point in means.items()}


def label_sets_in(expression: Mapping[str, Any]) -> dict[str, dict[str, float | None]]:
    """The probabilities in an expression's part of the document, by label set."""
    return {
        name: cast("dict[str, float | None]", value) for name, value in expression.items() if isinstance(value, dict)
    }


def _face(face: Face, landmarks: bool) -> dict[str, Any]:
    yaw, pitch, roll = face.yaw_pitch_roll_deg
    document: dict[str, Any] = {
        "track_id": face.track_id,
        "box_xyxy_px": _numbers(face.box_xyxy_px, 2),
        "keypoints_px": {name: [_number(x, 2), _number(y, 2)] for name, (x, y) in keypoints_px(face).items()},
        "presence": _number(face.presence, 4),
        "pose": {
            "matrix": _numbers(face.pose, 5),
            "vertical_fov_deg": _number(face.vertical_fov_deg, 3),
            "yaw_deg": _number(yaw, 2),
            "pitch_deg": _number(pitch, 2),
            "roll_deg": _number(roll, 2),
        },
        "quality": _quality(face.quality),
        "expression": _expression(face.expression),
    }
    if landmarks:
        document["landmarks_px"] = _numbers(face.landmarks_px, 2)
    return document


def _quality(quality: Quality) -> dict[str, Any]:
    return {
        "usable": quality.usable,
        "reasons": list(quality.reasons),
        "eye_distance_px": _number(quality.eye_distance_px, 2),
        "sharpness": _number(quality.sharpness, 2),
        "yaw_deg": _number(quality.yaw_deg, 2),
    }


def _expression(expression: Expression) -> dict[str, Any]:
    return {
        "label_set": expression.label_set,
        "label": expression.label,
        "confidence": _number(expression.confidence, 4),
        "since_s": _number(expression.since_s, 6),
        **{
            name: {label: _number(p, 4) for label, p in probabilities.items()}
            for name, probabilities in expression.by_label_set.items()
        },
    }


def _read_face(face: Mapping[str, Any]) -> Face:
    quality, expression, pose = face["quality"], face["expression"], face["pose"]
    return Face(
        track_id=int(face["track_id"]),
        box_xyxy_px=_array(face["box_xyxy_px"]),
        landmarks_px=_array(face["landmarks_px"]),
        presence=_read(face["presence"]),
        pose=_array(pose["matrix"]),
        vertical_fov_deg=_read(pose["vertical_fov_deg"]),
        quality=Quality(
            eye_distance_px=_read(quality["eye_distance_px"]),
            sharpness=_read(quality["sharpness"]),
            yaw_deg=_read(quality["yaw_deg"]),
            reasons=tuple(quality["reasons"]),
        ),
        expression=Expression(
            label_set=expression["label_set"],
            label=expression["label"],
            confidence=_read(expression["confidence"]),
            by_label_set=MappingProxyType(
                {
                    name: MappingProxyType({label: _read(p) for label, p in probabilities.items()})
                    for name, probabilities in label_sets_in(expression).items()
                }
            ),
            since_s=_read(expression["since_s"]),
        ),
    )


def _number(value: float, digits: int) -> float | None:
    """JSON knows no NaN and no infinity."""
    return round(float(value), digits) if math.isfinite(value) else None


def _numbers(values: Any, digits: int) -> list[Any]:
    """An array as nested lists."""
    if values.ndim == 1:
        return [_number(value, digits) for value in values.tolist()]
    return [_numbers(row, digits) for row in values]


def _read(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _array(values: Any) -> NDArray[np.float32]:
    """None becomes NaN."""
    return np.array(values, dtype=np.float32)
