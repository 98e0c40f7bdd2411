"""`emoar train compare`: compares runs in a table and a plot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime
from emoar.cli.progress import bars
from emoar.files import check_writable
from emoar.training.data.face_dataset import SPLITS
from emoar.training.data.read import read_dataset
from emoar.training.evaluation.compare_runs import compare_runs
from emoar.training.report import check_plot
from emoar.training.report.comparison_table import rows

__all__ = ["EPILOG", "compare"]

_MEASURED: Final = "Top-1, balanced accuracy and macro-F1"

EPILOG: Final = """Examples:

  emoar train compare runs/emoar-s runs/emoar-m

  emoar train compare runs/* --plot compare.svg

  emoar train compare runs/* --data fer2013.parquet --plot compare.html

Top-1 is that of the kept weights on PublicTest, as the run recorded it. With --data it is measured, with balanced
accuracy, top-1 of the most confident 80 % of the faces and macro-F1: of the run's .tflite, or of its checkpoint where
it has exported none. Latency is measured now, on this machine. A run that has not finished is shown as far as it is."""


def compare(
    context: typer.Context,
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Folders of runs, as given to -o.", show_default=False)
    ],
    data: Annotated[
        Path | None, typer.Option("--data", help="Measures on these faces: Parquet, .csv or an image folder.")
    ] = None,
    split: Annotated[str, typer.Option("--split", help=f"Of the data: {', '.join(SPLITS)}.")] = "PublicTest",
    plot: Annotated[Path | None, typer.Option("--plot", help="Draws to this .svg, .png or .html.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Compare runs: accuracy, balanced accuracy, macro-F1, parameters, multiply-adds, size, latency, epochs."""
    if plot:
        check_plot(plot)
        check_writable(plot)
    faces = read_dataset(data) if data else None
    preload_runtime(verbose=is_verbose(context))
    with bars(is_quiet(context)) as show:
        compared = compare_runs(runs, faces, split, show)
    measured_on = f"{data.name}, {split}" if data else "PublicTest, as the run saw it"
    if plot:
        from emoar.training.report.comparison_page import write_plot

        write_plot(compared, plot, measured_on)
    if as_json:
        typer.echo(json.dumps({"measured_on": measured_on, "runs": [run.as_dict() for run in compared]}))
        return
    table = Table("", *(run.name for run in compared), box=SIMPLE, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows(compared):
        table.add_row(*row)
    Console().print(table)
    typer.echo(f"{_MEASURED if data else 'Top-1'}: {measured_on}{'' if data else '; --data gives the others'}")
