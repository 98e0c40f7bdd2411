"""Faces to measure: the golden ones, with landmarks and pose, and deformed average heads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from emoar.canonical import canonical_face

GOLDEN = Path(__file__).parent / "golden"
STORED: list[dict[str, Any]] = json.loads((GOLDEN / "measures" / "faces.json").read_text())


def face_of(stored: dict[str, Any]) -> tuple[Any, Any]:
    """(468, 3) landmarks and (4, 4) pose."""
    face = json.loads((GOLDEN / f"{stored['picture']}.json").read_text())["faces"][0]
    return np.array(face["landmarks_px"], np.float32), np.array(face["pose"], np.float32)


AVERAGE = canonical_face().vertices_cm


def head(
    moved: Sequence[int] = (), up_cm: float = 0.0, turn_deg: tuple[float, float, float] = (0, 0, 0), scale: float = 8
) -> tuple[Any, Any]:
    """Landmarks in pixels and pose of the average head, turned, with some landmarks higher."""
    points = AVERAGE.copy()
    points[list(moved), 1] += up_cm
    rotation, _ = cv2.Rodrigues(np.radians(np.array(turn_deg, np.float64)))
    pose = np.eye(4, dtype=np.float32)
    pose[:3, :3] = rotation
    px = points @ rotation.T * np.array([scale, -scale, -scale]) + np.array([320, 240, 0])
    return px.astype(np.float32), pose
