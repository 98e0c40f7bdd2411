"""`emoar session`: records scenes with markers, and shows what is in a recording."""

from __future__ import annotations

import csv
import json
import signal
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from emoar.cli import options as opt
from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import silence_native_stderr
from emoar.cli.with_settings import with_settings
from emoar.errors import InputError, MediaError

if TYPE_CHECKING:
    from emoar.media.base import Source
    from emoar.session.marker import Marker
    from emoar.session.session_sink import SessionSink
    from emoar.types import Frame, Scene

    _Read = Callable[[Frame], list[Marker]]  # the markers that have arrived, at the times of this source

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Record what faces look like over time, with markers, without pictures; emoar report describes it.",
)

_START: Final = """Examples:

  emoar session start -o interview.emoar                        camera 0, until Ctrl-C; every key is a marker

  emoar session start 1 -o p01.emoar --key q=question --key a=answer --purpose "usability study 4"

  emoar session start film.mp4 -o film.emoar --markers scenes.csv

  emoar session start rtsp://camera.local/stream -o hall.emoar --seconds 600

No picture is stored. The file is readable up to its last scene whatever ends the recording."""

_SHOW_EVERY_S: Final = 0.25
_INTERRUPTED: Final = 130

Recorded = Annotated[Path, typer.Argument(metavar="RECORDING", help="A session, scenes, or a session of the browser.")]


@app.command("start", epilog=_START)
@with_settings(leave_out=("overlays", "content", "seed", "language"))
def start(
    context: typer.Context,
    settings: opt.Settings,
    source: Annotated[str, typer.Argument(metavar="[SOURCE]", help="Camera, address of a stream, or a video.")] = "0",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The recording, .emoar; must not exist.")
    ] = None,
    markers: Annotated[
        Path | None, typer.Option("--markers", help="Table of markers (time_s, name) to put into the recording.")
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="KEY=NAME", help="Name of a key's marker; other keys are numbered."),
    ] = None,
    lsl_markers: Annotated[
        str | None,
        typer.Option("--lsl-markers", metavar="STREAM|all", help="Markers of other programs on Lab Streaming Layer."),
    ] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="What it is recorded for; reports print it.")] = "",
    seconds: Annotated[float | None, typer.Option("--seconds", help="Stop after this time.", min=0.001)] = None,
) -> None:
    """Record the expressions of all faces from a camera, a stream or a video. Ctrl-C ends it."""
    from emoar.analysis.read_markers import read_markers
    from emoar.annotate import annotate

    if output is None or output.suffix.lower() != ".emoar":
        raise InputError("name the recording: -o interview.emoar")
    names, known = _keys(key or []), read_markers(markers) if markers else []
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `timeout` and service managers end it as Ctrl-C does
    quiet = is_quiet(context)
    with ExitStack() as stack:
        pictures = stack.enter_context(_open(source))
        with silence_native_stderr(verbose=is_verbose(context)):
            pipeline = stack.enter_context(settings.pipeline())
        sink = _sink(output, pictures, settings, pipeline.label_sets, purpose)
        stack.callback(sink.close, complete=False)
        for marker in known:
            sink.mark(marker)
        readers = [
            stack.enter_context(_key_markers(names, live=pictures.live)),
            stack.enter_context(_lsl_markers(lsl_markers)),
        ]
        status = stack.enter_context(_status(sink, quiet))

        def on_scene(scene: Scene) -> None:
            for marker in (marker for read in readers for marker in read(scene.frame)):
                sink.mark(marker)
            status(scene)

        outcome = annotate(pictures, pipeline, [sink], on_scene=on_scene, until_s=seconds)
    kept = ", ".join(outcome.kept)
    if outcome.problem is not None:
        raise MediaError(f"{pictures.path or pictures.name} {outcome.problem}; kept {kept}")
    if outcome.interrupted:
        typer.echo(f"emoar: stopped; kept {kept}", err=True)
        raise typer.Exit(_INTERRUPTED)
    if not quiet:
        faces = len(outcome.track_ids)
        typer.echo(f"{kept}: {faces} face{'' if faces == 1 else 's'}, {outcome.elapsed_s:.1f} s")


@app.command("info", epilog="Examples:\n\n  emoar session info interview.emoar")
def info(recording: Recorded, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Length, faces, markers and state of a recording."""
    from emoar.analysis.read import read_recording
    from emoar.analysis.recording import face_series

    found = read_recording(recording)
    faces = {each.face: round(float(each.durations_s.sum()), 2) for each in face_series(found)}
    facts = {
        "source": found.source,
        "began": found.began,
        "purpose": found.purpose,
        "seconds": round(found.end_s - found.start_s, 3),
        "frames": len(found.frames["time_s"]),
        "faces": faces,
        "label_sets": list(found.label_sets),
        "raw_probabilities": found.has_raw,
        "markers": [marker.to_dict() for marker in found.markers],
        "notes": list(found.notes),
    }
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
        return
    facts["faces"] = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in faces.items()) or "none"
    facts["label_sets"] = ", ".join(found.label_sets)
    facts["markers"] = ", ".join(f"{each.name} at {each.time_s:.1f} s" for each in found.markers) or "none"
    facts["notes"] = "; ".join(found.notes)
    for name, value in facts.items():
        if value not in ("", None):
            typer.echo(f"{name.replace('_', ' '):18}{value}")


@app.command("markers", epilog="Examples:\n\n  emoar session markers interview.emoar > markers.csv")
def markers(recording: Recorded) -> None:
    """The markers of a recording as a table, which emoar report --markers reads."""
    from emoar.analysis.read import read_recording

    found = read_recording(recording)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("time_s", "name", "end_s"))
    for each in found.markers:
        writer.writerow((f"{each.time_s:.4f}", each.name, "" if each.end_s is None else f"{each.end_s:.4f}"))


def _open(source: str) -> Source:
    from emoar.media.addresses import Address, address_in, is_live
    from emoar.media.camera import CameraSource
    from emoar.media.peeked import is_camera
    from emoar.media.video import open_video

    if source.isdecimal():
        return CameraSource(int(source))
    place = address_in(source)
    live = is_live(place) if isinstance(place, Address) else is_camera(place)
    return CameraSource(source) if live else open_video(source)


def _sink(
    output: Path, source: Source, settings: opt.Settings, label_sets: Mapping[str, Sequence[str]], purpose: str
) -> SessionSink:
    from emoar.session.session_sink import SessionSink

    reason, model = " ".join(purpose.split()), Path(settings.model).name
    return SessionSink(output, source=source.name, model=model, label_sets=label_sets, purpose=reason)


def _keys(texts: Sequence[str]) -> dict[str, str]:
    """The name of each key's marker."""
    names: dict[str, str] = {}
    for text in texts:
        key, _, name = text.partition("=")
        if len(key) != 1 or not key.isprintable() or not name.strip():
            raise InputError(f"--key must look like q=question, got {text!r}")
        names[key] = name
    return names


@contextmanager
def _key_markers(names: dict[str, str], *, live: bool) -> Generator[_Read]:
    """Markers of keys, of a live source on a terminal."""
    if not (live and sys.stdin.isatty()):
        if names:
            raise InputError("--key needs a camera or stream, and a terminal: for a video give --markers markers.csv")
        yield lambda frame: []
        return
    from emoar.session.key_markers import KeyMarkers

    with KeyMarkers(names) as keys:
        yield keys.read


@contextmanager
def _lsl_markers(stream: str | None) -> Generator[_Read]:
    """Markers of other programs."""
    if stream is None:
        yield lambda frame: []
        return
    from emoar.events.lsl.marker_inlet import MarkerInlet
    from emoar.session.marker import LONGEST_NAME, Marker

    with MarkerInlet(None if stream == "all" else stream) as inlet:
        yield lambda frame: [
            Marker(each.text[:LONGEST_NAME], max(each.time_s, 0.0)) for each in inlet.read(frame) if each.text.strip()
        ]


@contextmanager
def _status(sink: SessionSink, quiet: bool) -> Generator[Callable[[Scene], None]]:
    """A line that shows time, faces and markers, if stderr is a terminal and not `quiet`."""
    if quiet or not sys.stderr.isatty():
        yield lambda scene: None
        return
    due_s = 0.0

    def show(scene: Scene) -> None:
        nonlocal due_s
        if (now_s := time.monotonic()) < due_s:
            return
        due_s = now_s + _SHOW_EVERY_S
        minutes, seconds = divmod(scene.frame.time_s, 60)
        line = f"recording {minutes:.0f}:{seconds:04.1f}, faces: {len(scene.faces)}, markers: {sink.marker_count}"
        print(f"\r{line}; a key marks, Ctrl-C ends\x1b[K", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
