"""Writes the Android app's resources that come from the browser app: its texts in each language, and its icon.

python scripts/android_resources.py [FOLDER]     # default: android/app/src/main/res
"""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final

__all__ = ["RESOURCES", "write_resources"]

ROOT: Final = Path(__file__).resolve().parent.parent
RESOURCES: Final = ROOT / "android/app/src/main/res"
MESSAGES: Final = ROOT / "web/messages"
ICON: Final = ROOT / "web/public/icons/icon.svg"

_PREFIX: Final = "shell."  # of the texts that the app shows outside its page
_DEFAULT: Final = "en"
_HEAD: Final = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!-- Written by scripts/android_resources.py from {source}. -->\n'
)
_ANDROID: Final = 'xmlns:android="http://schemas.android.com/apk/res/android"'

# Launchers show a circle of at least 66 dp of an icon's 108 dp. The drawing's corners are 242 units from its centre.
_SIDE_DP: Final = 108
_DRAWING: Final = 512
_CANVAS: Final = round(242 * 2 * _SIDE_DP / 66)
_NAMES: Final = {"fill": "fillColor", "stroke": "strokeColor", "stroke-width": "strokeWidth"}


def write_resources(folder: Path) -> None:
    """Writes `values*/strings.xml` and `drawable/icon_*.xml` below `folder`."""
    for path in sorted(MESSAGES.glob("*.json")):
        values = "values" if path.stem == _DEFAULT else f"values-{path.stem}"
        _write(folder / values / "strings.xml", _strings(path))
    drawing = ET.fromstring(ICON.read_text("utf-8"))
    gradients = {node.attrib["id"]: node for node in drawing.iter() if _tag(node) == "linearGradient"}
    background, *foreground = [node for node in drawing if _tag(node) != "defs"]
    _write(folder / "drawable/icon_background.xml", _background(gradients[_reference(background)]))
    _write(folder / "drawable/icon_foreground.xml", _foreground(foreground, gradients))


def _strings(path: Path) -> str:
    messages: dict[str, str] = json.loads(path.read_text("utf-8"))
    rows = [("app_name", "EmoAR")] if path.stem == _DEFAULT else []
    rows += [(key.removeprefix(_PREFIX), text) for key, text in messages.items() if key.startswith(_PREFIX)]
    lines = "".join(f'  <string name="{name}">{_escaped(text)}</string>\n' for name, text in rows)
    return f"{_HEAD.format(source=f'web/messages/{path.name}')}<resources>\n{lines}</resources>\n"


def _escaped(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), ("&", "&amp;"), ("<", "&lt;"), ("'", "\\'"), ('"', '\\"')):
        text = text.replace(plain, escaped)
    return text


def _background(gradient: ET.Element) -> str:
    """The gradient as it is: Android's shapes have the corners that a launcher wants."""
    first, last = (stop.attrib["stop-color"] for stop in gradient)
    return (
        _HEAD.format(source="web/public/icons/icon.svg")
        + f'<shape {_ANDROID} android:shape="rectangle">\n'
        + f'  <gradient android:angle="315" android:startColor="{first}" android:endColor="{last}" />\n'
        + "</shape>\n"
    )


def _foreground(nodes: list[ET.Element], gradients: dict[str, ET.Element]) -> str:
    shift = (_CANVAS - _DRAWING) / 2
    size = f'android:width="{_SIDE_DP}dp" android:height="{_SIDE_DP}dp"'
    view = f'android:viewportWidth="{_CANVAS}" android:viewportHeight="{_CANVAS}"'
    paths = "".join(_path(node, {}, gradients) for node in nodes)
    return (
        _HEAD.format(source="web/public/icons/icon.svg")
        + f"<vector {_ANDROID} {size} {view}>\n"
        + f'  <group android:translateX="{shift:g}" android:translateY="{shift:g}">\n{paths}  </group>\n</vector>\n'
    )


def _path(node: ET.Element, outer: dict[str, str], gradients: dict[str, ET.Element]) -> str:
    style = {**outer, **node.attrib}
    if _tag(node) == "g":
        return "".join(_path(child, dict(node.attrib), gradients) for child in node)
    if style.get("fill", "").startswith("url"):
        style["fill"] = _middle(gradients[_reference(node)])
    data = node.attrib["d"] if _tag(node) == "path" else _circle(node)
    attributes = [f'android:pathData="{_spaced(data)}"']
    for name, android in _NAMES.items():
        if name in style and style[name] != "none":
            attributes.append(f'android:{android}="{_colour(style[name])}"')
    if style.get("stroke-linecap") == "round":
        attributes.append('android:strokeLineCap="round"')
    return f"    <path {' '.join(attributes)} />\n"


def _circle(node: ET.Element) -> str:
    x, y, r = (float(node.attrib[name]) for name in ("cx", "cy", "r"))
    return f"M{x - r:g} {y:g}a{r:g} {r:g} 0 1 1 {2 * r:g} 0a{r:g} {r:g} 0 1 1 {-2 * r:g} 0Z"


def _middle(gradient: ET.Element) -> str:
    """The mean of a gradient's colours: at an icon's size nobody sees more of it."""
    stops = [bytes.fromhex(stop.attrib["stop-color"][1:]) for stop in gradient]
    return "#" + bytes(sum(channel) // len(stops) for channel in zip(*stops, strict=True)).hex()


def _colour(value: str) -> str:
    """`#abc` as `#aabbcc`; widths as they are."""
    return "#" + "".join(digit * 2 for digit in value[1:]) if re.fullmatch("#[0-9a-f]{3}", value) else value


def _spaced(data: str) -> str:
    """Path data with one space between numbers and around commands, which every parser reads."""
    return " ".join(re.findall(r"[A-Za-z]|-?[\d.]+", data))


def _reference(node: ET.Element) -> str:
    return node.attrib["fill"].removeprefix("url(#").removesuffix(")")


def _tag(node: ET.Element) -> str:
    return node.tag.rpartition("}")[2]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    write_resources(Path(sys.argv[1]) if len(sys.argv) > 1 else RESOURCES)
