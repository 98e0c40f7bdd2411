"""Which faces are drawn: in fast motion a tracker finds faces that last for one or two frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from emoar.types import Scene

__all__ = ["Sightings"]

SIGHTINGS: Final = 3  # in how many scenes a face is seen before it is drawn
FORGET_S: Final = 5.0  # a track that is missing for so long is forgotten


class Sightings:
    """Counts the scenes of each face. The faces of a first scene are drawn at once: it may be a photo."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[int, float]] = {}  # by track id: in how many scenes, and when last
        self._begun = False

    def reset(self) -> None:
        """Begins again, as with the first scene of another stream."""
        self._seen.clear()
        self._begun = False

    def confirmed(self, scene: Scene) -> Scene:
        """The scene with the faces that were seen often enough."""
        now_s = scene.frame.time_s
        for face in scene.faces:
            before, _ = self._seen.get(face.track_id, (0 if self._begun else SIGHTINGS - 1, now_s))
            self._seen[face.track_id] = min(before + 1, SIGHTINGS), now_s
        self._begun = True
        self._seen = {track: seen for track, seen in self._seen.items() if abs(now_s - seen[1]) < FORGET_S}
        faces = tuple(face for face in scene.faces if self._seen[face.track_id][0] >= SIGHTINGS)
        return scene if len(faces) == len(scene.faces) else replace(scene, faces=faces)
