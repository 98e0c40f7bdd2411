"""Evaluation of a model by the protocols of FER2013 and FER+, or on custom classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.labels import CUSTOM, LABEL_SETS
from emoar.progress import NO_PROGRESS, Progress, renamed
from emoar.training.data.agreement import tagger_agreement
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.bootstrap import Intervals, bootstrap
from emoar.training.evaluation.calibration import (
    expected_calibration_error,
    fit_temperature,
    logits_of,
    with_temperature,
)
from emoar.training.evaluation.metrics import Score, accuracy_of, confusion_of, labelled, macro_f1_of, score
from emoar.training.evaluation.predictions import Predictions, mean_of, predict_crops, predict_realigned
from emoar.training.evaluation.predictor import Predictor
from emoar.training.evaluation.results import (
    Calibration,
    EvaluateOptions,
    Evaluation,
    LabelSetResult,
    Overall,
    PipelineResult,
)
from emoar.training.evaluation.shifted import ShiftResult, score_shifts
from emoar.training.evaluation.shifts import shifts_for
from emoar.training.faces.realign import realign

__all__ = ["evaluate", "truth_in"]

_HELD_OUT: Final = "PublicTest"  # validation split, used for fitting temperatures


@dataclass(frozen=True, eq=False)
class _HeldOut:
    """The faces for fitting temperatures."""

    faces: FaceDataset
    predictions: Predictions
    same_faces: bool  # whether they are also the evaluated faces


@dataclass(frozen=True, eq=False)
class _AllPredictions:
    """The predictions for all faces, in the variants that the options request."""

    options: EvaluateOptions
    predictions: Predictions
    flipped: Predictions | None
    through: Predictions | None
    held_out: _HeldOut | None
    faces: FaceDataset


def evaluate(
    predictor: Predictor,
    data: FaceDataset,
    options: EvaluateOptions,
    progress: Progress = NO_PROGRESS,
) -> Evaluation:
    """Predicts the faces of one split and computes all metrics that `options` requests.

    Args:
        predictor: the model.
        data: the data with all splits: temperatures are fitted on `PublicTest`.
        options: split and metrics.
        progress: advances with each batch of faces.

    Raises:
        DataError: the split is empty, has no labels of the model, or no face can be classified.
        ModelMismatch: the outputs of the model are not probabilities.
        ModelMissing: a public model that is needed is not on this machine.
        OutputError: the cache cannot be written.
    """
    faces = data.of_split(options.split)
    truths = _truths(predictor, faces)
    predictions = predict_crops(predictor, faces.images, options.cache, "classifying", progress)
    flipped = None
    if options.flip:
        mirrored = np.ascontiguousarray(faces.images[:, :, ::-1])
        flipped = mean_of(predictions, predict_crops(predictor, mirrored, options.cache, "mirror images", progress))
    realigned = through = None
    if options.through_pipeline:
        realigned = realign(faces.images, options.cache, renamed(progress, "the pipeline"))
        through = predict_realigned(predictor, realigned, progress)
    held_out = _held_out(predictor, data, options, predictions, progress)
    found = _AllPredictions(options, predictions, flipped, through, held_out, faces)
    return Evaluation(
        model=predictor.name,
        size_bytes=predictor.size_bytes,
        options=options,
        faces=faces,
        predictions=predictions,
        flipped=flipped,
        through=through,
        detected=int(realigned.detected.sum()) if realigned else None,
        sets={name: _result(name, labels, truth, unknown, found) for name, (labels, truth, unknown) in truths.items()},
        shifts=_shifts(predictor, faces, truths, progress) if options.shifts else (),
    )


def truth_in(data: FaceDataset, name: str, labels: tuple[str, ...]) -> tuple[NDArray[np.int64], int]:
    """The true labels of N faces as indices into the labels of a model.

    Published label sets must have the same name in data and model. Any other label set of a model is matched with the
    `custom` classes of the data by the names of the labels; their order and number may differ.

    Args:
        data: the faces.
        name: name of the label set of the model.
        labels: its labels.

    Returns:
        (N,) indices or `NO_LABEL`, and the number of faces with a label that the model lacks.
    """
    if name in LABEL_SETS:
        return data.truth(name), 0
    places = np.array([labels.index(label) if label in labels else NO_LABEL for label in data.classes], np.int64)
    own = data.truth(CUSTOM)
    if not len(places):
        return np.full(len(own), NO_LABEL, np.int64), 0
    truth = np.where(own == NO_LABEL, NO_LABEL, places[np.maximum(own, 0)])
    return truth, int(((own != NO_LABEL) & (truth == NO_LABEL)).sum())


def _truths(predictor: Predictor, faces: FaceDataset) -> dict[str, tuple[tuple[str, ...], NDArray[np.int64], int]]:
    """The common label sets of model and faces, each with its labels and the values of `truth_in`."""
    found = {name: (labels, *truth_in(faces, name, labels)) for name, labels in predictor.label_sets.items()}
    common = {name: entry for name, entry in found.items() if (entry[1] != NO_LABEL).any()}
    if not common:
        knows = "; ".join(f"{name} ({', '.join(labels)})" for name, labels in predictor.label_sets.items())
        have = "; ".join(f"{name} ({', '.join(labels)})" for name, labels in faces.label_sets.items()) or "no labels"
        raise DataError(f"{predictor.name} and the data have no label in common: it has {knows}; the data has {have}")
    return common


def _shifts(
    predictor: Predictor,
    faces: FaceDataset,
    truths: Mapping[str, tuple[tuple[str, ...], NDArray[np.int64], int]],
    progress: Progress,
) -> list[ShiftResult]:
    wanted = {name: (labels, truth) for name, (labels, truth, _) in truths.items()}
    return score_shifts(predictor, faces.images, wanted, shifts_for(colour=faces.colour), progress)


def _held_out(
    predictor: Predictor, data: FaceDataset, options: EvaluateOptions, predictions: Predictions, progress: Progress
) -> _HeldOut | None:
    if _HELD_OUT not in data.split:
        return None
    faces = data.of_split(_HELD_OUT)
    if options.split == _HELD_OUT:
        return _HeldOut(faces, predictions, same_faces=True)
    predicted = predict_crops(predictor, faces.images, options.cache, f"{_HELD_OUT}, for the temperature", progress)
    return _HeldOut(faces, predicted, same_faces=False)


def _result(
    name: str, labels: tuple[str, ...], truth: NDArray[np.int64], unknown: int, found: _AllPredictions
) -> LabelSetResult:
    predictions, options = found.predictions, found.options
    plain, ends = _scored(predictions, name, truth, labels, options)
    flip, flip_ends = _scored(found.flipped, name, truth, labels, options) if found.flipped else (None, None)
    return LabelSetResult(
        labels=labels,
        truth=truth,
        unknown=unknown,
        score=plain,
        intervals=ends,
        overall=None if predictions.found.all() else _overall(predictions, name, truth, len(labels), options),
        flip=flip,
        flip_intervals=flip_ends,
        calibration=_calibration(predictions, name, truth, labels, found.held_out) if found.held_out else None,
        pipeline=_through(predictions, found.through, name, truth, labels, options) if found.through else None,
        tagger=tagger_agreement(found.faces.voted[name]) if name in found.faces.voted else None,
    )


def _scored(
    predictions: Predictions, name: str, truth: NDArray[np.int64], labels: tuple[str, ...], options: EvaluateOptions
) -> tuple[Score, Intervals]:
    probabilities, known = labelled(predictions.probabilities[name], predictions.seen(truth))
    predicted = probabilities.argmax(axis=1)
    return (
        score(probabilities, known, labels),
        bootstrap(known, predicted, len(labels), options.resamples, options.seed),
    )


def _calibration(
    predictions: Predictions, name: str, truth: NDArray[np.int64], labels: tuple[str, ...], held_out: _HeldOut
) -> Calibration | None:
    probabilities, known = labelled(predictions.probabilities[name], predictions.seen(truth))
    public = held_out.predictions.seen(truth_in(held_out.faces, name, labels)[0])
    fitted_on, fitted_truth = labelled(held_out.predictions.probabilities[name], public)
    if not len(fitted_truth) or not len(known):
        return None
    temperature = fit_temperature(logits_of(fitted_on), fitted_truth)
    after = with_temperature(probabilities, temperature)
    error = expected_calibration_error(after, after.argmax(axis=1) == known)
    return Calibration(temperature, error, len(fitted_truth), held_out.same_faces)


def _overall(
    predictions: Predictions, name: str, truth: NDArray[np.int64], classes: int, options: EvaluateOptions
) -> Overall:
    """Metrics over all faces: one without a prediction gets an extra label, which counts as wrong."""
    known = truth != NO_LABEL
    best = np.nan_to_num(predictions.probabilities[name]).argmax(axis=1)
    predicted = np.where(predictions.found, best, classes)[known]
    confusion = confusion_of(truth[known], predicted, classes + 1)
    intervals = bootstrap(truth[known], predicted, classes + 1, options.resamples, options.seed)
    return Overall(int(known.sum()), float(accuracy_of(confusion)), float(macro_f1_of(confusion)), intervals)


def _through(
    predictions: Predictions,
    through: Predictions,
    name: str,
    truth: NDArray[np.int64],
    labels: tuple[str, ...],
    options: EvaluateOptions,
) -> PipelineResult:
    return PipelineResult(
        realigned=score(through.probabilities[name], through.seen(truth), labels),
        own=score(predictions.probabilities[name], predictions.seen(through.seen(truth)), labels),
        overall=_overall(through, name, truth, len(labels), options),
    )
