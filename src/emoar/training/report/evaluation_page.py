"""The report of an evaluation as an HTML page: metrics, charts, and images of the most confident mistakes.

The images are embedded from the user's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar import __version__
from emoar.labels import title_of
from emoar.report.figure import Chart
from emoar.report.html_page import Table
from emoar.report.text import number, percent
from emoar.training.evaluation.calibration import Reliability, reliability, with_temperature
from emoar.training.evaluation.coverage import Coverage
from emoar.training.evaluation.metrics import Score, labelled
from emoar.training.evaluation.results import Evaluation, LabelSetResult
from emoar.training.report.charts import confidence_histogram, confusion_matrix, label_metrics, reliability_diagram
from emoar.training.report.coverage_charts import coverage_curves, shift_chart
from emoar.training.report.html_page import Face, data_uri, render
from emoar.training.report.mistakes import Mistake, mistakes
from emoar.training.report.shift_table import SHIFT_HEADINGS, shift_tables

__all__ = ["evaluation_page"]

_CONFUSIONS: Final = 6  # pairs of labels in the table


@dataclass(frozen=True)
class _Card:
    """The main metrics of one label set."""

    title: str
    accuracy: float
    low: float
    high: float
    balanced: float
    macro_f1: float


@dataclass(frozen=True)
class _Section:
    """One label set."""

    title: str
    faces: int
    unknown: int
    charts: tuple[Chart, ...]
    by_label: Table
    confusions: Table
    mistakes: tuple[Face, ...]
    shifts: tuple[tuple[str, Table], ...]


@dataclass(frozen=True)
class _Pipeline:
    """The faces after detection, mesh and alignment."""

    detected: int | None
    mesh: int
    table: Table


def evaluation_page(evaluation: Evaluation, data: str, worst: int = 24) -> str:
    """The HTML text of the page.

    Args:
        evaluation: the results.
        data: name of the data.
        worst: number of mistakes shown for each label set; with 0, the page has no images.
    """
    return render(
        "evaluation.html.jinja",
        model=evaluation.model,
        split=evaluation.options.split,
        data=data,
        faces=len(evaluation.faces),
        usable=int(evaluation.predictions.found.sum()),
        size_bytes=evaluation.size_bytes,
        version=__version__,
        date=date.today().isoformat(),
        cards=[_card(name, result) for name, result in evaluation.sets.items()],
        summary=_summary(evaluation),
        sections=[_section(evaluation, name, worst) for name in evaluation.sets],
        pipeline=_pipeline(evaluation),
        options=evaluation.options,
        fitted=next((result.calibration for result in evaluation.sets.values() if result.calibration), None),
        worst=worst,
        shifted=bool(evaluation.shifts),
    )


def _card(name: str, result: LabelSetResult) -> _Card:
    low, high = result.intervals.accuracy.tolist()
    score = result.score
    return _Card(title_of(name), score.accuracy, low, high, score.balanced_accuracy, score.macro_f1)


def _summary(evaluation: Evaluation) -> Table:
    rows: list[tuple[str, ...]] = []
    for name, result in evaluation.sets.items():
        title = title_of(name)
        rows.append((title, *_scored(result.score, result.intervals.accuracy), *_fitted(result)))
        if result.decided and result.decided_intervals:
            figures = _scored(result.decided.score, result.decided_intervals.accuracy)
            rows.append((f"{title}, decided", *figures, "", ""))
        if result.flip and result.flip_intervals:
            rows.append((f"{title}, with mirror image", *_scored(result.flip, result.flip_intervals.accuracy), "", ""))
        if overall := result.overall:
            accuracy = (percent(overall.accuracy, 2), _interval(overall.intervals.accuracy), "")
            rows.append((f"{title}, overall", str(overall.count), *accuracy, number(overall.macro_f1), "", "", ""))
    calibration = ("ECE", "ECE, temperature fitted", "temperature")
    return Table(("label set", "faces", "top-1", "95 %", "balanced", "macro-F1", *calibration), rows)


def _scored(score: Score, interval: NDArray[np.float64]) -> tuple[str, ...]:
    accuracy, error = percent(score.accuracy, 2), percent(score.expected_calibration_error, 2)
    balanced = percent(score.balanced_accuracy, 2)
    return str(score.count), accuracy, _interval(interval), balanced, number(score.macro_f1), error


def _fitted(result: LabelSetResult) -> tuple[str, str]:
    fitted = result.calibration
    if fitted is None:
        return "-", "-"
    star = " *" if fitted.same_faces else ""
    return f"{percent(fitted.error, 2)}{star}", f"{fitted.temperature:.3f}"


def _section(evaluation: Evaluation, name: str, worst: int) -> _Section:
    result = evaluation.sets[name]
    score, ends = result.score, result.intervals
    known, truth = labelled(evaluation.predictions.probabilities[name], evaluation.predictions.seen(result.truth))
    correct = known.argmax(axis=1) == truth
    metrics = {"precision": score.precision, "recall": score.recall, "F1": score.f1}
    intervals = {"precision": ends.precision, "recall": ends.recall, "F1": ends.f1}
    return _Section(
        title=title_of(name),
        faces=score.count,
        unknown=result.unknown,
        charts=(
            confusion_matrix(result.labels, score.confusion),
            label_metrics(result.labels, metrics, score.support, intervals),
            reliability_diagram(reliability(known, correct), _after(result, known, correct)),
            confidence_histogram(known.max(axis=1).astype(np.float64), correct),
            coverage_curves(_curves(result)),
            *_shift_charts(evaluation, name),
        ),
        by_label=Table(("label", "faces", "predicted", "precision", "recall", "F1"), list(_by_label(score))),
        confusions=Table(("true", "predicted", "faces", "of the true label"), list(_confusions(score))),
        mistakes=tuple(_face(evaluation, name, mistake) for mistake in mistakes(evaluation, name, worst)),
        shifts=tuple(_shifts(evaluation, name)),
    )


def _curves(result: LabelSetResult) -> dict[str, Coverage]:
    decided = {"decided label": result.decided.score.coverage} if result.decided else {}
    return {"head": result.score.coverage, **decided}


def _shifts(evaluation: Evaluation, name: str) -> Iterator[tuple[str, Table]]:
    about = ("", *(each.shift.about for each in evaluation.shifts))
    for title, rows in shift_tables(evaluation, name) if evaluation.shifts else ():
        described = [(*row, text) for row, text in zip(rows, about, strict=True)]
        yield title, Table((*SHIFT_HEADINGS, "what is done"), described)


def _shift_charts(evaluation: Evaluation, name: str) -> Iterator[Chart]:
    if not evaluation.shifts:
        return
    result = evaluation.sets[name]
    plain = result.decided.score if result.decided else result.score
    shifted = {s.shift.name: s.decided[name].score if s.decided else s.heads[name] for s in evaluation.shifts}
    scores = {"none": plain, **shifted}
    yield shift_chart([(which, s.accuracy, s.coverage.accuracy_at(0.8)) for which, s in scores.items()])


def _after(result: LabelSetResult, known: NDArray[np.float32], correct: NDArray[np.bool_]) -> Reliability | None:
    if result.calibration is None:
        return None
    return reliability(with_temperature(known, result.calibration.temperature), correct)


def _by_label(score: Score) -> Iterator[tuple[str, ...]]:
    predicted = score.confusion.sum(axis=0)
    for index, label in enumerate(score.labels):
        shares = (percent(values[index]) for values in (score.precision, score.recall, score.f1))
        yield (label, str(score.support[index]), str(predicted[index]), *shares)


def _confusions(score: Score) -> Iterator[tuple[str, ...]]:
    wrong = score.confusion.copy()
    np.fill_diagonal(wrong, 0)
    for cell in np.argsort(-wrong, axis=None, kind="stable")[:_CONFUSIONS].tolist():
        true, predicted = divmod(cell, len(score.labels))
        if count := int(wrong[true, predicted]):
            yield score.labels[true], score.labels[predicted], str(count), percent(count / int(score.support[true]))


def _face(evaluation: Evaluation, label_set: str, mistake: Mistake) -> Face:
    labels, faces = evaluation.sets[label_set].labels, evaluation.faces
    caption = f"{labels[mistake.truth]}, predicted {labels[mistake.predicted]} ({mistake.confidence:.0%})"
    return Face((data_uri(faces.images[mistake.place]),), caption, (f"row {faces.rows[mistake.place]}",))


def _pipeline(evaluation: Evaluation) -> _Pipeline | None:
    if evaluation.through is None:
        return None
    headings = (
        "label set",
        "faces with a mesh",
        "top-1, realigned",
        "top-1, own crops",
        "macro-F1, realigned",
        "ECE, realigned",
        "all faces",
        "top-1, missing are wrong",
        "95 %",
    )
    rows: list[tuple[str, ...]] = []
    for name, result in evaluation.sets.items():
        if result.pipeline is None:
            continue
        re, own, overall = result.pipeline.realigned, result.pipeline.own, result.pipeline.overall
        rows.append(
            (
                title_of(name),
                str(re.count),
                percent(re.accuracy, 2),
                percent(own.accuracy, 2),
                number(re.macro_f1),
                percent(re.expected_calibration_error, 2),
                str(overall.count),
                percent(overall.accuracy, 2),
                _interval(overall.intervals.accuracy),
            )
        )
    return _Pipeline(evaluation.detected, int(evaluation.through.found.sum()), Table(headings, rows))


def _interval(ends: NDArray[np.float64]) -> str:
    low, high = ends.tolist()
    return f"{percent(low)} to {percent(high)}"
