"""The JSON document of a scene, `"schema": "emoar.scene/1"`, and how its numbers are written and read.

`Scene.to_dict` writes it, `Scene.from_dict` reads it. Pixels have x right and y down, and every number is finite (null
where there is none):

    schema      "emoar.scene/1"
    source      name of the file or device
    frame_index from 0
    time_s      from the start of the source
    width_px, height_px
    faces       list, by ascending track_id:
        track_id          from 1; the same person keeps it
        box_xyxy_px       [left, top, right, bottom]; may reach outside the picture
        five_landmarks_px right_eye, left_eye (the person's), nose_tip, mouth_right, mouth_left: [x, y] each
        presence          probability of the mesh model that this is a face, 0..1
        pose              matrix (4 x 4, head to camera, cm, rows), vertical_fov_deg, yaw_deg, pitch_deg, roll_deg
        quality           usable, reasons (list of words), eye_distance_px, sharpness, yaw_deg
        expression        label_set, label ("unsure" below the confidence that the model asks for), confidence 0..1 (how
                          often such a label is right), since_s, and each label set of the model by its name (ferplus,
                          fer2013; custom for a user's own model): decided probability by label, smoothed over time
        raw_probabilities of each head of the network in this frame, before smoothing and the decision: by label set,
                          probability by label; without it the face was not classified in this frame
        measures          only on request, and where the face can be measured: movement from rest by name, 0..1
        valence           only on request: -1..1, derived from the expression by the formula in valence_method
        landmarks_px      only on request: 468 x [x, y, z]
    faces_left_out  number of faces that photo mode found beyond the largest number, counted up to 80
    faces_unread    list of faces that were found, but not read:
        box_xyxy_px       [left, top, right, bottom] of the detector
        keypoints_px      right eye, left eye, tip of the nose, mouth, right ear, left ear: [x, y] each
        score             of the detector, 0..1
        reason            "turned away", "covered", "cut off by the edge" or "too small"

Coordinates are rounded to 0.01 px, the pose to 5 decimals, probabilities, measures and valence to 4.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:  # the server's process handles documents without arrays
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "SCHEMA",
    "json_sets",
    "label_sets_in",
    "read_array",
    "read_number",
    "read_sets",
    "read_unread",
    "rounded",
    "rounded_array",
    "unicode_text",
    "unread_document",
]

SCHEMA: Final = "emoar.scene/1"
_HALVES: Final = re.compile("[\ud800-\udfff]")


def unicode_text(text: str) -> str:
    """The text with a replacement character for each half of a pair: Python has them for bytes that are no UTF-8."""
    return _HALVES.sub("\ufffd", text)


def rounded(value: float, digits: int) -> float | None:
    """A number of the document; NaN and infinity, which JSON does not have, become None."""
    return round(float(value), digits) if math.isfinite(value) else None


def rounded_array(values: NDArray[np.floating], digits: int) -> list[Any]:
    """An array of any shape as nested lists of `rounded` numbers.

    In one step where all are finite; of float32 the result is the same, since their products with powers of ten are
    exact as float64.
    """
    import numpy as np

    exact = values.astype(np.float64)
    if np.isfinite(exact).all():
        return exact.round(digits).tolist()
    if values.ndim == 1:
        return [rounded(value, digits) for value in values.tolist()]
    return [rounded_array(row, digits) for row in values]


def read_number(value: float | None) -> float:
    """The inverse of `rounded`; None becomes NaN."""
    return math.nan if value is None else float(value)


def read_array(values: Any) -> NDArray[np.float32]:
    """The inverse of `rounded_array`; None becomes NaN."""
    import numpy as np

    return np.array(values, dtype=np.float32)


def unread_document(face: Any) -> dict[str, Any]:
    """The part of a `types.Detection` that was found, but not read."""
    box, points = rounded_array(face.box_xyxy_px, 2), rounded_array(face.keypoints_px, 2)
    return {"box_xyxy_px": box, "keypoints_px": points, "score": rounded(face.score, 4), "reason": face.reason}


def read_unread(document: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the face in a part that `unread_document` wrote."""
    arrays = {name: read_array(document[name]) for name in ("box_xyxy_px", "keypoints_px")}
    return {**arrays, "score": read_number(document["score"]), "reason": str(document["reason"])}


def json_sets(sets: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float | None]]:
    """Probabilities by label set and label, for the document."""
    return {name: {label: rounded(p, 4) for label, p in by.items()} for name, by in sets.items()}


def read_sets(document: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """The inverse of `json_sets`, for a document that may have other values beside the label sets."""
    return {name: {label: read_number(p) for label, p in by.items()} for name, by in label_sets_in(document).items()}


def label_sets_in(expression: Mapping[str, Any]) -> dict[str, dict[str, float | None]]:
    """The probabilities in an expression's part of the document, by label set."""
    return {
        name: cast("dict[str, float | None]", value) for name, value in expression.items() if isinstance(value, dict)
    }
