"""Crops of two portraits, moved and lit in several ways."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from emoar.training.personal.faces import PersonFaces

_GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture
def people() -> PersonFaces:
    """Six faces of each person for training and three held back, as if of two labels of one person."""
    labels, crops = [], []
    for label, picture in enumerate(("near", "turned_left")):
        stored = json.loads((_GOLDEN / f"{picture}.json").read_text())["faces"][0]["crop"]
        crop = np.frombuffer(base64.b64decode(stored), np.uint8).reshape(48, 48)
        for shift in (-3, -2, -1, 0, 1, 2, 3, -1.5, 1.5):
            matrix = np.array([[1, 0, shift], [0, 1, shift / 2]])
            moved = cv2.warpAffine(crop, matrix, (48, 48), borderMode=cv2.BORDER_REPLICATE)
            crops.append(np.clip(moved * (1 + shift / 20), 0, 255).astype(np.uint8))
            labels.append(label)
    index, held_back = np.array(labels), np.arange(18) % 9 >= 6
    faces = np.stack(crops)
    return PersonFaces(
        ("anna", "otto"), faces[~held_back], index[~held_back], faces[held_back], index[held_back], "people"
    )
