"""What the shapes cover, and what they leave visible."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.perception.align import alignment_template_px
from emoar.training.evaluation.shifts.covering import dark_glasses, glare, hand, mask

RIGHT_EYE, LEFT_EYE, NOSE, MOUTH_RIGHT, MOUTH_LEFT = (tuple(np.rint(p).astype(int)) for p in alignment_template_px())
ALL = pytest.mark.parametrize("change", [mask(), hand(), dark_glasses(), glare()])


def covered(change: object, seed: int = 0, side: int = 48) -> np.ndarray:
    """(side, side) whether a pixel of a face is changed; the face has noise, so that no level is that of a shape."""
    face = np.random.default_rng(5).integers(60, 140, (side, side), np.uint8)
    return change(face, np.random.default_rng(seed)) != face


def at(point: tuple[int, int], where: np.ndarray) -> bool:
    return bool(where[point[1], point[0]])


def test_a_mask_covers_nose_and_mouth() -> None:
    where = covered(mask())
    assert all(at(point, where) for point in (NOSE, MOUTH_RIGHT, MOUTH_LEFT))
    assert not at(RIGHT_EYE, where)
    assert not at(LEFT_EYE, where)


def test_dark_glasses_cover_the_eyes() -> None:
    where = covered(dark_glasses())
    assert at(RIGHT_EYE, where)
    assert at(LEFT_EYE, where)
    assert not where[int(NOSE[1]) :].any()


def test_a_hand_covers_one_corner_of_the_mouth() -> None:
    sides = set()
    for seed in range(10):
        where = covered(hand(), seed)
        corners = at(MOUTH_RIGHT, where), at(MOUTH_LEFT, where)
        assert corners[0] != corners[1]
        assert not at(RIGHT_EYE, where)
        sides.add(corners)
    assert len(sides) == 2


def test_glare_is_bright_and_not_opaque() -> None:
    face = np.full((48, 48), 100, np.uint8)
    bright = glare()(face, np.random.default_rng(0))
    assert bright.max() == 190  # 100 + 0.6 x 150
    assert 0.01 < (bright > 100).mean() < 0.06


@ALL
def test_shapes_scale_with_the_crop(change: object) -> None:
    shares = [covered(change, side=side).mean() for side in (48, 96)]
    assert shares[0] == pytest.approx(shares[1], abs=0.03)
    assert 0.01 < shares[0] < 0.45


@ALL
def test_colour_crops_are_covered_at_the_same_places(change: object) -> None:
    face = np.random.default_rng(5).integers(60, 140, (48, 48), np.uint8)
    grey = change(face, np.random.default_rng(1))
    colour = change(np.repeat(face[..., None], 3, axis=2), np.random.default_rng(1))
    np.testing.assert_array_equal(colour, np.repeat(grey[..., None], 3, axis=2))
