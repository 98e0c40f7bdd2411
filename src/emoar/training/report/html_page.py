"""Self-contained HTML pages: styles, charts and images are embedded, without scripts or external resources."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

import cv2
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import NDArray

from emoar.training.data.resize import resized
from emoar.training.report.figure import DARK, LIGHT, Chart, page_svg
from emoar.training.report.text import number, percent

__all__ = ["Face", "Table", "data_uri", "render"]

_LARGEST_PX: Final = 96  # largest side of a face in a gallery, which is its displayed size
_WEBP_QUALITY: Final = 90


@dataclass(frozen=True)
class Table:
    """A table with text in the first column and numbers in the others."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Face:
    """One entry of a gallery."""

    pictures: tuple[str, ...]  # data URIs of images, side by side
    caption: str
    details: tuple[str, ...]  # lines below the caption


def render(template: str, **values: object) -> str:
    """Renders a template of this package; text in the values is escaped.

    Args:
        template: name of a file in `templates`.
        values: variables of the template by name.
    """
    return _environment().get_template(template).render(values)


def data_uri(image: NDArray[np.uint8]) -> str:
    """An (S, S) grey or (S, S, 3) RGB image as a WebP data URI, reduced to at most 96 px."""
    small = resized(image, min(image.shape[0], _LARGEST_PX), colour=image.ndim == 3)
    bgr = cv2.cvtColor(small, cv2.COLOR_RGB2BGR) if small.ndim == 3 else small
    content = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, _WEBP_QUALITY])[1].tobytes()
    return f"data:image/webp;base64,{base64.b64encode(content).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("emoar.training.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"svg": _svg, "percent": percent, "number": number}
    cast("dict[str, Any]", environment.globals).update(light=LIGHT, dark=DARK)
    return environment


def _svg(chart: Chart) -> Markup:
    return Markup(page_svg(chart))
