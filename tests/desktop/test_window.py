"""The window on a display: what a screenshot shows, and the keys that a person presses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from display import Display
from numpy.typing import NDArray
from server_process import eventually

from emoar.desktop.window import CLOSE, Window
from emoar.errors import DependencyMissing

RED, GREEN = (200, 30, 40), (20, 180, 60)


def halves(width: int, height: int) -> NDArray[np.uint8]:
    """Red on the left, green on the right."""
    picture = np.full((height, width, 3), RED, np.uint8)
    picture[:, width // 2 :] = GREEN
    return picture


def shown(display: Display, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a colour on the display; zeros where it is not."""
    rows, columns = np.nonzero((np.abs(display.screenshot().astype(int) - colour) <= 2).all(axis=2))
    return (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) if len(rows) else (0, 0, 0, 0)


@pytest.fixture
def window(display: Display) -> Iterator[Window]:
    made = Window("a test")
    yield made
    made.close()


def test_the_picture_has_its_size_and_a_line_below_it(window: Window, display: Display) -> None:
    window.show(halves(800, 600), "o overlays")
    left, top, right, bottom = eventually(lambda: shown(display, RED))
    assert (right - left, bottom - top) == (400, 600)
    assert shown(display, GREEN) == (right, top, right + 400, bottom)
    bar = display.screenshot()[bottom : bottom + 20, left : left + 400]
    assert bar.max() > 200  # letters
    assert bar.min() < 40


def test_large_pictures_fit_and_keep_their_shape(window: Window, display: Display) -> None:
    window.show(halves(3840, 2160), "")
    left, top, right, bottom = eventually(lambda: shown(display, RED))
    assert (right - left) * 2 <= 1280
    assert bottom - top < 800
    assert (right - left) * 2 / (bottom - top) == pytest.approx(16 / 9, abs=0.02)


def test_resizing_keeps_the_shape(window: Window, display: Display) -> None:
    window.show(halves(800, 600), "")
    eventually(lambda: shown(display, RED))
    window._window.size = (900, 300)

    def redrawn() -> float:
        window.keys()
        left, top, right, bottom = shown(display, RED)
        return (right - left) * 2 / max(bottom - top, 1) if bottom - top < 320 else 0.0

    assert eventually(redrawn) == pytest.approx(4 / 3, abs=0.02)


def test_keys_of_a_person(window: Window, display: Display) -> None:
    window.show(halves(640, 480), "")
    eventually(lambda: window.keys() is not None and display.has_window("a test"))
    display.press("o", "space", "Escape")
    pressed: list[str] = []
    eventually(lambda: pressed.extend(window.keys(0.05)) or len(pressed) == 3)
    assert pressed == ["o", "space", "escape"]


def test_the_close_button(window: Window) -> None:
    window.show(halves(640, 480), "")
    window.keys()
    pygame = window._pygame
    pygame.event.post(pygame.event.Event(pygame.WINDOWCLOSE))
    assert window.keys() == [CLOSE]


def test_its_title(window: Window, display: Display) -> None:
    window.show(halves(640, 480), "")
    window.rename("two faces")
    eventually(lambda: window.keys() is not None and display.has_window("two faces"))


def test_two_windows_one_after_the_other(display: Display) -> None:
    for _ in range(2):
        window = Window("again")
        window.show(halves(320, 200), "")
        window.close()
        window.close()


def test_no_display() -> None:
    code = "from emoar.desktop.window import Window; Window('x')"
    environment = {"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin", "HOME": "/nonexistent"}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert "OutputError: there is no display to open a window on: make serve" in result.stderr


def test_nothing_is_printed_by_the_library(display: Display, capfd: pytest.CaptureFixture[str]) -> None:
    Window("quiet").close()
    assert capfd.readouterr().out == ""


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygame", None)
    with pytest.raises(DependencyMissing, match=r"emoar\[window\]"):
        Window("x")
