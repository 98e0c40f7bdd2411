"""`emoar data collect`: nothing without consent, and what was collected can be listed and deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from emoar.training.collection.folder import SCHEMA


@pytest.fixture
def no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emoar.cli.data_collect.CameraSource", lambda *_: pytest.fail("the camera was opened"))


def test_without_consent_the_camera_stays_closed(tmp_path: Path, emoar: Callable, no_camera: None) -> None:
    result = emoar("data", "collect", "anna", "--folder", tmp_path)
    assert result.code == 2
    assert "--i-consent after reading the text" in result.err
    assert str(tmp_path / "anna") in result.err  # the text names where the crops would be
    assert list(tmp_path.iterdir()) == []


def test_a_collection_needs_a_name(tmp_path: Path, emoar: Callable, no_camera: None) -> None:
    result = emoar("data", "collect", "--folder", tmp_path)
    assert result.code == 2
    assert "name the collection: emoar data collect anna" in result.err


def test_collections_are_listed_and_deleted_and_not_replaced(tmp_path: Path, emoar: Callable, no_camera: None) -> None:
    folder = tmp_path / "anna"
    folder.mkdir()
    (folder / "about.json").write_text(json.dumps({"schema": SCHEMA}))
    again = emoar("data", "collect", "anna", "--folder", tmp_path, "--i-consent")
    assert again.code == 2
    assert "exists: take another name, or delete it" in again.err
    assert emoar("data", "collect", "--list", "--folder", tmp_path).out == f"anna  {folder}\n"
    assert emoar("data", "collect", "--delete", "anna", "--folder", tmp_path).out == "deleted anna: 1 files\n"
    assert not folder.exists()
    assert emoar("data", "collect", "--delete", "anna", "--folder", tmp_path).code == 2
