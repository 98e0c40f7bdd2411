"""The parts of a photo that are searched: they cover it with a border, and are mapped back without an error."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from emoar.perception.tiles import Halvings, Tile, letterbox, tile_square, tiles


@pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 640), (7, 300), (1, 1), (192, 192)])
def test_letterbox_keeps_the_shape_and_can_be_undone(width: int, height: int) -> None:
    image = np.full((height, width, 3), 200, np.uint8)
    square, scale, left, top = letterbox(image, 192)
    assert square.shape == (192, 192, 3)
    filled = np.argwhere(square[..., 0] == 200)
    assert filled.min(axis=0).tolist() == [top, left]
    assert (
        filled.max(axis=0) - filled.min(axis=0) + 1 == np.maximum(1, np.round([height * scale, width * scale]))
    ).all()


@pytest.mark.parametrize(("width", "height"), [(1200, 900), (4000, 3000), (300, 2000), (100, 100), (481, 7)])
def test_tiles_of_each_size_cover_the_picture_and_a_border(width: int, height: int) -> None:
    whole, *parts = tiles(width, height, 24, 1000)
    assert whole.side_px >= 1.15 * max(width, height)
    assert bool(parts) == (max(width, height) > 480)
    for side in {tile.side_px for tile in parts}:
        border = int(0.07 * side)
        covered = np.zeros((height + 2 * border, width + 2 * border), bool)
        for tile in parts:
            if tile.side_px == side:
                left, top = max(tile.left_px + border, 0), max(tile.top_px + border, 0)
                covered[top : tile.top_px + border + side, left : tile.left_px + border + side] = True
        assert covered.all()


def test_a_face_on_a_seam_is_whole_in_some_tile() -> None:
    _, *parts = tiles(1200, 900, 24, 1000)
    least = min(tile.side_px for tile in parts)
    fine = [tile for tile in parts if tile.side_px == least]
    for x in range(20, 1180, 7):
        assert any(tile.left_px <= x - 13 and x + 13 <= tile.left_px + least for tile in fine)


@pytest.mark.parametrize(
    ("width", "height", "most", "count", "smallest"),
    [
        (1920, 1080, 120, 15, 441),
        (1632, 1224, 120, 12, 471),
        (4000, 3000, 120, 84, 457),
        (7300, 5500, 120, 114, 698),
        (20000, 1200, 120, 118, 633),
        (4000, 3000, 16, 12, 1154),
    ],
)
def test_the_number_of_tiles_is_bounded(width: int, height: int, most: int, count: int, smallest: int) -> None:
    _, *parts = tiles(width, height, 24, most)
    assert (len(parts), min(tile.side_px for tile in parts)) == (count, smallest)


@pytest.mark.parametrize("tile", [Tile(-40, -30, 300), Tile(400, 250, 300), Tile(-60, -120, 760), Tile(100, 80, 128)])
def test_a_point_of_a_tile_is_where_the_numbers_put_it(tile: Tile) -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    point = np.clip([tile.left_px + 0.5 * tile.side_px, tile.top_px + 0.45 * tile.side_px], 0, [620, 460])
    x, y = (int(v) for v in point)
    cv2.circle(image, (x, y), 12, (255, 255, 255), -1)
    square, scale, left, top = tile_square(Halvings(image), tile, 128)
    assert scale == pytest.approx(128 / tile.side_px)
    rows, columns = np.nonzero(square[..., 0] > 100)
    found = columns.mean(), rows.mean()
    assert found == pytest.approx((x * scale + left, y * scale + top), abs=0.8)


def test_a_tile_has_its_point_in_the_middle() -> None:
    tile = Tile.around(100.2, 50.0, 80)
    assert tile == Tile(60, 10, 80)
    assert tile.has_near_middle(119, 31, 0.5)
    assert not tile.has_near_middle(121, 50, 0.5)
    assert not tile.has_near_middle(100, 29, 0.5)
