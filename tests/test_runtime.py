"""Models in memory: the contract is compared on loading, and a run gives copies."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from emoar.errors import ModelMismatch
from emoar.models.public import model_path
from emoar.runtime import NotAModel, Session

WATERMARK = Path(str(files("emoar.training.clean"))) / "watermark.tflite"
GREY = (1, 48, 48, 1)
HEADS = {"ferplus": (1, 8), "fer2013": (1, 7)}


def test_a_run_reads_the_input_and_returns_copies() -> None:
    with Session(WATERMARK, (1, 1, 48, 48), {"text": (1, 1)}) as session:
        session.input()[:] = 90
        first = session.run()["text"]
        before = first.copy()
        session.input()[:] = np.random.default_rng(0).integers(0, 256, (1, 1, 48, 48))
        second = session.run()["text"]
        np.testing.assert_array_equal(first, before)
        assert first != second
        session.input()[:] = 90
        np.testing.assert_array_equal(session.run()["text"], before)


def test_outputs_are_found_by_name_and_shape() -> None:
    with Session(model_path("emoar-s"), GREY, HEADS) as session:
        session.input()[:] = 128
        output = session.run()
    assert {name: values.shape for name, values in output.items()} == HEADS
    assert all(values.sum() == pytest.approx(1, abs=1e-3) for values in output.values())


def test_the_input_may_be_one_of_several_shapes() -> None:
    with Session(model_path("emoar-s"), [(1, 1, 48, 48), GREY], HEADS) as session:
        assert session.input_shape == GREY


@pytest.mark.parametrize(
    ("inputs", "outputs", "words"),
    [
        ((1, 64, 64, 1), HEADS, r"expected an input \(1, 64, 64, 1\) float32, it has .*\(1, 48, 48, 1\) float32"),
        ([(1, 2), (1, 3)], HEADS, r"expected an input \(1, 2\) or \(1, 3\) float32"),
        (GREY, {"custom": (1, 5)}, r"expected an output \(1, 5\) float32, it has .*\(1, 8\) float32"),
        (GREY, {"ferplus": (1, 8), "other": (1, 8)}, "ferplus, other cannot be told apart"),
    ],
)
def test_another_contract_is_refused(inputs: tuple[int, ...], outputs: dict[str, tuple[int, ...]], words: str) -> None:
    with pytest.raises(ModelMismatch, match=words):
        Session(model_path("emoar-s"), inputs, outputs)


@pytest.mark.parametrize("content", [b"", b"no model at all", b"\0\0\0\0TFL3"])
def test_a_file_that_is_no_model_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mine.tflite"
    path.write_bytes(content)
    with pytest.raises(NotAModel, match=r"mine\.tflite is not a model that LiteRT can load"):
        Session(path, GREY, HEADS)
