"""The comment behind a field is its description on the API pages."""

from __future__ import annotations

import pytest
from script_loader import load_script


@pytest.mark.parametrize(
    ("line", "following", "comment"),
    [
        ("    threads: int = 1  # of each model", [], "of each model"),
        ("    name: str = ''  # a file's name, or \"-\"", [], 'a file\'s name, or "-"'),
        ("    colour: str = '#fff'", [], ""),
        ("    colour: str = '#fff'  # as in CSS", [], "as in CSS"),
        ("    size: Any = None  # type: ignore[assignment]", [], ""),
        (")  # of a call over several lines", [], "of a call over several lines"),
        (
            "    heads: dict = {}",
            ["    # ^ label set -> labels,", "    #   in order", "    next: int"],
            "label set -> labels, in order",
        ),
        ("    heads: dict = {}", ["    # of the next field", "    next: int"], ""),
    ],
)
def test_comments(line: str, following: list[str], comment: str) -> None:
    pytest.importorskip("griffe", reason="needs mkdocstrings: pip install 'emoar[docs]'")
    assert load_script("api_docs")._comment(line, following) == comment
