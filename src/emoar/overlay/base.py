"""The interface of overlays, the canvas over a frame, and the sizes and colours that all overlays share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, Protocol, TypeVar, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.labels import COLOURS_RGB, UNSURE, colours_rgb
from emoar.overlay.engine import skia
from emoar.overlay.heads import Surroundings
from emoar.overlay.layout import Box, Wish, cheapest_positions
from emoar.types import Face, Frame, Scene

__all__ = [
    "Overlay",
    "StatefulOverlay",
    "TextOverlay",
    "by_depth",
    "colour_rgb",
    "is_drawable",
    "paint_over",
    "text_size_px",
]

TEXT_OF_FACE: Final = 0.09  # text size, relative to the height of the face
TEXT_OF_FRAME: Final = (1 / 56, 1 / 36)  # least and largest text, relative to the geometric mean of the frame's sides
TEXT_LEAST_PX: Final = 11.0  # smaller letters are not legible
STEP: Final = 4  # text sizes per pixel: few, so that skia's glyph cache is used, but too fine to be visible


class Overlay(Protocol):
    """Draws one kind of content over all faces of a scene. Any object with this method is an overlay."""

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box] | None:
        """Draws on a skia canvas whose pixels are those of the frame.

        Args:
            canvas: contains the frame and the drawings of earlier overlays.
            scene: the faces, and the frame that they are in.
            occupied: boxes of earlier overlays that carry text and should stay free.

        Returns:
            The boxes that later overlays should keep free; empty or None for what may be drawn over.
        """
        ...


@runtime_checkable
class StatefulOverlay(Overlay, Protocol):
    """An overlay with state that it keeps from frame to frame."""

    def reset(self) -> None:
        """Clears the state, as at the start of another stream."""
        ...


def paint_over(image: NDArray[np.uint8], paint: Callable[[Any], None]) -> NDArray[np.uint8]:
    """A copy of an (H, W, 3) RGB picture, on which `paint` has drawn with the skia canvas that it is given."""
    rgba: NDArray[np.uint8] = cv2.cvtColor(image, cv2.COLOR_RGB2RGBA).astype(np.uint8, copy=False)
    surface = skia.Surface(rgba, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kOpaque_AlphaType)
    paint(surface.getCanvas())
    surface.flushAndSubmit()
    return cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB).astype(np.uint8, copy=False)


def colour_rgb(face: Face) -> tuple[int, int, int]:
    """The colour of the face's label, 0..255; the colour of `unsure` where the face is skipped."""
    expression = face.expression
    label = expression.label if face.quality.usable else UNSURE
    return colours_rgb(tuple(expression.probabilities)).get(label, COLOURS_RGB[UNSURE])


def by_depth(faces: Sequence[Face]) -> list[Face]:
    """The faces from back to front, so that the content of near faces is drawn on top."""
    return sorted(faces, key=lambda face: float(face.pose[2, 3]))


def is_drawable(face: Face) -> bool:
    """Whether a face has a place in the picture: its numbers are finite, and it is in front of the camera."""
    finite = bool(np.isfinite(face.landmarks_px).all() and np.isfinite(face.pose).all())
    return finite and float(face.pose[2, 3]) < 0 and bool(np.isfinite(face.box_xyxy_px).all())


def text_size_px(face: Face, frame: Frame) -> float:
    """The em of the text in pixels: proportional to the face's height, within limits that follow the frame's size."""
    side = float(np.sqrt(frame.width_px * frame.height_px))
    low = max(side * TEXT_OF_FRAME[0], TEXT_LEAST_PX)
    high = max(side * TEXT_OF_FRAME[1], low)
    face_height = float(face.box_xyxy_px[3] - face.box_xyxy_px[1])
    return round(min(max(face_height * TEXT_OF_FACE, low), high) * STEP) / STEP


Form = TypeVar("Form")


class TextOverlay(ABC, Generic[Form]):
    """Draws a text beside each face, where it covers no face and least of everything else.

    A text has several forms, the best one first; where none has room, it is left out. It keeps its form and place from
    frame to frame where it can.
    """

    def __init__(self) -> None:
        self._last: dict[int, tuple[int, int]] = {}  # form and place of each face's text in the last frame

    def reset(self) -> None:
        """Clears the place of each text in the last frame."""
        self._last.clear()

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Draws one text for each face that has room for one, over no other text; returns their boxes."""
        faces = [face for face in scene.faces if is_drawable(face)]
        forms = [self._forms(face, scene.frame) for face in faces]
        wishes = [
            [self._wish(face, scene.frame, number, form) for number, form in enumerate(own)]
            for face, own in zip(faces, forms, strict=True)
        ]
        placed = cheapest_positions(wishes, Surroundings(faces, occupied).ground)
        self._last = {}
        for face, own, place in zip(faces, forms, placed, strict=True):
            if place is not None:
                self._last[face.track_id] = place.form, place.place
                self._draw_form(canvas, face, own[place.form], place.box)
        return [place.box for place in placed if place is not None]

    @abstractmethod
    def _forms(self, face: Face, frame: Frame) -> list[Form]:
        """The forms of a face's text that fit into the frame."""

    @abstractmethod
    def _wish(self, face: Face, frame: Frame, number: int, form: Form) -> Wish:
        """The places for a form, and what they cost; `number` is that of the form."""

    @abstractmethod
    def _draw_form(self, canvas: Any, face: Face, form: Form, box: Box) -> None:
        """Draws a form into its box."""
