"""A window: a picture, a line of text below it, and the keys that are pressed in it. SDL does the work."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing, OutputError
from emoar.media.video.fit import scaled_to_fit

__all__ = ["CLOSE", "Window"]

CLOSE: Final = "close"  # the key that a click on the window's close button counts as
NO_DISPLAY: Final = (
    "there is no display to open a window on: make serve shows the same in a browser, also in that of another machine"
)
_NOWHERE: Final = ("offscreen", "dummy")  # drivers without a display
_OF_DESKTOP: Final = 0.8  # largest share of it that a new window has
_LEAST_PX: Final = (640, 360)
_LEAST_LETTERS_PX: Final = 8
_BAR: Final = 24  # of a window's height, one part is the line of text
_INK, _PAPER = (232, 237, 242), (16, 22, 29)


class Window:
    """Opens when the first picture is shown, in the picture's size where the desktop has room for it.

    It can be resized and has the pixels of the display. The picture keeps its shape. All methods belong to the main
    thread.

    Raises:
        DependencyMissing: pygame-ce is not installed.
        OutputError: there is no display.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._pygame = _pygame()
        self._window: Any = None
        self._picture: NDArray[np.uint8] | None = None
        self._line = ""
        self._fonts: dict[int, Any] = {}
        try:
            self._pygame.display.init()
        except self._pygame.error as exc:
            raise OutputError(NO_DISPLAY) from exc
        if self._pygame.display.get_driver() in _NOWHERE and "SDL_VIDEODRIVER" not in os.environ:
            self.close()
            raise OutputError(NO_DISPLAY)
        self._pygame.font.init()

    def show(self, picture: NDArray[np.uint8], line: str) -> None:
        """Shows an (H, W, 3) RGB picture, and a line of text below it."""
        self._picture, self._line = picture, line
        if self._window is None:
            self._open(picture.shape[1], picture.shape[0])
        self._draw()

    def rename(self, title: str) -> None:
        """Changes the window's title."""
        self._title = title
        if self._window is not None:
            self._window.title = title

    def keys(self, wait_s: float = 0.0) -> list[str]:
        """The keys pressed since the last call, by name: "a", "space", "escape", or `CLOSE`.

        Waits up to `wait_s` seconds for something to happen in the window.
        """
        pygame, pressed, stale = self._pygame, list[str](), False
        first = [pygame.event.wait(max(int(wait_s * 1000), 1))] if wait_s > 0 else []
        for event in [*first, *pygame.event.get()]:
            if event.type == pygame.KEYDOWN:
                pressed.append(pygame.key.name(event.key))
            elif event.type in (pygame.QUIT, pygame.WINDOWCLOSE):
                pressed.append(CLOSE)
            elif event.type in (pygame.WINDOWEXPOSED, pygame.WINDOWSIZECHANGED):
                stale = True
        if stale and self._picture is not None:
            self._draw()
        return pressed

    def close(self) -> None:
        """Closes the window. Closing twice is harmless."""
        if self._window is not None:
            self._window.destroy()
            self._window = None
        self._pygame.quit()

    def _open(self, width: int, height: int) -> None:
        desktop = self._pygame.display.get_desktop_sizes()[0]
        enlarge = max(1.0, *(least / side for least, side in zip(_LEAST_PX, (width, height), strict=True)))
        room = min(_OF_DESKTOP * side / own for side, own in zip(desktop, (width, height), strict=True))
        scale = min(enlarge, room)
        tall = max(round(height * scale), 1)
        size = max(round(width * scale), 1), tall + _bar_px(round(tall * _BAR / (_BAR - 1)))
        self._window = self._pygame.Window(self._title, size, resizable=True, allow_high_dpi=True)

    def _draw(self) -> None:
        """Draws the newest picture and line, in the window's present size."""
        assert self._picture is not None
        surface = self._window.get_surface()
        width, height = surface.get_size()
        bar = _bar_px(height)
        image = np.ascontiguousarray(scaled_to_fit(self._picture, width, max(height - bar, 1)))
        surface.blit(self._pygame.image.frombuffer(image, (width, image.shape[0]), "RGB"), (0, 0))
        surface.fill(_PAPER, (0, height - bar, width, bar))
        text = self._text(bar, width)
        surface.blit(text, (bar // 3, height - bar + (bar - text.get_height()) // 2))
        self._window.flip()

    def _text(self, bar: int, width: int) -> Any:
        """The line as a picture that fits into the bar."""
        size, room = round(bar * 0.55), width - 2 * (bar // 3)
        while size > _LEAST_LETTERS_PX and self._font(size).size(self._line)[0] > room:
            size -= 1
        return self._font(size).render(self._line, True, _INK)

    def _font(self, size: int) -> Any:
        if size not in self._fonts:
            self._fonts[size] = self._pygame.font.Font(_typeface(), size)
        return self._fonts[size]


def _bar_px(height: int) -> int:
    """Height of the line of text in a window of this height."""
    return max(20, round(height / _BAR))


def _typeface() -> str | None:
    """A font file; None: the one of pygame."""
    spec = find_spec("font_roboto")
    path = Path(spec.origin).parent / "files" / "Roboto-Regular.ttf" if spec is not None and spec.origin else None
    return str(path) if path is not None and path.is_file() else None


def _pygame() -> Any:
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # its banner would be among the scenes on stdout
    if sys.platform == "win32":
        os.environ.setdefault("SDL_WINDOWS_DPI_AWARENESS", "permonitorv2")
    try:
        import pygame
    except ImportError as exc:
        raise DependencyMissing("a window needs pygame-ce: pip install 'emoar[window]'") from exc
    return pygame
