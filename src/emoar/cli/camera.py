"""`emoar camera`: annotates a live camera as a video, a stream of scenes, or both."""

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

__all__ = ["EPILOG", "camera"]

EPILOG: Final = """Examples:

  emoar camera --show                                 in a window

  emoar camera list                                   the cameras of this machine

  emoar camera -o out.mp4                             until Ctrl-C

  emoar camera 1 --scenes - --seconds 60              JSON lines on stdout, for a minute

  emoar camera /dev/video2 --size 640x480 -o out.mp4 --scenes out.jsonl

  emoar camera --send osc://127.0.0.1:9000 --send ros://robot:9090?rate=10

  emoar camera rtsp://camera.local/stream --scenes -  a stream, connected again where it breaks"""


@with_settings()
def camera(
    context: typer.Context,
    settings: opt.Settings,
    device: Annotated[
        str, typer.Argument(metavar="[CAMERA]", help="Index, device path or address; list shows them.")
    ] = "0",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Annotated video: .mp4, .mov or .mkv (H.264).")
    ] = None,
    scenes: opt.Scenes = None,
    seconds: Annotated[float | None, typer.Option("--seconds", help="Stop after this time.", min=0.001)] = None,
    size: Annotated[str, typer.Option("--size", help="Width x height to ask the camera for.")] = "1280x720",
    landmarks: opt.Landmarks = False,
    show: Show = False,
    virtual_camera: VirtualCameraPath = None,
    markers: Markers = None,
    send: Send = None,
) -> None:
    """Annotate a live camera. Nothing is stored or sent but what you ask for.

    When the machine is too slow for every picture, it continues with the newest one. Ctrl-C finishes the outputs.
    """
    if device == "list":
        _print_cameras()
        return
    one_thread_each()
    from emoar.media.camera import CameraOptions, CameraSource

    desktop = Desktop(show, virtual_camera, markers)
    if output is None and scenes is None and not desktop.wanted and not send:
        raise InputError("name an output: --show, -o out.mp4, --scenes out.jsonl, --scenes - for stdout, or --send")
    width, height = _size_px(size)
    source = CameraSource(int(device) if device.isdecimal() else device, CameraOptions(width, height))
    run(
        context,
        source,
        settings,
        output=output,
        scenes=scenes,
        landmarks=landmarks,
        until_s=seconds,
        desktop=desktop,
        send=send or (),
    )


def _print_cameras() -> None:
    from emoar.desktop.cameras import list_cameras

    cameras = list_cameras()
    for camera in cameras:
        typer.echo("  ".join((camera.device, camera.name, "; ".join(camera.formats))).rstrip())
    if not cameras:
        typer.echo("emoar: there is no camera on this machine: plug one in, or name the address of a stream", err=True)


def _size_px(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise InputError(f"--size must look like 1280x720, got {text!r}")
    return int(width), int(height)
