"""`emoar data collect`: records labelled expressions in front of the camera, with consent, for a user's own model."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.cli import options as opt
from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import silence_native_stderr
from emoar.errors import InputError
from emoar.labels import LABEL_SETS
from emoar.media.camera import CameraOptions, CameraSource
from emoar.session.key_markers import KeyMarkers
from emoar.training.collection.correct import RIGHT, Shown, correct, keys_of
from emoar.training.collection.folder import CONSENT, collection_folder, collections, delete_collection, is_collection
from emoar.training.collection.session import Collected, CollectOptions, FindsFaces, Moment
from emoar.training.collection.session import collect as run_session
from emoar.types import Frame

__all__ = ["EPILOG", "collect"]

EPILOG: Final = """Examples:

  emoar data collect anna

  emoar data collect anna --labels happy,sad,bored --rounds 4

  emoar data collect anna --correct         the live label is shown, a key gives the right one

  emoar data collect --list

  emoar data collect --delete anna

It shows a text first and starts only when you type yes. The crops stay on this machine; train with them:
emoar personalise --data FOLDER -o me.tflite, or emoar train RECIPE --data FOLDER"""


def collect(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Of the collection.", show_default=False)] = None,
    camera: Annotated[str, typer.Option("--camera", help="Index or device path.")] = "0",
    labels: Annotated[
        str, typer.Option("--labels", help="fer2013, ferplus, or words of your own with commas.")
    ] = "fer2013",
    rounds: Annotated[int, typer.Option("--rounds", help="The last one is for validation.", min=1)] = 3,
    per_round: Annotated[int, typer.Option("--crops", help="Of each expression in each round.", min=1)] = 15,
    prepare: Annotated[float, typer.Option("--prepare", help="Seconds from prompt to first crop.", min=0)] = 3.0,
    patience: Annotated[float, typer.Option("--patience", help="Seconds after which a prompt ends.", min=0.1)] = 30.0,
    size: Annotated[int, typer.Option("--size", help="Side of the crops in pixels.", min=8, max=1024)] = 48,
    colour: Annotated[bool, typer.Option("--colour", help="RGB crops instead of grey ones.")] = False,
    correcting: Annotated[
        bool,
        typer.Option("--correct", help="Show the live label, and store your face with the one that you give by a key."),
    ] = False,
    model: opt.Model = opt.DEFAULT_MODEL,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where collections are; else the user's data folder.")
    ] = None,
    i_consent: Annotated[bool, typer.Option("--i-consent", help="You read the text and agree; for scripts.")] = False,
    delete: Annotated[str | None, typer.Option("--delete", help="Delete the collection of this name.")] = None,
    list_all: Annotated[bool, typer.Option("--list", help="List the collections.")] = False,
    model_folder: opt.ModelFolder = None,
) -> None:
    """Record your own expressions, prompted one by one, as aligned crops with labels. Everything stays here."""
    root = folder or _default_root()
    if delete is not None:
        typer.echo(f"deleted {delete}: {delete_collection(root, delete)} files")
        return
    if list_all:
        for path in collections(root):
            typer.echo(f"{path.name}  {path}")
        return
    if name is None:
        raise InputError("name the collection: emoar data collect anna")
    words = (
        LABEL_SETS[labels].labels
        if labels in LABEL_SETS
        else tuple(word.strip().lower() for word in labels.split(",") if word.strip())
    )
    options = CollectOptions(words, rounds, per_round, prepare, patience_s=patience, size_px=size, colour=colour)
    target = collection_folder(root, name)
    if target.exists() and not (correcting and is_collection(target)):
        raise InputError(f"{target} exists: take another name, or delete it: emoar data collect --delete {name}")
    if correcting and not sys.stdin.isatty():
        raise InputError("--correct reads keys: run it in a terminal")
    consent = _ask_consent(options, target, given=i_consent)
    source = CameraSource(int(camera) if camera.isdecimal() else camera, CameraOptions())
    with (
        source,
        silence_native_stderr(verbose=is_verbose(context)),
        opt.Settings(max_faces=2, model=model, model_folder=model_folder).pipeline() as live,
    ):
        if correcting:
            result = _correct(source, live, target, options, consent, quiet=is_quiet(context))
        else:
            result = run_session(source, live, target, options, consent, _Prompter(quiet=is_quiet(context)))
    _print_summary(result)


def _correct(
    frames: Iterable[Frame], live: FindsFaces, target: Path, options: CollectOptions, consent: str, *, quiet: bool
) -> Collected:
    """Shows the live label and the keys on one line, until Ctrl-C."""
    keys = keys_of(options.labels)
    if not quiet:
        named = "  ".join(f"{key} {label}" for key, label in keys.items() if label != RIGHT)
        typer.echo(f"Press the key of the right label; Enter: it is right; Ctrl-C: end\n{named}", err=True)

    def show(shown: Shown) -> None:
        line = f"{shown.label.upper() or '-'} ({sum(shown.counts.values())} stored) {shown.trouble}"
        typer.echo(f"\r{line:<79}", err=True, nl=False)

    with KeyMarkers(keys) as markers:

        def pressed(frame: Frame) -> list[str]:
            return [marker.name for marker in markers.read(frame)]

        return correct(frames, live, target, options, consent, pressed, (lambda _: None) if quiet else show)


def _default_root() -> Path:
    from platformdirs import user_data_path

    return user_data_path("emoar") / "collections"


def _ask_consent(options: CollectOptions, target: Path, *, given: bool) -> str:
    """Shows the consent text and asks for agreement, before the camera is opened. Returns how consent was given.

    Raises:
        InputError: the person does not agree, or stdin is not a terminal.
    """
    colour = "in colour" if options.colour else "grey"
    typer.echo(CONSENT.format(size=options.size_px, colour=colour, folder=target, name=target.name), err=True)
    if given:
        return "--i-consent"
    if not sys.stdin.isatty():
        raise InputError("this is no terminal to answer in: run it in one, or give --i-consent after reading the text")
    answer = typer.prompt("Type yes to begin", default="no", show_default=False, err=True)
    if answer.strip().lower() != "yes":
        raise InputError("no consent: nothing was recorded, and the camera was not opened")
    return "typed yes"


class _Prompter:
    """Prints the prompts on stderr: one line that is updated on a terminal, one line per prompt elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet, self._live, self._last = quiet, sys.stderr.isatty(), ("", 0)

    def __call__(self, moment: Moment) -> None:
        if self._quiet:
            return
        new = (moment.label, moment.round) != self._last
        self._last = (moment.label, moment.round)
        wait = f"in {moment.seconds_left:.0f} s" if moment.seconds_left else f"{moment.count} recorded"
        line = f"round {moment.round}: show {moment.label.upper()} ({wait}) {moment.trouble}"
        if self._live:
            typer.echo(f"{chr(10) if new else chr(13)}{line:<79}", err=True, nl=False)
        elif new:
            typer.echo(line, err=True)


def _print_summary(result: Collected) -> None:
    typer.echo("", err=True)
    for line in result.missing:
        typer.echo(f"fewer crops than wanted: {line}", err=True)
    counts = ", ".join(f"{count} {label}" for label, count in result.counts.items())
    typer.echo(f"{result.folder}: {counts}; delete it: emoar data collect --delete {result.folder.name}")
    if not result.complete:
        typer.echo("emoar: stopped before the end; what was recorded is kept", err=True)
        raise typer.Exit(130)
