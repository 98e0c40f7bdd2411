"""A live socket as a source of events."""

from __future__ import annotations

from typing import Any

from emoar.events.values import FaceAppeared
from emoar.server.events.hub import Hub
from emoar.server.events.outlets import Outlets
from emoar.server.events.sources import SocketSources
from emoar.server.events.subscriber import Subscriber
from emoar.server.metrics import Metrics
from emoar.server.workers.request import FrameNews, ImageResponse

from .test_hub import waiting

APPEARED = FaceAppeared(1, 0.5, "4f1d09aa").to_dict()


def response(news: FrameNews | None) -> ImageResponse:
    return ImageResponse(b'{"faces":[]}', "application/json", 0, {}, news)


def run(*news: FrameNews | None, scenes: bool = False) -> list[str]:
    hub, subscriber = Hub(Metrics()), Subscriber(scenes=scenes)
    hub.subscribe(subscriber)
    sources = SocketSources(hub, Outlets(()), "4f1d09aa")
    for number, each in enumerate(news):
        sources.put(response(each), number / 10, 7.0)
    sources.close()
    return waiting(subscriber)


def test_events_and_scenes_are_passed_on() -> None:
    assert run(FrameNews(True, [APPEARED]), FrameNews()) == ["face_appeared", "face_gone"]
    assert run(FrameNews(True, [APPEARED]), FrameNews(), scenes=True) == [
        "face_appeared",
        "scene",
        "scene",
        "face_gone",
    ]


def test_a_worker_that_replaces_a_lost_one_begins_again() -> None:
    assert run(FrameNews(True, [APPEARED]), FrameNews(True, [APPEARED])) == ["face_appeared", "face_gone"] * 2


def test_what_a_broken_worker_reports_is_no_event() -> None:
    odd: list[Any] = [{"schema": "emoar.event/1"}]
    assert run(FrameNews(False, odd), None) == []
    assert run(FrameNews(False, ["junk"]), None) == []  # type: ignore[list-item]
