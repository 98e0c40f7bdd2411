"""Parts of a drawing that stay the same from frame to frame, kept as pictures: copying takes a tenth of drawing."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final

from emoar.overlay.engine import skia
from emoar.overlay.layout import Box

__all__ = ["Stamps"]

MOST: Final = 32  # parts, each of the size of a text


class Stamps:
    """Draws a part once for each key, and copies it in later frames; the parts used last are kept."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()  # key -> skia image

    def draw(self, canvas: Any, key: Hashable, box: Box, paint: Callable[[Any], None]) -> None:
        """Draws a part into a box whose corner is at whole pixels.

        Args:
            canvas: of skia, whose unit is a pixel.
            key: of all that the part depends on; its size does not count as a part of it.
            box: where it lies; nothing is drawn outside.
            paint: draws it on a canvas in pixels, whose origin is the box's corner.
        """
        size = math.ceil(box.width), math.ceil(box.height)
        image = self._kept.get((size, key))
        if image is None:
            info = skia.ImageInfo.Make(*size, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
            surface = skia.Surface.MakeRaster(info)
            paint(surface.getCanvas())
            self._kept[size, key] = image = surface.makeImageSnapshot()
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end((size, key))
        canvas.drawImage(image, box.left, box.top)
