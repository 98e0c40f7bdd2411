"""What a publisher may send."""

from __future__ import annotations

import json

import pytest

from emoar.errors import InputError
from emoar.events.values import FaceAppeared, FaceGone
from emoar.server.events.hub import Hub
from emoar.server.events.publisher import MOST_FACES, MOST_SOURCES, Publisher
from emoar.server.metrics import Metrics


def event(track_id: int = 1, source: str = "hall") -> str:
    return json.dumps(FaceAppeared(track_id, 0.0, source).to_dict())


def test_its_sources_end_with_it() -> None:
    hub = Hub(Metrics())
    publisher = Publisher(hub)
    publisher.receive(event())
    publisher.receive(event(1, "door"))
    publisher.close()
    assert hub.open("hall").name == "hall"


def test_it_cannot_fill_the_memory() -> None:
    publisher = Publisher(Hub(Metrics()))
    with pytest.raises(InputError, match=f"at most {MOST_FACES} faces"):
        for track_id in range(1, MOST_FACES + 2):
            publisher.receive(event(track_id))
    publisher = Publisher(Hub(Metrics()))
    with pytest.raises(InputError, match=f"at most {MOST_SOURCES} sources"):
        for number in range(MOST_SOURCES + 1):
            publisher.receive(event(1, f"camera {number}"))
    with pytest.raises(InputError, match="of 200 characters"):
        Publisher(Hub(Metrics())).receive(event(1, "x" * 201))


def test_faces_that_come_and_go_are_no_limit() -> None:
    publisher = Publisher(Hub(Metrics()))
    for track_id in range(1, 3 * MOST_FACES):
        publisher.receive(event(track_id))
        publisher.receive(json.dumps(FaceGone(track_id, 0.0, "hall").to_dict()))
