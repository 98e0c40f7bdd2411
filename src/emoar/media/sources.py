"""`open_frames`: opens any source of pictures as an iterator of frames."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError, MediaError
from emoar.media.addresses import Address, address_in, fetch, is_live
from emoar.media.base import Source
from emoar.media.containers import is_animated
from emoar.media.headers import read_header
from emoar.media.images import IMAGE_SUFFIXES, MAX_BYTES, decode_image, is_image_file, read_image
from emoar.media.peeked import PeekedPipe, is_pipe
from emoar.scene_json import unicode_text
from emoar.types import Frame

__all__ = ["ArraySource", "ImageSource", "images_in", "is_picture", "open_frames"]

_HEADER_BYTES: Final = 1 << 16  # enough to tell a picture from a video


def open_frames(source: object, *, frame_rate: float = 30.0) -> Source:
    """Opens any source of pictures as an iterator of `Frame` and a context manager.

    Args:
        source: the path of a video, of a picture or of a folder of pictures (in natural order: 2 before 10); a pipe,
            or `-` for standard input; an address (https://, rtsp:// and others); the index of a camera; one (H, W, 3)
            or several (N, H, W, 3) RGB uint8 pictures; or an iterable of pictures or of `Frame`.
        frame_rate: pictures per second of sources without times (folders and arrays).

    Raises:
        MediaError: the file or address cannot be read.
        CameraError: the camera is absent or busy.
        InputError: it is another kind of object; while iterating, also for an array of another shape or type.
    """
    if isinstance(source, bool):
        raise InputError(f"source must be a path, a camera index or RGB pictures, got {source}")
    if isinstance(source, int):
        from emoar.media.camera import CameraSource

        return CameraSource(source)
    if isinstance(source, str | Path):
        place = address_in(source)
        return _open_path(place, frame_rate) if isinstance(place, Path) else _open_address(place, frame_rate)
    if isinstance(source, np.ndarray):
        stack: NDArray[Any] = cast("NDArray[Any]", source)
        return ArraySource([stack] if stack.ndim <= 3 else stack, frame_rate=frame_rate, frame_count=_length(stack))
    if isinstance(source, Iterable):
        items = cast("Iterable[object]", source)
        return ArraySource(items, frame_rate=frame_rate)
    raise InputError(f"source must be a path, a camera index or RGB pictures, got {type(source).__name__}")


class ArraySource(Source):
    """Pictures in memory; `Frame` values are passed on unchanged, with their own times.

    While iterating, `InputError` is raised for an array of another shape or type.
    """

    name = "array"

    def __init__(self, pictures: Iterable[object], *, frame_rate: float = 30.0, frame_count: int | None = None) -> None:
        super().__init__()
        self._pictures = pictures
        self.frame_rate = frame_rate
        self.frame_count = frame_count

    def _frames(self) -> Generator[Frame, None, None]:
        for index, picture in enumerate(self._pictures):
            if isinstance(picture, Frame):
                yield picture
            else:
                image = _rgb_array(picture)
                yield Frame(image, index / (self.frame_rate or 30.0), index, self.name)


class ImageSource(Source):
    """Picture files, one frame each. While iterating, `MediaError` is raised for a file that cannot be read."""

    def __init__(self, paths: Iterable[Path], *, frame_rate: float = 30.0, name: str = "") -> None:
        super().__init__()
        self._paths = tuple(paths)
        self.name = name or (self._paths[0].name if self._paths else "")
        self.path = self._paths[0] if len(self._paths) == 1 else None
        self.frame_rate = frame_rate
        self.frame_count = len(self._paths)

    def _frames(self) -> Generator[Frame, None, None]:
        for index, path in enumerate(self._paths):
            yield read_image(path, index=index, time_s=index / (self.frame_rate or 30.0))


def images_in(folder: Path) -> tuple[Path, ...]:
    """The pictures of a folder (not of folders in it), in natural order.

    Raises:
        MediaError: the folder cannot be read or has no picture.
    """
    try:
        paths = [path for path in folder.iterdir() if is_image_file(path)]
    except OSError as exc:
        raise MediaError(f"cannot read {folder}: {exc.strerror}") from exc
    if not paths:
        raise MediaError(f"{folder} has no pictures in it ({', '.join(IMAGE_SUFFIXES)})")
    return tuple(sorted(paths, key=_natural))


def is_picture(path: Path) -> bool:
    """Whether a file is a picture, by its content; False also when it cannot be read, or only once (a pipe)."""
    if is_pipe(path):
        return False
    try:
        with path.open("rb") as file:
            return read_header(file.read(_HEADER_BYTES)) is not None
    except OSError:
        return False


def _open_path(path: Path, frame_rate: float) -> Source:
    from emoar.media.video.source import VideoSource, head_of, open_video

    if path.is_dir():
        return ImageSource(images_in(path), frame_rate=frame_rate, name=unicode_text(path.name))
    if is_pipe(path):
        pipe = PeekedPipe(path)
        if read_header(pipe.head) is None or is_animated(pipe.head):
            return VideoSource(path, pipe=pipe)
        with closing(pipe):
            return _picture(pipe.read(), str(path), frame_rate)
    if is_animated(head_of(path)):
        return open_video(path)
    if is_picture(path) or path.suffix.lower() in IMAGE_SUFFIXES:
        return ImageSource([path], frame_rate=frame_rate)
    if path.is_char_device():
        from emoar.media.camera import CameraSource

        return CameraSource(str(path))
    return open_video(path)


def _open_address(address: Address, frame_rate: float) -> Source:
    """A live stream is a camera: the newest picture counts. What is on the web is read to its end."""
    if is_live(address):
        from emoar.media.camera import CameraSource

        return CameraSource(address.url)
    head = fetch(address, _HEADER_BYTES)
    if read_header(head) is not None and not is_animated(head):
        return _picture(fetch(address, MAX_BYTES), address.shown, frame_rate)
    from emoar.media.video.source import VideoSource

    return VideoSource(address.url)


def _picture(data: bytes, name: str, frame_rate: float) -> Source:
    frame = Frame(decode_image(data, name), 0.0, 0, unicode_text(name.rpartition("/")[2]))
    source = ArraySource([frame], frame_rate=frame_rate, frame_count=1)
    source.name = frame.source
    return source


def _natural(path: Path) -> tuple[tuple[int, int, str], ...]:
    """Sorts `frame10` after `frame2`; digits that are no decimal numbers, such as a 1 in a circle, are letters."""
    parts = re.findall(r"\d+|\D+", path.name.lower())
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)


def _length(stack: NDArray[Any]) -> int:
    return 1 if stack.ndim <= 3 else len(stack)


def _rgb_array(picture: Any) -> Any:
    """The picture unchanged; `Frame` checks it. Floats are refused here, with a message that has the remedy."""
    if isinstance(picture, np.ndarray):
        array = cast("NDArray[Any]", picture)
        if np.issubdtype(array.dtype, np.floating):
            raise InputError(
                f"image must be (any, any, 3) uint8, got {array.shape} {array.dtype}: "
                "convert it to uint8 0..255 first (replace NaN, scale, round)"
            )
        return array
    return picture
