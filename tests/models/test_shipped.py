"""The models inside the package and their manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emoar.cli.models import app
from emoar.errors import ModelMismatch, ModelMissing
from emoar.models import public, shipped
from emoar.models.shipped import shipped_ensembles, shipped_models, weights_folder


@pytest.mark.parametrize("text", ["", "[]", '{"emoar-m": {}}', '{"emoar-m": 3}'])
def test_damaged_manifest(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text(text)
    monkeypatch.setattr(shipped, "weights_folder", lambda: tmp_path)
    with pytest.raises(ModelMismatch, match="install emoar again"):
        public.shipped_models()


def test_shipped_model_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"file": "emoar-m.tflite", "sha256": "0" * 64, "bytes": 3}
    (tmp_path / "manifest.json").write_text(json.dumps({"emoar-m": entry}))
    monkeypatch.setattr(shipped, "weights_folder", lambda: tmp_path)
    with pytest.raises(ModelMissing, match=r"emoar-m\.tflite is missing; install emoar again"):
        public.model_path("emoar-m")
    (tmp_path / "emoar-m.tflite").write_bytes(b"abc")
    with pytest.raises(ModelMismatch, match="install emoar again"):
        public.model_path("emoar-m")


def test_the_list_shows_the_accuracy_of_the_shipped_models() -> None:
    listed = json.loads(CliRunner().invoke(app, ["list", "--json"]).stdout)
    accuracies = {model["name"]: model["accuracy"] for model in listed if model["shipped"]}
    assert accuracies.pop("emoar-measures") == {}  # names no expression
    assert set(accuracies) == {"emoar-m", "emoar-s", "emoar-mesh"}
    assert all(set(accuracy) == {"fer2013", "ferplus"} for accuracy in accuracies.values())
    assert "% of FER+" in CliRunner().invoke(app, ["list"]).stdout


def test_balanced_accuracy_is_listed_where_it_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"file": "a.tflite", "sha256": "0" * 64, "bytes": 3}
    manifest = {"a": {**entry, "balanced": {"ferplus": 0.75}}, "b": entry}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setattr(shipped, "weights_folder", lambda: tmp_path)
    assert [model.balanced for model in shipped_models()] == [{"ferplus": 0.75}, {}]
    listed = {
        model["name"]: model["balanced"] for model in json.loads(CliRunner().invoke(app, ["list", "--json"]).stdout)
    }
    assert (listed["a"], listed["b"]) == ({"ferplus": 0.75}, {})


def test_the_manifest_describes_the_files_in_the_package() -> None:
    found = {model.name: model for model in shipped_models()}
    assert set(found) == {"emoar-m", "emoar-s", "emoar-mesh", "emoar-measures"}
    for model in found.values():
        content = (weights_folder() / model.file).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (model.size_bytes, model.sha256)
        assert model.shipped
        assert model.source == "inside the package"


def test_ensembles_consist_of_shipped_models() -> None:
    names = {model.name for model in shipped_models()}
    for ensemble in shipped_ensembles():
        assert set(ensemble.members) <= names
        assert all(weight > 0 for weight in ensemble.members.values())


@pytest.mark.parametrize(
    ("entry", "members"),
    [({"members": ["a", "b"]}, {"a": 1.0, "b": 1.0}), ({"members": {"a": 3, "b": 1}, "flip": True}, {"a": 3, "b": 1})],
)
def test_members_with_and_without_weights(
    entry: dict[str, object], members: dict[str, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"both": entry}))
    monkeypatch.setattr(shipped, "weights_folder", lambda: tmp_path)
    (ensemble,) = shipped_ensembles()
    assert (ensemble.name, ensemble.members, ensemble.flip) == ("both", members, bool(entry.get("flip")))
    assert shipped_models() == ()


@pytest.mark.parametrize(
    "entry",
    [{"members": []}, {"members": {"a": 0}}, {"members": ["a"], "temperatures": {"ferplus": 0}}, {"members": 3}],
)
def test_ensembles_that_cannot_be(entry: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"both": entry}))
    monkeypatch.setattr(shipped, "weights_folder", lambda: tmp_path)
    with pytest.raises(ModelMismatch, match=r"manifest\.json is damaged .*install emoar again"):
        shipped_ensembles()


def test_a_package_without_weights_has_no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "weights_folder", lambda: tmp_path)
    assert shipped_models() == ()
    assert shipped_ensembles() == ()
