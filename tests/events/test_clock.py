"""The time of capture."""

from __future__ import annotations

import time

import numpy as np
import pytest

from emoar.events.clock import captured_unix_s
from emoar.types import Frame

IMAGE = np.zeros((1, 1, 3), np.uint8)


def test_a_live_frame_has_the_time_of_its_capture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000.0)
    monkeypatch.setattr(time, "monotonic", lambda: 50.0)
    assert captured_unix_s(Frame(IMAGE, 7.0, captured_at_s=49.75)) == 999_999.75
    assert captured_unix_s(Frame(IMAGE, 7.0, captured_at_s=50.5)) == 1_000_000.0, "never later than now"


def test_other_frames_and_none_are_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000.0)
    assert captured_unix_s(Frame(IMAGE, 7.0)) == captured_unix_s(None) == 1_000_000.0
