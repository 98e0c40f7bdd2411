"""Chooses the streams of a file and reads their facts: size of a pixel, rate, length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from emoar.errors import MediaError

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["best_audio", "best_video", "frame_duration_s", "frame_rate", "length_s", "pixel_aspect", "track_length_s"]

_RATES: Final = (0.01, 1000.0)  # frames per second; others are errors of a header, or ticks of a clock
_ASPECTS: Final = (0.2, 5.0)
_EXACT_LENGTHS: Final = frozenset({"mov,mp4,m4a,3gp,3g2,mj2", "avi", "mxf"})  # a track's own, counted from its frames
_TAGGED_LENGTH: Final = re.compile(r"(\d+):(\d+):(\d+(?:\.\d+)?)")  # Matroska: 00:01:02.500000000


def best_video(container: InputContainer, name: str) -> VideoStream:
    """The stream that a player shows: not the cover of a song, not the still item of an animation.

    Raises:
        MediaError: there is none, or this FFmpeg cannot decode it.
    """
    from av.stream import Disposition

    hidden = Disposition.attached_pic | Disposition.timed_thumbnails
    shown = [stream for stream in container.streams.video if not stream.disposition & hidden]
    if not shown:
        raise MediaError(f"{name} has no video stream: give a file with pictures in it")
    best = container.streams.best("video")
    known = [stream for stream in shown if _codec(stream) is not None]
    if not known:
        raise MediaError(f"{name} has pictures in a format that cannot be decoded here: convert it to H.264 first")
    return next((stream for stream in known if stream is best or stream.index == getattr(best, "index", -1)), known[0])


def best_audio(container: InputContainer) -> AudioStream | None:
    """The best sound that can be decoded; None where there is none."""
    best = container.streams.best("audio")
    known = [stream for stream in container.streams.audio if _codec(stream) is not None]
    return next((stream for stream in known if stream.index == getattr(best, "index", -1)), known[0] if known else None)


def pixel_aspect(stream: VideoStream) -> float:
    """Width / height of one pixel, as the container states it, else the codec; 1 where neither does."""
    for ratio in (stream.sample_aspect_ratio, stream.codec_context.sample_aspect_ratio):
        if ratio and _ASPECTS[0] <= ratio <= _ASPECTS[1]:
            return float(ratio)
    return 1.0


def frame_rate(stream: VideoStream) -> float | None:
    """Frames per second, the mean where they vary; None where the file states none that can be."""
    rates: tuple[Any, ...] = (stream.average_rate, stream.guessed_rate, stream.base_rate)
    return next((float(rate) for rate in rates if rate and _RATES[0] <= rate <= _RATES[1]), None)


def length_s(container: InputContainer, stream: VideoStream) -> float | None:
    """Length of the video in seconds, for progress; of the whole file where the track states none."""
    import av

    exact = track_length_s(container, stream)
    if exact is not None:
        return exact
    if stream.duration and stream.time_base and stream.duration > 0:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration and container.duration > 0 else None


def track_length_s(container: InputContainer, stream: VideoStream) -> float | None:
    """Length of the video's own track in seconds; None where only that of the longest track, or a guess, is known."""
    import av

    if container.format.name in _EXACT_LENGTHS and stream.duration and stream.time_base and stream.duration > 0:
        return float(stream.duration * stream.time_base)
    tagged = next((value for key, value in stream.metadata.items() if key.upper().startswith("DURATION")), "")
    if (match := _TAGGED_LENGTH.match(tagged)) is not None:
        hours, minutes, seconds = (float(part) for part in match.groups())
        return 3600 * hours + 60 * minutes + seconds
    is_alone = len(container.streams) == 1 and container.format.name == "matroska,webm"
    return container.duration / av.time_base if is_alone and container.duration else None


def frame_duration_s(picture: VideoFrame) -> float:
    """How long a picture is shown, in seconds; 0 where the file does not state it."""
    return max(0.0, float(picture.duration * picture.time_base)) if picture.duration and picture.time_base else 0.0


def _codec(stream: Any) -> Any:
    """The decoder of a stream; PyAV has None for a codec that its FFmpeg does not know."""
    return getattr(stream, "codec_context", None)
