"""Drawing over a scene: labels, quotes, stickers, face paint, mesh and boxes.

    from emoar.overlay import Painter

    painter = Painter(("label", "quote"))
    picture = painter.draw(scene)  # a new (H, W, 3) RGB array

`draw(scene, ("label", "quote"))` does the same for a single picture. `names.OVERLAYS` is the table of overlays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emoar.lazy import lazy_names

if TYPE_CHECKING:
    from emoar.overlay.content import ContentPack as ContentPack
    from emoar.overlay.content import default_content as default_content
    from emoar.overlay.content import load_content as load_content
    from emoar.overlay.names import DEFAULT_OVERLAYS as DEFAULT_OVERLAYS
    from emoar.overlay.names import OVERLAYS as OVERLAYS
    from emoar.overlay.painter import Painter as Painter
    from emoar.overlay.painter import draw as draw
else:
    # Loaded on first use, so that the table of names is available without the drawing library.
    __all__, __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "content": ("ContentPack", "default_content", "load_content"),
            "names": ("DEFAULT_OVERLAYS", "OVERLAYS"),
            "painter": ("Painter", "draw"),
        },
    )
