"""Simulated people: faces of a public data set as if of one person with habits of labels, light and framing.

The labels of a person are consistent, so only faces whose labels of FER2013 and FER+ agree are of use. The faces of a
person are those of many people: what a network can learn about one face is not in them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.labels import FER2013
from emoar.training.personal.faces import PersonFaces

__all__ = ["HABITS", "simulated_person"]

_CALLED: Final = (("sad", "neutral"), ("surprise", "fear"), ("angry", "disgust"))  # is called the second
Faces = NDArray[np.uint8]
Index = NDArray[np.int64]


def _relabelled(faces: Faces, index: Index, rng: np.random.Generator) -> tuple[Faces, Index]:
    """This person calls one expression, or shows it, as others do another."""
    called, instead = (FER2013.index(label) for label in _CALLED[int(rng.integers(len(_CALLED)))])
    return faces, np.where(index == called, instead, index)


def _relit(faces: Faces, index: Index, rng: np.random.Generator) -> tuple[Faces, Index]:
    """A lamp from one side, and a darker or brighter camera."""
    side = np.linspace(1, rng.uniform(0.3, 0.6), faces.shape[2])[:: rng.choice([-1, 1])]
    gamma = rng.choice([0.5, 1.8])
    return np.clip(255 * (faces / 255) ** gamma * side, 0, 255).astype(np.uint8), index


def _reframed(faces: Faces, index: Index, rng: np.random.Generator) -> tuple[Faces, Index]:
    """The camera stands askew: the face is turned, larger, and off the centre."""
    side = faces.shape[1]
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), float(rng.choice([-14, 14])), float(rng.uniform(1.15, 1.3)))
    matrix[:, 2] += rng.uniform(-0.06, 0.06, 2) * side
    moved = [cv2.warpAffine(face, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE) for face in faces]
    return np.stack(moved).astype(np.uint8), index


def _everything(faces: Faces, index: Index, rng: np.random.Generator) -> tuple[Faces, Index]:
    for habit in (_relabelled, _relit, _reframed):
        faces, index = habit(faces, index, rng)
    return faces, index


HABITS: Final[dict[str, Callable[[Faces, Index, np.random.Generator], tuple[Faces, Index]]]] = {
    "relabelled": _relabelled,
    "re-lit": _relit,
    "re-framed": _reframed,
    "all three": _everything,
}


def simulated_person(faces: Faces, index: Index, habit: str, training: int, seed: int) -> PersonFaces:
    """A person of these faces; the first `training` are for training, the others are held back.

    Args:
        faces: (N, S, S) crops.
        index: (N,) labels of `FER2013`.
        habit: a key of `HABITS`.
        training: number of faces for training.
        seed: of the habit.
    """
    faces, index = HABITS[habit](faces, index, np.random.default_rng(seed))
    return PersonFaces(FER2013, faces[:training], index[:training], faces[training:], index[training:], habit)
