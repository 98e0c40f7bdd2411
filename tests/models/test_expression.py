"""Expression models by name and by path, ensembles in the manifest, and what people get wrong."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from emoar.errors import EmoarError, ModelMismatch, ModelMissing
from emoar.labels import FER2013
from emoar.models import public, shipped
from emoar.models.decision import Decision, Rule
from emoar.models.expression import expression_model
from emoar.models.metadata import ModelInfo, with_info
from emoar.models.public import model_path, shipped_ensembles
from emoar.models.shipped import DEFAULT_MODEL, expression_model_names

BYTES = {"emoar-a": b"first", "emoar-b": b"second"}


def entry(name: str) -> dict[str, Any]:
    content = BYTES[name]
    return {"file": f"{name}.tflite", "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A weights folder with two models; tests write its ensembles."""
    monkeypatch.setattr(shipped, "weights_folder", lambda: tmp_path)
    for name, content in BYTES.items():
        (tmp_path / f"{name}.tflite").write_bytes(content)
    write_manifest(tmp_path)
    return tmp_path


def write_manifest(folder: Path, **ensembles: Any) -> None:
    entries = {**{name: entry(name) for name in BYTES}, **{k.replace("_", "-"): v for k, v in ensembles.items()}}
    (folder / "manifest.json").write_text(json.dumps(entries))


@pytest.mark.parametrize("name", ["emoar-m", "m"])
def test_a_shipped_model_by_its_name(name: str) -> None:
    model = expression_model(name)
    assert model.name == "emoar-m" == DEFAULT_MODEL
    assert [(member.path, member.weight) for member in model.members] == [(model_path("emoar-m"), 1.0)]
    assert "emoar-m" in expression_model_names()


@pytest.mark.parametrize("as_text", [True, False])
def test_a_file_by_its_path(tmp_path: Path, as_text: bool) -> None:
    path = tmp_path / "mine.tflite"
    path.write_bytes(b"x")
    model = expression_model(str(path) if as_text else path)
    assert (model.name, model.members[0].path, model.flip) == ("mine", path, False)


def test_a_file_named_as_a_shipped_model_is_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("emoar-m.tflite").write_bytes(b"x")
    assert expression_model("emoar-m.tflite").members[0].path == Path("emoar-m.tflite")
    assert expression_model("emoar-m").members[0].path == model_path("emoar-m")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("emoarm", r"did you mean emoar-m\?"),
        ("eomar-m", r"did you mean emoar-m\?"),
        ("anger", r"model must be one of .*emoar-m.* or a \.tflite file, got 'anger'; a file's name ends in \.tflite"),
        ("", "model must be one of"),
        ("no/such/mine.tflite", r"no/such/mine\.tflite does not exist; --model takes a \.tflite file or one of"),
        ("mine.tflite", r"mine\.tflite does not exist"),
    ],
)
def test_what_does_not_exist_is_named(text: str, words: str) -> None:
    with pytest.raises(ModelMissing, match=words):
        expression_model(text)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("final.pt", "is a checkpoint; make a model of it: emoar export"),
        ("mine.onnx", r"EmoAR runs \.tflite, which emoar export writes"),
        ("mine.mlpackage", r"EmoAR runs \.tflite, which emoar export writes"),
        ("folder", r"is a folder: name a \.tflite file in it"),
    ],
)
def test_another_kind_of_file_names_the_remedy(name: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if path.suffix in ("", ".mlpackage"):
        path.mkdir()
    else:
        path.write_bytes(b"x")
    with pytest.raises(ModelMismatch, match=words):
        expression_model(path)


@pytest.mark.parametrize(
    ("ensemble", "members", "flip", "temperatures"),
    [
        ({"members": ["emoar-a", "emoar-b"]}, [1.0, 1.0], False, {}),
        ({"members": {"emoar-a": 3, "emoar-b": 1}, "flip": True}, [3.0, 1.0], True, {}),
        ({"members": ["emoar-a"], "temperatures": {"ferplus": 0.8}}, [1.0], False, {"ferplus": 0.8}),
    ],
)
def test_an_ensemble(ensemble: Any, members: list[float], flip: bool, temperatures: Any, weights: Path) -> None:
    write_manifest(weights, emoar_both=ensemble)
    assert expression_model_names() == ("emoar-a", "emoar-b", "emoar-both")
    model = expression_model("both")
    assert model.name == "emoar-both"
    assert [member.weight for member in model.members] == members
    assert model.members[0].path == weights / "emoar-a.tflite"
    assert (model.flip, dict(model.temperatures)) == (flip, temperatures)
    assert [m.name for m in public.shipped_models()] == ["emoar-a", "emoar-b"]  # files only


@pytest.mark.parametrize(
    "ensemble",
    [
        {"members": []},
        {"members": {"emoar-a": 0}},
        {"members": {"emoar-a": -1}},
        {"members": {"emoar-a": "much"}},
        {"members": ["emoar-a"], "temperatures": {"ferplus": 0}},
        {"members": ["emoar-a"], "temperatures": ["ferplus"]},
        {"members": 3},
    ],
)
def test_an_ensemble_that_cannot_be_is_refused(ensemble: Any, weights: Path) -> None:
    write_manifest(weights, emoar_both=ensemble)
    with pytest.raises(ModelMismatch, match=r"manifest\.json is damaged .*install emoar again"):
        shipped_ensembles()


def test_a_member_that_is_missing_or_damaged_is_named(weights: Path) -> None:
    write_manifest(weights, emoar_both={"members": ["emoar-a", "emoar-c"]})
    with pytest.raises(EmoarError, match="emoar-c"):
        expression_model("emoar-both")
    write_manifest(weights, emoar_both={"members": ["emoar-a", "emoar-b"]})
    (weights / "emoar-b.tflite").write_bytes(b"other bytes")
    with pytest.raises(ModelMismatch, match=r"emoar-b\.tflite is damaged"):
        expression_model("emoar-both")


def test_the_ensembles_that_ship_are_whole() -> None:
    for ensemble in shipped_ensembles():
        assert all(path.is_file() for path in (model_path(name) for name in ensemble.members))


def test_a_network_that_gives_second_predictions_is_a_shipped_one(tmp_path: Path) -> None:
    assert expression_model("emoar-m").second == model_path("emoar-s")
    assert expression_model("emoar-s").second is None
    path = tmp_path / "mine.tflite"
    for second in ("mirror", "emoar-s", "emoar-l", "theirs"):
        rule = Rule((1 / 7,) * 7, second=second)
        info = ModelInfo("mine", heads={"fer2013": FER2013}, decision=Decision({"fer2013": rule}))
        path.write_bytes(with_info(b"TFL3" * 100, info))
        if second in {"emoar-l", "theirs"}:
            with pytest.raises(ModelMismatch, match=f"takes the predictions of '{second}', which is no shipped model"):
                expression_model(path)
        else:
            assert expression_model(path).second == (model_path("emoar-s") if second == "emoar-s" else None)
