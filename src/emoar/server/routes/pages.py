"""HTML pages: the upload page, which needs no script, and the API description. They load nothing from other servers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, Response

from emoar.overlay.names import DEFAULT_OVERLAYS, OVERLAYS
from emoar.server.http.access import client_names
from emoar.server.http.body import BodyLimits, Upload, media_type_of, read_form
from emoar.server.http.headers import DOCS_POLICY, IMMUTABLE, PAGE_POLICY
from emoar.server.http.problems import Problem
from emoar.server.pages import docs_page
from emoar.server.pages.html import STYLE, page, tag, text
from emoar.server.pages.upload_page import form_parts, result_parts
from emoar.server.routes.assets import READ, app_response
from emoar.server.routes.expressions import recognise
from emoar.server.state import ServerState, state_of
from emoar.server.workers.request import ImageRequest

__all__ = ["router"]

router: Final = APIRouter(include_in_schema=False)
_STYLE_ADDRESS: Final = f"/assets/page-{sha256(STYLE.encode()).hexdigest()[:12]}.css"
_MAX_FACES: Final = 10


@router.api_route("/", methods=READ)
async def root(request: Request) -> Response:
    """The browser app when it is built, else the upload page."""
    return app_response(request, "index.html") or await upload(request)


@router.api_route("/overlay", methods=READ)
async def overlay(request: Request) -> Response:
    """The transparent page that draws what the live socket sees, for programs such as OBS.

    Raises:
        Problem: 404; the browser app, which it is a part of, is not built.
    """
    page = app_response(request, "overlay.html")
    if page is None:
        raise Problem(404, "not-found", "the overlay is a part of the browser app, which is not built: make web")
    return page


@router.get("/upload")
async def upload(request: Request) -> Response:
    """A form to choose a picture."""
    return _page("EmoAR", *_form(state_of(request)))


@router.post("/upload")
async def upload_picture(request: Request) -> Response:
    """The picture with overlays, and the expression of each face."""
    state = state_of(request)
    try:
        picture, overlays = await _read_form(request, state)
        settings = state.settings
        max_faces = min(_MAX_FACES, settings.max_faces)
        image_request = ImageRequest("photo", max_faces, overlays=overlays, max_pixels=settings.max_pixels)
        response = await recognise(state, Upload(picture), image_request, request.scope["emoar.names"])
    except Problem as exc:
        alert = tag("p", text(exc.detail), role="alert")
        return _page("EmoAR: error", tag("h1", "EmoAR"), alert, *_form(state)[1:], status=exc.status)
    scene: dict[str, Any] = json.loads(response.body)
    return _page("EmoAR: result", *result_parts(scene), *_form(state)[1:])


@router.get("/docs")
async def docs() -> Response:
    """The API's interactive description."""
    headers = {"content-security-policy": DOCS_POLICY, "cache-control": "no-cache"}
    return Response(docs_page.PAGE, media_type="text/html", headers=headers)


@router.get("/docs/start.js")
async def docs_script() -> Response:
    """The script that starts the description."""
    return Response(docs_page.SCRIPT, media_type="text/javascript", headers={"cache-control": "no-cache"})


@router.get("/docs/{name}")
async def docs_file(name: str) -> Response:
    """A file of Swagger UI.

    Raises:
        Problem: 404; there is no such file.
    """
    if name not in docs_page.SWAGGER_FILES:
        raise Problem(404, "not-found", "there is nothing at this address: see /docs")
    path, media_type = docs_page.swagger_file(name), docs_page.SWAGGER_FILES[name]
    return FileResponse(path, media_type=media_type, headers={"cache-control": "no-cache"})


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The API's description for programs."""
    return JSONResponse(request.app.openapi(), headers={"cache-control": "no-cache"})


@router.get(_STYLE_ADDRESS)
async def style() -> Response:
    """The style sheet of all pages; its address contains a hash of its text."""
    return Response(STYLE, media_type="text/css", headers={"cache-control": IMMUTABLE})


def _page(title: str, *body: str, status: int = 200) -> Response:
    document = page(title, *body, style_address=_STYLE_ADDRESS)
    headers = {"content-security-policy": PAGE_POLICY, "cache-control": "no-store"}
    return Response(document, status, headers, "text/html")


def _form(state: ServerState) -> list[str]:
    return form_parts(tuple(OVERLAYS), DEFAULT_OVERLAYS, needs_key=state.settings.needs_keys)


async def _read_form(request: Request, state: ServerState) -> tuple[bytes, tuple[str, ...]]:
    """The picture and the overlays of the form.

    Raises:
        Problem: the body is no form, or a required key is missing, the rate is exceeded, or there is no picture.
    """
    if media_type_of(request) != "multipart/form-data":
        raise Problem(415, "unknown-media-type", "choose a picture in the form")

    def admit(given: Mapping[str, bytes]) -> None:
        key = state.access.check_key(given.get("key", b"").decode("utf-8", "replace").strip())
        if key is not None:
            request.scope["emoar.names"] += client_names(key, "")
            state.access.check_rate(*client_names(key, ""))  # the address has been counted before the body

    parts = await read_form(request, BodyLimits.of_pictures(state.settings), admit)
    fields = {part.name: data for part, data in parts if part.name != "overlays"}
    chosen = {data.decode("utf-8", "replace") for part, data in parts if part.name == "overlays"}
    if not fields.get("file"):
        raise Problem(422, "no-picture", "choose a picture first")
    return fields["file"], tuple(name for name in OVERLAYS if name in chosen)
