"""Markers from the keys of a terminal: a key is a marker, at once."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from emoar.session.marker import Marker
from emoar.types import Frame

__all__ = ["KeyMarkers"]

_PAUSE_S: Final = 0.1
_SKIPPED: Final = "\x1b\x7f\x04"  # escape begins the code of an arrow key; backspace; end of input


class KeyMarkers:
    """Reads keys while it is open, and gives the terminal back as it was. A context manager.

    Args:
        names: marker of a key, such as `{"q": "question"}`; every other key that prints, and Enter, is "marker 1",
            "marker 2" and so on.
        stream: file descriptor of a terminal.
    """

    def __init__(self, names: Mapping[str, str], stream: int | None = None) -> None:
        self._names = dict(names)
        self._stream = sys.stdin.fileno() if stream is None else stream
        self._pressed: deque[tuple[float, str]] = deque()  # time.monotonic(), key
        self._count = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emoar-keys", daemon=True)
        self._before: Any = None

    def read(self, frame: Frame) -> list[Marker]:
        """The markers of the keys that were pressed since the last call.

        Args:
            frame: the latest one. A key counts from the moment when it was pressed where the frame has the time of its
                capture, as those of live sources; else from the frame's time.
        """
        markers: list[Marker] = []
        while self._pressed:
            at_s, key = self._pressed.popleft()
            name = self._names.get(key)
            if name is None:
                self._count += 1
                name = f"marker {self._count}"
            after_s = 0.0 if frame.captured_at_s is None else at_s - frame.captured_at_s
            markers.append(Marker(name, max(frame.time_s + after_s, 0.0)))
        return markers

    def __enter__(self) -> Self:
        import termios
        import tty

        self._before = termios.tcgetattr(self._stream)
        tty.setcbreak(self._stream)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        import termios

        self._stopping.set()
        self._thread.join()
        with suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(self._stream, termios.TCSADRAIN, self._before)

    def _run(self) -> None:
        while not self._stopping.is_set():
            ready, _, _ = select.select([self._stream], [], [], _PAUSE_S)
            if not ready:
                continue
            try:
                keys = os.read(self._stream, 64).decode("utf-8", "ignore")
            except OSError:  # the terminal is gone; the recording goes on
                return
            if not keys:
                return
            if keys[0] in _SKIPPED:
                continue
            now_s = time.monotonic()
            self._pressed.extend((now_s, key) for key in keys if key.isprintable() or key in "\r\n")
