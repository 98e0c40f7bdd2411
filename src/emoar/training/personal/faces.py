"""One person's labelled faces: checked, divided into faces for training and held-back ones, in a model's labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.labels import category
from emoar.training.data.face_dataset import FaceDataset, label_set_preference
from emoar.training.data.targets import NO_LABEL

__all__ = ["FEWEST_FACES", "PersonFaces", "in_heads", "person_faces"]

FEWEST_FACES: Final = 5  # of a label that is trained
_HELD_BACK: Final = 0.25  # share of each label where the data has no split of its own
_RECOVERY: Final = "record more with emoar data collect"


@dataclass(frozen=True, eq=False)
class PersonFaces:
    """The faces of one person with one label each.

    Attributes:
        labels: the label set of the faces; labels without faces included.
        training: faces for training.
        training_index: (N,) label of each.
        held_back: faces that training does not see.
        held_back_index: (M,) label of each.
        name: of the data, for people.
    """

    labels: tuple[str, ...]
    training: NDArray[np.uint8]
    training_index: NDArray[np.int64]
    held_back: NDArray[np.uint8]
    held_back_index: NDArray[np.int64]
    name: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """Faces for training by label, of the labels that have any."""
        return {label: n for i, label in enumerate(self.labels) if (n := int((self.training_index == i).sum()))}


def person_faces(data: FaceDataset) -> PersonFaces:
    """The faces with a label in the preferred label set of the data, divided.

    The faces of `PublicTest` and `PrivateTest` are held back. Without them (or with nothing else) the last quarter of
    each label is: adjacent frames of a video are nearly the same, so a random choice would be no test.

    Raises:
        DataError: there are no faces, only one label, or too few faces of a label.
    """
    sets = sorted(data.label_sets, key=label_set_preference)
    if not len(data) or not sets:
        raise DataError(f"{data.name or 'the data'} has no labelled faces: {_RECOVERY}")
    truth = data.truth(sets[0])
    labels = data.label_sets[sets[0]]
    apart = (data.split != "Training") & (truth != NO_LABEL)
    if not apart.any() or not ((truth != NO_LABEL) & ~apart).any():
        apart = _last_of_each(truth)
    training, held_back = (np.flatnonzero(which & (truth != NO_LABEL)) for which in (~apart, apart))
    faces = PersonFaces(
        labels, data.images[training], truth[training], data.images[held_back], truth[held_back], data.name
    )
    _check(faces, len(training) + len(held_back))
    return faces


def in_heads(labels: tuple[str, ...], heads: Mapping[str, tuple[str, ...]], model: str) -> dict[str, NDArray[np.int64]]:
    """For each head of a model, the label of the head that each label of the data means, or `NO_LABEL`.

    Labels of different sets mean the same when they have the same category: `happy` and `happiness`.

    Raises:
        DataError: a label is in no head.
    """
    meaning = {
        head: np.array(
            [
                next((i for i, own in enumerate(of_head) if category(own) == category(label)), NO_LABEL)
                for label in labels
            ],
            np.int64,
        )
        for head, of_head in heads.items()
    }
    nowhere = [label for i, label in enumerate(labels) if all(index[i] == NO_LABEL for index in meaning.values())]
    if nowhere:
        raise DataError(
            f"{model} has no label {', '.join(nowhere)}: train a head of these labels, with --head-only -o me.json"
        )
    return meaning


def _last_of_each(truth: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(N,) the last quarter of the faces of each label."""
    chosen = np.zeros(len(truth), np.bool_)
    for label in np.unique(truth[truth != NO_LABEL]):
        places = np.flatnonzero(truth == label)
        chosen[places[len(places) - round(_HELD_BACK * len(places)) :]] = True
    return chosen


def _check(faces: PersonFaces, count: int) -> None:
    where, found = faces.name or "the data", faces.counts
    if len(found) < 2:
        only = f"all {count} faces of {where} are {next(iter(found), 'held back')}"
        raise DataError(f"{only}: training needs at least two labels; {_RECOVERY}")
    few = [f"{count} of {label}" for label, count in found.items() if count < FEWEST_FACES]
    if few:
        raise DataError(
            f"{where} has too few faces for training, {', '.join(few)}: at least {FEWEST_FACES} of each label are "
            f"needed, besides those that are held back; {_RECOVERY}"
        )
    if not len(faces.held_back):
        raise DataError(f"{where} has no face to hold back: {_RECOVERY}")
