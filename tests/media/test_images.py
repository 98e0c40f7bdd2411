"""Pictures in every way that they are stored, and what is refused before it is decoded."""

from __future__ import annotations

import io
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from emoar.errors import MediaError
from emoar.media import images
from emoar.media.headers import ImageHeader, is_cut_short, read_header
from emoar.media.images import decode_image, is_image_file, read_image

from .stored_pictures import HEIGHT, WIDTH, animated, encoded, exif, heic, picture, png, rgb16, scans_of

STORED: dict[str, tuple[Callable[[], bytes], float]] = {  # and how far pixels may be off: lossy, few colours
    "png": (lambda: encoded(picture(), "PNG"), 0),
    "png 16 bit": (rgb16, 0),
    "png palette": (lambda: encoded(picture().convert("P", palette=Image.Palette.ADAPTIVE), "PNG"), 2),
    "png alpha": (lambda: encoded(picture().convert("RGBA"), "PNG"), 0),
    "jpeg": (lambda: encoded(picture(), "JPEG", quality=95, subsampling=0), 4),
    "jpeg progressive": (lambda: encoded(picture(), "JPEG", quality=95, subsampling=0, progressive=True), 4),
    "jpeg cmyk": (lambda: encoded(picture().convert("CMYK"), "JPEG", quality=95), 4),
    "webp": (lambda: encoded(picture(), "WEBP", quality=95), 12),
    "webp lossless": (lambda: encoded(picture(), "WEBP", lossless=True), 0),
    "webp animated": (lambda: animated("WEBP"), 16),
    "bmp": (lambda: encoded(picture(), "BMP"), 0),
    "gif": (lambda: encoded(picture(), "GIF"), 2),
    "gif animated": (lambda: animated("GIF"), 2),
    "png animated": (lambda: animated("PNG"), 0),
    "tiff": (lambda: encoded(picture(), "TIFF"), 0),
    "tiff lzw": (lambda: encoded(picture(), "TIFF", compression="tiff_lzw"), 0),
    "tiff cmyk": (lambda: encoded(picture().convert("CMYK"), "TIFF"), 2),
    "avif": (lambda: encoded(picture(), "AVIF", quality=95), 12),
    "heic": (lambda: heic(picture()), 4),
    "heic alpha": (lambda: heic(picture().convert("RGBA")), 4),
    "heic tiles": (lambda: heic(picture(), tile_size=16), 12),
}


@pytest.mark.parametrize("name", STORED)
def test_every_way_of_storing_gives_the_same_rgb(name: str) -> None:
    make, tolerance = STORED[name]
    data = make()
    header = read_header(data)
    assert header is not None
    if not name.startswith("heic"):  # small ones are stored larger, with an edge that is cut off
        assert (header.width_px, header.height_px) == (WIDTH, HEIGHT)
    assert not is_cut_short(data, header)
    image = decode_image(data)
    assert (image.dtype, image.shape) == (np.uint8, (HEIGHT, WIDTH, 3))
    off = np.abs(image.astype(int) - np.asarray(picture()).astype(int))
    assert off.mean() <= tolerance


@pytest.mark.parametrize("mode", ["L", "1", "I;16"])
def test_grey_becomes_rgb(mode: str) -> None:
    grey = np.asarray(picture().convert("L"))
    image = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else picture().convert(mode)
    decoded = decode_image(encoded(image, "PNG"))
    assert decoded.shape == (HEIGHT, WIDTH, 3)
    assert (decoded[..., 0] == decoded[..., 1]).all()
    if mode != "1":
        np.testing.assert_array_equal(decoded[..., 0], grey)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_what_is_transparent_becomes_white(kind: str) -> None:
    image = picture().convert("RGBA")
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    alpha[:, 20:30], alpha[:, 30:] = 128, 0
    image.putalpha(Image.fromarray(alpha))
    decoded = decode_image(encoded(image, kind, **({"lossless": True} if kind == "WEBP" else {})))
    np.testing.assert_allclose(decoded[20, 5], (200, 30, 20), atol=1)
    np.testing.assert_allclose(decoded[20, 25], (137, 147, 232), atol=2)  # half way to white
    np.testing.assert_array_equal(decoded[20, 35], 255)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_undone(kind: str, orientation: int) -> None:
    options: dict[str, object] = {"quality": 95, "subsampling": 0} if kind == "JPEG" else {}
    options |= {"lossless": True} if kind == "WEBP" else {}
    data = encoded(picture(), kind, exif=exif(orientation), **options)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    decoded = decode_image(data)
    assert decoded.shape == expected.shape
    assert np.abs(decoded.astype(int) - expected.astype(int)).mean() < 4
    if orientation in (6, 8):
        assert decoded.shape == (WIDTH, HEIGHT, 3)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_avif_turns(orientation: int) -> None:
    data = encoded(picture(), "AVIF", quality=95, exif=exif(orientation))
    expected = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    if orientation in (6, 8):  # Pillow leaves the turning to its caller
        expected = np.rot90(expected, 1 if orientation == 8 else 3)
    elif orientation == 3:
        expected = expected[::-1, ::-1]
    decoded = decode_image(data)
    assert decoded.shape == expected.shape
    assert np.abs(decoded.astype(int) - expected.astype(int)).mean() < 4


def test_one_pixel() -> None:
    assert decode_image(encoded(Image.new("RGB", (1, 1), (1, 2, 3)), "PNG")).tolist() == [[[1, 2, 3]]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"not a picture at all", "not a picture"),
        (b"\x89PNG\r\n\x1a\n", "not a picture"),
        (b"\xff\xd8\xff", "not a picture"),
        (b"RIFF\x04\0\0\0WEBP", "not a picture"),
        (b"II*\0\xff\xff\xff\x7f", "not a picture"),
        (b"GIF89a", "not a picture"),
        (b"BM", "not a picture"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        decode_image(data, "it")


@pytest.mark.parametrize("name", [n for n in STORED if "animated" not in n])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_cut_short_is_refused_silently_padding_nothing(name: str, share: float, capfd: pytest.CaptureFixture) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)  # the pixels are most of the file
    kind = name.split()[0].upper()
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(MediaError, match=r"cut short|damaged|not a picture"):
        decode_image(data[: int(len(data) * share)])
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF", "JPEG", "WEBP", "HEIC"])
def test_a_bomb_is_refused_by_its_header(kind: str) -> None:
    data = {
        "PNG": png(30_000, 30_000, 8, 2, b""),
        "GIF": b"GIF89a" + struct.pack("<HH", 30_000, 30_000) + bytes(10),
        "BMP": b"BM" + bytes(12) + struct.pack("<Iii", 40, 30_000, -30_000) + bytes(30),
        "TIFF": b"II*\0\x08\0\0\0\x02\0" + b"".join(struct.pack("<HHII", tag, 4, 1, 30_000) for tag in (256, 257)),
        "JPEG": b"\xff\xd8\xff\xc0" + struct.pack(">HBHH", 17, 8, 30_000, 30_000) + bytes(20),
        "HEIC": heic_of(30_000),
        "WEBP": b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (29_999).to_bytes(3, "little") * 2,
    }[kind]
    with pytest.raises(MediaError, match=r"30000 x 30000 pixels, more than 100 million"):
        decode_image(data)


def heic_of(size: int) -> bytes:
    """The header of a HEIC picture, made by hand."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body) + 8) + kind + body

    sizes = box(b"ispe", bytes(4) + struct.pack(">II", size, size))
    brands = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    return brands + box(b"meta", bytes(4) + box(b"iprp", box(b"ipco", sizes)))


def test_the_limit_can_be_set() -> None:
    data = encoded(picture(), "PNG")
    assert decode_image(data, max_pixels=WIDTH * HEIGHT).shape == (HEIGHT, WIDTH, 3)
    with pytest.raises(MediaError, match="scale it down"):
        decode_image(data, max_pixels=WIDTH * HEIGHT - 1)


def test_floating_point_pixels_are_refused() -> None:
    floats = Image.fromarray(np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8))
    with pytest.raises(MediaError, match="8 or 16 bits"):
        decode_image(encoded(floats, "TIFF"))


def test_read_image_names_its_source(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(picture(), "PNG"))
    frame = read_image(tmp_path / "a.png", index=3, time_s=0.1)
    assert (frame.source, frame.index, frame.time_s) == ("a.png", 3, 0.1)


@pytest.mark.parametrize("name", ["missing.png", "."])
def test_what_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(MediaError, match="cannot read"):
        read_image(tmp_path / name)


def test_the_log_level_is_put_back() -> None:
    import cv2

    before = cv2.utils.logging.getLogLevel()
    with pytest.raises(MediaError):
        decode_image(encoded(picture(), "TIFF")[:200])
    assert cv2.utils.logging.getLogLevel() == before


def test_a_real_photograph(grace_hopper: NDArray[np.uint8]) -> None:
    assert grace_hopper.shape == (600, 512, 3)
    assert grace_hopper[0, 0, 0] != grace_hopper[0, 0, 2]  # colour


@pytest.mark.parametrize(("width", "height", "scans"), [(64, 64, 101), (64, 64, 5000), (8000, 5000, 60)])
def test_a_picture_of_too_many_scans_is_refused_before_it_is_decoded(width: int, height: int, scans: int) -> None:
    with pytest.raises(MediaError, match="scans: save it as a baseline JPEG"):
        decode_image(scans_of(width, height, scans))


@pytest.mark.parametrize(("width", "height", "scans"), [(64, 64, 100), (800, 500, 20), (8000, 5000, 20)])
def test_as_many_scans_as_encoders_write_are_read(width: int, height: int, scans: int) -> None:
    assert decode_image(scans_of(width, height, scans)).shape == (height, width, 3)


@pytest.mark.parametrize("size", [(1, 1), (3, 700_000), (700_000, 3), (700, 900)])
@pytest.mark.parametrize("premultiplied", [False, True])
def test_bands_give_the_same_as_the_whole(size: tuple[int, int], premultiplied: bool) -> None:
    bgra = np.random.default_rng(1).integers(0, 256, (*size, 4)).astype(np.uint8)
    whole = images._mixed_with_white(bgra, premultiplied)
    assert np.array_equal(images._on_white(bgra, premultiplied=premultiplied), whole)


def test_a_large_transparent_picture_takes_little_more_memory_than_its_result() -> None:
    bgra = np.zeros((3000, 2000, 4), np.uint16)
    header = ImageHeader("png", 2000, 3000)
    tracemalloc.start()
    try:
        images._to_rgb(bgra, header, "picture")
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 2.8 * 3 * 3000 * 2000  # its 8-bit copy with alpha, the result, and a band


@pytest.mark.parametrize(
    ("name", "stored", "expected"),
    [
        ("a.jfif", "JPEG", True),
        ("a.JPE", "JPEG", True),
        ("a.jif", "JPEG", True),
        ("a.dib", "BMP", True),
        ("a", "JPEG", True),  # told by its content
        ("IMG_0001.orig", "PNG", True),
        ("raw.cr2", "TIFF", False),  # a camera's raw file begins as TIFF does
        (".hidden.jpg", "JPEG", False),
    ],
)
def test_the_pictures_of_a_folder(name: str, stored: str, expected: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(encoded(picture(), stored))
    assert is_image_file(tmp_path / name) is expected


def test_other_files_of_a_folder_are_no_pictures(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("no picture")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    assert not any(is_image_file(path) for path in (*tmp_path.iterdir(), tmp_path / "missing"))
