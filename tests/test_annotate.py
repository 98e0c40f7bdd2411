"""The loop, with a pipeline that needs no models."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from makers import FakePipeline, make_video, read_sound, read_video
from numpy.typing import NDArray

from emoar.annotate import annotate
from emoar.errors import CameraError, OutputError
from emoar.media.json_sinks import JsonlSink
from emoar.media.sources import open_frames
from emoar.media.video_sink import VideoSink
from emoar.types import Frame, Scene


def white(scene: Scene) -> NDArray[np.uint8]:
    return np.full_like(scene.frame.image, 255)


def frames(count: int) -> Iterator[Frame]:
    for index in range(count):
        yield Frame(np.zeros((48, 64, 3), np.uint8), index / 30, index)


@pytest.mark.parametrize("background", [True, False])
def test_everything_arrives(tmp_path: Path, background: bool) -> None:
    source = make_video(tmp_path / "in.mp4", count=20, sound="aac")
    seen: list[int] = []
    with open_frames(source) as opened:
        outcome = annotate(
            opened,
            FakePipeline(),
            [VideoSink(tmp_path / "out.mp4", audio_from=source), JsonlSink(tmp_path / "out.jsonl")],
            draw=white,
            on_scene=lambda scene: seen.append(scene.frame.index),
            background=background,
        )
    assert outcome.frame_count == 20
    assert outcome.track_ids == {1}
    assert outcome.kept == (f"{tmp_path / 'out.mp4'} (20 frames)", f"{tmp_path / 'out.jsonl'} (20 scenes)")
    assert (outcome.interrupted, outcome.problem, outcome.removed) == (False, None, 0)
    assert outcome.frames_per_s > 0
    assert seen == list(range(20))
    times, pictures = read_video(tmp_path / "out.mp4")
    assert np.allclose(times, np.arange(20) / 30, atol=1e-3)
    assert pictures[10].min() > 250
    assert read_sound(tmp_path / "out.mp4")[2] == pytest.approx(440, abs=3)


def test_no_frames(tmp_path: Path) -> None:
    outcome = annotate([], FakePipeline(), [VideoSink(tmp_path / "out.mp4")])
    assert (outcome.frame_count, outcome.kept, outcome.removed) == (0, (), 1)
    assert list(tmp_path.iterdir()) == []


def test_without_drawing_the_frame_is_written(tmp_path: Path) -> None:
    annotate(frames(3), FakePipeline(), [VideoSink(tmp_path / "out.mp4")])
    assert read_video(tmp_path / "out.mp4")[1][0].max() < 10


def test_drawing_is_left_out_when_nobody_wants_a_picture(tmp_path: Path) -> None:
    def forbidden(_: Scene) -> Any:
        raise AssertionError

    annotate(frames(3), FakePipeline(), [JsonlSink(tmp_path / "a.jsonl")], draw=forbidden)


def test_until_ends_the_sound_too(tmp_path: Path) -> None:
    source = make_video(tmp_path / "in.mp4", count=90, sound="aac")
    with open_frames(source) as opened:
        sinks = [VideoSink(tmp_path / "out.mp4", audio_from=source)]
        outcome = annotate(opened, FakePipeline(), sinks, until_s=1.0)
    assert outcome.frame_count == 30
    assert (outcome.interrupted, outcome.problem) == (False, None)
    assert read_sound(tmp_path / "out.mp4")[1] == pytest.approx(1.0, abs=0.1)


def test_enough_ends_it_after_a_scene(tmp_path: Path) -> None:
    seen: list[int] = []
    outcome = annotate(
        frames(1000),
        FakePipeline(),
        [JsonlSink(tmp_path / "out.jsonl")],
        on_scene=lambda scene: seen.append(scene.frame.index),
        enough=lambda: len(seen) == 4,
    )
    assert seen == [0, 1, 2, 3]
    assert (outcome.frame_count, outcome.interrupted, outcome.problem) == (4, False, None)
    assert outcome.kept[0].endswith("(4 scenes)")


def test_interrupt_finishes_the_files(tmp_path: Path) -> None:
    def stop(scene: Scene) -> None:
        if scene.frame.index == 9:
            signal.raise_signal(signal.SIGINT)

    sinks = [VideoSink(tmp_path / "out.mp4"), JsonlSink(tmp_path / "out.jsonl")]
    outcome = annotate(frames(1000), FakePipeline(), sinks, on_scene=stop)
    assert outcome.interrupted
    assert outcome.kept[0].endswith("(10 frames)")
    assert len(read_video(tmp_path / "out.mp4")[0]) == 10
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_unplugged_camera_keeps_what_came(tmp_path: Path) -> None:
    def unplugged() -> Iterator[Frame]:
        yield from frames(5)
        raise CameraError("camera 0 stopped sending pictures")

    with pytest.raises(CameraError, match=r"camera 0 stopped sending pictures; kept .*out\.mp4 \(5 frames\)"):
        annotate(unplugged(), FakePipeline(), [VideoSink(tmp_path / "out.mp4")])
    assert len(read_video(tmp_path / "out.mp4")[0]) == 5


@pytest.mark.parametrize("background", [True, False])
def test_one_full_disk_does_not_spoil_the_other_output(tmp_path: Path, background: bool) -> None:
    sinks = [JsonlSink(tmp_path / "good.jsonl"), JsonlSink("/dev/full")]
    with pytest.raises(OutputError, match=r"/dev/full: the disk is full.*; kept .*good\.jsonl"):
        annotate(frames(50), FakePipeline(), sinks, background=background)
    for line in (tmp_path / "good.jsonl").read_text().splitlines():
        json.loads(line)


def test_an_error_of_the_pipeline_closes_everything(tmp_path: Path) -> None:
    def broken(frame: Frame) -> Scene:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        annotate(frames(5), broken, [VideoSink(tmp_path / "out.mp4")])
    assert list(tmp_path.iterdir()) == []
