"""Distillation on the student's own views: the teachers see each augmented face, in every epoch another one.

Answers on the faces as they are, computed once, are those of a network that has learned these very pictures. On the
student's views they are answers to something new, and the student learns the function instead of the list (Beyer et
al., 2022, "Knowledge distillation: a good teacher is patient and consistent").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import TrainingError
from emoar.models.inputs import CropInput
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.predictor import Predictor
from emoar.training.faces.inputs import FaceBatch
from emoar.training.networks.base import Heads

__all__ = ["ViewTeachers"]


class ViewTeachers:
    """The mean probabilities of several models that take crops.

    Raises:
        TrainingError: there is no teacher, or one takes landmarks, is a file of predictions or has no label set of
            `heads`.
        ModelMissing: there is no such model.
        ModelMismatch: a file is not an expression model.
        DependencyMissing: the runtime of a teacher is not installed.
    """

    def __init__(self, teachers: Sequence[str], heads: Heads) -> None:
        if not teachers:
            raise TrainingError("teacher_views is on and teachers is empty: name one, or leave teacher_views out")
        self._teachers, self._heads = tuple(teachers), dict(heads)
        self._opened: list[Predictor] = []
        self._predictors()

    def __call__(self, faces: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Predicts (N, labels) probabilities by label set from (N, S, S) or (N, S, S, 3) crops in 0..255."""
        batch = FaceBatch(np.rint(np.clip(faces, 0, 255)).astype(np.uint8))
        rows: dict[str, list[NDArray[np.float32]]] = {}
        for predictor in self._predictors():
            for name, values in predictor.predict(batch).items():
                if self._shares(predictor, name):
                    rows.setdefault(name, []).append(values)
        return {name: np.stack(each).mean(axis=0) for name, each in rows.items()}

    def __getstate__(self) -> Mapping[str, Any]:
        """Loader processes open the teachers themselves."""
        return {**self.__dict__, "_opened": []}

    def _predictors(self) -> Sequence[Predictor]:
        if not self._opened:
            for teacher in self._teachers:
                self._opened.append(self._open(teacher))
        return self._opened

    def _open(self, teacher: str) -> Predictor:
        if teacher.endswith(".npz"):
            raise TrainingError(f"teacher {teacher} holds predictions of other views: teacher_views needs a model")
        predictor = open_predictor(teacher)
        if not all(isinstance(each, CropInput) for each in predictor.inputs):
            raise TrainingError(f"teacher {teacher} takes landmarks: teacher_views needs models of crops")
        if not any(self._shares(predictor, name) for name in self._heads):
            raise TrainingError(f"teacher {teacher} knows none of {', '.join(self._heads)}: give another")
        return predictor

    def _shares(self, predictor: Predictor, name: str) -> bool:
        labels = predictor.label_sets.get(name)
        return labels is not None and len(labels) == len(self._heads.get(name, ()))
