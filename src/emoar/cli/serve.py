"""`emoar serve`: serves expressions over REST and a live socket."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.cli.group import is_quiet
from emoar.cli.send import Send
from emoar.server.settings import ENGINES, PREFIX, Settings, load_settings

__all__ = ["EPILOG", "serve"]

EPILOG: Final = """Examples:

  emoar serve                                    http://127.0.0.1:8000, for this machine alone

  emoar serve --config emoar.toml --port 9000

  curl -F file=@photo.jpg http://127.0.0.1:8000/v1/expressions

  emoar serve --send ros://robot:9090            what live sockets see goes to another program

  emoar keys create phone && emoar serve --public --tls-certificate cert.pem --tls-key key.pem

Every setting is also a variable (EMOAR_MAX_FACES) and a line of emoar.toml (max_faces = 8); --settings lists them."""


def serve(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="Settings in a TOML file.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port; 0 takes any free one.", min=0, max=65535)] = None,
    workers: Annotated[int | None, typer.Option("--workers", help="Processes with the models; 0: one a core.")] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME|FILE", help="Expression model.")] = None,
    personal: Annotated[
        Path | None, typer.Option("--personal", metavar="FILE", help="Your own labels on that model, .json.")
    ] = None,
    model_folder: Annotated[Path | None, typer.Option("--model-folder", help="Folder of the public models.")] = None,
    public: Annotated[bool, typer.Option("--public", help="Also for other machines; needs API keys and TLS.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Public without keys or TLS, behind a proxy.")] = False,
    tls_certificate: Annotated[Path | None, typer.Option("--tls-certificate", help="PEM file.")] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="PEM file.")] = None,
    engine: Annotated[
        str | None, typer.Option("--engine", help=f"{' or '.join(ENGINES)}: ray scales over machines.")
    ] = None,
    federated: Annotated[
        Path | None,
        typer.Option("--federated", metavar="FOLDER", help="Take updates of browsers: emoar federated gateway."),
    ] = None,
    send: Send = None,
    show: Annotated[bool, typer.Option("--settings", help="Print every setting and its value, and end.")] = False,
) -> None:
    """Serve expressions: pictures over HTTP, frames over a WebSocket, videos as jobs.

    Pictures live in memory for the request alone. Ctrl-C or SIGTERM finishes what is under way.
    """
    settings = load_settings(
        config,
        host=host,
        port=port,
        workers=workers,
        model=model,
        personal=personal,
        model_folder=model_folder,
        public=public or None,
        force=force or None,
        tls_certificate=tls_certificate,
        tls_key=tls_key,
        engine=engine,
        federated=federated,
        send=" ".join(send) if send else None,
        log_level="warning" if is_quiet(context) else None,
    )
    if show:
        _print(settings)
    elif settings.engine == "ray":
        from emoar.server.ray_engine import serve_with_ray

        serve_with_ray(settings)
    else:
        from emoar.server.run import serve as run

        run(settings)


def _print(settings: Settings) -> None:
    for name, value in settings:
        typer.echo(f"{PREFIX}{name.upper():<26} {'' if value is None else value}")
