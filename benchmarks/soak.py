"""`emoar serve` under attack: honest clients beside slow, idle, half-open, oversized and junk ones, for minutes."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from typing import Final
from urllib.parse import urlsplit

import cv2

from benchmarks._cores import confine
from benchmarks._environments import ROOT
from benchmarks._load import Load, closed_loop
from benchmarks._servers import Running, emoar_server
from benchmarks._table import Row, print_table
from emoar.bench.frames import face_frames

CLIENTS: Final = 4  # honest ones, each from its own address
PAUSE_S: Final = 0.2  # of an honest client, from request to request
ALONE_S: Final = 30.0  # at most, before the attack
RECOVER_S: Final = 15.0  # after it: the last slow ones are cut, and memory is given back
SETTINGS: Final[dict[str, object]] = {  # as behind a proxy, where each client has its own address
    "public": True,
    "force": True,
    "host": "127.0.0.1",
    "workers": 2,
}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="of the attack")
    minutes = parser.parse_args().minutes
    where = confine(2)
    image = cv2.cvtColor(next(iter(face_frames(1, 1))).image, cv2.COLOR_RGB2BGR)
    picture = cv2.imencode(".jpg", image)[1].tobytes()
    with emoar_server(**SETTINGS) as server:
        asyncio.run(_honest(server, picture, 3.0))
        alone = asyncio.run(_honest(server, picture, min(ALONE_S, 30 * minutes)))
        before = server.rss_mb(), server.own_rss_mb()
        disturbed, tries = _under_attack(server, picture, 60 * minutes)
        time.sleep(RECOVER_S)
        after = server.rss_mb(), server.own_rss_mb()
        last = asyncio.run(_honest(server, picture, 3.0))
    notes = [where, "attempts: " + ", ".join(f"{count} {name}" for name, count in tries.items())]
    print_table(f"emoar serve, {minutes:g} minutes under attack", _rows(alone, disturbed, last, before, after), notes)


def _rows(
    alone: Load, disturbed: Load, last: Load, before: tuple[float, float], after: tuple[float, float]
) -> list[Row]:
    calm, busy = alone.percentile(0.99, 200), disturbed.percentile(0.99, 200)
    lost = disturbed.count() - disturbed.count(200)
    return [
        Row("honest requests alone, p50", alone.percentile(0.5, 200), "ms"),
        Row("the same, p99", calm, "ms"),
        Row("honest requests under attack, p50", disturbed.percentile(0.5, 200), "ms"),
        Row("the same, p99", busy, "ms", at_most=3 * calm, note=f"{busy / calm:.1f} times"),
        Row("answered", disturbed.count(200), "requests"),
        Row("lost", lost, "requests", at_most=0, note=", ".join(map(str, sorted(disturbed.times_ms)))),
        Row("after the attack, p99", last.percentile(0.99, 200), "ms"),
        Row("growth of the server's memory", after[1] - before[1], "MB", at_most=20, note=f"from {before[1]:.0f} MB"),
        Row("the same with its workers", after[0] - before[0], "MB", note=f"from {before[0]:.0f} MB"),
    ]


async def _honest(server: Running, picture: bytes, seconds: float) -> Load:
    """So many clients, each from its own address."""
    addresses = [f"127.0.1.{number + 1}" for number in range(CLIENTS)]
    loads = await asyncio.gather(
        *(closed_loop(server.url, picture, 1, seconds, PAUSE_S, address) for address in addresses)
    )
    whole = Load(seconds)
    for load in loads:
        for status, times in load.times_ms.items():
            whole.times_ms.setdefault(status, []).extend(times)
    return whole


def _under_attack(server: Running, picture: bytes, seconds: float) -> tuple[Load, dict[str, int]]:
    place = urlsplit(server.url).netloc
    command = [sys.executable, "-m", "benchmarks._hostile_clients", place, str(seconds)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as attackers:
        try:
            load = asyncio.run(_honest(server, picture, seconds))
            printed, _ = attackers.communicate(timeout=60)
        finally:
            attackers.kill()
    return load, json.loads(printed)


if __name__ == "__main__":
    main()
