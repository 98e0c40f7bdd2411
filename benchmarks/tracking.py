"""The whole live pipeline on one core, beside MediaPipe's Face Landmarker on the same core and the same frames.

640x480, real faces that move a little, expression and smoothing, no drawing. The programs work in turns of half a
second of video, so that a slow moment of the machine hits all of them. A turn's figure is its mean per frame: the
searches for new faces, which EmoAR makes about three times a second, are in it. MediaPipe searches only while it
follows fewer faces than it may. It is told how many there are, so it does not search, but for one of its programs;
EmoAR does, but for one of its own.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Final

from benchmarks._cores import confine
from benchmarks._peer import open_peer
from benchmarks._table import Row, print_table
from emoar.bench.frames import face_frames
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Frame

START_FRAMES: Final = 20  # before the first turn, to find the faces
TURN_FRAMES: Final = 21
WARM_UP_FRAMES: Final = (
    3  # of each turn, not counted: the others have emptied the caches. The 18 left span two searches
)
FACES: Final = (1, 2, 3, 4)
ALONE: Final = "emoar, one face at most"
SEARCHING: Final = "mediapipe, two faces at most"

Key = tuple[str, int]  # program and number of faces
# takes positions of pictures, gives the milliseconds and the number of faces of each
Program = Callable[[Sequence[int]], tuple[list[float], list[int]]]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=25, help="of each program")
    turns = parser.parse_args().turns
    where = confine(1)
    with ExitStack() as stack:
        frames = {n: face_frames(n, 30) for n in FACES}
        ours: dict[int, Program] = {n: _Emoar(stack, frames[n], n).run for n in FACES}
        theirs: dict[int, Program] = {}
        version = ""
        peer = open_peer()
        if peer is not None:
            stack.enter_context(peer)
            for n in FACES:
                version = peer.open(str(n), frames[n], faces=n)
                theirs[n] = partial(peer.run, str(n))
            peer.open(SEARCHING, frames[1], faces=2)
        programs = {
            **{("emoar", n): run for n, run in ours.items()},
            ("emoar, all classified", 1): _Emoar(stack, frames[1], 1, classify_every_s=0.0).run,
            (ALONE, 1): _Emoar(stack, frames[1], 0).run,
            **{("mediapipe", n): r for n, r in theirs.items()},
            **({(SEARCHING, 1): partial(peer.run, SEARCHING)} if peer is not None else {}),
        }
        times_ms = _alternate(programs, turns)
    notes = [where, f"median of {turns} turns, in alternation; a turn is {TURN_FRAMES - WARM_UP_FRAMES} frames"]
    print_table(
        "Live on one core, 640x480, whole pipeline without drawing, ms per frame", _rows(times_ms, version), notes
    )


def _alternate(programs: dict[Key, Program], turns: int) -> dict[Key, list[list[float]]]:
    """Milliseconds of the frames of each turn, of each program."""
    times_ms: dict[Key, list[list[float]]] = {key: [] for key in programs}
    for turn in range(-1, turns):
        start, count = (0, START_FRAMES) if turn < 0 else (START_FRAMES + turn * TURN_FRAMES, TURN_FRAMES)
        order = [i % 30 for i in range(start, start + count)]
        for (name, faces), run in programs.items():
            elapsed_ms, found = run(order)
            if turn < 0:
                continue
            if set(found) != {faces}:
                raise RuntimeError(f"{name} saw {sorted(set(found))} faces in pictures of {faces}")
            times_ms[name, faces].append(elapsed_ms[WARM_UP_FRAMES:])
    return times_ms


def _rows(times_ms: dict[Key, list[list[float]]], version: str) -> list[Row]:
    means = {key: [statistics.fmean(turn) for turn in turns] for key, turns in times_ms.items()}
    middle_ms = {key: statistics.median(ms for turn in turns for ms in turn) for key, turns in times_ms.items()}

    def median(name: str, faces: int) -> float:
        return statistics.median(means[name, faces])

    def added(name: str, faces: int) -> float:
        pairs = zip(means[name, faces], means[name, faces - 1], strict=True)
        return statistics.median(more - less for more, less in pairs)

    def ratio(ours: str, theirs: str) -> float:
        return statistics.median(own / other for own, other in zip(means[ours, 1], means[theirs, 1], strict=True))

    ratios: list[Row] = []
    if version:
        what = "EmoAR over MediaPipe, 1 face"
        ratios.append(Row(what, ratio("emoar", "mediapipe"), "", at_most=0.33, note="only EmoAR searches for others"))
        ratios.append(Row(f"{what}, both search for a second", ratio("emoar", SEARCHING), "", at_most=0.33))
        ratios.append(Row(f"{what}, neither searches", ratio(ALONE, "mediapipe"), "", at_most=0.33))
        for n in FACES[1:]:
            share = added("emoar", n) / added("mediapipe", n)
            ratios.append(Row(f"EmoAR over MediaPipe, what face {n} adds", share, "", at_most=0.5))
    times = [
        Row("EmoAR, 1 face", median("emoar", 1), "ms", note="with its share of the searches"),
        Row("EmoAR, 1 face, median frame", middle_ms["emoar", 1], "ms", note="a frame without search"),
        Row(
            "EmoAR, 1 face, every frame classified", median("emoar, all classified", 1), "ms", note="classify_every_s=0"
        ),
    ]
    if version:
        theirs_ms = median("mediapipe", 1)
        times.append(Row(f"MediaPipe {version}, 1 face", theirs_ms, "ms", note="landmarks, no expression, no pose"))
        times.append(Row("the same, searching for a second", median(SEARCHING, 1), "ms"))
        times.append(Row("EmoAR, 1 face, not searching", median(ALONE, 1), "ms"))
    for n in FACES[1:]:
        note = f"MediaPipe {added('mediapipe', n):.2f} ms" if version else ""
        times.append(Row(f"EmoAR, face {n} adds", added("emoar", n), "ms", note=note))
    return [*ratios, *times]


class _Emoar:
    """EmoAR behind the same call as MediaPipe."""

    def __init__(self, stack: ExitStack, frames: Sequence[Frame], faces: int, **options: float) -> None:
        # one more than there are, so that it goes on searching
        self._pipeline = stack.enter_context(Pipeline(PipelineOptions(max_faces=faces + 1, **options)))  # type: ignore[arg-type]
        self._frames, self._count = frames, 0

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
