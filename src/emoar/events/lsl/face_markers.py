"""Events as the texts of a marker stream."""

from __future__ import annotations

from emoar.events.values import Event, ExpressionChanged, FaceAppeared
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
        before = self._shown.pop(event.track_id, None)
        texts = [f"{face} {before} off"] if before is not None else []
        if not isinstance(event, ExpressionChanged):
            return [*texts, f"{face} gone"]
        if event.label != UNSURE:
            self._shown[event.track_id] = event.label
            texts.append(f"{face} {event.label} on")
        return texts
