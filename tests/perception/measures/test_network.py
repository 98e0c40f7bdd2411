"""The network that comes with EmoAR, and what a damaged file gives."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from measured_faces import STORED, face_of, head

from emoar.errors import ModelMismatch
from emoar.labels import MEASURES
from emoar.models.shipped import weights_folder
from emoar.perception.measures import MeasureNetwork, relative
from emoar.perception.measures.network import FORMAT

NETWORK = MeasureNetwork()


def test_its_names_are_those_of_the_measures() -> None:
    assert NETWORK.names == MEASURES
    assert ((NETWORK.rest >= 0) & (NETWORK.rest < 0.6)).all()


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: stored["picture"])
def test_golden(stored: dict[str, Any]) -> None:
    values = NETWORK(face_of(stored)[0])
    assert values.tolist() == pytest.approx(stored["values"], abs=5e-4)
    moved = dict(zip(NETWORK.names, relative(values, NETWORK.rest).tolist(), strict=True))
    assert moved == pytest.approx(stored["movements"], abs=1e-3)


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: stored["picture"])
def test_position_size_and_roll_change_nothing(stored: dict[str, Any]) -> None:
    landmarks, _ = face_of(stored)
    turn = np.array([[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1]], np.float32)
    moved = (landmarks @ turn.T * 3 + np.array([50, -20, 4], np.float32)).astype(np.float32)
    np.testing.assert_allclose(NETWORK(moved), NETWORK(landmarks), atol=2e-3)


def test_an_open_mouth_and_raised_brows() -> None:
    at = {name: index for index, name in enumerate(NETWORK.names)}
    rest = NETWORK(head()[0])
    lower_lip = [14, 17, 87, 317, 84, 314, 178, 402, 181, 405, 88, 318, 91, 321, 152, 148, 377, 176, 400]
    opened = NETWORK(head(lower_lip, -1.5)[0])
    assert opened[at["jawOpen"]] > rest[at["jawOpen"]] + 0.05
    left_brow = [276, 283, 282, 295, 285, 300, 293, 334, 296, 336]
    raised = NETWORK(head(left_brow, 0.7)[0]) - rest
    assert raised[at["browOuterUpLeft"]] > 0.1
    assert raised[at["browOuterUpLeft"]] > raised[at["browOuterUpRight"]] + 0.05


def test_the_layers_of_a_small_file(tmp_path: Path) -> None:
    """Two inputs of one landmark's three coordinates, by hand."""
    weights = base64.b64encode(np.array([[127, 0, 0], [0, -127, 0]], np.int8).tobytes()).decode()
    last = base64.b64encode(np.array([[100, 50]], np.int8).tobytes()).decode()
    document = {
        "format": FORMAT,
        "names": ["a"],
        "rest": [0.5],
        "landmarks": [263],
        "mean": [0.0, 0.0, 0.0],
        "deviation": [1.0, 1.0, 1.0],
        "layers": [
            {"weights": weights, "scale": [1 / 127, 2 / 127], "bias": [0.0, 0.1]},
            {"weights": last, "scale": [0.01], "bias": [-0.2]},
        ],
    }
    (tmp_path / "a.json").write_text(json.dumps(document))
    network = MeasureNetwork(tmp_path / "a.json")
    from emoar.perception.measures.upright import upright

    x, y, _ = upright(head()[0])[263].tolist()
    silu = [value / (1 + np.exp(-value)) for value in (x, -2 * y + 0.1)]
    assert network(head()[0]).tolist() == pytest.approx([1 / (1 + np.exp(0.2 - silu[0] - 0.5 * silu[1]))], abs=1e-5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "emoar.measures/9"}, "must have the format emoar.measures/1, got 'emoar.measures/9'"),
        ({"layers": [{"weights": "?"}]}, "is damaged"),
        ({"names": None}, "is damaged"),
    ],
)
def test_a_damaged_file(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    document = json.loads((weights_folder() / "emoar-measures.json").read_text())
    (tmp_path / "a.json").write_text(json.dumps({**document, **change}))
    with pytest.raises(ModelMismatch, match=words):
        MeasureNetwork(tmp_path / "a.json")
    (tmp_path / "b.json").write_text("{")
    with pytest.raises(ModelMismatch, match="is damaged"):
        MeasureNetwork(tmp_path / "b.json")
