"""Builds the browser app, models included, from the sources in `web/`: a folder that any web server can serve."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final

from emoar import models
from emoar.errors import DependencyMissing, InputError, OutputError

__all__ = ["APP_FOLDER", "build_web_app", "copy_app", "package_app"]

APP_FOLDER: Final = Path(str(files("emoar") / "web_app"))  # what `emoar serve` serves; not committed
_SOURCES: Final = Path(__file__).resolve().parents[2] / "web"  # exists in a checkout, not in an installed package
_NODE: Final = (20, 19)
_MARK: Final = Path("models") / "manifest.json"  # identifies a folder as a built app

Log = Callable[[str], None]


def build_web_app(output: Path | None = None, log: Log = lambda _: None) -> Path:
    """Builds the app and returns its folder.

    Args:
        output: the target folder; None: inside this package, where `emoar serve` finds it. An earlier build there is
            replaced.
        log: called with a line for each step.

    Raises:
        DependencyMissing: Node is missing or too old; in an installed package, it has no built app.
        InputError: the output folder has other content than a built app.
        OutputError: the build failed, or cannot be written; the message ends with the output of Node.
        ModelMissing: a public model is not on this machine, and no source has it.
    """
    target = APP_FOLDER if output is None else output
    _check_free(target)
    if not (_SOURCES / "package.json").is_file():
        return _copied_from_package(output)
    _check_node()
    models.pull()
    if _outdated():
        log("installing what the build needs (npm ci) ...")
        _run("npm", "ci")
    log("building ...")
    _run("npm", "run", "build")
    (package_app if output is None else copy_app)(_SOURCES / "dist", target)
    return target


def copy_app(built: Path, target: Path) -> None:
    """Replaces the target folder with a built app for any web host: each file has its plain form.

    Raises:
        InputError: the target has other content than a built app.
        OutputError: it cannot be written.
    """
    with _replacing(target):
        shutil.copytree(built, target)
        for compressed in target.rglob("*.gz"):
            plain = compressed.with_suffix("")
            if not plain.exists():
                plain.write_bytes(gzip.decompress(compressed.read_bytes()))


def package_app(built: Path, target: Path) -> None:
    """Replaces the target folder with a built app for `emoar serve`, without the plain forms of the runtime.

    These are two thirds of the app; the server inflates them for a client that needs them. Raises as `copy_app`.
    """
    with _replacing(target):
        shutil.copytree(built, target, ignore=_inflatable)


def _inflatable(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(".wasm") and f"{name}.gz" in names]


@contextmanager
def _replacing(target: Path) -> Generator[None]:
    _check_free(target)
    try:
        if target.exists():
            shutil.rmtree(target)
        yield
    except OSError as exc:
        raise OutputError(f"cannot write {target}: {exc.strerror or exc}") from exc


def _check_free(target: Path) -> None:
    if target.is_file():
        raise InputError(f"{target} is a file; -o takes a folder")
    if target.is_dir() and any(target.iterdir()) and not (target / _MARK).is_file():
        raise InputError(f"{target} holds something else than a built app; name a new or an empty folder")


def _copied_from_package(output: Path | None) -> Path:
    """The folder of the app that an installed package may have, copied to `output` if that is given."""
    if not (APP_FOLDER / "index.html").is_file():
        raise DependencyMissing(
            "this installation has neither the browser app nor its sources; run this command in a checkout of EmoAR"
        )
    if output is None:
        return APP_FOLDER
    copy_app(APP_FOLDER, output)
    return output


def _check_node() -> None:
    wanted = f"the browser app is built with Node {_NODE[0]}.{_NODE[1]} or newer"
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise DependencyMissing(f"{wanted}, which is not installed; see nodejs.org")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    numbers = re.match(r"v(\d+)\.(\d+)", version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < _NODE:
        raise DependencyMissing(f"{wanted}; this is {version or 'another program'}; see nodejs.org")


def _outdated() -> bool:
    """Whether `npm ci` has to run: it never ran, or the list of packages has changed since."""
    done, wanted = _SOURCES / "node_modules" / ".package-lock.json", _SOURCES / "package-lock.json"
    return not done.is_file() or done.stat().st_mtime < wanted.stat().st_mtime


def _run(*command: str) -> None:
    environment = {**os.environ, "PYTHON_WITH_EMOAR": sys.executable}  # the build runs it to find the models
    result = subprocess.run(
        [shutil.which(command[0]) or command[0], *command[1:]],
        cwd=_SOURCES,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise OutputError(f"{' '.join(command)} failed in {_SOURCES}: {_end(result.stdout.splitlines())}")


def _end(lines: Sequence[str]) -> str:
    return " | ".join(line.strip() for line in lines[-12:] if line.strip())
