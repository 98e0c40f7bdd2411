"""Markers of events."""

from __future__ import annotations

from emoar.events.detector import EventDetector
from emoar.events.lsl.face_markers import FaceMarkers
from emoar.events.values import ExpressionChanged, FaceGone, HeadNodded, HeadShaken
from emoar.types import Scene

from ..test_detector import face, scene


def texts(*scenes: Scene) -> list[str]:
    detector, markers = EventDetector(), FaceMarkers()
    events = [event for one in scenes for event in detector.update(one)]
    return [text for event in [*events, *detector.end()] for text in markers.texts(event)]


def test_each_expression_begins_and_ends() -> None:
    assert texts(scene(0, face()), scene(1, face(1, "fear", 1.0)), scene(2)) == [
        "face 1 appeared",
        "face 1 happiness on",
        "face 1 happiness off",
        "face 1 fear on",
        "face 1 fear off",
        "face 1 gone",
    ]


def test_without_a_clear_label_nothing_is_on() -> None:
    assert texts(scene(0, face(3, "unsure")), scene(1, face(3)), scene(2, face(3, "happiness", 0.0, "blurred"))) == [
        "face 3 appeared",
        "face 3 happiness on",
        "face 3 happiness off",
        "face 3 gone",
    ]


def test_the_head_moves() -> None:
    markers = FaceMarkers()
    markers.texts(ExpressionChanged(2, 0.0, "ferplus", "fear", 0.9, 0.0))
    assert markers.texts(HeadNodded(2, 1.0, 0.5, 9.0)) == ["face 2 nod"]
    assert markers.texts(HeadShaken(2, 2.0, 1.5, 20.0)) == ["face 2 shake"]
    assert markers.texts(FaceGone(2, 3.0)) == ["face 2 fear off", "face 2 gone"]
