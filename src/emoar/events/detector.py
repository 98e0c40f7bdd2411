"""Events out of scenes."""

from __future__ import annotations

from dataclasses import dataclass

from emoar.events.head import HeadGestures
from emoar.events.values import Event, ExpressionChanged, FaceAppeared, FaceGone
from emoar.labels import UNSURE
from emoar.types import Face, Scene

__all__ = ["EventDetector"]


@dataclass(frozen=True)
class _Shown:
    label: str
    since_s: float


class EventDetector:
    """Compares each scene with the one before, and reports what changed: first who is gone, then who came.

    A face that cannot be classified counts as `unsure`. One instance belongs to one source.
    """

    def __init__(self) -> None:
        self._present: dict[int, _Shown | None] = {}
        self._heads: dict[int, HeadGestures] = {}
        self._time_s = float("-inf")
        self._source = ""

    def update(self, scene: Scene) -> list[Event]:
        """The events of one more scene. A frame older than the one before begins a new source: everybody is gone."""
        frame = scene.frame
        events = self.end() if frame.time_s < self._time_s else []
        self._time_s, self._source = frame.time_s, frame.source
        now = {face.track_id for face in scene.faces}
        for track_id in sorted(self._present.keys() - now):
            del self._present[track_id], self._heads[track_id]
            events.append(FaceGone(track_id, frame.time_s, frame.source))
        for face in scene.faces:
            if face.track_id not in self._present:
                self._present[face.track_id], self._heads[face.track_id] = None, HeadGestures()
                events.append(FaceAppeared(face.track_id, frame.time_s, frame.source))
            events += self._changed(face)
            events += self._heads[face.track_id].update(face, frame.time_s, frame.source)
        return events

    def end(self) -> list[Event]:
        """Everybody is gone, as at the end of the source."""
        gone: list[Event] = [FaceGone(track_id, self._time_s, self._source) for track_id in sorted(self._present)]
        self._present.clear()
        self._heads.clear()
        return gone

    def _changed(self, face: Face) -> list[Event]:
        expression = face.expression
        label = expression.label if face.quality.usable else UNSURE
        before = self._present[face.track_id]
        since_s = expression.since_s if face.quality.usable else self._time_s
        if before is not None and before.label == label and (label == UNSURE or before.since_s == since_s):
            return []
        self._present[face.track_id] = _Shown(label, since_s)
        return [
            ExpressionChanged(
                face.track_id,
                self._time_s,
                expression.label_set,
                label,
                expression.confidence,
                since_s,
                dict(expression.probabilities),
                self._source,
                expression.raw_probabilities,
            )
        ]
