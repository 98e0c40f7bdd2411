"""The JSON form of events, and its schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emoar.errors import InputError
from emoar.events.values import (
    Event,
    ExpressionChanged,
    FaceAppeared,
    FaceGone,
    HeadNodded,
    HeadShaken,
    event_from_dict,
    event_schema,
)

EVENTS = (
    FaceAppeared(1, 0.5, "a.mp4"),
    ExpressionChanged(2, 1.25, "ferplus", "fear", 0.75, 1.0, {"fear": 0.75, "neutral": 0.25}, "a.mp4"),
    ExpressionChanged(2, 1.5, "ferplus", "fear", 0.75, 1.0, {"fear": 0.75}, "a.mp4", {"fear": 0.5}),
    HeadNodded(4, 1.75, 1.5, 12.5, "a.mp4"),
    HeadShaken(4, 1.75, 1.5, 22.0),
    FaceGone(3, 2.0),
)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_events_survive_json(event: Event) -> None:
    assert event_from_dict(json.loads(json.dumps(event.to_dict()))) == event


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_the_schema_describes_events(event: Event) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="pip install 'emoar[dev]'")
    jsonschema.validate(event.to_dict(), event_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**event.to_dict(), "more": 1}, event_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**event.to_dict(), "track_id": 0}, event_schema())


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, "expected an event of emoar.event/1"),
        ({"schema": "emoar.event/2", "event": "face_gone"}, "emoar.event/2"),
        ({"schema": "emoar.event/1", "event": "wave"}, "'wave'"),
        ({"schema": "emoar.event/1", "event": "face_gone", "track_id": 1}, "not complete: KeyError"),
        ({**EVENTS[1].to_dict(), "probabilities": 3}, "not complete"),
        ({**EVENTS[1].to_dict(), "confidence": "high"}, "not complete"),
    ],
)
def test_documents_that_are_no_events(document: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        event_from_dict(document)
