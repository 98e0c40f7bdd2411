"""Jumps of the clock, on packets of one's choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from emoar.media.video.timeline import LONGEST_GAP_S, Timeline

TICKS_PER_S = 1000


@dataclass
class Packet:
    """As PyAV's, in milliseconds."""

    dts: int | None
    pts: int | None
    stream: SimpleNamespace
    duration: int | None = 40
    time_base: Fraction = field(default=Fraction(1, TICKS_PER_S))


def packet(ms: int, stream: int = 0, duration: int | None = 40) -> Packet:
    return Packet(ms, ms, SimpleNamespace(index=stream), duration)


def bridged(packets: list[Packet], format_name: str = "mpegts") -> list[tuple[int, int]]:
    """(stream, time) of each packet."""
    timeline = Timeline(format_name)
    for each in packets:
        timeline.shift(each)
        assert each.pts == each.dts
    return [(each.stream.index, each.dts or 0) for each in packets]


def test_times_that_go_on_are_left() -> None:
    times = [0, 40, 80, 5000, 5040]
    assert [t for _, t in bridged([packet(t) for t in times])] == times


@pytest.mark.parametrize("second", [0, 900, 95_443_717, 10_000_000, -5000])
def test_a_second_part_follows_the_first(second: int) -> None:
    times = [1000 + 40 * i for i in range(25)] + [second + 40 * i for i in range(25)]
    result = [t for _, t in bridged([packet(t) for t in times])]
    assert np.diff(result).tolist() == [40] * 49


@pytest.mark.parametrize("duration", [0, None])
def test_without_stated_durations_the_last_step_counts(duration: int | None) -> None:
    times = [0, 400, 800, 0, 400]
    assert [t for _, t in bridged([packet(t, duration=duration) for t in times])] == [0, 400, 800, 1200, 1600]


def test_streams_jump_together_though_not_in_the_same_packet() -> None:
    """Sound and pictures of the second part keep their distance; the sound of the first part comes late."""
    packets = [
        packet(0, 0),
        packet(10, 1),
        packet(40, 0),
        packet(50, 1),
        packet(50_000, 0),  # the pictures have jumped
        packet(90, 1),  # the last sound of the first part
        packet(50_040, 0),
        packet(50_010, 1),
        packet(50_050, 1),
    ]
    result = dict[int, list[int]]()
    for stream, time in bridged(packets):
        result.setdefault(stream, []).append(time)
    assert result[0] == [0, 40, 90, 130]
    assert result[1] == [10, 50, 90, 100, 140]


def test_a_longer_gap_is_left_where_clocks_do_not_start_again() -> None:
    assert [t for _, t in bridged([packet(0), packet(3_600_000)], "matroska,webm")] == [0, 3_600_000]
    assert [t for _, t in bridged([packet(0), packet(3_600_000)], "mpegts")] == [0, 40]


def test_a_gap_that_no_file_can_hold_is_bridged() -> None:
    longest = round(LONGEST_GAP_S * TICKS_PER_S)
    assert [t for _, t in bridged([packet(0), packet(longest)], "mov,mp4,m4a,3gp,3g2,mj2")] == [0, longest]
    assert [t for _, t in bridged([packet(0), packet(10**10)], "mov,mp4,m4a,3gp,3g2,mj2")] == [0, 40]


def test_small_steps_back_are_no_jump() -> None:
    assert [t for _, t in bridged([packet(100), packet(60), packet(140)])] == [100, 60, 140]


def test_presentation_times_out_of_order_are_no_jump() -> None:
    packets = [Packet(None, ms, SimpleNamespace(index=0)) for ms in (0, 120, 40, 80, 240, 160, 200)]
    timeline = Timeline("avi")
    assert not any(timeline.shift(each) for each in packets)
    assert [each.pts for each in packets] == [0, 120, 40, 80, 240, 160, 200]


def test_the_first_decoding_time_may_be_before_presentation_times() -> None:
    timeline = Timeline("matroska,webm")
    first = [Packet(None, ms, SimpleNamespace(index=0)) for ms in (0, 400)]
    later = [Packet(ms, ms + 80, SimpleNamespace(index=0)) for ms in (40, 80)]
    assert not any(timeline.shift(each) for each in (*first, *later))


def test_packets_without_times_are_left() -> None:
    flush = Packet(None, None, SimpleNamespace(index=0))
    assert not Timeline().shift(flush)
    assert (flush.pts, flush.dts) == (None, None)
