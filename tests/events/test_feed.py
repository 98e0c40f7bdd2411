"""Which scenes of a source are due, and what its end gives."""

from __future__ import annotations

import numpy as np

from emoar.events.feed import Feed
from emoar.events.values import Event
from emoar.types import Frame, Scene

from .test_detector import face, scene, short


def test_the_end_of_a_source_is_given_once() -> None:
    given: list[tuple[list[Event], Scene | None]] = []
    feed = Feed(lambda events, scene: given.append((events, scene)))
    feed.end()
    assert given == []
    feed.send(scene(0.0, face()))
    feed.end()
    feed.end()
    assert [short(events) for events, _ in given] == [
        ["face_appeared 1", "expression_changed 1 happiness"],
        ["face_gone 1"],
    ]
    last = given[-1][1]
    assert last is not None
    assert (last.faces, last.frame.source) == ((), "a.mp4")


def test_a_feed_of_events_alone_ends_with_events_alone() -> None:
    given: list[tuple[list[Event], Scene | None]] = []
    feed = Feed(lambda events, scene: given.append((events, scene)), 0.0)
    feed.send(scene(0.0, face()))
    feed.end()
    assert [scene for _, scene in given] == [None, None]


def test_no_picture_leaves() -> None:
    given: list[Scene | None] = []
    white = Frame(np.full((4, 6, 3), 255, np.uint8), 0.5, 3, "a", captured_at_s=7.0)
    Feed(lambda events, scene: given.append(scene)).send(Scene(white, (face(),)))
    assert given[0] is not None
    frame = given[0].frame
    assert (frame.image.max(), frame.image.base.nbytes) == (0, 1)
    assert (frame.width_px, frame.height_px, frame.time_s, frame.index, frame.source) == (6, 4, 0.5, 3, "a")
    assert frame.captured_at_s == 7.0
