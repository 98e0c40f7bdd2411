"""`emoar evaluate`: measures the accuracy of a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.cli.evaluation_tables import print_evaluation
from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime
from emoar.cli.progress import bars
from emoar.files import atomic_write, check_writable
from emoar.models.shipped import DEFAULT_MODEL
from emoar.report import require_libraries
from emoar.training.data.face_dataset import SPLITS
from emoar.training.data.read import read_dataset
from emoar.training.evaluation.evaluate import evaluate as measure
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.predictions_file import require_pyarrow, write_predictions
from emoar.training.evaluation.results import EvaluateOptions

__all__ = ["EPILOG", "evaluate"]

EPILOG: Final = """Examples:

  emoar evaluate --data fer2013.parquet

  emoar evaluate --data fer2013.parquet --split PublicTest --model runs/mine/final.pt --tta

  emoar evaluate --data my_faces/ --model mine.onnx --report report.html --predictions faces.parquet

  emoar evaluate --data fer2013.parquet --through-pipeline --json

  emoar evaluate --data fer2013.parquet --split PublicTest --shifts

FER2013: top-1 on the original labels. FER+: top-1 against the majority vote, without faces whose majority is unknown
or not a face (ties: first label). PublicTest is for choosing a model; use PrivateTest once it is chosen.

Decided: the label that is shown, from all heads, with the class shares in account (emoar train decision), where the
model has rules for it. Unsure: share of the faces whose confidence is too low for a label.

Balanced: the mean recall of the labels. AURC: the mean error rate over all coverages, from the surest face to all of
them. One tagger: what one of FER+'s taggers reaches against the majority of the others.

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
    shifts: Annotated[
        bool, typer.Option("--shifts", help="Also under shifts: darker, blurred, smaller, covered faces and others.")
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
    options = EvaluateOptions(split, tta, through_pipeline, shifts, resamples, seed, cache)
    if predictions:
        require_pyarrow()
    if report:
        require_libraries()
    for path in filter(None, (predictions, report)):
        check_writable(path)
    faces = read_dataset(data)
    preload_runtime(verbose=is_verbose(context))
    predictor = open_predictor(model)
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
        print_evaluation(found, data.name)
