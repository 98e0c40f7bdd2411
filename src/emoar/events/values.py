"""The events: a face appeared, its expression changed, its head nodded or shook, it is gone.

They are frozen and have a JSON form.
Times are those of the source, in seconds from its start, as in a scene.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Final

from emoar.errors import InputError
from emoar.scene_json import read_number, rounded

__all__ = [
    "SCHEMA",
    "Event",
    "ExpressionChanged",
    "FaceAppeared",
    "FaceGone",
    "HeadNodded",
    "HeadShaken",
    "event_from_dict",
    "event_schema",
]

SCHEMA: Final = "emoar.event/1"


@dataclass(frozen=True)
class FaceAppeared:
    """A face came into view: its first frame, or its return with the same id after it was gone."""

    kind: ClassVar[str] = "face_appeared"
    track_id: int
    time_s: float
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Its JSON document."""
        return _head(self)


@dataclass(frozen=True)
class FaceGone:
    """A face is no longer in view, or the source has ended."""

    kind: ClassVar[str] = "face_gone"
    track_id: int
    time_s: float  # of the first frame without it
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Its JSON document."""
        return _head(self)


@dataclass(frozen=True)
class ExpressionChanged:
    """The smoothed label of a face is another one than before, or its first one."""

    kind: ClassVar[str] = "expression_changed"
    track_id: int
    time_s: float
    label_set: str
    label: str  # `unsure` without a clear label
    confidence: float  # 0..1
    since_s: float  # time at which the label began
    probabilities: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))  # smoothed, by label
    source: str = ""
    raw_probabilities: Mapping[str, float] | None = None  # of the frame alone, by label; None: not classified in it

    def to_dict(self) -> dict[str, Any]:
        """Its JSON document."""
        raw = self.raw_probabilities
        return {
            **_head(self),
            "label_set": self.label_set,
            "label": self.label,
            "confidence": rounded(self.confidence, 4),
            "since_s": rounded(self.since_s, 6),
            "probabilities": _rounded(self.probabilities),
            **({} if raw is None else {"raw_probabilities": _rounded(raw)}),
        }


@dataclass(frozen=True)
class _HeadMoved:
    """The head has swung three times along one angle."""

    kind: ClassVar[str]
    track_id: int
    time_s: float
    since_s: float  # time at which the first swing was known
    swing_deg: float  # from one extreme to the other, the largest
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Its JSON document."""
        return {**_head(self), "since_s": rounded(self.since_s, 6), "swing_deg": rounded(self.swing_deg, 2)}


@dataclass(frozen=True)
class HeadNodded(_HeadMoved):
    """A head nods: up and down. Once a gesture, when its third swing is known."""

    kind: ClassVar[str] = "head_nodded"


@dataclass(frozen=True)
class HeadShaken(_HeadMoved):
    """A head shakes: to the left and to the right. Once a gesture, when its third swing is known."""

    kind: ClassVar[str] = "head_shaken"


Event = FaceAppeared | ExpressionChanged | HeadNodded | HeadShaken | FaceGone
_KINDS: Final[Mapping[str, type[Event]]] = {
    kind.kind: kind for kind in (FaceAppeared, ExpressionChanged, HeadNodded, HeadShaken, FaceGone)
}


def event_from_dict(document: Mapping[str, Any]) -> Event:
    """The inverse of `to_dict`.

    Raises:
        InputError: the document is none of an event of this version.
    """
    if document.get("schema") != SCHEMA or document.get("event") not in _KINDS:
        raise InputError(f"expected an event of {SCHEMA}, got {document.get('schema')!r}, {document.get('event')!r}")
    try:
        track_id, time_s = int(document["track_id"]), read_number(document["time_s"])
        source = str(document.get("source", ""))
        if document["event"] == FaceAppeared.kind:
            return FaceAppeared(track_id, time_s, source)
        if document["event"] == FaceGone.kind:
            return FaceGone(track_id, time_s, source)
        if document["event"] in (HeadNodded.kind, HeadShaken.kind):
            of = HeadNodded if document["event"] == HeadNodded.kind else HeadShaken
            return of(track_id, time_s, read_number(document["since_s"]), read_number(document["swing_deg"]), source)
        return ExpressionChanged(
            track_id,
            time_s,
            str(document["label_set"]),
            str(document["label"]),
            read_number(document["confidence"]),
            read_number(document["since_s"]),
            _read(document["probabilities"]),
            source,
            _read(document["raw_probabilities"]) if "raw_probabilities" in document else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise InputError(f"an event of {SCHEMA} is not complete: {exc!r}") from exc


def event_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of all events."""
    number, text = {"type": "number"}, {"type": "string"}
    head = {
        "schema": {"const": SCHEMA},
        "track_id": {"type": "integer", "minimum": 1},
        "time_s": number,
        "source": text,
    }
    share = {"type": "number", "minimum": 0, "maximum": 1}
    expression = {
        "label_set": text,
        "label": text,
        "confidence": share,
        "since_s": number,
        "probabilities": {"type": "object", "additionalProperties": share},
    }
    optional = {ExpressionChanged.kind: {"raw_probabilities": expression["probabilities"]}}
    gesture = {"since_s": number, "swing_deg": {"type": "number", "minimum": 0}}
    further = {ExpressionChanged.kind: expression, HeadNodded.kind: gesture, HeadShaken.kind: gesture}

    def of(kind: str, more: Mapping[str, Any]) -> dict[str, Any]:
        required = {**head, "event": {"const": kind}, **more}
        properties = {**required, **optional.get(kind, {})}
        return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "oneOf": [of(name, further.get(name, {})) for name in _KINDS],
    }


def _rounded(probabilities: Mapping[str, float]) -> dict[str, float | None]:
    return {name: rounded(p, 4) for name, p in probabilities.items()}


def _read(probabilities: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): read_number(p) for name, p in probabilities.items()}


def _head(event: Event | _HeadMoved) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "event": event.kind,
        "track_id": event.track_id,
        "time_s": rounded(event.time_s, 6),
        "source": event.source,
    }
