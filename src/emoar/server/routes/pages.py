"""Pages for people without a program: try a picture, read about the interface. No script, nothing from elsewhere."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, Response

from emoar.overlay.describe import describe_expression
from emoar.overlay.names import DEFAULT_OVERLAYS, OVERLAYS
from emoar.server.http.body import Upload, media_type_of, read_body
from emoar.server.http.headers import APP_POLICY, IMMUTABLE
from emoar.server.http.multipart import boundary_of, parse_parts
from emoar.server.http.problems import Problem
from emoar.server.pages.docs_page import describe
from emoar.server.pages.html import STYLE, page, tag, text
from emoar.server.routes.assets import web_app
from emoar.server.routes.expressions import recognise
from emoar.server.state import Service, service_of
from emoar.server.workers.request import ImageRequest

__all__ = ["router"]

router: Final = APIRouter(include_in_schema=False)
_STYLE_ADDRESS: Final = f"/assets/page-{sha256(STYLE.encode()).hexdigest()[:12]}.css"


@router.get("/")
async def root(request: Request) -> Response:
    """The browser app when it is built, else the page to try a picture."""
    index = web_app().get("index.html")
    if index is not None:
        headers = {"content-security-policy": APP_POLICY, "cache-control": "no-cache"}
        return FileResponse(index, media_type="text/html", headers=headers)
    return await upload(request)


@router.get("/upload")
async def upload(request: Request) -> Response:
    """A form: choose a picture."""
    return page("EmoAR", *_form(service_of(request)), style_address=_STYLE_ADDRESS)


@router.post("/upload")
async def show(request: Request) -> Response:
    """The picture, drawn on, with what each face looks like."""
    service = service_of(request)
    try:
        data, overlays = await _chosen(request, service)
        look = ImageRequest(
            "photo", overlays=overlays, max_pixels=service.settings.max_pixels, max_faces=_faces(service)
        )
        reply = await recognise(service, Upload(data), look)
    except Problem as exc:
        body = [tag("h1", "EmoAR"), tag("p", text(exc.detail), role="alert"), *_form(service)[1:]]
        return page("EmoAR: that did not work", *body, status=exc.status, style_address=_STYLE_ADDRESS)
    scene = json.loads(reply.body)
    return page("EmoAR: what was seen", *_result(scene), *_form(service)[1:], style_address=_STYLE_ADDRESS)


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The interface, described."""
    parts = describe(request.app.openapi(), str(request.base_url).rstrip("/"))
    return page("EmoAR: the interface", *parts, style_address=_STYLE_ADDRESS)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The interface, for programs."""
    return JSONResponse(request.app.openapi(), headers={"cache-control": "no-cache"})


@router.get(_STYLE_ADDRESS)
async def style() -> Response:
    """The style of all pages; another text has another name."""
    return Response(STYLE, media_type="text/css", headers={"cache-control": IMMUTABLE})


async def _chosen(request: Request, service: Service) -> tuple[bytes, tuple[str, ...]]:
    """The picture and the overlays of the form.

    Raises:
        Problem: there is no picture, or a key is needed and missing.
    """
    if media_type_of(request) != "multipart/form-data":
        raise Problem(415, "unknown-media-type", "choose a picture in the form")
    body = await read_body(request, service.settings)
    parts = parse_parts(body, boundary_of(request.headers["content-type"]))
    fields = {part.name: body[part.start : part.end] for part in parts if part.name != "overlay"}
    chosen = {body[part.start : part.end].decode("utf-8", "replace") for part in parts if part.name == "overlay"}
    key = service.access.check_key(fields.get("key", b"").decode("utf-8", "replace").strip())
    address = request.client.host if request.client else ""
    service.access.check_rate(key, address)
    if not fields.get("file"):
        raise Problem(422, "no-picture", "choose a picture first")
    return fields["file"], tuple(name for name in OVERLAYS if name in chosen)


def _faces(service: Service) -> int:
    return min(10, service.settings.max_faces)


def _form(service: Service) -> list[str]:
    picture = '<input id="file" name="file" type="file" accept="image/*" required>'
    boxes = [
        f'<label><input type="checkbox" name="overlay" value="{name}"'
        f"{' checked' if name in DEFAULT_OVERLAYS else ''}> {name}</label>"
        for name in OVERLAYS
    ]
    key = '<label for="key">API key</label><input id="key" name="key" type="password" autocomplete="off" required>'
    return [
        tag("h1", "EmoAR"),
        tag(
            "form",
            tag("div", tag("label", "Picture", for_="file"), picture),
            tag("div", tag("span", "Draw"), *boxes),
            *([tag("div", key)] if service.settings.needs_keys else []),
            tag("button", "ImageRequest at it", type="submit"),
            action="/upload",
            method="post",
            enctype="multipart/form-data",
        ),
        tag(
            "p",
            "The picture is kept in memory until the answer is sent, and nowhere else. EmoAR says what a face looks "
            "like, not what somebody feels. ",
            tag("a", "For programs", href="/docs"),
            class_="soft",
        ),
    ]


def _result(scene: dict[str, Any]) -> list[str]:
    parts = [tag("h1", "EmoAR")]
    faces: list[dict[str, Any]] = scene["faces"]
    said = f"{len(faces)} face{'' if len(faces) == 1 else 's'}" if faces else "No face was found"
    if "annotated" in scene:
        source = f"data:{scene['annotated']['media_type']};base64,{scene['annotated']['data']}"
        size = f'width="{scene["width_px"]}" height="{scene["height_px"]}"'
        parts.append(f'<img src="{text(source)}" {size} alt="{text(said)}, drawn on the picture">')
    parts.append(tag("p", text(said)))
    return [*parts, tag("div", *[_face(face) for face in faces], class_="faces")]


def _face(face: dict[str, Any]) -> str:
    expression, quality = face["expression"], face["quality"]
    words = describe_expression(expression["label"], expression["confidence"], quality["reasons"])
    rows = [
        tag(
            "div",
            tag("span", text(label)),
            f'<meter min="0" max="1" value="{p:.4f}" aria-label="{text(label)}"></meter>',
            tag("span", f"{p:.1%}"),
            class_="row",
        )
        for label, p in sorted(expression[expression["label_set"]].items(), key=lambda item: -(item[1] or 0))
        if p is not None
    ]
    return tag("section", tag("h2", f"Face {face['track_id']}: {text(words)}"), *rows, class_="face")
