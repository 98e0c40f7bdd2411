"""Each transform against its inverse, and against cases that one can draw by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emoar.geometry import (
    Region,
    apply_affine,
    area_of_boxes,
    box_of_points,
    intersection_over_smaller,
    invert_affine,
    iou,
    means_of_points,
    project,
    region_matrix,
    similarity_between,
    unproject,
)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((0, 0, 2, 2), (0, 0, 2, 2), 1.0),
        ((0, 0, 2, 2), (1, 0, 3, 2), 1 / 3),
        ((0, 0, 2, 2), (2, 2, 4, 4), 0.0),
        ((0, 0, 2, 2), (5, 5, 6, 6), 0.0),
        ((0, 0, 0, 0), (0, 0, 0, 0), 0.0),
    ],
)
def test_iou(a: tuple[float, ...], b: tuple[float, ...], expected: float) -> None:
    assert iou(np.float32(a), np.float32([b]))[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("other", "expected"),
    [((0, 0, 4, 4), 1.0), ((1, 1, 2, 2), 1.0), ((-9, -9, 9, 9), 1.0), ((2, 0, 6, 2), 0.5), ((4, 0, 8, 4), 0.0)],
)
def test_intersection_over_smaller(other: tuple[float, ...], expected: float) -> None:
    assert intersection_over_smaller(np.float32([0, 0, 4, 4]), np.float32([other]))[0] == pytest.approx(expected)


def test_iou_with_no_boxes_is_empty() -> None:
    assert iou(np.float32([0, 0, 1, 1]), np.zeros((0, 4), np.float32)).shape == (0,)


def test_a_box_turned_inside_out_has_no_area() -> None:
    assert area_of_boxes(np.float32([3, 3, 1, 1])) == 0


def test_box_of_points() -> None:
    assert box_of_points(np.float32([[1, 5, 9], [3, 2, -9]])).tolist() == [1, 2, 3, 5]


@pytest.mark.parametrize("angle_deg", [0, 30, -75, 180])
def test_a_region_and_its_inverse_cancel(angle_deg: float) -> None:
    matrix = region_matrix(Region(100, 50, 80, math.radians(angle_deg)), 192)
    points = np.float32([[0, 0], [100, 50], [123.4, -7]])
    there_and_back = apply_affine(invert_affine(matrix), apply_affine(matrix, points))
    np.testing.assert_allclose(there_and_back, points, atol=1e-4)


def test_a_region_is_centred_and_upright() -> None:
    matrix = region_matrix(Region(100, 50, 80, math.radians(90)), 161)
    # a point to the right of the centre in the picture is above it... turned back by 90 degrees: at the crop's top
    points = apply_affine(matrix, np.float32([[100, 50], [140, 50]]))
    np.testing.assert_allclose(points, [[80, 80], [80, -0.5]], atol=1e-4)


def test_similarity_recovers_what_made_the_points() -> None:
    rng = np.random.default_rng(0)
    source = rng.normal(size=(5, 2))
    cos, sin = 1.7 * math.cos(0.4), 1.7 * math.sin(0.4)
    made = np.array([[cos, -sin, 3.0], [sin, cos, -4.0]])
    np.testing.assert_allclose(similarity_between(source, apply_affine(made, source)), made, atol=1e-5)


def test_project_and_unproject_cancel() -> None:
    points = np.float32([[0, 0, -50], [10, 5, -80], [-30, 12, -60]])
    pixels = project(points, 1280, 720, 45)
    np.testing.assert_allclose(unproject(pixels, -points[:, 2], 1280, 720, 45), points, atol=1e-3)


def test_the_axis_hits_the_middle_and_up_is_up() -> None:
    pixels = project(np.float32([[0, 0, -50], [0, 10, -50], [10, 0, -50]]), 641, 481, 45)
    assert pixels[0].tolist() == [320, 240]
    assert pixels[1, 1] < 240
    assert pixels[2, 0] > 320


def test_means_of_points_by_name() -> None:
    points = np.array([[0, 0, 9], [2, 4, 9], [5, 5, 9], [8, 3, 9]], np.float32)
    assert means_of_points(points, {"one": (2,), "three": (0, 1, 3)}) == {
        "one": (5.0, 5.0),
        "three": tuple(points[[0, 1, 3], :2].mean(axis=0).tolist()),
    }
