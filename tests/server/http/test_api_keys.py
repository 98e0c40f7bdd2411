"""API keys and their file."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emoar.cli import main
from emoar.errors import InputError, OutputError
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


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"keys": [{"id": 1}]}', '{"keys": null}', "null", '{"keys": {}}'),
        '{"keys": [{"id": "a", "name": "a", "sha256": "ä", "created": ""}]}',
        '{"keys": [{"id": "a", "name": null, "sha256": null, "created": null}]}',
    ],
)
def test_a_damaged_file_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(InputError, match="is not a file of keys"):
        KeyFile(path).list()


def test_many_processes_lose_no_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KeyFile(path).create("first")
    command = [sys.executable, "-m", "emoar", "keys", "create", "--file", str(path)]
    created = [subprocess.Popen([*command, f"key{n}"], stdout=subprocess.PIPE, text=True) for n in range(5)]
    revoked = subprocess.Popen([sys.executable, "-m", "emoar", "keys", "revoke", "first", "--file", str(path)])
    texts = [process.communicate()[0].strip() for process in created]
    assert revoked.wait() == 0
    keys = KeyFile(path)
    assert sorted(key.name for key in keys.list()) == [f"key{n}" for n in range(5)]
    assert all(keys.find(text) for text in texts)


def test_many_threads_lose_no_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: KeyFile(tmp_path / "keys.json").create(f"key{n}"), range(40)))
    assert len(KeyFile(tmp_path / "keys.json").list()) == 40


def test_a_link_as_the_lock_is_an_error(tmp_path: Path) -> None:
    (tmp_path / ".keys.json.lock").symlink_to(tmp_path / "victim")
    with pytest.raises(OutputError):
        KeyFile(tmp_path / "keys.json").create("phone")
    assert not (tmp_path / "victim").exists()


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the API keys"):
        KeyFile(tmp_path).list()
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot read the API keys"):
        KeyFile(tmp_path / "file" / "keys.json").list()


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
