"""What the keys of the viewer do, with a window that a test holds in its hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from makers import make_scene, read_video
from numpy.typing import NDArray

from emoar.desktop.pace import Pace
from emoar.desktop.viewer import Draw, Viewer
from emoar.desktop.window import CLOSE
from emoar.errors import OutputError
from emoar.overlay.names import OVERLAYS
from emoar.types import Scene

COLOURS = {name: 10 * number for number, name in enumerate(("label", "none", *OVERLAYS), 1)}


class FakeScreen:
    """Gives the keys of a script, one list a call, and keeps what it is shown."""

    def __init__(self, *keys: list[str]) -> None:
        self.script = list(keys)
        self.shown: list[tuple[int, str]] = []
        self.title = ""
        self.closed = False

    def show(self, picture: NDArray[np.uint8], line: str) -> None:
        self.shown.append((int(picture[0, 0, 0]), line))

    def rename(self, title: str) -> None:
        self.title = title

    def keys(self, wait_s: float = 0.0) -> list[str]:
        return self.script.pop(0) if self.script else []

    def close(self) -> None:
        self.closed = True


def draw_of(text: str) -> Draw:
    return lambda scene: np.full((48, 64, 3), COLOURS[text], np.uint8)


def at(time_s: float) -> Scene:
    scene = make_scene(width=64, height=48)
    return replace(scene, frame=replace(scene.frame, time_s=time_s))


def viewer(screen: FakeScreen, folder: Path = Path("/nonexistent"), **options: object) -> tuple[Viewer, list[str]]:
    lines: list[str] = []
    made = Viewer(screen, draw_of, "label", folder=folder, report=lines.append, **options)  # type: ignore[arg-type]
    return made, lines


def test_each_scene_is_drawn_once_and_shown() -> None:
    drawn: list[float] = []

    def counting(text: str) -> Draw:
        return lambda scene: drawn.append(scene.frame.time_s) or draw_of(text)(scene)

    screen = FakeScreen()
    made = Viewer(screen, counting, "label", report=print)
    for time_s in (0.0, 0.1):
        scene = at(time_s)
        made.draw(scene)  # for a file
        made.show(scene)
    assert drawn == [0.0, 0.1]
    assert [picture for picture, _ in screen.shown] == [COLOURS["label"]] * 2
    assert "o overlays" in screen.shown[0][1]


def test_overlays_go_round() -> None:
    screen = FakeScreen()
    made, _ = viewer(screen)
    seen = []
    for _ in range(len(OVERLAYS) + 2):
        screen.script = [["o"]]
        made.show(at(0.0))
        seen.append(screen.shown[-1])
    others = [name for name in OVERLAYS if name != "label"]
    assert [picture for picture, _ in seen][:8] == [COLOURS[name] for name in ("none", *others, "label", "none")][:8]
    assert seen[0][1].startswith("[none]")


def test_a_pause_holds_the_picture_until_the_second_press() -> None:
    screen = FakeScreen([], ["space"], [], ["s"], [], ["space"])
    made, lines = viewer(screen)
    made.show(at(0.0))
    made.show(at(0.1))
    assert screen.script == []
    assert "paused" in screen.shown[2][1]
    assert "paused" not in screen.shown[-1][1]
    assert len(lines) == 1  # the snapshot: keys work during a pause
    assert not made.finished


@pytest.mark.parametrize("key", ["q", "escape", CLOSE])
def test_quitting(key: str) -> None:
    screen = FakeScreen([key])
    made, _ = viewer(screen)
    made.show(at(0.0))
    assert made.finished
    made.close()
    assert screen.closed


def test_quitting_during_a_pause() -> None:
    made, _ = viewer(FakeScreen(["space"], ["q"]))
    made.show(at(0.0))
    assert made.finished


def test_snapshots(tmp_path: Path) -> None:
    made, lines = viewer(FakeScreen(["s"]), tmp_path)
    made.show(at(0.0))
    (path,) = tmp_path.iterdir()
    assert lines == [f"saved {path}"]
    assert path.suffix == ".png"


def test_recording_begins_and_ends_with_a_key(tmp_path: Path) -> None:
    screen = FakeScreen([], ["r"], [], [], [], ["r"])
    made, lines = viewer(screen, tmp_path)
    for number in range(5):
        made.show(at(10 + number / 10))
    (path,) = tmp_path.iterdir()
    times, _ = read_video(path)
    assert times == pytest.approx([0.0, 0.1, 0.2, 0.3], abs=1e-3)  # from the picture that was shown
    assert lines == [f"recorded {path} (4 frames)"]
    assert "recording 0:00" in screen.shown[3][1]


def test_closing_finishes_a_recording(tmp_path: Path) -> None:
    made, lines = viewer(FakeScreen(["r"]), tmp_path)
    made.show(at(0.0))
    made.show(at(0.1))
    made.close()
    assert len(lines) == 1
    assert lines[0].startswith("recorded ")


def test_what_cannot_be_written_is_shown_and_ends_nothing() -> None:
    screen = FakeScreen(["s"], ["r"])
    made, lines = viewer(screen)
    made.show(at(0.0))
    made.show(at(0.1))
    made.close()
    assert len(lines) == 2
    assert all("/nonexistent" in line for line in lines)
    assert "/nonexistent" in screen.shown[-1][1]


def test_markers() -> None:
    times: list[float] = []
    screen = FakeScreen(["m"], [], ["m"])
    made, lines = viewer(screen, on_marker=times.append)
    for time_s in (1.0, 2.0):
        made.show(at(time_s))
    assert times == [1.0, 2.0]
    assert lines == ["marker 1 at 1.00 s", "marker 2 at 2.00 s"]


def test_markers_that_cannot_be_written() -> None:
    def full(time_s: float) -> None:
        raise OutputError("the disk is full")

    made, lines = viewer(FakeScreen(["m"]), on_marker=full)
    made.show(at(1.0))
    assert lines == ["the disk is full"]


def test_without_a_file_the_key_of_markers_names_the_option() -> None:
    screen = FakeScreen(["m"])
    made, lines = viewer(screen)
    made.show(at(1.0))
    assert "--markers" in lines[0]
    assert "m marker" not in screen.shown[0][1]


def test_a_file_is_shown_at_its_times_and_a_pause_makes_it_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [50.0]
    monkeypatch.setattr("emoar.desktop.viewer.time.monotonic", lambda: now[0])

    class Waiting(FakeScreen):
        def keys(self, wait_s: float = 0.0) -> list[str]:
            now[0] += wait_s  # nobody presses a key
            return super().keys(wait_s)

    screen = Waiting()
    made, _ = viewer(screen, pace=Pace(lambda: now[0]))
    for time_s in (0.0, 0.5):
        made.show(at(time_s))
    assert now[0] == 50.5
    screen.script = [["space"], *[[]] * 20, ["space"]]
    made.show(at(0.5))
    pause_s = now[0] - 50.5
    assert pause_s > 1
    made.show(at(1.0))
    assert now[0] == pytest.approx(51.0 + pause_s)


def test_the_title_has_faces_and_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [50.0]
    monkeypatch.setattr("emoar.desktop.viewer.time.monotonic", lambda: now[0])
    screen = FakeScreen()
    made, _ = viewer(screen, name="camera 0")
    show: Callable[[Scene], None] = made.show
    for number in range(11):
        now[0] = 50.0 + number / 10
        show(at(number / 10))
    assert screen.title == "camera 0: 1 face, 11 frames/s - EmoAR"
