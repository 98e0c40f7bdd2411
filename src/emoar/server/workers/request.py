"""One picture's request to a worker, and the worker's response."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final, Literal

from emoar.labels import LABEL_SETS
from emoar.models.expression import expression_model_names
from emoar.server.http.problems import Problem

__all__ = ["ImageRequest", "ImageResponse", "check_label_set", "request_from_dict", "response_from_message"]

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
    name: str = ""  # file name; returned as `source`


@dataclass(frozen=True)
class ImageResponse:
    """The result of a picture."""

    body: bytes  # the scene as JSON, or the drawn picture
    media_type: str
    faces: int
    timings_ms: dict[str, float]  # by stage


def check_label_set(label_set: str | None, model: str) -> None:
    """Checks a label set against those of the shipped models. Only the workers know the label sets of a model file.

    Raises:
        Problem: the model has no such label set.
    """
    if label_set is not None and label_set not in LABEL_SETS and model in expression_model_names():
        raise Problem(422, "unknown-label-set", f"label_set must be one of {', '.join(LABEL_SETS)}")


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
    return ImageResponse(body, header["media_type"], header["faces"], header["timings_ms"])
