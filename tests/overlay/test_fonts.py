"""Text in any script that has a font, shaped, in its own direction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emoar.overlay.engine import skia
from emoar.overlay.fonts import Fonts, Span, fonts, is_right_to_left

BLACK = (0, 0, 0)


def ink(source: Fonts, text: str) -> np.ndarray:
    """(100, 900) coverage of the text at 40 px."""
    surface = skia.Surface(900, 100)
    source.paragraph([Span(text, 40, BLACK)]).paint(surface.getCanvas(), 10, 10)
    return np.asarray(surface.toarray())[:, :, 3]


def system_has(text: str) -> bool:
    manager = skia.FontMgr()
    return all(manager.matchFamilyStyleCharacter("", skia.FontStyle(), [], ord(letter)) for letter in text)


@pytest.mark.parametrize(
    ("text", "right"),
    [("", False), ("12 %", False), ("hello", False), ("שלום", True), ("“مرحبا”", True), ("3 مرحبا", True)],
)
def test_direction(text: str, right: bool) -> None:
    assert is_right_to_left(text) == right


@pytest.mark.parametrize("text", ["happiness", "Größe naïve", "Привет", "Ελληνικά", "“—’"])
def test_letters_are_drawn_not_boxes(text: str) -> None:
    missing = ink(fonts(), "\ue123" * len(text))
    drawn = ink(fonts(), text)
    assert drawn.any()
    assert not np.array_equal(drawn, missing)


@pytest.mark.parametrize("text", ["مرحبا", "שלום"])
def test_scripts_of_the_system(text: str) -> None:
    if not system_has(text):
        pytest.skip("no font for this script on this machine")
    drawn = ink(fonts(), text)
    assert drawn.any()
    # Each letter its own glyph: two different letters differ, which boxes do not.
    assert not np.array_equal(ink(fonts(), text[0]), ink(fonts(), text[1]))


def test_arabic_letters_join() -> None:
    if not system_has("بب"):
        pytest.skip("no Arabic font on this machine")
    joined = fonts().paragraph([Span("ببب", 40, BLACK)]).LongestLine
    apart = 3 * fonts().paragraph([Span("ب", 40, BLACK)]).LongestLine
    assert joined < 0.9 * apart


def test_a_machine_without_the_package_uses_its_own_fonts(tmp_path: Path) -> None:
    if skia.FontMgr().countFamilies() == 0:
        pytest.skip("no font on this machine")
    assert ink(Fonts(tmp_path), "happiness").any()


def test_lines_break_at_the_width() -> None:
    words = [Span("one two three four five six seven", 32, BLACK)]
    wide, narrow = fonts().paragraph(words), fonts().paragraph(words, 150)
    assert narrow.LongestLine <= 150
    assert narrow.Height > 2.5 * wide.Height
