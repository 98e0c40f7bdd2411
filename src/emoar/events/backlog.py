"""Messages that wait to be sent: bounded, so that a receiver that is slow or lost for days costs no memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, Generic, TypeVar

from emoar.events.values import Event, ExpressionChanged, FaceAppeared, FaceGone

__all__ = ["DEPTH", "Backlog", "shortened"]

DEPTH: Final = 256  # messages: eight seconds at 30 frames/s
MOST_EVENTS: Final = 1024  # of dropped scenes together; beyond it only the last change of each face is kept

SceneT = TypeVar("SceneT")


class Backlog(Generic[SceneT]):
    """Scenes with their events, in order.

    While it is full, the oldest scene is dropped; its events go with the next one, so that no face is missed or stays.
    """

    def __init__(self, depth: int = DEPTH) -> None:
        self._depth = depth
        self._waiting: deque[tuple[Sequence[Event], SceneT | None]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, events: Sequence[Event], scene: SceneT | None) -> int:
        """Adds a message; returns how many scenes and events were dropped for it."""
        self._waiting.append((events, scene))
        if len(self._waiting) <= self._depth:
            return 0
        missed, dropped = self._waiting.popleft()
        after, kept = self._waiting[0]
        both = [*missed, *after]
        fewer = shortened(both) if len(both) > MOST_EVENTS else both
        self._waiting[0] = fewer, kept
        return (dropped is not None) + len(both) - len(fewer)

    def put_back(self, message: tuple[Sequence[Event], SceneT | None]) -> None:
        """Returns a message that could not be sent: it is the next one again."""
        self._waiting.appendleft(message)

    def take(self) -> tuple[Sequence[Event], SceneT | None]:
        """Removes the oldest message; there must be one."""
        return self._waiting.popleft()


def shortened(events: Sequence[Event]) -> list[Event]:
    """The fewest events after which a receiver knows the same as after all: who is there, and each last expression."""
    of_face: dict[tuple[str, int], list[Event]] = {}
    for event in events:
        found = of_face.setdefault((event.source, event.track_id), [])
        if found and isinstance(found[-1], ExpressionChanged) and not isinstance(event, FaceAppeared):
            found.pop()
        if isinstance(event, FaceGone) and found and isinstance(found[-1], FaceAppeared):
            found.pop()
        else:
            found.append(event)
    return [event for found in of_face.values() for event in found]
