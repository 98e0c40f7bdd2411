"""What sending costs: from capture to the other program compared with from capture to the scene, and memory.

All kinds of connections that are installed are on at once, over the loopback, to receivers in another process. First
the demo clip of two people goes through the pipeline at 30 frames a second; then scenes of 20 faces do, 30 a second,
each of which changes its expression every second, for `--minutes`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks._environments import ROOT
from benchmarks._table import Row, print_table
from emoar.demo.clip import demo_clip
from emoar.errors import DependencyMissing
from emoar.events.outlet import Outlet
from emoar.events.sinks import open_sink
from emoar.pipeline import Pipeline
from emoar.types import Face, Frame, Scene

FRAME_S: Final = 1 / 30
MOST_MS: Final = 5.0  # from the scene to the other program, p95
MOST_GROWTH_MB: Final = 5.0
FACES: Final = 20
WARM_S: Final = 20.0  # of the memory run: buffers and queues are there
READ_EVERY: Final = 30  # frames between two readings of memory


@dataclass
class Receivers:
    """The receiving process."""

    process: subprocess.Popen[str]
    urls: list[str]
    arrivals: dict[str, list[list[float]]] = field(default_factory=dict[str, list[list[float]]])

    def end(self) -> None:
        """Reads what arrived when."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.arrivals = json.loads(self.process.stdout.readline())


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of the clip, for the latency")
    parser.add_argument("--minutes", type=float, default=10.0, help="of 20 faces, for the memory")
    parser.add_argument("--also", action="append", default=[], metavar="URL", help="one more connection that is on")
    arguments = parser.parse_args()
    latencies, left_out = latency_ms(round(arguments.seconds / FRAME_S), arguments.also)
    rows = [row for kind, found in latencies.items() for row in _latency_rows(kind, found)]
    growth_mb = memory_growth_mb(round(60 * arguments.minutes / FRAME_S), arguments.also)
    rows.append(Row(f"growth over {arguments.minutes:g} minutes of {FACES} faces", growth_mb, "MB", MOST_GROWTH_MB))
    notes = [f"at most {MOST_MS:g} ms is a ratio of 1; all connections are on at once"]
    print_table("Events and scenes to other programs", rows, [*notes, *left_out])


def _latency_rows(kind: str, found: Sequence[float]) -> list[Row]:
    p50, p95 = np.percentile(found, [50, 95])
    note = f"{p95:.2f} ms, p50 {p50:.2f} ms, {len(found)} scenes"
    return [Row(f"{kind}: p95 from scene to receiver over {MOST_MS:g} ms", p95 / MOST_MS, "", 1.0, note=note)]


def latency_ms(frames: int, also: Sequence[str] = ()) -> tuple[dict[str, list[float]], list[str]]:
    """Milliseconds from each scene to its arrival, by kind of connection; and what was left out."""
    with receivers() as there, opened([*there.urls, *also]) as (outlets, left_out), Pipeline() as pipeline:
        clip = list(demo_clip(range(min(frames, 60))))
        scene_s: list[tuple[float, float]] = []
        for index in _paced(frames):
            scene = pipeline(replace(clip[index % len(clip)], time_s=index * FRAME_S, index=index))
            scene_s.append((round(index * FRAME_S, 6), time.monotonic()))
            for outlet in outlets.values():
                outlet.send(scene)
        for outlet in outlets.values():
            outlet.close()
        there.end()
    found: dict[str, list[float]] = {}
    for url in outlets.keys() & there.arrivals.keys():
        numbered = url.partition(":")[0] in ("osc", "ros")
        sent = dict(enumerate(s for _, s in scene_s)) if numbered else dict(scene_s)
        times = [1e3 * (arrived - sent[key]) for key, arrived in there.arrivals[url] if key in sent]
        found[url.partition(":")[0]] = times
    return dict(sorted(found.items())), left_out


def memory_growth_mb(frames: int, also: Sequence[str] = ()) -> float:
    """Growth of resident memory, in 10^6 bytes, while scenes of 20 faces are sent."""
    with Pipeline() as pipeline:
        frame = next(iter(demo_clip(range(1))))
        face = pipeline(frame).faces[0]
    warm, readings = min(frames // 4, round(WARM_S / FRAME_S)), list[float]()
    with receivers() as there, opened([*there.urls, *also]) as (outlets, _):
        for index in _paced(frames):
            scene = crowd(face, frame, index)
            for outlet in outlets.values():
                outlet.send(scene)
            if index >= warm and index % READ_EVERY == 0:
                readings.append(rss_mb())
        for outlet in outlets.values():
            outlet.close()
        there.end()
    part = max(1, len(readings) // 10)
    return float(np.median(readings[-part:]) - np.median(readings[:part]))


def crowd(face: Face, frame: Frame, index: int) -> Scene:
    """20 faces; each changes its label every second, and one of them leaves and another comes."""
    labels = list(face.expression.probabilities)
    faces: list[Face] = []
    for number in range(FACES):
        second = index // 30 + number
        expression = replace(face.expression, label=labels[second % len(labels)], since_s=float(second))
        track_id = number + 1 + (FACES * (index // 300) if number == 0 else 0)
        faces.append(replace(face, track_id=track_id, expression=expression))
    return Scene(replace(frame, time_s=index * FRAME_S, index=index), tuple(sorted(faces, key=lambda f: f.track_id)))


@contextmanager
def receivers() -> Generator[Receivers]:
    """Starts the receiving process."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks._event_receivers", folder]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
            try:
                assert process.stdout is not None
                yield Receivers(process, json.loads(process.stdout.readline()))
            finally:
                process.kill()


@contextmanager
def opened(urls: Sequence[str]) -> Generator[tuple[dict[str, Outlet], list[str]]]:
    """The connections by their addresses, and a line for each kind that is not installed."""
    outlets: dict[str, Outlet] = {}
    left_out: list[str] = []
    with ExitStack() as stack:
        for url in urls:
            try:
                outlets[url] = open_sink(url)
            except DependencyMissing as exc:
                left_out.append(f"left out: {exc}")
                continue
            stack.callback(outlets[url].close)
        yield outlets, left_out


def _paced(frames: int) -> Generator[int]:
    """The index of each frame, when a camera would give it."""
    started_s = time.monotonic()
    for index in range(frames):
        due_s = started_s + index * FRAME_S
        time.sleep(max(0.0, due_s - time.monotonic()))
        yield index


def rss_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
