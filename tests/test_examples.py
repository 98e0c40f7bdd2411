"""Every program in `examples/` runs as its first lines show it, on the demo's clip and on portraits out of packages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from server_process import Server

from emoar.demo.clip import demo_clip
from emoar.media.images import read_image
from emoar.media.video_sink import VideoSink
from emoar.types import Scene

EXAMPLES = Path(__file__).parent.parent / "examples"
LONGEST = 60  # lines: an example is read before it is run


def run(name: str, *arguments: object) -> str:
    """What the example printed."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / f"{name}.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if not line.startswith("INFO: ")] == []  # the runtime's own
    return done.stdout


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first frames of the demo's clip: two people."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with VideoSink(path) as sink:
        for frame in islice(demo_clip(), 15):
            sink.write(Scene(frame), frame.image)
    return path


def test_live_loop(clip: Path, tmp_path: Path) -> None:
    printed = run("live_loop", clip, tmp_path / "annotated.mp4")
    assert len(re.findall(r"face [12]: \w+ \(\d+%\)", printed)) == 30
    assert (tmp_path / "annotated.mp4").stat().st_size > 10_000


def test_several_faces(clip: Path) -> None:
    lines = run("several_faces", clip).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["face 1", "face 2"]
    assert all(re.search(r"\w+ 0\.[1-5] s", line) for line in lines)


def test_own_overlay(grace_hopper_path: Path, tmp_path: Path) -> None:
    target = tmp_path / "drawn.png"
    assert run("own_overlay", grace_hopper_path, target) == f"{target}: 1 face(s)\n"
    before = read_image(grace_hopper_path).image.astype(int)
    changed = np.abs(read_image(target).image.astype(int) - before).max(axis=2) > 30
    assert changed[240:290, 255:280].any(), "a line at the nose"
    assert changed[345:480, 190:340].any(), "a label below the face"


def test_own_label_set(grace_hopper_path: Path) -> None:
    printed = run("own_label_set", grace_hopper_path)
    assert re.fullmatch(r"face 1: \w+ \d+%, \w+ \d+%, \w+ \d+%\n", printed)
    assert "neutral" in printed


def test_dataframe_and_plot(clip: Path, tmp_path: Path) -> None:
    pytest.importorskip("pandas", reason="needs pandas: pip install pandas")
    printed = run("dataframe_and_plot", clip, tmp_path / "happiness.png")
    assert re.search(r"track_id\s+label", printed)
    with Image.open(tmp_path / "happiness.png") as plot:
        assert plot.size == (1200, 450)


def test_rest_client(server: Server, grace_hopper_path: Path, tmp_path: Path) -> None:
    printed = run("rest_client", grace_hopper_path, tmp_path / "drawn.png", server.url)
    assert re.fullmatch(r"face 1: \w+ \(\d+%\)\n", printed)
    drawn, sent = (read_image(path).image for path in (tmp_path / "drawn.png", grace_hopper_path))
    assert drawn.shape == sent.shape
    assert (drawn != sent).any()


def test_rest_client_without_a_server(grace_hopper_path: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "rest_client.py"), str(grace_hopper_path), str(tmp_path / "drawn.png")]
    done = subprocess.run([*command, "http://127.0.0.1:9"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert not (tmp_path / "drawn.png").exists()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_is_short_tested_and_shown(path: Path) -> None:
    assert path.read_text().count("\n") <= LONGEST
    tests = "".join(
        (Path(__file__).parent / name).read_text() for name in ("test_examples.py", "test_robot_examples.py")
    )
    assert f"def test_{path.stem}(" in tests
    assert f'"examples/{path.name}"' in (EXAMPLES.parent / "docs/examples.md").read_text()
