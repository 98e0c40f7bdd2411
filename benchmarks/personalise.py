"""What simulated people gain by `emoar personalise`, and what PublicTest loses.

Needs FER2013 as `emoar data import` writes it: --data, or EMOAR_FER2013. People consist of faces of `PublicTest`; the
others of that split measure what is forgotten. Accuracy is that of the float32 network; the file is int8.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks._simulated_people import HABITS, simulated_person
from benchmarks._table import Row, print_table
from emoar.labels import FER2013
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.read import read_dataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.predictor_torch import TorchPredictor
from emoar.training.faces.inputs import FaceBatch
from emoar.training.networks.parts import split_network
from emoar.training.personal.faces import PersonFaces, in_heads
from emoar.training.personal.fine_tune import TuneOptions, fine_tune
from emoar.training.personal.personalise import Base, base_of, read_public
from emoar.training.personal.public import PublicFaces

HEAD: Final = "fer2013"  # whose labels the people have
FACES_OF_A_PERSON: Final = 420
BAR_POINTS: Final = 1.0  # PublicTest may fall by


def main() -> None:
    """Prints a table for each way of training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("EMOAR_FER2013", "fer2013.parquet")))
    parser.add_argument("--model", default="emoar-s")
    parser.add_argument("--parts", default="head,block", help="with commas: head, block, stage")
    parser.add_argument("--people", type=int, default=2, help="for each habit, at most 6")
    parser.add_argument("--training", type=int, default=120, help="faces of a person for training")
    parser.add_argument("--without-public", action="store_true", help="the people have no public faces")
    arguments = parser.parse_args()
    if not arguments.data.is_file():
        print_table("Personalise", [Row("gain of a person", 0, "", instead="not run: give --data fer2013.parquet")])
        return
    data = read_dataset(arguments.data)
    for part in arguments.parts.split(","):
        options = TuneOptions(part=part)
        rows = measure(data, arguments.model, options, arguments.people, arguments.training, arguments.without_public)
        public = "without public faces" if arguments.without_public else "with public faces"
        print_table(f"{arguments.model}, {part}, {arguments.training} faces of a person, {public}", rows)


def measure(
    data: FaceDataset, model: str, options: TuneOptions, people: int, training: int, without_public: bool
) -> list[Row]:
    """The rows of one table."""
    places = np.flatnonzero((data.split == "PublicTest") & (data.truth(HEAD) != NO_LABEL))
    chosen, others = np.split(np.random.default_rng(0).permutation(places), [people * FACES_OF_A_PERSON])
    base = base_of(model)
    start = {name: values.clone() for name, values in base.network.state_dict().items()}
    rest = data.take(np.sort(np.concatenate([np.flatnonzero(data.split == "Training"), others])))
    public = read_public(base, rest, options)
    known = accuracy_on_public(base, public, options)
    rows: list[Row] = []
    for habit in HABITS:
        gains: list[float] = []
        losses: list[float] = []
        seconds: list[float] = []
        for number, place in enumerate(np.split(chosen, people)):
            person = simulated_person(data.images[place], data.truth(HEAD)[place], habit, training, number)
            base.network.load_state_dict(start)
            before, began = accuracy(base, person), time.process_time()
            index = {head: labels[person.training_index] for head, labels in meaning_in(base).items()}
            fine_tune(base.network, person.training, index, None if without_public else public, options)
            seconds.append(time.process_time() - began)
            gains.append(accuracy(base, person) - before)
            losses.append(known - accuracy_on_public(base, public, options))
        each = ", ".join(f"{gain:+.1f}" for gain in gains)
        bar = None if without_public else BAR_POINTS
        rows.append(Row(f"{habit}: gain on held-back faces", statistics.mean(gains), "points", note=f"each: {each}"))
        rows.append(Row(f"{habit}: loss on PublicTest", max(losses), "points", at_most=bar, note="of the worst"))
        rows.append(Row(f"{habit}: processor time of a person", statistics.mean(seconds), "s"))
    return rows


def meaning_in(base: Base) -> dict[str, NDArray[np.int64]]:
    """For each head, its label for each of the people's."""
    return in_heads(FER2013, base.info.heads, base.info.name)


def accuracy(base: Base, person: PersonFaces) -> float:
    """Top-1 accuracy on the held-back faces, in per cent."""
    found = TorchPredictor(base.network, base.info).predict(FaceBatch(person.held_back))[HEAD].argmax(axis=1)
    return 100 * float((found == person.held_back_index).mean())


@torch.no_grad()
def accuracy_on_public(base: Base, public: PublicFaces, options: TuneOptions) -> float:
    """Top-1 accuracy on the other people's faces, in per cent."""
    _, tail = split_network(base.network, options.part)
    found = torch.cat([tail(values)[HEAD] for values in public.test.split(64)]).argmax(dim=1).numpy()
    return 100 * float((found == public.test_index[HEAD]).mean())


if __name__ == "__main__":
    main()
