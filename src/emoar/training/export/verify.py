"""Comparison of an exported file with the PyTorch network on real faces."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from emoar.training.evaluation.latency import Measured, measure
from emoar.training.evaluation.predictor_torch import TorchPredictor
from emoar.training.export.calibrated import ExportInput

__all__ = ["Comparison", "compare", "measure_network"]

Outputs = Mapping[str, NDArray[np.float32]]  # label set -> (N, labels) probabilities


@dataclass(frozen=True)
class Comparison:
    """The agreement of an export with the network."""

    difference: float  # largest absolute difference of a probability, over all faces and labels
    agreement: Mapping[str, float] = field(default_factory=dict[str, float])
    # ^ share of faces with the same top label, 0..1, by label set


def compare(reference: Outputs, outputs: Outputs) -> Comparison:
    """Compares the outputs of an export with those of the network, for the same N faces."""
    return Comparison(
        max(float(np.abs(reference[name] - outputs[name]).max()) for name in reference),
        {name: float((p.argmax(axis=1) == outputs[name].argmax(axis=1)).mean()) for name, p in reference.items()},
    )


def measure_network(source: ExportInput) -> Measured:
    """Outputs and latency of the network in PyTorch on one thread, as the reference for the exports."""
    with _one_thread():
        return measure(TorchPredictor(source.network, source.info, source.temperatures), source.checked)


@contextmanager
def _one_thread() -> Generator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
