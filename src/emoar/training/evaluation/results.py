"""The options of an evaluation and its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.training.data.agreement import Agreement
from emoar.training.data.face_dataset import SPLITS, FaceDataset
from emoar.training.evaluation.bootstrap import Intervals
from emoar.training.evaluation.decided import Decided
from emoar.training.evaluation.metrics import Score, rounded
from emoar.training.evaluation.predictions import Predictions
from emoar.training.evaluation.shifted import ShiftResult

__all__ = ["Calibration", "EvaluateOptions", "Evaluation", "LabelSetResult", "Overall", "PipelineResult"]


@dataclass(frozen=True)
class EvaluateOptions:
    """The options of an evaluation.

    Raises:
        InputError: `split` or `resamples` is out of range.
    """

    split: str = "PrivateTest"  # evaluated split
    flip: bool = False  # also evaluates the mean probabilities of each face and its mirror image
    through_pipeline: bool = False  # also evaluates the faces after detection, mesh and alignment
    shifts: bool = False  # also evaluates the faces under each shift of `shifts.SHIFTS`
    resamples: int = 1000  # number of bootstrap resamples, at least 1
    seed: int = 0  # seed of the bootstrap
    cache: Path | None = None  # folder for cached landmarks and re-aligned crops; None disables the cache

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise InputError(f"split must be one of {', '.join(SPLITS)}, got {self.split!r}")
        if self.resamples < 1:
            raise InputError(f"resamples must be at least 1, got {self.resamples}")


@dataclass(frozen=True, eq=False)
class Calibration:
    """The result of temperature scaling on the outputs of a model."""

    temperature: float  # divisor of the logarithms of the probabilities; above 1, the model is overconfident
    error: float  # expected calibration error with this temperature, 0..1
    faces: int  # number of PublicTest faces for the fit
    same_faces: bool  # whether these are also the evaluated faces, so that `error` is slightly optimistic


@dataclass(frozen=True, eq=False)
class Overall:
    """Metrics in which a face without a prediction counts as wrong."""

    count: int  # faces with a label
    accuracy: float  # top-1, 0..1
    macro_f1: float  # 0..1
    intervals: Intervals  # of accuracy and macro-F1; those of single labels are not used

    def as_dict(self) -> dict[str, Any]:
        """The results as values for JSON."""
        ends = self.intervals.as_dict(())
        return {
            "count": self.count,
            "accuracy": rounded(self.accuracy),
            "macro_f1": rounded(self.macro_f1),
            "intervals_95": {name: ends[name] for name in ("accuracy", "macro_f1")},
        }


@dataclass(frozen=True, eq=False)
class PipelineResult:
    """The metrics of one label set after detection, mesh and alignment."""

    realigned: Score  # faces with a mesh, from re-aligned crops
    own: Score  # the same faces, from the crops of the data
    overall: Overall  # all faces, from re-aligned crops
    decided: Decided | None  # `realigned` with the decided label; None for a model without rules

    def as_dict(self) -> dict[str, Any]:
        """The results as values for JSON."""
        return {
            "realigned": self.realigned.as_dict(),
            "own_crops": self.own.as_dict(),
            "overall": self.overall.as_dict(),
            "decided": self.decided.as_dict() if self.decided else None,
        }


@dataclass(frozen=True, eq=False)
class LabelSetResult:
    """All results of one label set; None for results that were not requested."""

    labels: tuple[str, ...]
    truth: NDArray[np.int64]  # (N,) index into `labels`, or `NO_LABEL`
    unknown: int  # faces left out because the model lacks their label
    score: Score  # of the faces with a prediction
    intervals: Intervals  # of `score`
    overall: Overall | None  # None where every face has a prediction
    flip: Score | None  # with test-time flipping
    flip_intervals: Intervals | None  # of `flip`
    calibration: Calibration | None  # None where the data has no labels in PublicTest
    pipeline: PipelineResult | None
    tagger: Agreement | None  # one tagger against the others; None where the label set has no votes
    decided: Decided | None  # the label that the model decides on; None for a model without rules
    decided_intervals: Intervals | None  # of its score

    def as_dict(self) -> dict[str, Any]:
        """The results as values for JSON."""
        fitted = self.calibration
        return {
            **_scored(self.score, self.intervals),
            "unknown_label": self.unknown,
            "overall": self.overall.as_dict() if self.overall else None,
            "flip": _scored(self.flip, self.flip_intervals) if self.flip and self.flip_intervals else None,
            "calibration": fitted
            and {
                "temperature": rounded(fitted.temperature),
                "ece": rounded(fitted.error),
                "faces": fitted.faces,
                "same_faces": fitted.same_faces,
            },
            "pipeline": self.pipeline.as_dict() if self.pipeline else None,
            "decided": self._decided_as_dict(),
            "one_tagger": self.tagger.as_dict() if self.tagger else None,
        }

    def _decided_as_dict(self) -> dict[str, Any] | None:
        if not self.decided or not self.decided_intervals:
            return None
        return {**self.decided.as_dict(), "intervals_95": self.decided_intervals.as_dict(self.labels)}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The results of one model on one split."""

    model: str  # name of the model
    size_bytes: int  # total size of its files
    options: EvaluateOptions
    faces: FaceDataset  # faces of the split
    predictions: Predictions  # from the crops of the data
    flipped: Predictions | None  # mean with the mirror images; None where not requested
    through: Predictions | None  # from re-aligned crops; None where not requested
    detected: int | None  # faces that the detector of the pipeline found; None where not requested
    sets: Mapping[str, LabelSetResult]  # by label set
    shifts: Sequence[ShiftResult] = ()  # empty where not requested

    def as_dict(self) -> dict[str, Any]:
        """The results as values for JSON."""
        through = self.through and {"detected": self.detected, "mesh": int(self.through.found.sum())}
        return {
            "model": self.model,
            "size_bytes": self.size_bytes,
            "split": self.options.split,
            "faces": len(self.faces),
            "predicted": int(self.predictions.found.sum()),
            "bootstrap": {"resamples": self.options.resamples, "seed": self.options.seed},
            "through_pipeline": through,
            "label_sets": {name: result.as_dict() for name, result in self.sets.items()},
            "shifts": [result.as_dict() for result in self.shifts] if self.options.shifts else None,
        }


def _scored(score: Score, intervals: Intervals) -> dict[str, Any]:
    return {**score.as_dict(), "intervals_95": intervals.as_dict(score.labels)}
