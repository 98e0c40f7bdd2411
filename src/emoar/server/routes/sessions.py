"""`POST /v1/sessions` starts a recording of a live socket; `/v1/sessions/ID` marks, stops and gives it."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, JSONResponse, Response

from emoar.errors import InputError
from emoar.server.http.body import BodyLimits, read_chunks
from emoar.server.http.problems import Problem
from emoar.server.http.schemas import MarkerDocument, SessionDocument, problem_responses
from emoar.server.sessions.session import Session
from emoar.server.state import ServerState, state_of
from emoar.session.marker import LONGEST_NAME

__all__ = ["router"]

router: Final = APIRouter(tags=["sessions"])
_NO_STORE: Final = {"cache-control": "no-store"}
_NOT_FOUND: Final = problem_responses({404: "No such session, or no longer."})
_MEDIA_TYPE: Final = "application/gzip"
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_NUMBER: Final = {"type": "number", "minimum": 0, "maximum": 1e6}
_MARKER: Final = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "pattern": r"\S"},
                    "time_s": _NUMBER,
                    "end_s": _NUMBER,
                },
            }
        }
    },
}
_OPERATIONS: Final = ("session_state", "session_mark", "session_stop", "session_file", "session_delete")
_LINKS: Final = {
    name: {"operationId": name, "parameters": {"session_id": "$response.body#/id"}} for name in _OPERATIONS
}


class _Marker(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    time_s: float | None = None
    end_s: float | None = None


@router.post(
    "/v1/sessions",
    status_code=201,
    summary="Start a session",
    response_model=SessionDocument,
    responses={
        201: {"links": _LINKS},
        **problem_responses({429: "Too many sessions or requests.", 507: "The server's disk is full."}),
    },
)
async def start(
    request: Request,
    purpose: Annotated[str, Query(max_length=300, description="what it is recorded for; reports print it")] = "",
) -> Response:
    """Then open the live socket at the address `live` of the response: its scenes are recorded, no pictures."""
    state = state_of(request)
    session = state.sessions.begin(_key_id(request), request.scope["emoar.names"], " ".join(purpose.split()))
    headers = {"location": f"/v1/sessions/{session.id}", **_NO_STORE}
    return JSONResponse(_document(state, session), 201, headers)


@router.get(
    "/v1/sessions/{session_id}",
    summary="State of a session",
    operation_id="session_state",
    response_model=SessionDocument,
    responses=_NOT_FOUND,
)
async def read(request: Request, session_id: str) -> Response:
    """State, counts, and when it will be deleted."""
    state = state_of(request)
    return JSONResponse(_document(state, _found(request, session_id)), headers=_NO_STORE)


@router.post(
    "/v1/sessions/{session_id}/markers",
    status_code=201,
    summary="Mark a moment",
    operation_id="session_mark",
    response_model=MarkerDocument,
    openapi_extra={"requestBody": _MARKER},
    responses={
        **problem_responses({408: "The body arrived too slowly.", 409: "Not now.", 413: "Too many bytes."}),
        **problem_responses({400: "The body cannot be read.", 507: "The server's disk is full."}),
        **_NOT_FOUND,
    },
)
async def mark(request: Request, session_id: str) -> Response:
    """Now, or at `time_s` in seconds since the socket opened; with `end_s` it is a segment by itself."""
    session = _found(request, session_id)
    body = b"".join([chunk async for chunk in read_chunks(request, BodyLimits.of_pictures(state_of(request).settings))])
    try:
        given = msgspec.json.decode(body, type=_Marker)
        marker = session.mark(given.name, given.time_s, given.end_s)
    except (msgspec.MsgspecError, InputError, UnicodeDecodeError) as exc:
        raise Problem(422, "wrong-marker", f'send {{"name": "question 1"}}, perhaps with time_s: {exc}') from exc
    return JSONResponse(marker.to_dict(), 201, _NO_STORE)


@router.post(
    "/v1/sessions/{session_id}/stop",
    summary="Stop a session",
    operation_id="session_stop",
    response_model=SessionDocument,
    responses=_NOT_FOUND,
)
async def stop(request: Request, session_id: str) -> Response:
    """Ends the recording, as the end of its socket does. The socket itself goes on."""
    session = _found(request, session_id)
    await asyncio.to_thread(session.stop)
    return JSONResponse(_document(state_of(request), session), headers=_NO_STORE)


@router.get(
    "/v1/sessions/{session_id}/file",
    summary="The recording",
    operation_id="session_file",
    response_class=Response,
    responses={
        200: {"description": "The .emoar file.", "content": {_MEDIA_TYPE: _BINARY}},
        **problem_responses({409: "The session is not stopped."}),
        **_NOT_FOUND,
    },
)
async def fetch(request: Request, session_id: str) -> Response:
    """For `emoar report` and `emoar export-scenes`: scenes and markers as JSON Lines in gzip."""
    session = _found(request, session_id)
    if session.state != "stopped":
        raise Problem(409, "not-stopped", f"the session is {session.state}: stop it first")
    if not session.path.is_file():
        raise Problem(404, "nothing-recorded", "no live socket was opened for this session: nothing was recorded")
    return FileResponse(session.path, media_type=_MEDIA_TYPE, filename="session.emoar", headers=_NO_STORE)


@router.delete(
    "/v1/sessions/{session_id}",
    status_code=204,
    summary="Delete a session",
    operation_id="session_delete",
    responses=_NOT_FOUND,
)
async def delete(request: Request, session_id: str) -> Response:
    """At once, whatever its state."""
    await state_of(request).sessions.delete(_found(request, session_id))
    return Response(status_code=204)


def _found(request: Request, session_id: str) -> Session:
    return state_of(request).sessions.find(session_id, _key_id(request))


def _key_id(request: Request) -> str | None:
    key = request.scope.get("emoar.key")
    return key.id if key is not None else None


def _document(state: ServerState, session: Session) -> dict[str, Any]:
    until, seconds, where = state.sessions.deleted_at(session), state.settings.job_ttl_s, f"/v1/sessions/{session.id}"
    return {
        "id": session.id,
        "state": session.state,
        "scenes": session.scenes,
        "markers": session.markers,
        "problem": session.problem,
        "live": f"/v1/live?session={session.id}",
        "file": f"{where}/file" if session.state == "stopped" and session.scenes else None,
        "retention": {
            "deleted_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(until)) if until else None,
            "seconds": seconds,
            "rule": f"the recording is deleted {seconds:g} s after its end, on DELETE, and when the server ends",
        },
    }
