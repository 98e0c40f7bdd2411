"""The options of `emoar camera` and `emoar video` for a desktop: a window, a virtual camera, markers."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emoar.cli.options import Settings
from emoar.errors import InputError

if TYPE_CHECKING:
    from emoar.desktop.pace import Pace
    from emoar.desktop.viewer import Draw, Viewer
    from emoar.media.base import Source
    from emoar.types import Scene

__all__ = ["Desktop", "Markers", "Show", "VirtualCameraPath", "open_viewer"]

_PANEL = "Desktop"

Show = Annotated[
    bool,
    typer.Option(
        "--show",
        help="Open a window. Keys: o overlays, space pause, s snapshot, r record, m marker, q quit.",
        rich_help_panel=_PANEL,
    ),
]
VirtualCameraPath = Annotated[
    Path | None,
    typer.Option(
        "--virtual-camera",
        metavar="DEVICE",
        help="Let other programs see the drawn pictures as a camera: a v4l2loopback device of Linux, /dev/video9.",
        rich_help_panel=_PANEL,
    ),
]
Markers = Annotated[
    Path | None,
    typer.Option("--markers", help="A CSV file for the markers of --show (key m).", rich_help_panel=_PANEL),
]


@dataclass(frozen=True)
class Desktop:
    """What a command shows on the desktop.

    Raises:
        InputError: there are markers without a window.
    """

    show: bool = False
    virtual_camera: Path | None = None
    markers: Path | None = None

    def __post_init__(self) -> None:
        if self.markers is not None and not self.show:
            raise InputError("--markers needs --show: markers are set with the key m of the window")

    @property
    def wanted(self) -> bool:
        """Whether there is anything to show."""
        return self.show or self.virtual_camera is not None

    @contextmanager
    def opened(self, source: Source, settings: Settings, report: Callable[[str], None]) -> Generator[Shown]:
        """Opens the window, if there is one, and shows a file's pictures at their times."""
        from emoar.desktop.pace import Pace

        pace = Pace() if self.wanted and not source.live else None
        if not self.show:
            yield Shown(pace=pace)
            return
        with ExitStack() as stack:
            on_marker = None
            if self.markers is not None:
                from emoar.desktop.marker_file import MarkerFile

                file = MarkerFile(self.markers)
                stack.callback(lambda: report(file.close()))
                on_marker = file.add
            yield Shown(stack.enter_context(open_viewer(source, settings, report, on_marker, pace)))


@dataclass(frozen=True)
class Shown:
    """What takes part in the loop over the scenes."""

    viewer: Viewer | None = None
    pace: Pace | None = None  # without a window

    @property
    def draw(self) -> Draw | None:
        """Draws the overlays that are chosen in the window; None: there is no window."""
        return self.viewer.draw if self.viewer is not None else None

    def on_scene(self, scene: Scene) -> None:
        """Shows a scene, or waits until the next one is due."""
        if self.viewer is not None:
            self.viewer.show(scene)
        elif self.pace is not None:
            self.pace.wait(scene.frame.time_s)

    def enough(self) -> bool:
        """Whether the window was closed."""
        return self.viewer is not None and self.viewer.finished


def open_viewer(
    source: Source,
    settings: Settings,
    report: Callable[[str], None],
    on_marker: Callable[[float], None] | None = None,
    pace: Pace | None = None,
) -> Viewer:
    """A window for a source; the caller closes it.

    Raises:
        DependencyMissing: pygame-ce is not installed.
        OutputError: there is no display.
        InputError: an overlay or the content pack is wrong.
    """
    from emoar.desktop.viewer import Viewer
    from emoar.desktop.window import Window

    def draw_of(overlays: str) -> Draw:
        painter = replace(settings, overlays=overlays).painter()
        return painter.draw if painter is not None else lambda scene: scene.frame.image

    window = Window(f"{source.name} - EmoAR")
    try:
        return Viewer(
            window,
            draw_of,
            settings.overlays,
            name=source.name,
            frame_rate=min(source.frame_rate or 30.0, 1000.0),
            report=report,
            on_marker=on_marker,
            pace=pace,
        )
    except BaseException:
        window.close()
        raise
