"""One picture's request to a worker, and the worker's response."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from emoar.server.http.problems import Problem

__all__ = [
    "FrameNews",
    "ImageRequest",
    "ImageResponse",
    "check_label_set",
    "request_from_dict",
    "response_from_message",
]

_LOG: Final = logging.getLogger("emoar.server")


@dataclass(frozen=True)
class ImageRequest:
    """How to process a picture, and what to return."""

    mode: Literal["auto", "live", "photo"] = "auto"
    max_faces: int = 4
    label_set: str | None = None  # None: the model's default
    landmarks: bool = False
    overlays: tuple[str, ...] = ()
    picture_type: str | None = None  # media type: the response is the drawn picture instead of JSON
    max_pixels: int = 40_000_000
    name: str = ""  # file name, or id of the live socket; returned as `source`
    landmarks_apart: bool = False  # of a frame: all landmarks, too, as bytes beside the JSON
    measures: bool = False
    valence: bool = False


@dataclass(frozen=True)
class FrameNews:
    """What a frame of a live socket changed."""

    began: bool = False  # it is the first one of its stream at its worker: all ids are new
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])  # as documents
    landmarks: bytes = b""  # on request: (faces, 468, 3) float32


@dataclass(frozen=True)
class ImageResponse:
    """The result of a picture."""

    body: bytes  # the scene as JSON, or the drawn picture
    media_type: str
    faces: int
    timings_ms: dict[str, float]  # by stage
    news: FrameNews | None = None  # of a frame of a live socket


def check_label_set(label_set: str | None, known: Sequence[str] | None) -> None:
    """Checks a label set against the known ones, `Settings.label_sets`; None is checked by the workers.

    Raises:
        Problem: the model has no such label set.
    """
    if label_set is not None and known is not None and label_set not in known:
        raise Problem(422, "unknown-label-set", f"label_set must be one of {', '.join(known)}")


def request_from_dict(fields: dict[str, Any]) -> ImageRequest:
    """The request from the fields of a message to a worker; the inverse of `dataclasses.asdict` and JSON."""
    overlays: list[str] = fields["overlays"]
    return ImageRequest(**{**fields, "overlays": tuple(overlays)})  # pyright: ignore[reportArgumentType]


def response_from_message(header: dict[str, Any], body: bytes) -> ImageResponse:
    """The response in a message of a worker.

    Raises:
        Problem: the worker sent one, or met a bug.
    """
    if "problem" in header:
        raise Problem(**header["problem"])
    if "bug" in header:
        _LOG.error("a worker met a bug: %s", header["bug"])
        raise Problem(500, "bug", "this is a bug of the server; it is in its log")
    news: dict[str, Any] | None = header.get("news")
    if news is None:
        return ImageResponse(body, header["media_type"], header["faces"], header["timings_ms"])
    split = len(body) - int(news["landmark_bytes"])
    found = FrameNews(bool(news["began"]), news["events"], body[split:])
    return ImageResponse(body[:split], header["media_type"], header["faces"], header["timings_ms"], found)
