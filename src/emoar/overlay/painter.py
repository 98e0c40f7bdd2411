"""Draws all overlays over a scene, from bottom to top."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.overlay.base import Overlay, StatefulOverlay, paint_over
from emoar.overlay.layout import Box
from emoar.overlay.names import OverlaySpec, bottom_to_top
from emoar.overlay.notes import Notes
from emoar.overlay.sightings import Sightings
from emoar.types import Scene

if TYPE_CHECKING:
    from emoar.overlay.content import ContentPack

__all__ = ["Painter", "draw"]

NOTED: Final = ("label", "box")  # overlays that tell about faces: with them, the picture also has the notes


class Painter:
    """Draws over the frames of one stream. It caches shaped text and textures, and keeps the last places of text.

    It is not thread-safe: each stream needs its own painter.
    """

    def __init__(
        self,
        overlays: Sequence[str | Overlay] = ("label",),
        content: ContentPack | Path | None = None,
        seed: int = 0,
        language: str = "en",
    ) -> None:
        """Creates the overlays.

        Args:
            overlays: names from `OVERLAYS`, whose order does not matter, and objects with the method `draw` of
                `Overlay`, which are drawn after them, in the given order.
            content: a pack or its folder; None: the default pack.
            seed: another seed gives other quotes, stickers and paint.
            language: of the quotes, as in BCP 47, such as `de`; where the pack has none in it, all are used.

        Raises:
            InputError: a name is not known, or the content pack is wrong.
            DependencyMissing: an overlay draws text, and there is no font on this machine.
        """
        specs = bottom_to_top(overlay for overlay in overlays if isinstance(overlay, str))
        names = {spec.name for spec in specs}
        needs_pack = any(spec.needs_pack for spec in specs)
        pack = _pack(content) if needs_pack or content is not None else None
        if pack is not None:
            pack = pack.in_language(language)
        self._sightings = Sightings()
        self._notes = Notes() if any(spec.name in NOTED for spec in specs) else None
        self._overlays: list[Overlay] = [_make(spec, pack, seed, names) for spec in specs]
        self._overlays += [overlay for overlay in overlays if not isinstance(overlay, str)]

    def draw(self, scene: Scene) -> NDArray[np.uint8]:
        """A new (H, W, 3) RGB picture: the scene's frame with the overlays on it.

        After the first scene of a stream, a face that appears is drawn when it is seen for the third time.
        """
        shown = self._sightings.confirmed(scene)
        noted = bool(scene.faces_unread or scene.faces_left_out) and self._notes is not None
        if not self._overlays or not (shown.faces or noted):
            self._clear_places()
            return scene.frame.image.copy()

        def paint(canvas: Any) -> None:
            occupied: list[Box] = []
            if self._notes is not None and noted:
                self._notes.draw(canvas, scene)
            for overlay in self._overlays:
                occupied += overlay.draw(canvas, shown, occupied) or ()

        return paint_over(scene.frame.image, paint)

    def reset(self) -> None:
        """Clears the places of text, as at the start of another stream: the next scene is a first one."""
        self._sightings.reset()
        self._clear_places()

    def _clear_places(self) -> None:
        for overlay in self._overlays:
            if isinstance(overlay, StatefulOverlay):
                overlay.reset()


def draw(
    scene: Scene,
    overlays: Sequence[str | Overlay] = ("label",),
    *,
    content: ContentPack | Path | None = None,
    seed: int = 0,
    language: str = "en",
) -> NDArray[np.uint8]:
    """A new (H, W, 3) RGB picture: the scene's frame with overlays on it. The frame itself does not change.

    Use a `Painter` for the frames of a video: it shapes text once, and labels keep their sides from frame to frame.

    Raises:
        InputError: a name is not known, or the content pack is wrong.
        DependencyMissing: an overlay draws text, and there is no font on this machine.
    """
    return Painter(overlays, content, seed, language).draw(scene)


def _pack(content: ContentPack | Path | None) -> ContentPack:
    from emoar.overlay.content import ContentPack, default_content, load_content

    if content is None:
        return default_content()
    return content if isinstance(content, ContentPack) else load_content(Path(content))


def _make(spec: OverlaySpec, pack: ContentPack | None, seed: int, names: Collection[str]) -> Overlay:
    module, name = spec.implementation.split(":")
    implementation: Any = getattr(import_module(module), name)
    arguments = [pack, seed] if spec.needs_pack else []
    return implementation(*arguments, *([frozenset(spec.beside).intersection(names)] if spec.beside else []))
