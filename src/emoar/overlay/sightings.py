"""Which faces are drawn: in fast motion a tracker finds faces that last for one or two frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from emoar.types import Scene

__all__ = ["Continuity", "Sightings"]

SIGHTINGS: Final = 3  # in how many scenes a face is seen before it is drawn
FORGET_S: Final = 5.0  # a track that is missing for so long is forgotten


class Continuity:
    """Tells where a stream ends: with a scene of another source, or one that is not later than the scene before."""

    def __init__(self) -> None:
        self._before: tuple[str, float] | None = None  # source and time of the last scene

    def goes_on(self, scene: Scene) -> bool:
        """Whether the scene follows the one of the call before; False for the first one."""
        source, now_s = scene.frame.source, scene.frame.time_s
        before, self._before = self._before, (source, now_s)
        return before is not None and before[0] == source and before[1] < now_s


class Sightings:
    """Counts the scenes of each face. The faces of a stream's first scene are drawn at once: it may be a photo.

    `Continuity` tells where another stream begins.
    """

    def __init__(self) -> None:
        self._seen: dict[int, tuple[int, float]] = {}  # by track id: in how many scenes, and when last
        self._stream = Continuity()

    def reset(self) -> None:
        """Begins again, as with the first scene of another stream."""
        self._seen.clear()
        self._stream = Continuity()

    def confirmed(self, scene: Scene) -> Scene:
        """The scene with the faces that were seen often enough."""
        now_s = scene.frame.time_s
        goes_on = self._stream.goes_on(scene)
        if not goes_on:
            self._seen.clear()
        for face in scene.faces:
            before, _ = self._seen.get(face.track_id, (0 if goes_on else SIGHTINGS - 1, now_s))
            self._seen[face.track_id] = min(before + 1, SIGHTINGS), now_s
        self._seen = {track: seen for track, seen in self._seen.items() if now_s - seen[1] < FORGET_S}
        faces = tuple(face for face in scene.faces if self._seen[face.track_id][0] >= SIGHTINGS)
        return scene if len(faces) == len(scene.faces) else replace(scene, faces=faces)
