"""The interface as a page, from the same description as `/openapi.json`; nothing is loaded from elsewhere."""

from __future__ import annotations

from typing import Any, Final

from emoar.server.pages.html import tag, text

__all__ = ["describe"]

_EXAMPLES: Final = {
    ("post", "/v1/expressions"): (
        "curl -F file=@photo.jpg {base}/v1/expressions",
        "curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' '{base}/v1/expressions?landmarks=true'",
        "curl -F file=@photo.jpg -H 'Accept: image/png' '{base}/v1/expressions?overlay=label,sticker' -o drawn.png",
    ),
    ("post", "/v1/videos"): (
        "curl -F file=@clip.mp4 {base}/v1/videos",
        "curl {base}/v1/videos/JOB/video -o annotated.mp4",
    ),
}
_LIVE: Final = (
    "A WebSocket. Send each frame as one binary message: a JPEG, PNG or WebP picture, or raw RGB behind a header of 12 "
    "bytes (the letters RGB8, then width and height as 32-bit little-endian numbers). Each answer is one text message: "
    "the scene, with frame_index (of the frame that it is about, from 0), dropped (frames that were skipped since the "
    "last answer, because newer ones had come) and dropped_total. Parameters: max_faces, labels, landmarks. Keys: the "
    "header Authorization, or the subprotocol emoar-key.KEY."
)


def describe(document: dict[str, Any], base: str) -> list[str]:
    """The page's parts, for a server at the address `base`."""
    info = document["info"]
    parts = [
        tag("h1", f"{text(info['title'])} {text(info['version'])}"),
        tag("p", text(info["description"])),
        tag("p", tag("a", "openapi.json", href="/openapi.json"), " · ", tag("a", "try a picture", href="/upload")),
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parts += _operation(document, method, path, operation, base)
    parts += [tag("h2", tag("span", "WS", class_="method"), " ", tag("code", "/v1/live")), tag("p", text(_LIVE))]
    parts.append(tag("h2", "Documents"))
    for name, schema in sorted(document["components"]["schemas"].items()):
        parts += _schema(name, schema)
    return parts


def _operation(document: dict[str, Any], method: str, path: str, operation: dict[str, Any], base: str) -> list[str]:
    parts = [
        tag("h2", tag("span", method.upper(), class_="method"), " ", tag("code", text(path))),
        tag("p", text(operation.get("summary", ""))),
    ]
    if operation.get("description"):
        parts.append(tag("p", text(operation["description"]), class_="soft"))
    parameters = operation.get("parameters", [])
    if parameters:
        rows = [
            tag(
                "tr",
                tag("td", tag("code", text(p["name"]))),
                tag("td", text(_kind(p["schema"]))),
                tag("td", text(p.get("description", ""))),
            )
            for p in parameters
        ]
        parts.append(tag("table", tag("tr", tag("th", "parameter"), tag("th", "values"), tag("th", "what")), *rows))
    kinds = operation.get("requestBody", {}).get("content", {})
    if kinds:
        parts.append(tag("p", "Body: ", ", ".join(tag("code", text(kind)) for kind in kinds)))
    examples = _EXAMPLES.get((method, path), ())
    if examples:
        parts.append(tag("pre", "\n".join(text(line.format(base=base)) for line in examples)))
    answers = [
        tag("tr", tag("td", tag("code", text(status))), tag("td", text(answer.get("description", ""))))
        for status, answer in operation["responses"].items()
    ]
    return [*parts, tag("table", tag("tr", tag("th", "answer"), tag("th", "when")), *answers)]


def _schema(name: str, schema: dict[str, Any]) -> list[str]:
    required = set(schema.get("required", []))
    rows = [
        tag(
            "tr",
            tag("td", tag("code", text(field))),
            tag("td", text(_kind(about) + ("" if field in required else ", may be missing"))),
            tag("td", text(about.get("description", ""))),
        )
        for field, about in schema.get("properties", {}).items()
    ]
    about = [tag("p", text(schema["description"]), class_="soft")] if "description" in schema else []
    return [tag("h3", text(name)), *about, tag("table", *rows)]


def _kind(schema: dict[str, Any]) -> str:
    """A type in a few words."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"{_kind(schema['additionalProperties'])} by name"
    bounds = [f"{word} {schema[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in schema]
    default = [f"default {schema['default']!r}"] if schema.get("default") not in (None, "") else []
    return ", ".join([str(schema.get("type", "any")), *bounds, *default])
