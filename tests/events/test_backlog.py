"""What waits is bounded; who is there and with which expression is never missed."""

from __future__ import annotations

import pytest

from emoar.events.backlog import MOST_EVENTS, Backlog, shortened
from emoar.events.values import Event, ExpressionChanged, FaceAppeared, FaceGone

from .test_detector import short


def came(track_id: int = 1) -> Event:
    return FaceAppeared(track_id, 0.0, "a")


def changed(label: str, track_id: int = 1) -> Event:
    return ExpressionChanged(track_id, 0.0, "ferplus", label, 0.5, 0.0, {}, "a")


def gone(track_id: int = 1) -> Event:
    return FaceGone(track_id, 0.0, "a")


def test_messages_keep_their_order() -> None:
    backlog = Backlog[int](3)
    assert [backlog.put([], number) for number in range(3)] == [0, 0, 0]
    backlog.put_back(backlog.take())
    assert [backlog.take()[1] for _ in range(3)] == [0, 1, 2]
    assert len(backlog) == 0


def test_the_oldest_scene_is_dropped_and_its_events_stay() -> None:
    backlog = Backlog[int](2)
    assert [backlog.put([changed(str(number))], number) for number in range(4)] == [0, 0, 1, 1]
    events, scene = backlog.take()
    assert scene == 2
    assert short(list(events)) == [f"expression_changed 1 {number}" for number in range(3)]


def test_events_without_scenes_drop_nothing() -> None:
    backlog = Backlog[int](2)
    assert [backlog.put([changed("fear")], None) for _ in range(10)] == [0] * 10
    assert len(backlog) == 2


def test_a_receiver_that_is_lost_for_long_costs_no_memory() -> None:
    backlog, dropped = Backlog[int](2), 0
    for track_id in range(1, 20 * MOST_EVENTS):
        dropped += backlog.put([came(track_id), changed("fear", track_id), gone(track_id)], None)
    events, _ = backlog.take()
    assert len(events) <= MOST_EVENTS + 3
    assert dropped > 50 * MOST_EVENTS


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([came(), changed("fear"), changed("anger")], ["face_appeared 1", "expression_changed 1 anger"]),
        ([changed("fear"), changed("anger")], ["expression_changed 1 anger"]),
        ([came(), changed("fear"), gone()], []),
        ([changed("fear"), gone()], ["face_gone 1"]),
        ([gone(), came(), changed("fear"), gone()], ["face_gone 1"]),
        (
            [changed("fear"), gone(), came(), changed("anger")],
            ["face_gone 1", "face_appeared 1", "expression_changed 1 anger"],
        ),
        ([came(1), came(2), changed("fear", 1), gone(1)], ["face_appeared 2"]),
        ([], []),
    ],
)
def test_shortened(events: list[Event], expected: list[str]) -> None:
    assert short(shortened(events)) == expected
