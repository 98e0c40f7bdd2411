"""How long after its scene a frame's values are at another program on this machine, with LSL, OSC and VMC at once.

Live pictures of faces, 640x480, 30 a second, as from a camera. The other program is a process of its own; both read
the same monotonic clock (Linux). A frame counts from the moment at which its picture is handed over. "bare" is a
datagram of one byte, sent when the scene is there: what the machine itself takes at that moment.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

import numpy as np

from benchmarks._environments import ROOT
from benchmarks._table import Row, print_table
from emoar.bench.frames import FPS, face_frames
from emoar.events.sinks import open_sink
from emoar.pipeline import Pipeline, PipelineOptions

BAR_MS: Final = 5.0  # p95 of what streaming adds to the time up to the scene
NETWORK: Final = "[multicast]\nResolveScope = machine\n[ports]\nIPv6 = disable\n[log]\nlevel = -3\n"


@dataclass(frozen=True)
class _Times:
    captured_s: list[float]
    scene_s: list[float]
    arrived_s: dict[str, list[float]]  # by connection


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--faces", type=int, default=2)
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lsl_api.cfg"
        path.write_text(f"{NETWORK}[lab]\nSessionID = {uuid4().hex}\nKnownPeers = {{127.0.0.1}}\n")
        os.environ["LSLAPICFG"] = str(path)
        times = _run(round(arguments.seconds * FPS), arguments.faces)
    ready = _ms(times.captured_s, times.scene_s)
    rows = [Row("capture to scene, p50", _percentile(ready, 50), "ms"), Row("p95", _percentile(ready, 95), "ms")]
    for name, arrived in times.arrived_s.items():
        if len(arrived) != len(times.captured_s):
            raise RuntimeError(f"{name}: {len(arrived)} of {len(times.captured_s)} frames arrived")
        added = _ms(times.scene_s, arrived)
        rows.append(Row(f"{name}: capture to arrival, p95", _percentile(_ms(times.captured_s, arrived), 95), "ms"))
        rows.append(Row(f"{name}: scene to arrival, p50", _percentile(added, 50), "ms"))
        rows.append(Row("p95", _percentile(added, 95), "ms", at_most=None if name == "bare" else BAR_MS))
    print_table(f"Streaming of {arguments.faces} faces, {len(ready)} frames at {FPS} a second", rows)


def _run(count: int, faces: int) -> _Times:
    frames = face_frames(faces, 30)
    device, ports = f"bench-{uuid4().hex[:8]}", _free_ports(3)
    captured_s: list[float] = []
    scene_s: list[float] = []
    with ExitStack() as stack:
        urls = (f"lsl:{device}", f"osc://127.0.0.1:{ports[1]}", f"vmc://127.0.0.1:{ports[2]}")
        outlets = [open_sink(url, model="emoar-m") for url in urls]
        pipeline = stack.enter_context(Pipeline(PipelineOptions(max_faces=faces + 1)))
        receiver = stack.enter_context(_receiver(device, ports))
        assert receiver.stdout is not None
        if receiver.stdout.readline() != "ready\n":
            raise RuntimeError("the receiver did not start")
        bare = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        began_s = time.monotonic()
        for i in range(count):
            time.sleep(max(0.0, began_s + i / FPS - time.monotonic()))
            captured_s.append(time.monotonic())
            scene = pipeline(replace(frames[i % 30], time_s=i / FPS, index=i, captured_at_s=captured_s[-1]))
            scene_s.append(time.monotonic())
            bare.sendto(b".", ("127.0.0.1", ports[0]))
            for outlet in outlets:
                outlet.send(scene)
        time.sleep(1.0)
        printed, _ = receiver.communicate("\n")
        for outlet in outlets:
            outlet.close()
    return _Times(captured_s, scene_s, json.loads(printed))


def _receiver(device: str, ports: list[int]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks._streaming_receiver", device, *map(str, ports)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _ms(before_s: list[float], after_s: list[float]) -> Any:
    return 1e3 * (np.array(after_s) - np.array(before_s))


def _percentile(values: Any, percent: float) -> float:
    return float(np.percentile(values, percent))


if __name__ == "__main__":
    main()
