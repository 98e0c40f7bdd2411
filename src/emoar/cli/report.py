"""`emoar report`: one page about the expressions in one or several recordings."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from emoar.cli.group import is_quiet
from emoar.errors import InputError

if TYPE_CHECKING:
    from emoar.analysis.recording import Recording
    from emoar.analysis.recording_summary import RecordingSummary
    from emoar.session.marker import Marker

__all__ = ["EPILOG", "report"]

EPILOG: Final = """Examples:

  emoar report interview.emoar --purpose "usability study 4" --baseline 0-3 -o report.html

  emoar report scenes.jsonl --markers film.csv --baseline rest --purpose "pilot" -o report.html

  emoar report interview.emoar --name 1=Ada --name 4=Ada --name 2=Ben --purpose "pilot" -o report.html

  emoar report p01.emoar p02.emoar p03.emoar --baseline rest --table values.csv --purpose "study" -o study.html

A file of markers is a table with the columns time_s and name, and end_s or duration where a segment has an end.

In the EU, inferring emotions of people at work and in education, hiring and grading included, is forbidden (AI Act,
Article 5(1)(f)), except for medical or safety reasons."""


def report(
    context: typer.Context,
    recordings: Annotated[
        list[Path],
        typer.Argument(
            metavar="RECORDING...",
            help="Sessions (.emoar), scenes (.jsonl, .parquet), or sessions of the browser app (.json).",
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The page, one .html file.")],
    purpose: Annotated[
        str | None,
        typer.Option("--purpose", help="What the report is for: printed on it, and asked for."),
    ] = None,
    markers: Annotated[
        list[Path] | None,
        typer.Option("--markers", help="Table of markers: one for all recordings, or one for each, in their order."),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="START-END|SEGMENT", help="When each person is at rest, such as 0-3 (s)."),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="FACE=NAME", help="Name of a face; faces of one name are one person."),
    ] = None,
    title: Annotated[str, typer.Option("--title", help="Heading of the page.")] = "",
    table: Annotated[
        Path | None,
        typer.Option("--table", help="All statistics as a tidy .csv, too."),
    ] = None,
) -> None:
    """Describe the expressions in recordings on one page: timelines, segments, changes from rest, with intervals.

    The page needs no network and holds no pictures of people. Several recordings are compared by person and segment.
    """
    from emoar.analysis.recording_summary import summarise
    from emoar.files import atomic_write, check_writable
    from emoar.report import require_libraries

    require_libraries()
    for path in (output, *([table] if table else [])):
        _check_output(path, recordings)
        check_writable(path)
    from emoar.analysis.read import read_recording

    found = [read_recording(path) for path in recordings]
    given = _markers(markers or [], len(found))
    persons = _persons(name or [], len(found))
    summaries = [
        summarise(recording, markers=own, baseline=baseline, persons=persons)
        for recording, own in zip(found, given, strict=True)
    ]
    reason = _purpose(purpose, found)
    from emoar.report.session_page import session_page

    atomic_write(output, session_page(summaries, reason, title).encode())
    if table is not None:
        atomic_write(table, _csv(summaries).encode())
    for summary in summaries:
        for note in summary.notes:
            typer.echo(f"emoar: warning: {summary.recording.name}: {note}", err=True)
    if not is_quiet(context):
        faces = sum(len(summary.persons) for summary in summaries)
        typer.echo(f"{output}: {faces} face{'' if faces == 1 else 's'}" + (f", {table}" if table else ""))


def _check_output(path: Path, recordings: Sequence[Path]) -> None:
    for recording in recordings:
        if path.resolve() == recording.resolve():
            raise InputError(f"{path} would overwrite a recording: name another file")


def _markers(paths: Sequence[Path], count: int) -> list[list[Marker]]:
    """The markers of each recording."""
    from emoar.analysis.read_markers import read_markers

    if len(paths) not in (0, 1, count):
        raise InputError(f"--markers must be given once, or once for each of the {count} recordings, got {len(paths)}")
    tables = [read_markers(path) for path in paths]
    return tables if len(tables) == count else (tables or [[]]) * count


def _persons(names: Sequence[str], count: int) -> dict[int, str]:
    """The name of each track."""
    if names and count > 1:
        raise InputError("--name needs one recording: the faces of each are numbered from 1")
    persons: dict[int, str] = {}
    for text in names:
        track, _, name = text.partition("=")
        if not track.strip().isdecimal() or not name.strip():
            raise InputError(f"--name must look like 1=Ada, got {text!r}")
        persons[int(track)] = " ".join(name.split())
    return persons


def _purpose(given: str | None, recordings: Sequence[Recording]) -> str:
    """What the report is for: as given, as recorded, or as answered on the terminal."""
    recorded = {recording.purpose for recording in recordings}
    purpose = given if given is not None else recorded.pop() if len(recorded) == 1 else ""
    if not purpose.strip() and given is None and sys.stdin.isatty():
        purpose = str(typer.prompt("What is this report for? It is printed on the page", err=True))
    if not purpose.strip():
        raise InputError('a report names its purpose: --purpose "usability study 4"')
    return " ".join(purpose.split())


def _csv(summaries: Sequence[RecordingSummary]) -> str:
    from emoar.analysis.recording_summary import summary_rows

    rows = [row for summary in summaries for row in summary_rows(summary)]
    content = io.StringIO()
    writer = csv.DictWriter(content, fieldnames=list(rows[0]) if rows else ["recording"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return content.getvalue()


def _cell(value: Any) -> Any:
    """A value for a spreadsheet: nothing where there is none, and no text that would be a formula."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
