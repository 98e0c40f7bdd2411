"""The table of architectures, and the names of their weights, by which checkpoints are loaded."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from emoar.errors import ModelMismatch, TrainingError  # noqa: E402
from emoar.models.inputs import CropInput, LandmarkInput  # noqa: E402
from emoar.training.networks import architectures  # noqa: E402
from emoar.training.networks.architectures import ARCHITECTURES, Architecture, build, input_for  # noqa: E402
from emoar.training.networks.base import CropNetwork, Heads  # noqa: E402

RECIPES = Path(__file__).parents[3] / "recipes"
OURS = ("emoar-s", "emoar-m", "emoar-l", "residual-narrow", "vgg", "emoar-mesh", "face-resnet")
# Of the names and shapes of all weights, in order. A checkpoint of before a change loads only while they stay.
KEYS = {
    "emoar-s": "bc1a50f258d88ddaaafd",
    "emoar-m": "5cb1814bcf89d7b5a24b",
    "emoar-l": "a9877fbf78c9bc2924f9",
    "residual-narrow": "9a03849b2e3993ad4e4d",
    "vgg": "458eec27e9c7511963fd",
    "emoar-mesh": "06cc4a3433eb08423df1",
    "face-resnet": "f2a3baedc1e370e347e3",
}
needs_timm = pytest.mark.skipif(find_spec("timm") is None, reason="needs timm: pip install 'emoar[train]'")
NAMES = [pytest.param(name, marks=() if name in OURS else needs_timm) for name in ARCHITECTURES]


@pytest.mark.parametrize("name", OURS)
def test_the_weights_keep_their_names_and_shapes(name: str) -> None:
    keys = [(key, tuple(value.shape)) for key, value in build(name).state_dict().items()]
    assert hashlib.sha256(repr(keys).encode()).hexdigest()[:20] == KEYS[name]


@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_a_network_takes_any_batch(name: str) -> None:
    network = build(name).eval()
    faces = torch.from_numpy(network.input.to_batch(network.input.example()[None].repeat(3, axis=0)))
    logits = network(faces)
    assert {head: tuple(values.shape) for head, values in logits.items()} == {"ferplus": (3, 8), "fer2013": (3, 7)}
    assert network.input == input_for(name)
    assert network.blocks()
    keys = network.state_dict()
    assert {key for key in keys if key.startswith("heads.")} >= {"heads.ferplus.weight", "heads.fer2013.bias"}
    if name not in OURS:
        assert all(key.startswith(("trunk.", "heads.")) for key in keys)


@pytest.mark.parametrize("name", [name for name in NAMES if name.values != ("emoar-mesh",)])
@torch.no_grad()
def test_brightness_and_contrast_change_nothing(name: str) -> None:
    network = build(name).eval()
    face = torch.rand(3, 1, 48, 48) * 200
    logits, brighter = network(face)["ferplus"], network(face * 0.5 + 40)["ferplus"]
    torch.testing.assert_close(logits, brighter, atol=1e-2, rtol=1e-2)


def test_size_and_colour_reach_the_network() -> None:
    assert input_for("emoar-s", 96, 3) == CropInput(96, 3)
    assert input_for("emoar-mesh", 96, 3) == LandmarkInput()
    network = build("emoar-s", size_px=64, channels=3, upsample_px=80)
    assert network.input == CropInput(64, 3)
    assert network.preprocess(torch.rand(1, 3, 64, 64)).shape == (1, 3, 80, 80)


@pytest.mark.parametrize("make", [build, input_for])
def test_an_unknown_architecture_lists_those_that_there_are(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TrainingError, match=r"must be one of emoar-s, emoar-m.*, got 'alexnet'"):
        make("alexnet")


def test_an_impossible_input() -> None:
    with pytest.raises(ModelMismatch, match="channels must be 1"):
        build("emoar-s", channels=2)


def test_each_architecture_has_a_recipe() -> None:
    others = ("-further", "-steady", "-robust", "-trunk")  # of an architecture that has its own
    first = {path.stem for path in RECIPES.glob("*.toml") if not path.stem.endswith(others)}
    assert first == set(ARCHITECTURES)


class Average(CropNetwork):
    def __init__(self, takes: CropInput, heads: Heads, dropout: float = 0.0, upsample_px: int = 0) -> None:
        super().__init__(takes, upsample_px)
        self.project = torch.nn.Conv2d(takes.channels, 4, 1)
        self.add_heads(heads, 4, dropout)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        return self.project(x).mean((2, 3))

    def blocks(self) -> list[torch.nn.Module]:
        return [self.project]


def test_another_architecture_is_a_class_and_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(architectures, "ARCHITECTURES", {**ARCHITECTURES, "average": Architecture(Average)})
    network = build("average", {"custom": ("a", "b")}, size_px=32, channels=3)
    assert network.input == CropInput(32, 3)
    assert network(torch.rand(5, 3, 32, 32))["custom"].shape == (5, 2)
