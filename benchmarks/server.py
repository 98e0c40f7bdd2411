"""`emoar serve` on two cores with its client: throughput beside its peers, a live socket, overload, and a soak."""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Sequence
from typing import Final

import cv2

from benchmarks._cores import confine
from benchmarks._load import Load, at_rate, closed_loop
from benchmarks._servers import PEERS, Peer, PeerError, Running, emoar_server, peer_server
from benchmarks._table import Row, print_table
from emoar.bench.frames import face_frames
from emoar.models.shipped import DEFAULT_MODEL
from emoar.server.workers.inference import InferenceWorker
from emoar.server.workers.request import ImageRequest

CONNECTIONS: Final = 8
TURNS: Final = 3
WARM_S: Final = 2.0
LIVE_FPS: Final = 30
SOAK_SHARE: Final = 0.8
OVERLOAD: Final = 4
ALONE: Final = 100  # pictures without a server
Turn = tuple[Load, float]


class WrongAnswerError(RuntimeError):
    """A server did not see what there is to see, so that it did other work."""


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each turn")
    parser.add_argument("--minutes", type=float, default=10.0, help="of the soak; 0 leaves it out")
    parser.add_argument("--without-peers", action="store_true")
    arguments = parser.parse_args()
    where = confine(2)
    frames = [frame.image for frame in face_frames(1, LIVE_FPS)]
    pictures = [cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes() for image in frames]
    with emoar_server() as ours:
        rows, maximum = _throughput(ours, pictures[0], arguments.seconds, not arguments.without_peers)
        rows += _live(ours, pictures, arguments.seconds)
        rows += _overload(ours, pictures[0], maximum, arguments.seconds)
        if arguments.minutes:
            rows += _soak(ours, pictures[0], maximum, arguments.minutes)
    notes = [
        where,
        f"640x480 JPEG of {len(pictures[0]) / 1000:.0f} kB with one face; the client is one of the load's processes",
    ]
    print_table("emoar serve", rows, notes)


def _throughput(ours: Running, picture: bytes, seconds: float, with_peers: bool) -> tuple[list[Row], float]:
    mine = [_turn(ours, picture, seconds, b"happiness") for _ in range(1 if with_peers else TURNS)]
    rows: list[Row] = []
    for peer in PEERS if with_peers else ():
        rows += _beside(peer, ours, picture, seconds, mine)
    rate = _median([load.count(200) / load.seconds for load, _ in mine])
    cpu_ms = _median([cpu for _, cpu in mine])
    photo = asyncio.run(closed_loop(f"{ours.url}?mode=photo", picture, CONNECTIONS, seconds))
    cores, alone_ms = len(os.sched_getaffinity(0)), _alone_ms(picture)
    p50, p99 = (_median([load.percentile(share) for load, _ in mine]) for share in (0.5, 0.99))
    ratios = [
        Row(
            "processor time of a request over its picture's", cpu_ms / alone_ms, "", at_most=1.5, note="without server"
        ),
        Row(f"requests over what {cores} cores allow", rate * cpu_ms / (1e3 * cores), "", at_least=0.8),
        Row(f"p99 over p50, {CONNECTIONS} connections", p99 / p50, "", at_most=3.0),
        *(row for row in rows if not row.unit),
    ]
    times = [
        Row(f"requests, {CONNECTIONS} connections", rate, "/s"),
        Row("the same, p50", p50, "ms"),
        Row("the same, p99", p99, "ms"),
        Row(
            "processor time of a request",
            cpu_ms,
            "ms",
            at_most=5.5,
            note=f"client included; two free cores: {2e3 / cpu_ms:.0f}/s",
        ),
        Row("that of its picture without a server", alone_ms, "ms", note="decoded, recognised, as JSON"),
        Row("requests with ?mode=photo (small faces too)", photo.count(200) / photo.seconds, "/s"),
    ]
    return [*ratios, *times, *(row for row in rows if row.unit)], rate


def _alone_ms(picture: bytes) -> float:
    """Processor time of one picture in this process."""
    cv2.setNumThreads(1)
    worker, request, times_ms = InferenceWorker(DEFAULT_MODEL), ImageRequest(), list[float]()
    for _ in range(ALONE):
        started = time.process_time()
        worker.image(picture, request)
        times_ms.append(1e3 * (time.process_time() - started))
    return _median(times_ms)


def _beside(peer: Peer, ours: Running, picture: bytes, seconds: float, mine: list[Turn]) -> list[Row]:
    """Both servers run and are asked in turns, so that a slow moment of the machine hits both; adds to `mine`.

    A peer that fails is named in its row; what is measured of EmoAR does not depend on it.
    """
    cores = len(os.sched_getaffinity(0))
    what = f"{peer.name}, behind FastAPI"
    try:
        with peer_server(peer, cores) as theirs:
            if theirs is None:
                return [Row(what, float("nan"), "", instead="not installed")]
            pairs = _in_turns(ours, theirs, picture, seconds, mine)
    except PeerError as exc:
        print(f"{what}: {exc}", flush=True)
        return [Row(what, float("nan"), "", instead=exc.outcome, note="see above")]
    ratios = [(a.count(200) / a.seconds) / (b.count(200) / b.seconds) for (a, _), (b, _) in pairs]
    rate, cpu_ms = _median([b.count(200) / b.seconds for _, (b, _) in pairs]), _median([cpu for _, (_, cpu) in pairs])
    mine_ms = _median([cpu for (_, cpu), _ in pairs])
    return [
        Row(what, rate, "/s", note=f"{cores} processes; {cpu_ms:.0f} ms of processor time"),
        Row(
            f"requests, EmoAR over {peer.name}",
            _median(ratios),
            "",
            at_least=10,
            note=f"by processor time {cpu_ms / mine_ms:.1f}",
        ),
    ]


def _in_turns(
    ours: Running, theirs: Running, picture: bytes, seconds: float, mine: list[Turn]
) -> list[tuple[Turn, Turn]]:
    asyncio.run(closed_loop(theirs.url, picture, CONNECTIONS, WARM_S))
    pairs: list[tuple[Turn, Turn]] = []
    for _ in range(TURNS):
        mine.append(_turn(ours, picture, seconds, b"happiness"))
        try:
            pairs.append((mine[-1], _turn(theirs, picture, seconds, b"happy")))
        except WrongAnswerError as exc:
            raise PeerError("wrong answers", str(exc)) from exc
    return pairs


def _turn(running: Running, picture: bytes, seconds: float, word: bytes) -> Turn:
    """One load, and the milliseconds of processor time of a request, client included."""
    before = running.cpu_s() + _own_cpu_s()
    load = _checked(asyncio.run(closed_loop(running.url, picture, CONNECTIONS, seconds)), word)
    return load, 1e3 * (running.cpu_s() + _own_cpu_s() - before) / load.count()


def _live(ours: Running, pictures: Sequence[bytes], seconds: float) -> list[Row]:
    times_ms, dropped = asyncio.run(_converse(ours.url, pictures, seconds))
    times = sorted(times_ms)
    return [
        Row(f"live socket at {LIVE_FPS} fps, p50 of an answer", times[len(times) // 2], "ms"),
        Row("the same, p95", times[int(0.95 * len(times))], "ms", at_most=25),
        Row("frames dropped of it", dropped, "frames", note=f"of {round(seconds * LIVE_FPS)}"),
    ]


async def _converse(url: str, pictures: Sequence[bytes], seconds: float) -> tuple[list[float], int]:
    """Sends frames at their times; milliseconds from each frame's sending to its answer."""
    import json

    from websockets.asyncio.client import connect

    address = url.replace("http", "ws", 1).replace("/v1/expressions", "/v1/live")
    sent: list[float] = []
    times_ms: list[float] = []
    dropped = 0
    count = round(seconds * LIVE_FPS)
    async with connect(address, compression=None) as socket:

        async def send() -> None:
            started = time.perf_counter()
            for index in range(count):
                await asyncio.sleep(max(0.0, started + index / LIVE_FPS - time.perf_counter()))
                sent.append(time.perf_counter())
                await socket.send(pictures[index % len(pictures)])

        sending = asyncio.create_task(send())
        while True:
            answer = json.loads(await socket.recv())
            now = time.perf_counter()
            times_ms.append(1e3 * (now - sent[answer["frame_index"]]))
            dropped = answer["dropped_total"]
            if len(answer["faces"]) != 1:
                raise RuntimeError(f"the live socket saw {len(answer['faces'])} faces")
            if answer["frame_index"] == count - 1:
                break
        await sending
    return times_ms[LIVE_FPS:], dropped


def _overload(ours: Running, picture: bytes, maximum: float, seconds: float) -> list[Row]:
    load = asyncio.run(at_rate(ours.url, picture, OVERLOAD * maximum, seconds))
    started = time.perf_counter()
    after = asyncio.run(closed_loop(ours.url, picture, 1, 0.001))
    recovered_ms = 1e3 * (time.perf_counter() - started)
    wrong = load.count() - load.count(200, 429, 503)
    return [
        Row(f"{OVERLOAD} times the maximum: answered 200", load.count(200) / load.seconds, "/s"),
        Row("answered 503 or 429", load.count(429, 503) / load.seconds, "/s"),
        Row("their p50", load.percentile(0.5, 429, 503), "ms"),
        Row("their p99", load.percentile(0.99, 429, 503), "ms", at_most=50),
        Row("p99 of those answered 200", load.percentile(0.99, 200), "ms"),
        Row("anything else", wrong, "requests", at_most=0, note="also those that the client could not send"),
        Row(
            "a request right after it",
            recovered_ms,
            "ms",
            at_most=120,
            note=f"status {', '.join(map(str, after.times_ms))}",
        ),
    ]


def _soak(ours: Running, picture: bytes, maximum: float, minutes: float) -> list[Row]:
    pause_s = CONNECTIONS / (SOAK_SHARE * maximum)
    before = ours.rss_mb()
    load = asyncio.run(closed_loop(ours.url, picture, CONNECTIONS, 60 * minutes, pause_s))
    wrong = load.count() - load.count(200)
    return [
        Row(f"soak of {minutes:g} min at {SOAK_SHARE:.0%}", load.count(200) / load.seconds, "/s"),
        Row("errors in it", wrong, "requests", at_most=0),
        Row("p99 in it", load.percentile(0.99), "ms"),
        Row("growth of memory", ours.rss_mb() - before, "MB", at_most=10, note=f"from {before:.0f} MB, all processes"),
    ]


def _checked(load: Load, word: bytes) -> Load:
    """A server that does not see the face does other work."""
    if set(load.times_ms) != {200} or not all(word in body for body in load.bodies):
        odd = next((body for body in load.bodies if word not in body), b"")
        raise WrongAnswerError(f"the smiling face was not seen: {sorted(load.times_ms)}, {odd[:200]}")
    return load


def _own_cpu_s() -> float:
    return sum(os.times()[:2])


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()
