"""`POST /v1/expressions`: recognises the expressions of the faces in pictures."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from emoar.overlay.names import DEFAULT_OVERLAYS
from emoar.server.http.body import Upload, pictures_in
from emoar.server.http.problems import Problem
from emoar.server.http.schemas import problem_responses
from emoar.server.routes.parameters import (
    LabelSetQuery,
    MeasuresQuery,
    OverlaysQuery,
    ValenceQuery,
    check_max_faces,
    overlays_in,
)
from emoar.server.state import ServerState, state_of
from emoar.server.workers.request import ImageRequest, ImageResponse, check_label_set

__all__ = ["PATH", "expressions_by_default", "recognise", "requested_picture_type", "router"]

router: Final = APIRouter(tags=["pictures"])
PATH: Final = "/v1/expressions"
_PICTURE_TYPES: Final = ("image/jpeg", "image/png")
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_BODY: Final = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
                },
            }
        },
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["image"],
                "properties": {"image": {"type": "string", "format": "picture-base64"}},
                "additionalProperties": False,
            }
        },
        **dict.fromkeys(("image/jpeg", "image/png", "image/webp", "image/avif", "image/heic"), _BINARY),
    },
}
_SCENES: Final = [
    {"$ref": "#/components/schemas/SceneDocument"},
    {"$ref": "#/components/schemas/PicturesDocument"},
]
_PROBLEMS: Final = problem_responses(
    {
        400: "The body cannot be read.",
        401: "An API key is needed.",
        403: "A page of another origin sends the request.",
        408: "The body arrived too slowly.",
        413: "Too many bytes.",
        415: "No picture, or no known media type.",
        421: "The host name is not one of the server's.",
        422: "A damaged or too large picture, too many of them, or a wrong parameter.",
        429: "Too many requests.",
        503: "No room or time now.",
    }
)


async def _image_request(  # async, so that it runs on the event loop: a thread would take longer than the work
    request: Request,
    mode: Annotated[
        Literal["auto", "photo", "live"],
        Query(
            description="photo searches small faces too; live is the quick search of a video; auto is quick for small "
            "pictures in which it finds a face"
        ),
    ] = "auto",
    max_faces: Annotated[int, Query(ge=1, le=1000, description="at most so many faces")] = 20,
    label_set: LabelSetQuery = None,
    landmarks: Annotated[bool, Query(description="add the 468 landmarks of each face")] = False,
    measures: MeasuresQuery = False,
    valence: ValenceQuery = False,
    overlays: OverlaysQuery = "",
) -> ImageRequest:
    settings = state_of(request).settings
    if "max_faces" not in request.query_params:
        max_faces = min(max_faces, settings.max_faces)
    check_max_faces(max_faces, settings)
    check_label_set(label_set, settings.label_sets)
    names, picture_type = overlays_in(overlays), requested_picture_type(request.headers.get("accept", ""))
    if picture_type and not names:
        names = DEFAULT_OVERLAYS
    return ImageRequest(
        mode,
        max_faces,
        label_set,
        landmarks,
        names,
        picture_type,
        settings.max_pixels,
        measures=measures,
        valence=valence,
    )


@router.post(
    PATH,
    summary="Expressions of the faces in one or several pictures",
    openapi_extra={"requestBody": _BODY},
    response_model=None,
    responses={
        200: {
            "description": "The faces; with `Accept: image/png` or `image/jpeg` the drawn picture itself.",
            "content": {"application/json": {"schema": {"anyOf": _SCENES}}, **dict.fromkeys(_PICTURE_TYPES, _BINARY)},
        },
        **_PROBLEMS,
    },
)
async def expressions(request: Request, image_request: Annotated[ImageRequest, Depends(_image_request)]) -> Response:
    """Send a picture as the body, as a file of a form, or as base64 in JSON. Several files give several scenes.

    The response describes the expressions that faces show, not feelings. The picture is kept in memory for this request
    alone.
    """
    state = state_of(request)
    names: tuple[str, ...] = request.scope["emoar.names"]
    uploads = await pictures_in(request, state.settings)
    if len(uploads) == 1:
        response = await recognise(state, uploads[0], image_request, names)
        return Response(response.body, media_type=response.media_type, headers={"cache-control": "no-store"})
    if image_request.picture_type:
        raise Problem(422, "several-pictures", "request image/* with one picture at a time, or JSON")
    tasks = [asyncio.create_task(_document(state, upload, image_request, names)) for upload in uploads]
    documents = await asyncio.gather(*tasks)
    body = b'{"pictures":[' + b",".join(documents) + b"]}"
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


async def expressions_by_default(request: Request) -> Response:
    """The response to a POST without parameters, which FastAPI need not parse.

    Raises:
        Problem: as `expressions` does.
    """
    return await expressions(request, await _image_request(request))


async def recognise(state: ServerState, upload: Upload, request: ImageRequest, names: tuple[str, ...]) -> ImageResponse:
    """Processes one picture of a client at a worker, and counts it in the metrics.

    Raises:
        Problem: the picture is not usable, the queue is full, or no response arrives in time.
    """
    response = await state.pool.image(upload.data, replace(request, name=upload.name), names)
    state.metrics.observe(response.faces, response.timings_ms)
    return response


async def _document(state: ServerState, upload: Upload, request: ImageRequest, names: tuple[str, ...]) -> bytes:
    try:
        return (await recognise(state, upload, request, names)).body
    except Problem as exc:
        return json.dumps(exc.as_dict()).encode()


def requested_picture_type(accept: str) -> str | None:
    """The media type of the picture that the header Accept prefers to JSON; None when it prefers JSON."""
    ranked: list[tuple[float, int, str]] = []
    for place, entry in enumerate(accept.split(",")):
        kind, *parameters = (part.strip().lower() for part in entry.split(";"))
        if kind in (*_PICTURE_TYPES, "application/json", "application/*", "*/*"):
            ranked.append((-_quality_value(parameters), place, kind))
    best = min(ranked, default=(0.0, 0, ""))
    return best[2] if best[2] in _PICTURE_TYPES and best[0] < 0 else None


def _quality_value(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
