"""Live scenes in a window, and what its keys do: overlays, pause, snapshot, recording, marker, quit."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from emoar.desktop.clips import Recording, save_snapshot
from emoar.desktop.pace import Pace
from emoar.desktop.window import CLOSE
from emoar.errors import EmoarError
from emoar.overlay.names import OVERLAYS
from emoar.types import Scene

__all__ = ["HELP", "Draw", "Screen", "Viewer"]

HELP: Final = ("o overlays", "space pause", "s snapshot", "r record", "m marker", "q quit")
NOTICE_S: Final = 4.0  # how long a notice is shown
_TITLE_EVERY_S: Final = 1.0
_PAUSE_POLL_S: Final = 0.2
_NONE: Final = "none"

Draw = Callable[[Scene], NDArray[np.uint8]]


class Screen(Protocol):
    """What a viewer needs of a window."""

    def show(self, picture: NDArray[np.uint8], line: str) -> None:
        """Shows an (H, W, 3) RGB picture and a line of text."""
        ...

    def rename(self, title: str) -> None:
        """Changes the title."""
        ...

    def keys(self, wait_s: float = 0.0) -> list[str]:
        """The names of the keys pressed since the last call; waits up to `wait_s` for one."""
        ...

    def close(self) -> None:
        """Closes the window."""
        ...


class Viewer:
    """Shows each scene, and acts on keys. All methods belong to the main thread.

    Args:
        screen: the window, which `close` closes.
        draw_of: makes what draws the overlays of a text such as `label,quote`, or of `none`.
        overlays: the chosen ones; `o` goes on to none, to each one alone, and back.
        name: of the source, for the title.
        folder: for snapshots and recordings.
        frame_rate: of recordings.
        report: is called with a line about each file that was written or could not be.
        on_marker: is called with the time of the scene, in seconds, when `m` is pressed; None: there are no markers.
        pace: of a file; None: the source is live.
    """

    def __init__(
        self,
        screen: Screen,
        draw_of: Callable[[str], Draw],
        overlays: str,
        *,
        name: str = "",
        folder: Path = Path(),
        frame_rate: float = 30.0,
        report: Callable[[str], None] = print,
        on_marker: Callable[[float], None] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.finished = False  # the person quits
        self._screen, self._draw_of, self._report, self._on_marker = screen, draw_of, report, on_marker
        self._name, self._folder, self._frame_rate, self._pace = name, folder, frame_rate, pace
        self._choices = list(dict.fromkeys([overlays, _NONE, *OVERLAYS]))
        self._choice = overlays
        self._draws: dict[str, Draw] = {overlays: draw_of(overlays)}
        self._drawn: tuple[Scene, NDArray[np.uint8]] | None = None
        self._shown: Scene | None = None
        self._recording: Recording | None = None
        self._help = "   ".join(row for row in HELP if on_marker is not None or not row.startswith("m "))
        self._paused_s: float | None = None  # when the pause began
        self._notice, self._notice_until_s = "", 0.0
        self._markers = 0
        self._rate = _Rate()
        self._actions: dict[str, Callable[[Scene], None]] = {
            "o": self._change_overlays,
            "space": self._pause,
            "s": self._save,
            "r": self._record,
            "m": self._mark,
            **dict.fromkeys(("q", "escape", CLOSE), self._quit),
        }

    def draw(self, scene: Scene) -> NDArray[np.uint8]:
        """The (H, W, 3) RGB picture of a scene with the present overlays; drawn once a scene."""
        if self._drawn is None or self._drawn[0] is not scene:
            self._drawn = scene, self._draws[self._choice](scene)
        return self._drawn[1]

    def show(self, scene: Scene) -> None:
        """Shows a scene when it is due, and acts on keys. During a pause it does not return."""
        while self._pace is not None and not self.finished and (left_s := self._pace.left_s(scene.frame.time_s)) > 0:
            self._act(left_s)
        if self.finished:
            return
        self._shown = scene
        self._write(scene)
        rate = self._rate.count()
        if rate is not None:
            faces = f"{len(scene.faces)} face{'' if len(scene.faces) == 1 else 's'}"
            self._screen.rename(f"{self._name}: {faces}, {rate:.0f} frames/s - EmoAR")
        self._refresh(scene)
        self._act()

    def close(self) -> None:
        """Finishes a recording and closes the window."""
        self._end_recording()
        self._screen.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _act(self, wait_s: float = 0.0) -> None:
        """Acts on the keys of the window, waiting up to `wait_s` seconds for one, and until the end of a pause."""
        keys = self._screen.keys(wait_s)
        while self._shown is not None and not self.finished and (keys or self._paused_s is not None):
            for key in keys:
                action = self._actions.get(key)
                if action is not None:
                    action(self._shown)
            if keys:
                self._refresh(self._shown)
            keys = self._screen.keys(0.0 if self._paused_s is None else _PAUSE_POLL_S)

    def _refresh(self, scene: Scene) -> None:
        self._screen.show(self.draw(scene), self._line(scene))

    def _line(self, scene: Scene) -> str:
        """The text below the picture: what goes on, then a notice or the keys."""
        state = [self._choice]
        if self._recording is not None:
            minutes, seconds = divmod(int(scene.frame.time_s - self._recording.begins_s), 60)
            state.append(f"recording {minutes}:{seconds:02d}")
        if self._paused_s is not None:
            state.append("paused")
        rest = self._notice if time.monotonic() < self._notice_until_s else self._help
        return f"[{', '.join(state)}]   {rest}"

    def _notify(self, text: str) -> None:
        self._notice, self._notice_until_s = text, time.monotonic() + NOTICE_S
        self._report(text)

    def _change_overlays(self, scene: Scene) -> None:
        self._choice = self._choices[(self._choices.index(self._choice) + 1) % len(self._choices)]
        if self._choice not in self._draws:
            self._draws[self._choice] = self._draw_of(self._choice)
        self._drawn = None

    def _pause(self, scene: Scene) -> None:
        if self._paused_s is None:
            self._paused_s = time.monotonic()
            return
        if self._pace is not None:
            self._pace.shift(time.monotonic() - self._paused_s)
        self._paused_s = None

    def _save(self, scene: Scene) -> None:
        try:
            self._notify(f"saved {save_snapshot(self._folder, self.draw(scene))}")
        except EmoarError as exc:
            self._notify(str(exc))

    def _record(self, scene: Scene) -> None:
        if self._recording is not None:
            self._end_recording()
            return
        try:
            self._recording = Recording(self._folder, self._frame_rate, scene.frame.time_s)
        except EmoarError as exc:
            self._notify(str(exc))
        self._write(scene)

    def _write(self, scene: Scene) -> None:
        if self._recording is None:
            return
        try:
            self._recording.write(scene, self.draw(scene))
        except EmoarError as exc:
            failed, self._recording = self._recording, None
            with suppress(EmoarError):
                failed.close()
            self._notify(str(exc))

    def _end_recording(self) -> None:
        recording, self._recording = self._recording, None
        if recording is None:
            return
        try:
            kept = recording.close()
            self._notify(f"recorded {kept}" if kept else "recorded nothing")
        except EmoarError as exc:
            self._notify(str(exc))

    def _mark(self, scene: Scene) -> None:
        if self._on_marker is None:
            self._notify("there is no file for markers: start with --markers markers.csv")
            return
        try:
            self._on_marker(scene.frame.time_s)
        except EmoarError as exc:
            self._notify(str(exc))
            return
        self._markers += 1
        self._notify(f"marker {self._markers} at {scene.frame.time_s:.2f} s")

    def _quit(self, scene: Scene) -> None:
        self.finished = True


class _Rate:
    """Counts pictures, and gives their rate once a second."""

    def __init__(self) -> None:
        self._since_s, self._count = time.monotonic(), 0

    def count(self) -> float | None:
        """Counts one; pictures a second, about once a second, else None."""
        self._count += 1
        now = time.monotonic()
        if now - self._since_s < _TITLE_EVERY_S:
            return None
        rate = self._count / (now - self._since_s)
        self._since_s, self._count = now, 0
        return rate
