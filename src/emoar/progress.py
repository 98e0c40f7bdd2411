"""Callbacks for progress and log lines, the same for every long task."""

from __future__ import annotations

from typing import Final, Protocol

__all__ = ["NO_LOG", "NO_PROGRESS", "Log", "Progress", "renamed"]


class Progress(Protocol):
    """A callback that a task calls as it advances.

    Args:
        task: name of the task, for people; it stays the same during one task.
        done: items done so far.
        total: all items; 0 where the number is unknown.
    """

    def __call__(self, task: str, done: int, total: int, /) -> None: ...


class Log(Protocol):
    """A callback for log messages of one line each."""

    def __call__(self, line: str, /) -> None: ...


def _ignore(*_: object) -> None:
    """Accepts any arguments and does nothing."""


NO_PROGRESS: Final[Progress] = _ignore
NO_LOG: Final[Log] = _ignore


def renamed(progress: Progress, task: str) -> Progress:
    """A callback that reports to `progress` under another task name."""

    def under_that_name(_task: str, done: int, total: int, /) -> None:
        progress(task, done, total)

    return under_that_name
