"""One subscriber of `WS /v1/events`: what waits for it, bounded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from emoar.events.backlog import Backlog
from emoar.events.rate import SceneRate
from emoar.events.values import Event

__all__ = ["Subscriber"]


class Subscriber:
    """Chooses what one client gets, and keeps it until it is sent.

    Args:
        scenes: whether the client wants scenes, beside events.
        rate: scenes a second of each source; None: all.
        source: events and scenes of this source alone; empty: of all.

    Attributes:
        dropped: scenes, and events that later ones made obsolete, because the client is too slow.
    """

    def __init__(self, *, scenes: bool = False, rate: float | None = None, source: str = "") -> None:
        self.wants_scenes = scenes
        self._rate, self._source = rate, source
        self._rates: dict[str, SceneRate] = {}
        self._backlog = Backlog[str]()
        self._filled = asyncio.Event()
        self.dropped = 0

    def put(self, source: str, events: Sequence[Event], scene: str | None = None, time_s: float = 0.0) -> int:
        """Takes events, and the JSON text of a scene, of a source; returns how many messages were dropped for it."""
        if self._source not in ("", source):
            return 0
        if scene is not None and not self._is_due(source, time_s):
            scene = None
        if not events and scene is None:
            return 0
        dropped = self._backlog.put(events, scene)
        self.dropped += dropped
        self._filled.set()
        return dropped

    def forget(self, source: str) -> None:
        """The source has ended."""
        self._rates.pop(source, None)

    async def next(self) -> list[str]:
        """Waits for the next messages: JSON texts, events first."""
        while not self._backlog:
            self._filled.clear()
            await self._filled.wait()
        events, scene = self._backlog.take()
        texts = [json.dumps(event.to_dict(), separators=(",", ":"), allow_nan=False) for event in events]
        return texts if scene is None else [*texts, scene]

    def _is_due(self, source: str, time_s: float) -> bool:
        return self.wants_scenes and self._rates.setdefault(source, SceneRate(self._rate)).is_due(time_s)
