"""`emoar train average`: averages the weights of several runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.cli.group import is_verbose
from emoar.cli.native import preload_runtime
from emoar.errors import InputError
from emoar.training.checkpoint import Checkpoint
from emoar.training.data.read import read_dataset
from emoar.training.export.export import ship
from emoar.training.loop.weight_average import average

__all__ = ["EPILOG", "average_runs"]

EPILOG: Final = """Examples:

  emoar train average runs/first/final.pt runs/further/final.pt --data fer2013.parquet -o runs/mean

  emoar train average runs/first/final.pt runs/further/final.pt --shares 1,3 --data fer2013.parquet -o runs/mean

For runs that continued from one another (init). Choose the shares by the accuracy on PublicTest:
emoar evaluate --split PublicTest --model runs/mean/NAME.tflite."""


def average_runs(
    context: typer.Context,
    checkpoints: Annotated[
        list[Path], typer.Argument(metavar="CHECKPOINT...", help="final.pt of two or more runs.", show_default=False)
    ],
    data: Annotated[
        Path, typer.Option("--data", help="The faces that they were trained on: Parquet, .csv or an image folder.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the result.")],
    shares: Annotated[str, typer.Option("--shares", help="Of each checkpoint, with commas; the same if empty.")] = "",
) -> None:
    """Average the weights of runs that continued from one another, and export the mean as int8 .tflite."""
    preload_runtime(verbose=is_verbose(context))
    faces = read_dataset(data)
    mean = Checkpoint.load(average(checkpoints, faces, output, _numbers(shares)))
    path = ship(mean.network(), mean.info(), faces, output)
    typer.echo(f"{path}: {path.stat().st_size / 1e6:.2f} MB; measure it: emoar evaluate --model {path} --data {data}")


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise InputError(f"--shares takes numbers with commas between them, got {text!r}") from None
