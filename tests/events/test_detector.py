"""Which events a sequence of scenes gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from makers import make_face

from emoar.events.detector import EventDetector
from emoar.events.values import Event, ExpressionChanged
from emoar.types import Face, Frame, Quality, Scene

IMAGE = np.zeros((4, 4, 3), np.uint8)
HAPPY = make_face()


def face(track_id: int = 1, label: str = "happiness", since_s: float = 0.0, *reasons: str) -> Face:
    expression = replace(HAPPY.expression, label=label, since_s=since_s)
    return replace(HAPPY, track_id=track_id, expression=expression, quality=Quality(40, 900, 0, reasons))


def scene(time_s: float, *faces: Face) -> Scene:
    return Scene(Frame(IMAGE, time_s, source="a.mp4"), faces)


def short(events: list[Event]) -> list[str]:
    return [f"{e.kind} {e.track_id}" + (f" {e.label}" if isinstance(e, ExpressionChanged) else "") for e in events]


def test_faces_come_change_and_go() -> None:
    detector = EventDetector()
    assert short(detector.update(scene(0.0))) == []
    assert short(detector.update(scene(0.1, face()))) == ["face_appeared 1", "expression_changed 1 happiness"]
    assert short(detector.update(scene(0.2, face(), face(2, "fear")))) == [
        "face_appeared 2",
        "expression_changed 2 fear",
    ]
    assert short(detector.update(scene(0.3, face(1, "sadness", 0.3), face(2, "fear")))) == [
        "expression_changed 1 sadness"
    ]
    assert short(detector.update(scene(0.4, face(2, "fear")))) == ["face_gone 1"]
    assert short(detector.end()) == ["face_gone 2"]
    assert detector.end() == []


def test_an_event_has_the_values_of_its_face() -> None:
    changed = EventDetector().update(scene(0.5, face(3, "happiness", 0.25)))[1]
    assert isinstance(changed, ExpressionChanged)
    assert (changed.time_s, changed.since_s, changed.label_set, changed.source) == (0.5, 0.25, "ferplus", "a.mp4")
    assert changed.confidence == HAPPY.expression.confidence
    assert changed.probabilities == HAPPY.expression.probabilities


def test_an_event_has_the_raw_probabilities_of_its_frame() -> None:
    raw = {name: dict.fromkeys(by, 1 / len(by)) for name, by in HAPPY.expression.by_label_set.items()}
    classified = replace(HAPPY, expression=replace(HAPPY.expression, raw_by_label_set=raw))
    changed = EventDetector().update(scene(0.5, classified))[1]
    assert isinstance(changed, ExpressionChanged)
    assert changed.raw_probabilities == raw["ferplus"]


def test_the_same_label_anew_is_a_change_and_unsure_is_one_only_once() -> None:
    detector = EventDetector()
    detector.update(scene(0.0, face()))
    assert short(detector.update(scene(0.1, face(1, "happiness", 0.1)))) == ["expression_changed 1 happiness"]
    assert short(detector.update(scene(0.2, face(1, "happiness", 0.1, "too blurred")))) == [
        "expression_changed 1 unsure"
    ]
    assert short(detector.update(scene(0.3, face(1, "unsure", 0.3)))) == []
    assert short(detector.update(scene(0.4, face(1, "happiness", 0.4)))) == ["expression_changed 1 happiness"]


def test_an_earlier_frame_begins_a_new_source() -> None:
    detector = EventDetector()
    detector.update(scene(5.0, face()))
    assert short(detector.update(scene(0.0, face()))) == [
        "face_gone 1",
        "face_appeared 1",
        "expression_changed 1 happiness",
    ]
