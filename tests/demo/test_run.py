"""The demo: its summary, and a complete run against the known places of the two faces."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from emoar.demo.clip import DEMO_FRAMES, demo_truth
from emoar.demo.run import DemoResult, FaceSummary, Sighting, run_demo, summarise
from emoar.media.images import read_image


def test_no_sightings() -> None:
    assert summarise([]) == ()


def test_one_sighting() -> None:
    assert summarise([Sighting(4, "happiness", (1.0, -2.0, 3.0))]) == (
        FaceSummary(4, 1, {"happiness": 1.0}, (1.0, -2.0, 3.0)),
    )


def test_faces_come_by_id_with_shares_and_medians() -> None:
    labels = ["neutral", "happiness", "happiness", "happiness"]
    sightings = [Sighting(2, label, (10.0 * i, 0.0, -float(i))) for i, label in enumerate(labels)]
    first, second = summarise([*sightings, Sighting(1, "unsure", (0.0, 0.0, 0.0))])
    assert (first.track_id, first.frames, first.shares) == (1, 1, {"unsure": 1.0})
    assert (second.track_id, second.frames) == (2, 4)
    assert list(second.shares.items()) == [("happiness", 0.75), ("neutral", 0.25)]
    assert second.yaw_pitch_roll_deg == pytest.approx((15.0, 0.0, -1.5))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoResult, Path]:
    folder = tmp_path_factory.mktemp("demo")
    return run_demo(folder), folder


@pytest.fixture(scope="module")
def scenes(demo: tuple[DemoResult, Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (demo[1] / "scenes.jsonl").read_text().splitlines()]


def identified(scene: dict[str, Any]) -> dict[int, str]:
    """The person behind each track id of a frame: the nearest true face, at most half a face away."""
    people: dict[int, str] = {}
    for face in scene["faces"]:
        left, top, right, bottom = face["box_xyxy_px"]
        centre = np.array([(left + right) / 2, (top + bottom) / 2])
        for name, true in demo_truth(scene["frame_index"]).items():
            if np.hypot(*(centre - true.centre_px)) < 0.5 * true.face_scale_px:
                people[face["track_id"]] = name
    return people


def test_ids_never_swap(scenes: list[dict[str, Any]]) -> None:
    seen = {pair for scene in scenes for pair in identified(scene).items()}
    assert len(seen) == 2
    assert {name for _, name in seen} == {"hopper", "astronaut"}
    assert all(len(identified(scene)) == len(scene["faces"]) for scene in scenes)  # and nothing else is a face


def test_visible_faces_are_found(scenes: list[dict[str, Any]]) -> None:
    found = Counter(name for scene in scenes for name in identified(scene).values())
    visible = Counter(name for i in range(DEMO_FRAMES) for name, true in demo_truth(i).items() if true.visible)
    assert all(found[name] >= 0.95 * visible[name] for name in visible)


def test_expressions_are_what_everybody_sees(scenes: list[dict[str, Any]]) -> None:
    labels = Counter(
        (identified(scene)[face["track_id"]], face["expression"]["label"])
        for scene in scenes
        for face in scene["faces"]
    )
    assert labels["astronaut", "happiness"] >= 0.9 * DEMO_FRAMES
    assert labels["hopper", "neutral"] >= 0.6 * DEMO_FRAMES


def test_result_is_that_of_the_scenes(demo: tuple[DemoResult, Path], scenes: list[dict[str, Any]]) -> None:
    result, folder = demo
    assert result.frames == len(scenes) == DEMO_FRAMES
    counts = Counter(face["track_id"] for scene in scenes for face in scene["faces"])
    assert {face.track_id: face.frames for face in result.faces} == counts
    assert result.pipeline_fps > result.whole_fps > 0
    assert {"mesh", "classify", "total", "draw", "write"} <= result.stage_ms.keys()
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in result.files)


def test_video_plays(demo: tuple[DemoResult, Path]) -> None:
    with av.open(str(demo[1] / "annotated.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (1280, 720)
        assert sum(1 for _ in container.decode(stream)) == DEMO_FRAMES


def test_snapshot_is_a_whole_picture(demo: tuple[DemoResult, Path]) -> None:
    assert read_image(demo[1] / "snapshot.png").image.shape == (720, 1280, 3)
