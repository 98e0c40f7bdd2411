"""The connections of the setting `send`: what live sockets see goes to other programs."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from emoar.errors import InputError
from emoar.events.sinks import check_address, open_sink

if TYPE_CHECKING:  # arrays are loaded only where there is a connection
    from emoar.events.feed import Feed
    from emoar.events.outlet import Outlet, OutletCounts
    from emoar.types import Scene

__all__ = ["OutletSource", "Outlets"]

_LOG: Final = logging.getLogger("emoar.server")


class Outlets:
    """All connections, open from `start` to `close`. A scene costs nothing where there is none.

    Attributes:
        uses_measures: whether one of them sends movements of the face, once they are open.
    """

    def __init__(self, urls: Sequence[str], open_: Callable[..., Outlet] = open_sink) -> None:
        self._urls, self._open = urls, open_
        self._outlets: list[Outlet] = []
        self._track_ids = count(1)
        self.uses_measures = False

    def __len__(self) -> int:
        return len(self._urls)

    async def start(self) -> None:
        """Connects.

        Raises:
            EmoarError: an address is wrong, or nobody answers at it; nothing is open then.
        """
        try:
            for url in self._urls:
                self._outlets.append(await asyncio.to_thread(self._open, url, report=_LOG.warning))
                self.uses_measures |= check_address(url)[1].uses_measures
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Sends what waits, and disconnects."""
        outlets, self._outlets = self._outlets, []
        await asyncio.gather(*(asyncio.to_thread(outlet.close) for outlet in outlets))

    def counts(self) -> dict[str, OutletCounts]:
        """The counts of each connection, by its kind; a number is added to the second of a kind."""
        found: dict[str, OutletCounts] = {}
        for outlet in self._outlets:
            kind = outlet.name.partition(":")[0]
            same = sum(name.partition(" ")[0] == kind for name in found)
            found[f"{kind} {same + 1}" if same else kind] = outlet.counts
        return found

    def source(self) -> OutletSource | None:
        """A new source of all connections; None where there is none."""
        return OutletSource([outlet.feed() for outlet in self._outlets], self._track_ids) if self._outlets else None


class OutletSource:
    """The scenes of one live socket. Its faces get ids that no other source of the server has."""

    def __init__(self, feeds: Sequence[Feed], track_ids: count[int]) -> None:
        self._feeds, self._track_ids = feeds, track_ids
        self._id_of: dict[int, int] = {}

    def send(self, document: bytes, landmarks: bytes, captured_at_s: float) -> None:
        """Takes a scene.

        Args:
            document: its JSON.
            landmarks: (faces, 468, 3) float32 of its faces.
            captured_at_s: when its frame arrived, on the clock of `time.monotonic()`.
        """
        with suppress(InputError, ValueError, TypeError, KeyError):  # a worker whose decoder was overrun sends anything
            scene = _scene(json.loads(document), landmarks)
            faces = tuple(replace(face, track_id=self._unique(face.track_id)) for face in scene.faces)
            scene = replace(scene, faces=faces, frame=replace(scene.frame, captured_at_s=captured_at_s))
            for feed in self._feeds:
                feed.send(scene)

    def end(self) -> None:
        """Everybody is gone; a face that comes after that has another id."""
        for feed in self._feeds:
            feed.end()
        self._id_of.clear()

    def _unique(self, track_id: int) -> int:
        if track_id not in self._id_of:
            self._id_of[track_id] = next(self._track_ids)
        return self._id_of[track_id]


def _scene(document: Mapping[str, Any], landmarks: bytes) -> Scene:
    import numpy as np

    from emoar.types import LANDMARK_COUNT, Scene

    points = np.frombuffer(landmarks, np.float32).reshape(-1, LANDMARK_COUNT, 3)
    faces = [{**face, "landmarks_px": found} for face, found in zip(document["faces"], points, strict=True)]
    return Scene.from_dict({**document, "faces": faces})
