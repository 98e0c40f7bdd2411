"""Reads video files: pictures with their presentation times, upright, in square pixels."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import MediaError
from emoar.media.base import Source
from emoar.media.containers import ACCEPTED, HEAD_BYTES, LOCAL_OPTIONS, container_of
from emoar.media.images import check_size
from emoar.types import Frame

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["VideoSource", "open_container", "origin_s"]

_KNOWN_MATRICES: Final = frozenset({1, 4, 5, 6, 7, 9})  # ITU-T H.273 values that swscale supports
_BT709, _BT601 = 1, 5
_SHORTFALL_S: Final = 0.4  # a video that ends this much before its stated duration is cut short


class VideoSource(Source):
    """The video stream of a file.

    After the last frame, `problem` is the reason for an early end ("stopped at 12.3 s of 60.0 s: ...").

    Raises:
        MediaError: the file is missing, not a video, too large, or has no video stream; while iterating, when no
            picture can be decoded.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        self.path = Path(path)
        self.name = self.path.name
        self._container = open_container(self.path)
        self._stream = _first_video_stream(self._container, self.path)
        context = self._stream.codec_context
        check_size(str(self.path), context.width, context.height)
        ratio: Any = context.sample_aspect_ratio  # width / height of one pixel; None or 0 when not stated
        self._pixel_aspect = float(ratio) if ratio and 0.2 < ratio < 5 else 1.0
        self._stream.thread_type = "AUTO"  # frames and slices in parallel
        rate = self._stream.average_rate or self._stream.guessed_rate
        self.frame_rate = float(rate) if rate else None
        self.duration_s = _duration_s(self._container, self._stream)
        self.frame_count = self._stream.frames or _expected_count(self.duration_s, self.frame_rate)
        self.has_audio = bool(self._container.streams.audio)

    def _frames(self) -> Generator[Frame, None, None]:
        origin, step = origin_s(self._container), 1 / (self.frame_rate or 30.0)
        index, last, end = 0, -step, 0.0
        for picture in self._decode():
            time = last + step if picture.pts is None else picture.time - origin
            time = max(time, 0.0, last + 1e-6)  # the times of a damaged file may decrease
            last, end = time, time + (_frame_duration_s(picture) or step)
            yield Frame(_to_rgb(picture, self._pixel_aspect), time, index, self.name)
            index += 1
        if index == 0:
            raise MediaError(f"{self.path} has no picture that can be decoded: {self.problem or 'it is empty'}")
        self._note_end(last, end)
        self._release()

    def _release(self) -> None:
        self._container.close()

    def _decode(self) -> Generator[VideoFrame, None, None]:
        """Decodes all intact pictures; `problem` records the others."""
        import av.error

        try:
            for packet in self._container.demux(self._stream):
                try:
                    yield from _decoded(packet)
                except av.error.InvalidDataError:
                    self.problem = "some pictures are damaged"
                if packet.is_corrupt:
                    self.problem = "some pictures are damaged"
        except av.error.FFmpegError as exc:
            self.problem = f"cannot be read to its end ({exc.strerror})"

    def _note_end(self, last_s: float, end_s: float) -> None:
        if self.duration_s is not None and self.duration_s - end_s > _SHORTFALL_S:
            self.problem = f"stopped at {last_s:.1f} s of {self.duration_s:.1f} s: the file is cut short or damaged"
        elif self.problem is not None:
            self.problem = f"was read to {last_s:.1f} s: {self.problem}"


def open_container(path: Path) -> InputContainer:
    """Opens a file with PyAV.

    Raises:
        MediaError: the file is missing, empty, or not a video that can be read.
    """
    import av
    import av.error

    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if not head:
            raise MediaError(f"{path} is empty (0 bytes)")
        demuxer = container_of(head)
        if demuxer is None:
            raise MediaError(f"{path} is not a video that can be read: give {ACCEPTED}")
        # "file:" keeps FFmpeg from taking a name such as "concat:a" for an address.
        return av.open(f"file:{path}", "r", format=demuxer, options=LOCAL_OPTIONS, metadata_errors="replace")
    except av.error.InvalidDataError as exc:
        raise MediaError(f"{path} is not a video that can be read: no video, damaged, or cut short") from exc
    except OSError as exc:  # PyAV's file errors are subclasses of it
        raise MediaError(f"cannot read {path}: {exc.strerror}") from exc
    except av.error.FFmpegError as exc:
        raise MediaError(f"{path} is not a video that can be read: {exc.strerror}") from exc


def origin_s(container: InputContainer) -> float:
    """Start time of the file on its own clock, in seconds, for sound and pictures; broadcasts do not start at 0."""
    import av

    start: Any = container.start_time  # None for some containers, whatever the type stub states
    return float(start) / av.time_base if start else 0.0


def _first_video_stream(container: InputContainer, path: Path) -> VideoStream:
    from av.stream import Disposition

    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:  # cover art of a song is not a video
            return stream
    container.close()
    raise MediaError(f"{path} has no video stream: give a file with pictures in it")


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    import av

    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None


def _expected_count(duration_s: float | None, frame_rate: float | None) -> int | None:
    return round(duration_s * frame_rate) if duration_s and frame_rate else None


def _frame_duration_s(picture: VideoFrame) -> float:
    return float(picture.duration * picture.time_base) if picture.duration and picture.time_base else 0.0


def _decoded(packet: Packet[VideoStream]) -> list[VideoFrame]:
    return packet.decode()


def _to_rgb(picture: VideoFrame, pixel_aspect: float) -> NDArray[np.uint8]:
    """(H, W, 3) RGB, rotated upright and scaled to square pixels.

    Untagged video is treated as BT.709 from 720 lines up and as BT.601 below, as players do.
    """
    matrix = picture.colorspace
    if matrix not in _KNOWN_MATRICES:
        matrix = _BT709 if picture.height >= 720 else _BT601
    width = round(picture.width * pixel_aspect)
    image: Any = picture.to_ndarray(format="rgb24", src_colorspace=matrix, width=width)
    quarter_turns = round(picture.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, quarter_turns)) if quarter_turns else image
