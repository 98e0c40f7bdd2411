"""The tables of `docs/accuracy.md` that `emoar evaluate` measures, for several models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from benchmarks._environments import ROOT
from benchmarks._markdown import table
from emoar.labels import title_of
from emoar.report.text import percent
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.evaluation.bootstrap import Intervals
from emoar.training.evaluation.coverage import SHARES
from emoar.training.evaluation.evaluate import evaluate
from emoar.training.evaluation.metrics import Score
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.results import EvaluateOptions, Evaluation, LabelSetResult
from emoar.training.evaluation.shifts import SHIFTS
from emoar.training.report.shift_table import SHIFT_HEADINGS, shift_tables

_CACHE: Final = ROOT / "build" / "accuracy-cache"  # of re-aligned crops, which all models share

__all__ = ["by_label", "coverage", "headline", "manifest_figures", "shift_list", "shifts", "through_pipeline"]


def headline(models: Sequence[str], data: FaceDataset, split: str) -> str:
    """Top-1, balanced accuracy, macro-F1 and calibration of each model; and what one tagger reaches."""
    rows: list[tuple[str, ...]] = []
    taggers: dict[str, tuple[str, ...]] = {}
    for model in models:
        for name, result in _evaluated(model, data, split).sets.items():
            for title, score, intervals in _labels_of(name, result):
                low, high = (100 * intervals.accuracy).tolist()
                figures = (percent(score.accuracy, 2), f"{low:.1f} to {high:.1f}", percent(score.balanced_accuracy, 1))
                error = percent(score.expected_calibration_error)
                rows.append((model, title, *figures, f"{score.macro_f1:.3f}", error))
            if tagger := result.tagger:
                figures = (percent(tagger.accuracy, 2), "", percent(tagger.balanced_accuracy, 1))
                taggers[name] = ("one tagger", title_of(name), *figures, "", "")
    return table(("model", "labels", "top-1", "95 %", "balanced", "macro-F1", "ECE"), [*rows, *taggers.values()])


def manifest_figures(models: Sequence[str], data: FaceDataset, split: str) -> dict[str, dict[str, dict[str, float]]]:
    """By model: the top-1 accuracy of its heads, and the balanced accuracy of its label, by label set."""
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for model in models:
        sets = _evaluated(model, data, split).sets
        shown = {name: result.decided.score if result.decided else result.score for name, result in sets.items()}
        figures[model] = {
            "accuracy": {name: round(result.score.accuracy, 4) for name, result in sets.items()},
            "balanced": {name: round(score.balanced_accuracy, 4) for name, score in shown.items()},
        }
    return figures


def coverage(models: Sequence[str], data: FaceDataset, split: str) -> str:
    """Top-1 of the most confident part of the faces."""
    rows: list[tuple[str, ...]] = []
    for model in models:
        for name, result in _evaluated(model, data, split).sets.items():
            for title, score, _ in _labels_of(name, result):
                at = (percent(score.coverage.accuracy_at(share)) for share in SHARES)
                rows.append((model, title, *at, f"{score.coverage.area_under_risk:.3f}"))
    return table(("model", "labels", *(f"{share:.0%} of the faces" for share in SHARES), "AURC"), rows)


def by_label(model: str, data: FaceDataset, split: str) -> str:
    """Precision, recall and F1 of each label."""
    rows: list[tuple[str, ...]] = []
    for name, result in _evaluated(model, data, split).sets.items():
        for title, score, _ in _labels_of(name, result):
            for index, label in enumerate(score.labels):
                figures = (percent(values[index]) for values in (score.precision, score.recall, score.f1))
                rows.append((title, label, str(score.support[index]), *figures))
    return table(("labels", "label", "faces", "precision", "recall", "F1"), rows)


def shifts(model: str, data: FaceDataset, split: str) -> str:
    """Tables for each label set, under all shifts."""
    found = _evaluate(model, data, EvaluateOptions(split, shifts=True))
    return "\n\n".join(
        f"{model}, {title}:\n\n{table(SHIFT_HEADINGS, rows)}"
        for name in found.sets
        for title, rows in shift_tables(found, name)
    )


def shift_list() -> str:
    """What each shift does."""
    return table(("shift", "what is done"), [(shift.name, shift.about) for shift in SHIFTS.values()]).replace(
        "---:", "---"
    )


def through_pipeline(models: Sequence[str], data: FaceDataset, split: str) -> str:
    """Top-1 after detection, mesh and alignment."""
    rows: list[tuple[str, ...]] = []
    for model in models:
        found = _evaluate(model, data, EvaluateOptions(split, through_pipeline=True, cache=_CACHE))
        for name, result in found.sets.items():
            if found.through and (through := result.pipeline):
                mesh = f"{found.detected}, {int(found.through.found.sum())}"
                re, own, overall = through.realigned, through.own, through.overall
                error = percent(re.expected_calibration_error)
                figures = map(percent, (re.accuracy, re.balanced_accuracy, own.accuracy, overall.accuracy))
                rows.append((model, f"{title_of(name)}, head", mesh, *figures, error))
                if through.decided:
                    shown = through.decided.score
                    error = percent(shown.expected_calibration_error)
                    figures = map(percent, (shown.accuracy, shown.balanced_accuracy))
                    rows.append((model, f"{title_of(name)}, decided", mesh, *figures, "", "", error))
    headings = ("detected, mesh", "top-1", "balanced", "the same in their own crops", "all, missing are wrong", "ECE")
    return table(("model", "labels", *headings), rows)


def _labels_of(name: str, result: LabelSetResult) -> Iterator[tuple[str, Score, Intervals]]:
    """The head of a label set, and the label that is decided, each with its title."""
    yield f"{title_of(name)}, head", result.score, result.intervals
    if result.decided and result.decided_intervals:
        yield f"{title_of(name)}, decided", result.decided.score, result.decided_intervals


@cache
def _evaluated(model: str, data: FaceDataset, split: str) -> Evaluation:
    return _evaluate(model, data, EvaluateOptions(split))


def _evaluate(model: str, data: FaceDataset, options: EvaluateOptions) -> Evaluation:
    predictor = open_predictor(model)
    try:
        return evaluate(predictor, data, options)
    finally:
        predictor.close()
