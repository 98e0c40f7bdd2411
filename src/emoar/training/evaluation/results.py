"""The options of an evaluation and its results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.training.data.face_dataset import SPLITS, FaceDataset
from emoar.training.evaluation.bootstrap import Intervals
from emoar.training.evaluation.metrics import Score, rounded
from emoar.training.evaluation.predictions import Predictions

__all__ = ["Calibration", "EvaluateOptions", "Evaluation", "LabelSetResult", "Overall", "PipelineResult"]


@dataclass(frozen=True)
class EvaluateOptions:
    """What is measured."""

    split: str = "PrivateTest"
    flip: bool = False  # also the mean of each face and its mirror image
    through_pipeline: bool = False  # also the faces as detector, mesh and alignment hand them over
    resamples: int = 1000  # of the bootstrap
    seed: int = 0  # of the bootstrap
    cache: Path | None = None  # a folder that keeps landmarks and re-aligned crops; None keeps nothing

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise InputError(f"split must be one of {', '.join(SPLITS)}, got {self.split!r}")
        if self.resamples < 1:
            raise InputError(f"resamples must be at least 1, got {self.resamples}")


@dataclass(frozen=True, eq=False)
class Calibration:
    """The effect of one more temperature."""

    temperature: float  # divides the logarithms of the probabilities; above 1 the model was too confident
    error: float  # expected calibration error with it
    faces: int  # of PublicTest, on which it was fitted
    same_faces: bool  # they are also the faces of `error`, which is then a little too low


@dataclass(frozen=True, eq=False)
class Overall:
    """Figures in which a face without a prediction counts as wrong."""

    count: int
    accuracy: float
    macro_f1: float
    intervals: Intervals

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        ends = self.intervals.as_dict(())
        return {
            "count": self.count,
            "accuracy": rounded(self.accuracy),
            "macro_f1": rounded(self.macro_f1),
            "intervals_95": {name: ends[name] for name in ("accuracy", "macro_f1")},
        }


@dataclass(frozen=True, eq=False)
class PipelineResult:
    """One label set on faces that went through detection, mesh and alignment."""

    realigned: Score  # of the faces with a mesh, from the pipeline's own crops
    own: Score  # of the same faces, from the crops of the data
    overall: Overall  # of all faces

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "realigned": self.realigned.as_dict(),
            "own_crops": self.own.as_dict(),
            "overall": self.overall.as_dict(),
        }


@dataclass(frozen=True, eq=False)
class LabelSetResult:
    """Everything about one label set."""

    labels: tuple[str, ...]
    truth: NDArray[np.int64]  # (N,) index into `labels`, or `NO_LABEL`
    unknown: int  # faces left out, since the model lacks their label
    score: Score
    intervals: Intervals
    overall: Overall | None  # where some faces have no prediction
    flip: Score | None  # with the mirror images
    flip_intervals: Intervals | None
    calibration: Calibration | None  # None where the data has no PublicTest
    pipeline: PipelineResult | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
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
        }


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One model on one split."""

    model: str
    size_bytes: int
    options: EvaluateOptions
    faces: FaceDataset  # of the split
    predictions: Predictions
    flipped: Predictions | None
    through: Predictions | None  # the pipeline's own crops, where it has a mesh
    detected: int | None  # faces that its detector saw
    sets: Mapping[str, LabelSetResult]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
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
        }


def _scored(score: Score, intervals: Intervals) -> dict[str, Any]:
    return {**score.as_dict(), "intervals_95": intervals.as_dict(score.labels)}
