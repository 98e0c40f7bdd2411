"""Writes video files: H.264 that plays in a browser, with the times of the frames and the sound of the source."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from emoar.arrays import check_array
from emoar.errors import InputError, OutputError
from emoar.files import PartialFile, output_errors
from emoar.types import Scene

if TYPE_CHECKING:
    from emoar.media.audio import AudioTrack

__all__ = ["VideoOptions", "VideoSink"]

_CONTAINERS: Final = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
_TICKS_PER_S: Final = 90_000  # divides the frame rates in use, also 30000/1001, to 0.01 ms
_BT709, _LIMITED = 1, 1  # ITU-T H.273


@dataclass(frozen=True)
class VideoOptions:
    """How a video is encoded.

    Raises:
        InputError: the frame rate is out of range.
    """

    frame_rate: float = 30.0  # above 0, at most 1000; for the encoder's rate control: the frames have their own times
    preset: str = "superfast"  # of x264; "veryfast" takes a third longer for half the size
    quality: int = 21  # x264's constant rate factor, 0 (lossless) .. 51

    def __post_init__(self) -> None:
        if not 0 < self.frame_rate <= 1000:
            raise InputError(f"frame_rate must be above 0 and at most 1000, got {self.frame_rate}")


class VideoSink:
    """Writes pictures as H.264 (yuv420p, BT.709, index at the front).

    `close` finishes the file also after an interruption, so that the pictures so far can be played. Only a file that
    cannot be finished (a full disk) or has no picture is removed. An odd width or height is padded by one pixel.
    A picture of another size than the first one is scaled to fit into it.

    Raises:
        OutputError: the suffix is unknown or the place cannot be written.
    """

    needs_picture = True

    def __init__(
        self, path: str | Path, options: VideoOptions | None = None, *, audio_from: str | Path | None = None
    ) -> None:
        self._options = options or VideoOptions()
        self._format = _CONTAINERS.get(Path(path).suffix.lower())
        if self._format is None:
            raise OutputError(f"cannot write {path}: name a video file that ends in {', '.join(_CONTAINERS)}")
        self._audio_from = Path(audio_from) if audio_from is not None else None
        self._file: PartialFile | None = PartialFile(path)
        self._container: Any = None
        self._audio: AudioTrack | None = None
        self._broken = False
        self._last_tick = -1
        self.frame_count = 0
        self.kept: str | None = None  # after `close`

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
            InputError: the image has another shape or type.
            OutputError: it cannot be written; what was written so far is lost.
        """
        check_array("image", image, (None, None, 3), np.uint8)
        if self._file is None:
            raise OutputError("this video is closed")
        try:
            with output_errors(self._file.path):
                if self._container is None:
                    self._open(image)
                self._encode(image, time_s)
                if self._audio is not None:
                    self._audio.advance(time_s)
        except OutputError:
            self._broken = True
            raise

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
            if self._container is not None and not self._broken:
                with output_errors(file.path):
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

    def _open(self, image: NDArray[np.uint8]) -> None:
        """Opens the file; the first picture gives the size of the video."""
        import av

        assert self._file is not None
        # The index is at the front, so that a browser can start playback before the download is complete.
        options = {} if self._format == "matroska" else {"movflags": "+faststart"}
        self._container = av.open(str(self._file.temporary), "w", format=self._format, options=options)
        rate = Fraction(self._options.frame_rate).limit_denominator(1001)
        encoder = {"preset": self._options.preset, "crf": str(self._options.quality)}
        self._stream: Any = self._container.add_stream("libx264", rate=rate, options=encoder)
        context = self._stream.codec_context
        context.height, context.width = (n + n % 2 for n in image.shape[:2])
        context.pix_fmt = "yuv420p"
        context.time_base = Fraction(1, _TICKS_PER_S)
        context.color_range = _LIMITED
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        if self._audio_from is not None:
            self._audio = _audio_track(self._audio_from, self._container)

    def _encode(self, image: NDArray[np.uint8], time_s: float) -> None:
        from av.video.frame import VideoFrame

        assert self._container is not None
        context = self._stream.codec_context
        buffer: Any = np.ascontiguousarray(_fitted(image, context.width, context.height))
        rgb = VideoFrame.from_numpy_buffer(buffer, format="rgb24")
        frame = rgb.reformat(format="yuv420p", dst_colorspace=_BT709, dst_color_range=_LIMITED)
        frame.color_primaries = frame.color_trc = _BT709
        self._last_tick = max(round(time_s * _TICKS_PER_S), self._last_tick + 1)
        frame.pts, frame.time_base = self._last_tick, Fraction(1, _TICKS_PER_S)
        frame.duration = round(_TICKS_PER_S / self._options.frame_rate)
        self._container.mux(self._stream.encode(frame))
        self.frame_count += 1

    def _finish(self, complete: bool) -> None:
        assert self._container is not None
        if self._audio is not None:
            end_s = self._last_tick / _TICKS_PER_S + 1 / self._options.frame_rate
            self._audio.advance(None if complete else end_s)
        self._container.mux(self._stream.encode(None))
        self._container.close()
        self._container = None

    def _release(self) -> None:
        """Closes the files, also after a failed write."""
        import contextlib

        if self._audio is not None:
            self._audio.close()
        if self._container is not None:
            with contextlib.suppress(Exception):  # the reason has been reported already
                self._container.close()
            self._container = None


def _audio_track(path: Path, output: Any) -> AudioTrack | None:
    from emoar.media.audio import AudioTrack, has_audio

    return AudioTrack(path, output) if has_audio(path) else None


def _fitted(image: NDArray[np.uint8], width_px: int, height_px: int) -> NDArray[np.uint8]:
    """The picture padded by at most one pixel to an even size; a picture of another size is scaled to fit, on black."""
    height, width = image.shape[:2]
    if (height, width) == (height_px, width_px):
        return image
    if 0 <= height_px - height <= 1 and 0 <= width_px - width <= 1:
        return np.pad(image, ((0, height_px - height), (0, width_px - width), (0, 0)), mode="edge")
    import cv2

    scale = min(width_px / width, height_px / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    canvas = np.zeros((height_px, width_px, 3), np.uint8)
    left, top = (width_px - size[0]) // 2, (height_px - size[1]) // 2
    canvas[top : top + size[1], left : left + size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return canvas
