"""Live sockets share the connections of `send`."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
import pytest
from makers import make_scene

from emoar.errors import OutputError
from emoar.events.outlet import Outlet
from emoar.events.values import Event
from emoar.server.events.outlets import Outlets
from emoar.types import Scene


class Recording:
    """A connection that keeps what it sends."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.scenes: list[Scene] = []
        self.closed = False

    def open(self) -> None:
        pass

    def send(self, events: list[Event], scene: Scene | None) -> None:
        self.events += events
        self.scenes += [scene] if scene is not None else []

    def close(self) -> None:
        self.closed = True


def started(*urls: str) -> tuple[Outlets, list[Recording]]:
    connections: list[Recording] = []

    def open_(url: str, **options: Any) -> Outlet:
        if url == "wrong:":
            raise OutputError("nobody answers")
        connections.append(Recording())
        return Outlet(url, connections[-1])

    return Outlets(urls, open_), connections


def message(scene: Scene, source: str) -> tuple[bytes, bytes]:
    document = json.dumps(scene.to_dict() | {"source": source}).encode()
    return document, b"".join(face.landmarks_px.tobytes() for face in scene.faces)


def test_sockets_have_ids_of_their_own() -> None:
    async def run() -> list[Recording]:
        outlets, connections = started("osc://a:1", "osc://b:1")
        await outlets.start()
        first, second = outlets.source(), outlets.source()
        assert first is not None
        assert second is not None
        for source, name in ((first, "one"), (second, "two"), (first, "one")):
            source.send(*message(make_scene(2, time_s=0.5), name), 7.5)
        assert list(outlets.counts()) == ["osc", "osc 2"]
        first.end()
        second.end()
        await outlets.close()
        return connections

    for connection in asyncio.run(run()):
        ids = [(scene.frame.source, [face.track_id for face in scene.faces]) for scene in connection.scenes]
        assert ids == [("one", [1, 2]), ("two", [3, 4]), ("one", [1, 2]), ("one", []), ("two", [])]
        np.testing.assert_array_equal(connection.scenes[0].faces[0].landmarks_px, make_scene().faces[0].landmarks_px)
        assert connection.scenes[0].frame.captured_at_s == 7.5
        assert sum(event.kind == "face_gone" for event in connection.events) == 4
        assert connection.closed


def test_without_connections_nothing_is_done() -> None:
    outlets = Outlets(())
    asyncio.run(outlets.start())
    assert (len(outlets), outlets.source(), outlets.counts()) == (0, None, {})


@pytest.mark.parametrize(("urls", "measured"), [(["jsonl:-"], False), (["jsonl:-", "vmc://h"], True), ([], False)])
def test_faces_are_measured_for_connections_that_send_movements(urls: list[str], measured: bool) -> None:
    async def run() -> bool:
        outlets, _ = started(*urls)
        await outlets.start()
        await outlets.close()
        return outlets.uses_measures

    assert asyncio.run(run()) is measured


def test_one_that_cannot_be_opened_closes_the_others() -> None:
    outlets, connections = started("osc://a:1", "wrong:")
    with pytest.raises(OutputError, match="nobody answers"):
        asyncio.run(outlets.start())
    assert [connection.closed for connection in connections] == [True]


@pytest.mark.parametrize(
    ("document", "landmarks"),
    [(b"{}", b""), (b"junk", b""), (b"[]", b""), (message(make_scene(), "a")[0], b"short"), (b'{"faces": [1]}', b"")],
)
def test_what_a_broken_worker_sends_goes_nowhere(document: bytes, landmarks: bytes) -> None:
    async def run() -> list[Recording]:
        outlets, connections = started("osc://a:1")
        await outlets.start()
        source = outlets.source()
        assert source is not None
        source.send(document, landmarks, 0.0)
        await outlets.close()
        return connections

    assert asyncio.run(run())[0].scenes == []
