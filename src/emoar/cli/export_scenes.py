"""`emoar export-scenes`: writes recorded scenes in the file formats of other programs."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.analysis.recording import Recording
from emoar.errors import EmoarError, InputError
from emoar.exports.base import ExportOptions
from emoar.exports.export import FORMATS, format_named

__all__ = ["EPILOG", "export_scenes"]

_TABLE = "\n\n".join(f"  {name:11} {one.summary}" for name, one in FORMATS.items())
EPILOG: Final = f"""Formats:

{_TABLE}

Examples:

  emoar video interview.mp4 --scenes interview.jsonl

  emoar export-scenes interview.jsonl --as elan --media interview.mp4       writes interview.eaf

  emoar export-scenes sessions/*.emoar --as csv -o tables/

  emoar export-scenes p07.emoar --as bids -o study/ --subject 07 --task interview

  emoar export-scenes interview.jsonl --as openface -o processed/interview.csv

Columns that EmoAR has no values for are left out, never filled with zeros."""


def export_scenes(
    recordings: Annotated[
        list[Path],
        typer.Argument(
            metavar="SCENES|SESSION…",
            help="Scenes (.jsonl, .parquet), sessions (.emoar), or the browser's sessions (.json).",
            show_default=False,
        ),
    ],
    name: Annotated[
        str,
        typer.Option(
            "--as", help=f"The format: {', '.join(FORMATS)}.", show_default=False, autocompletion=lambda: [*FORMATS]
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="The file; of several recordings, and for bids, the folder. Default: beside each recording.",
            show_default=False,
        ),
    ] = None,
    media: Annotated[
        str, typer.Option("--media", help="The video, for programs that play it. Default: the recorded source.")
    ] = "",
    subject: Annotated[
        str, typer.Option("--subject", help="bids: of one recording. Default: each recording's name.")
    ] = "",
    task: Annotated[str, typer.Option("--task", help="bids: letters and digits.")] = "recording",
    rate_hz: Annotated[
        float | None,
        typer.Option("--rate", help="bids: samples a second. Default: the recording's.", min=0.1, max=1000),
    ] = None,
) -> None:
    """Write recorded scenes as tables, annotations, subtitles, or with the columns of other tools."""
    from emoar.exports.export import export_recording

    form = format_named(name)
    if subject and len(recordings) > 1:
        raise InputError("--subject is for one recording: leave it out, and each recording's name is its subject")
    failed: list[EmoarError] = []
    for path in recordings:
        target = _target(path, output, form.suffix, several=len(recordings) > 1)
        options = ExportOptions(media, subject or re.sub("[^0-9A-Za-z]", "", path.stem) or "01", task, rate_hz)
        try:
            if target.exists() and path.exists() and target.samefile(path):
                raise InputError(f"{path} would be overwritten by its own export: name another file with -o")
            recording = _read(path, landmarks=form.landmarks)
            for written in export_recording(recording, name, target, options):
                typer.echo(written)
        except EmoarError as exc:
            if len(recordings) == 1:
                raise
            failed.append(exc)
            typer.echo(f"emoar: {exc}", err=True)
    if failed:
        raise InputError(f"{len(failed)} of {len(recordings)} recordings could not be exported, the others are there")


def _read(path: Path, *, landmarks: bool) -> Recording:
    from emoar.analysis.read import read_recording

    if landmarks:
        with suppress(InputError):  # most recordings have none
            return read_recording(path, landmarks=True)
    return read_recording(path)


def _target(path: Path, output: Path | None, suffix: str, *, several: bool) -> Path:
    """Where the export of a recording goes."""
    if not suffix:
        return output or path.with_name("bids")
    if output is None:
        return path.with_name(f"{path.stem}{suffix}")
    return output / f"{path.stem}{suffix}" if several or output.is_dir() else output
