"""`emoar archive`: many videos become a folder of tables; what is finished is never computed again."""

from __future__ import annotations

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from emoar.cli import options as opt
from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime
from emoar.errors import MediaError
from emoar.models.shipped import DEFAULT_MODEL

if TYPE_CHECKING:
    from rich.progress import Progress

    from emoar.archive.pace import Pace
    from emoar.archive.part import PartInfo
    from emoar.archive.plan import Plan

__all__ = ["EPILOG", "archive"]

EPILOG: Final = """Examples:

  emoar archive videos/ -o results/

  emoar archive 'videos/**/*.mp4' more.mkv -o results/ --fps 10

  find /data -name '*.mp4' -size +1M | emoar archive --list - -o results/

  emoar archive /shared/videos -o /shared/results --engine ray --address auto     a cluster of Ray

results/ then holds scenes/part-*.parquet (a table a video), manifest.parquet (a row a video) and summary.html.

Run the same command again to continue, also after Ctrl-C, a crash or a power cut."""


class EngineName(StrEnum):
    """Where the work is done."""

    local = "local"
    ray = "ray"


def archive(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the results.", show_default=False)],
    videos: Annotated[
        list[str] | None,
        typer.Argument(metavar="VIDEOS", help="Files, folders, or patterns such as 'videos/**/*.mp4'."),
    ] = None,
    listed: Annotated[
        str | None, typer.Option("--list", metavar="FILE", help="A list of videos, one name a line; - for a pipe.")
    ] = None,
    fps: Annotated[
        float | None, typer.Option("--fps", help="Analyse so many pictures a second; without it all.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Videos at once, a core each; without it all cores.", min=1)
    ] = None,
    engine: Annotated[
        EngineName, typer.Option("--engine", help="local: processes of this machine; ray: a cluster.")
    ] = EngineName.local,
    address: Annotated[
        str | None, typer.Option("--address", help="Of the cluster: auto, or ray://host:10001. For --engine ray.")
    ] = None,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Replace results that were made with other options or models.")
    ] = False,
    model: opt.Model = DEFAULT_MODEL,
    label_set: opt.LabelSetName = None,
    max_faces: opt.MaxFaces = None,
    model_folder: opt.ModelFolder = None,
) -> None:
    """Analyse many videos, several at once, into tables. Continues where an earlier run has stopped.

    A video that cannot be read is a row with the reason; the others are done. The exit code is 3 then.
    """
    from emoar.archive.listing import find_videos, names_in
    from emoar.archive.options import ArchiveOptions
    from emoar.archive.run import EngineOptions, run_archive

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = None if model_folder is None else str(model_folder.absolute())
    options = ArchiveOptions(fps, model, label_set, max_faces, folder)
    where = EngineOptions(engine.value, workers, address)
    found = find_videos(videos or [], names_in(listed) if listed else ())
    preload_runtime(verbose=is_verbose(context))
    with _progress(is_quiet(context)) as shown:
        outcome = run_archive(
            found, output, options, where, recompute=recompute, on_plan=shown.plan, on_video=shown.video
        )
    pace = outcome.pace
    done = pace.done - pace.failed
    line = f"{output}: {done} video{'' if done == 1 else 's'} analysed"
    if outcome.finished_before:
        line += f", {outcome.finished_before} were finished before"
    if pace.done:
        line += f", {pace.videos_per_hour:,.0f} videos/hour"
    if outcome.interrupted:
        left = pace.total - pace.done
        typer.echo(f"emoar: stopped; {line}; the same command continues with the other {left}", err=True)
        raise typer.Exit(130)
    if not is_quiet(context):
        typer.echo(f"{line}; {output / 'summary.html'}")
    if pace.failed:
        raise MediaError(f"{pace.failed} of {len(found)} videos failed: {output / 'summary.html'} lists the reasons")


class _Lines:
    """Prints what cannot be analysed, a line a video."""

    def plan(self, plan: Plan) -> None:
        """Is called before the first video."""

    def video(self, info: PartInfo, pace: Pace) -> None:
        """Is called after each video."""
        if info.error:
            self.print(_problem(info))

    def print(self, line: str) -> None:
        typer.echo(line, err=True)


class _Bar(_Lines):
    """Shows a bar with videos/hour and the remaining time, too."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("videos", total=None, pace="")

    def plan(self, plan: Plan) -> None:
        self._bar.update(self._task, total=len(plan.tasks))

    def video(self, info: PartInfo, pace: Pace) -> None:
        from emoar.archive.summary import duration

        super().video(info, pace)
        left = "" if pace.remaining_s is None else f", {duration(pace.remaining_s)} left"
        failed = f", {pace.failed} failed" if pace.failed else ""
        words = f"{pace.videos_per_hour:,.0f} videos/hour{left}{failed}"
        self._bar.update(self._task, completed=pace.done, pace=words)

    def print(self, line: str) -> None:
        self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _progress(quiet: bool) -> Generator[_Lines]:
    """Lines about what fails, and a bar on a terminal unless `quiet`."""
    if quiet or not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("videos"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar)


def _problem(info: PartInfo) -> str:
    """One line about a video that is not analysed, or not to its end."""
    error = info.error or ""
    return f"emoar: {error}" if info.source in error else f"emoar: {info.source}: {error}"
