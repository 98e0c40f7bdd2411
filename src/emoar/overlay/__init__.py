"""Drawing over a scene: labels, quotes, stickers, face paint, mesh and boxes.

    from emoar.overlay import Painter

    painter = Painter(("label", "quote"))
    picture = painter.draw(scene)  # a new (H, W, 3) RGB array

`draw(scene, ("label", "quote"))` does the same for a single picture.
"""

from __future__ import annotations

from emoar.overlay.content import ContentPack, default_content, load_content
from emoar.overlay.painter import OVERLAYS, Painter, draw

__all__ = ["OVERLAYS", "ContentPack", "Painter", "default_content", "draw", "load_content"]
