"""`emoar video`: annotates a video file as a video, a file of scenes, or both."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.cli import options as opt
from emoar.cli.run import run
from emoar.errors import InputError

__all__ = ["EPILOG", "video"]

EPILOG: Final = """Examples:

  emoar video clip.mp4 -o annotated.mp4

  emoar video clip.mp4 -o annotated.mp4 --overlays label,sticker --scenes scenes.jsonl

  emoar video clip.mp4 --scenes scenes.parquet        a table, one row for each face in each frame

  emoar video clip.mp4 -o annotated.mp4 --model my.tflite    your own model (emoar export), with its own labels

  emoar video clip.mp4 --scenes - | head -3"""


@opt.with_settings()
def video(
    context: typer.Context,
    settings: opt.Settings,
    source: Annotated[Path, typer.Argument(metavar="VIDEO", help="Any video file that FFmpeg reads.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Annotated video: .mp4, .mov or .mkv (H.264).")
    ] = None,
    scenes: opt.Scenes = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", help="Stop at this time of the video.", min=0.001)
    ] = None,
    landmarks: opt.Landmarks = False,
) -> None:
    """Annotate a video file. Its sound is kept, and so are the times of its pictures.

    Ctrl-C finishes the outputs and keeps them. Of a file that is cut short or damaged, what is readable is annotated.
    """
    from emoar.media.sources import is_picture
    from emoar.media.video import VideoSource

    if is_picture(source) and source.suffix.lower() not in (".gif", ".webp", ".avif", ".png"):  # those may be animated
        raise InputError(f"{source} is a picture: use emoar image")
    run(
        context,
        VideoSource(source),
        settings,
        output=output,
        scenes=scenes,
        landmarks=landmarks,
        until_s=seconds,
    )
