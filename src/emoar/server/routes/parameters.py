"""Query parameters that several routes share, and their checks."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query

from emoar.labels import LABEL_SETS
from emoar.overlay.names import OVERLAYS
from emoar.server.http.problems import Problem
from emoar.server.settings import Settings

__all__ = ["LabelSetQuery", "OverlaysQuery", "check_max_faces", "overlays_in"]

_NAME: Final = f"({'|'.join(OVERLAYS)})"
_PATTERN: Final = f"^({_NAME}(, ?{_NAME})*)?$"
_NAMES: Final = ", ".join(OVERLAYS)

LabelSetQuery = Annotated[str | None, Query(max_length=40, description=f"set of the label: {' or '.join(LABEL_SETS)}")]
OverlaysQuery = Annotated[
    str, Query(max_length=100, pattern=_PATTERN, description=f"overlays to draw, separated by commas: {_NAMES}")
]


def overlays_in(text: str) -> tuple[str, ...]:
    """The overlay names in a text such as `label,quote`; empty for an empty text.

    Raises:
        Problem: a name is unknown.
    """
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in OVERLAYS]
    if unknown:
        detail = f"overlays must be of {_NAMES}, separated by commas; got {unknown[0][:40]!r}"
        raise Problem(422, "unknown-overlay", detail)
    return names


def check_max_faces(max_faces: int, settings: Settings) -> None:
    """Checks the parameter against the server's limit.

    Raises:
        Problem: it is less than 1 or above the setting `max_faces`.
    """
    limit = settings.max_faces
    if not 1 <= max_faces <= limit:
        raise Problem(422, "too-many-faces", f"max_faces must be within 1..{limit}", "max_faces", limit)
