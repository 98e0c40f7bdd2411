"""`emoar bench`: measures the speed of each stage and of the pipeline on this machine."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from emoar.bench.stages import BenchOptions, BenchReport, run_bench
from emoar.cli import options as opt
from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import silence_native_stderr
from emoar.models.shipped import DEFAULT_MODEL

__all__ = ["EPILOG", "bench"]

EPILOG: Final = "Examples:  emoar bench   |   emoar bench --json   |   taskset -c 0 emoar bench"


def bench(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
    threads: opt.Threads = 1,
    model_folder: opt.ModelFolder = None,
    model: opt.Model = DEFAULT_MODEL,
    rounds: Annotated[int, typer.Option("--rounds", help="More of them give steadier figures.", min=1)] = 12,
) -> None:
    """Measure each stage and the pipeline on real faces; takes a few seconds."""
    options = BenchOptions(rounds=rounds, threads=threads, model_folder=model_folder, model=model)
    watched = sys.stdout.isatty() and not as_json and not is_quiet(context)
    with Progress(console=Console(), transient=True, disable=not watched) as bar:
        task = bar.add_task("rounds", total=rounds)
        with silence_native_stderr(verbose=is_verbose(context)):
            report = run_bench(options, progress=lambda done, _: bar.update(task, completed=done))
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2))
    else:
        _print(report)


def _print(report: BenchReport) -> None:
    console = Console()
    table = Table(title="Milliseconds", title_justify="left")
    table.add_column("stage")
    for heading in ("median", "mean", "95 %"):
        table.add_column(heading, justify="right")
    for timing in report.timings:
        table.add_row(timing.name, *(f"{v:.2f}" for v in (timing.median_ms, timing.mean_ms, timing.p95_ms)))
    console.print(table)
    console.print(f"each further face: {report.further_face_ms:.2f} ms")
    machine = report.machine
    console.print(
        f"{machine['processor']}, usable cores: {machine['cores']}, {machine['system']}, load {machine['load']}, "
        f"{report.threads} thread{'' if report.threads == 1 else 's'} a model",
        soft_wrap=True,
        highlight=False,
    )
    versions = ", ".join(f"{name} {number}" for name, number in report.versions.items())
    console.print(versions, soft_wrap=True, highlight=False)
