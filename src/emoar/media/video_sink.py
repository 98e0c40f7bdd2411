"""Writes video files: H.264 that plays in a browser, with the times of the frames and the sound of the source."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from emoar.arrays import check_array
from emoar.errors import EmoarError, InputError, OutputError
from emoar.files import PartialFile, output_errors
from emoar.media.base import Source
from emoar.media.video.fit import padded_to_fit
from emoar.media.video.h264 import BT709, LIMITED, TICKS_PER_S, VideoOptions, open_h264
from emoar.media.video.opening import reason_of
from emoar.media.video.sound import Sound, keep_sound, open_sound
from emoar.types import Scene

__all__ = ["VideoOptions", "VideoSink"]

_CONTAINERS: Final = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
_LONGEST_GAP_S: Final = 6 * 3600.0  # MP4 stores how long a picture is shown as 31 bits of ticks


class VideoSink:
    """Writes pictures as H.264 (yuv420p, BT.709, index at the front).

    `close` finishes the file also after an interruption, so that the pictures so far can be played. A file that cannot
    be finished, whatever the reason, or has no picture is removed, and an older file of its name stays. An odd width or
    height is padded by one pixel. A picture of another size than the first one is scaled to fit into it.

    Args:
        path: the file.
        options: how it is encoded.
        audio_from: a file whose sound is added; or the source of the pictures, whose last picture is then shown as long
            as there.

    Attributes:
        frame_count: pictures written so far.
        kept: the file and its number of pictures, after `close`; None: there is no file.
        warning: why the file has less sound than the source, or none; after `close`.

    Raises:
        OutputError: the suffix is unknown or the place cannot be written.
    """

    needs_picture = True

    def __init__(
        self, path: str | Path, options: VideoOptions | None = None, *, audio_from: str | Path | Source | None = None
    ) -> None:
        self._options = options or VideoOptions()
        self._format = _CONTAINERS.get(Path(path).suffix.lower())
        if self._format is None:
            raise OutputError(f"cannot write {path}: name a video file that ends in {', '.join(_CONTAINERS)}")
        self._source = audio_from if isinstance(audio_from, Source) else None
        self._sound_from = audio_from
        keep_sound(audio_from)
        self._file: PartialFile | None = PartialFile(path)
        self._container: Any = None
        self._sound: Sound | None = None
        self._audio: Any = None
        self._whole = True  # every picture so far was written
        self._last_tick = -1
        self._waiting: Any = None  # the last picture, which is encoded when it is known how long it is shown
        self._durations: dict[int, int] = {}  # in ticks, of pictures that are being encoded, by their time
        self.frame_count = 0
        self.kept: str | None = None
        self.warning: str | None = None

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None) -> None:
        """Adds the drawn picture of a scene, or its frame without one, at the time of the frame.

        Raises:
            OutputError: it cannot be written; what was written so far is lost.
        """
        self.write_image(scene.frame.image if picture is None else picture, scene.frame.time_s)

    def write_image(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Adds an (H, W, 3) RGB picture.

        A time that is not after the previous picture's is moved to 1/90,000 s after it.

        Raises:
            InputError: the image has another shape or type, or the time is no number or too late.
            OutputError: it cannot be written; what was written so far is lost.
        """
        check_array("image", image, (None, None, 3), np.uint8)
        if not math.isfinite(time_s) or (self.frame_count and time_s - self._last_s > _LONGEST_GAP_S):
            raise InputError(f"time_s must be at most {_LONGEST_GAP_S:g} s after the previous picture's, got {time_s}")
        if self._file is None:
            raise OutputError("this video is closed")
        if not self._whole:
            raise OutputError(f"cannot write {self._file.path}: an earlier picture of it could not be written")
        self._whole = False
        with _writing(self._file.path):
            if self._container is None:
                self._open(image)
            self._add(image, time_s)
            if self._audio is not None:
                self._audio.advance(time_s)
        self._whole = True

    def close(self, *, complete: bool = True) -> str | None:
        """Finishes the file; with `complete=False` the sound ends with the pictures.

        Raises:
            OutputError: the file cannot be finished.
        """
        if self._file is None:
            return self.kept
        file, self._file = self._file, None
        finished = False
        try:
            if self._container is not None and self._whole:
                with _writing(file.path):
                    self._finish(complete)
                finished = True
        finally:
            self._release()
            if finished:
                file.commit()
                self.kept = f"{file.path} ({self.frame_count} frames)"
            else:
                file.discard()
        return self.kept

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close(complete=kind is None)

    @property
    def _last_s(self) -> float:
        """Time of the last picture."""
        return self._last_tick / TICKS_PER_S

    def _open(self, image: NDArray[np.uint8]) -> None:
        """Opens the file; the first picture gives the size of the video."""
        assert self._file is not None
        assert self._format is not None
        self._sound = open_sound(self._sound_from)
        from av.video.reformatter import VideoReformatter

        self._reformatter = VideoReformatter()  # kept, since each new one prepares its tables and starts threads
        size = image.shape[1], image.shape[0]
        opened = open_h264(self._file.temporary, self._format, self._options, size, self._sound)
        self._container, self._stream, self._audio, self.warning = opened

    def _add(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Converts a picture and encodes the one before it."""
        from av.video.frame import VideoFrame

        context = self._stream.codec_context
        buffer: Any = np.ascontiguousarray(padded_to_fit(image, context.width, context.height))
        rgb = VideoFrame.from_numpy_buffer(buffer, format="rgb24")
        colours = {"dst_colorspace": BT709, "dst_color_range": LIMITED}
        frame = self._reformatter.reformat(rgb, format="yuv420p", threads=1, **colours)
        frame.color_primaries = frame.color_trc = BT709
        tick = max(round(time_s * TICKS_PER_S), self._last_tick + 1)
        frame.pts, frame.time_base = tick, Fraction(1, TICKS_PER_S)
        self._encode_waiting(tick)
        self._waiting, self._last_tick = frame, tick
        self.frame_count += 1

    def _encode_waiting(self, end_tick: int) -> None:
        """Encodes the picture that is shown until `end_tick`."""
        frame, self._waiting = self._waiting, None
        if frame is None:
            return
        self._durations[frame.pts] = end_tick - frame.pts
        self._mux(self._stream.encode(frame))

    def _mux(self, packets: list[Any]) -> None:
        """Writes packets with the durations of their pictures; the encoder has that of the frame rate alone."""
        for packet in packets:
            packet.duration = self._durations.pop(packet.pts, packet.duration)
            self._container.mux(packet)

    def _finish(self, complete: bool) -> None:
        end_tick = self._end_tick(complete)
        if self._audio is not None:
            self._audio.finish(None if complete else end_tick / TICKS_PER_S)
            self.warning = self._audio.problem
        self._encode_waiting(end_tick)
        self._mux(self._stream.encode(None))
        self._container.close()
        self._container = None

    def _end_tick(self, complete: bool) -> int:
        """End of the last picture: as in the source, else after one frame of the stated rate."""
        end_s = self._source.end_s if complete and self._source is not None else None
        if end_s is None or not 0 < end_s - self._last_s <= _LONGEST_GAP_S:
            end_s = self._last_s + 1 / self._options.frame_rate
        return max(round(end_s * TICKS_PER_S), self._last_tick + 1)

    def _release(self) -> None:
        """Closes the files, also after a failed write."""
        if self._sound is not None:
            self._sound.close()
        if self._container is not None:
            with suppress(Exception):  # the reason has been reported already
                self._container.close()
            self._container = None


@contextmanager
def _writing(path: Path) -> Generator[None]:
    """Converts errors of PyAV, and those of the file, to an error of one line.

    Raises:
        OutputError: for any of them.
    """
    import av.error

    try:
        with output_errors(path):
            yield
    except EmoarError:
        raise
    except (av.error.FFmpegError, ValueError, RuntimeError) as exc:
        raise OutputError(f"cannot write {path}: {reason_of(exc)}") from exc
