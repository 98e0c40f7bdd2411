"""A LiteRT model in memory: load, check the contract, run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import ModelMismatch

__all__ = ["Session"]

Shape = tuple[int, ...]


class Session:
    """One .tflite model with one input, on the CPU (XNNPACK).

    Not for several threads at once: each thread takes a session of its own.
    """

    def __init__(self, path: Path, inputs: Shape, outputs: Mapping[str, Shape], threads: int = 1) -> None:
        """Loads the model and compares it with its contract.

        Args:
            path: the .tflite file, already verified.
            inputs: the shape of the one float32 input.
            outputs: a name that the caller chooses, and the shape of the float32 output that it means. Shapes must
                differ from each other: they are how outputs are told apart.
            threads: processor threads of one run.

        Raises:
            ModelMismatch: not a model, or its tensors are not those of the contract.
        """
        # the import takes a tenth of a second: only those who run a model pay for it
        from ai_edge_litert.interpreter import Interpreter  # pyright: ignore[reportMissingTypeStubs]

        try:
            interpreter: Any = Interpreter(model_path=str(path), num_threads=threads)
            interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as exc:
            raise ModelMismatch(f"{path.name} is not a model that LiteRT can load: {exc}") from exc
        self._interpreter: Any = interpreter
        self._input = _find(path, interpreter.get_input_details(), inputs, "input")
        self._outputs = {
            name: _find(path, interpreter.get_output_details(), shape, "output") for name, shape in outputs.items()
        }

    def input(self) -> NDArray[np.float32]:
        """A view of the input tensor: write into it, drop it, then `run`."""
        return self._interpreter.tensor(self._input)()

    def run(self) -> dict[str, NDArray[np.float32]]:
        """Runs on what was written to `input()` and returns copies of the outputs, by name."""
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(index) for name, index in self._outputs.items()}

    def close(self) -> None:
        """Frees the model; the session is of no use after."""
        self._interpreter = None

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _find(path: Path, details: list[dict[str, Any]], shape: Shape, role: str) -> int:
    for detail in details:
        if tuple(int(n) for n in detail["shape"]) == shape and detail["dtype"] == np.float32:
            return int(detail["index"])
    have = ", ".join(f"{tuple(int(n) for n in d['shape'])} {np.dtype(d['dtype']).name}" for d in details)
    raise ModelMismatch(f"{path.name}: expected an {role} {shape} float32, it has {have}")
