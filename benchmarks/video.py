"""`emoar video` on a 1280x720 H.264 clip, from the start of the process to the finished file, on two cores."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks._cores import confine
from benchmarks._table import Row, print_table
from emoar.annotate import annotate
from emoar.demo.clip import DEMO_FPS, DEMO_FRAMES, demo_clip
from emoar.media.video import VideoSource
from emoar.media.video_sink import VideoOptions, VideoSink
from emoar.types import Scene

CLIP_S: Final = DEMO_FRAMES / DEMO_FPS


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--copy", nargs=2, type=Path, metavar=("IN", "OUT"), help="only decode and encode a video")
    arguments = parser.parse_args()
    if arguments.copy:
        copy(*arguments.copy)
        return
    where = confine(2)
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        with VideoSink(clip, VideoOptions(frame_rate=DEMO_FPS)) as sink:
            for frame in demo_clip():
                sink.write_image(frame.image, frame.time_s)
        (emoar_s, emoar_cpu_s), (copy_s, copy_cpu_s) = _times(clip, arguments.runs)
    rows = [
        Row("emoar video over decoding and encoding alone", emoar_s / copy_s, "", at_most=1.2, note="in time"),
        Row(
            "the same, processor time", emoar_cpu_s / copy_cpu_s, "", note=f"{emoar_cpu_s:.1f} s and {copy_cpu_s:.1f} s"
        ),
        Row("emoar video: label and quote on 2 faces", CLIP_S / emoar_s, "x real time", at_least=2.0),
        Row("decoding and encoding alone, same code", CLIP_S / copy_s, "x real time"),
        Row("emoar video", DEMO_FRAMES / emoar_s, "frames/s"),
    ]
    note = (
        f"{DEMO_FRAMES} frames, {DEMO_FPS} a second; median of {arguments.runs} runs, by turns, process start included"
    )
    print_table("A 10-second 1280x720 H.264 video", rows, [where, note])


def copy(source: Path, target: Path) -> None:
    """Decodes and encodes every frame and does nothing else with it."""
    with VideoSource(source) as frames:
        annotate(frames, Scene, [VideoSink(target, VideoOptions(frame_rate=frames.frame_rate or DEMO_FPS))])


def _times(clip: Path, runs: int) -> list[tuple[float, float]]:
    """Median seconds, and those of processor time, of `emoar video` and of `copy`, each as a process."""
    out = clip.with_name("out.mp4")
    commands = (
        [sys.executable, "-m", "emoar", "-q", "video", str(clip), "-o", str(out)],
        [sys.executable, "-m", "benchmarks.video", "--copy", str(clip), str(out)],
    )
    times_s: tuple[list[tuple[float, float]], ...] = ([], [])
    for _ in range(runs):
        for command, elapsed_s in zip(commands, times_s, strict=True):
            out.unlink(missing_ok=True)
            started, used_s = time.perf_counter(), _children_cpu_s()
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            elapsed_s.append((time.perf_counter() - started, _children_cpu_s() - used_s))
            if done.returncode or not out.is_file():
                raise RuntimeError(f"{command[1:4]} failed: {done.stderr.strip()[-500:]}")
    return [
        (statistics.median(wall), statistics.median(cpu)) for wall, cpu in (zip(*each, strict=True) for each in times_s)
    ]


def _children_cpu_s() -> float:
    """Processor time of the processes that have ended."""
    return sum(os.times()[2:4])


if __name__ == "__main__":
    main()
