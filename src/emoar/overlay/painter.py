"""All overlays over a scene, in the order in which they lie on top of each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.overlay.base import Overlay, paint_over
from emoar.overlay.box import BoxOverlay
from emoar.overlay.content import ContentPack, default_content, load_content
from emoar.overlay.facepaint import FacePaintOverlay
from emoar.overlay.fonts import fonts
from emoar.overlay.label import LabelOverlay
from emoar.overlay.layout import Box
from emoar.overlay.quote import QuoteOverlay
from emoar.overlay.sticker import SpriteOverlay
from emoar.overlay.wireframe import WireframeOverlay
from emoar.types import Scene

__all__ = ["OVERLAYS", "Painter", "draw"]

OVERLAYS: Final = ("label", "quote", "sticker", "facepaint", "wireframe", "box")
BOTTOM_TO_TOP: Final = ("facepaint", "wireframe", "sticker", "box", "label", "quote")


class Painter:
    """Draws over the frames of one stream. It keeps what is costly to make, and where text stood in the last frame.

    Not for several threads at once: each stream has a painter of its own.
    """

    def __init__(
        self, overlays: Sequence[str] = ("label",), content: ContentPack | Path | None = None, seed: int = 0
    ) -> None:
        """Makes the overlays.

        Args:
            overlays: names out of `OVERLAYS`; their order does not matter.
            content: a pack or its folder; the default pack if None.
            seed: another seed gives other quotes, stickers and paint.

        Raises:
            InputError: a name is not known, or the content pack is wrong.
        """
        for name in overlays:
            if name not in OVERLAYS:
                raise InputError(f"overlay must be one of {', '.join(OVERLAYS)}, got {name!r}")
        wanted = [name for name in BOTTOM_TO_TOP if name in overlays]
        needs_pack = any(name in ("quote", "sticker", "facepaint") for name in wanted)
        pack = _pack(content) if needs_pack or content is not None else None
        self._overlays: list[Overlay] = [_make(name, pack, seed) for name in wanted]

    def draw(self, scene: Scene) -> NDArray[np.uint8]:
        """A new (H, W, 3) RGB picture: the scene's frame with the overlays on it."""
        if not scene.faces or not self._overlays:
            self.reset()
            return scene.frame.image.copy()

        def paint(canvas: Any) -> None:
            taken: list[Box] = []
            for overlay in self._overlays:
                taken += overlay.draw(canvas, scene, taken)

        return paint_over(scene.frame.image, paint)

    def reset(self) -> None:
        """Forgets where text stood, as at the start of another stream."""
        for overlay in self._overlays:
            overlay.reset()


def draw(
    scene: Scene,
    overlays: Sequence[str] = ("label",),
    *,
    content: ContentPack | Path | None = None,
    seed: int = 0,
) -> NDArray[np.uint8]:
    """A new (H, W, 3) RGB picture: the scene's frame with overlays on it. The frame itself stays as it is.

    For the frames of a video use a `Painter`: it keeps shaped text, and text from changing sides to and fro.

    Raises:
        InputError: a name is not known, or the content pack is wrong.
    """
    return Painter(overlays, content, seed).draw(scene)


def _pack(content: ContentPack | Path | None) -> ContentPack:
    if content is None:
        return default_content()
    return content if isinstance(content, ContentPack) else load_content(Path(content))


def _make(name: str, pack: ContentPack | None, seed: int) -> Overlay:
    if name == "label":
        return LabelOverlay(fonts())
    if name == "box":
        return BoxOverlay(fonts())
    if name == "wireframe":
        return WireframeOverlay()
    assert pack is not None
    if name == "quote":
        return QuoteOverlay(fonts(), pack.quotes, seed)
    if name == "sticker":
        return SpriteOverlay(pack.stickers, seed)
    return FacePaintOverlay(pack.facepaints, seed)
