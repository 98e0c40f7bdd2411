"""`POST /v1/expressions`: pictures in, faces and their expressions out."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from emoar.overlay.names import DEFAULT_OVERLAYS, OVERLAYS
from emoar.server.http.body import Upload, pictures_in
from emoar.server.http.problems import Problem
from emoar.server.http.schemas import problems
from emoar.server.state import Service, service_of
from emoar.server.workers.pool import Reply
from emoar.server.workers.request import ImageRequest, check_labels

__all__ = ["OVERLAY_PATTERN", "PICTURES", "overlays_in", "recognise", "router"]

router: Final = APIRouter()
PICTURES: Final = "/v1/expressions"  # whose requests the guard refuses when there is no room
_NAME: Final = f"({'|'.join(OVERLAYS)})"
OVERLAY_PATTERN: Final = f"^({_NAME}(, ?{_NAME})*)?$"
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
_PROBLEMS: Final = problems(
    {
        400: "The body cannot be read.",
        401: "A key is needed.",
        403: "A page of another server asks.",
        408: "The body came too slowly.",
        413: "Too many bytes.",
        415: "No picture, or no known media type.",
        421: "The server does not go by this name.",
        422: "A damaged or too large picture, too many of them, or a wrong parameter.",
        429: "Too many requests.",
        503: "No room or time now.",
    }
)


def overlays_in(text: str) -> tuple[str, ...]:
    """The names in `label,quote`.

    Raises:
        Problem: a name is not known.
    """
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in OVERLAYS]
    if unknown:
        detail = f"overlay must be of {', '.join(OVERLAYS)}, with commas; got {unknown[0][:40]!r}"
        raise Problem(422, "unknown-overlay", detail)
    return names


async def _look(  # on the event loop: a thread would cost more than it does
    request: Request,
    mode: Annotated[
        Literal["auto", "photo", "live"],
        Query(
            description="photo searches small faces too; live is the quick search of a video; auto is quick for small "
            "pictures in which it finds somebody"
        ),
    ] = "auto",
    max_faces: Annotated[int, Query(ge=1, le=1000, description="at most so many faces")] = 4,
    labels: Annotated[
        str | None, Query(max_length=40, description="label set of the label: ferplus or fer2013")
    ] = None,
    landmarks: Annotated[bool, Query(description="add the 468 landmarks of each face")] = False,
    overlay: Annotated[
        str,
        Query(
            max_length=100,
            pattern=OVERLAY_PATTERN,
            description=f"add the drawn picture: {', '.join(OVERLAYS)}, with commas",
        ),
    ] = "",
) -> ImageRequest:
    settings = service_of(request).settings
    if max_faces > settings.max_faces:
        detail = f"max_faces may be at most {settings.max_faces}"
        raise Problem(422, "too-many-faces", detail, "max_faces", settings.max_faces)
    check_labels(labels, settings.model)
    overlays, picture = overlays_in(overlay), wanted_picture(request.headers.get("accept", ""))
    if picture and not overlays:
        overlays = DEFAULT_OVERLAYS
    return ImageRequest(mode, max_faces, labels, landmarks, overlays, picture, settings.max_pixels)


@router.post(
    PICTURES,
    summary="Expressions of the faces in one or several pictures",
    openapi_extra={"requestBody": _BODY},
    response_model=None,
    responses={
        200: {
            "description": "The faces; with `Accept: image/png` or `image/jpeg` the drawn picture itself.",
            "content": {
                "application/json": {
                    "schema": {
                        "anyOf": [
                            {"$ref": "#/components/schemas/SceneDocument"},
                            {"$ref": "#/components/schemas/PicturesDocument"},
                        ]
                    }
                },
                **dict.fromkeys(_PICTURE_TYPES, _BINARY),
            },
        },
        **_PROBLEMS,
    },
)
async def expressions(request: Request, look: Annotated[ImageRequest, Depends(_look)]) -> Response:
    """Send a picture as the body, as a file of a form, or as base64 in JSON. Several files give several answers.

    The answer describes what faces look like, not what anybody feels. The picture is kept in memory for this request
    alone.
    """
    service = service_of(request)
    uploads = await pictures_in(request, service.settings)
    if len(uploads) == 1:
        reply = await recognise(service, uploads[0], look)
        return Response(reply.body, media_type=reply.media_type, headers={"cache-control": "no-store"})
    if look.picture:
        raise Problem(422, "several-pictures", "ask for image/* with one picture at a time, or for JSON")
    tasks = [asyncio.create_task(_document(service, upload, look)) for upload in uploads]
    documents = await asyncio.gather(*tasks)
    body = b'{"pictures":[' + b",".join(documents) + b"]}"
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


async def recognise(service: Service, upload: Upload, look: ImageRequest) -> Reply:
    """One picture.

    Raises:
        Problem: it is not usable, or there is no room or time.
    """
    reply = await service.pool.still(upload.data, replace(look, name=upload.name))
    service.metrics.looked(reply.faces, reply.timings_ms)
    return reply


async def _document(service: Service, upload: Upload, look: ImageRequest) -> bytes:
    try:
        return (await recognise(service, upload, look)).body
    except Problem as exc:
        return json.dumps(exc.as_dict()).encode()


def wanted_picture(accept: str) -> str | None:
    """The media type of the picture that a client wants instead of JSON."""
    ranked: list[tuple[float, int, str]] = []
    for place, entry in enumerate(accept.split(",")):
        kind, *parameters = (part.strip().lower() for part in entry.split(";"))
        if kind in (*_PICTURE_TYPES, "application/json", "application/*", "*/*"):
            ranked.append((-_quality(parameters), place, kind))
    best = min(ranked, default=(0.0, 0, ""))
    return best[2] if best[2] in _PICTURE_TYPES and best[0] < 0 else None


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
