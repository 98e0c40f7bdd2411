"""The JSON of a personal head: what is written is read, valid by the schema, and each fault is one clear line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from emoar.errors import ModelMismatch, ModelMissing
from emoar.models.personal import PersonalHead, personal_schema, read_personal
from emoar.models.rejection import MOST_LABELS, Rejection

SHA = "0123456789abcdef" * 4


def head(**changes: Any) -> PersonalHead:
    values = {
        "model_name": "emoar-s",
        "model_sha256": SHA,
        "labels": ("winks", "tongue out 👅", "Ärger"),
        "weights": np.array([[0.5, -1.25, 3e-5], [0.1, 0, 7], [-0.3, 1 / 3, 2]], np.float32),
        "bias": np.array([0.25, -1, 0], np.float32),
        "faces": (12, 5, 7),
    }
    return PersonalHead(**(values | changes))


NEAR = Rejection(np.eye(3, dtype=np.float32), np.array([0.5, 0.5, 1], np.float32))


def write(path: Path, document: Any) -> Path:
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return path


def test_what_is_written_is_read_and_valid(tmp_path: Path) -> None:
    for written in (head(), head(faces=None), head(rejection=NEAR)):
        document = json.loads(json.dumps(written.to_dict()))
        jsonschema.validate(document, personal_schema(), cls=jsonschema.Draft202012Validator)
        found = read_personal(write(tmp_path / "me.json", document))
        assert (found.labels, found.model_name, found.model_sha256) == (written.labels, "emoar-s", SHA)
        assert found.faces == written.faces
        np.testing.assert_allclose(found.weights, written.weights, rtol=1e-6)
        np.testing.assert_array_equal(found.bias, written.bias)
        assert found.features == 3
        assert (found.rejection is None) == (written.rejection is None)


def test_probabilities_are_the_softmax_of_the_linear_head() -> None:
    features = np.array([[1, 0, 0], [0, 2, 0.5]], np.float32)
    logits = features @ head().weights.T + head().bias
    wanted = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(head().probabilities(features), wanted, rtol=1e-5)
    np.testing.assert_allclose(head().probabilities(features[1]), wanted[1], rtol=1e-5)


def test_with_a_rejection_the_last_probability_is_that_of_none() -> None:
    near = head(rejection=NEAR)
    assert near.outputs == (*near.labels, "unsure")
    assert head().outputs == near.labels
    learned, unlike = near.probabilities(np.array([[1, 0, 0], [5, 5, 5]], np.float32))
    np.testing.assert_allclose(learned[:3], head().probabilities(np.array([1, 0, 0], np.float32)), atol=1e-4)
    np.testing.assert_allclose([learned[3], unlike[3], learned.sum(), unlike.sum()], [0, 1, 1, 1], atol=1e-4)


def test_the_largest_numbers_give_probabilities() -> None:
    large = head(weights=np.full((3, 3), 1e6, np.float32), bias=np.array([1e6, -1e6, 0], np.float32))
    found = large.probabilities(np.full(3, 1e4, np.float32))
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(1)


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "other version": ({"schema": "emoar.personal/2", "more": 1}, r"its schema is 'emoar.personal/2', and this version"),
    "no schema": ({"schema": 1}, "Expected `str`, got `int` - at `\\$.schema`"),
    "further field": ({"note": "x"}, "unknown field `note`"),
    "no hash": ({"model": {"name": "emoar-s", "sha256": "abc"}}, "sha256 must be 64 hexadecimal digits, got 'abc'"),
    "one label": ({"labels": ["winks"]}, r"length >= 2 - at `\$.labels`"),
    "too many labels": ({"labels": [str(n) for n in range(MOST_LABELS + 1)]}, r"length <= 32 - at `\$.labels`"),
    "same label twice": ({"labels": ["a", "b", "a"]}, "labels must be all different, got a, b, a"),
    "label unsure": ({"labels": ["unsure", "b", "c"]}, "a label must be .* got 'unsure'"),
    "long label": ({"labels": ["a" * 41, "b", "c"]}, "a label must be a text of 1 to 40 characters, got 'a"),
    "label of two lines": ({"labels": ["a\nb", "b", "c"]}, "a label must be"),
    "line feed at the end": ({"labels": ["a\n", "b", "c"]}, "a label must be"),
    "label of spaces": ({"labels": ["  ", "b", "c"]}, "a label must be"),
    "label that turns text around": ({"labels": ["a\u202eb", "b", "c"]}, "a label must be"),
    "rows of two lengths": ({"weights": [[0, 0], [0], [0, 0]]}, "rows of weights must be equally long, got 1 to 2"),
    "a row too few": ({"weights": [[0, 0], [0, 0]]}, r"must be \(3, features\) and \(3,\), got \(2, 2\) and \(3,\)"),
    "a bias too many": ({"bias": [0, 0, 0, 0]}, r"must be \(3, features\) and \(3,\), got \(3, 3\) and \(4,\)"),
    "faces of other labels": ({"faces": [1, 2]}, "faces must be 3 numbers, one for each label, got 2"),
    "not finite": ({"bias": [float("nan"), 0, 0]}, "JSON is malformed"),
    "too large a number": ({"bias": [1e7, 0, 0]}, r"<= 1000000.0 - at `\$.bias\[0\]`"),
    "a centre too few": ({"rejection": {"centres": [[0] * 3] * 2, "radii": [1, 1]}}, r"centres must be \(3, 3\), got"),
    "centres of two lengths": (
        {"rejection": {"centres": [[0], [0, 0], [0]], "radii": [1] * 3}},
        "rows of centres must",
    ),
    "a radius too few": ({"rejection": {"centres": [[0] * 3] * 3, "radii": [1, 1]}}, "centres and radii must be"),
    "radius of 0": ({"rejection": {"centres": [[0] * 3] * 3, "radii": [1, 1, 0]}}, r"> 0.0 - at"),
    "text as number": ({"bias": ["1", 0, 0]}, r"Expected `float`, got `str` - at `\$.bias\[0\]`"),
    "too many features": ({"weights": [[0] * 4097] * 3}, r"length <= 4096 - at `\$.weights\[0\]`"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_one_line(fault: str, tmp_path: Path) -> None:
    change, message = FAULTS[fault]
    path = write(tmp_path / "me.json", head().to_dict() | change)
    with pytest.raises(ModelMismatch, match=rf"^me.json is no usable personal head: .*{message}") as caught:
        read_personal(path)
    assert "\n" not in str(caught.value)


# a schema cannot compare lengths, JSON has no NaN, and Python's $ matches before a line feed (ECMAScript's does not)
BEYOND_THE_SCHEMA = (
    *("rows of two lengths", "a row too few", "a bias too many", "faces of other labels"),
    *("not finite", "line feed at the end", "a centre too few", "centres of two lengths", "a radius too few"),
)


@pytest.mark.parametrize("fault", [name for name in FAULTS if name not in BEYOND_THE_SCHEMA])
def test_the_schema_refuses_what_it_can_express(fault: str) -> None:
    schema = jsonschema.Draft202012Validator(personal_schema())
    assert not schema.is_valid(head().to_dict() | FAULTS[fault][0])


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"schema": "emoar.personal/1"}', "1e999", "null"])
def test_other_texts(text: str, tmp_path: Path) -> None:
    with pytest.raises(ModelMismatch, match=r"^me.json is no usable personal head: "):
        read_personal(write(tmp_path / "me.json", text))


def test_files(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="does not exist"):
        read_personal(tmp_path / "me.json")
    with pytest.raises(ModelMismatch, match="cannot be read: "):
        read_personal(tmp_path)
    with pytest.raises(ModelMismatch, match="larger than 4 MB"):
        read_personal(write(tmp_path / "me.json", json.dumps(head().to_dict()) + " " * 4_000_000))


def test_another_model() -> None:
    other = "f" * 64
    assert head().check_model({"emoar-m": other, "any": SHA}, "emoar-l") == "any"
    with pytest.raises(ModelMismatch, match=r"for the model emoar-s, got emoar-m: give --model emoar-s$"):
        head().check_model({"emoar-m": other}, "emoar-m")
    with pytest.raises(ModelMismatch, match=r"another version of emoar-s \(sha256 0123456789ab, not ffffffffffff\)"):
        head().check_model({"emoar-m": other, "emoar-s": other}, "emoar-l")


def test_another_number_of_features() -> None:
    head().check_width(3)
    with pytest.raises(ModelMismatch, match="weights of 3 features, the model has 128"):
        head().check_width(128)
