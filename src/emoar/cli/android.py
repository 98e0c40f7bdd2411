"""`emoar android`: packs the browser app for Android phones, and verifies such packages."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from emoar.cli.group import is_quiet
from emoar.errors import DependencyMissing

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="The browser app as an Android app: build, verify.")

_PERMISSION = "android.permission."


@app.callback()
def _root() -> None:
    """The browser app as an Android app."""


@app.command(
    "build", epilog="Examples:\n\n  emoar android build\n\n  emoar android build -o emoar.apk --key my-key.pem"
)
def build(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help="The APK file.")] = Path("emoar.apk"),
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            help="A private key (PEM, curve P-256) in place of yours, which is made once in your configuration folder.",
        ),
    ] = None,
    web: Annotated[
        Path | None,
        typer.Option("--web", help="The folder of a built browser app, if not the one of `emoar web build`."),
    ] = None,
) -> None:
    """Pack the built browser app and its models into a signed APK file. It needs neither Java nor an Android SDK."""
    with _cryptography():
        from emoar.android.build import build_package
        from emoar.android.signing_key import own_key, read_key
    from emoar.web_build import APP_FOLDER

    signing_key, path = (read_key(key), key) if key else own_key()
    build_package(output, signing_key, web or APP_FOLDER)
    typer.echo(f"{output} ({output.stat().st_size / 1e6:.1f} MB)")
    if not is_quiet(context):
        typer.echo(f"signed with {path}: keep it, an update needs the same key", err=True)


@app.command("verify", epilog="Examples:\n\n  emoar android verify emoar.apk")
def verify(
    file: Annotated[Path, typer.Argument(help="An APK file of emoar android build.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Verify both signatures, and print what the package asks Android for."""
    with _cryptography():
        from emoar.android.verification import verify_package

    package = verify_package(file)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(package), indent=2))
        return
    permissions = [name.removeprefix(_PERMISSION) for name in package.permissions]
    network = "asks for the network" if "INTERNET" in permissions else "no INTERNET: Android gives it no network"
    typer.echo(f"package      {package.name} {package.version} (version code {package.version_code})")
    typer.echo(f"Android      API {package.min_sdk} and later, made for {package.target_sdk}")
    typer.echo(f"permissions  {', '.join(permissions) or 'none'} ({network})")
    typer.echo(f"signatures   {' and '.join(package.schemes)}, valid")
    typer.echo(f"certificate  SHA-256 {package.certificate_sha256}")


@contextmanager
def _cryptography() -> Generator[None]:
    try:
        yield
    except ImportError as exc:
        raise DependencyMissing("Android packages are signed with cryptography: pip install 'emoar[android]'") from exc
