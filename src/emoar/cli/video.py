"""`emoar video`: annotates a video file as a video, a file of scenes, or both."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.cli import options as opt
from emoar.cli.desktop import Desktop, Markers, Show, VirtualCameraPath
from emoar.cli.native import one_thread_each
from emoar.cli.run import run
from emoar.cli.send import Send
from emoar.cli.with_settings import with_settings
from emoar.errors import InputError

__all__ = ["EPILOG", "video"]

EPILOG: Final = """Examples:

  emoar video clip.mp4 -o annotated.mp4

  emoar video clip.mp4 -o annotated.mp4 --overlays label,sticker --scenes scenes.jsonl

  emoar video clip.mp4 --scenes scenes.parquet        a table, one row for each face in each frame

  emoar video clip.mp4 --show                         in a window, at the speed of the video

  emoar video clip.mp4 -o annotated.mp4 --model my.tflite    your own model (emoar export), with its own labels

  emoar video clip.mp4 --scenes - | head -3

  emoar video clip.mp4 --send jsonl:-?rate=0          events on stdout

  emoar video https://example.org/clip.mp4 -o annotated.mp4     an address: http(s), rtsp, rtmp, tcp, udp

  cat clip.mkv | emoar video - -o annotated.mp4       a pipe"""

_MAY_MOVE: Final = (".gif", ".webp", ".avif", ".png", ".apng", ".mjpeg", ".mjpg")


@with_settings()
def video(
    context: typer.Context,
    settings: opt.Settings,
    source: Annotated[str, typer.Argument(metavar="VIDEO", help="A video file, an address, or - for a pipe.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Annotated video: .mp4, .mov or .mkv (H.264).")
    ] = None,
    scenes: opt.Scenes = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", help="Stop at this time of the video.", min=0.001)
    ] = None,
    landmarks: opt.Landmarks = False,
    show: Show = False,
    virtual_camera: VirtualCameraPath = None,
    markers: Markers = None,
    send: Send = None,
) -> None:
    """Annotate a video file. Its sound is kept, and so are the times of its pictures.

    Ctrl-C finishes the outputs and keeps them. Of a file that is cut short or damaged, what is readable is annotated.
    """
    one_thread_each()
    from emoar.media.addresses import address_in
    from emoar.media.sources import is_picture
    from emoar.media.video import open_video

    place = address_in(source)
    if isinstance(place, Path) and is_picture(place) and place.suffix.lower() not in _MAY_MOVE:
        raise InputError(f"{source} is a picture: use emoar image")
    run(
        context,
        open_video(source),
        settings,
        output=output,
        scenes=scenes,
        landmarks=landmarks,
        until_s=seconds,
        desktop=Desktop(show, virtual_camera, markers),
        send=send or (),
    )
