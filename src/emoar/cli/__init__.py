"""The command line `emoar`: one file per command, without logic.

A command's module is imported only when the command runs or shows its help. `emoar --help` is therefore fast, and a
missing extra affects only its own command.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated, Any, Final

import typer

from emoar import __version__
from emoar.cli.group import COMMON, Command, LazyGroup, short_warnings
from emoar.cli.group import report as report_error

__all__ = ["COMMANDS", "app", "main"]

COMMANDS: Final = (
    Command("image", "emoar.cli.image:image", "Annotate pictures; write the result as a picture and as JSON."),
    Command("video", "emoar.cli.video:video", "Annotate a video file; keeps its sound."),
    Command("camera", "emoar.cli.camera:camera", "Annotate a live camera until Ctrl-C."),
    Command("session", "emoar.cli.session:app", "Record expressions with markers, without pictures."),
    Command("report", "emoar.cli.report:report", "A page about recordings: timelines, segments, changes from rest."),
    Command("archive", "emoar.cli.archive:archive", "Analyse many videos into tables, several at once."),
    Command(
        "export-scenes",
        "emoar.cli.export_scenes:export_scenes",
        "Write recorded scenes for other programs: tables, ELAN, Praat, BIDS, OpenFace.",
    ),
    Command("demo", "emoar.cli.demo:demo", "Make a clip of two real faces and run everything on it."),
    Command("models", "emoar.cli.models:app", "List, fetch and verify the models."),
    Command("bench", "emoar.cli.bench:bench", "Measure the speed of each stage on this machine."),
    Command("evaluate", "emoar.cli.evaluate:evaluate", "Measure the accuracy of the shipped model."),
    Command("train", "emoar.cli.train:app", "Train an expression model; find a learning rate."),
    Command("personalise", "emoar.cli.personalise:personalise", "Make a model your own: train it on your faces."),
    Command("export", "emoar.cli.export:export_model", "Export a trained model as .tflite, .onnx and Core ML."),
    Command("serve", "emoar.cli.serve:serve", "Serve expressions over HTTP and a live socket."),
    Command("keys", "emoar.cli.keys:app", "API keys of the server: create, list, revoke."),
    Command("web", "emoar.cli.web:app", "Build the browser app, for a static host or for the server."),
    Command("federated", "emoar.cli.federated:app", "Federated learning: many devices, one model, no faces sent."),
    Command("android", "emoar.cli.android:app", "The browser app as an Android app: build, verify."),
    Command("data", "emoar.cli.data:app", "Labelled faces: describe, import, clean, collect."),
)

_EPILOG: Final = """Examples:

  emoar image photo.jpg -o out/

  emoar video clip.mp4 -o annotated.mp4

  emoar camera --scenes -

EmoAR recognises expressions, not feelings. Every command has --help with examples."""

app = typer.Typer(
    cls=LazyGroup,
    help="Recognises facial expressions and draws augmented-reality content over each face.",
    epilog=_EPILOG,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
    quiet: Annotated[bool, COMMON["quiet"]] = False,
    verbose: Annotated[bool, COMMON["verbose"]] = False,
) -> None:
    if version:
        typer.echo(f"emoar {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line with `arguments` (None: those of the process) and returns the exit code.

    An error is printed as one line on stderr.
    """
    _print_any_name()
    group = typer.main.get_command(app)
    assert isinstance(group, LazyGroup)
    group.register(COMMANDS)
    try:
        with short_warnings():
            code = group.main(arguments, prog_name="emoar", standalone_mode=False)
    except Exception as exc:
        return report_error(exc, verbose=False)
    return code if isinstance(code, int) else 0


def _print_any_name() -> None:
    """Lets names that are no UTF-8, and characters that the terminal lacks, be printed in escaped form."""
    stdout: Any = sys.stdout
    if isinstance(stdout, io.TextIOWrapper):
        stdout.reconfigure(errors="backslashreplace")
