"""The HTML pages of training, with pictures of faces."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.report.html_page import render_page
from emoar.training.data.resize import resized

__all__ = ["Face", "data_uri", "render"]

_LARGEST_PX: Final = 96  # largest side of a face in a gallery, which is its displayed size
_WEBP_QUALITY: Final = 90


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
    return render_page("emoar.training.report", template, **values)


def data_uri(image: NDArray[np.uint8]) -> str:
    """An (S, S) grey or (S, S, 3) RGB image as a WebP data URI, reduced to at most 96 px."""
    small = resized(image, min(image.shape[0], _LARGEST_PX), colour=image.ndim == 3)
    bgr = cv2.cvtColor(small, cv2.COLOR_RGB2BGR) if small.ndim == 3 else small
    content = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, _WEBP_QUALITY])[1].tobytes()
    return f"data:image/webp;base64,{base64.b64encode(content).decode()}"
