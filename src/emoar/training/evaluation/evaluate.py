"""Evaluation of a model by the protocols of FER2013 and FER+, or on custom classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.models.decision import MIRROR, Decision
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
from emoar.training.evaluation.decided import decide, decision_of, predict_second, score_decided, second_of
from emoar.training.evaluation.metrics import Score, accuracy_of, confusion_of, labelled, macro_f1_of, score
from emoar.training.evaluation.predictions import (
    Predictions,
    mean_of,
    mirror_images,
    predict_crops,
    predict_realigned,
)
from emoar.training.evaluation.predictor import Predictor
from emoar.training.evaluation.results import (
    Calibration,
    EvaluateOptions,
    Evaluation,
    LabelSetResult,
    Overall,
    PipelineResult,
)
from emoar.training.evaluation.shifted import score_shifts
from emoar.training.evaluation.shifts import shifts_for
from emoar.training.evaluation.truths import Truth, common_truths, truth_in
from emoar.training.faces.realign import Realigned, realign

__all__ = ["evaluate"]

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
    decided: _Decided | None


@dataclass(frozen=True, eq=False)
class _Decided:
    """The decided labels of all faces."""

    decision: Decision
    predictions: Predictions
    through: Predictions | None


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
    truths = common_truths(predictor, faces)
    predictions = predict_crops(predictor, faces.images, options.cache, "classifying", progress)
    mirrored = flipped = None
    if options.flip:
        mirrored = predict_crops(predictor, mirror_images(faces.images), options.cache, "mirror images", progress)
        flipped = mean_of(predictions, mirrored)
    decision = decision_of(predictor)
    known = mirrored if decision and decision.second == MIRROR else None
    second = known or predict_second(predictor, faces.images, "crops", progress)
    realigned = through = None
    if options.through_pipeline:
        realigned = realign(faces.images, options.cache, renamed(progress, "the pipeline"))
        through = predict_realigned(predictor, realigned, progress)
    held_out = _held_out(predictor, data, options, predictions, progress)
    decided = _decided(predictor, predictions, second, through, realigned)
    found = _AllPredictions(options, predictions, flipped, through, held_out, faces, decided)
    return Evaluation(
        model=predictor.name,
        size_bytes=predictor.size_bytes,
        options=options,
        faces=faces,
        predictions=predictions,
        flipped=flipped,
        through=through,
        detected=int(realigned.detected.sum()) if realigned else None,
        sets={name: _result(name, truth, found) for name, truth in truths.items()},
        shifts=score_shifts(predictor, faces.images, truths, shifts_for(colour=faces.colour), progress)
        if options.shifts
        else (),
    )


def _decided(
    predictor: Predictor,
    predictions: Predictions,
    second: Predictions | None,
    through: Predictions | None,
    realigned: Realigned | None,
) -> _Decided | None:
    decision, heads = decision_of(predictor), predictor.label_sets
    if decision is None:
        return None
    decided = decide(predictions, decision, heads, second)
    if through is None or realigned is None:
        return _Decided(decision, decided, None)
    asked = None
    if decision.second:
        with second_of(predictor, decision.second) as (network, mirrored):
            asked = predict_realigned(network, realigned, NO_PROGRESS, mirrored=mirrored)
    return _Decided(decision, decided, decide(through, decision, heads, asked))


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


def _result(name: str, truth: Truth, found: _AllPredictions) -> LabelSetResult:
    predictions, options, labels, index = found.predictions, found.options, truth.labels, truth.index
    plain, ends = _scored(predictions, name, index, labels, options)
    flip, flip_ends = _scored(found.flipped, name, index, labels, options) if found.flipped else (None, None)
    of = found.decided
    return LabelSetResult(
        labels=labels,
        truth=index,
        unknown=truth.unknown,
        score=plain,
        intervals=ends,
        overall=None if predictions.found.all() else _overall(predictions, name, index, len(labels), options),
        flip=flip,
        flip_intervals=flip_ends,
        calibration=_calibration(predictions, name, index, labels, found.held_out) if found.held_out else None,
        pipeline=_through(found, found.through, name, truth) if found.through else None,
        tagger=tagger_agreement(found.faces.voted[name]) if name in found.faces.voted else None,
        decided=score_decided(of.predictions, of.decision, name, labels, index) if of else None,
        decided_intervals=_scored(of.predictions, name, index, labels, options)[1] if of else None,
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
    public = held_out.predictions.seen(truth_in(held_out.faces, name, labels).index)
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


def _through(found: _AllPredictions, through: Predictions, name: str, truth: Truth) -> PipelineResult:
    predictions, of, labels, index = found.predictions, found.decided, truth.labels, truth.index
    return PipelineResult(
        realigned=score(through.probabilities[name], through.seen(index), labels),
        own=score(predictions.probabilities[name], predictions.seen(through.seen(index)), labels),
        overall=_overall(through, name, index, len(labels), found.options),
        decided=score_decided(of.through, of.decision, name, labels, index) if of and of.through else None,
    )
