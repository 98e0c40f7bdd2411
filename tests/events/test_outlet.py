"""Messages are sent in another thread, in order; nothing delays a frame, and a lost connection comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from emoar.events import outlet as module
from emoar.events.backlog import DEPTH
from emoar.events.outlet import Outlet
from emoar.events.values import Event
from emoar.types import Scene

from .test_detector import face, scene

WAIT_S = 30.0


class FakeConnection:
    """Records what it sends; fails and waits as the test wants it."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.kinds: list[str] = []
        self.errors: list[Exception] = []  # of the next calls of `send`
        self.open_errors: list[Exception] = []
        self.opened = self.closed = 0
        self.go = threading.Event()
        self.go.set()
        self.entered = threading.Event()
        self.arrived = threading.Condition()

    def open(self) -> None:
        if self.open_errors:
            raise self.open_errors.pop(0)
        self.opened += 1

    def send(self, events: list[Event], scene: Scene | None) -> None:
        self.entered.set()
        self.go.wait(WAIT_S)
        if self.errors:
            raise self.errors.pop(0)
        with self.arrived:
            self.times += [] if scene is None else [scene.frame.time_s]
            self.kinds += [event.kind for event in events]
            self.arrived.notify()

    def close(self) -> None:
        self.closed += 1

    def wait(self, condition: Callable[[], bool]) -> None:
        with self.arrived:
            assert self.arrived.wait_for(condition, WAIT_S)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.0)


def test_scenes_and_events_arrive_in_order_and_everybody_is_gone_at_the_end() -> None:
    connection = FakeConnection()
    outlet = Outlet("test", connection)
    for i in range(20):
        outlet.send(scene(i / 10, face()))
    outlet.close()
    assert connection.times[:20] == [i / 10 for i in range(20)]
    assert connection.kinds == ["face_appeared", "expression_changed", "face_gone"]
    assert (connection.closed, outlet.counts.sent, outlet.counts.dropped) == (1, 21, 0)


def test_a_slow_receiver_loses_old_scenes_but_no_event() -> None:
    connection = FakeConnection()
    connection.go.clear()
    outlet = Outlet("test", connection)
    outlet.send(scene(0.0, face()))
    for i in range(1, 2 * DEPTH):
        outlet.send(scene(i / 10, face(1, "fear" if i % 2 else "anger", i / 10)))
    assert outlet.counts.dropped >= DEPTH - 2
    connection.go.set()
    outlet.close()
    assert connection.times[-1] == (2 * DEPTH - 1) / 10
    assert connection.times == sorted(connection.times)
    assert connection.kinds.count("expression_changed") == 2 * DEPTH
    assert connection.kinds[-1] == "face_gone"


def test_a_message_that_cannot_be_sent_is_dropped_and_reported_once() -> None:
    connection, lines = FakeConnection(), list[str]()
    outlet = Outlet("test", connection, lines.append)
    connection.errors += [TypeError("odd"), TypeError("odd")]
    for i in range(3):
        outlet.send(scene(i / 10))
    outlet.close()
    assert (connection.times, outlet.counts.dropped, outlet.counts.losses) == ([0.2], 2, 0)
    assert lines == ["test: a message cannot be sent (TypeError: odd)"]


def test_several_sources_share_a_connection() -> None:
    connection = FakeConnection()
    outlet = Outlet("test", connection, rate=10.0)
    hall, door = outlet.feed(), outlet.feed()
    for i in range(3):
        hall.send(scene(i / 20, face(1)))
        door.send(scene(50 + i / 20, face(2)))
    hall.end()
    outlet.close()
    assert connection.times == [0.0, 50.0, 0.1, 50.1, 0.1]
    assert connection.kinds == ["face_appeared", "expression_changed"] * 2 + ["face_gone"]


def test_a_wrong_address_is_an_error_at_the_start() -> None:
    connection = FakeConnection()
    connection.open_errors.append(ConnectionRefusedError("refused"))
    with pytest.raises(ConnectionRefusedError):
        Outlet("test", connection)


def test_a_lost_connection_comes_back_and_loses_nothing() -> None:
    connection, lines = FakeConnection(), list[str]()
    outlet = Outlet("mqtt://hall", connection, lines.append)
    outlet.send(scene(0.0, face()))
    connection.wait(lambda: len(connection.times) == 1)
    connection.open_errors += [OSError("no route")] * 3
    connection.errors.append(BrokenPipeError("broken"))
    outlet.send(scene(0.1, face(1, "fear", 0.1)))
    connection.wait(lambda: len(connection.times) == 2)
    outlet.close()
    assert lines == ["mqtt://hall is lost (broken); trying to connect again", "mqtt://hall is connected again"]
    assert (connection.opened, outlet.counts.losses) == (2, 1)
    assert connection.kinds == ["face_appeared", "expression_changed", "expression_changed", "face_gone"]


def test_closing_does_not_wait_for_a_connection_that_does_not_come_back() -> None:
    connection, lost = FakeConnection(), threading.Event()
    outlet = Outlet("test", connection, lambda _: lost.set())
    connection.errors.append(BrokenPipeError("broken"))
    connection.open_errors += [OSError("no route")] * 100_000
    outlet.send(scene(0.0, face()))
    assert lost.wait(WAIT_S)
    outlet.close()
    assert not outlet.counts.connected
    assert connection.closed == 1


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (None, list(range(30))),
        (10.0, list(range(0, 30, 3))),
        (15.0, list(range(0, 30, 2))),
        (0.0, []),
        (60.0, list(range(30))),
    ],
)
def test_scenes_are_sent_at_the_rate_and_events_at_once(rate: float | None, expected: list[int]) -> None:
    connection = FakeConnection()
    outlet = Outlet("test", connection, rate=rate)
    for i in range(30):
        outlet.send(scene(i / 30, face(1, "fear" if i >= 7 else "anger", 7 / 30 if i >= 7 else 0.0)))
    outlet.close()
    frames = connection.times[: len(expected)]
    assert [round(30 * time_s) for time_s in frames] == expected
    assert connection.kinds == ["face_appeared", "expression_changed", "expression_changed", "face_gone"]


def test_a_source_that_starts_again_is_sent_again() -> None:
    connection = FakeConnection()
    outlet = Outlet("test", connection, rate=10.0)
    for time_s in (50.0, 50.1, 0.0, 0.05, 0.1):
        outlet.send(scene(time_s))
    outlet.close()
    assert connection.times == [50.0, 50.1, 0.0, 0.1]


def test_a_connection_that_is_lost_each_time_at_once_is_reported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    connection, lines = FakeConnection(), list[str]()
    outlet = Outlet("test", connection, lines.append)
    connection.errors += [BrokenPipeError("broken")] * 5
    outlet.send(scene(0.0))
    connection.wait(lambda: connection.times == [0.0])
    assert lines == ["test is lost (broken); trying to connect again", "test is connected again"]
    connection.errors.append(BrokenPipeError("broken"))
    connection.open_errors.append(OSError("no route"))  # this time it stays away
    outlet.send(scene(0.1))
    connection.wait(lambda: connection.times == [0.0, 0.1])
    outlet.close()
    assert lines[2:] == ["test is lost (no route); trying to connect again", "test is connected again"]
    assert outlet.counts.losses == 6


def test_a_connection_that_has_ended_is_not_opened_again() -> None:
    connection, lines = FakeConnection(), list[str]()
    outlet = Outlet("test", connection, lines.append)
    connection.errors.append(module.ConnectionEnded())
    outlet.send(scene(0.0))
    outlet.close()
    outlet.send(scene(0.1))
    assert (outlet.ended, connection.opened, connection.closed, lines) == (True, 1, 1, [])


def test_a_connection_that_hangs_does_not_keep_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FLUSH_S", 0.0)
    monkeypatch.setattr(module, "CLOSE_S", 0.0)
    connection = FakeConnection()
    connection.go.clear()
    outlet = Outlet("test", connection)
    outlet.send(scene(0.0))
    assert connection.entered.wait(WAIT_S)
    outlet.close()
    assert connection.closed == 0
    connection.go.set()
    connection.wait(lambda: connection.times == [0.0])
