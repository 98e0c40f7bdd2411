"""Vector art out of SVG files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.overlay.content.svg import load_svg
from emoar.overlay.engine import skia

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="10" height="10" fill="#f00"/></svg>'


def test_art_has_the_size_of_its_view_box(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(SQUARE)
    art = load_svg(path)
    assert (art.width, art.height) == (20, 10)
    surface = skia.Surface(20, 10)
    surface.getCanvas().drawPicture(art.picture)
    drawn = np.asarray(surface.toarray())[:, :, 3] > 0
    assert drawn[:, :10].all()
    assert not drawn[:, 11:].any()


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_svg(tmp_path / "none.svg")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not SVG"),
        ("<html/>", "its root is html"),
        (SQUARE.replace("0 0 20 10", "0 0 0 10"), "the root must have viewBox"),
        (SQUARE.replace("0 0 20 10", "a b c d"), "the root must have viewBox"),
    ],
)
def test_what_is_no_svg(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_svg(path)
