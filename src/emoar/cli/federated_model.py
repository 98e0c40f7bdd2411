"""`emoar federated model`: a shipped model as the checkpoint that a federation starts from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.cli.group import is_verbose
from emoar.cli.native import preload_runtime

__all__ = ["EPILOG", "model"]

EPILOG: Final = """Examples:

  emoar federated model emoar-s --data fer2013.parquet -o model.pt

Nodes and gateways need the same file: send it to them."""


def model(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="Expression model, .tflite.", show_default=False)],
    data: Annotated[Path, typer.Option("--data", help="Some public faces, for statistics that a .tflite lacks.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The checkpoint (.pt).")],
) -> None:
    """Make the checkpoint of a federation that continues a shipped model, as one with browsers does."""
    preload_runtime(verbose=is_verbose(context))
    from emoar.federated.base_model import BaseModel
    from emoar.training.data.read import read_dataset

    base = BaseModel.open(name, read_dataset(data))
    typer.echo(f"{base.with_weights({}, {}).save(output)}: the federation starts from it")
