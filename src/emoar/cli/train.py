"""`emoar train`: a recipe and labelled faces in, a model file out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from emoar.training.dataset import read_dataset
from emoar.training.export import ship
from emoar.training.hardware import Hardware
from emoar.training.recipe import load_recipe
from emoar.training.train import EpochReport, load_network
from emoar.training.train import train as run_training

__all__ = ["EPILOG", "train"]

EPILOG = """Examples:

  emoar train recipes/emoar-m.toml --data fer2013.parquet -o runs/emoar-m

  emoar train recipes/emoar-m.toml --data fer2013.csv -o runs/short --set epochs=8 --set augment.mixup=0

Stopped or killed, the same command goes on from the last epoch."""


def train(
    recipe: Annotated[Path, typer.Argument(help="A recipe, such as recipes/emoar-m.toml.", show_default=False)],
    data: Annotated[Path, typer.Option("--data", help="Parquet, fer2013.csv or an image folder.", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of this run.")] = Path("runs/latest"),
    override: Annotated[
        list[str] | None, typer.Option("--set", help="Overrides one key: epochs=8, augment.mixup=0.")
    ] = None,
    accelerator: Annotated[str, typer.Option("--accelerator", help="auto, cpu, cuda or mps.")] = "auto",
    devices: Annotated[int, typer.Option("--devices", help="GPUs, or CPU processes, on this machine.")] = 1,
    nodes: Annotated[int, typer.Option("--nodes", help="Machines; start the same command on each.")] = 1,
    workers: Annotated[int, typer.Option("--workers", help="Processes that make batches; -1 chooses.")] = -1,
    threads: Annotated[int, typer.Option("--threads", help="Of a process on a CPU; 0 is all cores.")] = 0,
) -> None:
    """Train an expression model and export it as int8 .tflite."""
    settings = load_recipe(recipe, override or ())
    console = Console(stderr=True)
    faces = read_dataset(data)
    console.print(f"{settings.architecture}: {len(faces.of_split('Training'))} faces, {settings.epochs} epochs")
    with _progress(console) as progress:
        task = progress.add_task("training", total=settings.epochs, words="")

        def show(report: EpochReport) -> None:
            progress.update(task, completed=report.epoch - 1 + report.step_fraction, words=f"loss {report.loss:.3f}")
            if report.accuracy:
                progress.console.print(_line(report))

        hardware = Hardware(accelerator, devices, nodes, workers, threads)
        checkpoint = run_training(settings, faces, output, show, hardware=hardware, say=progress.console.print)
    path = ship(load_network(checkpoint), faces, settings.architecture, output)
    console.print(
        f"{path}: {path.stat().st_size / 1e6:.2f} MB; measure it: emoar evaluate --model {path} --data {data}"
    )


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[words]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


def _line(report: EpochReport) -> str:
    figures = "  ".join(f"{name} {value:.2%}" for name, value in report.accuracy.items())
    return f"epoch {report.epoch:3d}/{report.epochs}  loss {report.loss:.4f}  PublicTest: {figures}"
