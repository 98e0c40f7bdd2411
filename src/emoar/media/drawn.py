"""Draws each scene once for all sinks that need a picture of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from emoar.media.base import Sink
from emoar.types import Scene

__all__ = ["DrawnSink"]


class DrawnSink:
    """Draws a scene and passes it on, with its picture, to other sinks, which it does not close.

    Args:
        sinks: get each scene.
        draw: draws the (H, W, 3) RGB picture; None: there is none.

    Attributes:
        needs_picture: whether anything is drawn: a sink needs a picture, and there is `draw`.
    """

    def __init__(self, sinks: Sequence[Sink], draw: Callable[[Scene], NDArray[np.uint8]] | None) -> None:
        self.needs_picture = draw is not None and any(sink.needs_picture for sink in sinks)
        self._sinks, self._draw = sinks, draw if self.needs_picture else None

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None) -> None:
        """Passes a scene on with its drawn picture, in the place of `picture`."""
        if self._draw is not None:
            picture = self._draw(scene)
        for sink in self._sinks:
            sink.write(scene, picture)

    def close(self, *, complete: bool = True) -> str | None:
        """Nothing is kept here."""
        return None
