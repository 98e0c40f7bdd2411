"""The network at the start of a run, and what of it learns."""

from __future__ import annotations

import dataclasses
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from training_faces import made_dataset

from emoar.errors import InputError, ModelMissing, TrainingError
from emoar.labels import DEFAULT_HEADS
from emoar.training.recipe import Recipe

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")

from emoar.training.loop.initialise import freeze, network_of, optimizer_of  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402

S = Recipe("emoar-s", 1)


def make(recipe: Recipe, lines: list[str] | None = None) -> torch.nn.Module:
    return network_of(recipe, DEFAULT_HEADS, made_dataset(40).images, (lines if lines is not None else []).append)


@pytest.mark.parametrize(("blocks", "epoch", "learning"), [(-1, 0, 6), (0, 0, 0), (2, 0, 2), (2, 4, 6), (99, 0, 6)])
def test_the_last_blocks_learn_and_later_all(blocks: int, epoch: int, learning: int) -> None:
    recipe = dataclasses.replace(S, trainable_blocks=blocks, unfreeze_epoch=5)
    network = make(recipe).train()
    freeze(network, recipe, epoch)
    learn = [all(p.requires_grad for p in block.parameters()) for block in network.blocks()]
    assert learn == [False] * (6 - learning) + [True] * learning
    assert [block.training for block in network.blocks()] == learn  # frozen normalisations keep their statistics
    assert all(p.requires_grad for p in network.heads.parameters())


def test_normalisations_keep_their_statistics_where_all_else_learns() -> None:
    recipe = dataclasses.replace(S, keep_batchnorm=True)
    network = make(recipe).train()
    freeze(network, recipe, 0)
    before = {name: value.clone() for name, value in network.named_buffers()}
    network(torch.rand(8, 1, 48, 48) * 255)
    assert all(torch.equal(value, before[name]) for name, value in network.named_buffers())
    assert all(p.requires_grad for p in network.parameters())
    assert network.dropout.training


@pytest.mark.parametrize("kind", ["default", "xavier", "kaiming", "normal", "zeros"])
def test_heads_start_as_told(kind: str) -> None:
    weight = make(dataclasses.replace(S, head_init=kind)).heads["fer2013"].weight
    assert (weight.abs().max() == 0) == (kind == "zeros")
    if kind == "normal":
        assert float(weight.detach().std()) == pytest.approx(0.01, rel=0.2)


@pytest.mark.parametrize(
    ("name", "kind"), [("sgd", torch.optim.SGD), ("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW)]
)
def test_optimizers_do_not_shrink_biases(name: str, kind: type) -> None:
    optimizer = optimizer_of(build("emoar-s"), dataclasses.replace(S, optimizer=name, weight_decay=0.01))
    assert type(optimizer) is kind
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0.01, 0.0]
    assert all(p.ndim <= 1 for p in optimizer.param_groups[1]["params"])


def test_the_shipped_model_can_be_trained_on() -> None:
    lines: list[str] = []
    recipe = dataclasses.replace(S, architecture="emoar-m", init="emoar-m")
    network = make(recipe, lines).eval()
    assert lines == ["started from the weights of emoar-m"]
    data = made_dataset(40)
    with torch.no_grad():
        top = network(torch.from_numpy(data.images[:, None]).float())["fer2013"].argmax(1).numpy()
    assert len(np.unique(top)) > 1


def test_a_checkpoint_of_other_labels_gives_its_trunk(tmp_path: Path) -> None:
    donor = build("emoar-s", {"fer2013": DEFAULT_HEADS["fer2013"], "custom": ("a", "b")})
    state = {"recipe": {"architecture": "emoar-s"}, "heads": {}, "epoch": 1, "averaged": donor.state_dict()}
    torch.save(state, tmp_path / "final.pt")
    lines: list[str] = []
    network = make(dataclasses.replace(S, init=str(tmp_path / "final.pt")), lines)
    assert lines[0].endswith("the heads ferplus are new")
    torch.testing.assert_close(network.state_dict()["stem.0.weight"], donor.state_dict()["stem.0.weight"])
    torch.testing.assert_close(network.heads["fer2013"].weight, donor.heads["fer2013"].weight)


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"architecture": "alexnet"}, TrainingError, "emoar-m"),
        ({"pretrained": True}, InputError, "has no pretrained weights"),
        ({"init": "emoar-m"}, TrainingError, "same architecture"),
        ({"init": "nothing"}, ModelMissing, "model must be one of"),
        ({"init": "nothing.pt"}, TrainingError, "does not exist"),
    ],
)
def test_what_cannot_start_is_named(settings: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make(dataclasses.replace(S, **settings))  # type: ignore[arg-type]


def test_a_checkpoint_of_another_architecture_is_refused(tmp_path: Path) -> None:
    donor = build("emoar-m")
    torch.save({"recipe": {}, "heads": {}, "epoch": 1, "averaged": donor.state_dict()}, tmp_path / "final.pt")
    with pytest.raises(TrainingError, match="another architecture"):
        make(dataclasses.replace(S, init=str(tmp_path / "final.pt")))


@pytest.mark.skipif(find_spec("timm") is None, reason="needs timm: pip install 'emoar[train]'")
def test_pretrained_weights_come_from_a_file_or_training_starts_from_scratch(tmp_path: Path) -> None:
    recipe = dataclasses.replace(S, architecture="mobilenet-v2")
    trunk = make(recipe).trunk.state_dict()
    torch.save(trunk, tmp_path / "weights.pth")
    lines: list[str] = []
    again = make(dataclasses.replace(recipe, pretrained_weights=str(tmp_path / "weights.pth")), lines)
    assert lines == ["started from the weights in weights.pth"]
    torch.testing.assert_close(again.trunk.state_dict()["conv_stem.weight"], trunk["conv_stem.weight"])
    with pytest.raises(TrainingError, match="no weights of this architecture"):
        make(dataclasses.replace(recipe, architecture="densenet121", pretrained_weights=str(tmp_path / "weights.pth")))


@pytest.mark.skipif(find_spec("timm") is None, reason="needs timm: pip install 'emoar[train]'")
def test_weights_with_other_names_load_by_their_order(tmp_path: Path) -> None:
    recipe = dataclasses.replace(S, architecture="mobilenet-v2")
    trunk = make(recipe).trunk.state_dict()
    renamed = {f"_{place}": value for place, value in enumerate(trunk.values())}
    renamed["_0"] = renamed["_0"].expand(-1, 3, -1, -1) / 3  # RGB: summed up for grey crops
    torch.save(renamed, tmp_path / "weights.pth")
    again = make(dataclasses.replace(recipe, pretrained_weights=str(tmp_path / "weights.pth"))).trunk.state_dict()
    for name, value in trunk.items():
        torch.testing.assert_close(again[name], value)
    swapped = dict(zip(renamed, [renamed["_0"], *reversed(list(renamed.values())[1:])], strict=True))
    torch.save(swapped, tmp_path / "swapped.pth")
    with pytest.raises(TrainingError, match="no weights of this architecture"):
        make(dataclasses.replace(recipe, pretrained_weights=str(tmp_path / "swapped.pth")))


def test_a_face_recogniser_without_its_file_names_the_source() -> None:
    lines: list[str] = []
    make(dataclasses.replace(S, architecture="face-resnet", pretrained=True), lines)
    assert "from scratch" in lines[0]
    assert "npm pack" in lines[0]
