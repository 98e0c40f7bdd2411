"""Events and scenes as lines of JSON, to a file or to stdout."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TextIO

from emoar.errors import InputError
from emoar.events.address import SinkAddress
from emoar.events.outlet import ConnectionEnded
from emoar.events.texts import event_text, scene_text
from emoar.events.values import Event
from emoar.files import output_errors
from emoar.types import Scene

__all__ = ["JsonLines"]


class JsonLines:
    """Appends to a file, so that it can be followed while it grows, and is continued by the next run.

    Raises:
        InputError: the address names no file.
    """

    def __init__(self, address: SinkAddress, secrets: Mapping[str, str]) -> None:
        address.check_options()
        if address.host or not address.path:
            raise InputError("jsonl: needs a file, or - for stdout: jsonl:events.jsonl")
        self._path = address.path
        self._file: TextIO | None = None

    def open(self) -> None:
        """Opens the file.

        Raises:
            OutputError: it cannot be written.
        """
        if self._path == "-":
            self._file = sys.stdout
            return
        with output_errors(self._path):
            self._file = open(self._path, "a", encoding="utf-8")  # noqa: SIM115  (until `close`)

    def send(self, events: list[Event], scene: Scene | None) -> None:
        """Writes a line for each event, and one for the scene.

        Raises:
            OutputError: it cannot be written.
            ConnectionEnded: the reader of stdout has ended.
        """
        assert self._file is not None
        texts = [event_text(event) for event in events]
        texts += [scene_text(scene)] if scene is not None else []
        try:
            with output_errors(self._path):
                self._file.write("".join(text + "\n" for text in texts))
                self._file.flush()
        except BrokenPipeError as exc:
            raise ConnectionEnded from exc

    def close(self) -> None:
        """Closes the file; stdout stays open."""
        if self._file is not None and self._file is not sys.stdout:
            self._file.close()
        self._file = None
