"""`emoar evaluate`: how accurate a model file is."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import track
from rich.table import Table

from emoar.models import model_path
from emoar.training.dataset import SPLITS, read_dataset
from emoar.training.evaluate import Score, predictions, score_all

__all__ = ["EPILOG", "evaluate"]

EPILOG = """Examples:

  emoar evaluate --data fer2013.parquet

  emoar evaluate --data fer2013.csv --split PublicTest --json

  emoar evaluate --data my_faces/ --model runs/mine/emoar-m.tflite

FER2013: top-1 on the original labels. FER+: top-1 against the majority vote, without faces whose majority is unknown
or not a face (ties: first label). Folders named after expressions are read as FER2013 or FER+, by their names."""


def evaluate(
    data: Annotated[Path, typer.Option("--data", help="Parquet, fer2013.csv or an image folder.", show_default=False)],
    model: Annotated[Path | None, typer.Option("--model", help="A .tflite; else the shipped model.")] = None,
    split: Annotated[str, typer.Option("--split", help=f"One of {', '.join(SPLITS)}.")] = "PrivateTest",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Measure the accuracy of the shipped model, or of another file."""
    faces = read_dataset(data).of_split(split)
    file = model or model_path("emoar-m")
    rows = track(
        predictions(file, faces.images), "evaluating", len(faces), console=Console(stderr=True), transient=True
    )
    scores = score_all(list(rows), faces)
    if as_json:
        typer.echo(json.dumps({"model": file.name, "split": split, **{k: s.as_dict() for k, s in scores.items()}}))
        return
    console = Console()
    for name, score in scores.items():
        console.print(_summary(name, split, score), _by_label(score), _confusion(score))


def _summary(name: str, split: str, score: Score) -> str:
    title = {"fer2013": "FER2013", "ferplus": "FER+"}[name]
    return (
        f"[bold]{title}, {split}, {score.count} faces:[/] top-1 {score.accuracy:.2%}, "
        f"macro-F1 {score.macro_f1:.4f}, ECE {score.expected_calibration_error:.2%}"
    )


def _by_label(score: Score) -> Table:
    table = Table("label", "faces", "precision", "recall", box=SIMPLE)
    for index, label in enumerate(score.labels):
        values = (score.precision[index], score.recall[index])
        table.add_row(label, str(score.confusion[index].sum()), *("-" if math.isnan(v) else f"{v:.1%}" for v in values))
    return table


def _confusion(score: Score) -> Table:
    table = Table("true \\ predicted", *(label[:8] for label in score.labels), box=SIMPLE)
    for label, row in zip(score.labels, score.confusion.tolist(), strict=True):
        table.add_row(label, *(str(count) for count in row))
    return table
