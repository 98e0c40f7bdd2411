"""The avatar: a fox's head over each face, which moves as the face does.

`web/src/overlay/layers/avatar.ts` draws the same head.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from emoar.face_landmarks.lengths import lengths
from emoar.labels import category
from emoar.overlay.fox.head import fox
from emoar.overlay.fox.movements import AT_REST, PERSON_AT_REST, AvatarFace, avatar_face, between
from emoar.overlay.layout import Box
from emoar.overlay.sightings import Continuity
from emoar.overlay.solid.drawing import draw_model
from emoar.overlay.solid.face_state import FORGET_S, FaceStates
from emoar.overlay.solid.raster import check_rasteriser
from emoar.types import Face, Scene

__all__ = ["AvatarOverlay"]

FOLLOW_TIME_S: Final = 0.06
NEUTRAL_TIME_S: Final = 4.0  # the lengths of the person's face at rest are averaged while its label is neutral
LONGEST_STEP_S: Final = 0.2  # a face counts for the time since the one before, at most this


@dataclass(frozen=True)
class _Track:
    """What is kept of a face from scene to scene."""

    face: AvatarFace
    neutral: Mapping[str, float]  # lengths of the person's face at rest
    time_s: float


class AvatarOverlay:
    """Draws a head over each face, also where the expression is unsure.

    It follows brows, lids and mouth by their lengths on the mesh; jaw and smile by `Face.measures` where a face has
    them.
    """

    def __init__(self) -> None:
        """Raises DependencyMissing where OpenCV is too old."""
        check_rasteriser()
        self._faces = FaceStates()
        self._stream = Continuity()
        self._tracks: dict[int, _Track] = {}

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Draws the heads, far ones first."""
        if not self._stream.goes_on(scene):
            self._tracks.clear()
        now_s = scene.frame.time_s
        for state in self._faces.update(scene):
            track = _followed(self._tracks.get(state.face.track_id), state.face, now_s)
            self._tracks[state.face.track_id] = track
            draw_model(canvas, fox(track.face, state.pose), state.camera, ())
        self._tracks = {number: track for number, track in self._tracks.items() if now_s - track.time_s < FORGET_S}
        return ()  # text keeps away from heads anyway


def _followed(before: _Track | None, face: Face, now_s: float) -> _Track:
    """The track after one more face."""
    now = lengths(face.landmarks_px, face.pose)
    step_s = now_s - before.time_s if before else math.inf
    neutral = _averaged(before.neutral, now, face, step_s) if before else PERSON_AT_REST
    ferplus: Mapping[str, float] = face.expression.ferplus if face.quality.usable else {}
    wanted = avatar_face(now, neutral, ferplus, face.measures)
    share = 1 - math.exp(-step_s / FOLLOW_TIME_S)
    return _Track(between(before.face if before else AT_REST, wanted, share), neutral, now_s)


def _averaged(neutral: Mapping[str, float], now: Mapping[str, float], face: Face, step_s: float) -> Mapping[str, float]:
    if not face.quality.usable or category(face.expression.label) != "neutral":
        return neutral
    share = 1 - math.exp(-min(step_s, LONGEST_STEP_S) / NEUTRAL_TIME_S)
    return {name: value + share * (now[name] - value) for name, value in neutral.items()}
