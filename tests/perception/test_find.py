"""The finder: a second fit where the first was off, and only there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.canonical import canonical_face
from emoar.geometry import Region
from emoar.perception.find import FaceFinder, FinderOptions, features
from emoar.perception.mesh import MeshFit, region_of_detection, region_of_landmarks, same_region
from emoar.perception.stopwatch import Stopwatch
from emoar.types import Detection, Frame

PICTURE = Frame(np.zeros((480, 640, 3), np.uint8))
LANDMARKS = (canonical_face().vertices_cm * np.float32([10, -10, 10]) + np.float32([320, 240, 0])).astype(np.float32)
HERE = region_of_landmarks(LANDMARKS)


class Detector:
    def __init__(self, region: Region) -> None:
        half = region.side_px / 1.5 / 2
        x, y = region.centre_x_px, region.centre_y_px
        points = features(LANDMARKS)
        middle = points[:2].mean(axis=0)
        half_eyes = 30 * np.float32([math.cos(region.angle_rad), math.sin(region.angle_rad)])
        eyes = np.stack([middle - half_eyes, middle + half_eyes, *points[2:], middle, middle])
        box = np.array([x - half, y - half, x + half, y + half], np.float32)
        self.detection = Detection(box, eyes.astype(np.float32), 0.9)

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        return [self.detection]


class Mesh:
    def __init__(self, presence: float = 1.0) -> None:
        self.regions: list[Region] = []
        self.presence = presence

    def fit(self, image: NDArray[np.uint8], region: Region) -> MeshFit:
        self.regions.append(region)
        return MeshFit(LANDMARKS, self.presence)


def regions_fitted(detected: Region, presence: float = 1.0) -> list[Region]:
    mesh = Mesh(presence)
    FaceFinder(cast("Any", Detector(detected)), cast("Any", mesh), FinderOptions(), Stopwatch()).find(PICTURE, [], 4)
    return mesh.regions


def test_one_fit_where_the_detector_was_right() -> None:
    assert len(regions_fitted(HERE)) == 1


@pytest.mark.parametrize(
    "off",
    [
        replace(HERE, centre_x_px=HERE.centre_x_px + 0.06 * HERE.side_px),
        replace(HERE, centre_y_px=HERE.centre_y_px - 0.06 * HERE.side_px),
        replace(HERE, side_px=1.1 * HERE.side_px),
        replace(HERE, side_px=0.9 * HERE.side_px),
        replace(HERE, angle_rad=HERE.angle_rad + math.radians(7)),
    ],
)
def test_a_second_fit_at_the_right_place_where_it_was_off(off: Region) -> None:
    first, second = regions_fitted(off)
    assert not same_region(first, HERE)
    assert second == HERE


def test_no_second_fit_of_what_is_no_face() -> None:
    assert len(regions_fitted(replace(HERE, side_px=2 * HERE.side_px), presence=0.1)) == 1


def test_regions_agree_across_half_a_turn() -> None:
    assert same_region(replace(HERE, angle_rad=math.pi - 0.01), replace(HERE, angle_rad=0.01 - math.pi))


def test_the_detectors_box_becomes_the_region_it_was_made_from() -> None:
    assert same_region(region_of_detection(Detector(HERE).detection), HERE)
