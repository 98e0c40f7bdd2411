"""`emoar models`: what is used, and where it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from emoar.models.metadata import ModelInfo, with_info
from emoar.models.privacy import Privacy


def test_models_list_names_files_and_ensembles(emoar: Callable) -> None:
    result = emoar("models", "list")
    assert result.code == 0
    assert all(name in result.out for name in ("face_landmark", "emoar-m", "emoar-s", "emoar-mesh"))
    assert "emoar-l: 1 emoar-m + 0.5 emoar-s, on each face and its mirror image" in result.out


def test_models_info_names_labels_and_privacy(emoar: Callable, tmp_path: Path) -> None:
    path = tmp_path / "private.tflite"
    info = ModelInfo("private", heads={"custom": ("asleep", "awake")}, privacy=Privacy("client", 7.9, 1e-5, "RDP"))
    path.write_bytes(with_info(b"TFL3" + bytes(64), info))
    result = emoar("models", "info", path)
    assert result.code == 0
    assert "custom: asleep, awake" in result.out
    assert "privacy: epsilon 7.9 at delta 1e-05 for each client; accountant: RDP" in result.out
    assert "label: the most probable one of its head" in result.out
    document = json.loads(emoar("models", "info", path, "--json").out)
    assert document["privacy"] == {"unit": "client", "epsilon": 7.9, "delta": 1e-5, "accountant": "RDP"}


def test_models_info_of_a_shipped_model_promises_nothing(emoar: Callable) -> None:
    result = emoar("models", "info", "emoar-s")
    assert "label: by the rules for fer2013, ferplus" in result.out
    assert json.loads(emoar("models", "info", "emoar-s", "--json").out)["decision"]["ferplus"]["second"]
    assert (result.code, "privacy: nothing is promised" in result.out) == (0, True)


def test_models_info_of_what_is_no_described_model_is_one_line(emoar: Callable, tmp_path: Path) -> None:
    (tmp_path / "bare.tflite").write_bytes(b"TFL3" + bytes(64))
    for name, code, words in (
        (tmp_path / "bare.tflite", 5, "has no description"),
        (tmp_path / "none.tflite", 5, "does not exist"),
        ("emoar-xyz", 5, "emoar-xyz"),
    ):
        result = emoar("models", "info", name)
        assert (result.code, words in result.err, len(result.err.splitlines())) == (code, True, 1)
