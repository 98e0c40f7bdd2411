"""What simulated people gain by `emoar personalise`, and what PublicTest loses.

Needs FER2013 as `emoar data import` writes it: --data, or EMOAR_FER2013. People consist of faces of `PublicTest`; the
others of that split measure what is forgotten. Accuracy is that of the float32 network, with --files also that of the
int8 file of the first person of each habit.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks._simulated_people import HABITS, simulated_person
from benchmarks._table import Row, print_table
from emoar.labels import FER2013, category
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.read import read_dataset
from emoar.training.evaluation.predictor_torch import TorchPredictor
from emoar.training.faces.inputs import FaceBatch
from emoar.training.networks.parts import split_network
from emoar.training.personal.faces import PersonFaces, in_heads
from emoar.training.personal.fine_tune import TuneOptions, fine_tune
from emoar.training.personal.personalise import Base, accuracies, base_of, personalise, read_public
from emoar.training.personal.public import PublicFaces

HEAD: Final = "fer2013"  # whose labels the people have
FACES_OF_A_PERSON: Final = 320
BAR_POINTS: Final = 1.0  # PublicTest may fall by


def main() -> None:
    """Prints a table for each way of training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("EMOAR_FER2013", "fer2013.parquet")))
    parser.add_argument("--model", default="emoar-s")
    parser.add_argument("--parts", default="head,block,stage", help="with commas: head, block, stage")
    parser.add_argument("--people", type=int, default=6, help="for each habit, at most 6")
    parser.add_argument("--training", type=int, default=120, help="faces of a person for training")
    parser.add_argument("--without-public", action="store_true", help="the people have no public faces")
    parser.add_argument("--files", action="store_true", help="write and measure int8 files, too")
    arguments = parser.parse_args()
    if not arguments.data.is_file():
        print_table("Personalise", [Row("gain of a person", 0, "", instead="not run: give --data fer2013.parquet")])
        return
    data = read_dataset(arguments.data)
    for part in arguments.parts.split(","):
        options = TuneOptions(part=part)
        study = Study(data, arguments.model, options, arguments.people, arguments.training, arguments.without_public)
        rows = [row for habit in HABITS for row in study.rows(habit, files=arguments.files)]
        public = "without public faces" if arguments.without_public else "with public faces"
        print_table(f"{arguments.model}, {part}, {arguments.training} faces of a person, {public}", rows)


class Study:
    """What people gain with one model and one way of training.

    Args:
        data: FER2013.
        model: where they start.
        options: how they train.
        people: number of people for each habit.
        training: faces of a person for training.
        without_public: the people have no public faces; they serve for measuring only.
    """

    def __init__(
        self, data: FaceDataset, model: str, options: TuneOptions, people: int, training: int, without_public: bool
    ) -> None:
        test = data.split == "PublicTest"
        agreed = np.flatnonzero(test & agreeing(data))
        chosen = np.random.default_rng(0).permutation(agreed)[: people * FACES_OF_A_PERSON]
        rest = np.concatenate([np.flatnonzero(data.split == "Training"), np.setdiff1d(np.flatnonzero(test), chosen)])
        self._data, self._options, self._training = data, options, training
        self._places = np.split(chosen, people)
        self._base = base_of(model)
        self._start = {name: values.clone() for name, values in self._base.network.state_dict().items()}
        self._public = read_public(self._base, data.take(rest), options)
        self._given = None if without_public else self._public
        self._known = accuracy_on_public(self._base, self._public, options)

    def rows(self, habit: str, *, files: bool) -> list[Row]:
        """The rows of a habit."""
        people = [self._person(habit, number) for number in range(len(self._places))]
        gains, befores, losses, seconds = zip(*(self._trained(person) for person in people), strict=True)
        each = ", ".join(f"{gain:+.1f}" for gain in gains)
        note = f"each: {each}; before {statistics.mean(befores):.1f} %"
        bar = BAR_POINTS if self._given else None
        rows = [
            Row(f"{habit}: gain on held-back faces", statistics.mean(gains), "points", note=note),
            Row(f"{habit}: loss on PublicTest", max(losses), "points", at_most=bar, note="of the worst"),
            Row(f"{habit}: processor time of a person", statistics.mean(seconds), "s"),
        ]
        return rows + (self._of_file(habit, people[0], bar) if files else [])

    def _person(self, habit: str, number: int) -> PersonFaces:
        place = self._places[number]
        return simulated_person(self._data.images[place], self._data.truth(HEAD)[place], habit, self._training, number)

    def _trained(self, person: PersonFaces) -> tuple[float, float, float, float]:
        """Gain and accuracy before in points, loss on public faces, processor time in seconds."""
        self._base.network.load_state_dict(self._start)
        before, began = accuracy(self._base, person), time.process_time()
        index = {head: labels[person.training_index] for head, labels in meaning_in(self._base).items()}
        fine_tune(self._base.network, person.training, index, self._given, self._options)
        seconds = time.process_time() - began
        loss = self._known - accuracy_on_public(self._base, self._public, self._options)
        return accuracy(self._base, person) - before, before, loss, seconds

    def _of_file(self, habit: str, person: PersonFaces, bar: float | None) -> list[Row]:
        """The gain and the loss of the first person's file, against the shipped file."""
        self._base.network.load_state_dict(self._start)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "me.tflite"
            gains = personalise(self._base, person, file, self._given, self._options)
            before, after = (
                accuracies(path, self._public.test_crops, self._public.test_index)[HEAD]
                for path in (self._base.path, file)
            )
        loss = 100 * (before - after)
        return [
            Row(f"{habit}: gain of the first person's int8 file", gains[HEAD].points, "points"),
            Row(f"{habit}: loss of this file on PublicTest", loss, "points", at_most=bar),
        ]


def agreeing(data: FaceDataset) -> NDArray[np.bool_]:
    """(N,) whether the labels of both sets are of the same category."""
    names = [np.array([*(category(label) for label in data.label_sets[s]), ""]) for s in ("fer2013", "ferplus")]
    first, second = (name[data.truth(s)] for name, s in zip(names, ("fer2013", "ferplus"), strict=True))
    return (first == second) & (first != "")


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
