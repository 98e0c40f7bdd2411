"""Where a run computes, and the errors where that is not there."""

from __future__ import annotations

import dataclasses

import pytest

from emoar.errors import InputError
from emoar.training.recipe import Recipe

torch = pytest.importorskip("torch")

from emoar.training.hardware import Hardware, fabric_of  # noqa: E402

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
