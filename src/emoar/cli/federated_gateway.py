"""`emoar federated gateway`: the browsers behind `emoar serve` take part as one node."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.cli.federated_join import keep_running
from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime

__all__ = ["EPILOG", "gateway"]

EPILOG: Final = """Examples:

  emoar federated gateway federation.example.org:9443 gateway/ --model model.pt --ca ca.crt --key gateway/key

  emoar serve --federated gateway/

The second command serves the browser app and takes the updates. Both run on one machine, each in its environment."""


def gateway(
    context: typer.Context,
    server: Annotated[str, typer.Argument(metavar="HOST:PORT", help="The federation's server.", show_default=False)],
    folder: Annotated[Path, typer.Argument(help="Shared with emoar serve --federated.", show_default=False)],
    model: Annotated[Path, typer.Option("--model", help="The checkpoint (.pt) that the federation starts from.")],
    authority: Annotated[Path, typer.Option("--ca", help="ca.crt of the server.")],
    key: Annotated[Path, typer.Option("--key", help="The private key of emoar federated keys node.")],
    features: Annotated[str, typer.Option("--features", help="The same model in the browser app.")] = "emoar-s",
    label_set: Annotated[str, typer.Option("--label-set", help="Whose head is improved.")] = "fer2013",
    at_least: Annotated[int, typer.Option("--at-least", help="Updates that become one mean.", min=2)] = 100,
    epsilon: Annotated[float, typer.Option("--epsilon", help="What one update costs a browser, of its 8.")] = 4.0,
    clip: Annotated[float, typer.Option("--clip", help="L2 norm of an update before its noise.")] = 0.5,
    port: Annotated[
        int | None,
        typer.Option("--port", help="On this machine, for its own processes; else one that is free.", min=1, max=65535),
    ] = None,
) -> None:
    """Let browsers take part until Ctrl-C: each sends a change of the head with noise; their mean is one update."""
    preload_runtime(verbose=is_verbose(context))
    from emoar.federated.deployment.browsers import noise_of_update, prepare_browsers
    from emoar.federated.deployment.supernode import SuperNode
    from emoar.federated.gateway.privacy import DELTA, EPSILON

    noise = noise_of_update(epsilon, DELTA)
    settings = prepare_browsers(folder, model, features, label_set, clip, noise, at_least)
    node = SuperNode(settings, server, authority, key, port, "browsers")
    if not is_quiet(context):
        typer.echo(f"joining {server} for browsers; log: {node.log}")
        typer.echo(
            f"an update has noise {noise:.3g} and costs epsilon {epsilon:g} of {EPSILON:g} at delta {DELTA:g}; "
            f"the mean of {at_least} has noise {noise / math.sqrt(at_least):.3g} in units of the clipping norm"
        )
    keep_running(node)
