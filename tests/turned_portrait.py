"""A portrait whose head turns: the picture is moved along with its mesh."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.canonical import canonical_face
from emoar.types import Face

BEHIND = 0.7  # of the width of the face: from its surface back to the axis of the neck


def turned_portrait(picture: NDArray[np.uint8], face: Face, yaw_deg: float, pitch_deg: float) -> NDArray[np.uint8]:
    """The (H, W, 3) RGB picture with its face turned: positive yaw to the person's left, positive pitch upwards."""
    points = face.landmarks_px.astype(np.float64)
    centre = points.mean(axis=0) + (0, 0, BEHIND * float(np.ptp(points[:, 0])))
    yaw, pitch = math.radians(yaw_deg), math.radians(pitch_deg)
    about_y = np.array([[math.cos(yaw), 0, -math.sin(yaw)], [0, 1, 0], [math.sin(yaw), 0, math.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]])
    moved = (points - centre) @ (about_x @ about_y).T + centre
    triangles = canonical_face().triangles
    corners = moved[triangles]  # (T, 3, 3)
    owner = np.full(picture.shape[:2], -1, np.int32)
    for index in np.argsort(-corners[:, :, 2].mean(axis=1)):  # the far ones first
        cv2.fillConvexPoly(owner, np.rint(corners[index, :, :2]).astype(np.int32), int(index))
    ones = np.ones((len(triangles), 3, 1))
    here, there = np.concatenate([corners[:, :, :2], ones], axis=2), points[triangles][:, :, :2]
    affine = np.linalg.pinv(here) @ there  # (T, 3, 2): from the new picture to the old one
    rows, columns = np.nonzero(owner >= 0)
    at = np.stack([columns, rows, np.ones_like(rows)], axis=1).astype(np.float64)
    source = np.einsum("ni,nij->nj", at, affine[owner[rows, columns]])
    maps = np.meshgrid(np.arange(picture.shape[1], dtype=np.float32), np.arange(picture.shape[0], dtype=np.float32))
    for axis in range(2):
        maps[axis][rows, columns] = source[:, axis]
    return np.asarray(cv2.remap(picture, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
