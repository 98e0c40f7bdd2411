"""The table of overlays. A file beside this one and a row here are all that an overlay needs.

The painter, the command line's help and completion, the server's parameter and the demo derive from the table. It
imports no drawing library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from emoar.errors import InputError

__all__ = ["DEFAULT_OVERLAYS", "OVERLAYS", "OverlaySpec", "bottom_to_top", "check_overlay", "overlays_in"]


@dataclass(frozen=True)
class OverlaySpec:
    """What is known of an overlay before it is loaded."""

    name: str  # in options and requests
    layer: int  # higher numbers are drawn later, on top
    implementation: str  # "module:class", which is made without arguments, or with (pack, seed) if `needs_pack`
    needs_pack: bool = False  # draws from the content pack


# In the order in which people read them.
OVERLAYS: Final[Mapping[str, OverlaySpec]] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            OverlaySpec("label", 50, "emoar.overlay.label:LabelOverlay"),
            OverlaySpec("quote", 60, "emoar.overlay.quote:QuoteOverlay", needs_pack=True),
            OverlaySpec("sticker", 30, "emoar.overlay.sticker:StickerOverlay", needs_pack=True),
            OverlaySpec("facepaint", 10, "emoar.overlay.facepaint:FacePaintOverlay", needs_pack=True),
            OverlaySpec("wireframe", 20, "emoar.overlay.wireframe:WireframeOverlay"),
            OverlaySpec("box", 40, "emoar.overlay.box:BoxOverlay"),
        )
    }
)
DEFAULT_OVERLAYS: Final = ("label", "quote")


def check_overlay(name: str) -> OverlaySpec:
    """The row of an overlay.

    Raises:
        InputError: there is none of that name.
    """
    if name not in OVERLAYS:
        raise InputError(f"overlay must be one of {', '.join(OVERLAYS)}, got {name!r}")
    return OVERLAYS[name]


def bottom_to_top(names: Iterable[str]) -> list[OverlaySpec]:
    """The rows of overlays in the order in which they are drawn, each once.

    Raises:
        InputError: a name is not known.
    """
    return sorted({check_overlay(name) for name in names}, key=lambda spec: spec.layer)


def overlays_in(text: str) -> tuple[str, ...]:
    """The names in `label,quote`, as options and requests have them; unknown ones too."""
    return tuple(name.strip() for name in text.split(",") if name.strip())
