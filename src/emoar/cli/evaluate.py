"""`emoar evaluate`: measures the accuracy of a model."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer
from numpy.typing import NDArray
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime
from emoar.cli.progress import bars
from emoar.files import atomic_write, check_writable
from emoar.labels import title_of
from emoar.models.expression import DEFAULT_MODEL
from emoar.report import require_libraries
from emoar.training.data.face_dataset import SPLITS
from emoar.training.data.read import read_dataset
from emoar.training.evaluation.bootstrap import Intervals
from emoar.training.evaluation.evaluate import evaluate as measure
from emoar.training.evaluation.metrics import Score
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.predictions_file import require_pyarrow, write_predictions
from emoar.training.evaluation.predictor_decided import DecidedPredictor
from emoar.training.evaluation.predictor_tflite import TflitePredictor
from emoar.training.evaluation.results import EvaluateOptions, Evaluation, LabelSetResult

__all__ = ["EPILOG", "evaluate"]

EPILOG: Final = """Examples:

  emoar evaluate --data fer2013.parquet

  emoar evaluate --data fer2013.parquet --split PublicTest --model runs/mine/final.pt --tta

  emoar evaluate --data my_faces/ --model mine.onnx --report report.html --predictions faces.parquet

  emoar evaluate --data fer2013.parquet --through-pipeline --json

FER2013: top-1 on the original labels. FER+: top-1 against the majority vote, without faces whose majority is unknown
or not a face (ties: first label). PublicTest is for choosing a model; use PrivateTest once it is chosen.

The label is the one that is shown: decided from all heads, with the class shares in account (emoar train decision).
--heads gives the figures of each head alone; other files than .tflite have no such rules.

The 95 % intervals are of a bootstrap over the faces. ECE is given as the model is, and as it would be with one more
temperature, fitted on PublicTest; a checkpoint has none yet. A model that takes landmarks is measured on the faces
that have a mesh."""


def evaluate(
    context: typer.Context,
    data: Annotated[Path, typer.Option("--data", help="Parquet, fer2013.csv or an image folder.", show_default=False)],
    model: Annotated[
        str, typer.Option("--model", help="A shipped model's name, or a .tflite, .onnx or .pt.")
    ] = DEFAULT_MODEL,
    split: Annotated[str, typer.Option("--split", help=f"One of {', '.join(SPLITS)}.")] = "PrivateTest",
    tta: Annotated[bool, typer.Option("--tta", help="Also the mean of each face and its mirror image.")] = False,
    through_pipeline: Annotated[
        bool, typer.Option("--through-pipeline", help="Also after detection, mesh and alignment, as in a video.")
    ] = False,
    heads: Annotated[
        bool, typer.Option("--heads", help="Each head of the network alone, without the decision on the label.")
    ] = False,
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Writes the probabilities of each face to this .parquet.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Writes one .html with charts and the most confident mistakes.")
    ] = None,
    worst: Annotated[
        int, typer.Option("--mistakes", min=0, help="Faces of each label set in the report; 0 shows no face.")
    ] = 24,
    resamples: Annotated[int, typer.Option("--resamples", min=1, help="Of the bootstrap.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the bootstrap.")] = 0,
    cache: Annotated[
        Path | None, typer.Option("--cache", help="A folder that caches landmarks and re-aligned crops.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Measure the accuracy of the shipped model, or of another one."""
    options = EvaluateOptions(split, tta, through_pipeline, resamples, seed, cache)
    if predictions:
        require_pyarrow()
    if report:
        require_libraries()
    for path in filter(None, (predictions, report)):
        check_writable(path)
    faces = read_dataset(data)
    preload_runtime(verbose=is_verbose(context))
    predictor = open_predictor(model)
    if isinstance(predictor, TflitePredictor) and not heads:
        predictor = DecidedPredictor(predictor, predictor.decision)
    with bars(is_quiet(context)) as show:
        found = measure(predictor, faces, options, show)
    predictor.close()
    if predictions:
        write_predictions(found, predictions)
    if report:
        from emoar.training.report.evaluation_page import evaluation_page

        atomic_write(report, evaluation_page(found, data.name, worst).encode())
    if as_json:
        typer.echo(json.dumps({"data": data.name, **found.as_dict()}, ensure_ascii=False))
    else:
        _print(found, data.name)


def _print(found: Evaluation, data: str) -> None:
    console = Console()
    console.print(f"[bold]{found.model}[/], {data}, {found.options.split}: {len(found.faces)} faces", highlight=False)
    if not found.predictions.found.all():
        console.print(
            f"{int(found.predictions.found.sum())} of them have a mesh, which the model needs", highlight=False
        )
    console.print(_summary(found))
    if any(result.calibration and result.calibration.same_faces for result in found.sets.values()):
        console.print("[dim]* fitted on these same faces: a little flattering[/]", highlight=False)
    for name, result in found.sets.items():
        if result.unknown:
            console.print(f"{title_of(name)}: {result.unknown} faces have labels that the model lacks", highlight=False)
        console.print(f"[bold]{title_of(name)}[/]", _by_label(result.score), _confusion(result.score))
    if found.through:
        console.print(
            f"[bold]Through the pipeline:[/] the detector sees {found.detected} of {len(found.faces)} faces, "
            f"the mesh holds on {int(found.through.found.sum())}",
            _pipeline(found),
            highlight=False,
        )


def _summary(found: Evaluation) -> Table:
    table = Table("", box=SIMPLE, pad_edge=False)
    cells: list[tuple[str, ...]] = []
    for name, result in found.sets.items():
        table.add_column(title_of(name), justify="right", no_wrap=True)
        cells.append((*_figures(result.score, result.intervals), *_fitted(result), *_missing(result)))
        if result.flip and result.flip_intervals:
            table.add_column("+ mirror", justify="right")
            cells.append((*_figures(result.flip, result.flip_intervals), "", "", "", ""))
    headings = ("faces", "top-1", "  95 %", "macro-F1", "  95 %", "ECE", "  refitted", "  temperature")
    overall = any(result.overall for result in found.sets.values())
    for row in zip((*headings, *(["top-1, missing are wrong"] if overall else [])), *cells, strict=False):
        table.add_row(*row)
    return table


def _figures(score: Score, ends: Intervals) -> tuple[str, ...]:
    return (
        str(score.count),
        f"[bold]{_share(score.accuracy, 2)}[/]",
        f"[dim]{_between(ends.accuracy * 100, 1)}[/]",
        f"{score.macro_f1:.3f}",
        f"[dim]{_between(ends.macro_f1, 3)}[/]",
        _share(score.expected_calibration_error, 2),
    )


def _fitted(result: LabelSetResult) -> tuple[str, str]:
    fitted = result.calibration
    if fitted is None:
        return "-", "-"
    return _share(fitted.error, 2), f"{fitted.temperature:.3f}{' *' if fitted.same_faces else ''}"


def _missing(result: LabelSetResult) -> tuple[str]:
    return (_share(result.overall.accuracy, 2) if result.overall else "",)


def _by_label(score: Score) -> Table:
    table = Table("label", "faces", "precision", "recall", "F1", box=SIMPLE)
    for index, label in enumerate(score.labels):
        figures = (_share(values[index]) for values in (score.precision, score.recall, score.f1))
        table.add_row(label, str(score.support[index]), *figures)
    return table


def _confusion(score: Score) -> Table:
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("true \\ called", no_wrap=True)
    for label in score.labels:
        table.add_column(label[:6], justify="right", no_wrap=True)
    for label, row in zip(score.labels, score.confusion.tolist(), strict=True):
        table.add_row(label, *(str(count) for count in row))
    return table


def _pipeline(found: Evaluation) -> Table:
    table = Table(
        "", "with a mesh", "re-aligned", "own crops", "all faces", "missing are wrong", box=SIMPLE, pad_edge=False
    )
    for name, result in found.sets.items():
        if result.pipeline:
            re, own, overall = result.pipeline.realigned, result.pipeline.own, result.pipeline.overall
            ends = overall.intervals.accuracy
            table.add_row(
                title_of(name),
                str(re.count),
                _share(re.accuracy, 2),
                _share(own.accuracy, 2),
                str(overall.count),
                f"{_share(overall.accuracy, 2)} [dim]({_between(ends * 100, 1)})[/]",
            )
    return table


def _share(value: float, digits: int = 1) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.{digits}f} %"


def _between(ends: NDArray[np.float64], digits: int) -> str:
    return f"{ends[0]:.{digits}f}-{ends[1]:.{digits}f}"
