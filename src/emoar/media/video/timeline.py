"""Bridges jumps in the times of packets: joined recordings start again, broadcast clocks wrap, damaged times leap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["LONGEST_GAP_S", "Timeline"]

LONGEST_GAP_S: Final = 6 * 3600.0  # one picture may be shown so long; MP4 with 90,000 ticks a second ends at 6.6 h
_BROADCAST_GAP_S: Final = 10.0  # a longer gap in a broadcast is another recording
_BROADCASTS: Final = frozenset({"mpegts", "mpeg", "ogg", "flv", "rtsp", "hls", "dv"})  # clocks that may start again
_BACKWARDS_S: Final = 0.1  # by decoding time; smaller steps back are errors of single packets
_REORDERED_S: Final = 1.0  # by presentation time, which is not in the order of the packets
_SAME_JUMP_S: Final = 10.0  # the streams of a file jump together, but not in the same packet


class Timeline:
    """Shifts the packets of all streams of one file, so that the times of each stream go on where they jump.

    Each jump begins an epoch with its own shift. All streams share the epochs, so that sound and pictures stay in step.
    """

    def __init__(self, format_name: str = "") -> None:
        self._gap_s = _BROADCAST_GAP_S if format_name in _BROADCASTS else LONGEST_GAP_S
        self._shifts_s = [0.0]  # by epoch
        self._epochs: dict[Hashable, int] = {}  # by stream
        self._lasts_s: dict[tuple[Hashable, bool], float] = {}  # last shifted time, by stream and kind of time
        self._steps_s: dict[Hashable, float] = {}  # between its last packets, by stream
        self._ends_s: dict[Hashable, float] = {}  # of the last packet, by stream

    def shift(self, packet: Any) -> bool:
        """Adds the shift of its epoch to the times of a packet; packets come in the order of the file.

        Returns whether the packet is the first one after a jump of its stream.
        """
        begins = packet.dts if packet.dts is not None else packet.pts
        if begins is None or not packet.time_base:
            return False
        stream = packet.stream.index
        clock = stream, packet.dts is None  # times of decoding and of presentation are not compared with each other
        raw_s, length_s = float(begins * packet.time_base), float((packet.duration or 0) * packet.time_base)
        before = self._epochs.get(stream)
        shift_s = self._shift_s(clock, raw_s)
        if shift_s:
            ticks = round(shift_s / packet.time_base)
            packet.pts = None if packet.pts is None else packet.pts + ticks
            packet.dts = None if packet.dts is None else packet.dts + ticks
        self._advance(clock, raw_s + shift_s, length_s)
        return before is not None and before != self._epochs[stream]

    def _advance(self, clock: tuple[Hashable, bool], time_s: float, length_s: float) -> None:
        """Remembers where the last packet of a stream ends: after the last step where no length is stated."""
        stream, _ = clock
        step_s = time_s - self._lasts_s.get(clock, time_s)
        if step_s > 0:
            self._steps_s[stream] = step_s
        end_s = time_s + (length_s if length_s > 0 else self._steps_s.get(stream, 0.0))
        self._lasts_s[clock] = time_s
        self._ends_s[stream] = max(self._ends_s.get(stream, end_s), end_s)

    def _shift_s(self, clock: tuple[Hashable, bool], raw_s: float) -> float:
        """The shift for a packet at `raw_s`; goes on to a later epoch where the times of its stream jump."""
        stream, is_presented = clock
        epoch = self._epochs.setdefault(stream, len(self._shifts_s) - 1)
        last_s = self._lasts_s.get(clock)
        back_s = _REORDERED_S if is_presented else _BACKWARDS_S
        if last_s is None or last_s - back_s <= raw_s + self._shifts_s[epoch] <= last_s + self._gap_s:
            return self._shifts_s[epoch]
        for later in range(epoch + 1, len(self._shifts_s)):  # another stream has jumped already
            if abs(raw_s + self._shifts_s[later] - last_s) < _SAME_JUMP_S:
                self._epochs[stream] = later
                return self._shifts_s[later]
        self._shifts_s.append(max(self._ends_s.values()) - raw_s)
        self._epochs[stream] = len(self._shifts_s) - 1
        return self._shifts_s[-1]
