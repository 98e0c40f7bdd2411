"""Where a run computes, and the errors where that is not there."""

from __future__ import annotations

import dataclasses
import shutil
import sys

import pytest

from emoar.errors import DependencyMissing, InputError
from emoar.training.recipe import Recipe

torch = pytest.importorskip("torch")

from emoar.training.hardware import Hardware, fabric_of, has_compiler  # noqa: E402

S = Recipe("emoar-s", 1)


def test_a_processor_is_always_there() -> None:
    fabric = fabric_of(Hardware("cpu", threads=1), dataclasses.replace(S, precision="float32"))
    assert fabric.device.type == "cpu"
    assert fabric.world_size == 1
    assert torch.get_num_threads() == 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_gpu_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no CUDA GPU here"):
        fabric_of(Hardware("cuda"), S)


def test_half_floats_need_a_gpu() -> None:
    with pytest.raises(InputError, match="fp16 needs a GPU"):
        fabric_of(Hardware("cpu"), dataclasses.replace(S, precision="fp16"))


@pytest.mark.parametrize(
    "wrong", [{"devices": 0}, {"nodes": 0}, {"workers": -2}, {"threads": -1}, {"accelerator": "npu"}]
)
def test_settings_out_of_range(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match=f"--{next(iter(wrong))} must be"):
        Hardware(**wrong)  # type: ignore[arg-type]


class FakeFabric:
    """Three processes, or hardware that fails."""

    world_size = 3
    fails = False

    def __init__(self, **settings: object) -> None:
        self.settings = settings

    def launch(self) -> None:
        if self.fails:
            raise RuntimeError("the driver is too old\nand more")


def test_a_batch_has_to_divide_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lightning_fabric.Fabric", FakeFabric)
    with pytest.raises(InputError, match="batch_size 128 cannot be shared evenly by 3 processes"):
        fabric_of(Hardware("cpu", devices=3), S)
    fabric = fabric_of(Hardware("cpu", devices=3), dataclasses.replace(S, batch_size=129, precision="bf16"))
    assert fabric.settings == {
        "accelerator": "cpu",
        "devices": 3,
        "num_nodes": 1,
        "strategy": "ddp",
        "precision": "bf16-mixed",
    }


def test_hardware_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lightning_fabric.Fabric", FakeFabric)
    monkeypatch.setattr(FakeFabric, "fails", True)
    with pytest.raises(InputError, match=r"^this hardware cannot be used: the driver is too old$"):
        fabric_of(Hardware("cpu"), S)


def test_fewer_gpus_than_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(InputError, match="--devices 2: this machine has 1 GPUs"):
        fabric_of(Hardware("cuda", devices=2), S)


def test_an_apple_gpu_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(InputError, match="no Apple GPU here"):
        fabric_of(Hardware("mps"), S)


def test_fabric_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    with pytest.raises(DependencyMissing, match="needs lightning-fabric"):
        fabric_of(Hardware("cpu"), S)


@pytest.mark.parametrize("there", [True, False])
def test_a_compiler_by_any_name(there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/clang++" if there and name == "clang++" else None)
    assert has_compiler() == there
