"""A network learns values that follow from landmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emoar.canonical import canonical_face
from emoar.errors import DataError, InputError
from emoar.perception.measures import MeasureNetwork
from emoar.perception.measures.upright import upright
from emoar.training.measures.distill import DistillOptions, Examples, agreement, distill, rest_of
from emoar.training.measures.network import write_network
from emoar.training.measures.teacher import BLENDSHAPES

JAW = BLENDSHAPES.index("jawOpen")
OPTIONS = DistillOptions(epochs=40, runs=0, dropout=0.0)


@pytest.fixture(scope="module")
def examples() -> Examples:
    """800 average heads with lower lips at different heights."""
    rng = np.random.default_rng(0)
    opened = rng.random(800).astype(np.float32)
    heads = np.repeat(canonical_face().vertices_cm[None] * np.float32([10, -10, -10]), len(opened), axis=0)
    heads[:, [14, 17, 84, 314, 87, 317], 1] += 20 * opened[:, None]
    heads += rng.normal(0, 0.2, heads.shape).astype(np.float32)
    values = np.full((len(opened), 52), 0.1, np.float32)
    values[:, JAW] = 0.1 + 0.6 * opened
    shapes = np.stack([upright(head) for head in heads])[None]
    return Examples(shapes, np.ones((1, len(opened)), np.bool_), values, opened < 0.05)


def test_it_learns_and_its_file_gives_the_same(examples: Examples, tmp_path: Path) -> None:
    net = distill(examples, OPTIONS)
    assert agreement(net, examples)["jawOpen"] > 0.95
    rest = rest_of(net, examples)
    assert rest[JAW] == pytest.approx(0.13, abs=0.06)
    write_network(tmp_path / "a.json", net, ("jawOpen", "browInnerUp"), rest[[JAW, 3]])
    read = MeasureNetwork(tmp_path / "a.json")
    assert read.names == ("jawOpen", "browInnerUp")
    assert read.rest.tolist() == pytest.approx(rest[[JAW, 3]].tolist(), abs=1e-5)
    found = np.array([read(head)[0] for head in examples.shapes[0][:50]])
    assert np.corrcoef(found, examples.values[:50, JAW])[0, 1] > 0.95
    assert np.abs(found - examples.values[:50, JAW]).mean() < 0.05


def test_the_same_seed_gives_the_same_network(examples: Examples) -> None:
    few = Examples(examples.shapes[:, :300], examples.found[:, :300], examples.values[:300], examples.neutral[:300])
    once, again = (distill(few, DistillOptions(epochs=1)).layers[0].weight.detach().numpy() for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_without_neutral_faces_rest_is_unknown(examples: Examples) -> None:
    none = Examples(examples.shapes, examples.found, examples.values, np.zeros(len(examples.neutral), np.bool_))
    with pytest.raises(DataError, match="no face is neutral"):
        rest_of(distill(none, DistillOptions(epochs=1)), none)


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"dropout": 1.0}, {"lr": 0.0}, {"runs": -1}])
def test_options_out_of_range(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="out of range"):
        DistillOptions(**wrong)  # type: ignore[arg-type]
