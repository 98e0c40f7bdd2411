"""`emoar federated serve`: the server that nodes connect to."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.cli.group import is_quiet
from emoar.federated.deployment.superlink import SuperLink
from emoar.federated.deployment.supervisor import keep_serving

__all__ = ["EPILOG", "serve"]

EPILOG: Final = """Examples:

  emoar federated serve federation/ --port 9443

Public keys that are put into federation/nodes while it runs may join at once."""


def serve(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder of emoar federated keys create.", show_default=False)],
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "0.0.0.0",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.", min=1, max=65535)] = 9443,
) -> None:
    """Serve a federation over TLS until Ctrl-C; only nodes whose public key is in FOLDER/nodes may join."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # service managers end it as Ctrl-C does
    superlink = SuperLink(folder, host, port)

    def log(line: str, /) -> None:
        if not is_quiet(context):
            typer.echo(line)

    log(f"serving on {host}:{port}; start a run with emoar federated run {folder}")
    keep_serving(folder, superlink, log)
