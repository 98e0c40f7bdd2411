"""HEIC, the pictures of iPhones: turned once, measured first, and only with its library."""

from __future__ import annotations

import io
import struct
import sys

import numpy as np
import pytest
from PIL import Image, ImageOps

from emoar.errors import DependencyMissing, MediaError
from emoar.media.images import decode_image

from ..stored_pictures import HEIGHT, WIDTH, exif, heic, picture


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_turns_as_its_container_states(orientation: int) -> None:
    data = heic(picture(), exif=exif(orientation).tobytes())
    turned = picture()
    turned.getexif()[274] = orientation
    expected = np.asarray(ImageOps.exif_transpose(turned))
    decoded = decode_image(data)
    assert decoded.shape == expected.shape
    assert np.abs(decoded.astype(int) - expected.astype(int)).mean() < 4


def test_exif_counts_for_nothing_in_heic() -> None:
    """iPhones write the turn twice, and it must be done once; a container that does not turn wins too."""
    data = heic(picture(), exif=exif(6).tobytes())
    assert b"irot" in data
    decoded = decode_image(data.replace(b"irot", b"free"))  # Exif still states 6
    assert decoded.shape == (HEIGHT, WIDTH, 3)


def test_a_face_in_heic(astronaut: np.ndarray) -> None:
    decoded = decode_image(heic(Image.fromarray(astronaut), quality=90, chroma=420))
    assert decoded.shape == astronaut.shape
    assert np.abs(decoded.astype(int) - astronaut.astype(int)).mean() < 3


def test_ten_bits_are_read_as_eight() -> None:
    library = pytest.importorskip("pillow_heif")
    deep = np.asarray(picture()).astype(np.uint16) * 257
    buffer = io.BytesIO()
    library.from_bytes("RGB;16", (WIDTH, HEIGHT), deep.tobytes()).save(buffer, quality=-1, chroma=444)
    decoded = decode_image(buffer.getvalue())
    assert np.abs(decoded.astype(int) - np.asarray(picture()).astype(int)).mean() < 2


def test_heic_without_its_library_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = heic(picture())
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(DependencyMissing, match=r"me.heic is a HEIC picture.*pip install 'emoar\[heic\]'"):
        decode_image(data, "me.heic")


def test_heic_is_measured_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    library = pytest.importorskip("pillow_heif")
    data = heic(Image.new("RGB", (300, 200)))
    monkeypatch.setattr(library.HeifFile, "__array_interface__", property(lambda _: pytest.fail("decoded")))
    with pytest.raises(MediaError, match="scale it down"):
        decode_image(data, max_pixels=50_000)


def test_a_heic_that_states_a_small_size_is_not_decoded_large() -> None:
    data = heic(Image.new("RGB", (900, 700)))
    at = data.index(b"ispe") + 8
    with pytest.raises(MediaError, match="damaged"):
        decode_image(data[:at] + struct.pack(">II", 30, 20) + data[at + 8 :], max_pixels=50_000)


def test_the_librarys_options_are_put_back() -> None:
    library = pytest.importorskip("pillow_heif")
    before = dict(vars(library.options))
    decode_image(heic(picture()))
    assert vars(library.options) == before
