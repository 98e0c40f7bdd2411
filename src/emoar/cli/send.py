"""The option `--send` of commands: scenes and events go to other programs while the command runs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer

from emoar.events.sinks import SINKS

if TYPE_CHECKING:
    from emoar.events.outlet import Outlet
    from emoar.types import Frame, Scene

__all__ = ["Send", "Senders", "prints_to_stdout", "wants_measures"]

_KINDS: Final = "; ".join(sink.help for sink in SINKS)

Send = Annotated[
    list[str] | None,
    typer.Option(
        "--send",
        metavar="URL",
        help=f"Send events and scenes to another program; may be repeated. {_KINDS}. "
        "With ?rate=10 ten scenes a second, with ?rate=0 events alone.",
        rich_help_panel="Other programs",
        show_default=False,
    ),
]


def prints_to_stdout(urls: Sequence[str]) -> bool:
    """Whether one of the addresses is stdout, which then has nothing else."""
    return any(url.partition("?")[0].lower() == "jsonl:-" for url in urls)


def wants_measures(urls: Sequence[str]) -> bool:
    """Whether one of the addresses sends movements of the face, so that faces are measured without being asked.

    Raises:
        InputError: an address is wrong.
    """
    if not urls:
        return False
    from emoar.events.sinks import check_address

    return any(check_address(url)[1].uses_measures for url in urls)


class Senders:
    """The open connections of a command; a frame's scene goes to them before anything is drawn or written."""

    def __init__(self, outlets: Sequence[Outlet]) -> None:
        self._outlets = outlets

    @classmethod
    @contextmanager
    def opened(cls, urls: Sequence[str], model: str | None = None) -> Generator[Senders]:
        """Connects, and at the end sends that everybody is gone.

        Args:
            urls: the addresses.
            model: the expression model, by name or path, for receivers that are told.

        Raises:
            InputError: an address is wrong.
            OutputError: nobody answers at one, or it refuses.
            DependencyMissing: a kind of connection needs a library that is not installed.
        """
        if not urls:
            yield cls(())
            return
        from emoar.events.sinks import open_sink

        with ExitStack() as stack:
            outlets: list[Outlet] = []
            for url in urls:
                outlets.append(open_sink(url, model=model))
                stack.callback(outlets[-1].close)
            yield cls(outlets)

    def after(self, pipeline: Callable[[Frame], Scene]) -> Callable[[Frame], Scene]:
        """The pipeline, whose scenes are also sent.

        Raises:
            BrokenPipeError: while it runs: the reader of stdout has ended, for example `| head`.
        """
        if not self._outlets:
            return pipeline

        def recognise(frame: Frame) -> Scene:
            scene = pipeline(frame)
            for outlet in self._outlets:
                if outlet.ended:
                    raise BrokenPipeError
                outlet.send(scene)
            return scene

        return recognise

    def status(self) -> str:
        """For the status line: what was sent and dropped; empty where nothing is sent."""
        counts = [outlet.counts for outlet in self._outlets]
        if not counts:
            return ""
        text = f", {sum(each.sent for each in counts)} sent, {sum(each.dropped for each in counts)} dropped"
        away = sum(not each.connected for each in counts)
        return f"{text}, {away} not connected" if away else text

    def lines(self) -> list[str]:
        """The summary after the end: one line a connection."""
        return [
            f"{outlet.name}: {outlet.counts.sent} messages sent, {outlet.counts.dropped} dropped"
            + (f", lost {outlet.counts.losses} times" if outlet.counts.losses else "")
            for outlet in self._outlets
        ]
