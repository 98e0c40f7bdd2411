"""Query parameters that several routes share, and their checks."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal, TypeVar

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import QueryParams

from emoar.labels import LABEL_SETS
from emoar.overlay.names import OVERLAYS
from emoar.server.http.problems import Problem
from emoar.server.settings import Settings

__all__ = [
    "EventsQuery",
    "LabelSetQuery",
    "LiveQuery",
    "MeasuresQuery",
    "OverlaysQuery",
    "ValenceQuery",
    "check_max_faces",
    "check_query",
    "events_query",
    "live_query",
    "overlays_in",
]

ModelT = TypeVar("ModelT", bound=BaseModel)
_NAME: Final = f"({'|'.join(OVERLAYS)})"
_PATTERN: Final = f"^({_NAME}(, ?{_NAME})*)?$"
_NAMES: Final = ", ".join(OVERLAYS)

LabelSetQuery = Annotated[str | None, Query(max_length=40, description=f"set of the label: {' or '.join(LABEL_SETS)}")]
OverlaysQuery = Annotated[
    str, Query(max_length=100, pattern=_PATTERN, description=f"overlays to draw, separated by commas: {_NAMES}")
]

MeasuresQuery = Annotated[bool, Query(description="add how far brows, lids, jaw and lips have moved from rest, 0..1")]
ValenceQuery = Annotated[bool, Query(description="add how pleasant each expression is, -1..1")]


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


class LiveQuery(BaseModel):
    """The parameters of a live socket."""

    model_config = ConfigDict(frozen=True)

    max_faces: Annotated[int, Field(ge=1, le=1000)] = 4
    label_set: Annotated[str | None, Field(max_length=40)] = None
    landmarks: bool = False
    measures: bool = False
    valence: bool = False
    session: Annotated[str | None, Field(max_length=64)] = None


class EventsQuery(BaseModel):
    """The parameters of a socket of events."""

    model_config = ConfigDict(frozen=True)

    role: Literal["subscribe", "publish"] = "subscribe"
    scenes: bool = False  # scenes, too, beside events
    rate: Annotated[float | None, Field(ge=0, le=1000, allow_inf_nan=False)] = None  # scenes a second; None: all
    source: Annotated[str, Field(max_length=200)] = ""  # of this source alone


def live_query(query: QueryParams) -> LiveQuery:
    """The parameters of a live socket from its address.

    Raises:
        Problem: one of them is unknown, repeated or wrong.
    """
    return _validated(query, LiveQuery)


def events_query(query: QueryParams) -> EventsQuery:
    """The parameters of a socket of events from its address.

    Raises:
        Problem: one of them is unknown, repeated or wrong.
    """
    return _validated(query, EventsQuery)


def _validated(query: QueryParams, model: type[ModelT]) -> ModelT:
    _check_names(query, model.model_fields)
    try:
        return model.model_validate(dict(query))
    except ValidationError as exc:
        first = exc.errors()[0]
        raise Problem(422, "wrong-parameter", f"{first['loc'][-1]}: {first['msg']}") from exc


async def check_query(request: Request) -> None:
    """A dependency of all routes of the API: refuses what `/openapi.json` does not list for the route.

    Raises:
        Problem: a parameter is unknown or repeated.
    """
    if not request.query_params:
        return
    operations: dict[str, Any] = request.app.openapi()["paths"].get(getattr(request.scope["route"], "path", ""), {})
    parameters: list[dict[str, Any]] = operations.get(request.method.lower(), {}).get("parameters", [])
    _check_names(request.query_params, [each["name"] for each in parameters if each["in"] == "query"])


def _check_names(query: QueryParams, known: Collection[str]) -> None:
    """Checks that the parameters of a query are known and given once: an ignored one would give a wrong result.

    Raises:
        Problem: one is not.
    """
    names = [name for name, _ in query.multi_items()]
    for name in names:
        if name not in known:
            shown, near = ascii(name[:40])[1:-1], get_close_matches(name[:40], known, 1, 0.5)
            advice = f"did you mean {near[0]}?" if near else f"known are {', '.join(known) or 'none'}"
            raise Problem(422, "unknown-parameter", f"{shown} is not a parameter of this address: {advice}")
        if names.count(name) > 1:
            raise Problem(422, "repeated-parameter", f"{name} is given more than once: give it once")
