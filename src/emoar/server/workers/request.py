"""How a picture is to be looked at: what the server asks of a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from emoar.labels import LABEL_SETS
from emoar.models.expression import expression_model_names
from emoar.server.http.problems import Problem

__all__ = ["ImageRequest", "check_labels", "request_from_dict"]


@dataclass(frozen=True)
class ImageRequest:
    """How a picture is to be looked at, and what is wanted of it."""

    mode: Literal["auto", "live", "photo"] = "auto"
    max_faces: int = 4
    labels: str | None = None
    landmarks: bool = False
    overlays: tuple[str, ...] = ()
    picture: str | None = None  # media type: the drawn picture is the answer, instead of JSON
    max_pixels: int = 40_000_000
    name: str = ""  # of the file, for people; comes back as `source`


def check_labels(labels: str | None, model: str) -> None:
    """Of a shipped model the label sets are known without it; one's own model says itself what it has.

    Raises:
        Problem: the model has no such label set.
    """
    if labels is not None and labels not in LABEL_SETS and model in expression_model_names():
        detail = f"labels must be one of {', '.join(LABEL_SETS)} (the label set)"
        raise Problem(422, "unknown-labels", detail)


def request_from_dict(fields: dict[str, Any]) -> ImageRequest:
    """What came over the wire."""
    overlays: list[str] = fields["overlays"]
    return ImageRequest(**{**fields, "overlays": tuple(overlays)})  # pyright: ignore[reportArgumentType]
