"""Makes what tests need: scenes, videos with sound, and a pipeline without models."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from emoar.canonical import canonical_face
from emoar.labels import DEFAULT_HEADS, FER2013, FERPLUS
from emoar.types import LANDMARK_COUNT, Expression, Face, Frame, Quality, Scene

SAMPLE_RATE_HZ = 48_000
TICKS_PER_S = 30_000


def make_face(track_id: int = 1, centre_px: tuple[float, float] = (60, 50), scale: float = 4.0) -> Face:
    """A face in frontal view, `scale` pixels to the centimetre."""
    points = canonical_face().vertices_cm * np.float32([scale, -scale, -scale])
    points += np.float32([*centre_px, 0])
    assert points.shape == (LANDMARK_COUNT, 3)
    pose = np.eye(4, dtype=np.float32)
    pose[:3, 3] = 1, 2, -50
    corners = np.concatenate([points[:, :2].min(0), points[:, :2].max(0)]).astype(np.float32)
    return Face(track_id, corners, points.astype(np.float32), 0.97, pose, 63.0, Quality(40.0, 120.0, 0.0), expression())


def expression() -> Expression:
    """Mostly happy."""
    ferplus = {label: 0.79 if label == "happiness" else 0.03 for label in FERPLUS}
    fer2013 = {label: 0.82 if label == "happy" else 0.03 for label in FER2013}
    return Expression("ferplus", "happiness", 0.79, {"ferplus": ferplus, "fer2013": fer2013}, since_s=0.5)


def make_scene(face_count: int = 1, width: int = 120, height: int = 100, time_s: float = 0.0, index: int = 0) -> Scene:
    """A grey picture with faces beside each other."""
    frame = Frame(np.full((height, width, 3), 90, np.uint8), time_s, index, "made.mp4")
    return Scene(frame, tuple(make_face(i + 1, (30 + 40 * i, 50)) for i in range(face_count)))


class FakePipeline:
    """Finds one face in every frame, at once or after `delay_s`."""

    label_sets = DEFAULT_HEADS

    def __init__(self, delay_s: float = 0.0) -> None:
        self.delay_s = delay_s
        self.resets = 0

    def __call__(self, frame: Frame) -> Scene:
        time.sleep(self.delay_s)
        return Scene(frame, (make_face(),), {"detect": 1.0, "total": 2.0})

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        pass

    def __enter__(self) -> FakePipeline:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def grey_ramp(index: int, width: int, height: int) -> NDArray[np.uint8]:
    """One flat colour, brighter with the index, so that a decoded picture can be told from the others."""
    return np.full((height, width, 3), 20 + 2 * (index % 100), np.uint8)


def make_video(
    path: Path,
    *,
    count: int = 30,
    size: tuple[int, int] = (64, 48),
    times_s: Sequence[float] | None = None,
    sound: str | None = None,
    picture: Callable[[int, int, int], NDArray[np.uint8]] = grey_ramp,
    faststart: bool = False,
    quality: int = 23,
) -> Path:
    """Writes a small video; `sound` names an audio codec, for a 440 Hz tone of the same length."""
    times = [i / 30 for i in range(count)] if times_s is None else list(times_s)
    options = {"movflags": "+faststart"} if faststart else {}
    with av.open(str(path), "w", options=options) as out:
        video: Any = out.add_stream("libx264", rate=30, options={"preset": "ultrafast", "crf": str(quality)})
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.time_base = Fraction(1, TICKS_PER_S)
        audio: Any = out.add_stream(sound, rate=SAMPLE_RATE_HZ) if sound else None
        for index, seconds in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(index, *size), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(seconds * TICKS_PER_S), Fraction(1, TICKS_PER_S)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if audio is not None:
            for frame in _tone(times[0], times[-1] + 1 / 30):
                out.mux(audio.encode(frame))
            out.mux(audio.encode(None))
    return path


def make_sound(path: Path) -> Path:
    """A file with sound and no pictures."""
    with av.open(str(path), "w") as out:
        audio: Any = out.add_stream("aac", rate=SAMPLE_RATE_HZ)
        for frame in _tone(0.0, 1.0):
            out.mux(audio.encode(frame))
        out.mux(audio.encode(None))
    return path


def read_video(path: Path) -> tuple[list[float], list[NDArray[np.uint8]]]:
    """Times in seconds and RGB pictures, read without this package."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        return [frame.time for frame in frames], [frame.to_ndarray(format="rgb24") for frame in frames]


def read_sound(path: Path) -> tuple[str, float, float]:
    """(codec, seconds, loudest frequency in Hz) of the first audio stream, read without this package."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        codec, rate = stream.codec_context.name, stream.codec_context.sample_rate
        samples = np.concatenate([np.atleast_2d(f.to_ndarray())[0].astype(float) for f in container.decode(audio=0)])
    spectrum = np.abs(np.fft.rfft(samples[: rate // 2]))
    return codec, len(samples) / rate, float(spectrum.argmax() * rate / len(samples[: rate // 2]))


def _tone(start_s: float, end_s: float) -> list[av.AudioFrame]:
    frames: list[av.AudioFrame] = []
    for start in range(int(start_s * SAMPLE_RATE_HZ), int(end_s * SAMPLE_RATE_HZ), 1024):
        time_s = (start + np.arange(1024)) / SAMPLE_RATE_HZ
        wave = (10_000 * np.sin(2 * np.pi * 440 * time_s)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE_HZ, start, Fraction(1, SAMPLE_RATE_HZ)
        frames.append(frame)
    return frames
