"""The table of overlays. A new overlay is one module in this folder and one row here.

The painter, the command line's help and completion, the server's parameter and the demo derive from the table. This
module imports no drawing library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from emoar.errors import InputError

__all__ = [
    "DEFAULT_OVERLAYS",
    "OVERLAYS",
    "OverlaySpec",
    "bottom_to_top",
    "check_overlay",
    "overlays_in",
    "uses_measures",
]


@dataclass(frozen=True)
class OverlaySpec:
    """The properties of an overlay that are known without loading it."""

    name: str  # in options and requests
    layer: int  # higher numbers are drawn later, on top
    implementation: str  # "module:class"; the class is called without arguments, or with (pack, seed) if `needs_pack`
    needs_pack: bool = False  # draws from the content pack
    beside: tuple[str, ...] = ()  # other overlays: which of them are drawn, too, is the class's last argument, a set
    uses_measures: bool = False  # draws `Face.measures`, which a pipeline computes on request


# In the order of help texts.
OVERLAYS: Final[Mapping[str, OverlaySpec]] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            OverlaySpec("label", 50, "emoar.overlay.label:LabelOverlay"),
            OverlaySpec("quote", 60, "emoar.overlay.quote:QuoteOverlay", needs_pack=True),
            OverlaySpec("object", 25, "emoar.overlay.object:ObjectOverlay", needs_pack=True, beside=("avatar",)),
            OverlaySpec(
                "sticker", 30, "emoar.overlay.sticker:StickerOverlay", needs_pack=True, beside=("object", "avatar")
            ),
            OverlaySpec("facepaint", 10, "emoar.overlay.facepaint:FacePaintOverlay", needs_pack=True),
            OverlaySpec("avatar", 15, "emoar.overlay.avatar:AvatarOverlay", uses_measures=True),
            OverlaySpec("wireframe", 20, "emoar.overlay.wireframe:WireframeOverlay"),
            OverlaySpec("box", 40, "emoar.overlay.box:BoxOverlay"),
        )
    }
)
DEFAULT_OVERLAYS: Final = ("label", "quote")


def check_overlay(name: str) -> OverlaySpec:
    """The row of an overlay.

    Raises:
        InputError: there is no overlay of that name.
    """
    if name not in OVERLAYS:
        raise InputError(f"overlay must be one of {', '.join(OVERLAYS)}, got {name!r}")
    return OVERLAYS[name]


def bottom_to_top(names: Iterable[str]) -> list[OverlaySpec]:
    """The rows of overlays in drawing order, each once.

    Raises:
        InputError: a name is not known.
    """
    return sorted({check_overlay(name) for name in names}, key=lambda spec: spec.layer)


def uses_measures(names: Iterable[str]) -> bool:
    """Whether one of these overlays draws measures, so that the pipeline should compute them.

    Raises:
        InputError: a name is not known.
    """
    return any(check_overlay(name).uses_measures for name in names)


def overlays_in(text: str) -> tuple[str, ...]:
    """The names in a comma-separated text such as `label,quote`; they are not checked."""
    return tuple(name.strip() for name in text.split(",") if name.strip())
