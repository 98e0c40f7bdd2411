"""An overlay of your own: a line out of each face in the direction of the nose, drawn by a `Painter` with the label.

python examples/own_overlay.py photo.jpg drawn.png
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import emoar
from emoar.media.sinks import write_image
from emoar.overlay.base import colour_rgb, is_drawable
from emoar.overlay.engine import skia, stroke
from emoar.overlay.layout import Box

NOSE_TIP, FORWARD_CM = 1, 8.0


class DirectionOverlay:
    """Draws where each head points; one class with the method `draw` is all that an overlay is."""

    def draw(self, canvas: Any, scene: emoar.Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Draws on a skia canvas whose pixels are the frame's; no box is to be kept free by others."""
        for face in filter(is_drawable, scene.faces):
            left, _, right, _ = face.box_xyxy_px
            pixels_per_cm = (right - left) / 15.0  # a face is about 15 cm wide
            forward = face.pose[:3, 2] * FORWARD_CM * pixels_per_cm  # the head's own z axis, out of the face; y is up
            nose = face.landmarks_px[NOSE_TIP]
            path = skia.Path().moveTo(float(nose[0]), float(nose[1])).rLineTo(float(forward[0]), float(-forward[1]))
            canvas.drawPath(path, stroke(colour_rgb(face), 4.0))
        return []


def main(source: str, target: str) -> None:
    """Draws over one picture."""
    painter = emoar.Painter(["label", DirectionOverlay()])
    with emoar.Pipeline(emoar.PipelineOptions(mode="photo")) as pipeline, emoar.open_frames(source) as frames:
        scene = pipeline(next(frames))
    write_image(target, painter.draw(scene))
    print(f"{target}: {len(scene.faces)} face(s)")


if __name__ == "__main__":
    main(*sys.argv[1:])
