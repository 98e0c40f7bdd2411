"""3D objects on the head: hidden where they are behind it, moving with the expression's strength.

`web/src/overlay/layers/object.ts` puts the same objects at the same places.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.geometry import project
from emoar.overlay.content import ContentPack, HeadObject, content_for
from emoar.overlay.fox.head import fox_shell
from emoar.overlay.layout import Box
from emoar.overlay.perspective import EYE_DISTANCE_CM, attachment_cm
from emoar.overlay.sightings import Continuity
from emoar.overlay.solid.drawing import draw_model
from emoar.overlay.solid.face_state import FaceState, FaceStates
from emoar.overlay.solid.gltf import load_model
from emoar.overlay.solid.raster import check_rasteriser
from emoar.overlay.sticker import ABOVE
from emoar.types import Scene

__all__ = ["ObjectOverlay", "share_inside"]

CENTIMETRES: Final = 100.0  # in a glTF unit
GROW_TIME_S: Final = 0.45
SMALLEST: Final = (
    0.6  # a hat that does not fit under the upper edge is smaller, but not less than this share of its size
)
EDGE: Final = 0.01  # of the picture's height, left free at the top


class ObjectOverlay:
    """Draws one object of the pack on each face that has a label.

    An object grows when it appears; those of a stream's first scene are there at once, since it may be a photo.
    """

    def __init__(self, pack: ContentPack, seed: int, beside: Collection[str] = ()) -> None:
        """Reads all objects of the pack; `beside`: overlays that are drawn, too: an avatar hides as a head does.

        Raises:
            InputError: a file is no glTF that can be drawn.
            DependencyMissing: OpenCV is too old.
        """
        check_rasteriser()
        self._objects = pack.objects
        self._seed = seed
        self._avatar = "avatar" in beside
        self._models = {item.file: load_model(item.glb, item.file) for items in pack.objects.values() for item in items}
        self._faces = FaceStates()
        self._stream = Continuity()
        self._since_s: dict[int, tuple[HeadObject, float]] = {}  # by track id: the object, and when it appeared

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Draws each face's object, far faces first; returns their boxes, so that text does not cover them."""
        states = self._faces.update(scene)
        now_s = scene.frame.time_s
        appeared_s = now_s if self._stream.goes_on(scene) else -math.inf
        heads = [fox_shell(state.pose) if self._avatar else state.head for state in states]
        since_s: dict[int, tuple[HeadObject, float]] = {}
        drawn: list[Box | None] = []
        for state in states:
            face = state.face
            item = content_for(self._objects, face, scene.frame, self._seed, "object")
            if item is None:
                continue
            before = self._since_s.get(face.track_id)
            since = before if before is not None and before[0] is item else (item, appeared_s)
            since_s[face.track_id] = since
            size = _spring_out((now_s - since[1]) / GROW_TIME_S)
            posed = self._models[item.file].posed(self._to_camera(item, state, size), now_s, state.strength)
            drawn.append(draw_model(canvas, posed, state.camera, heads))
        self._since_s = since_s
        return [box for box in drawn if box is not None]

    def _to_camera(self, item: HeadObject, state: FaceState, size: float) -> NDArray[np.float64]:
        """(4, 4) from the object's frame (metres) to camera space."""
        at = item.place.at
        origin = attachment_cm(at) + EYE_DISTANCE_CM * np.array(item.place.offset) + state.attachment_shift_cm(at)
        tip = origin + np.array([0, CENTIMETRES * item.scale * self._models[item.file].top, 0])
        inside = max(share_inside(state, origin, tip), SMALLEST) if at == ABOVE else 1.0
        matrix = np.eye(4)
        matrix[:3, :3] *= CENTIMETRES * item.scale * inside * size
        matrix[:3, 3] = origin
        return state.pose @ matrix


def share_inside(state: FaceState, start_cm: NDArray[np.float64], end_cm: NDArray[np.float64]) -> float:
    """Which part of the way from one point to another, from the first on, lies under the picture's upper edge: 0..1.

    Both points are (3,) in the head frame.
    """
    points = np.stack([start_cm, end_cm]) @ state.pose[:3, :3].T + state.pose[:3, 3]
    if points[:, 2].max() >= 0:
        return 1.0
    camera = state.camera
    start, end = project(points, camera.width_px, camera.height_px, state.face.vertical_fov_deg)[:, 1].tolist()
    edge = EDGE * camera.height_px
    if end >= edge:
        return 1.0
    return 0.0 if start <= edge else (start - edge) / (start - end)


def _spring_out(t: float) -> float:
    """The size while growing, `t` from 0 to 1: overshoots a little before it is 1."""
    return 1.0 if t >= 1 else max(1 - math.exp(-6 * t) * math.cos(7.5 * t), 1e-3)
