"""Vector art: an SVG file, read once, as a picture that skia draws at any size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from emoar.errors import InputError
from emoar.overlay.engine import skia

__all__ = ["Art", "load_svg"]

ROOT_TAG = "{http://www.w3.org/2000/svg}svg"


@dataclass(frozen=True, eq=False)
class Art:
    """A drawing in units of its view box, whose upper left corner is (0, 0)."""

    width: float
    height: float
    picture: Any  # skia.Picture


def load_svg(path: Path) -> Art:
    """Reads an SVG file.

    Raises:
        InputError: the file cannot be read, is not SVG that skia can draw, or its root has no `viewBox="0 0 W H"`.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); correct its name") from error
    width, height = _view_box(path, data)
    document = skia.SVGDOM.MakeFromStream(skia.MemoryStream(data))
    if document is None:
        raise InputError(f"{path}: cannot be drawn; save it as plain SVG")
    document.setContainerSize(skia.Size(width, height))
    recorder = skia.PictureRecorder()
    document.render(recorder.beginRecording(skia.Rect.MakeWH(width, height)))
    return Art(width, height, recorder.finishRecordingAsPicture())


def _view_box(path: Path, data: bytes) -> tuple[float, float]:
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise InputError(f"{path}: is not SVG ({error}); save it as plain SVG") from error
    if root.tag != ROOT_TAG:
        raise InputError(f"{path}: is not SVG (its root is {root.tag}); save it as plain SVG")
    try:
        left, top, width, height = map(float, root.get("viewBox", "").replace(",", " ").split())
    except ValueError:
        left, top, width, height = 0.0, 0.0, 0.0, 0.0
    if left or top or not 0 < width < 1e6 or not 0 < height < 1e6:
        raise InputError(f'{path}: the root must have viewBox="0 0 WIDTH HEIGHT", got {root.get("viewBox")!r}')
    return width, height
