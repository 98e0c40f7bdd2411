"""Loads a LiteRT model, checks its inputs and outputs, and runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from emoar.errors import ModelMismatch

__all__ = ["NotAModel", "Session"]

Shape = tuple[int, ...]
Details = list[dict[str, Any]]


class NotAModel(ModelMismatch):
    """LiteRT cannot load the file: it is not a model."""


class Session:
    """One .tflite model with one input, on the CPU (XNNPACK).

    It is not thread-safe: each thread needs its own session.
    """

    def __init__(
        self, path: Path, inputs: Shape | Sequence[Shape], outputs: Mapping[str, Shape | None], threads: int = 1
    ) -> None:
        """Loads the model and compares it with its contract.

        Args:
            path: the .tflite file, already verified.
            inputs: the shape of the only float32 input, or several accepted shapes; `input_shape` is the actual one.
            outputs: name -> shape of each float32 output. The output of that name in the model's signature is used;
                where there is none, the only output of that shape. None is any shape: the name must be there.
            threads: processor threads of one run.

        Raises:
            NotAModel: the file is not a model.
            ModelMismatch: its tensors differ from the contract.
        """
        # the import takes 0.1 s, so it is done only when a model is loaded
        from ai_edge_litert.interpreter import Interpreter  # pyright: ignore[reportMissingTypeStubs]

        try:
            interpreter: Any = Interpreter(model_path=str(path), num_threads=threads)
            interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as exc:
            raise NotAModel(f"{path.name} is not a model that LiteRT can load: {exc}") from exc
        self._interpreter: Any = interpreter
        shapes = [inputs] if inputs and isinstance(inputs[0], int) else inputs
        tensor = _input(path, interpreter.get_input_details(), cast("Sequence[Shape]", shapes))
        self.input_shape: Shape = _shape(tensor)
        self._input = int(tensor["index"])
        details, names = interpreter.get_output_details(), _signature_outputs(interpreter)
        self._outputs = {name: _output(path, details, names, name, shape) for name, shape in outputs.items()}
        found = {int(detail["index"]): _shape(detail) for detail in details}
        self.output_shapes: Mapping[str, Shape] = {name: found[index] for name, index in self._outputs.items()}
        if len(set(self._outputs.values())) < len(self._outputs):
            raise ModelMismatch(
                f"{path.name}: {', '.join(self._outputs)} cannot be told apart: its outputs must bear these names, "
                f"they are {_words(details, names)}"
            )

    def input(self) -> NDArray[np.float32]:
        """A view of the input tensor: write into it and delete the view before `run`."""
        return self._interpreter.tensor(self._input)()

    def run(self) -> dict[str, NDArray[np.float32]]:
        """Runs the model on the values in `input()`, and returns copies of the outputs by name."""
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(index) for name, index in self._outputs.items()}

    def close(self) -> None:
        """Frees the model; the session cannot be used afterwards."""
        self._interpreter = None

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _signature_outputs(interpreter: Any) -> dict[int, str]:
    """The name of each output in the model's signature, by tensor; none where it has no signature or several."""
    if len(interpreter.get_signature_list()) != 1:
        return {}
    outputs: dict[str, dict[str, Any]] = interpreter.get_signature_runner().get_output_details()
    return {int(detail["index"]): name for name, detail in outputs.items()}


def _input(path: Path, details: Details, shapes: Sequence[Shape]) -> dict[str, Any]:
    if len(details) == 1 and _shape(details[0]) in shapes and details[0]["dtype"] == np.float32:
        return details[0]
    wanted = " or ".join(map(str, shapes))
    raise ModelMismatch(f"{path.name}: expected an input {wanted} float32, it has {_words(details, {})}")


def _output(path: Path, details: Details, names: Mapping[int, str], name: str, shape: Shape | None) -> int:
    floats = [d for d in details if d["dtype"] == np.float32 and shape in (None, _shape(d))]
    named = [detail for detail in floats if names.get(int(detail["index"])) == name]
    if shape is None and not named:
        raise ModelMismatch(f"{path.name} has no output named {name}, it has {_words(details, names)}: export it again")
    if not named and len(floats) > 1:
        raise ModelMismatch(
            f"{path.name}: {len(floats)} outputs are {shape} float32 and none is named {name}: {_words(details, names)}"
        )
    if not floats:
        wanted = f"an output {shape} float32"
        raise ModelMismatch(f"{path.name}: expected {wanted}, it has {_words(details, names)}")
    return int((named or floats)[0]["index"])


def _shape(detail: Mapping[str, Any]) -> Shape:
    return tuple(int(n) for n in detail["shape"])


def _words(details: Details, names: Mapping[int, str]) -> str:
    return ", ".join(
        f"{names.get(int(d['index']), '')} {_shape(d)} {np.dtype(d['dtype']).name}".strip() for d in details
    )
