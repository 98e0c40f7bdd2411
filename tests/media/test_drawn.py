"""Scenes are drawn once, and only for sinks that need it."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from makers import make_scene
from numpy.typing import NDArray

from emoar.annotate import annotate
from emoar.errors import OutputError
from emoar.media.drawn import DrawnSink
from emoar.types import Frame, Scene


class Notes:
    """A sink that keeps what it gets."""

    def __init__(self, *, needs_picture: bool, fails_at: int | None = None) -> None:
        self.needs_picture, self._fails_at = needs_picture, fails_at
        self.got: list[tuple[int, int | None]] = []  # index of the frame, and the brightness of its picture

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None) -> None:
        if scene.frame.index == self._fails_at:
            raise OutputError("the disk is full")
        self.got.append((scene.frame.index, None if picture is None else int(picture.max())))

    def close(self, *, complete: bool = True) -> str | None:
        return "notes"


def numbered(index: int) -> Frame:
    return Frame(np.full((48, 64, 3), index, np.uint8), index / 30, index)


def test_one_drawing_goes_to_every_sink() -> None:
    drawn: list[int] = []

    def draw(scene: Scene) -> NDArray[np.uint8]:
        drawn.append(scene.frame.index)
        return scene.frame.image + np.uint8(100)

    sinks = [Notes(needs_picture=True), Notes(needs_picture=False)]
    sink = DrawnSink(sinks, draw)
    for index in range(3):
        sink.write(Scene(numbered(index)), None)
    assert drawn == [0, 1, 2]
    assert sinks[0].got == sinks[1].got == [(0, 100), (1, 101), (2, 102)]
    assert (sink.needs_picture, sink.close()) == (True, None)


@pytest.mark.parametrize("draw", [None, lambda _: pytest.fail("nobody needs a picture")])
def test_nothing_is_drawn_that_nobody_needs(draw: object) -> None:
    notes = Notes(needs_picture=draw is None)
    sink = DrawnSink([notes], draw)  # type: ignore[arg-type]
    sink.write(make_scene(), None)
    assert not sink.needs_picture
    assert [picture for _, picture in notes.got] == [None]


def test_drawing_goes_on_beside_the_recognition_and_keeps_the_order() -> None:
    """The next frame is recognised while one is drawn: each waits here for the other."""
    second, main = threading.Event(), threading.current_thread()

    def recognise(frame: Frame) -> Scene:
        if frame.index == 1:
            second.set()
        return Scene(frame)

    def draw(scene: Scene) -> NDArray[np.uint8]:
        assert threading.current_thread() is not main
        assert second.wait(60)
        return scene.frame.image

    notes = Notes(needs_picture=True)
    annotate(map(numbered, range(20)), recognise, [notes], draw=draw)
    assert notes.got == [(index, index) for index in range(20)]


def test_a_window_draws_in_the_thread_of_the_loop() -> None:
    threads: set[threading.Thread] = set()

    def draw(scene: Scene) -> NDArray[np.uint8]:
        threads.add(threading.current_thread())
        return scene.frame.image

    annotate(map(numbered, range(3)), Scene, [Notes(needs_picture=True)], draw=draw, draw_here=True)
    assert threads == {threading.current_thread()}


def test_what_waits_to_be_drawn_is_bounded() -> None:
    """A slow drawing holds the recognition back, or the frames of a long video would fill the memory."""
    go_on, ahead = threading.Event(), list[int]()
    drawn: list[int] = []

    def recognise(frame: Frame) -> Scene:
        ahead.append(frame.index - len(drawn))
        if frame.index == 40 or ahead[-1] > 20:
            go_on.set()
        return Scene(frame)

    def draw(scene: Scene) -> NDArray[np.uint8]:
        go_on.wait(0.01)
        drawn.append(scene.frame.index)
        return scene.frame.image

    annotate(map(numbered, range(60)), recognise, [Notes(needs_picture=True)], draw=draw)
    assert drawn == list(range(60))
    assert max(ahead) <= 4


def test_an_error_of_a_sink_or_of_the_drawing_ends_it() -> None:
    def broken(scene: Scene) -> NDArray[np.uint8]:
        if scene.frame.index == 5:
            raise OutputError("cannot draw")
        return scene.frame.image

    for sink, draw, message in (
        (Notes(needs_picture=True, fails_at=5), lambda scene: scene.frame.image, "the disk is full; kept notes"),
        (Notes(needs_picture=True), broken, "cannot draw; kept notes"),
    ):
        with pytest.raises(OutputError, match=message):
            annotate(map(numbered, range(1000)), Scene, [sink], draw=draw)
        assert sink.got == [(index, index) for index in range(5)]
