"""Carries messages to another program without ever delaying a frame: a thread of its own, and a bounded queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from emoar.errors import EmoarError
from emoar.events.backlog import Backlog
from emoar.events.feed import Feed
from emoar.events.reasons import reason_of
from emoar.events.values import Event
from emoar.types import Scene

__all__ = ["Connection", "ConnectionEnded", "Outlet", "OutletCounts"]

FIRST_WAIT_S: Final = 0.5  # before the first attempt to connect again; it doubles up to the last one
LAST_WAIT_S: Final = 60.0
STEADY_S: Final = 10.0  # a connection that holds for less is the same loss again
FLUSH_S: Final = 2.0  # for what waits, at the end
CLOSE_S: Final = 1.0  # for closing the connection


class ConnectionEnded(Exception):  # noqa: N818  (no error: its name is a state)
    """A connection has ended for good, such as stdout when its reader has ended: it is not opened again."""


class Connection(Protocol):
    """A way to another program. Its methods are called one after the other: the first `open` by who makes the outlet,
    all others by the outlet's thread.

    Each may raise `OSError` or `EmoarError`: then the connection is lost, and `open` is called again.
    """

    def open(self) -> None:
        """Connects; called again after a loss."""
        ...

    def send(self, events: list[Event], scene: Scene | None) -> None:
        """Sends events, and the scene; None: the rate leaves it out."""
        ...

    def close(self) -> None:
        """Sends what the other side needs to know at the end, and disconnects. Called twice it is harmless."""
        ...


@dataclass(frozen=True)
class OutletCounts:
    """What became of the messages."""

    sent: int = 0  # scenes with their events, and events alone
    dropped: int = 0  # scenes, and events that later ones made obsolete, while the queue was full
    losses: int = 0  # of the connection
    connected: bool = False


class Outlet:
    """Sends scenes over a connection, and their events.

    The first attempt to connect is made by the constructor, so that a wrong address is an error at the start. A
    connection that is lost later is opened again, for ever, ever less often; `report` is told once a loss. While the
    queue is full, the oldest scene is dropped and counted; its events go with the next one (`backlog`).

    Args:
        name: of the connection, without secrets, for messages.
        connection: the way to the other program.
        report: is called with a line when the connection is lost, and when it is there again.
        rate: scenes a second, by the times of their frames; None: all. Events are sent at once at any rate.

    Raises:
        EmoarError: the connection cannot be opened.
        OSError: it cannot be opened.
    """

    def __init__(
        self, name: str, connection: Connection, report: Callable[[str], None] = print, *, rate: float | None = None
    ) -> None:
        self.name = name
        self._connection, self._report, self._rate = connection, report, rate
        self._waiting = Backlog[Scene]()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._last_s = float("inf")  # time.monotonic() up to which messages are sent
        self._sent = self._dropped = self._losses = 0
        self._dropped_bad = False  # whether that was reported
        self._ended = False
        self._wait_s = FIRST_WAIT_S  # before the next attempt to connect again
        self._feed = self.feed()
        connection.open()
        self._connected, self._connected_s = True, time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"emoar-send {name}", daemon=True)
        self._thread.start()

    @property
    def counts(self) -> OutletCounts:
        """The counts up to now."""
        return OutletCounts(self._sent, self._dropped, self._losses, self._connected)

    @property
    def ended(self) -> bool:
        """Whether the connection has ended for good."""
        return self._ended

    def send(self, scene: Scene) -> None:
        """Queues a scene and its events. Never waits."""
        self._feed.send(scene)

    def feed(self) -> Feed:
        """One more source, beside that of `send`.

        Its frames have a `source` that no other feed has, and the track ids of all feeds differ: the connection gets
        their scenes in turns.
        """
        return Feed(self._put, self._rate)

    def close(self) -> None:
        """Sends that everybody is gone, waits up to `FLUSH_S` for what is queued, and disconnects.

        A connection that hangs is left to itself after `CLOSE_S` more.
        """
        self._feed.end()
        self._last_s = time.monotonic() + FLUSH_S
        self._stopping.set()
        with self._changed:
            self._changed.notify()
        self._thread.join(FLUSH_S + CLOSE_S)

    def _put(self, events: list[Event], scene: Scene | None) -> None:
        with self._changed:
            self._dropped += self._waiting.put(events, scene)
            self._changed.notify()

    def _next(self) -> tuple[Sequence[Event], Scene | None] | None:
        """The oldest message; None when all is sent and no more will come."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting) or self._stopping.is_set())
            is_late = self._stopping.is_set() and time.monotonic() > self._last_s
            return self._waiting.take() if self._waiting and not is_late else None

    def _run(self) -> None:
        try:
            self._send_all()
        finally:
            self._connected = False
            self._dropped += len(self._waiting)
            with suppress(Exception):  # the other side may be gone
                self._connection.close()

    def _send_all(self) -> None:
        while (message := self._next()) is not None:
            try:
                self._connection.send(list(message[0]), message[1])
                self._sent += 1
            except ConnectionEnded:
                self._ended = True
                return
            except (OSError, EmoarError) as exc:
                with self._changed:
                    self._waiting.put_back(message)
                if not self._connect_again(exc):
                    return
            except Exception as exc:  # a message that cannot be sent: the same again would fail the same way
                if not self._dropped_bad:
                    self._report(f"{self.name}: a message cannot be sent ({type(exc).__name__}: {exc})")
                self._dropped_bad = True
                self._dropped += 1

    def _connect_again(self, problem: Exception) -> bool:
        """Tries until it succeeds; False when the source has ended before.

        A connection that is lost again at once, each time that it is made, is reported once and tried ever less often.
        """
        self._connected = False
        self._losses += 1
        is_reported = self._losses == 1 or time.monotonic() - self._connected_s > STEADY_S
        if is_reported:
            self._wait_s = FIRST_WAIT_S
            self._report_loss(problem)
        while not self._stopping.wait(self._wait_s):
            self._wait_s = min(2 * self._wait_s, LAST_WAIT_S)
            try:
                self._connection.open()
            except (OSError, EmoarError) as exc:
                if not is_reported:
                    self._report_loss(exc)
                is_reported = True
                continue
            self._connected, self._connected_s = True, time.monotonic()
            if is_reported:
                self._report(f"{self.name} is connected again")
            return True
        return False

    def _report_loss(self, problem: Exception) -> None:
        self._report(f"{self.name} is lost ({reason_of(problem)}); trying to connect again")
