"""Markers of other programs on LSL, such as the stimuli of PsychoPy, at the times of our source."""

from __future__ import annotations

import threading
import time
from collections import deque
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from emoar.errors import InputError
from emoar.events.lsl.library import load_pylsl
from emoar.events.lsl.streams import SOURCE_ID
from emoar.types import Frame

__all__ = ["MarkerInlet", "StimulusMarker"]

_PAUSE_S: Final = 0.01  # between two searches for markers that have arrived; their time stamps are exact
_RESOLVE_S: Final = 0.25  # between two searches for streams
_MOST: Final = 100_000  # markers that wait to be read


class StimulusMarker(NamedTuple):
    """A marker of another program."""

    time_s: float  # of our source; before its first frame it is negative
    text: str


class MarkerInlet:
    """Collects markers from the moment it is made, of every marker stream that is there or comes later.

    The streams of EmoAR itself are left out. Time stamps of other machines are corrected by LSL. A context manager.

    Args:
        stream: name of the only stream to read; None: all of type `Markers`.

    Raises:
        InputError: the name has quotation marks.
        DependencyMissing: pylsl is not installed, or has no library for this machine.
    """

    def __init__(self, stream: str | None = None) -> None:
        if stream is not None and "'" in stream:
            raise InputError(f"the name of a marker stream cannot have ' in it: {stream!r}")
        self._pylsl = load_pylsl()
        named = f" and name='{stream}'" if stream else ""
        self._wanted = f"type='Markers' and not(starts-with(source_id,'{SOURCE_ID}')){named}"
        self._ahead_s = self._pylsl.local_clock() - time.monotonic()
        self._arrived: deque[tuple[float, str]] = deque(maxlen=_MOST)  # time.monotonic(), text
        self._names: dict[str, str] = {}  # by key: the streams that are read
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emoar-lsl-markers", daemon=True)
        self._thread.start()

    @property
    def streams(self) -> list[str]:
        """The names of the streams that are read, also while their programs are not running."""
        return sorted(self._names.values())

    def read(self, frame: Frame) -> list[StimulusMarker]:
        """The markers that have arrived since the last call, in the order of their times.

        Args:
            frame: the latest one of our source; it ties LSL's clock to the time of the source. For a source that is
                not live, a marker counts from the moment of this call.
        """
        captured_at_s = time.monotonic() if frame.captured_at_s is None else frame.captured_at_s
        arrived = [self._arrived.popleft() for _ in range(len(self._arrived))]
        return sorted(StimulusMarker(frame.time_s + at_s - captured_at_s, text) for at_s, text in arrived)

    def close(self) -> None:
        """Stops. Closing twice is harmless."""
        self._stopping.set()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _run(self) -> None:
        resolver = self._pylsl.ContinuousResolver(pred=self._wanted)
        inlets: dict[str, Any] = {}  # by key
        due_s = 0.0
        while not self._stopping.wait(_PAUSE_S):
            if time.monotonic() >= due_s:
                self._connect(resolver, inlets)
                due_s = time.monotonic() + _RESOLVE_S
            for key in list(inlets):
                try:
                    self._pull(inlets[key])
                except RuntimeError:  # it has ended, and has no source id by which LSL would find it again
                    del inlets[key]
                    self._names = {other: name for other, name in self._names.items() if other != key}

    def _connect(self, resolver: Any, inlets: dict[str, Any]) -> None:
        for info in resolver.results():
            key = _key(info)
            if key in inlets:
                continue
            inlet = self._pylsl.StreamInlet(info, processing_flags=self._pylsl.proc_clocksync)
            try:
                inlet.open_stream(timeout=_RESOLVE_S)
            except RuntimeError:  # not there any more, or too slow: tried again
                continue
            inlets[key] = inlet
            self._names = {**self._names, key: info.name()}

    def _pull(self, inlet: Any) -> None:
        while True:
            sample, stamp = inlet.pull_sample(timeout=0.0)
            if sample is None:
                return
            text = " ".join(str(value) for value in sample).strip()
            self._arrived.append((stamp - self._ahead_s, text))


def _key(info: Any) -> str:
    """The same for a program that was started again: LSL connects its inlet again."""
    return "\n".join((info.source_id(), info.name(), info.hostname())) if info.source_id() else info.uid()
