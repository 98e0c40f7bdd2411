"""Files served as they are stored: the form that the client accepts, validators, byte ranges, GET and HEAD."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

__all__ = ["ENCODINGS", "StoredFile", "accepted_encoding", "file_response"]

ENCODINGS: Final[Mapping[str, str]] = MappingProxyType({"br": ".br", "gzip": ".gz"})  # best first, with their suffixes
_GZIP_SIZE_BYTES: Final = 4  # a gzip file ends with the size of its content, little-endian
_CHUNK_BYTES: Final = 64 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A file in its plain form, in compressed forms beside it, or in both.

    Raises:
        ValueError: neither the plain form nor the gzip form is there, so not every client can be served.
    """

    plain: Path | None
    media_type: str
    tag: str  # changes with the content
    caching: str  # the header Cache-Control
    compressed: Mapping[str, Path] = field(default_factory=dict[str, Path])  # by the name of the encoding

    def __post_init__(self) -> None:
        if self.plain is None and "gzip" not in self.compressed:
            raise ValueError(f"plain or compressed['gzip'] must be a path: {sorted(self.compressed)}")


def file_response(request: Request, file: StoredFile, headers: Mapping[str, str] | None = None) -> Response:
    """The response to a GET or HEAD: 200, 206 for a range, 304 if the client has this content, 416.

    Args:
        headers: further headers of the response.
    """
    encoding = accepted_encoding(request.headers, file.compressed)
    tag = f'"{file.tag}-{encoding}"' if encoding else f'"{file.tag}"'  # forms of other bytes need tags of their own
    validators = {"cache-control": file.caching, "etag": tag, **(headers or {})}
    if file.compressed:
        validators["vary"] = "Accept-Encoding"
    if _is_known(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=validators)
    if encoding:
        validators["content-encoding"] = encoding
    path = file.compressed[encoding] if encoding else file.plain
    if path is not None:
        return FileResponse(path, media_type=file.media_type, headers=validators)
    return _inflated(request.method, file, validators)


def accepted_encoding(headers: Headers, offered: Iterable[str]) -> str:
    """The encoding, among those offered, that the client accepts and that comes first in `ENCODINGS`; "" for none."""
    quality: dict[str, float] = {}
    for part in ",".join(headers.getlist("accept-encoding")).lower().split(","):
        name, _, parameter = part.partition(";")
        quality[name.strip()] = _quality(parameter)
    anything_else = quality.get("*", 0.0)
    offered = set(offered)
    return next((one for one in ENCODINGS if one in offered and quality.get(one, anything_else) > 0), "")


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _is_known(if_none_match: str, tag: str) -> bool:
    """Whether the client's list names this tag; the comparison is the weak one (RFC 9110, 13.1.2)."""
    known = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return tag in known or known == ["*"]


def _inflated(method: str, file: StoredFile, headers: dict[str, str]) -> Response:
    """The plain form, out of the gzip form while it is sent; the whole, since a response may ignore a range."""
    path = file.compressed["gzip"]
    headers["content-length"] = str(_inflated_bytes(path))
    if method == "HEAD":
        return Response(media_type=file.media_type, headers=headers)
    return StreamingResponse(_chunks(path), media_type=file.media_type, headers=headers)


def _inflated_bytes(path: Path) -> int:
    with path.open("rb") as stored:
        stored.seek(-_GZIP_SIZE_BYTES, 2)
        return int.from_bytes(stored.read(_GZIP_SIZE_BYTES), "little")


def _chunks(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as stored:
        while chunk := stored.read(_CHUNK_BYTES):
            yield chunk
