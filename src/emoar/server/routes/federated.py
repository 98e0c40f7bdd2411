"""`GET /v1/federated/round` and `POST /v1/federated/updates`: browsers take part in federated learning."""

from __future__ import annotations

import json
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from emoar.server.http.body import BodyLimits, media_type_of, read_chunks
from emoar.server.http.problems import Problem
from emoar.server.http.schemas import ReceivedDocument, RoundDocument, problem_responses
from emoar.server.state import state_of

__all__ = ["router"]

router: Final = APIRouter(tags=["federated"])
_NO_STORE: Final = {"cache-control": "no-store"}
_OFF: Final = json.dumps({"schema": "emoar.federated-round/1", "takes_part": False, "open": None}).encode()
_NUMBERS: Final = {"type": "array", "items": {"type": "number"}}
_UPDATE: Final = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["schema", "round", "id", "model", "weights", "bias"],
                "additionalProperties": False,
                "properties": {
                    "schema": {"type": "string", "const": "emoar.federated-update/1"},
                    "round": {"type": "string"},
                    "id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                    "model": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    "weights": {"type": "array", "items": _NUMBERS},
                    "bias": _NUMBERS,
                },
            }
        }
    },
}


@router.get("/v1/federated/round", response_model=RoundDocument, summary="The open round for browsers")
async def current_round(request: Request) -> Response:
    """The head of the model, and how a browser has to clip and to add noise before it sends an update."""
    gateway = state_of(request).gateway
    body = await gateway.current_round() if gateway.takes_part else _OFF
    return Response(body, media_type="application/json", headers=_NO_STORE)


@router.post(
    "/v1/federated/updates",
    status_code=202,
    response_model=ReceivedDocument,
    summary="Send an update of the head",
    openapi_extra={"requestBody": _UPDATE},
    responses=problem_responses(
        {
            400: "The body cannot be read.",
            404: "This server takes no updates.",
            408: "The body arrived too slowly.",
            409: "The round is closed or complete, of another model, or has this update already.",
            413: "Too many bytes.",
            415: "Not JSON.",
            422: "Shapes, types or values are not allowed.",
            429: "Too many updates or requests.",
        }
    ),
)
async def add_update(request: Request) -> Response:
    """The change of the head that a browser has computed, clipped and noised. It is added to a sum and not kept."""
    state = state_of(request)
    if not state.gateway.takes_part:
        raise Problem(404, "not-federated", "this server takes no updates: emoar serve --federated")
    if media_type_of(request) != "application/json":
        raise Problem(415, "unknown-media-type", "send application/json")
    settings = state.settings
    limits = BodyLimits(settings.max_update_bytes, "max_update_bytes", settings.upload_s, settings.stall_s)
    body = b"".join([chunk async for chunk in read_chunks(request, limits)])
    answer = await state.gateway.add(body, request.scope["emoar.names"])
    return Response(answer, 202, _NO_STORE, "application/json")
