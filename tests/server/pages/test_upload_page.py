"""The page to try a picture."""

from __future__ import annotations

from typing import Any

import pytest

from emoar.server.pages.upload_page import form_parts, result_parts

EXPRESSION = {"label_set": "ferplus", "label": "fear", "confidence": 0.625, "ferplus": {"fear": 0.625, "anger": 0.375}}


def face(**changes: Any) -> dict[str, Any]:
    return {"track_id": 2, "expression": EXPRESSION, "quality": {"usable": True, "reasons": []}} | changes


def scene(*faces: dict[str, Any], **more: Any) -> str:
    return "".join(result_parts({"faces": list(faces), "width_px": 4, "height_px": 3, **more}))


def test_the_form_has_the_overlays() -> None:
    form = "".join(form_parts(("label", "box"), ("box",), needs_key=False))
    assert '<input type="checkbox" name="overlays" value="label"> label' in form
    assert '<input type="checkbox" name="overlays" value="box" checked> box' in form
    assert "password" not in form
    assert "password" in "".join(form_parts((), (), needs_key=True))


def test_a_face_has_its_probabilities_in_order() -> None:
    markup = scene(face())
    assert "<p>1 face</p>" in markup
    assert "Face 2: fear 62 %" in markup
    assert markup.index('aria-label="fear"') < markup.index('aria-label="anger"')
    assert 'value="0.3750"' in markup


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"quality": {"usable": False, "reasons": ["too small", "blurred"]}}, "skipped: too small, blurred"),
        ({"expression": EXPRESSION | {"label": "unsure"}}, "unsure"),
        ({"expression": EXPRESSION | {"label": "<b>"}}, "&lt;b&gt; "),
    ],
)
def test_descriptions_of_a_face(changes: dict[str, Any], description: str) -> None:
    assert f"Face 2: {description}" in scene(face(**changes))


def test_the_drawn_picture_and_no_face() -> None:
    markup = scene(annotated={"media_type": "image/jpeg", "data": "QUJD"})
    assert '<img src="data:image/jpeg;base64,QUJD" width="4" height="3" alt="No face was found, drawn' in markup
    assert "<p>No face was found</p>" in markup
