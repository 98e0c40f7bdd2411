"""`emoar train`: trains and exports a model from a recipe and faces; also `find-lr`, `compare`, `average`, ..."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from typer.core import TyperGroup

from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime
from emoar.cli.train_average import EPILOG as AVERAGE_EPILOG
from emoar.cli.train_average import average_runs
from emoar.cli.train_compare import EPILOG as COMPARE_EPILOG
from emoar.cli.train_compare import compare
from emoar.cli.train_decision import EPILOG as DECISION_EPILOG
from emoar.cli.train_decision import train_decision
from emoar.cli.train_measures import EPILOG as MEASURES_EPILOG
from emoar.cli.train_measures import train_measures
from emoar.progress import Progress
from emoar.training.checkpoint import Checkpoint
from emoar.training.clean.apply import cleaned
from emoar.training.data.options import ReadOptions
from emoar.training.data.read import read_dataset
from emoar.training.export.export import ship
from emoar.training.hardware import ACCELERATORS, Hardware
from emoar.training.loop.lr_finder import LrCurve, find_lr
from emoar.training.loop.train import EpochReport
from emoar.training.loop.train import train as run_training
from emoar.training.recipe import Recipe, load_recipe

__all__ = ["EPILOG", "app"]

EPILOG = """Examples:

  emoar train recipes/emoar-m.toml --data fer2013.parquet -o runs/emoar-m

  emoar train recipes/emoar-m.toml --data fer2013.csv -o runs/short --set epochs=8 --set augment.mixup=0

  emoar train recipes/emoar-s.toml --data fer2013.parquet --exclude cleaned/clean.parquet:leakage,duplicate

  emoar train find-lr recipes/emoar-s.toml --data fer2013.parquet

  emoar train average runs/first/final.pt runs/further/final.pt --data fer2013.parquet -o runs/mean

  emoar train decision emoar-m --data fer2013.parquet

  emoar train measures --data fer2013.parquet --teacher face_landmarker.task -o runs/measures

  emoar train RECIPE --help                 every option

`emoar train RECIPE` is short for `emoar train run RECIPE`. Stopped or killed, the same command continues from the last
epoch. Several machines: start the same command on each with torchrun or fabric run, and --nodes."""


class _RunByDefault(TyperGroup):
    """Runs `emoar train RECIPE` as `emoar train run RECIPE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_RunByDefault, no_args_is_help=True, help="Train an expression model from a recipe.", epilog=EPILOG
)

RecipeFile = Annotated[
    Path, typer.Argument(metavar="RECIPE", help="A recipe, such as recipes/emoar-m.toml.", show_default=False)
]
Data = Annotated[Path, typer.Option("--data", help="Parquet, fer2013.csv or an image folder.", show_default=False)]
Override = Annotated[
    list[str] | None, typer.Option("--set", help="Overrides one key: epochs=8, augment.mixup=0.", show_default=False)
]
Accelerator = Annotated[
    str, typer.Option("--accelerator", help=f"{', '.join(ACCELERATORS)}.", rich_help_panel="Hardware")
]
Threads = Annotated[
    int,
    typer.Option(
        "--threads",
        help="Of a process on a CPU; 0 is all cores. 1 is best beside other work.",
        rich_help_panel="Hardware",
    ),
]


@app.command("run", epilog=EPILOG)
def run(
    context: typer.Context,
    recipe: RecipeFile,
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of this run.")] = Path("runs/latest"),
    override: Override = None,
    accelerator: Accelerator = "auto",
    devices: Annotated[
        int, typer.Option("--devices", help="GPUs, or CPU processes, on this machine.", rich_help_panel="Hardware")
    ] = 1,
    nodes: Annotated[int, typer.Option("--nodes", help="Machines.", rich_help_panel="Hardware")] = 1,
    workers: Annotated[
        int,
        typer.Option("--workers", help="Processes that make batches; -1 chooses.", rich_help_panel="Hardware"),
    ] = -1,
    threads: Threads = 0,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude",
            metavar="FILE[:FINDING,…]",
            help="clean.parquet of emoar data clean: learns without the faces of its findings; without a colon, of "
            "those that it suggests to leave out.",
            show_default=False,
        ),
    ] = None,
    relabel: Annotated[
        list[str] | None,
        typer.Option(
            "--relabel",
            metavar="FILE[:FINDING,…]",
            help="The same, and takes the labels that they suggest.",
            show_default=False,
        ),
    ] = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out faces that cannot be read.")] = False,
) -> None:
    """Train an expression model and export it as int8 .tflite."""
    preload_runtime(verbose=is_verbose(context))
    settings = load_recipe(recipe, override or ())
    hardware = Hardware(accelerator, devices, nodes, workers, threads)
    console = Console(stderr=True, quiet=is_quiet(context))
    faces = cleaned(read_dataset(data, ReadOptions(skip_bad=skip_bad)), exclude or (), relabel or ())
    console.print(f"{settings.architecture}: {len(faces.of_split('Training'))} faces, {settings.epochs} epochs")
    with _progress(console, settings) as (show, prepare):

        def log(line: str, /) -> None:
            console.print(line, highlight=False)

        checkpoint = run_training(settings, faces, output, show, hardware=hardware, log=log, progress=prepare)
    trained = Checkpoint.load(checkpoint)
    path = ship(trained.network(), trained.info(), faces, output)
    typer.echo(f"{path}: {path.stat().st_size / 1e6:.2f} MB; measure it: emoar evaluate --model {path} --data {data}")


@app.command("find-lr", epilog="Examples:\n\n  emoar train find-lr recipes/emoar-s.toml --data fer2013.parquet")
def find_rate(
    context: typer.Context,
    recipe: RecipeFile,
    data: Data,
    override: Override = None,
    steps: Annotated[int, typer.Option("--steps", help="Batches; more of them give a smoother curve.", min=10)] = 100,
    lowest: Annotated[float, typer.Option("--lowest", help="The first learning rate.")] = 1e-5,
    highest: Annotated[float, typer.Option("--highest", help="The last one.")] = 10.0,
    accelerator: Accelerator = "auto",
    threads: Threads = 0,
) -> None:
    """Find a learning rate for a recipe: the loss of a short run whose rate rises, and what follows for `lr`."""
    preload_runtime(verbose=is_verbose(context))
    settings = load_recipe(recipe, override or ())
    faces = read_dataset(data)
    with _bar(Console(stderr=True, quiet=is_quiet(context))) as bar:
        task = bar.add_task("finding", total=steps, words="")
        curve = find_lr(
            settings,
            faces,
            steps=steps,
            lowest=lowest,
            highest=highest,
            hardware=Hardware(accelerator, threads=threads),
            progress=lambda _task, done, total: bar.update(task, completed=done, total=total),
        )
    _print_curve(curve)


app.command("compare", epilog=COMPARE_EPILOG)(compare)
app.command("average", epilog=AVERAGE_EPILOG)(average_runs)
app.command("decision", epilog=DECISION_EPILOG)(train_decision)
app.command("measures", epilog=MEASURES_EPILOG)(train_measures)


@contextmanager
def _progress(console: Console, settings: Recipe) -> Generator[tuple[Callable[[EpochReport], None], Progress]]:
    """Yields two callbacks: one shows the epochs, the other the preparation before the first epoch."""
    with _bar(console) as bar:
        task = bar.add_task("training", total=settings.epochs, words="", start=False)

        def show(report: EpochReport) -> None:
            bar.start_task(task)
            bar.update(task, completed=report.epoch - 1 + report.step_fraction, words=f"loss {report.loss:.3f}")
            if report.accuracy:
                bar.console.print(_line(report))

        def prepare(task_name: str, done: int, total: int, /) -> None:
            bar.update(task, description=task_name if done < total else "training", completed=done, total=total)
            if done >= total:
                bar.update(task, completed=0, total=settings.epochs)

        yield show, prepare


def _bar(console: Console) -> RichProgress:
    return RichProgress(
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


def _print_curve(curve: LrCurve) -> None:
    """Prints the curve with one row and one bar per learning rate, then the suggested rate."""
    lowest, highest = min(curve.losses), min(max(curve.losses), 2 * min(curve.losses))
    every = max(1, len(curve.rates) // 24)
    for rate, loss in list(zip(curve.rates, curve.losses, strict=True))[::every]:
        share = (min(loss, highest) - lowest) / max(highest - lowest, 1e-9)
        typer.echo(f"{rate:9.2e}  {loss:7.4f}  {'█' * round(1 + 39 * share)}")
    typer.echo(f"suggested: lr = {curve.suggestion:g}  (a tenth of the rate with the lowest loss)")
