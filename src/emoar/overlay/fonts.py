"""Text: typefaces that are there on a bare machine, other scripts from the system, shaping and line breaks.

Latin, Greek and Cyrillic come out of the package `font-roboto` where it is installed, so that a picture is the
same everywhere. Any other character is looked up among the system's fonts. Shaping (ligatures, Arabic, right to
left) is done by skia's paragraph module.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from emoar.errors import DependencyMissing
from emoar.overlay.engine import argb, skia

__all__ = ["EM", "Fonts", "Span", "fonts", "is_right_to_left"]

PACKAGE: Final = "font_roboto"
FACES: Final = ("Regular", "Italic", "Medium", "MediumItalic", "Bold")
FAMILIES: Final = ("Roboto", "Inter", "Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial")
UNBOUNDED: Final = 1e6

# Text is shaped once at this size and drawn through a scaled canvas, where skia rasterises the letters at their final
# size. So a head that comes nearer costs no new shaping, and line breaks never change with it.
EM: Final = 32.0


@dataclass(frozen=True)
class Span:
    """A piece of text in one style."""

    text: str
    size: float  # in units of the canvas, of which EM make a heading's height
    rgb: tuple[int, int, int]
    alpha: float = 1.0
    weight: int = 400  # 400 regular, 500 medium, 700 bold
    italic: bool = False


def is_right_to_left(text: str) -> bool:
    """True when the first letter with a direction runs to the left, as in Arabic and Hebrew."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


class Fonts:
    """The typefaces, loaded once."""

    def __init__(self, folder: Path | None = None) -> None:
        """Reads the typefaces in `folder` (of font-roboto, if None), or else takes the system's own."""
        self._provider = skia.textlayout.TypefaceFontProvider()
        self._collection = skia.textlayout.FontCollection()
        self._collection.setDefaultFontManager(self._provider)
        self._unicode = skia.Unicodes.ICU.Make()
        self._base = self._load_base(_package_folder() if folder is None else folder)
        self._families: list[str] = [str(self._base.getFamilyName())]
        self._known: dict[int, bool] = {}

    def paragraph(self, spans: Sequence[Span], width: float = UNBOUNDED, right: bool = False) -> Any:
        """Shaped text, broken into lines no wider than `width`; it has `.Height`, `.LongestLine` and `.paint`."""
        for span in spans:
            self._cover(span.text)
        style = skia.textlayout.ParagraphStyle()
        align = skia.textlayout.TextAlign
        style.setTextAlign(align.kRight if right else align.kLeft)
        builder = skia.textlayout.ParagraphBuilder(style, self._collection, self._unicode)
        for span in spans:
            builder.pushStyle(self._style(span))
            # An isolate gives a right-to-left sentence its own direction, and with it the place of its full stop.
            builder.addText(f"\u2067{span.text}\u2069" if is_right_to_left(span.text) else span.text)
            builder.pop()
        paragraph = builder.Build()
        paragraph.layout(width)
        return paragraph

    def _style(self, span: Span) -> Any:
        style = skia.textlayout.TextStyle()
        slant = skia.FontStyle.kItalic_Slant if span.italic else skia.FontStyle.kUpright_Slant
        style.setFontFamilies(self._families)
        style.setFontStyle(skia.FontStyle(span.weight, skia.FontStyle.kNormal_Width, slant))
        style.setFontSize(span.size)
        style.setColor(argb(span.rgb, span.alpha))
        return style

    def _load_base(self, folder: Path | None) -> Any:
        # From an empty manager: the system's scans the font folders first, which takes time.
        loader = skia.FontMgr.New_Custom_Empty()
        faces = [] if folder is None else [loader.makeFromFile(str(path)) for path in _files(folder)]
        faces = faces or _system_typefaces()
        for face in faces:
            self._provider.registerTypeface(face)
        return faces[0]

    def _cover(self, text: str) -> None:
        """Finds a typeface for each character that none of ours has, if the system has one."""
        for code in set(map(ord, text)) - self._known.keys():
            self._known[code] = True
            if chr(code).isspace() or unicodedata.category(chr(code)) == "Cf" or self._base.unicharToGlyph(code):
                continue
            found = _system().matchFamilyStyleCharacter("", skia.FontStyle(), [], code)
            if found is not None and found.getFamilyName() not in self._families:
                self._provider.registerTypeface(found)
                self._families.append(str(found.getFamilyName()))


@cache
def fonts() -> Fonts:
    """The typefaces that all overlays share."""
    return Fonts()


@cache
def _system() -> Any:
    return skia.FontMgr()  # scans the font folders: only when a character calls for it


def _system_typefaces() -> list[Any]:
    """Regular, italic and bold of the best family that the system has."""
    manager = _system()
    if manager.countFamilies() == 0:
        raise DependencyMissing("no font on this machine: run `pip install font-roboto`, or install any TrueType font")
    styles = (skia.FontStyle(), skia.FontStyle.Italic(), skia.FontStyle.Bold())
    for family in FAMILIES:
        if manager.matchFamilyStyle(family, styles[0]) is not None:
            return [manager.matchFamilyStyle(family, style) for style in styles]
    return [manager.legacyMakeTypeface("", style) for style in styles]


def _package_folder() -> Path | None:
    """The folder of the packaged fonts; the package is looked up, not run."""
    spec = find_spec(PACKAGE)
    return Path(spec.origin).parent / "files" if spec is not None and spec.origin else None


def _files(folder: Path) -> list[Path]:
    return [path for name in FACES if (path := folder / f"Roboto-{name}.ttf").is_file()]
