"""`emoar federated join`: this device takes part with its own faces."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime
from emoar.errors import InputError

if TYPE_CHECKING:
    from emoar.federated.deployment.supernode import SuperNode

__all__ = ["EPILOG", "join", "keep_running"]

EPILOG: Final = """Examples:

  emoar federated join federation.example.org:9443 --data me.parquet --model model.pt --ca ca.crt --key k

  emoar federated join federation.example.org:9443 --data me.parquet --model model.pt --ca ca.crt --key k --epsilon 8

With --epsilon, DP-SGD hides each single face, and the ledger beside the key refuses past the budget."""


def join(
    context: typer.Context,
    server: Annotated[str, typer.Argument(metavar="HOST:PORT", help="The server.", show_default=False)],
    data: Annotated[Path, typer.Option("--data", help="Labelled faces of this device: Parquet, .csv or a folder.")],
    model: Annotated[Path, typer.Option("--model", help="The checkpoint (.pt) that the federation starts from.")],
    authority: Annotated[Path, typer.Option("--ca", help="ca.crt of the server.")],
    key: Annotated[Path, typer.Option("--key", help="The private key of emoar federated keys node.")],
    label_set: Annotated[str, typer.Option("--label-set", help="Of the labels.")] = "fer2013",
    epsilon: Annotated[
        float, typer.Option("--epsilon", help="Budget for each face over all runs; 0 trains without noise.")
    ] = 0.0,
    delta: Annotated[float, typer.Option("--delta", help="Probability with which epsilon may fail.")] = 1e-5,
    secure: Annotated[
        bool,
        typer.Option("--secure-aggregation", help="Send masked updates only: the server sees none of this node's."),
    ] = False,
    nodes: Annotated[
        Path | None,
        typer.Option("--nodes", help="Public keys (.pub) of the only nodes that may be in a sum with this one."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", help="On this machine, for its own processes; else one that is free.", min=1, max=65535),
    ] = None,
) -> None:
    """Join a federation with the faces of this device until Ctrl-C; faces never leave it."""
    preload_runtime(verbose=is_verbose(context))
    from emoar.federated.deployment.supernode import SETTINGS, SuperNode, concerns, prepare
    from emoar.training.data.read import read_dataset

    if nodes is not None and not secure:
        raise InputError("--nodes is for --secure-aggregation: without it, the server sees the update anyway")
    folder = key.parent / f"{key.name}-node"
    node = SuperNode(folder / SETTINGS, server, authority, key, port)
    faces = read_dataset(data)
    prepare(faces, model, folder, label_set, epsilon, delta, secure=secure, key=key, nodes=nodes)
    for line in concerns(faces, label_set):
        typer.echo(f"note: {line}", err=True)
    if not is_quiet(context):
        protection = f"each face is hidden by epsilon {epsilon:g}" if epsilon else "updates have no noise"
        typer.echo(f"joining {server}; {protection}; log: {node.log}")
    keep_running(node)


def keep_running(node: SuperNode) -> None:
    """Runs a node until Ctrl-C or SIGTERM, and starts it again whenever it ends."""
    from emoar.federated.deployment.supervisor import keep_joined

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # service managers end it as Ctrl-C does
    keep_joined(node, lambda line: typer.echo(line, err=True))
