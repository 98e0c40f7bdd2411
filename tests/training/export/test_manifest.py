"""The manifest of shipped models: what is entered can be read by the package, and an entry follows its file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from emoar.errors import OutputError
from emoar.models import shipped
from emoar.training.export.manifest import enter_decision, enter_model, enter_new_content


def test_an_entered_model_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.tflite").write_bytes(b"content")
    enter_model(tmp_path / "mine.tflite", "expression of 468 landmarks")
    monkeypatch.setattr(shipped, "weights_folder", lambda: tmp_path)
    (model,) = shipped.shipped_models()
    assert (model.name, model.size_bytes, model.purpose) == ("mine", 7, "expression of 468 landmarks")
    assert model.sha256 == hashlib.sha256(b"content").hexdigest()


def test_a_new_file_replaces_the_entry_and_the_others_stay(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"mine": {"accuracy": {"fer2013": 0.7}}, "all": {"members": ["mine"]}}))
    (tmp_path / "mine.tflite").write_bytes(b"new")
    enter_model(tmp_path / "mine.tflite")
    entries = json.loads(manifest.read_text())
    assert set(entries["mine"]) == {"file", "sha256", "bytes"}  # the accuracy was that of the older file
    assert entries["all"] == {"members": ["mine"]}


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    (tmp_path / "mine.tflite").write_bytes(b"new")
    with pytest.raises(OutputError, match=r"manifest\.json is damaged"):
        enter_model(tmp_path / "mine.tflite")


def test_rules_are_entered_beside_the_rest(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"mine": {"file": "mine.tflite"}, "other": {}}))
    enter_decision(manifest, "mine", {"ferplus": {"tau": 0.5}})
    assert json.loads(manifest.read_text()) == {
        "mine": {"file": "mine.tflite", "decision": {"ferplus": {"tau": 0.5}}},
        "other": {},
    }
    with pytest.raises(OutputError, match="has no model yours: it has mine, other"):
        enter_decision(manifest, "yours", {})


def test_a_new_description_changes_hash_and_size_alone(tmp_path: Path) -> None:
    manifest, path = tmp_path / "manifest.json", tmp_path / "mine.tflite"
    path.write_bytes(b"content")
    enter_model(path, "expression of 468 landmarks")
    before = json.loads(manifest.read_text())["mine"]
    path.write_bytes(b"content and rules")
    enter_new_content(path)
    after = json.loads(manifest.read_text())["mine"]
    assert after == {**before, "bytes": 17, "sha256": hashlib.sha256(b"content and rules").hexdigest()}
    for text in ('{"all": {"members": ["mine"]}}', None):  # it has other models alone, or there is none
        manifest.unlink()
        if text:
            manifest.write_text(text)
        enter_new_content(path)
        assert manifest.exists() == bool(text)
        assert not text or manifest.read_text() == text
        manifest.touch()
