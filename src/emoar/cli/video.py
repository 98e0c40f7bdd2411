"""`emoar video`: a video file in, an annotated video out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.cli import options as opt
from emoar.cli.run import run
from emoar.errors import InputError
from emoar.models.expression import DEFAULT_MODEL

__all__ = ["EPILOG", "video"]

EPILOG: Final = """Examples:

  emoar video clip.mp4 -o annotated.mp4

  emoar video clip.mp4 -o annotated.mp4 --overlay label,sticker --scenes scenes.jsonl

  emoar video clip.mp4 --scenes scenes.parquet        a table, one row for each face in each frame

  emoar video clip.mp4 -o annotated.mp4 --model my.tflite    your own model (emoar export), with its own labels

  emoar video clip.mp4 --scenes - | head -3"""


def video(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="VIDEO", help="Any video file that FFmpeg reads.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Annotated video: .mp4, .mov or .mkv (H.264).")
    ] = None,
    scenes: Annotated[
        str | None, typer.Option("--scenes", help="What was found: .jsonl, .parquet, or - for JSON lines on stdout.")
    ] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", help="Stop after so much of it.", min=0.001)] = None,
    landmarks: opt.Landmarks = False,
    overlays: opt.Overlays = opt.DEFAULT_OVERLAYS,
    model: opt.Model = DEFAULT_MODEL,
    labels: opt.Labels = None,
    max_faces: opt.MaxFaces = 4,
    mode: opt.Mode = opt.ModeName.live,
    threads: opt.Threads = 1,
    content: opt.Content = None,
    models: opt.Models = None,
    seed: opt.Seed = 0,
) -> None:
    """Annotate a video file. Its sound is kept, and so are the times of its pictures.

    Ctrl-C finishes the outputs and keeps them. Of a file that is cut short or damaged, what is readable is annotated.
    """
    from emoar.media.sources import is_picture
    from emoar.media.video import VideoSource

    if is_picture(source) and source.suffix.lower() not in (".gif", ".webp", ".avif", ".png"):  # those may be animated
        raise InputError(f"{source} is a picture: use emoar image")
    settings = opt.Settings(mode.value, overlays, labels, max_faces, threads, content, models, seed, model)
    run(
        context,
        VideoSource(source),
        settings,
        output=output,
        scenes=scenes,
        landmarks=landmarks,
        until_s=seconds,
    )
