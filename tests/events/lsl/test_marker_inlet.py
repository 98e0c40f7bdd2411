"""Markers of another program, at the times of our source."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from lsl_network import pylsl_or_skip, until

from emoar.errors import InputError
from emoar.events.lsl.marker_inlet import MarkerInlet, StimulusMarker
from emoar.types import Frame

from ..test_detector import scene

pylsl = pylsl_or_skip()


class Stimuli:
    """A program that shows stimuli."""

    def __init__(self, name: str, channels: int = 1, source_id: str | None = None) -> None:
        info = pylsl.StreamInfo(name, "Markers", channels, 0, "string", uuid4().hex if source_id is None else source_id)
        self._outlet: Any = pylsl.StreamOutlet(info)

    def is_read(self) -> bool:
        return bool(self._outlet.have_consumers())

    def show(self, *texts: str, at_s: float) -> None:
        """Marks a moment of time.monotonic()."""
        self._outlet.push_sample(list(texts), at_s + pylsl.local_clock() - time.monotonic())

    def end(self) -> None:
        self._outlet = None


def collected(inlet: MarkerInlet, frame: Frame, count: int) -> list[StimulusMarker]:
    markers: list[StimulusMarker] = []
    until(lambda: len(markers) >= count or bool(markers.extend(inlet.read(frame))))
    return markers


def test_markers_have_the_time_of_the_source() -> None:
    name = f"Stimuli {uuid4().hex[:8]}"
    began_s = time.monotonic()
    frame = replace(scene(2.0).frame, captured_at_s=began_s + 2.0)
    with MarkerInlet(name) as inlet:
        program = Stimuli(name)  # it comes later
        until(lambda: inlet.streams == [name])
        program.show("picture 1", at_s=began_s + 1.5)
        program.show("picture 2", at_s=began_s + 0.25)
        markers = collected(inlet, frame, 2)
        assert [text for _, text in markers] == ["picture 2", "picture 1"]
        assert [time_s for time_s, _ in markers] == pytest.approx([0.25, 1.5], abs=0.01)
        assert inlet.read(frame) == []
    inlet.close()


@pytest.mark.parametrize("source_id", ["", uuid4().hex], ids=["no source id", "source id"])
def test_a_program_that_is_started_again_is_read_again(source_id: str) -> None:
    name = f"Stimuli {uuid4().hex[:8]}"
    frame = replace(scene(0.0).frame, captured_at_s=time.monotonic())
    with MarkerInlet(name) as inlet:
        for text in ("first", "second"):
            program = Stimuli(name, source_id=source_id)
            until(program.is_read)
            program.show(text, at_s=time.monotonic())
            assert [marker.text for marker in collected(inlet, frame, 1)] == [text]
            program.end()


def test_channels_are_joined_and_our_own_markers_left_out() -> None:
    names = [f"{kind} {uuid4().hex[:8]}" for kind in ("two", "ours")]
    with MarkerInlet() as inlet:
        ours = Stimuli(names[1], source_id="emoar-hall-markers")
        ours.show("face 1 appeared", at_s=time.monotonic())
        two = Stimuli(names[0], channels=2)
        until(lambda: names[0] in inlet.streams)
        two.show("trial 3", "left", at_s=time.monotonic())
        texts: list[str] = []
        until(lambda: "trial 3 left" in texts or bool(texts.extend(m.text for m in inlet.read(scene(0.0).frame))))
        assert names[1] not in inlet.streams
        assert "face 1 appeared" not in texts


def test_a_file_has_markers_at_the_moment_of_reading() -> None:
    name = f"Stimuli {uuid4().hex[:8]}"
    with MarkerInlet(name) as inlet:
        program = Stimuli(name)
        until(lambda: inlet.streams == [name])
        shown_s = time.monotonic()
        program.show("now", at_s=shown_s)
        ((time_s, _),) = collected(inlet, scene(7.0).frame, 1)
        assert 7.0 - (time.monotonic() - shown_s) - 0.01 <= time_s <= 7.01


def test_a_name_with_quotes() -> None:
    with pytest.raises(InputError, match="cannot have ' in it"):
        MarkerInlet("it's")
