"""Projects flat rectangles that are attached to a head: from the head frame (cm), by the pose, to the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from emoar.canonical import canonical_face
from emoar.face_landmarks import ATTACHMENT_POINTS, LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from emoar.geometry import project
from emoar.types import Face, Frame

__all__ = [
    "EYE_DISTANCE_CM",
    "Quad",
    "QuadInPicture",
    "attachment_cm",
    "quad_corners_cm",
    "quad_in_picture",
    "signed_area",
]

_OUTER_EYES: Final = canonical_face().vertices_cm[[RIGHT_EYE_OUTER, LEFT_EYE_OUTER]]
EYE_DISTANCE_CM: Final = float(np.linalg.norm(_OUTER_EYES[1] - _OUTER_EYES[0]))
NEAREST_CM: Final = 2.0  # a rectangle with a point nearer to the camera is not drawn


@dataclass(frozen=True)
class Quad:
    """A flat rectangle that is attached to a head."""

    at: str  # a key of `ATTACHMENT_POINTS`
    offset: tuple[float, float, float]  # in eye distances: to the person's left, up, out of the face
    width: float  # in eye distances
    height: float  # in eye distances
    turn_deg: float = 0.0  # about the vertical axis; positive turns it to the person's left, like the left cheek
    tilt_deg: float = 0.0  # in its plane, clockwise in the picture


def quad_corners_cm(quad: Quad) -> NDArray[np.float64]:
    """The (4, 3) corners of a quad in the head frame, clockwise from the upper left, as seen from the front."""
    turn, tilt = math.radians(quad.turn_deg), math.radians(quad.tilt_deg)
    across, up = np.array([math.cos(turn), 0.0, -math.sin(turn)]), np.array([0.0, 1.0, 0.0])
    right = math.cos(tilt) * across - math.sin(tilt) * up
    top = math.sin(tilt) * across + math.cos(tilt) * up
    half_x, half_y = right * quad.width / 2, top * quad.height / 2
    corners = np.stack([-half_x + half_y, half_x + half_y, half_x - half_y, -half_x - half_y])
    return attachment_cm(quad.at) + EYE_DISTANCE_CM * (np.array(quad.offset) + corners)


class QuadInPicture(NamedTuple):
    """A quad as it is seen."""

    corners_px: NDArray[np.float32]  # (4, 2) clockwise from the upper left
    depths_cm: NDArray[np.float32]  # (4,) positive


def quad_in_picture(quad: Quad, face: Face, frame: Frame) -> QuadInPicture | None:
    """The corners of a quad; None when it is too near, edge-on, or seen from behind.

    The pose gives the perspective, and the landmarks give the place, so that glasses are on the nose even where the
    face differs from the canonical face.
    """
    points = np.vstack([quad_corners_cm(quad), attachment_cm(quad.at)])
    in_camera = points @ face.pose[:3, :3].T.astype(np.float64) + face.pose[:3, 3]
    if float(in_camera[:, 2].max()) > -NEAREST_CM:
        return None
    pixels = project(in_camera, frame.width_px, frame.height_px, face.vertical_fov_deg)
    corners, expected = pixels[:4], pixels[4]
    longest = float(np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1).max())
    if signed_area(corners) < 0.02 * longest**2:
        return None
    seen = face.landmarks_px[list(ATTACHMENT_POINTS[quad.at]), :2].mean(axis=0)
    return QuadInPicture((corners + (seen - expected)).astype(np.float32), -in_camera[:4, 2].astype(np.float32))


def signed_area(corners: NDArray[np.floating]) -> float:
    """Area of an (N, 2) polygon in square pixels: positive when it runs clockwise in the picture (y down)."""
    x, y = corners[:, 0].astype(np.float64), corners[:, 1].astype(np.float64)
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def attachment_cm(at: str) -> NDArray[np.float64]:
    """(3,) an attachment point (a key of `ATTACHMENT_POINTS`) on the average head, in the head frame."""
    return canonical_face().vertices_cm[list(ATTACHMENT_POINTS[at])].mean(axis=0).astype(np.float64)
