"""Photo mode: how many faces of composed pictures are found, and the processor time of a picture.

    python -m benchmarks.photos --data fer2013.parquet
    python -m benchmarks.photos --data fer2013.parquet --against OTHER_TREE

Heads of two portraits with faces of PublicTest, on pictures of installed packages (`--backgrounds FOLDER` adds others):
photographs of 1 to 6 faces of 20 to 330 pixels, crowds of up to 60 faces of 16 to 90, and pictures without a face, of
about 2 megapixels. `--against` is the root of another version's source tree; both work in turns on the same pictures.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from benchmarks._crowds import Crowd, backgrounds, compose, public_test_faces
from benchmarks._environments import ROOT
from benchmarks._table import Row, print_table

SIZES_PX: Final = ((1920, 1080), (1632, 1224), (1080, 1920), (2048, 1024))
BANDS_PX: Final = (16, 20, 28, 60)  # lower ends, by the width of the face
MAXIMUM_FACES: Final = 100
FACES: Final = 800  # of PublicTest, to lay over the portraits' own
BAR_MS: Final = 85.0


def _photograph(rng: np.random.Generator) -> list[float]:
    return np.exp(rng.uniform(np.log(20), np.log(330), rng.integers(1, 7))).tolist()


def _crowd(rng: np.random.Generator) -> list[float]:
    return np.exp(rng.uniform(np.log(16), np.log(90), 60)).tolist()


def _nobody(rng: np.random.Generator) -> list[float]:
    return []


KINDS: Final[dict[str, Callable[[np.random.Generator], list[float]]]] = {
    "photographs": _photograph,
    "crowds": _crowd,
    "no face": _nobody,
}


@dataclass
class Tally:
    """What one version found in the pictures of one kind."""

    there: dict[int, int] = field(default_factory=dict)  # faces by the lower end of their band
    found: dict[int, int] = field(default_factory=dict)
    false_boxes: int = 0
    cpu_ms: list[float] = field(default_factory=list)

    def add(self, crowd: Crowd, boxes: Sequence[Sequence[float]], cpu_ms: float) -> None:
        """Counts the faces of one picture: a box counts for one face, and boxes on no face are false."""
        left = [np.array(box) for box in boxes]
        for place in crowd.places:
            band = max((low for low in BANDS_PX if low <= place.width_px), default=BANDS_PX[0])
            at = next((i for i, box in enumerate(left) if place.is_at(box)), None)
            self.there[band] = self.there.get(band, 0) + 1
            self.found[band] = self.found.get(band, 0) + (at is not None)
            if at is not None:
                left.pop(at)
        self.false_boxes += len(left)
        self.cpu_ms.append(cpu_ms)

    @property
    def words(self) -> str:
        """The faces found of those that are there, in all and by size."""
        bands = sorted(self.there)
        ends = [*(f"{low} to {high}" for low, high in itertools.pairwise(bands)), f"{bands[-1]} and more"]
        by_size = ", ".join(
            f"{end} px {self.found[low]} of {self.there[low]}" for low, end in zip(bands, ends, strict=True)
        )
        return f"{sum(self.found.values())} of {sum(self.there.values())} faces found: {by_size}"


class Worker:
    """A version of EmoAR in a process of its own, from its source tree."""

    def __init__(self, tree: Path) -> None:
        script = Path(__file__).with_name("_photo_worker.py")
        environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
        command = [sys.executable, script, str(MAXIMUM_FACES)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def find(self, image: NDArray[np.uint8]) -> dict[str, Any]:
        """Boxes, xyxy, and milliseconds of processor time in an (H, W, 3) RGB picture."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        height, width = image.shape[:2]
        self._process.stdin.write(f"{width} {height}\n".encode() + image.tobytes())
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=30)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="FER2013 with votes, .parquet")
    parser.add_argument("--against", type=Path, help="root of another version's source tree")
    parser.add_argument("--backgrounds", type=Path, help="folder of further pictures without faces")
    parser.add_argument("--pictures", type=int, default=12, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    trees = {"this version": ROOT} | ({"the other version": arguments.against} if arguments.against else {})
    rng = np.random.default_rng(arguments.seed)
    faces = public_test_faces(arguments.data, FACES, rng)
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(tree)) for name, tree in trees.items()}
        warm = backgrounds()[0]
        for worker in workers.values():
            worker.find(warm)
        tallies = {(name, kind): Tally() for kind in KINDS for name in workers}
        for kind, widths_px in KINDS.items():
            for index in range(arguments.pictures):
                # every third picture has the portraits' own faces
                laid = faces if index % 3 else ()
                size_px = SIZES_PX[index % len(SIZES_PX)]
                crowd = compose(size_px, widths_px(rng), rng, laid, arguments.backgrounds)
                for name, worker in sorted(workers.items(), reverse=bool(index % 2)):
                    answer = worker.find(crowd.image)
                    tallies[name, kind].add(crowd, answer["boxes"], answer["cpu_ms"])
    notes = [f"{name}, {kind}: {tally.words}" for (name, kind), tally in tallies.items() if tally.there]
    title = "Photo mode, about 2 megapixels, processor time of all stages"
    print_table(title, _rows(list(workers), tallies), notes)


def _rows(names: Sequence[str], tallies: dict[tuple[str, str], Tally]) -> list[Row]:
    rows: list[Row] = []
    if len(names) > 1:
        for kind in KINDS:
            own, other = (tallies[name, kind].cpu_ms for name in names)
            ratio = statistics.median(a / b for a, b in zip(own, other, strict=True))
            rows.append(Row(f"this version over the other, {kind}", ratio, "", note="median of pairs"))
    for name in names:
        for kind in KINDS:
            tally = tallies[name, kind]
            bar = BAR_MS if kind == "photographs" and name == names[0] else None
            note = f"{tally.false_boxes} false boxes"
            rows.append(Row(f"{name}, {kind}", statistics.median(tally.cpu_ms), "ms", at_most=bar, note=note))
    return rows


if __name__ == "__main__":
    main()
