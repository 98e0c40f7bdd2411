"""What solid overlays know of each face: filtered pose, mesh in camera space, strength of the expression."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.face_landmarks import ATTACHMENT_POINTS
from emoar.overlay.base import is_drawable
from emoar.overlay.perspective import attachment_cm
from emoar.overlay.sightings import Continuity
from emoar.overlay.solid.camera import Camera
from emoar.overlay.solid.occluder import camera_positions, head_mesh
from emoar.overlay.solid.pose_filter import PoseFilter
from emoar.overlay.solid.raster import Mesh
from emoar.types import Face, Scene

__all__ = ["FORGET_S", "FaceState", "FaceStates"]

WEAK: Final = 0.4  # confidence at which an expression counts as weakest
STRONG: Final = 0.92  # and as strongest
STRENGTH_TIME_S: Final = 0.35
FORGET_S: Final = 0.25  # a track that is missing for so long begins anew


@dataclass(frozen=True, eq=False)
class FaceState:
    """One face in one scene."""

    face: Face
    camera: Camera
    pose: NDArray[np.float64]  # (4, 4) head to camera, filtered
    positions_cm: NDArray[np.float32]  # (468, 3) in camera space
    strength: float  # 0..1, follows the confidence without jumps

    @cached_property
    def head(self) -> Mesh:
        """Hides what is behind it."""
        return head_mesh(self.positions_cm, self.pose)

    def attachment_shift_cm(self, at: str) -> NDArray[np.float64]:
        """(3,) in the head frame: from an attachment point of the average head to that of this one.

        The pose gives the perspective, the landmarks the position: glasses sit on the nose of every face.
        """
        seen = self.positions_cm[list(ATTACHMENT_POINTS[at])].mean(axis=0)
        expected = self.pose[:3, :3] @ attachment_cm(at) + self.pose[:3, 3]
        return self.pose[:3, :3].T @ (seen - expected)


@dataclass(eq=False)
class _Track:
    """What is kept of a face from scene to scene."""

    strength: float
    time_s: float
    pose: PoseFilter = field(default_factory=PoseFilter)


class FaceStates:
    """The states of the faces of one stream."""

    def __init__(self) -> None:
        self._tracks: dict[int, _Track] = {}
        self._stream = Continuity()

    def update(self, scene: Scene) -> list[FaceState]:
        """The states of the faces that can be drawn, the farthest first."""
        if not self._stream.goes_on(scene):
            self._tracks.clear()
        now_s = scene.frame.time_s
        states = [self._state(face, scene) for face in scene.faces if is_drawable(face)]
        self._tracks = {number: track for number, track in self._tracks.items() if now_s - track.time_s < FORGET_S}
        return sorted(states, key=lambda state: float(state.face.pose[2, 3]))

    def _state(self, face: Face, scene: Scene) -> FaceState:
        frame, now_s = scene.frame, scene.frame.time_s
        wanted = min(max((face.expression.confidence - WEAK) / (STRONG - WEAK), 0.0), 1.0)
        track = self._tracks.setdefault(face.track_id, _Track(wanted, now_s))
        track.strength += (1 - math.exp((track.time_s - now_s) / STRENGTH_TIME_S)) * (wanted - track.strength)
        track.time_s = now_s
        pose = track.pose.filter(face.pose, now_s)
        positions = camera_positions(face, frame, pose)
        camera = Camera.of(frame, face.vertical_fov_deg)
        return FaceState(face, camera, pose, positions, track.strength)
