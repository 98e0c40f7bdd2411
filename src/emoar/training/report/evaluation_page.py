"""The report of an evaluation as one page: figures, charts, and the worst mistakes as pictures.

The pictures are the user's own, drawn into the page when it is made.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar import __version__
from emoar.training.evaluation.calibration import Reliability, reliability, with_temperature
from emoar.training.evaluation.metrics import Score, labelled
from emoar.training.evaluation.results import Evaluation, LabelSetResult
from emoar.training.report.charts import confidence_histogram, confusion_chart, label_bars, reliability_chart
from emoar.training.report.html_page import cards, faces, figure, grid, heading, note, page, part, section, table

__all__ = ["evaluation_page", "mistakes", "title_of"]

_TITLES: Final = {"fer2013": "FER2013", "ferplus": "FER+"}
_PAIRS: Final = 6  # of labels that are mixed up most


def evaluation_page(found: Evaluation, data: str, worst: int = 24) -> str:
    """The page.

    Args:
        found: the evaluation.
        data: what the data is called.
        worst: how many mistakes are shown of each label set; 0 puts no picture into the page.
    """
    split, count = found.options.split, len(found.faces)
    head = [
        heading(found.model),
        note(
            f"{data}, {split}, {count} faces. Model files: {found.size_bytes / 1e6:.2f} MB. "
            f"emoar {__version__}, {date.today().isoformat()}."
        ),
        cards(_card(name, result) for name, result in found.sets.items()),
        _summary(found),
    ]
    if not found.predictions.found.all():
        head.append(
            note(
                f"The model takes landmarks: {int(found.predictions.found.sum())} of {count} faces have a mesh; the "
                "figures are of these. Overall counts the others as wrong."
            )
        )
    sections = [_label_set(found, name, worst) for name in found.sets]
    through = [_pipeline(found)] if found.through else []
    return page(f"{found.model} on {split}", [*head, *sections, *through, _meaning(found, worst)])


def title_of(label_set: str) -> str:
    """What people call a label set."""
    return _TITLES.get(label_set, label_set)


def mistakes(found: Evaluation, label_set: str, count: int) -> list[tuple[int, int, int, float]]:
    """The surest mistakes first: position among the faces, true label, predicted label, confidence."""
    result = found.sets[label_set]
    places = np.flatnonzero((result.truth >= 0) & found.predictions.found)
    probabilities, truth = found.predictions.probabilities[label_set][places], result.truth[places]
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != truth)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:count]
    return [(int(places[i]), int(truth[i]), int(predicted[i]), float(confidence[i])) for i in worst]


def _card(name: str, result: LabelSetResult) -> tuple[str, str, str]:
    low, high = result.intervals.accuracy
    return (
        f"{title_of(name)}, top-1",
        _share(result.score.accuracy, 2),
        f"95 %: {_share(low)} to {_share(high)}; macro-F1 {_figure(result.score.macro_f1)}",
    )


def _summary(found: Evaluation) -> str:
    rows: list[tuple[str, ...]] = []
    for name, result in found.sets.items():
        rows.append((title_of(name), *_scored(result.score), *_fitted(result)))
        if result.flip:
            rows.append((f"{title_of(name)}, with mirror image", *_scored(result.flip), "", ""))
        if result.overall:
            overall = result.overall
            figures = (str(overall.count), _share(overall.accuracy, 2), _figure(overall.macro_f1), "", "", "")
            rows.append((f"{title_of(name)}, overall", *figures))
    headings = ("label set", "faces", "top-1", "macro-F1", "ECE as it is", "ECE, temperature fitted", "temperature")
    return table(headings, rows)


def _scored(score: Score) -> tuple[str, ...]:
    return (
        str(score.count),
        _share(score.accuracy, 2),
        _figure(score.macro_f1),
        _share(score.expected_calibration_error, 2),
    )


def _fitted(result: LabelSetResult) -> tuple[str, str]:
    fitted = result.calibration
    if fitted is None:
        return "-", "-"
    star = " *" if fitted.same_faces else ""
    return f"{_share(fitted.error, 2)}{star}", f"{fitted.temperature:.3f}"


def _label_set(found: Evaluation, name: str, worst: int) -> str:
    result = found.sets[name]
    score, ends = result.score, result.intervals
    known, truth = labelled(found.predictions.probabilities[name], found.predictions.seen(result.truth))
    correct = known.argmax(axis=1) == truth
    figures = {"precision": score.precision, "recall": score.recall, "F1": score.f1}
    intervals = {"precision": ends.precision, "recall": ends.recall, "F1": ends.f1}
    unknown = [note(f"{result.unknown} faces have labels that the model lacks, and are left out.")] * (
        result.unknown > 0
    )
    parts = [
        *unknown,
        grid(
            (
                figure(confusion_chart(result.labels, score.confusion), "Confusion matrix, shares of each true label"),
                figure(
                    label_bars(result.labels, figures, score.support, intervals),
                    "Precision, recall and F1, with 95 % intervals",
                ),
                figure(reliability_chart(reliability(known, correct), _after(result, known, correct)), "Reliability"),
                figure(confidence_histogram(known.max(axis=1).astype(np.float64), correct), "Confidence"),
            )
        ),
        grid(
            (
                part("By label", table(("label", "faces", "named", "precision", "recall", "F1"), _by_label(score))),
                part("Mixed up most", table(("true", "called", "faces", "of the true label"), _pairs(score))),
            )
        ),
        *_worst(found, name, worst),
    ]
    return section(f"{title_of(name)}: {score.count} faces", parts)


def _after(result: LabelSetResult, known: NDArray[np.float32], correct: NDArray[np.bool_]) -> Reliability | None:
    if result.calibration is None:
        return None
    return reliability(with_temperature(known, result.calibration.temperature), correct)


def _by_label(score: Score) -> Iterator[tuple[str, ...]]:
    named = score.confusion.sum(axis=0)
    for index, label in enumerate(score.labels):
        shares = (_share(values[index]) for values in (score.precision, score.recall, score.f1))
        yield (label, str(score.support[index]), str(named[index]), *shares)


def _pairs(score: Score) -> Iterator[tuple[str, ...]]:
    wrong = score.confusion.copy()
    np.fill_diagonal(wrong, 0)
    for cell in np.argsort(-wrong, axis=None, kind="stable")[:_PAIRS].tolist():
        true, called = divmod(cell, len(score.labels))
        if wrong[true, called]:
            count, support = int(wrong[true, called]), int(score.support[true])
            yield score.labels[true], score.labels[called], str(count), _share(count / support)


def _worst(found: Evaluation, name: str, count: int) -> Iterator[str]:
    labels, images, rows = found.sets[name].labels, found.faces.images, found.faces.rows
    shown = mistakes(found, name, count)
    if not shown:
        return
    pictures = faces(
        (images[place], f"{labels[true]}, called {labels[called]} ({confidence:.0%})", f"row {rows[place]}")
        for place, true, called, confidence in shown
    )
    yield part("The surest mistakes", pictures)


def _pipeline(found: Evaluation) -> str:
    assert found.through is not None
    mesh, count = int(found.through.found.sum()), len(found.faces)
    text = (
        "Each face is laid on a grey picture and goes through detector, mesh and alignment, as in a video. "
        f"The detector sees {found.detected} of {count} faces, the mesh holds on {mesh} ({mesh / count:.1%})."
    )
    headings = (
        "label set",
        "faces with a mesh",
        "top-1, re-aligned",
        "top-1, own crops",
        "macro-F1, re-aligned",
        "ECE, re-aligned",
        "all faces",
        "top-1, missing are wrong",
        "95 %",
    )
    rows: list[tuple[str, ...]] = []
    for name, result in found.sets.items():
        if result.pipeline is None:
            continue
        re, own, overall = result.pipeline.realigned, result.pipeline.own, result.pipeline.overall
        low, high = overall.intervals.accuracy
        rows.append(
            (
                title_of(name),
                str(re.count),
                _share(re.accuracy, 2),
                _share(own.accuracy, 2),
                _figure(re.macro_f1),
                _share(re.expected_calibration_error, 2),
                str(overall.count),
                _share(overall.accuracy, 2),
                f"{_share(low)} to {_share(high)}",
            )
        )
    return section("Through the pipeline", [note(text), table(headings, rows)])


def _meaning(found: Evaluation, worst: int) -> str:
    options = found.options
    lines = [
        f"Intervals: the middle 95 % of {options.resamples} resamples of the faces (bootstrap, seed {options.seed}).",
        "Macro-F1: the mean F1 of the labels that occur. ECE: expected calibration error, 15 equal bins.",
        "FER+: against the majority of the votes, without faces whose majority is unknown or no face; of a tie, the "
        "first label.",
    ]
    fitted = [result.calibration for result in found.sets.values() if result.calibration]
    if fitted:
        lines.append(
            "The temperature is the one with the least negative log-likelihood on PublicTest"
            + (", which are these same faces (*): a little flattering." if fitted[0].same_faces else ".")
            + " A shipped file has a temperature inside; 1.000 here says that it still is the best one."
        )
    if worst:
        lines.append("This page holds pictures out of the data: keep and share it as you would the data.")
    lines.append("EmoAR recognises expressions, not feelings.")
    return section("What the figures mean", map(note, lines))


def _share(value: float, digits: int = 1) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.{digits}f} %"


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
