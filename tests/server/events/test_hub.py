"""What a hub knows of its sources, and what subscribers get."""

from __future__ import annotations

import asyncio
import json

from emoar.events.values import Event, ExpressionChanged, FaceAppeared, FaceGone
from emoar.server.events.hub import Hub
from emoar.server.events.subscriber import Subscriber
from emoar.server.metrics import Metrics


def came(track_id: int = 1) -> Event:
    return FaceAppeared(track_id, 0.5, "hall")


def changed(label: str, track_id: int = 1) -> Event:
    return ExpressionChanged(track_id, 1.0, "ferplus", label, 0.5, 1.0, {}, "hall")


def waiting(subscriber: Subscriber) -> list[str]:
    """What a subscriber gets without waiting."""

    async def read() -> list[str]:
        found: list[str] = []
        while True:
            task = asyncio.create_task(subscriber.next())
            await asyncio.sleep(0)  # what is there comes at once
            if not task.done():
                task.cancel()
                return found
            found += task.result()

    return [json.loads(text).get("event", "scene") for text in asyncio.run(read())]


def test_a_source_knows_who_is_in_view() -> None:
    source = Hub(Metrics()).open("hall")
    source.put([came(), changed("fear"), came(2)])
    source.put([changed("anger"), FaceGone(2, 2.0, "hall")])
    assert source.present_events() == [came(), changed("anger")]
    source.put([changed("fear", 3)])  # an expression without the event before it
    assert source.face_count == 2


def test_names_are_used_once() -> None:
    hub = Hub(Metrics())
    assert [hub.open("hall").name for _ in range(3)] == ["hall", "hall 2", "hall 3"]
    hub.close("hall 2")
    assert hub.open("hall").name == "hall 2"


def test_faces_go_with_their_source() -> None:
    hub, subscriber = Hub(Metrics()), Subscriber()
    hub.subscribe(subscriber)
    source = hub.open("hall")
    source.put([came(), changed("fear")])
    source.close()
    assert waiting(subscriber) == ["face_appeared", "expression_changed", "face_gone"]


def test_a_source_that_begins_again_has_nobody() -> None:
    hub, subscriber = Hub(Metrics()), Subscriber()
    hub.subscribe(subscriber)
    source = hub.open("hall")
    source.put([came()])
    source.clear()
    source.clear()
    assert waiting(subscriber) == ["face_appeared", "face_gone"]


def test_scenes_are_wanted_only_where_somebody_wants_them() -> None:
    hub, events, scenes = Hub(Metrics()), Subscriber(), Subscriber(scenes=True)
    hub.subscribe(events)
    assert not hub.wants_scenes
    hub.subscribe(scenes)
    assert hub.wants_scenes
    hub.open("hall").put([], "{}", 0.5)
    assert (waiting(events), waiting(scenes)) == ([], ["scene"])
    hub.unsubscribe(scenes)
    assert not hub.wants_scenes


def test_what_slow_subscribers_miss_is_counted() -> None:
    metrics = Metrics()
    hub = Hub(metrics)
    hub.subscribe(Subscriber(scenes=True))
    source = hub.open("hall")
    for number in range(300):
        source.put([], "{}", number / 30)
    assert "emoar_dropped_events_total 44.0" in metrics.text().decode()
