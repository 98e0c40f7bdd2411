"""Flower's strategies behind the check of every update: what they get is known to be finite and of the right shapes."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing, InputError
from emoar.federated.plan import Plan
from emoar.federated.updates import Arrays, Update, add

__all__ = ["Aggregator"]

# name -> the strategy of `flwr.serverapp.strategy` with the settings of a plan
_BUILD: Final[Mapping[str, Callable[[Any, Plan], Any]]] = {
    "fedavg": lambda flower, _plan: flower.FedAvg(),
    "fedprox": lambda flower, plan: flower.FedProx(proximal_mu=plan.local.proximal),
    "fedadam": lambda flower, plan: flower.FedAdam(eta=plan.server_lr),
    "fedmedian": lambda flower, _plan: flower.FedMedian(),
    "trimmed-mean": lambda flower, plan: flower.FedTrimmedAvg(beta=plan.trim),
    "krum": lambda flower, plan: flower.Krum(num_malicious_nodes=plan.malicious),
}
_MOMENTS: Final = ("m_t", "v_t")  # of fedadam


class Aggregator:
    """Combines the updates of a round by the strategy of a plan.

    Raises:
        DependencyMissing: Flower is not installed.
    """

    def __init__(self, plan: Plan) -> None:
        os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")  # nothing is sent to anyone but the clients
        try:
            from flwr.app import Array, ArrayRecord, MetricRecord, RecordDict
            from flwr.serverapp import strategy as flower
        except ImportError as exc:
            raise DependencyMissing(
                "federated learning needs flwr: make federated, or pip install 'emoar[federated]'"
            ) from exc
        logging.getLogger("flwr").setLevel(logging.ERROR)
        self._plan = plan
        self._array, self._arrays = Array, ArrayRecord
        self._metrics, self._records = MetricRecord, RecordDict
        self._strategy: Any = _BUILD[plan.strategy](flower, plan)

    def aggregate(self, number: int, weights: Arrays, updates: Sequence[Update]) -> Arrays:
        """The weights after a round.

        Args:
            number: of the round, from 1.
            weights: of the round.
            updates: at least one, all checked.

        Raises:
            InputError: the strategy cannot use so few updates.
        """
        self._strategy.current_arrays = {name: np.asarray(value) for name, value in weights.items()}
        try:
            arrays, _ = self._strategy.aggregate_train(number, [self._reply(weights, update) for update in updates])
        except Exception as exc:  # Flower raises what NumPy raises; the round must not end the federation
            reason = next(iter(str(exc).splitlines()), type(exc).__name__)
            raise InputError(f"{self._plan.strategy} cannot combine {len(updates)} updates ({reason})") from exc
        step = np.float32(1.0 if self._plan.strategy == "fedadam" else self._plan.server_lr)
        return {name: (old + step * (_float32(arrays[name]) - old)).astype(np.float32) for name, old in weights.items()}

    @property
    def state(self) -> dict[str, Arrays]:
        """The moments of fedadam, for a checkpoint; empty for others and before the first round."""
        moments = {name: getattr(self._strategy, name, None) for name in _MOMENTS}
        return {name: values for name, values in moments.items() if values}

    def restore(self, state: Mapping[str, Arrays]) -> None:
        """Continues with the `state` of a checkpoint."""
        for name in _MOMENTS:
            if name in state:
                setattr(self._strategy, name, dict(state[name]))

    def _reply(self, weights: Arrays, update: Update) -> Any:
        arrays = self._arrays({name: self._array(value) for name, value in add(weights, update.delta).items()})
        records = self._records({"arrays": arrays, "metrics": self._metrics({"num-examples": update.examples})})
        return _Message(records)


def _float32(array: Any) -> NDArray[np.float32]:
    return np.asarray(array.numpy(), np.float32)


@dataclass(frozen=True)
class _Message:
    """What strategies use of a message; one of Flower's own exists within a run only."""

    content: Any

    def has_error(self) -> bool:
        return False
