"""Networks of timm: their inputs, and weights that come from files or not at all."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.skipif(find_spec("timm") is None, reason="needs timm: pip install 'emoar[train]'")

from emoar.errors import DependencyMissing, TrainingError  # noqa: E402
from emoar.training.networks import timm_net  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.networks.timm_net import TimmNet  # noqa: E402

FACES = np.zeros((2, 48, 48), np.uint8)


def mobilenet(channels: int = 1) -> TimmNet:
    network = build("mobilenet-v2", channels=channels)
    assert isinstance(network, TimmNet)
    return network


def test_a_network_without_padding_enlarges_small_crops() -> None:
    assert build("inception-resnet-v2").preprocess(torch.rand(1, 1, 48, 48)).shape[-1] == 75
    assert build("inception-resnet-v2").preprocess(torch.rand(1, 1, 96, 96)).shape[-1] == 96
    assert mobilenet().preprocess(torch.rand(1, 1, 48, 48)).shape[-1] == 48


def test_blocks_are_those_of_the_stages() -> None:
    blocks = mobilenet().blocks()
    assert len(blocks) > 10
    assert all(any(True for _ in block.parameters()) for block in blocks)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_file_of_rgb_weights(tmp_path: Path, channels: int) -> None:
    donor = mobilenet(3)
    torch.save(donor.trunk.state_dict(), tmp_path / "weights.pth")
    network = mobilenet(channels)
    assert network.load_pretrained(tmp_path / "weights.pth", FACES) == "started from the weights in weights.pth"
    first, expected = network.trunk.conv_stem.weight, donor.trunk.conv_stem.weight
    torch.testing.assert_close(first, expected.sum(dim=1, keepdim=True) if channels == 1 else expected)


def test_files_that_hold_other_weights(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"none\.pth does not exist"):
        mobilenet().load_pretrained(tmp_path / "none.pth", FACES)
    (tmp_path / "text.pth").write_text("no weights")
    with pytest.raises(TrainingError, match=r"text\.pth holds no weights"):
        mobilenet().load_pretrained(tmp_path / "text.pth", FACES)
    torch.save({"conv_stem.weight": torch.zeros(32, 1, 3, 3)}, tmp_path / "few.pth")
    with pytest.raises(TrainingError, match="is missing"):
        mobilenet().load_pretrained(tmp_path / "few.pth", FACES)


def test_without_a_hub_training_starts_from_scratch(monkeypatch: pytest.MonkeyPatch) -> None:
    network = mobilenet()
    before = network.trunk.conv_stem.weight.clone()

    def no_network(*_args: object, **_settings: object) -> None:
        raise OSError("the hub cannot be reached")

    monkeypatch.setattr(timm_net.socket, "create_connection", no_network)
    monkeypatch.setattr(network, "_create", no_network)
    line = network.load_pretrained(None, FACES)
    assert line.startswith("pretrained weights of mobilenetv2_100 cannot be reached (the hub cannot be reached)")
    assert torch.equal(network.trunk.conv_stem.weight, before)


def test_weights_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    network, donor = mobilenet(), mobilenet()

    class Connection:
        def close(self) -> None: ...

    monkeypatch.setattr(timm_net.socket, "create_connection", lambda *_args, **_settings: Connection())
    monkeypatch.setattr(network, "_create", lambda *, pretrained: donor.trunk if pretrained else None)
    assert network.load_pretrained(None, FACES) == "started from timm's weights of mobilenetv2_100"
    assert torch.equal(network.trunk.conv_stem.weight, donor.trunk.conv_stem.weight)


def test_timm_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, *rest: Any) -> Any:
        if name.split(".")[0] == "timm":
            raise ImportError(name)
        return real(name, *rest)

    real = __import__
    monkeypatch.setattr("builtins.__import__", missing)
    with pytest.raises(DependencyMissing, match="needs timm"):
        build("mobilenet-v2")
