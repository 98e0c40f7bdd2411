"""Opens video files for writing: H.264 that plays in a browser, with the sound of the source where that is possible."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emoar.errors import InputError
from emoar.media.audio import AudioTrack

if TYPE_CHECKING:
    from emoar.media.video.sound import Sound

__all__ = ["BT709", "LIMITED", "TICKS_PER_S", "VideoOptions", "open_h264"]

TICKS_PER_S: Final = 90_000  # divides the frame rates in use, also 30000/1001, to 0.01 ms
BT709, LIMITED = 1, 1  # ITU-T H.273


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


class Opened(NamedTuple):
    """A file that is being written."""

    container: Any
    stream: Any  # of the pictures
    audio: AudioTrack | None
    warning: str | None  # why there is no sound


def open_h264(
    path: Path, container_format: str, options: VideoOptions, size_px: tuple[int, int], sound: Sound | None
) -> Opened:
    """Opens a file for pictures of `size_px` (width, height), which is made even, and writes its header.

    The sound is copied, else encoded again, else left out: a container refuses some sound only when its header is
    written.

    Raises:
        OSError: the file cannot be written.
        av.error.FFmpegError: the encoder refuses the pictures.
    """
    import av.error

    for copy in (True, False) if sound is not None else ():
        assert sound is not None
        container, stream = _with_pictures(path, container_format, options, size_px)
        try:
            audio = AudioTrack(sound, container, copy=copy)
            container.start_encoding()
            return Opened(container, stream, audio, None)
        except OSError:
            raise
        except (av.error.FFmpegError, ValueError, RuntimeError):
            with suppress(Exception):
                container.close()
    warning = "its sound cannot be written into this kind of file, and is left out" if sound is not None else None
    return Opened(*_with_pictures(path, container_format, options, size_px), None, warning)


def _with_pictures(
    path: Path, container_format: str, options: VideoOptions, size_px: tuple[int, int]
) -> tuple[Any, Any]:
    """The container and its stream of pictures."""
    import av

    # The index is at the front, so that a browser can start playback before the download is complete.
    flags = {} if container_format == "matroska" else {"movflags": "+faststart"}
    container: Any = av.open(
        f"file:{path}", "w", format=container_format, options=flags
    )  # a name with a colon is a file
    rate = max(Fraction(options.frame_rate).limit_denominator(1001), Fraction(1, 1001))
    # Without B-frames the index stores how long each picture is shown, also where the frame rate varies.
    encoder = {"preset": options.preset, "crf": str(options.quality), "bf": "0"}
    stream = container.add_stream("libx264", rate=rate, options=encoder)
    context = stream.codec_context
    context.width, context.height = (n + n % 2 for n in size_px)
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, TICKS_PER_S)
    context.color_range = LIMITED
    context.colorspace = context.color_primaries = context.color_trc = BT709
    return container, stream
