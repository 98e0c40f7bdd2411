"""How far work in training is: one signature for everything that takes longer than a moment."""

from __future__ import annotations

from typing import Final, Protocol

__all__ = ["NO_LOG", "NO_PROGRESS", "Log", "Progress", "renamed"]


class Progress(Protocol):
    """Is called as a task advances.

    Args:
        task: what is being done, for people; a function that does one thing always gives the same.
        done: items done so far.
        total: items in all; 0 where that is unknown.
    """

    def __call__(self, task: str, done: int, total: int, /) -> None: ...


class Log(Protocol):
    """Is called with single lines that are worth knowing."""

    def __call__(self, line: str, /) -> None: ...


def _ignore(*_: object) -> None:
    """Takes anything and does nothing."""


NO_PROGRESS: Final[Progress] = _ignore
NO_LOG: Final[Log] = _ignore


def renamed(progress: Progress, task: str) -> Progress:
    """The same progress under another task name, for a function that is called for several purposes."""

    def under_that_name(_task: str, done: int, total: int, /) -> None:
        progress(task, done, total)

    return under_that_name
