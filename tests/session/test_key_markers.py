"""Keys of a terminal become markers; the terminal is as it was afterwards."""

from __future__ import annotations

import os
import pty
import termios
import time
from collections.abc import Iterator

import numpy as np
import pytest

from emoar.session.key_markers import KeyMarkers
from emoar.session.marker import Marker
from emoar.types import Frame

IMAGE = np.zeros((4, 4, 3), np.uint8)


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """What a person types into, and what the program reads."""
    keyboard, program = pty.openpty()
    yield keyboard, program
    os.close(keyboard)
    os.close(program)


def read(keys: KeyMarkers, count: int, frame: Frame) -> list[Marker]:
    """Waits until that many have arrived."""
    found: list[Marker] = []
    end_s = time.monotonic() + 60
    while len(found) < count and time.monotonic() < end_s:
        found += keys.read(frame)
        time.sleep(0.005)
    return found


def test_each_key_is_a_marker_at_once(terminal: tuple[int, int]) -> None:
    keyboard, program = terminal
    before = termios.tcgetattr(program)
    with KeyMarkers({"q": "question"}, program) as keys:
        os.write(keyboard, b"q")
        assert read(keys, 1, Frame(IMAGE, 1.5)) == [Marker("question", 1.5)]
        os.write(keyboard, b"x")
        os.write(keyboard, b"\n")
        assert read(keys, 2, Frame(IMAGE, 2.0)) == [Marker("marker 1", 2.0), Marker("marker 2", 2.0)]
        os.write(keyboard, b"\x1b[A")  # an arrow
        time.sleep(0)  # the thread may or may not have read it: neither gives a marker
        os.write(keyboard, "ä".encode())
        names = [marker.name for marker in read(keys, 1, Frame(IMAGE, 3.0))]
        assert names in (["marker 3"], [])
    assert termios.tcgetattr(program) == before


def test_a_lost_terminal_ends_nothing() -> None:
    keyboard, program = pty.openpty()
    keys = KeyMarkers({}, program)
    with keys:
        os.close(keyboard)
        assert keys.read(Frame(IMAGE, 0.0)) == []
    os.close(program)
