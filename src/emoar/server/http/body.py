"""Reads the body of a request within limits of size and time, and extracts its pictures."""

from __future__ import annotations

import asyncio
import base64
import binascii
import math
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

import msgspec
from starlette.requests import ClientDisconnect, Request

from emoar.server.http.multipart import FormParser, Part
from emoar.server.http.problems import Problem
from emoar.server.settings import Settings

__all__ = ["BodyLimits", "Upload", "media_type_of", "pictures_from_json", "pictures_in", "read_chunks", "read_form"]

_LARGE_BYTES: Final = 300_000  # larger JSON is parsed in a thread: its parsing would block the event loop
_MAX_NAME_LENGTH: Final = 120
_MAX_FIELD_BYTES: Final = 10_000  # of all fields of a form that are no files
_FROM_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_JSON_SHAPE: Final = 'JSON must be {"image": "<base64>"} or {"images": ["<base64>", ...]}'


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    image: str | None = None
    images: list[str] | None = None


@dataclass(frozen=True)
class Upload:
    """A picture as the client sent it."""

    data: bytes
    name: str = ""  # file name that the client gives, without folders


@dataclass(frozen=True)
class BodyLimits:
    """Limits on the size of a body and on the time to receive it."""

    bytes: int  # maximum size
    setting: str  # name of the setting that gives `bytes`
    seconds: float  # maximum time for the complete body
    stall_s: float  # maximum time until the next piece arrives
    bytes_per_s: float = math.inf  # each byte adds its part of a second to `seconds`: the lowest rate of a large body

    @classmethod
    def of_pictures(cls, settings: Settings) -> BodyLimits:
        """The limits of a request with pictures."""
        return cls(settings.max_upload_bytes, "max_upload_bytes", settings.upload_s, settings.stall_s)


def media_type_of(request: Request) -> str:
    """The media type of the body, without parameters, in lower case; empty when the request has none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_chunks(request: Request, limits: BodyLimits) -> AsyncGenerator[bytes]:
    """Yields the body in pieces, and stops when the client sends too much or too slowly.

    Raises:
        Problem: 413 with the name of the limit, 408 when it is too slow, or 400 when the client disconnects.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limits.bytes:
        raise _too_large(limits)
    stream, count = request.stream(), 0
    started = asyncio.get_running_loop().time()
    while True:
        deadline = started + limits.seconds + count / limits.bytes_per_s
        try:
            async with asyncio.timeout(limits.stall_s) as stall:
                if (when := stall.when()) is not None:
                    stall.reschedule(min(when, deadline))
                piece = await anext(stream, None)
        except TimeoutError:
            detail = "the body arrived too slowly: send it at once, or a smaller one"
            raise Problem(408, "slow-upload", detail, "upload_s", limits.seconds) from None
        except ClientDisconnect:
            raise Problem(400, "gone", "the client disconnected") from None
        if piece is None:
            return
        count += len(piece)
        if count > limits.bytes:
            raise _too_large(limits)
        if piece:
            yield piece


async def read_form(
    request: Request, limits: BodyLimits, admit: Callable[[Mapping[str, bytes]], None] | None = None
) -> list[tuple[Part, bytes]]:
    """The parts of a form and their content, in memory.

    `admit` gets the fields before the first file, whose content is then not yet kept. It raises a `Problem` to refuse.

    Raises:
        Problem: as for `read_chunks`, or the body is not a valid form, or `admit` refuses it.
    """
    form = FormParser(request.headers["content-type"])
    content: dict[Part, list[bytes]] = {}
    field_bytes, admitted = 0, admit is None

    def fields() -> dict[str, bytes]:
        return {part.name: b"".join(content.get(part, ())) for part in form.parts if part.file_name is None}

    async for chunk in read_chunks(request, limits):
        for part, data in form.feed(chunk):
            if part.file_name is None:
                field_bytes += len(data)
                if field_bytes > _MAX_FIELD_BYTES:
                    raise Problem(413, "long-field", f"the fields of the form have more than {_MAX_FIELD_BYTES} bytes")
            elif admit is not None and not admitted:
                admit(fields())
                admitted = True
            content.setdefault(part, []).append(data)
    form.close()
    if admit is not None and not admitted:
        admit(fields())
    return [(part, b"".join(content.pop(part, []))) for part in form.parts]


async def pictures_in(request: Request, settings: Settings) -> list[Upload]:
    """The pictures of a request: a form with one or several files, JSON with base64, or the picture itself.

    Raises:
        Problem: as for `read_chunks`; there is no picture or too many, or the body does not match its media type.
    """
    uploads = await _uploads(request, BodyLimits.of_pictures(settings), settings.max_pictures)
    _check_number(len(uploads), settings.max_pictures)
    if not uploads or not all(upload.data for upload in uploads):
        raise Problem(422, "no-picture", "there is no picture in the request, or an empty one")
    return uploads


async def _uploads(request: Request, limits: BodyLimits, max_pictures: int) -> list[Upload]:
    media_type = media_type_of(request)
    if media_type == "multipart/form-data":
        parts = await read_form(request, limits)
        return [Upload(data, _printable(part.file_name)) for part, data in parts if part.file_name is not None]
    body = b"".join([chunk async for chunk in read_chunks(request, limits)])
    if media_type == "application/json" or media_type.endswith("+json"):
        if len(body) > _LARGE_BYTES:
            return await asyncio.to_thread(pictures_from_json, body, max_pictures)
        return pictures_from_json(body, max_pictures)
    if media_type in ("", "application/octet-stream") or media_type.startswith("image/"):
        return [Upload(body)]
    detail = "send a picture (image/jpeg, ...), multipart/form-data with files, or JSON with base64"
    raise Problem(415, "unknown-media-type", detail)


def pictures_from_json(body: bytes, max_pictures: int) -> list[Upload]:
    """The pictures of a JSON document with the field `image` (base64) or `images` (a list of base64).

    Raises:
        Problem: the body is not JSON in UTF-8, has other fields or too many pictures, or its base64 is invalid.
    """
    try:
        document = msgspec.json.decode(body, type=_Document)  # its types stop it before it has built something large
    except msgspec.ValidationError as exc:
        raise Problem(422, "no-picture", _JSON_SHAPE) from exc
    except (msgspec.DecodeError, ValueError, RecursionError) as exc:
        raise Problem(400, "bad-json", "the body is no JSON in UTF-8") from exc
    if (document.image is None) == (document.images is None):
        raise Problem(422, "no-picture", 'JSON must have "image" or "images", and nothing else')
    texts = [document.image] if document.image is not None else document.images or []
    _check_number(len(texts), max_pictures)  # before anything is decoded
    return [Upload(_from_base64(text)) for text in texts]


def _check_number(count: int, max_pictures: int) -> None:
    """Checks the number of pictures of a request.

    Raises:
        Problem: there are too many.
    """
    if count > max_pictures:
        detail = f"the request has {count} pictures, at most {max_pictures} are allowed: split it"
        raise Problem(422, "too-many-pictures", detail, "max_pictures", max_pictures)


def _from_base64(text: str) -> bytes:
    """Decodes base64, also URL-safe (RFC 4648), with line ends (MIME) or without padding, or a `data:` URL of it."""
    if text[:5].lower() == "data:":
        head, _, text = text.partition(",")
        if not head.lower().endswith(";base64"):
            raise Problem(422, "bad-base64", "a data: address must be base64")
        text = unquote(text) if "%" in text else text
    try:
        data = text.encode("ascii").translate(_FROM_URL_SAFE, b" \t\r\n").rstrip(b"=")
        return base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise Problem(422, "bad-base64", "the picture is no base64 (RFC 4648)") from exc


def _printable(name: str) -> str:
    """A file name without folders and non-printable characters, cut to `_MAX_NAME_LENGTH`."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable() and not 0xD800 <= ord(c) < 0xE000)[:_MAX_NAME_LENGTH]


def _too_large(limits: BodyLimits) -> Problem:
    detail = f"the request is larger than {limits.bytes} bytes: send smaller pictures"
    return Problem(413, "too-large", detail, limits.setting, limits.bytes)
