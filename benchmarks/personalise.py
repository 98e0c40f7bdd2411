"""What simulated people gain by `emoar personalise`, and what PublicTest loses.

Needs FER2013 as `emoar data import` writes it: --data, or EMOAR_FER2013. People consist of faces of `PublicTest`; the
others of that split measure what is forgotten. Accuracy is that of the decided label, as it is shown live, of the
float32 network; with --files also that of the int8 file of the first person of each habit. Which rules decide follows
from faces that the person holds back; other faces measure the gain.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks._simulated_people import HABITS, simulated_person
from benchmarks._table import Row, print_table
from emoar.errors import TrainingError
from emoar.labels import FER2013, category
from emoar.models.expression import expression_model
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.read import read_dataset
from emoar.training.faces.inputs import resize_crops
from emoar.training.personal.decided import Measuring
from emoar.training.personal.faces import PersonFaces, in_heads
from emoar.training.personal.fine_tune import TuneOptions
from emoar.training.personal.personalise import Base, base_of, personalise, read_public, way_that_remembers
from emoar.training.personal.public import PublicFaces

HEAD: Final = "fer2013"  # whose labels the people have
FACES_OF_A_PERSON: Final = 320
HELD_BACK: Final = 40  # faces of a person that choose the rules; those after them measure the gain
BAR_POINTS: Final = 1.0  # PublicTest may fall by


def main() -> None:
    """Prints a table for each way of training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("EMOAR_FER2013", "fer2013.parquet")))
    parser.add_argument("--model", default="emoar-s")
    parser.add_argument("--parts", default="head,block,stage", help="with commas: head, block, stage")
    parser.add_argument("--people", type=int, default=6, help="for each habit, at most 6")
    parser.add_argument("--habits", default=",".join(HABITS), help=f"with commas: {', '.join(HABITS)}")
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
        rows = [row for habit in arguments.habits.split(",") for row in study.rows(habit, files=arguments.files)]
        public = "without public faces" if arguments.without_public else "with public faces"
        print_table(f"{arguments.model}, {part}, {arguments.training} faces of a person, {public}", rows)


@dataclass(frozen=True)
class Result:
    """What one person gains, in points of a hundred."""

    gain: float  # of the decided label, on other faces than those that were held back
    before: float  # per cent
    loss: float  # of the head or label that loses most, on public faces
    seconds: float  # of the processor, for training


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

    def rows(self, habit: str, *, files: bool) -> list[Row]:
        """The rows of a habit."""
        people = [self._person(habit, number) for number in range(len(self._places))]
        results = [self._trained(person) for person in people]
        each = ", ".join(f"{result.gain:+.1f}" for result in results)
        before = statistics.mean(result.before for result in results)
        bar = BAR_POINTS if self._given else None
        note = f"each: {each}; before {before:.1f} %"
        rows = [
            Row(f"{habit}: gain on other faces", statistics.mean(r.gain for r in results), "points", note=note),
            Row(
                f"{habit}: loss on PublicTest", max(r.loss for r in results), "points", at_most=bar, note="of the worst"
            ),
            Row(f"{habit}: processor time of a person", statistics.mean(r.seconds for r in results), "s"),
        ]
        return rows + (self._of_file(habit, people[0], bar) if files else [])

    def _person(self, habit: str, number: int) -> PersonFaces:
        place = self._places[number]
        return simulated_person(self._data.images[place], self._data.truth(HEAD)[place], habit, self._training, number)

    def _trained(self, person: PersonFaces) -> Result:
        base, options = self._base, self._options
        base.network.load_state_dict(self._start)
        held_back, others = (self._measuring(each, self._public) for each in parts_of(person))
        known, began = others.of_network(base.network, options.part, personal=False), time.process_time()
        index = {head: labels[person.training_index] for head, labels in meaning_in(base).items()}
        given = replace(held_back, public=self._given)
        own = resize_crops(person.training, base.takes)
        try:
            way_that_remembers(base.network, own, index, given, options)
        except TrainingError:  # nothing would be written
            return Result(0.0, 100 * known.own[HEAD], 0.0, time.process_time() - began)
        seconds = time.process_time() - began
        decision = held_back.of_network(base.network, options.part, personal=True).decision
        found = replace(others, info=replace(base.info, decision=decision))
        now = found.of_network(base.network, options.part, personal=False)
        loss = max(value - now.public[name] for name, value in known.public.items())
        return Result(100 * (now.own[HEAD] - known.own[HEAD]), 100 * known.own[HEAD], 100 * loss, seconds)

    def _measuring(self, person: PersonFaces, public: PublicFaces) -> Measuring:
        index = {HEAD: person.held_back_index}
        return Measuring(self._base.info, resize_crops(person.held_back, self._base.takes), index, public)

    def _of_file(self, habit: str, person: PersonFaces, bar: float | None) -> list[Row]:
        """The gain and the loss of the first person's file, against the shipped file."""
        base = self._base
        base.network.load_state_dict(self._start)
        held_back, others = parts_of(person)
        gain = f"{habit}: gain of the first person's int8 file"
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "me.tflite"
            try:
                personalise(base, held_back, file, self._given, self._options)
            except TrainingError as exc:
                return [Row(gain, 0, "", instead=f"no file: {exc}")]
            measuring = self._measuring(others, self._public)
            known = measuring.of_file(base.path, personal=False)
            info = replace(base.info, decision=expression_model(file).decision)
            now = replace(measuring, info=info).of_file(file, personal=False)
        loss = 100 * max(value - now.public[name] for name, value in known.public.items())
        return [
            Row(gain, 100 * (now.own[HEAD] - known.own[HEAD]), "points"),
            Row(f"{habit}: loss of this file on PublicTest", loss, "points", at_most=bar),
        ]


def parts_of(person: PersonFaces) -> tuple[PersonFaces, PersonFaces]:
    """The person with the faces that it holds back itself, and with those that measure."""
    return tuple(
        replace(person, held_back=person.held_back[part], held_back_index=person.held_back_index[part])
        for part in (slice(HELD_BACK), slice(HELD_BACK, None))
    )  # type: ignore[return-value]


def agreeing(data: FaceDataset) -> NDArray[np.bool_]:
    """(N,) whether the labels of both sets are of the same category."""
    names = [np.array([*(category(label) for label in data.label_sets[s]), ""]) for s in ("fer2013", "ferplus")]
    first, second = (name[data.truth(s)] for name, s in zip(names, ("fer2013", "ferplus"), strict=True))
    return (first == second) & (first != "")


def meaning_in(base: Base) -> dict[str, NDArray[np.int64]]:
    """For each head, its label for each of the people's."""
    return in_heads(FER2013, base.info.heads, base.info.name)


if __name__ == "__main__":
    main()
