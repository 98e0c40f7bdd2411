"""`emoar keys`: shown once, listed without the key, revoked by id or name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest


def test_a_key_from_its_making_to_its_end(tmp_path: Path, emoar: Callable) -> None:
    file = ("--file", tmp_path / "keys.json")
    made = emoar("keys", "create", "phone", *file)
    assert made.code == 0
    assert made.out.startswith("emoar_")
    (key,) = json.loads(emoar("keys", "list", "--json", *file).out)
    assert key["name"] == "phone"
    listed = emoar("keys", "list", *file).out
    assert key["id"] in listed
    assert made.out.strip() not in listed
    assert emoar("keys", "revoke", "phone", *file).out == f"revoked {key['id']} (phone)\n"
    assert emoar("keys", "list", *file).out == ""


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 81])
def test_names_that_cannot_be_used(name: str, tmp_path: Path, emoar: Callable) -> None:
    result = emoar("keys", "create", name, "--file", tmp_path / "keys.json")
    assert result.code == 2
    assert "1 to 80 letters" in result.err
    assert list(tmp_path.iterdir()) == []


def test_revoking_a_key_that_is_not_there(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("keys", "revoke", "nobody", "--file", tmp_path / "keys.json")
    assert result.code == 2
    assert result.err.count("\n") == 1
