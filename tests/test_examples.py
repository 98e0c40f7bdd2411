"""Every program in `examples/` runs as its first lines show it, on the demo's clip and on portraits out of packages."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from events.osc.osc_receiver import osc_receiver
from lsl_network import WAIT_S, Recording, inlet_of, pylsl_or_skip, until
from makers import make_scene
from PIL import Image
from server_process import Server

from emoar.demo.clip import demo_clip
from emoar.media.images import read_image
from emoar.media.video_sink import VideoSink
from emoar.session.marker import Marker
from emoar.session.session_sink import SessionSink
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


def test_vseeface(clip: Path) -> None:
    pytest.importorskip("pythonosc")
    with osc_receiver() as receiver:
        printed = run("vseeface", clip, f"vmc://127.0.0.1:{receiver.port}")
        messages = receiver.until(lambda got: sum(address == "/VMC/Ext/OK" for address, _ in got) >= 16)
    assert printed == f"15 frames sent to vmc://127.0.0.1:{receiver.port}\n"
    joy = [values[1] for address, values in messages if values[:1] == ("Joy",)]
    assert len(joy) == 16
    assert all(0 <= weight <= 1 for weight in joy)
    heads = [values[4:] for address, values in messages if address == "/VMC/Ext/Bone/Pos"]
    assert all(sum(part * part for part in head) == pytest.approx(1, abs=1e-4) for head in heads)
    assert max(abs(part) for part in heads[0][:3]) > 0.01, "people turn their heads"
    assert (joy[-1], heads[-1]) == (0, (0, 0, 0, 1)), "the avatar comes to rest"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A recording of LabRecorder, and what `labrecorder.py` printed."""
    pylsl, device, folder = pylsl_or_skip(), f"example-{uuid4().hex[:8]}", tmp_path_factory.mktemp("lsl")
    film, path = folder / "film.mp4", folder / "session.xdf"
    with VideoSink(film) as sink:  # two minutes: it is stopped before
        for i, frame in zip(range(240), cycle(list(islice(demo_clip(), 15))), strict=False):
            sink.write(Scene(replace(frame, time_s=i / 2, index=i)), frame.image)
    stimuli = pylsl.StreamOutlet(pylsl.StreamInfo("Stimuli", "Markers", 1, 0, "string", f"stimuli-{device}"))
    command = [sys.executable, "-W", "error", str(EXAMPLES / "labrecorder.py"), str(film), f"lsl:{device}"]
    printed = folder / "printed.txt"

    def arrived(text: str) -> bool:
        stimuli.push_sample([text])
        return recording.has(text) and text in printed.read_text()

    with printed.open("w") as out, subprocess.Popen(command, stdout=out) as program:
        face = inlet_of(f"emoar-{device}-slot1")
        recording = Recording(path, [f"emoar-{device}-slot1", f"emoar-{device}-markers", f"stimuli-{device}"])
        until(lambda: arrived("are you there"))
        stimuli.push_sample(["picture 1"], shown_s := pylsl.local_clock())
        until(lambda: (face.pull_sample(WAIT_S)[1] or 0.0) > shown_s + 2)
        program.send_signal(signal.SIGINT)
        assert program.wait(WAIT_S) == 0
    until(lambda: recording.has("session end"))
    recording.stop()
    return path, printed.read_text()


def test_labrecorder(recorded: tuple[Path, str]) -> None:
    _, printed = recorded
    assert re.search(r"^ +\d+\.\d{3} s  picture 1$", printed, re.MULTILINE)


def test_xdf_happiness(recorded: tuple[Path, str]) -> None:
    pytest.importorskip("pyxdf")
    path, _ = recorded
    (line,) = [line for line in run("xdf_happiness", path).splitlines() if line.startswith("picture 1")]
    assert re.fullmatch(r"picture 1: \d+% happy, [1-3] frames", line)


def test_session_statistics(tmp_path: Path) -> None:
    path = tmp_path / "a.emoar"
    with SessionSink(path) as session:
        session.mark(Marker("film", 1.0))
        for i in range(60):
            session.write(make_scene(time_s=i / 30, index=i))
    lines = run("session_statistics", path, 0, 0.5, "happiness").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["face 1, start", "face 1, film"]
    assert all(
        "happiness +0.0 points from rest (+0.0 to +0.0, 1 independent values), peak 79%" in line for line in lines
    )


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
