"""The whole live pipeline on one core, beside MediaPipe's Face Landmarker on the same core and the same frames.

640x480, real faces that move a little, expression and smoothing, no drawing. The two programs work in turns, half a
second of video each, so that a slow moment of the machine hits both. A figure is the median over the turns of the mean
per frame: searches for new faces, which EmoAR makes about three times a second, are in it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import replace

from benchmarks._cores import confine
from benchmarks._peer import Peer, open_peer
from benchmarks._table import Row, print_table
from emoar.bench import face_frames
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Frame

TURN_FRAMES = 18  # 0.6 s at 30 frames a second: two searches for new faces
SETTLE_FRAMES = 3  # of each turn, not counted: the other program has emptied the caches
START_FRAMES = 20  # before the first turn, to find the faces
MOST_FACES = 4

Run = Callable[[Sequence[int]], tuple[list[float], list[int]]]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=25, help="of each program, for each number of faces")
    turns = parser.parse_args().turns
    where = confine(1)
    with open_peer() or nullcontext() as peer:
        figures = {faces: _measure(faces, turns, peer) for faces in range(1, MOST_FACES + 1)}
        version = peer.open(1, extras=False) if peer else ""
    print_table(
        "One core, 640x480, whole pipeline without drawing (median over turns of the mean per frame)",
        _rows(figures, version),
        [where, f"{turns} turns of {TURN_FRAMES} frames each, in alternation, the first {SETTLE_FRAMES} not counted"],
    )


def _rows(figures: dict[int, dict[str, float]], version: str) -> list[Row]:
    ours, theirs = {n: f["emoar"] for n, f in figures.items()}, {n: f["plain"] for n, f in figures.items() if version}
    rows = [
        Row("EmoAR, 1 face", ours[1], "ms", at_most=3.0),
        Row("EmoAR, 1 face, frames without search", figures[1]["emoar median"], "ms", note="median frame"),
    ]
    if version:
        rows += [
            Row(f"MediaPipe {version}, 1 face", theirs[1], "ms", note="landmarks only"),
            Row(f"MediaPipe {version}, 1 face", figures[1]["extras"], "ms", note="with blendshapes and head pose"),
            Row("EmoAR over MediaPipe, landmarks only", ours[1] / theirs[1], "", at_most=0.5),
            Row("EmoAR over MediaPipe, with blendshapes", ours[1] / figures[1]["extras"], ""),
        ]
    for n in range(2, MOST_FACES + 1):
        note = f"MediaPipe: {theirs[n] - theirs[n - 1]:.2f} ms" if version else ""
        rows.append(Row(f"EmoAR, face {n} adds", ours[n] - ours[n - 1], "ms", at_most=2.2, note=note))
    return rows


def _measure(faces: int, turns: int, peer: Peer | None) -> dict[str, float]:
    """Milliseconds per frame of each program."""
    frames = face_frames(faces, 30)
    means: dict[str, list[float]] = {}
    every_ms: list[float] = []
    with ExitStack() as stack:
        # one more than there are, so that EmoAR goes on searching
        pipeline = stack.enter_context(Pipeline(PipelineOptions(max_faces=faces + 1)))
        programs: dict[str, Run] = {"emoar": _Emoar(pipeline, frames).run}
        if peer is not None:
            for name, extras in (("plain", False), ("extras", True)):
                if faces > 1 and extras:
                    continue
                one = peer if not programs.get("plain") else stack.enter_context(open_peer() or nullcontext(peer))
                one.send(frames)
                one.open(faces, extras=extras)
                programs[name] = one.run
        order = [i % len(frames) for i in range(START_FRAMES)]
        for run in programs.values():
            run(order)
        for turn in range(turns):
            start = START_FRAMES + turn * TURN_FRAMES
            order = [i % len(frames) for i in range(start, start + TURN_FRAMES)]
            for name, run in programs.items():
                times_ms, found = run(order)
                if set(found) != {faces}:
                    raise RuntimeError(f"{name} saw {sorted(set(found))} faces in a picture of {faces}")
                means.setdefault(name, []).append(statistics.fmean(times_ms[SETTLE_FRAMES:]))
                every_ms += times_ms[SETTLE_FRAMES:] if name == "emoar" else []
    figures = {name: statistics.median(values) for name, values in means.items()}
    return {**figures, "emoar median": statistics.median(every_ms)}


class _Emoar:
    """EmoAR behind the same call as MediaPipe."""

    def __init__(self, pipeline: Pipeline, frames: Sequence[Frame]) -> None:
        self._pipeline, self._frames, self._count = pipeline, frames, 0

    def run(self, indices: Sequence[int]) -> tuple[list[float], list[int]]:
        times_ms: list[float] = []
        found: list[int] = []
        for index in indices:
            frame = replace(self._frames[index], time_s=self._count / 30, index=self._count)
            started = time.perf_counter()
            scene = self._pipeline(frame)
            times_ms.append(1e3 * (time.perf_counter() - started))
            found.append(len(scene.faces))
            self._count += 1
        return times_ms, found


if __name__ == "__main__":
    main()
