"""The upload page: its form, and the result of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emoar.overlay.describe import MOST_CERTAIN_PERCENT, describe_expression
from emoar.server.pages.html import tag, text

__all__ = ["form_parts", "result_parts"]


def form_parts(overlays: Sequence[str], checked: Sequence[str], *, needs_key: bool) -> list[str]:
    """The heading, the form and a note, as markup; `checked` are the overlays that are selected initially."""
    picture = '<input id="file" name="file" type="file" accept="image/*" required>'
    boxes = [
        f'<label><input type="checkbox" name="overlays" value="{name}"{" checked" if name in checked else ""}> {name}'
        "</label>"
        for name in overlays
    ]
    key = '<label for="key">API key</label><input id="key" name="key" type="password" autocomplete="off" required>'
    form = tag(
        "form",
        *([tag("div", key)] if needs_key else []),  # before the picture, which the server keeps only with a valid key
        tag("div", tag("label", "Picture", for_="file"), picture),
        tag("div", tag("span", "Draw"), *boxes),
        tag("button", "Recognise", type="submit"),
        action="/upload",
        method="post",
        enctype="multipart/form-data",
    )
    note = tag(
        "p",
        "The picture is kept in memory until the response is sent, and nowhere else. EmoAR recognises the expression "
        "that a face shows, not what somebody feels. ",
        tag("a", "For programs", href="/docs"),
        class_="soft",
    )
    return [tag("h1", "EmoAR"), form, note]


def result_parts(scene: dict[str, Any]) -> list[str]:
    """A scene document as markup: the drawn picture, and a section for each face."""
    parts = [tag("h1", "EmoAR")]
    faces: list[dict[str, Any]] = scene["faces"]
    summary = f"{len(faces)} face{'' if len(faces) == 1 else 's'}" if faces else "No face was found"
    if "annotated" in scene:
        source = f"data:{scene['annotated']['media_type']};base64,{scene['annotated']['data']}"
        size = f'width="{scene["width_px"]}" height="{scene["height_px"]}"'
        parts.append(f'<img src="{text(source)}" {size} alt="{text(summary)}, drawn on the picture">')
    parts.append(tag("p", text(summary)))
    return [*parts, tag("div", *[_face(face) for face in faces], class_="faces")]


def _face(face: dict[str, Any]) -> str:
    expression = face["expression"]
    words = describe_expression(expression["label"], expression["confidence"], face["quality"]["reasons"])
    rows = [
        tag(
            "div",
            tag("span", text(label)),
            f'<meter min="0" max="1" value="{p:.4f}" aria-label="{text(label)}"></meter>',
            tag("span", f"{min(p, MOST_CERTAIN_PERCENT / 100):.1%}"),
            class_="row",
        )
        for label, p in sorted(expression[expression["label_set"]].items(), key=lambda item: -(item[1] or 0))
        if p is not None
    ]
    return tag("section", tag("h2", f"Face {face['track_id']}: {text(words)}"), *rows, class_="face")
