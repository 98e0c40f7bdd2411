"""Pictures of every kind become RGB."""

from __future__ import annotations

import av
import numpy as np
import pytest

from emoar.media.video.picture import PictureConverter

GREY = np.full((48, 64, 3), 120, np.uint8)
FORMATS = [
    *("yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv410p", "yuv411p", "yuv420p10le", "yuv422p12le"),
    *("yuv444p16le", "nv12", "nv21", "yuyv422", "uyvy422", "gray", "gray10le", "gray16le", "rgb24", "bgr24"),
    *("rgb48le", "bgr0", "rgb0", "gbrp", "gbrp10le", "rgba", "bgra", "argb", "yuva420p", "yuva444p10le"),
    *("p010le"),
]


@pytest.mark.parametrize("name", FORMATS)
def test_grey_is_grey_in_every_format(name: str) -> None:
    picture = av.VideoFrame.from_ndarray(GREY, format="rgb24").reformat(format=name)
    image = PictureConverter().convert(picture)
    assert (image.shape, image.dtype) == ((48, 64, 3), np.uint8)
    assert image.flags["C_CONTIGUOUS"]
    np.testing.assert_allclose(image, GREY, atol=4)


@pytest.mark.parametrize("aspect", [0.5, 1.0, 4 / 3, 2.0])
def test_pixels_become_square(aspect: float) -> None:
    picture = av.VideoFrame.from_ndarray(GREY, format="rgb24")
    assert PictureConverter().convert(picture, aspect).shape == (48, round(64 * aspect), 3)


def test_a_column_is_not_lost() -> None:
    picture = av.VideoFrame.from_ndarray(GREY[:, :1].copy(), format="rgb24")
    assert PictureConverter().convert(picture, 0.2).shape == (48, 1, 3)


def test_the_first_size_is_kept() -> None:
    converter = PictureConverter()
    for size in ((64, 48), (32, 24), (100, 10), (64, 48)):
        picture = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), 99, np.uint8), format="rgb24")
        image = converter.convert(picture)
        assert image.shape == (48, 64, 3)
        assert abs(int(image[24, 32, 0]) - 99) <= 1


def test_half_transparent_on_white() -> None:
    rgba = np.full((48, 64, 4), 0, np.uint8)
    rgba[..., 3] = 128
    image = PictureConverter().convert(av.VideoFrame.from_ndarray(rgba, format="rgba"))
    np.testing.assert_allclose(image, 127, atol=1)


@pytest.mark.parametrize(
    ("height", "matrix"), [(480, (0.299, 0.114)), (720, (0.2126, 0.0722)), (1080, (0.2126, 0.0722))]
)
def test_untagged_video_has_the_matrix_of_its_height(height: int, matrix: tuple[float, float]) -> None:
    red, blue = matrix
    colour = np.array([200, 60, 40]) / 255
    luma = red * colour[0] + (1 - red - blue) * colour[1] + blue * colour[2]
    picture = av.VideoFrame(64, height, "yuv444p")
    for plane, value in zip(
        picture.planes,
        (
            16 + 219 * luma,
            128 + 224 * (colour[2] - luma) / (2 - 2 * blue),
            128 + 224 * (colour[0] - luma) / (2 - 2 * red),
        ),
        strict=True,
    ):
        plane.update(bytes([round(value)]) * plane.buffer_size)
    np.testing.assert_allclose(PictureConverter().convert(picture)[9, 9], (200, 60, 40), atol=3)


def test_high_dynamic_range_changes_size_and_kind() -> None:
    converter = PictureConverter()
    for transfer, width in ((16, 64), (18, 64), (16, 32), (1, 64)):
        picture = av.VideoFrame.from_ndarray(np.full((72, width), 512, np.uint16), format="yuv420p10le")
        picture.color_trc = transfer
        image = converter.convert(picture)
        assert image.shape == (48, 64, 3)
        assert 60 < image[24, 32, 1] < 250
