"""The shared part of `emoar video` and `emoar camera`: the annotation loop with a progress bar and a summary."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from emoar.cli.desktop import Desktop
from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import silence_native_stderr
from emoar.cli.options import Settings
from emoar.cli.send import Senders, prints_to_stdout, wants_measures
from emoar.errors import InputError, MediaError

if TYPE_CHECKING:
    from emoar.annotate import Outcome
    from emoar.media.base import Sink, Source
    from emoar.types import Scene

__all__ = ["run"]


def run(
    context: typer.Context,
    source: Source,
    settings: Settings,
    *,
    output: Path | None,
    scenes: str | None,
    landmarks: bool,
    until_s: float | None = None,
    desktop: Desktop | None = None,
    send: Sequence[str] = (),
) -> None:
    """Annotates a source into a video file, a file of scenes, or both, up to `until_s` seconds of its time.

    `desktop` shows it while that goes on; `send` are the addresses of programs that get its events and scenes.

    Raises:
        InputError: there is no output, or it would overwrite the source.
        EmoarError: as for `annotate` and `Senders.opened`; also a `MediaError` when the source ends early, after the
            outputs are closed.
        typer.Exit: 130 after Ctrl-C.
    """
    desktop = desktop or Desktop()
    if output is None and scenes is None and not desktop.wanted and not send:
        raise InputError(
            "name an output: -o annotated.mp4, --scenes out.jsonl, --scenes - for stdout, --show or --send"
        )
    from emoar.annotate import annotate

    if wants_measures(send):
        settings = replace(settings, measures=True)
    quiet = is_quiet(context) or scenes == "-" or prints_to_stdout(send)
    _end_on_terminate()
    with ExitStack() as stack:
        stack.enter_context(source)
        with silence_native_stderr(verbose=is_verbose(context)):
            pipeline = stack.enter_context(settings.pipeline())
            painter = settings.painter() if output or desktop.virtual_camera else None
            shown = stack.enter_context(desktop.opened(source, settings, _reporter(quiet)))
            senders = stack.enter_context(Senders.opened(send, settings.model))
        sinks = _sinks(source, output, scenes, landmarks, settings, pipeline.label_sets, desktop.virtual_camera)
        draw = shown.draw or (painter.draw if painter else None)
        timings = _Timings()
        stack.callback(gc.unfreeze)
        gc.freeze()  # what is loaded by now stays: the collector need not go through it again and again
        with _progress(source, until_s, quiet, senders.status) as advance:

            def on_scene(scene: Scene) -> None:
                timings.add(scene)
                advance(scene)
                shown.on_scene(scene)

            outcome = annotate(
                source,
                senders.after(pipeline),
                sinks,
                draw=draw,
                on_scene=on_scene,
                until_s=until_s,
                enough=shown.enough,
                draw_here=shown.draw is not None,
            )
    for warning in (source.warning if output else None, *(getattr(sink, "warning", None) for sink in sinks)):
        if warning is not None:
            typer.echo(f"emoar: warning: {source.path or source.name}: {warning}", err=True)
    if is_verbose(context):
        typer.echo(timings.line(), err=True)
    for line in [] if quiet else senders.lines():
        typer.echo(f"emoar: {line}", err=True)
    _print_summary(source, outcome, quiet, "shown" if desktop.show else "sent" if send else "nothing")


def _sinks(
    source: Source,
    output: Path | None,
    scenes: str | None,
    landmarks: bool,
    settings: Settings,
    label_sets: Mapping[str, Sequence[str]],
    virtual_camera: Path | None,
) -> list[Sink]:
    from emoar.media.sinks import open_scene_sink
    from emoar.media.video_sink import VideoOptions, VideoSink

    for target in (output, None if scenes in (None, "-") else Path(scenes)):
        if target is not None and source.path is not None and target.resolve() == source.path.resolve():
            raise InputError(f"{target} would overwrite the source itself: name another file")
    sinks: list[Sink] = []
    rate = min(source.frame_rate or 30.0, 1000.0)
    try:
        if virtual_camera is not None:
            from emoar.desktop.virtual_camera import VirtualCamera

            sinks.append(VirtualCamera(virtual_camera, rate))
        if output is not None:
            sinks.append(VideoSink(output, VideoOptions(rate), audio_from=source))
        if scenes is not None:
            asked = {"landmarks": landmarks, "measures": settings.measures, "valence": settings.valence}
            sinks.append(open_scene_sink(scenes, label_sets=label_sets, **asked))
    except Exception:
        for sink in sinks:
            sink.close(complete=False)
        raise
    return sinks


def _print_summary(source: Source, outcome: Outcome, quiet: bool, otherwise: str) -> None:
    kept = ", ".join(outcome.kept) or otherwise
    if outcome.interrupted:
        typer.echo(f"emoar: stopped; kept {kept}", err=True)
        raise typer.Exit(130)
    if outcome.problem is not None:
        raise MediaError(f"{source.path or source.name} {outcome.problem}; what was readable is annotated: kept {kept}")
    if not quiet:
        faces = len(outcome.track_ids)
        typer.echo(
            f"{kept}: {faces} face{'' if faces == 1 else 's'}, "
            f"{outcome.elapsed_s:.1f} s, {outcome.frames_per_s:.0f} frames/s"
        )


def _reporter(quiet: bool) -> Callable[[str], None]:
    return lambda line: None if quiet else typer.echo(f"emoar: {line}", err=True)


class _Timings:
    """Mean milliseconds per frame by stage, for -v."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._count = 0

    def add(self, scene: Scene) -> None:
        self._count += 1
        for stage, value in scene.timings_ms.items():
            self._sums[stage] = self._sums.get(stage, 0.0) + value

    def line(self) -> str:
        means = (f"{stage} {total / self._count:.2f}" for stage, total in self._sums.items())
        return f"ms per frame: {', '.join(means) or 'nothing was timed'}"


@contextmanager
def _progress(
    source: Source, until_s: float | None, quiet: bool, status: Callable[[], str]
) -> Generator[Callable[[Scene], None]]:
    """Shows a progress bar with the remaining time, if stderr is a terminal and not `quiet`; yields its callback."""
    if quiet or not sys.stderr.isatty():
        yield lambda scene: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        TaskProgressColumn(show_speed=False),
        TextColumn("{task.completed:.1f} s, {task.fields[faces]} faces{task.fields[status]}"),
        TimeRemainingColumn(),
    )
    total = min((s for s in (source.duration_s, until_s) if s is not None), default=None)
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(source.name, total=total, faces=0, status="")
        yield lambda scene: progress.update(task, completed=scene.frame.time_s, faces=len(scene.faces), status=status())


def _end_on_terminate() -> None:
    """Handles SIGTERM, which `timeout` and service managers send, like Ctrl-C: the outputs are finished."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
