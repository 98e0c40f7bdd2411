"""The body of a request, within its limits of size and time, and the pictures in it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from emoar.server.http.multipart import boundary_of, parse_parts
from emoar.server.http.problems import Problem
from emoar.server.settings import Settings

__all__ = ["Upload", "chunks", "from_json", "media_type_of", "pictures_in", "read_body"]

_LARGE_BYTES: Final = 300_000  # to parse so much takes longer than to hand it to a thread
_LONGEST_NAME: Final = 120


@dataclass(frozen=True)
class Upload:
    """A picture as it came."""

    data: bytes
    name: str = ""  # of the file, as the client calls it


def media_type_of(request: Request) -> str:
    """The media type of the body, without parameters, in lower case; empty when not said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def chunks(
    request: Request, most_bytes: int, limit: str, settings: Settings, seconds: float
) -> AsyncGenerator[bytes]:
    """The body, piece by piece; a client that sends too much, too slowly or not at all is cut.

    Raises:
        Problem: 413 with the name of the limit, or 408.
    """
    said = request.headers.get("content-length", "0")
    if said.isdigit() and int(said) > most_bytes:
        raise _too_large(limit, most_bytes)
    stream, count = request.stream(), 0
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            async with asyncio.timeout(settings.stall_s) as stall:
                if (when := stall.when()) is not None:
                    stall.reschedule(min(when, deadline))
                piece = await anext(stream, None)
        except TimeoutError:
            detail = "the body came too slowly: send it at once, or a smaller one"
            raise Problem(408, "slow-upload", detail, "upload_s", seconds) from None
        except ClientDisconnect:
            raise Problem(400, "gone", "the client went away") from None
        if piece is None:
            return
        count += len(piece)
        if count > most_bytes:
            raise _too_large(limit, most_bytes)
        if piece:
            yield piece


async def read_body(request: Request, settings: Settings) -> bytes:
    """The whole body in memory.

    Raises:
        Problem: as `chunks`.
    """
    pieces = chunks(request, settings.max_upload_bytes, "max_upload_bytes", settings, settings.upload_s)
    return b"".join([piece async for piece in pieces])


async def pictures_in(request: Request, settings: Settings) -> list[Upload]:
    """The pictures of a request: a form with one or several files, JSON with base64, or the picture itself.

    Raises:
        Problem: there is none, there are too many, or they are not what the media type says.
    """
    body = await read_body(request, settings)
    media_type = media_type_of(request)
    if media_type == "multipart/form-data":
        uploads = _from_form(body, request.headers["content-type"])
    elif media_type == "application/json" or media_type.endswith("+json"):
        work = from_json, body
        uploads = await asyncio.to_thread(*work) if len(body) > _LARGE_BYTES else from_json(body)
    elif media_type in ("", "application/octet-stream") or media_type.startswith("image/"):
        uploads = [Upload(body)]
    else:
        detail = "send a picture (image/jpeg, ...), multipart/form-data with files, or JSON with base64"
        raise Problem(415, "unknown-media-type", detail)
    if len(uploads) > settings.max_pictures:
        detail = f"{len(uploads)} pictures came, at most {settings.max_pictures} are taken: send several requests"
        raise Problem(422, "too-many-pictures", detail, "max_pictures", settings.max_pictures)
    if not uploads or not all(upload.data for upload in uploads):
        raise Problem(422, "no-picture", "there is no picture in the request, or an empty one")
    return uploads


def _from_form(body: bytes, content_type: str) -> list[Upload]:
    parts = [part for part in parse_parts(body, boundary_of(content_type)) if part.file_name is not None]
    return [Upload(body[part.start : part.end], _plain(part.file_name or "")) for part in parts]


def from_json(body: bytes) -> list[Upload]:
    """The pictures of a JSON document.

    Raises:
        Problem: it is no such document.
    """
    try:
        document: Any = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as exc:
        raise Problem(400, "bad-json", "the body is no JSON in UTF-8") from exc
    if not isinstance(document, dict):
        raise Problem(422, "no-picture", 'JSON must be {"image": "<base64>"} or {"images": ["<base64>", ...]}')
    fields: dict[str, Any] = document  # pyright: ignore[reportUnknownVariableType]
    if len(fields) != 1:
        raise Problem(422, "no-picture", 'JSON must have "image" or "images", and nothing else')
    given: Any = fields.get("images", [fields["image"]] if "image" in fields else None)
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given):  # pyright: ignore[reportUnknownVariableType]
        raise Problem(422, "no-picture", 'JSON must be {"image": "<base64>"} or {"images": ["<base64>", ...]}')
    texts: list[str] = given  # pyright: ignore[reportUnknownVariableType]
    return [Upload(_from_base64(text)) for text in texts]


def _from_base64(text: str) -> bytes:
    """Also of a `data:` address, as a browser's canvas gives it."""
    if text[:5] == "data:":
        head, _, text = text.partition(",")
        if not head.endswith(";base64"):
            raise Problem(422, "bad-base64", "a data: address must be base64")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise Problem(422, "bad-base64", "image is no base64 (RFC 4648, section 4, without line ends)") from exc


def _plain(name: str) -> str:
    """A file name without folders and without what does not print."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable() and not 0xD800 <= ord(c) < 0xE000)[:_LONGEST_NAME]


def _too_large(limit: str, most_bytes: int) -> Problem:
    detail = f"the request is larger than {most_bytes} bytes: send smaller pictures"
    return Problem(413, "too-large", detail, limit, most_bytes)
