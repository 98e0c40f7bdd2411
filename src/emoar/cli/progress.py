"""Progress bars for work that has several named tasks."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from emoar.progress import NO_PROGRESS, Progress

__all__ = ["bars"]


@contextmanager
def bars(quiet: bool) -> Generator[Progress]:
    """Shows one bar per task on stderr, with counts and the remaining time.

    It shows nothing if `quiet`, or if stderr is not a terminal.
    """
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield NO_PROGRESS
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with RichProgress(*columns, console=console, transient=True) as progress:
        ids: dict[str, TaskID] = {}

        def show(task: str, done: int, total: int, /) -> None:
            if task not in ids:
                ids[task] = progress.add_task(task, total=None)
            progress.update(ids[task], completed=done, total=total or None)

        yield show
