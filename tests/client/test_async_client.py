"""`emoar.AsyncClient` against a real server."""

from __future__ import annotations

import asyncio

from server_process import Server, Start

import emoar


def test_async_and_at_once(server: Server, jpeg: bytes) -> None:
    async def request() -> list[emoar.Scene]:
        async with emoar.AsyncClient(server.url) as client:
            return await asyncio.gather(*(client.expressions(jpeg) for _ in range(6)))

    assert [len(scene.faces) for scene in asyncio.run(request())] == [1] * 6


def test_an_async_live_socket(server: Server, jpeg: bytes) -> None:
    async def exchange() -> list[emoar.LiveScene]:
        async with emoar.AsyncClient(server.url) as client, client.live(max_faces=1) as live:
            results = [await live.recognise(jpeg)]
            sending = asyncio.create_task(live.send(jpeg))
            async for result in live:
                results.append(result)
                break
            await sending
            return results

    results = asyncio.run(exchange())
    assert [result.index for result in results] == [0, 1]
    assert [len(result.scene.faces) for result in results] == [1, 1]


def test_a_socket_in_use_is_waited_for(start: Start, jpeg: bytes) -> None:
    server = start(max_sockets=1, idle_s=3)  # the first one sends nothing more, and is cut

    async def exchange() -> int:
        async with emoar.AsyncClient(server.url) as client, client.live() as first:
            await first.recognise(jpeg)
            async with client.live() as second:
                return len((await second.recognise(jpeg)).scene.faces)

    assert asyncio.run(exchange()) == 1
    with server.client() as http:
        assert 'emoar_refused_total{limit="max_sockets"}' in http.get("/metrics").text


def test_a_request_to_a_busy_server_is_repeated(start: Start, jpeg: bytes) -> None:
    server = start(max_requests=1)

    async def request() -> list[emoar.Scene]:
        async with emoar.AsyncClient(server.url) as client:
            return await asyncio.gather(*(client.expressions(jpeg) for _ in range(4)))

    assert [len(scene.faces) for scene in asyncio.run(request())] == [1] * 4
    with server.client() as http:
        assert 'emoar_refused_total{limit="max_requests"}' in http.get("/metrics").text


def test_measures_and_valence_on_request(server: Server, jpeg: bytes) -> None:
    async def request() -> list[emoar.Scene]:
        async with emoar.AsyncClient(server.url) as client, client.live(measures=True, valence=True) as live:
            scene = await client.expressions(jpeg, measures=True, valence=True)
            return [scene, (await live.recognise(jpeg)).scene]

    for scene in asyncio.run(request()):
        (face,) = scene.faces
        assert face.measures is not None
        assert face.valence is not None
