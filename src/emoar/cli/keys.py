"""`emoar keys`: creates, lists and revokes the API keys of a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from emoar.errors import InputError
from emoar.server.http.api_keys import KeyFile
from emoar.server.settings import load_settings

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="API keys of the server: create, list, revoke.")

File = Annotated[
    Path | None, typer.Option("--file", help="The file of keys, if not EMOAR_KEYS_FILE or the user's configuration.")
]


def _file(path: Path | None) -> KeyFile:
    return KeyFile(path or load_settings().keys_file)


@app.command("create", epilog="Examples:\n\n  emoar keys create phone")
def create(name: Annotated[str, typer.Argument(help="Whose key it is.")], file: File = None) -> None:
    """Make a key and print it. It is shown this once; the file keeps its hash alone."""
    if not name.strip() or not name.isprintable() or len(name) > 80:
        raise InputError("name must be 1 to 80 letters that print")
    _, text = _file(file).create(name.strip())
    typer.echo(text)


@app.command("list", epilog="Examples:\n\n  emoar keys list")
def list_keys(file: File = None, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Id, creation time and name of every key; never the key."""
    keys = _file(file).list()
    if as_json:
        typer.echo(json.dumps([{"id": key.id, "name": key.name, "created": key.created} for key in keys], indent=2))
        return
    for key in keys:
        typer.echo(f"{key.id}  {key.created}  {key.name}")


@app.command("revoke", epilog="Examples:\n\n  emoar keys revoke phone")
def revoke(name: Annotated[str, typer.Argument(help="Id or name of the key.")], file: File = None) -> None:
    """Remove a key. A running server refuses it within two seconds, and closes its live sockets."""
    key = _file(file).revoke(name)
    typer.echo(f"revoked {key.id} ({key.name})")
