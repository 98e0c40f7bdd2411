"""`about.json` beside a folder of images."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emoar.training.data.about import ABOUT, read_about


def test_entries_are_read_as_text(tmp_path: Path) -> None:
    (tmp_path / ABOUT).write_text(json.dumps({"name": "mine", "size_px": 96, "licence": "CC0"}))
    assert read_about(tmp_path) == {"name": "mine", "size_px": "96", "licence": "CC0"}


def test_a_folder_without_the_file_has_no_entries(tmp_path: Path) -> None:
    assert read_about(tmp_path) == {}
    assert read_about(tmp_path / "no folder") == {}


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b'"text"', b"\xff\xfe"])
def test_a_file_that_is_no_json_object_has_no_entries(content: bytes, tmp_path: Path) -> None:
    (tmp_path / ABOUT).write_bytes(content)
    assert read_about(tmp_path) == {}
