"""Flower's ServerApp: the rounds of a run folder, continued where they stopped."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from flwr.app import Context
from flwr.serverapp import Grid, ServerApp

from emoar.federated.base_model import BaseModel
from emoar.federated.deployment.grid_fleet import GridFleet
from emoar.federated.deployment.processes import end_with_parent
from emoar.federated.deployment.run_folder import FederationState, RunFolder
from emoar.federated.plan import Plan
from emoar.federated.rounds import Federation, RoundReport
from emoar.federated.updates import Arrays

__all__ = ["app", "start_weights"]

_WAIT_S: Final = 1.0

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Runs the remaining rounds of the folder that the run's settings name."""
    end_with_parent()  # Flower leaves it behind, trying to reach a server that was killed
    folder = RunFolder(Path(str(context.run_config["folder"])))
    timeout_s = float(str(context.run_config["timeout-s"]))
    plan, state = folder.plan(), folder.load()
    weights = state.weights if state else start_weights(folder.model, plan)
    fleet = GridFleet(grid, folder.fingerprint(), timeout_s)
    federation = Federation(plan, weights, fleet, folder.ledger())
    if state:
        federation.done = state.done
        federation.aggregator.restore(state.moments)
    while len(fleet.clients()) < plan.least_clients:
        time.sleep(_WAIT_S)

    def save(report: RoundReport) -> None:
        folder.save(FederationState(federation.done, federation.weights, federation.aggregator.state), report)
        print(f"emoar: round {report.number} of {plan.rounds}: {report.accepted} of {report.chosen}", flush=True)

    federation.run(save)


def start_weights(model: Path, plan: Plan) -> Arrays:
    """The trained part of a model before the first round.

    Raises:
        InputError: the model has no such head.
        TrainingError: it is no checkpoint, or has no such part.
    """
    base = BaseModel.open_checkpoint(model)
    if plan.part == "head":
        return base.head(plan.label_set)
    from emoar.federated.network_client import trained_arrays
    from emoar.training.networks.fold_batchnorm import fold_batchnorm

    return trained_arrays(fold_batchnorm(base.network), plan.part, plan.label_set)
