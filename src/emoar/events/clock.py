"""When a frame was captured, by the clock on the wall."""

from __future__ import annotations

import time

from emoar.types import Frame

__all__ = ["captured_unix_s"]


def captured_unix_s(frame: Frame | None) -> float:
    """Unix time in seconds at which a live source captured the frame; for other sources, and without a frame, now."""
    now_s = time.time()
    if frame is None or frame.captured_at_s is None:
        return now_s
    return now_s - max(time.monotonic() - frame.captured_at_s, 0.0)
