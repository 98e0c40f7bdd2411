"""The trainable parts of a network, and its split into a frozen trunk and a trained tail."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="networks need torch: pip install 'emoar[train]'")

from emoar.errors import TrainingError  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.networks.fold_batchnorm import fold_batchnorm  # noqa: E402
from emoar.training.networks.parts import PARTS, Part, set_trainable, split_network  # noqa: E402

# of emoar-s: heads (128 + 1) x 15; a block of the last stage: two 3x3 convolutions and the gate
HEAD = 129 * 15
BLOCK = 2 * (9 * 128 * 128 + 128) + 128 * 16 + 16 + 16 * 128 + 128
FIRST_OF_STAGE = BLOCK - 9 * 64 * 128 + (64 * 128 + 128)
SIZES = {"head": HEAD, "block": HEAD + BLOCK, "stage": HEAD + BLOCK + FIRST_OF_STAGE, "all": 683_811}


@pytest.mark.parametrize("part", PARTS)
def test_the_number_of_trainable_parameters(part: Part) -> None:
    assert set_trainable(fold_batchnorm(build("emoar-s")), part) == SIZES[part]


@pytest.mark.parametrize("part", PARTS)
def test_trunk_and_tail_are_the_network(part: Part) -> None:
    torch.manual_seed(1)
    network = fold_batchnorm(build("emoar-s"))
    faces = torch.randint(0, 256, (2, 1, 48, 48)).float()
    trunk, tail = split_network(network, part)
    with torch.no_grad():
        torch.testing.assert_close(tail(trunk(faces)), network(faces))


@pytest.mark.parametrize("part", PARTS)
def test_a_step_changes_the_part_only(part: Part) -> None:
    torch.manual_seed(1)
    network = fold_batchnorm(build("emoar-s"))
    set_trainable(network, part)
    before = {name: values.clone() for name, values in network.state_dict().items()}
    trunk, tail = split_network(network, part)
    with torch.no_grad():
        values = trunk(torch.randint(0, 256, (4, 1, 48, 48)).float())
    optimiser = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], 0.1)
    sum(logits.square().sum() for logits in tail(values).values()).backward()
    optimiser.step()
    changed = {name.split(".")[0] for name, new in network.state_dict().items() if not torch.equal(new, before[name])}
    assert changed == {"head": {"heads"}, "block": {"heads", "stages"}, "stage": {"heads", "stages"}}.get(
        part, {"heads", "stages", "stem"}
    )
    assert torch.equal(network.stem[0].weight, before["stem.0.weight"]) == (part != "all")


def test_blocks_need_a_residual_network() -> None:
    network = build("emoar-mesh")
    assert set_trainable(network, "head") == 257 * 15
    with pytest.raises(TrainingError, match="the part stage needs residual blocks: train the head or all"):
        split_network(network, "stage")
