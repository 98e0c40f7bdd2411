"""Distillation: the probabilities of teacher models for each training face, as soft targets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emoar.errors import TrainingError
from emoar.models.expression import expression_model
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.cache import cache_key, load_or_compute, read_arrays
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.predictions import mean_of, predict_crops

__all__ = ["TeacherProbabilities", "soft_targets", "teacher_probabilities"]

TeacherProbabilities = dict[str, NDArray[np.float32]]  # label set -> (N, labels); zeros where there is no prediction


def soft_targets(
    teachers: Sequence[str], data: FaceDataset, cache: Path, progress: Progress = NO_PROGRESS
) -> TeacherProbabilities:
    """The mean of the teachers' probabilities for each face, by label set.

    For each face and label set, the mean is over the teachers that have a prediction: a teacher may lack the label
    set, and one that takes landmarks has no prediction for a face without a mesh. Label sets that no teacher has are
    left out.

    Args:
        teachers: names of shipped models; paths of .tflite, .onnx or checkpoints (.pt), with any input; or paths of
            .npz files with `rows` (M,) and an (M, labels) array for each label set, such as out-of-fold predictions.
        data: the faces.
        cache: a folder in which the probabilities of each teacher are cached.
        progress: advances with the faces, with the name of the teacher as its task.

    Raises:
        TrainingError: a teacher has none of the label sets of the data, cannot be read, or its .npz does not fit.
        DataError: a teacher takes landmarks and no face has a mesh, or an .npz cannot be read.
        ModelMissing: there is no such model.
        ModelMismatch: a file is not an expression model.
        DependencyMissing: the runtime of a teacher is not installed.
        OutputError: the cache cannot be written.
    """
    known: dict[str, list[NDArray[np.float32]]] = {}
    for teacher in teachers:
        predicted = teacher_probabilities(teacher, data, cache, progress)
        shared = [
            name
            for name, labels in data.label_sets.items()
            if name in predicted and predicted[name].shape[1] == len(labels)
        ]
        if not shared:
            raise TrainingError(f"teacher {teacher} knows none of {', '.join(data.label_sets)}: give another")
        for name in shared:
            known.setdefault(name, []).append(predicted[name])
    return {name: _mean(each) for name, each in known.items()}


def teacher_probabilities(
    teacher: str, data: FaceDataset, cache: Path, progress: Progress = NO_PROGRESS
) -> TeacherProbabilities:
    """One teacher's mean probabilities over each face and its mirror image.

    Arguments and exceptions are those of `soft_targets`. The arrays of an .npz are used as they are.
    """
    if teacher.endswith(".npz"):
        return _from_npz(Path(teacher), data)
    path = cache / f"teacher-{Path(teacher).stem}-{_key(teacher, data)}.npz"
    return load_or_compute(path, dict, lambda: _predict(teacher, data, cache, progress))


def _predict(teacher: str, data: FaceDataset, cache: Path, progress: Progress) -> TeacherProbabilities:
    predictor = open_predictor(teacher)
    try:
        plain = predict_crops(predictor, data.images, cache, teacher, progress)
        mirrored = np.ascontiguousarray(data.images[:, :, ::-1])
        both = mean_of(plain, predict_crops(predictor, mirrored, cache, f"{teacher}, mirrored", progress))
    finally:
        predictor.close()
    return {name: np.where(both.found[:, None], p, np.float32(0)) for name, p in both.probabilities.items()}


def _mean(predicted: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """(N, labels) mean over the arrays that have a prediction for a face; zeros where none has."""
    stacked = np.stack(predicted)
    counts = (stacked.sum(axis=2, keepdims=True) > 0).sum(axis=0)
    return (stacked.sum(axis=0) / np.maximum(counts, 1).astype(np.float32)).astype(np.float32)


def _from_npz(path: Path, data: FaceDataset) -> TeacherProbabilities:
    arrays = read_arrays(path)
    if "rows" not in arrays:
        raise TrainingError(f"{path} has no array rows, which names the face of each prediction")
    try:
        place = {int(row): index for index, row in enumerate(arrays["rows"])}
        index = np.array([place[int(row)] for row in data.rows])
    except KeyError as exc:
        raise TrainingError(f"{path} has no prediction for row {exc.args[0]}: it was made from other data") from exc
    return {name: values[index].astype(np.float32) for name, values in arrays.items() if name != "rows"}


def _key(teacher: str, data: FaceDataset) -> str:
    """A key of the faces and the teacher's files: different runs and model versions have files of the same name."""
    is_file = Path(teacher).suffix in (".pt", ".onnx")
    files = [Path(teacher)] if is_file else [member.path for member in expression_model(teacher).members]
    try:
        return cache_key(data.images, *(file.read_bytes() for file in files))
    except OSError as exc:
        raise TrainingError(f"teacher {teacher} cannot be read: {exc.strerror}; give another path") from exc
