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
from emoar.perception.find import FaceFinder, FinderOptions, features, why_unread
from emoar.perception.mesh import MeshFit, region_of_detection, region_of_landmarks, same_region
from emoar.perception.stopwatch import Stopwatch
from emoar.types import Detection, Frame

PICTURE = Frame(np.zeros((480, 640, 3), np.uint8))
LANDMARKS = (canonical_face().vertices_cm * np.float32([10, -10, 10]) + np.float32([320, 240, 0])).astype(np.float32)
HERE = region_of_landmarks(LANDMARKS)


class Detector:
    def __init__(self, region: Region, *scores: float) -> None:
        self.scores = scores or (0.9,)  # of the first detection, and of those from nearby
        half = region.side_px / 1.5 / 2
        x, y = region.centre_x_px, region.centre_y_px
        points = features(LANDMARKS)
        middle = points[:2].mean(axis=0)
        half_eyes = 30 * np.float32([math.cos(region.angle_rad), math.sin(region.angle_rad)])
        eyes = np.stack([middle - half_eyes, middle + half_eyes, *points[2:], middle, middle])
        box = np.array([x - half, y - half, x + half, y + half], np.float32)
        self.detection = Detection(box, eyes.astype(np.float32), self.scores[0])

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        if image.shape == PICTURE.image.shape:
            return [self.detection]
        height, width = image.shape[:2]  # a part around the face
        offset = np.float32([320 - width / 2, 240 - height / 2])
        nearby = replace(self.detection, score=self.scores[-1])
        return [
            replace(
                nearby,
                box_xyxy_px=nearby.box_xyxy_px - np.tile(offset, 2),
                keypoints_px=nearby.keypoints_px - offset,
            )
        ]


class Mesh:
    def __init__(self, presence: float = 1.0) -> None:
        self.regions: list[Region] = []
        self.presence = presence

    def fit(self, image: NDArray[np.uint8], region: Region) -> MeshFit:
        self.regions.append(region)
        return MeshFit(LANDMARKS, self.presence)


def regions_fitted(detected: Region, presence: float = 1.0, score: float = 0.9) -> list[Region]:
    mesh = Mesh(presence)
    FaceFinder(cast("Any", Detector(detected, score)), cast("Any", mesh), FinderOptions(), Stopwatch()).find(
        PICTURE, [], 4
    )
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
    assert len(regions_fitted(replace(HERE, side_px=2 * HERE.side_px), presence=0.1, score=0.55)) == 1


def test_regions_agree_across_half_a_turn() -> None:
    assert same_region(replace(HERE, angle_rad=math.pi - 0.01), replace(HERE, angle_rad=0.01 - math.pi))


def test_the_detectors_box_becomes_the_region_it_was_made_from() -> None:
    assert same_region(region_of_detection(Detector(HERE).detection), HERE)


def found(mesh: Mesh, *scores: float, detected: Region = HERE) -> tuple[int, list[str]]:
    """Number of faces, and the reasons of those without a mesh."""
    finder = FaceFinder(cast("Any", Detector(detected, *scores)), cast("Any", mesh), FinderOptions(), Stopwatch())
    result = finder.find(PICTURE, [], 4)
    return len(result.fits), [face.reason for face in result.unread]


def test_a_sure_detection_without_a_mesh_is_a_face_that_was_not_read() -> None:
    assert found(Mesh(presence=0.1), 0.8) == (0, ["covered"])
    assert found(Mesh(presence=0.1), 0.5) == (0, [])  # the detector is not sure
    assert found(Mesh(presence=0.1), 0.8, 0.3) == (0, [])  # from nearby it is not


def test_a_second_angle_is_tried_where_the_detector_is_sure() -> None:
    class Tilted(Mesh):
        def fit(self, image: NDArray[np.uint8], region: Region) -> MeshFit:
            self.regions.append(region)
            tilted = any(other.angle_rad - HERE.angle_rad > 0.3 for other in self.regions)
            return MeshFit(LANDMARKS, 1.0 if tilted else 0.2)

    assert found(Tilted(), 0.8) == (1, [])
    assert found(Tilted(), 0.5) == (0, [])


@pytest.mark.parametrize("scores", [(0.8,), (0.5, 0.6), (0.3, 0.9)])
def test_a_doubtful_detection_is_a_face_where_it_is_found_again(scores: tuple[float, ...]) -> None:
    assert found(Mesh(), *scores)[0] == 1


def test_a_mesh_alone_is_no_face_where_the_detector_doubts() -> None:
    class Doubtful(Detector):
        calls = 0

        def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
            self.calls += 1
            return [self.detection] if self.calls == 1 else []

    finder = FaceFinder(cast("Any", Doubtful(HERE, 0.6)), cast("Any", Mesh()), FinderOptions(), Stopwatch())
    assert finder.find(PICTURE, [], 4).fits == []


def test_below_half_a_score_only_a_sure_mesh_is_a_face() -> None:
    assert found(Mesh(presence=0.8), 0.4, 0.9)[0] == 0
    assert found(Mesh(presence=0.8), 0.55, 0.9)[0] == 1


def keypoints(nose_x: float) -> NDArray[np.float32]:
    return np.float32([[80, 90], [120, 90], [nose_x, 110], [100, 130], [60, 95], [140, 95]])


@pytest.mark.parametrize(
    ("nose_x", "box", "reason"),
    [
        (140, [50, 60, 150, 160], "turned away"),
        (62, [50, 60, 150, 160], "turned away"),
        (100, [-5, 60, 95, 160], "cut off by the edge"),
        (100, [50, 60, 150, 160], "covered"),
        (100, [90, 90, 105, 105], "too small"),
    ],
)
def test_why_a_face_cannot_be_read(nose_x: float, box: list[float], reason: str) -> None:
    detection = Detection(np.float32(box), keypoints(nose_x), 0.8)
    assert why_unread(detection, 640, 480) == reason
