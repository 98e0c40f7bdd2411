"""A moment of a recording with a name, such as a question or a stimulus."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from emoar.errors import InputError

__all__ = ["LONGEST_NAME", "MARKER_SCHEMA", "Marker"]

MARKER_SCHEMA: Final = "emoar.marker/1"
LONGEST_NAME: Final = 200  # characters


@dataclass(frozen=True)
class Marker:
    """Where a segment begins.

    Raises:
        InputError: the name is empty or too long, a time is not finite, or the end is not after the start.
    """

    name: str
    time_s: float  # of the recording
    end_s: float | None = None  # of the segment; None: the next marker, or the end of the recording

    def __post_init__(self) -> None:
        name = " ".join(self.name.encode("utf-8", "replace").decode().split())
        object.__setattr__(self, "name", name)
        if not name or len(name) > LONGEST_NAME:
            raise InputError(f"a marker needs a name of 1 to {LONGEST_NAME} characters")
        if not math.isfinite(self.time_s):
            raise InputError(f"the time of marker {name!r} must be a number of seconds, got {self.time_s}")
        if self.end_s is not None and not (math.isfinite(self.end_s) and self.end_s > self.time_s):
            raise InputError(f"marker {name!r} must end after its start at {self.time_s:g} s, got {self.end_s:g} s")

    def to_dict(self) -> dict[str, Any]:
        """The JSON document of the marker, `"schema": "emoar.marker/1"`."""
        end = {} if self.end_s is None else {"end_s": round(self.end_s, 4)}
        return {"schema": MARKER_SCHEMA, "name": self.name, "time_s": round(self.time_s, 4), **end}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`.

        Raises:
            InputError: a part is missing or wrong.
        """
        try:
            end_s = document.get("end_s")
            name, time_s = str(document["name"]), float(document["time_s"])
            return cls(name, time_s, None if end_s is None else float(end_s))
        except (KeyError, TypeError, ValueError) as exc:
            raise exc if isinstance(exc, InputError) else InputError(f"a marker is not complete: {exc!r}") from exc
