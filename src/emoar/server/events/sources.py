"""One live socket as a source of events: for subscribers, and for the connections of `send`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emoar.errors import InputError
from emoar.events.values import Event, event_from_dict
from emoar.server.events.hub import Hub
from emoar.server.events.outlets import Outlets
from emoar.server.workers.request import FrameNews, ImageResponse

__all__ = ["SocketSources"]


class SocketSources:
    """Takes what a worker found in each frame of a socket.

    Args:
        name: of the source: the id of the socket, which its scenes have too.
    """

    def __init__(self, hub: Hub, outlets: Outlets, name: str) -> None:
        self._hub = hub
        self._source, self._outlets = hub.open(name), outlets.source()

    def put(self, response: ImageResponse, time_s: float, captured_at_s: float) -> None:
        """Passes on the events and the scene of a frame.

        `time_s` is from the begin of the socket, `captured_at_s` the same on the clock of `time.monotonic()`.
        """
        news = response.news or FrameNews()
        if news.began:  # also the first frame at a worker that replaces a lost one: its ids begin again
            self._clear()
        text = response.body.decode() if self._hub.wants_scenes else None
        self._source.put(_events_in(news.events), text, time_s)
        if self._outlets is not None:
            self._outlets.send(response.body, news.landmarks, captured_at_s)

    def close(self) -> None:
        """The socket is closed: its faces are gone."""
        self._source.close()
        if self._outlets is not None:
            self._outlets.end()

    def _clear(self) -> None:
        self._source.clear()
        if self._outlets is not None:
            self._outlets.end()


def _events_in(documents: Sequence[Mapping[str, Any]]) -> list[Event]:
    """The events that a worker reports; none where it reports anything else."""
    try:
        return [event_from_dict(document) for document in documents]
    except (InputError, AttributeError):
        return []
