"""Fuzzes what strangers' bytes go through: headers, decoding, forms, JSON. Coverage leads it (atheris, libFuzzer).

    pip install atheris && python scripts/fuzz_images.py CORPUS_FOLDER -max_total_time=600

Good pictures of every format are put into the folder first. Anything but an answer or a `Problem` ends it, and the
input is kept as `crash-...`; so does more memory or time than a request may take (-rss_limit_mb, -timeout).
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["emoar.media", "emoar.server"]):
    from emoar.media import headers, heic, images  # noqa: F401
    from emoar.server.http import body, multipart
    from emoar.server.http.problems import Problem
    from emoar.server.workers.decode import decode_picture

import cv2
import numpy as np

MAX_PIXELS = 2_000_000  # small, so that decoding stays quick
SUFFIXES = (".jpg", ".png", ".webp", ".bmp", ".tiff", ".gif", ".avif")


def write_corpus(folder: Path) -> None:
    """Good inputs to begin with: pictures in grey, colour and with alpha, a form, and JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(3)
    for channels in (1, 3, 4):
        image = rng.integers(0, 255, (9, 13, channels)).astype(np.uint8)
        for suffix in SUFFIXES:
            good, data = cv2.imencode(suffix, image)
            if good:
                (folder / f"{channels}{suffix}").write_bytes(b"\0" + data.tobytes())
        _write_heic(folder / f"{channels}.heic", image)
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nabc\r\n--x--\r\n'
    (folder / "form").write_bytes(b"\1" + form)
    (folder / "json").write_bytes(b'\2{"image": "/9j/4AAQ"}')


def _write_heic(path: Path, image: np.ndarray) -> None:
    """In tiles too, as iPhones store it."""
    try:
        import pillow_heif
    except ImportError:
        print("pillow-heif is missing: HEIC is not fuzzed", file=sys.stderr)
        return
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[image.shape[2]]
    for tiles in (0, 4):
        buffer = io.BytesIO()
        picture = pillow_heif.from_bytes(mode, (image.shape[1], image.shape[0]), image.tobytes())
        picture.save(buffer, tile_size=tiles)
        path.with_stem(f"{path.stem}-{tiles}").write_bytes(b"\0" + buffer.getvalue())


def one_input(data: bytes) -> None:
    """The first byte decides which way the others go."""
    way, rest = data[:1], data[1:]
    try:
        if way == b"\1":
            form = multipart.FormParser("multipart/form-data; boundary=x")
            pieces = [data for chunk in (rest[:9], rest[9:]) for _, data in form.feed(chunk)]
            assert sum(map(len, pieces)) <= len(rest)
            form.close()
        elif way == b"\2":
            body.pictures_from_json(rest, 16)
        else:
            image = decode_picture(rest, MAX_PIXELS)
            assert image.ndim == 3
            assert image.shape[2] == 3
            assert image.shape[0] * image.shape[1] <= MAX_PIXELS
    except Problem:
        return


if __name__ == "__main__":
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    for corpus in folders[:1]:
        write_corpus(corpus)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    cv2.setNumThreads(1)
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
