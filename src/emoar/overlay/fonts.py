"""Text: typefaces, shaping and line breaks.

Latin, Greek and Cyrillic use the package `font-roboto` where it is installed, so that pictures are the same on every
machine. Other characters use a font of the system that has them. Skia's paragraph module does the shaping (ligatures,
Arabic, right to left).
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

# Text is shaped once at this size and drawn on a scaled canvas, where skia rasterises the letters at their final size.
# So a change of the head's size needs no new shaping and never changes line breaks.
EM: Final = 32.0


@dataclass(frozen=True)
class Span:
    """A piece of text in one style."""

    text: str
    size: float  # in units of the canvas; `EM` is the size of a heading
    rgb: tuple[int, int, int]  # 0..255
    alpha: float = 1.0  # 0..1
    weight: int = 400  # 400 regular, 500 medium, 700 bold
    italic: bool = False


def is_right_to_left(text: str) -> bool:
    """Whether the first character with a direction is written from right to left, as in Arabic and Hebrew."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


class Fonts:
    """The typefaces, loaded once.

    Raises:
        DependencyMissing: neither the folder nor the system has a font.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Reads the typefaces in `folder` (None: that of font-roboto); where there are none, those of the system."""
        self._provider = skia.textlayout.TypefaceFontProvider()
        self._collection = skia.textlayout.FontCollection()
        self._collection.setDefaultFontManager(self._provider)
        self._unicode = skia.Unicodes.ICU.Make()
        self._base = self._load_base(_package_folder() if folder is None else folder)
        self._families: list[str] = [str(self._base.getFamilyName())]
        self._known: dict[int, bool] = {}

    def paragraph(self, spans: Sequence[Span], width: float = UNBOUNDED, right: bool = False) -> Any:
        """Shaped text as a skia paragraph, broken into lines no wider than `width` (canvas units).

        `right` aligns the lines to the right. The result has `.Height`, `.LongestLine` and `.paint`.
        """
        for span in spans:
            self._cover(span.text)
        style = skia.textlayout.ParagraphStyle()
        align = skia.textlayout.TextAlign
        style.setTextAlign(align.kRight if right else align.kLeft)
        builder = skia.textlayout.ParagraphBuilder(style, self._collection, self._unicode)
        for span in spans:
            builder.pushStyle(self._style(span))
            # The isolate gives a right-to-left sentence its direction, which also places its full stop correctly.
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
        # The manager is empty, because that of the system scans the font folders first, which is slow.
        loader = skia.FontMgr.New_Custom_Empty()
        faces = [] if folder is None else [loader.makeFromFile(str(path)) for path in _files(folder)]
        faces = faces or _system_typefaces()
        for face in faces:
            self._provider.registerTypeface(face)
        return faces[0]

    def _cover(self, text: str) -> None:
        """Registers a system typeface for each character that the base typeface lacks, where the system has one."""
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
    """The typefaces that all overlays share.

    Raises:
        DependencyMissing: there is no font on this machine.
    """
    return Fonts()


@cache
def _system() -> Any:
    return skia.FontMgr()  # scans the font folders, so it is created only when needed


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
    """The folder of the packaged fonts; the package is located without importing it."""
    spec = find_spec(PACKAGE)
    return Path(spec.origin).parent / "files" if spec is not None and spec.origin else None


def _files(folder: Path) -> list[Path]:
    return [path for name in FACES if (path := folder / f"Roboto-{name}.ttf").is_file()]
