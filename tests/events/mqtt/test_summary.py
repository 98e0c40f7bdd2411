"""The state for home automation: what it counts, and when it is sent."""

from __future__ import annotations

import pytest

from emoar.events.detector import EventDetector
from emoar.events.mqtt.summary import HEARTBEAT_S, Summary
from emoar.events.values import HeadNodded
from emoar.types import Face

from ..test_detector import face, scene


class Watched:
    """A summary with the events of its scenes."""

    def __init__(self, interval_s: float = 1.0) -> None:
        self.summary, self.detector = Summary(interval_s), EventDetector()

    def show(self, time_s: float, *faces: Face) -> None:
        shown = scene(time_s, *faces)
        self.summary.update(self.detector.update(shown), shown)


def test_it_counts_faces_and_labels() -> None:
    watched = Watched()
    watched.show(0.0, face(1, "unsure"), face(2, "fear"), face(3, "happiness"), face(4, "fear"))
    document = watched.summary.document(0.0, 1_700_000_000.5)
    assert document == {
        "faces": 4,
        "expression": "fear",
        "confidence": 0.79,
        "expressions": {"fear": 2, "happiness": 1, "unsure": 1},
        "t": "2023-11-14T22:13:20.500Z",
    }


@pytest.mark.parametrize(
    ("labels", "expression", "confidence"),
    [([], "none", 0.0), (["unsure"], "unsure", 0.79), (["unsure", "anger", "fear"], "anger", 0.79)],
)
def test_one_expression_stands_for_all(labels: list[str], expression: str, confidence: float) -> None:
    watched = Watched()
    watched.show(0.0, *(face(i + 1, label) for i, label in enumerate(labels)))
    document = watched.summary.document(0.0, 0.0)
    assert (document["expression"], document["confidence"]) == (expression, confidence)


def test_a_nod_changes_nothing() -> None:
    watched = Watched()
    watched.show(0.0, face(1))
    watched.summary.document(0.0, 0.0)
    watched.summary.update([HeadNodded(1, 0.5, 0.1, 12.0)], None)
    assert not watched.summary.changed


def test_it_is_due_at_changes_but_not_more_often_than_the_interval() -> None:
    watched = Watched()
    watched.show(0.0)
    assert watched.summary.due(100.0), "the first one"
    watched.summary.document(100.0, 0.0)
    assert not watched.summary.due(100.0 + HEARTBEAT_S - 0.1)
    watched.show(0.1, face(1))
    assert not watched.summary.due(100.5)
    assert watched.summary.due(101.0), "at the end of the interval"
    watched.summary.document(101.0, 0.0)
    watched.show(0.2, face(1))
    assert not watched.summary.due(105.0), "nothing has changed"
    assert watched.summary.due(101.0 + HEARTBEAT_S), "the heartbeat"


def test_without_an_interval_every_change_is_due_at_once() -> None:
    watched = Watched(interval_s=0.0)
    watched.show(0.0, face(1))
    watched.summary.document(100.0, 0.0)
    watched.show(0.1, face(1, "anger", 0.1))
    assert watched.summary.due(100.0)


def test_at_the_end_and_after_a_loss() -> None:
    watched = Watched()
    watched.show(0.0, face(1))
    watched.summary.document(0.0, 0.0)
    assert not watched.summary.changed
    watched.summary.forget()
    assert watched.summary.due(0.0)
    watched.summary.document(0.0, 0.0)
    watched.summary.clear()
    assert watched.summary.changed
    assert watched.summary.document(0.0, 0.0)["faces"] == 0
