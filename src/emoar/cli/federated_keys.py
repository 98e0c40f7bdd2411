"""`emoar federated keys`: the certificates of a federation and the keys of its nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emoar.federated.deployment.certificates import create_authority, create_node_key

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Certificates of a federation, and keys of its nodes.")


@app.command(
    "create",
    epilog="Examples:\n\n  emoar federated keys create federation/ --host federation.example.org --host 10.0.0.5",
)
def create(
    folder: Annotated[Path, typer.Argument(help="Folder of the server.", show_default=False)],
    host: Annotated[list[str], typer.Option("--host", help="Name or address by which nodes reach it.")],
    days: Annotated[int, typer.Option("--days", help="Validity of the certificates.", min=1)] = 365,
) -> None:
    """Make the authority and the certificate of the server. Nodes need a copy of ca.crt; *.key stay here."""
    create_authority(folder, host, days)
    typer.echo(f"{folder / 'ca.crt'}: give a copy to each node; put their public keys into {folder / 'nodes'}")


@app.command("node", epilog="Examples:\n\n  emoar federated keys node anna/key")
def node(path: Annotated[Path, typer.Argument(help="File of the private key.", show_default=False)]) -> None:
    """Make the key pair of a node, on the node. Only the .pub file leaves it."""
    public = create_node_key(path)
    typer.echo(f"{public}: send this file to whoever runs the server")
