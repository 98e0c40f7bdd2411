"""Faces made from the canonical face under a known pose: no model, no picture of a person."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.canonical import canonical_face
from emoar.geometry import box_of_points, focal_px, project
from emoar.labels import FER2013, FERPLUS, UNSURE
from emoar.types import Expression, Face, Frame, Quality, Scene

FOV_DEG = 45.0
MakeFace = Callable[..., Face]
MakeScene = Callable[..., Scene]


def rotation(yaw_deg: float = 0, pitch_deg: float = 0, roll_deg: float = 0) -> NDArray[np.float64]:
    """Yaw positive to the person's left, pitch upwards, roll clockwise in the picture."""
    y, p, r = math.radians(yaw_deg), math.radians(-pitch_deg), math.radians(-roll_deg)
    about_y = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]])
    about_z = np.array([[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def expression(label: str, confidence: float, since_s: float, label_set: str) -> Expression:
    def shares(labels: tuple[str, ...]) -> dict[str, float]:
        if label not in labels:
            return dict.fromkeys(labels, 1 / len(labels))
        rest = (1 - confidence) / (len(labels) - 1)
        return {name: confidence if name == label else rest for name in labels}

    return Expression(label_set, label, confidence, {"ferplus": shares(FERPLUS), "fer2013": shares(FER2013)}, since_s)


@pytest.fixture
def make_face() -> MakeFace:
    """A face whose head stands at `at_px` in a picture of `size_px` (width, height) and is `height_px` tall there."""

    def make(
        at_px: tuple[float, float] = (640, 360),
        height_px: float = 200,
        size_px: tuple[int, int] = (1280, 720),
        track_id: int = 1,
        label: str = "happiness",
        since_s: float = 1.0,
        angles: dict[str, float] | None = None,
        reasons: tuple[str, ...] = (),
        label_set: str = "ferplus",
    ) -> Face:
        width, height = size_px
        vertices = canonical_face().vertices_cm.astype(np.float64)
        depth = focal_px(height, FOV_DEG) * float(np.ptp(vertices[:, 1])) / height_px
        turned = vertices @ rotation(**(angles or {})).T
        # The middle of the mesh, not the origin of the head frame, is what shall lie at `at_px`.
        middle = (turned.min(axis=0) + turned.max(axis=0)) / 2
        scale = depth / focal_px(height, FOV_DEG)
        shift = np.array([(at_px[0] - width / 2) * scale, (height / 2 - at_px[1]) * scale, -depth]) - middle
        pose = np.eye(4, dtype=np.float32)
        pose[:3, :3], pose[:3, 3] = rotation(**(angles or {})), shift
        points = turned + shift
        z_px = (-(points[:, 2] + depth) / scale).astype(np.float32)
        landmarks = np.column_stack([project(points, width, height, FOV_DEG), z_px]).astype(np.float32)
        eyes = float(np.linalg.norm(landmarks[33, :2] - landmarks[263, :2]))
        quality = Quality(eyes, 100.0, (angles or {}).get("yaw_deg", 0.0), reasons)
        confidence = 0.3 if label == UNSURE else 0.82
        shown = expression(label, confidence, since_s, label_set)
        return Face(track_id, box_of_points(landmarks), landmarks, 1.0, pose, FOV_DEG, quality, shown)

    return make


@pytest.fixture
def make_scene() -> MakeScene:
    """A grey picture with the given faces."""

    def make(*faces: Face, size_px: tuple[int, int] = (1280, 720), time_s: float = 1.0, grey: int = 120) -> Scene:
        image = np.full((size_px[1], size_px[0], 3), grey, np.uint8)
        return Scene(Frame(image, time_s, 0, "test"), faces)

    return make


def changed(scene: Scene, picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W): where the picture differs from the scene's frame."""
    return (picture != scene.frame.image).any(axis=2)


def centroid(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(x, y) of the true pixels."""
    y, x = np.nonzero(mask)
    return np.array([x.mean(), y.mean()])
