"""`emoar federated simulate`: a whole federation on one machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime
from emoar.cli.progress import bars
from emoar.errors import DataError, InputError
from emoar.files import check_writable

if TYPE_CHECKING:
    from emoar.federated.base_model import BaseModel
    from emoar.federated.plan import Plan
    from emoar.federated.simulation.faces import Simulation

__all__ = ["EPILOG", "simulate"]

_ADAM_LR: Final = 0.02  # step size of FedAdam
_PROXIMAL: Final = (0.0, 0.01)  # mu without and with FedProx

EPILOG: Final = """Examples:

  emoar federated simulate --data fer2013.parquet --model final.pt --clients 100 --partition dirichlet --alpha 0.5

  emoar federated simulate --data fer2013.parquet --model final.pt --clients 1000 --per-round 100 --epsilon 8

  emoar federated simulate --data fer2013.parquet --model final.pt --example-epsilon 8 -o simulated.pt

  emoar federated simulate --data fer2013.parquet --model final.pt --part stage --engine ray

The faces of Training are divided among the clients, the accuracy is that of PublicTest. It is honest only where the
model has not learned from faces of Training."""


def simulate(
    context: typer.Context,
    data: Annotated[Path, typer.Option("--data", help="Labelled faces: Parquet, .csv or an image folder.")],
    model: Annotated[str, typer.Option("--model", help="A checkpoint (.pt), a .tflite or a shipped model.")],
    clients: Annotated[int, typer.Option("--clients", help="Number of clients.", min=1)] = 10,
    partition: Annotated[str, typer.Option("--partition", help="iid, dirichlet, or user: by folder.")] = "iid",
    alpha: Annotated[float, typer.Option("--alpha", help="dirichlet: smaller is more heterogeneous.")] = 0.5,
    rounds: Annotated[int, typer.Option("--rounds", help="Rounds.", min=1)] = 20,
    per_round: Annotated[
        float, typer.Option("--per-round", help="Clients in a round, on average; all if not given.", show_default=False)
    ] = 0.0,
    strategy: Annotated[
        str, typer.Option("--strategy", help="fedavg, fedprox, fedadam, fedmedian, trimmed-mean or krum.")
    ] = "fedavg",
    part: Annotated[str, typer.Option("--part", help="What is trained: head, block, stage or all.")] = "head",
    engine: Annotated[
        str, typer.Option("--engine", help="local: one process; ray: one a core, by Flower's simulation runtime.")
    ] = "local",
    label_set: Annotated[str, typer.Option("--label-set", help="Whose head is trained.")] = "fer2013",
    lr: Annotated[float, typer.Option("--lr", help="Learning rate of the clients.")] = 0.1,
    epochs: Annotated[int, typer.Option("--epochs", help="Passes of a client over its faces in a round.")] = 1,
    epsilon: Annotated[
        float, typer.Option("--epsilon", help="Client-level privacy: budget; 0 is off.", show_default=False)
    ] = 0.0,
    clip: Annotated[
        float | None,
        typer.Option("--clip", help="Client-level privacy: L2 norm of an update; by the noise if not given."),
    ] = None,
    example_epsilon: Annotated[
        float, typer.Option("--example-epsilon", help="Example-level privacy: budget; 0 is off.", show_default=False)
    ] = 0.0,
    secure: Annotated[
        bool, typer.Option("--secure-aggregation", help="The server learns the sum of the updates, no single one.")
    ] = False,
    delta: Annotated[float, typer.Option("--delta", help="Probability with which epsilon may fail.")] = 1e-5,
    new_head: Annotated[bool, typer.Option("--new-head", help="Start from an untrained head.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of everything random.", min=0)] = 0,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The model as a checkpoint (.pt).", show_default=False)
    ] = None,
) -> None:
    """Simulate a federation on cached values of the layers that stay; of a head, with thousands of clients."""
    preload_runtime(verbose=is_verbose(context))
    import numpy as np

    from emoar.federated.accountant import noise_for
    from emoar.federated.partition import check_partition
    from emoar.federated.partition import partition as divide
    from emoar.federated.plan import LocalPlan, Plan, fewest_clients
    from emoar.federated.simulation import simulate as engines

    if epsilon and example_epsilon:
        raise InputError("--epsilon and --example-epsilon exclude each other: choose whom to hide")
    if not example_epsilon >= 0:
        raise InputError(f"--example-epsilon must be above 0, or 0 for none, got {example_epsilon}")
    check_partition(partition, alpha)
    if output:
        check_writable(output)
    rate = per_round / clients if per_round else 1.0
    fields: dict[str, Any] = {"part": part, "label_set": label_set, "strategy": strategy}
    plan = Plan(
        rounds,
        rate=rate,
        least_clients=fewest_clients(clients * rate, private=bool(epsilon), secure=secure),
        noise=noise_for(epsilon, delta, 1.0 if secure else rate, rounds) if epsilon else 0.0,
        clients=clients if epsilon else 0,
        delta=delta,
        secure=secure,
        server_lr=_ADAM_LR if strategy == "fedadam" else 1.0,
        local=LocalPlan(
            epochs,
            lr=lr,
            clip_norm=Plan.largest_norm if epsilon or secure else 0.0,
            proximal=_PROXIMAL[strategy == "fedprox"],
        ),
        **fields,
    )
    simulation, start, base, files = _faces(data, model, plan, quiet=is_quiet(context))
    if new_head:
        start |= {name: np.zeros_like(value) for name, value in start.items() if name.startswith("heads.")}
    plan = plan.clipped(sum(value.size for value in start.values()), clip)
    users = [Path(name).parent.as_posix() if name else "" for name in files]
    places = divide(partition, simulation.labels, clients, alpha=alpha, seed=seed, users=users)
    shown: dict[str, Any] = {} if is_quiet(context) else {"on_round": _show_round}
    result = engines.simulate(
        simulation, start, places, plan, example_epsilon=example_epsilon, seed=seed, engine=engine, **shown
    )
    typer.echo(f"{len(places)} clients, {_accuracies(result)}")
    _finish(base, result, output, data)


def _show_round(report: Any, accuracy: float) -> None:
    spent = f"  epsilon {report.epsilon:.3g}" if report.epsilon is not None else ""
    kept = f"  kept the old model: {report.kept}" if report.kept else ""
    typer.echo(f"round {report.number:3d}: {report.accepted} clients  PublicTest {accuracy:.2%}{spent}{kept}")


def _accuracies(result: Any) -> str:
    return f"PublicTest {result.accuracies[0]:.2%} before, {result.accuracies[-1]:.2%} after"


def _finish(base: Any, result: Any, output: Path | None, data: Path) -> None:
    """Prints the privacy of the result and writes it as a checkpoint."""
    from emoar.models.privacy import privacy_to_dict

    none = "none; the model may reveal who took part and what their faces are like"
    typer.echo(f"privacy: {result.privacy.describe() if result.privacy else none}")
    if output:
        privacy = privacy_to_dict(result.privacy) if result.privacy else {}
        base.with_weights(result.weights, {"privacy": privacy}).save(output)
        typer.echo(f"{output}: export it with emoar export {output} --data {data}")


def _faces(data: Path, model: str, plan: Plan, *, quiet: bool) -> tuple[Simulation, dict[str, Any], BaseModel, Any]:
    """The faces, the trained weights at the start, the model, and the files of the faces that clients hold."""
    import numpy as np

    from emoar.federated.base_model import BaseModel
    from emoar.federated.head import Head
    from emoar.federated.simulation.faces import Simulation
    from emoar.training.data.read import read_dataset
    from emoar.training.data.targets import NO_LABEL

    faces = read_dataset(data)
    base = BaseModel.open(model, faces)
    labels = base.labels(faces, plan.label_set)
    own, test = (np.flatnonzero((faces.split == split) & (labels != NO_LABEL)) for split in ("Training", "PublicTest"))
    if not len(own) or not len(test):
        raise DataError("the data needs labelled faces of Training and of PublicTest: emoar data import --split")
    if plan.part == "head":
        trained: Any = Head(plan.label_set)
        start = base.head(plan.label_set)
        with bars(quiet) as progress:
            values = base.features(faces.images, progress)
        sets = values[own], labels[own], values[test], labels[test]
    else:
        from emoar.federated.network_client import NetworkPart
        from emoar.training.networks.fold_batchnorm import fold_batchnorm

        trained = NetworkPart(fold_batchnorm(base.network), plan.part, plan.label_set)
        start = trained.weights()
        own_values, test_values = (trained.values(base.inputs(faces.images[which])) for which in (own, test))
        sets = own_values, labels[own], test_values, labels[test]
    return Simulation(trained, *sets), dict(start), base, faces.files[own]
