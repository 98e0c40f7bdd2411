"""The description of the model."""

from __future__ import annotations

import hashlib

import pytest

from emoar.errors import ModelMissing
from emoar.events.lsl.model import describe_model
from emoar.labels import DEFAULT_HEADS
from emoar.models.shipped import weights_folder


def test_a_shipped_model_by_its_hash() -> None:
    model = describe_model("m")
    content = (weights_folder() / "emoar-m.tflite").read_bytes()
    assert (model.name, dict(model.sha256)) == ("emoar-m", {"emoar-m.tflite": hashlib.sha256(content).hexdigest()})
    assert {name: tuple(labels) for name, labels in model.label_sets.items()} == dict(DEFAULT_HEADS)


def test_an_ensemble_names_all_its_files() -> None:
    assert set(describe_model("emoar-l").sha256) == {"emoar-m.tflite", "emoar-s.tflite"}


def test_no_such_model() -> None:
    with pytest.raises(ModelMissing):
        describe_model("none.tflite")
