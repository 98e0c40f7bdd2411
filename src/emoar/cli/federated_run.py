"""`emoar federated run`: the rounds of a plan, on the server's machine."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime
from emoar.errors import InputError

__all__ = ["EPILOG", "run"]

EPILOG: Final = """Examples:

  emoar federated run federation/ --model model.pt -o runs/first --rounds 20 --least-clients 5

  emoar federated run federation/ --model model.pt -o runs/private --clients 100 --per-round 50 --epsilon 8

  emoar federated run federation/ --model model.pt -o runs/masked --secure-aggregation --clients 100 --epsilon 8

Stopped or killed, the same command continues after the last round."""
_LEAST_PRIVATE: Final = 2  # clients below which client-level privacy hides nobody


def run(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder of emoar federated serve.", show_default=False)],
    model: Annotated[Path, typer.Option("--model", help="The checkpoint (.pt) that the nodes have, too.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of this run.")],
    rounds: Annotated[int, typer.Option("--rounds", help="Rounds.", min=1)] = 20,
    part: Annotated[str, typer.Option("--part", help="What is trained: head, block, stage or all.")] = "head",
    label_set: Annotated[str, typer.Option("--label-set", help="Whose head is trained.")] = "fer2013",
    strategy: Annotated[
        str, typer.Option("--strategy", help="fedavg, fedprox, fedadam, fedmedian, trimmed-mean or krum.")
    ] = "fedavg",
    least_clients: Annotated[
        int,
        typer.Option(
            "--least-clients",
            help="Fewer updates keep the old model; 2, with secure aggregation 3, of private ones two thirds.",
            show_default=False,
        ),
    ] = 0,
    secure: Annotated[
        bool, typer.Option("--secure-aggregation", help="The server learns the sum of the updates, no single one.")
    ] = False,
    clients: Annotated[
        int, typer.Option("--clients", help="With --epsilon or --per-round: clients in all.", show_default=False)
    ] = 0,
    per_round: Annotated[
        float, typer.Option("--per-round", help="Clients in a round, on average; all if not given.", show_default=False)
    ] = 0.0,
    epsilon: Annotated[
        float, typer.Option("--epsilon", help="Client-level privacy: budget; 0 is off.", show_default=False)
    ] = 0.0,
    delta: Annotated[float, typer.Option("--delta", help="Probability with which epsilon may fail.")] = 1e-5,
    clip: Annotated[
        float | None,
        typer.Option("--clip", help="Client-level privacy: L2 norm of an update; by the noise if not given."),
    ] = None,
    lr: Annotated[float, typer.Option("--lr", help="Learning rate of the clients.")] = 0.1,
    epochs: Annotated[int, typer.Option("--epochs", help="Passes of a client over its faces in a round.", min=1)] = 1,
    timeout_s: Annotated[
        float, typer.Option("--timeout", help="Seconds that a round waits for updates.", min=1)
    ] = 600.0,
) -> None:
    """Run a federation to its last round; the server may restart meanwhile."""
    preload_runtime(verbose=is_verbose(context))
    from emoar.federated.accountant import noise_for
    from emoar.federated.deployment.flower_command import FlowerCommand
    from emoar.federated.deployment.run_folder import RunFolder
    from emoar.federated.deployment.server_app import start_weights
    from emoar.federated.deployment.supervisor import supervise_run
    from emoar.federated.plan import LocalPlan, Plan, fewest_clients

    if (per_round or epsilon) and clients < _LEAST_PRIVATE:
        raise InputError("--epsilon and --per-round need --clients: how many there are in all")
    if not math.isfinite(timeout_s):
        raise InputError("--timeout takes seconds, such as 604800 for a week")
    rate = min(1.0, per_round / clients) if per_round else 1.0
    fields: dict[str, Any] = {"part": part, "label_set": label_set, "strategy": strategy}
    plan = Plan(
        rounds,
        rate=rate,
        least_clients=least_clients
        or fewest_clients(clients * rate, private=bool(epsilon), secure=secure, otherwise=2),
        noise=noise_for(epsilon, delta, 1.0 if secure else rate, rounds) if epsilon else 0.0,
        clients=clients if epsilon else 0,
        delta=delta,
        secure=secure,
        server_lr=0.02 if strategy == "fedadam" else 1.0,
        local=LocalPlan(
            epochs,
            lr=lr,
            clip_norm=Plan.largest_norm if epsilon or secure else 0.0,
            proximal=0.01 if strategy == "fedprox" else 0.0,
        ),
        **fields,
    )
    flower, runs = FlowerCommand(folder), RunFolder(output)
    start = start_weights(model, plan)  # raises where the server would end with each try
    plan = plan.clipped(sum(value.size for value in start.values()), clip)
    runs.create(plan, model, epsilon)
    supervise_run(runs, flower, timeout_s, lambda line: None if is_quiet(context) else typer.echo(line))
    typer.echo(_finish(runs))


def _finish(runs: Any) -> str:
    """Writes the result of a run; returns what to print about it."""
    from emoar.federated.accountant import ACCOUNTANT
    from emoar.federated.base_model import BaseModel
    from emoar.models.privacy import Privacy, privacy_to_dict

    state, ledger, plan = runs.load(), runs.ledger(), runs.plan()
    base = BaseModel.open_checkpoint(runs.model)
    if plan.part != "head":
        from emoar.training.networks.fold_batchnorm import fold_batchnorm

        fold_batchnorm(base.network)
    spent = ledger.state().spent() if ledger is not None else 0.0
    privacy: dict[str, Any] = {}
    words = "none at the server; nodes may have trained with noise of their own choice"
    if spent:
        made = Privacy("client", spent, plan.delta, ACCOUNTANT)
        privacy, words = privacy_to_dict(made), made.describe()
    path = base.with_weights(state.weights, {"privacy": privacy}).save(runs.path / "final.pt")
    return f"{path}: the model after {state.done} rounds\nprivacy: {words}"
