"""Events as the texts of a marker stream."""

from __future__ import annotations

from emoar.events.values import Event, FaceAppeared, FaceGone, HeadNodded, HeadShaken
from emoar.labels import UNSURE

__all__ = ["FaceMarkers"]


class FaceMarkers:
    """Each expression has a marker at its begin and its end: `face 1 happiness on`, `face 1 happiness off`.

    The number is the track id, which the streams of the slots have as well. Between `off` and `on` no label is clear.
    """

    def __init__(self) -> None:
        self._shown: dict[int, str] = {}  # by track id: the label that is on

    def texts(self, event: Event) -> list[str]:
        """The markers of an event, in order."""
        face = f"face {event.track_id}"
        if isinstance(event, FaceAppeared):
            return [f"{face} appeared"]
        if isinstance(event, HeadNodded | HeadShaken):
            return [f"{face} {'nod' if isinstance(event, HeadNodded) else 'shake'}"]
        before = self._shown.pop(event.track_id, None)
        texts = [f"{face} {before} off"] if before is not None else []
        if isinstance(event, FaceGone):
            return [*texts, f"{face} gone"]
        if event.label != UNSURE:
            self._shown[event.track_id] = event.label
            texts.append(f"{face} {event.label} on")
        return texts
