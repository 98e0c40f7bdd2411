"""What waits for one subscriber."""

from __future__ import annotations

import asyncio

from emoar.events.values import FaceAppeared
from emoar.server.events.subscriber import Subscriber


def put(subscriber: Subscriber, source: str, time_s: float) -> None:
    subscriber.put(source, [], f'{{"time_s":{time_s}}}', time_s)


def received(subscriber: Subscriber, count: int) -> list[str]:
    async def read() -> list[str]:
        return [text for _ in range(count) for text in await subscriber.next()]

    return asyncio.run(read())


def test_each_source_has_its_rate() -> None:
    subscriber = Subscriber(scenes=True, rate=10.0)
    for index in range(6):
        put(subscriber, "a", index / 30)
        put(subscriber, "b", 100 + index / 30)
    assert received(subscriber, 4) == ['{"time_s":0.0}', '{"time_s":100.0}', '{"time_s":0.1}', '{"time_s":100.1}']


def test_a_source_that_comes_back_begins_anew() -> None:
    subscriber = Subscriber(scenes=True, rate=1.0)
    put(subscriber, "a", 5.0)
    subscriber.forget("a")
    put(subscriber, "a", 5.5)
    assert received(subscriber, 2) == ['{"time_s":5.0}', '{"time_s":5.5}']


def test_events_come_before_their_scene() -> None:
    subscriber = Subscriber(scenes=True)
    subscriber.put("a", [FaceAppeared(1, 0.0, "a")], "{}", 0.0)
    assert [text[:20] for text in received(subscriber, 1)] == ['{"schema":"emoar.eve', "{}"]


def test_one_that_waits_gets_what_comes() -> None:
    async def run() -> list[str]:
        subscriber = Subscriber(scenes=True)
        waiting = asyncio.create_task(subscriber.next())
        await asyncio.sleep(0)
        put(subscriber, "a", 1.0)
        return await waiting

    assert asyncio.run(run()) == ['{"time_s":1.0}']
