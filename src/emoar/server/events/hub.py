"""Passes the events and scenes of sources, which are live sockets and publishers, to all subscribers."""

from __future__ import annotations

from collections.abc import Sequence

from emoar.events.values import Event, ExpressionChanged, FaceAppeared, FaceGone
from emoar.server.events.subscriber import Subscriber
from emoar.server.metrics import Metrics

__all__ = ["Hub", "HubSource"]


class Hub:
    """All methods run on the event loop, and none blocks it or waits for a client."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._sources: dict[str, HubSource] = {}
        self._subscribers: set[Subscriber] = set()

    @property
    def wants_scenes(self) -> bool:
        """Whether a subscriber wants scenes: texts that nobody reads need not be made."""
        return any(subscriber.wants_scenes for subscriber in self._subscribers)

    def subscribe(self, subscriber: Subscriber) -> None:
        """Adds a subscriber, which first gets the events of the faces that are in view."""
        for source in self._sources.values():
            subscriber.put(source.name, source.present_events())
        self._subscribers.add(subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Removes a subscriber."""
        self._subscribers.discard(subscriber)

    def open(self, name: str) -> HubSource:
        """A new source; a number is added to a name that is in use."""
        chosen, number = name, 1
        while chosen in self._sources:
            number += 1
            chosen = f"{name} {number}"
        self._sources[chosen] = source = HubSource(chosen, self)
        return source

    def publish(self, name: str, events: Sequence[Event], scene: str | None, time_s: float) -> None:
        """Gives every subscriber the events and the scene of a source, as far as it wants them."""
        dropped = sum(subscriber.put(name, events, scene, time_s) for subscriber in self._subscribers)
        self._metrics.dropped_events.inc(dropped)

    def close(self, name: str) -> None:
        """Ends a source."""
        del self._sources[name]
        for subscriber in self._subscribers:
            subscriber.forget(name)


class HubSource:
    """One source: it knows who is in view."""

    def __init__(self, name: str, hub: Hub) -> None:
        self.name = name
        self._hub = hub
        self._present: dict[int, list[Event]] = {}  # by track id: that it appeared, and its last expression
        self._time_s = 0.0

    @property
    def face_count(self) -> int:
        """How many faces are in view."""
        return len(self._present)

    def present_events(self) -> list[Event]:
        """The events of the faces in view, as if they came now."""
        return [event for events in self._present.values() for event in events]

    def put(self, events: Sequence[Event], scene: str | None = None, time_s: float | None = None) -> None:
        """Passes on what happened in a frame, and the JSON text of its scene, whose time is `time_s`."""
        for event in events:
            self._note(event)
        self._time_s = time_s if time_s is not None else (events[-1].time_s if events else self._time_s)
        self._hub.publish(self.name, events, scene, self._time_s)

    def clear(self) -> None:
        """Everybody is gone: the source starts again, or ends."""
        if self._present:
            self.put([FaceGone(track_id, self._time_s, self.name) for track_id in sorted(self._present)])

    def close(self) -> None:
        """Ends the source; its faces are gone."""
        self.clear()
        self._hub.close(self.name)

    def _note(self, event: Event) -> None:
        if isinstance(event, FaceGone):
            self._present.pop(event.track_id, None)
        elif isinstance(event, ExpressionChanged):
            first = self._present.get(event.track_id, [FaceAppeared(event.track_id, event.time_s, event.source)])[0]
            self._present[event.track_id] = [first, event]
        else:
            self._present[event.track_id] = [event]
