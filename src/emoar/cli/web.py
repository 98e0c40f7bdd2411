"""`emoar web`: builds the browser app as a folder of static files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emoar.cli.group import is_quiet
from emoar.web_build import build_web_app

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="The browser app, which recognises expressions on the visitor's device.")


@app.callback()
def _root() -> None:
    """The browser app, which recognises expressions on the visitor's device."""


@app.command("build", epilog="Examples:\n\n  emoar web build\n\n  emoar web build -o site/")
def build(
    context: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A new folder, for any web host; else into the package, for emoar serve."),
    ] = None,
) -> None:
    """Build the app with its models. It needs Node 20.19 or newer, and a checkout of EmoAR."""

    def log(line: str) -> None:
        if not is_quiet(context):
            typer.echo(line, err=True)

    folder = build_web_app(output, log)
    size_mb = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    typer.echo(f"{folder} ({size_mb:.0f} MB; a visitor's browser fetches what it needs)")
