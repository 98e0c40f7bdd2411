"""`emoar export`: exports a checkpoint for several runtimes and compares each file with the network."""

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
from emoar.errors import InputError, TrainingError
from emoar.training.checkpoint import Checkpoint
from emoar.training.data.read import read_dataset
from emoar.training.export.calibrated import prepare
from emoar.training.export.export import DEFAULT_FORMATS, FORMATS, Exported, Exports, export, wanted_formats
from emoar.training.export.export_table import headings, rows, to_dict, write_card

__all__ = ["EPILOG", "export_model"]

EPILOG: Final = """Examples:

  emoar export runs/emoar-m/final.pt --data fer2013.parquet -o models/

  emoar export final.pt --data my_faces/ -o models/ --name mine --formats tflite-int8,onnx

  emoar image photo.jpg -o out/ --model models/mine-int8.tflite      runs it, with its own labels

tflite is float32, tflite-f16 stores its weights as float16, tflite-int8 is what EmoAR ships. onnx is opset 15, which
Unity's Inference Engine reads. coreml needs coremltools (pip install coremltools) and is checked on macOS only.

The table is written to NAME-export.md and NAME-export.json. Where a format fails or does not agree with the network,
its verdict is in the table, and the exit code is 6."""


def export_model(
    context: typer.Context,
    checkpoint: Annotated[
        Path, typer.Argument(help="final.pt of a run of emoar train.", metavar="CHECKPOINT", show_default=False)
    ],
    data: Annotated[
        Path,
        typer.Option(
            "--data",
            help="The faces of its training: .parquet, .csv or an image folder. They fit the temperatures and "
            "check every file.",
            show_default=False,
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the files.", show_default=False)],
    formats: Annotated[
        str,
        typer.Option(
            "--formats",
            help=f"With commas: {', '.join(FORMATS)}. Default: all; coreml where coremltools is installed.",
            show_default=False,
        ),
    ] = "",
    name: Annotated[
        str | None, typer.Option("--name", help="Of the model and its files; else its architecture's.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> None:
    """Export a trained network as .tflite (float32, float16, int8), .onnx and Core ML, and check each against it."""
    wanted = wanted_formats(formats) if formats else DEFAULT_FORMATS
    if name is not None and (not name.strip() or Path(name).name != name or not name.isprintable()):
        raise InputError(f"--name must be a name without slashes, got {name!r}")
    preload_runtime(verbose=is_verbose(context))
    trained = Checkpoint.load(checkpoint)
    network, info = trained.network(), trained.info(name)
    faces = read_dataset(data)
    progress = Console(stderr=True, quiet=is_quiet(context))
    with progress.status("temperatures") as status:
        source = prepare(network, info, faces)
        exports = export(source, output, wanted, lambda what: status.update(f"{info.name}: {what}"))
    card, document = write_card(exports, output)
    if as_json:
        typer.echo(json.dumps(to_dict(exports), indent=2, ensure_ascii=False))
    else:
        _print(exports)
        progress.print(f"{card} and {document.name} hold this table", highlight=False, soft_wrap=True)
    failed = [file.format for file in exports.files if file.problem]
    if failed:
        raise TrainingError(f"{', '.join(failed)} must not be used as it is: see the verdicts in {card}")


def _print(exports: Exports) -> None:
    """Prints the table without its widest columns, then the problems and notes, which do not fit into a cell."""
    shown = [index for index, title in enumerate(headings(exports)) if title not in ("file", "verdict")]
    table = Table(*(headings(exports)[index] for index in shown), "verdict", box=SIMPLE, pad_edge=False)
    table.columns[0].no_wrap = True
    for column in table.columns[1:-1]:
        column.justify = "right"
    verdicts = ["reference", *(_verdict(file) for file in exports.files)]
    for row, verdict in zip(rows(exports), verdicts, strict=True):
        table.add_row(*(row[index] for index in shown), verdict)
    console = Console()
    console.print(table)
    for file in exports.files:
        if file.problem or file.note:
            console.print(f"{file.format}: {file.problem or file.note}", highlight=False, markup=False)
    if exports.info.privacy:
        typer.echo(f"privacy: {exports.info.privacy.describe()}")
    typer.echo(f"{exports.info.name}: compared with PyTorch on {exports.faces} real faces")


def _verdict(file: Exported) -> str:
    if file.problem:
        return "do not use"
    return "agrees" if file.comparison else "not run" if file.file else "left out"
