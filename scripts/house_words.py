"""The old vocabulary: words that field terms have replaced, and where the sources still use them.

A line is compared twice: by the words that its identifiers and sentences consist of (`judgeEveryS` and `_judge_faces`
both contain `judge`), and by patterns for names and options whose words alone are ordinary English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["old_words_in", "old_words_of"]

_WORDS: Final = re.compile(
    r"judge[sd]?|judging|judge?ments?|sa(id|ys?)|look(s|ed|ing)?|lessons?|settle[sd]?|settling|workshops?|welcomes?"
    r"|spreads?|taken|taught|teach(es|ing)?|hears?|heard|unheard|calm|brought|wire|exportable|patiently|oddness"
)

# The product's own sentence ("looks happy"), and what English has no other word for.
_ALLOWED: Final = re.compile(
    r"\blook(s|ed|ing)? (neutral|happy|sad|angry|surprised|afraid|scared|disgusted|contemptuous|like|up)\b"
    r"|\blooks unsure\b|(?<![.\w])looks\.(?=\$\{)"  # the latter: keys of that sentence in the browser's messages
    r"|\btopologySpreadConstraints\b"  # a field of Kubernetes
    r"|\beyeLook(Down|In|Out|Up)",  # blendshapes of ARKit
    re.IGNORECASE,
)

# Names of the table in `docs/decisions/0014-the-house.md` that are more than one ordinary word.
_PATTERNS: Final = re.compile(
    r"\bmade of\b|\bof one's own\b|\bwrite_whole\b|\bas_batch\b|\bto_input\b|\b_ask\b|\b_vote\b|\b_arm(ed)?\b"
    r"|\bface_words\b|\bquiet_natives\b|\b_last_words?\b|\bopen_source\b|\bown_models\b|\bclient_(talk|flows)\b"
    r"|\bLiveTalk\b|\bRecogniser\b|\b_Exchange\b|\breadable_by\b|\bkept_inside\b|\bbest_place\b|\bfar_first\b"
    r"|\bLEAP_S\b|\bremember_s\b|\bframing_px\b|\b(ANCHOR_POINTS|anchor_points)\b|\bcrop_as\b|\bSpriteOverlay\b"
    r"|\bExportableNet\b|\.expression_model\b|\bexpression_model=|--labels (ferplus|fer2013|custom)\b|--overlay\b"
    r"|--models\b|[?&](overlay|labels)="
)

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SUFFIXES: Final = (".py", ".ts", ".svelte", ".mjs", ".html", ".css", ".md", ".toml", ".sh")
_FOLDERS: Final = ("src/emoar", "web/src", "web/e2e", "tests", "scripts", "docs", "examples", "benchmarks", "recipes")
_PAGES: Final = ("README.md", "CONTRIBUTING.md")
_NOT_OURS: Final = ("src/emoar/content/", "src/emoar/web_app/", "web/e2e/out/")  # quotes of poets; built files
# The browser's screen is called Teach: there it is the product's own word.
_TEACHING: Final = re.compile(r"taught|teach(es|ing)?")
_TEACH_SCREEN: Final = ("web/", "docs/browser.md", "docs/android.md", "docs/personalise.md")
_ABOUT_WORDS: Final = ("scripts/house_words.py", "tests/test_house.py", "docs/decisions/0014-the-house.md")


def old_words_in(text: str) -> list[str]:
    """The old words in one line of code or text, in lower case for words and as written for names."""
    text = _ALLOWED.sub(" ", text)
    words = [word for word in (found.lower() for found in _WORD.findall(text)) if _WORDS.fullmatch(word)]
    return words + [found.group() for found in _PATTERNS.finditer(text)]


def old_words_of(root: Path) -> Iterator[tuple[str, int, str]]:
    """Path below `root`, line from 1 and old word, for each one left in the sources, tests, scripts and documents."""
    for path in _sources(root):
        name = path.relative_to(root).as_posix()
        lines = enumerate([path.stem, *path.read_text("utf-8").splitlines()])
        found = ((number, word) for number, line in lines for word in old_words_in(line))
        for number, word in found:
            if not (name.startswith(_TEACH_SCREEN) and _TEACHING.fullmatch(word)):
                yield name, number, word


def _sources(root: Path) -> Iterator[Path]:
    candidates = [root / page for page in _PAGES]
    for folder in _FOLDERS:
        candidates += sorted(path for path in (root / folder).rglob("*") if path.suffix in _SUFFIXES)
    for path in candidates:
        name = path.relative_to(root).as_posix()
        if path.is_file() and name not in _ABOUT_WORDS and not name.startswith(_NOT_OURS):
            yield path
