"""`emoar demo`: annotates a generated clip of two real faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import silence_native_stderr
from emoar.cli.options import Overlays, default_overlays, overlay_names

if TYPE_CHECKING:
    from emoar.demo.run import FaceSummary

__all__ = ["EPILOG", "demo"]

EPILOG: Final = """Examples:

  emoar demo

  emoar demo --output /tmp/demo --overlays label,facepaint,box"""


def demo(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for the video, the picture and the scenes.")
    ] = Path("demo"),
    overlays: Overlays = f"{default_overlays},sticker",
) -> None:
    """Make a ten-second clip of two real faces and run everything on it.

    Writes annotated.mp4, snapshot.png and scenes.jsonl, and prints what was found and how fast it was.
    """
    from emoar.demo.run import run_demo

    console = Console(quiet=is_quiet(context))
    with Progress(console=console, transient=True) as bar, silence_native_stderr(verbose=is_verbose(context)):
        task = bar.add_task("frames", total=None)
        result = run_demo(
            output, None, overlay_names(overlays), lambda done, total: bar.update(task, completed=done, total=total)
        )
    console.print(f"Faces in {result.frames} frames of 1280x720:")
    console.print(_faces(result.faces))
    console.print(_stages(result.stage_ms))
    console.print(
        f"{result.pipeline_fps:.0f} frames/s in the pipeline, {result.whole_fps:.0f} with clip, drawing and encoding"
    )
    for path in result.files:
        console.print(f"wrote {path}", soft_wrap=True, highlight=False)


def _faces(faces: Sequence[FaceSummary]) -> Table:
    table = Table("id", "frames", "expressions", "yaw", "pitch", "roll (medians)", box=SIMPLE)
    for face in faces:
        shares = ", ".join(f"{label} {share:.0%}" for label, share in face.shares.items())
        table.add_row(str(face.track_id), str(face.frames), shares, *(f"{v:+.0f}°" for v in face.yaw_pitch_roll_deg))
    return table


def _stages(stage_ms: Mapping[str, float]) -> Table:
    table = Table("stage", "ms a frame", box=SIMPLE)
    for name, value in stage_ms.items():
        table.add_row("whole pipeline" if name == "total" else name, f"{value:.2f}", end_section=name == "total")
    return table
