"""Who is in view, in one small document for home automation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from emoar.events.values import Event, ExpressionChanged, FaceAppeared, FaceGone
from emoar.labels import UNSURE
from emoar.scene_json import rounded
from emoar.types import Scene

__all__ = ["HEARTBEAT_S", "NOBODY", "Summary"]

HEARTBEAT_S: Final = 30.0  # the state is sent again after this time without a change
NOBODY: Final = "none"  # the expression when no face is in view


class Summary:
    """Follows the faces of one source, and tells when the state is to be sent: at changes, and as a heartbeat.

    Args:
        interval_s: shortest time between two states; a change within it is sent at its end.
    """

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._faces: dict[int, tuple[str, float]] = {}  # label and confidence, by track id, who came first in front
        self._sent: dict[str, Any] | None = None  # without what changes in every frame
        self._sent_at_s = -math.inf

    def update(self, events: Sequence[Event], scene: Scene | None) -> None:
        """Takes note of events, and of the confidences of a scene."""
        for event in events:
            if isinstance(event, FaceAppeared):
                self._faces[event.track_id] = (UNSURE, 0.0)
            elif isinstance(event, ExpressionChanged):
                self._faces[event.track_id] = (event.label, event.confidence)
            elif isinstance(event, FaceGone):
                self._faces.pop(event.track_id, None)
        for face in scene.faces if scene else ():
            if face.track_id in self._faces:
                self._faces[face.track_id] = (self._faces[face.track_id][0], face.expression.confidence)

    def clear(self) -> None:
        """Nobody is in view any more."""
        self._faces.clear()

    def forget(self) -> None:
        """What has been sent is lost: the state is due."""
        self._sent, self._sent_at_s = None, -math.inf

    @property
    def changed(self) -> bool:
        """Whether the state is another one than the one sent last."""
        return self._steady() != self._sent

    def due(self, now_s: float) -> bool:
        """Whether the state is to be sent, at a time of a monotonic clock."""
        passed_s = now_s - self._sent_at_s
        return passed_s >= HEARTBEAT_S or (self.changed and passed_s >= self._interval_s)

    def document(self, now_s: float, unix_s: float) -> dict[str, Any]:
        """The state, which counts as sent: number of faces and of each label; label and confidence of one face.

        It is the face that is in view for the longest time among those with a clear label.
        """
        self._sent, self._sent_at_s = self._steady(), now_s
        label = self._sent["expression"]
        confidence = next((sure for name, sure in self._faces.values() if name == label), 0.0)
        time = datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {
            "faces": self._sent["faces"],
            "expression": label,
            "confidence": rounded(confidence, 4) or 0.0,
            "expressions": self._sent["expressions"],
            "t": time,
        }

    def _steady(self) -> dict[str, Any]:
        labels = [label for label, _ in self._faces.values()]
        first = next((label for label in labels if label != UNSURE), UNSURE if labels else NOBODY)
        return {"faces": len(labels), "expression": first, "expressions": dict(sorted(Counter(labels).items()))}
