"""Bars for work that has several named parts."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

__all__ = ["bars"]


@contextmanager
def bars(quiet: bool) -> Generator[Callable[[str, int, int], None]]:
    """A bar for each name that the function is called with, with what is done and how much there is."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True, quiet=quiet), transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, count: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=count)
            progress.update(tasks[what], completed=done, total=count)

        yield show
