"""API keys and their file."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from emoar.cli import main
from emoar.errors import InputError
from emoar.server.http.api_keys import KeyFile


def test_a_key_is_found_by_its_text_alone(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "deep" / "keys.json")
    assert keys.list() == []
    assert keys.find("emoar_0_0") is None
    key, text = keys.create("phone")
    other, _ = keys.create("tablet")
    fresh = KeyFile(tmp_path / "deep" / "keys.json")
    assert fresh.list() == [key, other]
    assert fresh.find(text) == key
    for wrong in ("", "_", text[:-1], text + "x", text.replace(key.id, other.id), "emoar__\udc80"):
        assert fresh.find(wrong) is None


def test_revoking_needs_one_key(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    (first, _), (second, _) = keys.create("phone"), keys.create("phone")
    with pytest.raises(InputError, match="2 keys have the name"):
        keys.revoke("phone")
    with pytest.raises(InputError, match="no key has the name"):
        keys.revoke("radio")
    assert keys.revoke(first.id) == first
    assert keys.list() == [second]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"keys": [{"id": 1}]}'])
def test_a_damaged_file_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(InputError, match="is not a file of keys"):
        KeyFile(path).list()


def test_keys_are_shown_once_and_stored_hashed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deep" / "keys.json"
    assert main(["keys", "create", "phone", "--file", str(path)]) == 0
    text = capsys.readouterr().out.strip()
    assert text.startswith("emoar_")
    assert text.split("_", 2)[2] not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyFile(path).find(text) is not None
    assert main(["keys", "list", "--file", str(path), "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert listed["name"] == "phone"
    assert main(["keys", "revoke", "nobody", "--file", str(path)]) == 2
    assert main(["keys", "revoke", listed["id"], "--file", str(path)]) == 0
    assert KeyFile(path).list() == []
