"""How good a model is, by the protocols of FER2013 and FER+, or on classes of one's own. Needs no torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.labels import CUSTOM, LABEL_SETS
from emoar.perception.classifier import ExpressionClassifier
from emoar.training.data.read import NO_LABEL, FaceDataset
from emoar.training.evaluation.bootstrap import Intervals, bootstrap
from emoar.training.evaluation.calibration import expected_calibration_error, fit_temperature, with_temperature
from emoar.training.evaluation.metrics import Score, accuracy_of, confusion_of, labelled, macro_f1_of, score
from emoar.training.evaluation.predictions import Predictions, Report, mean_of, predict_crops, predict_realigned
from emoar.training.evaluation.predictor import Predictor
from emoar.training.evaluation.results import (
    Calibration,
    EvaluateOptions,
    Evaluation,
    LabelSetResult,
    Overall,
    PipelineResult,
)
from emoar.training.faces.realign import realign

__all__ = ["EvaluateOptions", "Evaluation", "Prediction", "evaluate", "predictions", "score_all", "truth_in"]

Prediction = Mapping[str, NDArray[np.float32]]  # (labels,) probabilities by label set
_HELD_OUT: Final = "PublicTest"  # for choosing, and so for temperatures


@dataclass(frozen=True, eq=False)
class _HeldOut:
    """The faces that a temperature is fitted on."""

    faces: FaceDataset
    predictions: Predictions
    same_faces: bool  # that are evaluated


@dataclass(frozen=True, eq=False)
class _Said:
    """What the model said of all faces, in every way that was asked for."""

    options: EvaluateOptions
    predictions: Predictions
    flipped: Predictions | None
    through: Predictions | None
    held_out: _HeldOut | None


def evaluate(
    predictor: Predictor,
    data: FaceDataset,
    options: EvaluateOptions,
    report: Report = lambda _what, _done, _all: None,
) -> Evaluation:
    """Judges the faces of one split and measures all that `options` asks for.

    Args:
        predictor: the model.
        data: with all its splits: `PublicTest` is what a temperature is fitted on.
        options: what is measured.
        report: called after each face.

    Raises:
        DataError: the split is empty, or has no label that the model knows, or no face could be classified.
        ModelMismatch: the model gives no probabilities.
        ModelMissing: a public model that is needed is not on this machine.
    """
    faces = data.of_split(options.split)
    truths = _truths(predictor, faces)
    predictions = predict_crops(predictor, faces.images, options.cache, "classifying", report)
    flipped = None
    if options.flip:
        mirrored = np.ascontiguousarray(faces.images[:, :, ::-1])
        flipped = mean_of(predictions, predict_crops(predictor, mirrored, options.cache, "mirror images", report))
    realigned = through = None
    if options.through_pipeline:
        realigned = realign(faces.images, options.cache, lambda done, count: report("the pipeline", done, count))
        through = predict_realigned(predictor, realigned, report)
    said = _Said(options, predictions, flipped, through, _held_out(predictor, data, options, predictions, report))
    return Evaluation(
        model=predictor.name,
        size_bytes=predictor.size_bytes,
        options=options,
        faces=faces,
        predictions=predictions,
        flipped=flipped,
        through=through,
        detected=int(realigned.detected.sum()) if realigned else None,
        sets={name: _result(name, labels, truth, unknown, said) for name, (labels, truth, unknown) in truths.items()},
    )


def truth_in(data: FaceDataset, name: str, labels: tuple[str, ...]) -> tuple[NDArray[np.int64], int]:
    """(N,) the faces' labels as a model with these labels counts them, and how many faces have one that it lacks.

    A published label set is compared with itself alone. Any other label set of a model is compared with the data's own
    classes, by their names: their order, and how many there are, may differ.
    """
    if name in LABEL_SETS:
        return data.truth(name), 0
    places = np.array([labels.index(label) if label in labels else NO_LABEL for label in data.classes], np.int64)
    own = data.truth(CUSTOM)
    if not len(places):
        return np.full(len(own), NO_LABEL, np.int64), 0
    truth = np.where(own == NO_LABEL, NO_LABEL, places[np.maximum(own, 0)])
    return truth, int(((own != NO_LABEL) & (truth == NO_LABEL)).sum())


def predictions(model: Path, images: NDArray[np.uint8]) -> Iterator[Prediction]:
    """The probabilities of each of (N, 48, 48) grey crops, one after the other, by a .tflite."""
    classifier = ExpressionClassifier(model)
    for image in images:
        yield classifier.classify(image)
    classifier.close()


def score_all(predicted: Sequence[Prediction], data: FaceDataset) -> dict[str, Score]:
    """The scores by label set; a set without a single label in the data is left out.

    Raises:
        DataError: no face has a label.
    """
    known = data.label_sets
    scores = {
        name: score(np.stack([p[name] for p in predicted]), data.truth(name), labels)
        for name, labels in known.items()
        if name in predicted[0]
    }
    if not scores:
        raise DataError("no face in the data has a label that the model knows")
    return scores


def _truths(predictor: Predictor, faces: FaceDataset) -> dict[str, tuple[tuple[str, ...], NDArray[np.int64], int]]:
    """The label sets that model and faces have in common: labels, truth, faces with a label that the model lacks."""
    found = {name: (labels, *truth_in(faces, name, labels)) for name, labels in predictor.label_sets.items()}
    common = {name: entry for name, entry in found.items() if (entry[1] != NO_LABEL).any()}
    if not common:
        knows = "; ".join(f"{name} ({', '.join(labels)})" for name, labels in predictor.label_sets.items())
        have = "; ".join(f"{name} ({', '.join(labels)})" for name, labels in faces.label_sets.items()) or "no labels"
        raise DataError(f"{predictor.name} and the data have no label in common: it knows {knows}; the data has {have}")
    return common


def _held_out(
    predictor: Predictor, data: FaceDataset, options: EvaluateOptions, predictions: Predictions, report: Report
) -> _HeldOut | None:
    if _HELD_OUT not in data.split:
        return None
    faces = data.of_split(_HELD_OUT)
    if options.split == _HELD_OUT:
        return _HeldOut(faces, predictions, same_faces=True)
    said = predict_crops(predictor, faces.images, options.cache, f"{_HELD_OUT}, for the temperature", report)
    return _HeldOut(faces, said, same_faces=False)


def _result(name: str, labels: tuple[str, ...], truth: NDArray[np.int64], unknown: int, said: _Said) -> LabelSetResult:
    predictions, options = said.predictions, said.options
    plain, ends = _scored(predictions, name, truth, labels, options)
    flip, flip_ends = _scored(said.flipped, name, truth, labels, options) if said.flipped else (None, None)
    return LabelSetResult(
        labels=labels,
        truth=truth,
        unknown=unknown,
        score=plain,
        intervals=ends,
        overall=None if predictions.found.all() else _overall(predictions, name, truth, len(labels), options),
        flip=flip,
        flip_intervals=flip_ends,
        calibration=_calibration(predictions, name, truth, labels, said.held_out) if said.held_out else None,
        pipeline=_through(predictions, said.through, name, truth, labels, options) if said.through else None,
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
    said, said_truth = labelled(held_out.predictions.probabilities[name], public)
    if not len(said_truth) or not len(known):
        return None
    temperature = fit_temperature(said, said_truth)
    after = with_temperature(probabilities, temperature)
    error = expected_calibration_error(after, after.argmax(axis=1) == known)
    return Calibration(temperature, error, len(said_truth), held_out.same_faces)


def _overall(
    predictions: Predictions, name: str, truth: NDArray[np.int64], classes: int, options: EvaluateOptions
) -> Overall:
    """A face without a prediction gets a label that is never true: it counts as wrong, also in the recall."""
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
