"""Writes the tables of `docs/accuracy.md`, each between its markers, so that new weights get new figures.

    python -m benchmarks.accuracy --data fer2013.parquet                     # all tables of PublicTest
    python -m benchmarks.accuracy --data fer2013.parquet --only shifts,sizes # some of them
    python -m benchmarks.accuracy --data fer2013.parquet --private           # PrivateTest: once, for the chosen weights

A table is written as soon as it is measured. `--private` measures headline, labels and pipeline, and writes the
accuracy of each model into the manifest of the weights, which `emoar models list` and the browser app show.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks._composed_faces import angles, exposures, rotations, sizes
from benchmarks._environments import ROOT
from benchmarks._evaluations import by_label, coverage, headline, manifest_figures, shift_list, shifts, through_pipeline
from benchmarks._markdown import replace_block
from benchmarks.peers import evenly_spaced, peers
from emoar.bench.stages import describe_machine, package_versions
from emoar.models.shipped import DEFAULT_MODEL
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.read import read_dataset

PAGE: Final = ROOT / "docs/accuracy.md"
MANIFEST: Final = ROOT / "src/emoar/weights/manifest.json"
MODELS: Final = ("emoar-m", "emoar-s", "emoar-l")
PUBLIC, PRIVATE = "PublicTest", "PrivateTest"


@dataclass(frozen=True, eq=False)
class Source:
    """The faces and models of the tables."""

    data: FaceDataset  # all splits
    model: str  # of the tables about one model
    models: Sequence[str]  # of the headline
    some: int  # faces of the tables that run the whole pipeline again and again

    @property
    def few(self) -> FaceDataset:
        """Evenly spaced faces of PublicTest."""
        return evenly_spaced(self.data.of_split(PUBLIC), self.some)


def _of_few(make: Callable[[str, FaceDataset], str], source: Source) -> str:
    """A table of evenly spaced faces, after a line with their number."""
    return f"{len(source.few)} faces:\n\n{make(source.model, source.few)}"


BLOCKS: Final[dict[str, Callable[[Source], str]]] = {
    "headline": lambda source: headline(source.models, source.data, PUBLIC),
    "coverage": lambda source: coverage(source.models, source.data, PUBLIC),
    "labels": lambda source: by_label(source.model, source.data, PUBLIC),
    "shifts": lambda source: shifts(source.model, source.data, PUBLIC),
    "shift list": lambda _source: shift_list(),
    "pipeline": lambda source: through_pipeline(source.models, source.data, PUBLIC),
    "exposures": lambda source: _of_few(exposures, source),
    "sizes": lambda source: _of_few(sizes, source),
    "yaw": lambda source: angles(source.model, source.data.of_split(PUBLIC)),
    "rotations": lambda source: _of_few(rotations, source),
    "peers": lambda source: _of_few(peers, source),
}
PRIVATE_BLOCKS: Final[dict[str, Callable[[Source], str]]] = {
    "private headline": lambda source: headline(source.models, source.data, PRIVATE),
    "private pipeline": lambda source: through_pipeline(source.models, source.data, PRIVATE),
    "private labels": lambda source: by_label(source.model, source.data, PRIVATE),
}


def write_figures(manifest: Path, figures: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    """Adds figures to the entries of the models in the manifest, from which command line and browser app take them."""
    entries = json.loads(manifest.read_text("utf-8"))
    for model, values in figures.items():
        entries[model] |= values
    manifest.write_text(json.dumps(entries, indent=1, sort_keys=True) + "\n", "utf-8")


def main() -> None:
    """Measures the tables one after another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="FER2013 with the votes of FER+")
    parser.add_argument("--only", default="", help=f"tables, with commas: {', '.join(BLOCKS)}")
    parser.add_argument("--private", action="store_true", help="the tables of PrivateTest instead")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="of the tables about one model")
    parser.add_argument("--compared", default=",".join(MODELS), help="models of the headline, with commas")
    parser.add_argument("--faces", type=int, default=600, help="of composed pictures and peers")
    arguments = parser.parse_args()
    blocks = PRIVATE_BLOCKS if arguments.private else BLOCKS
    names = [name.strip() for name in arguments.only.split(",") if name.strip()] or list(blocks)
    if unknown := [name for name in names if name not in blocks]:
        parser.error(f"no table is called {', '.join(unknown)}; there are {', '.join(blocks)}")
    source = Source(read_dataset(arguments.data), arguments.model, arguments.compared.split(","), arguments.faces)
    for name in names:
        content = blocks[name](source)
        print(f"## {name}\n\n{content}\n", flush=True)
        PAGE.write_text(replace_block(PAGE.read_text("utf-8"), name, content), "utf-8")
    if arguments.private and "private headline" in names:
        write_figures(MANIFEST, manifest_figures(source.models, source.data, PRIVATE))
    machine = describe_machine()
    print(f"{machine['processor']}, {machine['system']}; {', '.join(map(' '.join, package_versions().items()))}")


if __name__ == "__main__":
    main()
