"""The memory of a live run, and whether it grows.

1280x720 frames of two people come through a pipe from another process, as from a camera, with the times of a camera
at 30 frames a second; unless `--paced`, no faster clock is waited for. They go through the pipeline and are drawn.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks._peer import open_peer
from benchmarks._table import Row, print_table
from emoar.demo.clip import DEMO_FPS, DEMO_FRAMES, DEMO_SIZE_PX, demo_clip
from emoar.overlay import Painter
from emoar.pipeline import Pipeline
from emoar.types import Frame

WARM_FRAMES: Final = DEMO_FRAMES  # one round of the clip: every quote's text and every model's buffers are there
EVERY_FRAMES: Final = 30  # memory is read so often
ENDS: Final = 10  # readings at the start and the end whose medians are compared
OVERLAYS: Final = ("label", "quote")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="of video; 1 is a quick check")
    parser.add_argument("--paced", action="store_true", help="as fast as a camera, not as fast as possible")
    parser.add_argument("--feed", type=int, metavar="FRAMES", help="only write so many frames to stdout")
    arguments = parser.parse_args()
    if arguments.feed:
        feed(arguments.feed)
        return
    if not Path("/proc/self/statm").is_file():
        print("memory can be read on Linux only: skipped")
        return
    frames = WARM_FRAMES + round(60 * DEMO_FPS * arguments.minutes)
    import resource  # not on every system

    before_mb = _rss_mb()
    readings_mb, faces = _live(frames, paced=arguments.paced)
    most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    started, ended = statistics.median(readings_mb[:ENDS]), statistics.median(readings_mb[-ENDS:])
    rows = [
        Row("most memory of the run", most_mb, "MB", at_most=350),
        Row(f"growth over {arguments.minutes:g} minutes of video", ended - started, "MB", at_most=5),
        Row("before the models are loaded", before_mb, "MB", note="Python, numpy, OpenCV, skia"),
        *_peer_rows(most_mb),
    ]
    note = f"{frames} frames, {faces / frames:.2f} faces in a frame; MB are 10^6 bytes of resident memory"
    print_table("Live run, 1280x720, pipeline with label and quote", rows, [note])


def feed(count: int) -> None:
    """Writes raw frames to stdout, the demo clip round and round."""
    done = 0
    while done < count:
        for frame in demo_clip(range(min(DEMO_FRAMES, count - done))):
            sys.stdout.buffer.write(frame.image)
        done += DEMO_FRAMES


def _live(count: int, *, paced: bool) -> tuple[list[float], int]:
    """Memory after each second of video once warm, and the number of faces that were seen."""
    readings_mb: list[float] = []
    faces, painter, started = 0, Painter(OVERLAYS), time.monotonic()
    with Pipeline() as pipeline:
        for index, image in enumerate(_pictures(count)):
            time_s = index / DEMO_FPS
            if paced:
                time.sleep(max(0.0, started + time_s - time.monotonic()))
            scene = pipeline(Frame(image, time_s=time_s, index=index))
            painter.draw(scene)
            faces += len(scene.faces)
            if index >= WARM_FRAMES and index % EVERY_FRAMES == 0:
                readings_mb.append(_rss_mb())
    if faces < count:
        raise RuntimeError(f"only {faces} faces in {count} frames of the demo clip, which shows one or two in each")
    return readings_mb, faces


def _pictures(count: int) -> Generator[NDArray[np.uint8]]:
    width, height = DEMO_SIZE_PX
    command = [sys.executable, "-m", "benchmarks.memory", "--feed", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as feeder:
        assert feeder.stdout is not None
        for _ in range(count):
            data = feeder.stdout.read(width * height * 3)
            if len(data) < width * height * 3:
                raise RuntimeError(f"the frames ended early (exit code {feeder.wait()})")
            yield np.frombuffer(data, np.uint8).reshape(height, width, 3)


def _peer_rows(ours_mb: float) -> list[Row]:
    peer = open_peer()
    if peer is None:
        return []
    frames = list(demo_clip(range(0, DEMO_FRAMES, 10)))
    held_mb = sum(frame.image.nbytes for frame in frames) / 1e6
    with peer:
        version = peer.open("live", frames, faces=4)
        peer.run("live", list(range(len(frames))) * 5)
        theirs_mb = peer.rss_mb() - held_mb
    return [
        Row(f"MediaPipe {version} Face Landmarker", theirs_mb, "MB", note="no drawing, without its stored frames"),
        Row("EmoAR over MediaPipe", ours_mb / theirs_mb, ""),
    ]


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
