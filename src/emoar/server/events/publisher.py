"""What a client publishes at `WS /v1/events?role=publish`: checked before subscribers get it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final, NoReturn, cast

from pydantic import ValidationError

from emoar.errors import InputError
from emoar.events.values import SCHEMA as EVENT_SCHEMA
from emoar.events.values import event_from_dict
from emoar.scene_json import SCHEMA as SCENE_SCHEMA
from emoar.server.events.hub import Hub, HubSource
from emoar.server.http.schemas import PublishedSceneDocument

__all__ = ["MOST_MESSAGE_BYTES", "Publisher"]

MOST_MESSAGE_BYTES: Final = 1_000_000  # a scene of 20 faces with landmarks has 250,000
MOST_SOURCES: Final = 64
MOST_FACES: Final = 256  # of a source
MOST_NAME: Final = 200  # characters of a source


class Publisher:
    """The sources of one client. Their names are those in its messages, with a number where another client uses one."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._sources: dict[str, HubSource] = {}

    def receive(self, text: str) -> None:
        """Passes one message on: an event or a scene.

        Raises:
            InputError: it is neither, or too large.
        """
        if len(text) > MOST_MESSAGE_BYTES:
            raise InputError(f"a message has at most {MOST_MESSAGE_BYTES} characters")
        try:
            read: Any = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as exc:
            raise InputError("a message must be a JSON document") from exc
        document = cast("dict[str, Any]", read) if isinstance(read, dict) else {}
        if document.get("schema") == EVENT_SCHEMA:
            self._event(document)
        elif document.get("schema") == SCENE_SCHEMA:
            self._scene(document)
        else:
            raise InputError(f"a message must have the schema {EVENT_SCHEMA} or {SCENE_SCHEMA}")

    def close(self) -> None:
        """Ends its sources."""
        for source in self._sources.values():
            source.close()
        self._sources.clear()

    def _event(self, document: dict[str, Any]) -> None:
        event = event_from_dict(document)
        source = self._source(event.source)
        source.put([replace(event, source=source.name)])
        if source.face_count > MOST_FACES:
            raise InputError(f"a source has at most {MOST_FACES} faces in view: send face_gone")

    def _scene(self, document: dict[str, Any]) -> None:
        try:
            PublishedSceneDocument.model_validate(document)
        except ValidationError as exc:
            first = exc.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise InputError(f"a scene of {SCENE_SCHEMA} is wrong at {place}: {first['msg']}") from exc
        source = self._source(document["source"])
        if self._hub.wants_scenes:
            text = json.dumps({**document, "source": source.name}, separators=(",", ":"), allow_nan=False)
            source.put([], text, float(document["time_s"]))

    def _source(self, name: str) -> HubSource:
        if name not in self._sources:
            if len(self._sources) >= MOST_SOURCES or len(name) > MOST_NAME:
                raise InputError(f"a publisher has at most {MOST_SOURCES} sources, of {MOST_NAME} characters each")
            self._sources[name] = self._hub.open(name)
        return self._sources[name]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
