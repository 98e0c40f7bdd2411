"""The scenes of one source on their way out: their events, and which of them are due at a rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from emoar.events.detector import EventDetector
from emoar.events.rate import SceneRate
from emoar.events.values import Event
from emoar.types import Scene

__all__ = ["Feed"]

_OUTGOING: Final = WeakKeyDictionary[Scene, Scene]()  # all feeds of a scene give the same one, whose text is made once


class Feed:
    """One source of an outlet.

    Args:
        put: gets the events of each scene, and where it is due the scene with a black picture: what waits must not
            hold the memory of pictures, and none leaves.
        rate: scenes a second, by the times of their frames; None: all. Events are given at once at any rate.
    """

    def __init__(self, put: Callable[[list[Event], Scene | None], None], rate: float | None = None) -> None:
        self._put, self._sends_scenes = put, rate != 0
        self._detector, self._rate = EventDetector(), SceneRate(rate)
        self._last: Scene | None = None

    def send(self, scene: Scene) -> None:
        """Takes a scene. Never waits."""
        events, due = self._detector.update(scene), self._rate.is_due(scene.frame.time_s)
        self._last = scene = _without_picture(scene)
        if events or due:
            self._put(events, scene if due else None)

    def end(self) -> None:
        """Everybody is gone, as at the end of the source: their events, and a scene without faces."""
        gone = self._detector.end()
        if self._last is not None and gone:
            self._put(gone, Scene(self._last.frame) if self._sends_scenes else None)
        self._last = None


def _without_picture(scene: Scene) -> Scene:
    found = _OUTGOING.get(scene)
    if found is None:
        black = np.broadcast_to(np.uint8(0), scene.frame.image.shape)  # one byte
        found = _OUTGOING[scene] = replace(scene, frame=replace(scene.frame, image=black))
    return found
