"""`emoar archive`: two workers against one, its cost over `emoar video --scenes`, and the memory of a worker.

Each figure is the median of ratios of runs by turns, every run a process of its own from its start to its end.
Processor time changes little with the load of the machine; videos an hour need a machine with nothing else running.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks._cores import confine
from benchmarks._table import Row, print_table
from emoar.archive.listing import find_videos
from emoar.archive.pace import Pace
from emoar.archive.part import PartInfo
from emoar.archive.run import EngineOptions, Outcome, run_archive
from emoar.demo.clip import DEMO_FPS, DEMO_FRAMES, demo_clip
from emoar.media.video_sink import VideoOptions, VideoSink

HOURS: Final = 10_000  # of video, whose cost is computed
SHORT_FRAMES: Final = 15  # of a video of the memory run
WARM: Final = 20  # videos after which the memory of a worker may not grow
ENDS: Final = 20  # readings at the start and the end whose medians are compared


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--videos", type=int, default=12, help="of ten seconds, in each run")
    parser.add_argument("--short-videos", type=int, default=200, help="of half a second, in the memory run")
    parser.add_argument("--long-seconds", type=int, default=90, help="of one more video in the memory run")
    parser.add_argument("--price", type=float, default=0.05, help="of a core for an hour, an example in any currency")
    parser.add_argument("--only", choices=("speed", "memory"), help="one of the two")
    arguments = parser.parse_args()
    where = confine(2)
    with tempfile.TemporaryDirectory() as folder:
        if arguments.only != "memory":
            _print_speed(Path(folder), arguments, where)
        if arguments.only != "speed":
            _print_memory(Path(folder), arguments.short_videos, arguments.long_seconds)


def _print_speed(folder: Path, arguments: argparse.Namespace, where: str) -> None:
    videos = _videos(folder / "ten_seconds", DEMO_FRAMES, arguments.videos)
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    times: dict[str, list[_Seconds]] = {}
    for _ in range(arguments.rounds):
        for name, run in _runs(folder, videos, cores).items():
            times.setdefault(name, []).append(run())
    length_s = arguments.videos * DEMO_FRAMES / DEMO_FPS
    one, two, archive, single = (times[name] for name in ("one worker", "two workers", "archive", "video"))
    speed = length_s / statistics.median(run.processor for run in archive)
    hourly = 3600 * arguments.videos / statistics.median(run.elapsed for run in two)
    rows = [
        Row("two workers over one, videos/hour", _ratio(one, two, "elapsed"), "x", at_least=1.8, note="two cores"),
        Row("the same, processor time of a video", _ratio(two, one, "processor"), "x"),
        Row("emoar archive over emoar video --scenes", _ratio(archive, single, "processor"), "x", at_most=1.05),
        Row("the same, elapsed", _ratio(archive, single, "elapsed"), "x", note="one core"),
        Row("emoar archive with two workers", hourly, "videos/hour"),
        Row("one core", speed, "x real time"),
        Row(f"{HOURS:,} hours of such video", HOURS / speed, "core hours"),
        Row("the same, as an example", HOURS / speed * arguments.price, "", note=f"{arguments.price:g} a core hour"),
    ]
    note = (
        f"{arguments.videos} videos of 10 s, 1280x720, two people; {arguments.rounds} rounds, process starts included"
    )
    print_table("An archive", rows, [where, note])


@dataclass(frozen=True)
class _Seconds:
    """How long a command took."""

    elapsed: float
    processor: float  # all of its processes and threads

    def __add__(self, other: _Seconds) -> _Seconds:
        return _Seconds(self.elapsed + other.elapsed, self.processor + other.processor)


def _runs(folder: Path, videos: Path, cores: list[int]) -> dict[str, Callable[[], _Seconds]]:
    """What is timed, by name."""
    out = folder / "results"

    def archive(workers: int, cores: list[int]) -> _Seconds:
        shutil.rmtree(out, ignore_errors=True)
        return _seconds(["archive", str(videos), "-o", str(out), "--workers", str(workers)], cores)

    def one_by_one() -> _Seconds:
        scenes = folder / "scenes.parquet"
        commands = (["video", str(path), "--scenes", str(scenes)] for path in sorted(videos.iterdir()))
        return sum((_seconds(command, cores[:1]) for command in commands), _Seconds(0.0, 0.0))

    return {
        "one worker": lambda: archive(1, cores),
        "two workers": lambda: archive(2, cores),
        "archive": lambda: archive(1, cores[:1]),
        "video": one_by_one,
    }


def _seconds(arguments: list[str], cores: list[int]) -> _Seconds:
    """Of a command of emoar on these cores, from its start to its end."""
    import resource  # not on every system

    def confined() -> None:
        if cores:
            os.sched_setaffinity(0, cores)

    command = [sys.executable, "-m", "emoar", "-q", *arguments]
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=confined)
    if done.returncode:
        raise RuntimeError(f"{arguments[0]} failed: {done.stderr.strip()[-500:]}")
    elapsed, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return _Seconds(elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _ratio(numerators: list[_Seconds], denominators: list[_Seconds], field: str) -> float:
    pairs = zip(numerators, denominators, strict=True)
    return statistics.median(getattr(a, field) / getattr(b, field) for a, b in pairs)


def _print_memory(folder: Path, short: int, long_s: int) -> None:
    if not Path("/proc/self/status").is_file():
        print("the memory of a worker can be read on Linux only: skipped")
        return
    videos = _videos(folder / "short", SHORT_FRAMES, short)
    _write_clip(videos / "000-long.mp4", round(long_s * DEMO_FPS))
    count = short + 1
    readings_mb: list[float] = []
    most_mb = 0.0

    def read(info: PartInfo, pace: Pace) -> None:
        nonlocal most_mb
        if pace.done < pace.total:  # after the last one the worker may have ended
            most_mb = max(most_mb, _worker_mb("VmHWM"))
            readings_mb.append(_worker_mb("VmRSS"))

    outcome = run_archive(
        find_videos([str(videos)]), folder / "short_results", engine=EngineOptions(workers=1), on_video=read
    )
    _check(outcome, count)
    warm = readings_mb[min(WARM, len(readings_mb) // 4) :]
    growth_mb = statistics.median(warm[-ENDS:]) - statistics.median(warm[:ENDS])
    rows = [
        Row("most memory of a worker", most_mb, "MB", at_most=400),
        Row(f"growth over {count} videos", growth_mb, "MB", at_most=5),
    ]
    note = f"one video of {long_s} s, then of {SHORT_FRAMES} frames; 1280x720, two people; MB are 10^6 bytes, resident"
    print_table("The memory of a worker", rows, [note])


def _check(outcome: Outcome, count: int) -> None:
    if outcome.pace.done != count or outcome.failed:
        raise RuntimeError(f"{outcome.pace.done} of {count} videos were analysed, {outcome.failed} failed")


def _worker_mb(field: str) -> float:
    """A field of the status of the only worker, which is the largest process that this one has started."""
    found = [0.0]
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            lines = dict(line.split(":", 1) for line in (entry / "status").read_text().splitlines() if ":" in line)
        except OSError:  # it has ended meanwhile
            continue
        if int(lines["PPid"]) == os.getpid() and field in lines:
            found.append(int(lines[field].split()[0]) * 1024 / 1e6)
    return max(found)


def _videos(folder: Path, frames: int, count: int) -> Path:
    """A folder of equal videos out of the demo clip."""
    folder.mkdir()
    first = folder / "000.mp4"
    _write_clip(first, frames)
    for i in range(1, count):
        shutil.copy(first, folder / f"{i:03}.mp4")
    return folder


def _write_clip(path: Path, frames: int) -> None:
    """The demo clip, as often as it takes."""
    with VideoSink(path, VideoOptions(frame_rate=DEMO_FPS)) as sink:
        for begin in range(0, frames, DEMO_FRAMES):
            for frame in demo_clip(range(min(DEMO_FRAMES, frames - begin))):
                sink.write_image(frame.image, frame.time_s + begin / DEMO_FPS)


if __name__ == "__main__":
    main()
