"""Flower's own command line: registers nodes, starts runs, and asks for their state."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from emoar.errors import DependencyMissing, InputError, ServerError
from emoar.files import atomic_write

__all__ = ["CONNECTION", "FlowerCommand", "answers_of", "environment"]

CONNECTION: Final = "emoar"  # its name in Flower's configuration
_REGISTER_S: Final = 10.0  # that one node may need on a busy machine
_APP: Final = {
    "pyproject.toml": """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "emoar-federation"
version = "1.0.0"
description = "EmoAR's federated training"
license = { file = "LICENSE" }
dependencies = ["flwr>=1.42"]

[tool.flwr.app]
publisher = "emoar"
fab-format-version = 1
flwr-version-target = "1.42.0"

[tool.flwr.app.components]
serverapp = "emoar_federation.server:app"
clientapp = "emoar_federation.client:app"

[tool.flwr.app.config]
folder = ""
timeout-s = 600.0
""",
    "LICENSE": "Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0\n",
    "emoar_federation/__init__.py": '"""EmoAR\'s federated training."""\n',
    "emoar_federation/server.py": "from emoar.federated.deployment.server_app import app\n\n__all__ = ['app']\n",
    "emoar_federation/client.py": "from emoar.federated.deployment.client_app import app\n\n__all__ = ['app']\n",
}


def environment(home: Path) -> dict[str, str]:
    """The environment of Flower's programs: its folder, no telemetry, and its other programs on the path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "FLWR_HOME": str(home.resolve()), "FLWR_TELEMETRY_ENABLED": "0", "PATH": path}


class FlowerCommand:
    """Flower's own command line against the SuperLink of a federation folder, on the same machine.

    Args:
        folder: of `emoar federated keys create`, in which `emoar federated serve` runs.

    Raises:
        InputError: no server has run in the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._home = folder / "flower"
        if not (self._home / "config.toml").exists():
            raise InputError(f"no server has run in {folder}: start it with emoar federated serve {folder}")

    def __call__(self, *arguments: str, timeout_s: float = 120.0) -> Any:
        """Runs a command and returns its JSON.

        Raises:
            ServerError: the server cannot be reached, or refuses.
            DependencyMissing: Flower is not installed.
        """
        command = [str(Path(sys.executable).parent / "flwr"), *arguments, "--format", "json"]
        try:
            done = subprocess.run(
                command, env=environment(self._home), capture_output=True, text=True, timeout=timeout_s
            )
        except FileNotFoundError as exc:
            raise DependencyMissing("federated learning needs flwr: pip install 'emoar[federated]'") from exc
        except subprocess.TimeoutExpired as exc:
            raise ServerError(
                f"the server did not answer within {timeout_s:.0f} s: is emoar federated serve running?"
            ) from exc
        answer = next(iter(answers_of(done.stdout)), None)
        if done.returncode or not isinstance(answer, dict) or answer.get("success") is False:
            reason = (answer or {}).get("error-message") if isinstance(answer, dict) else None
            lines = [line.strip("╭╮╰╯─│ ") for line in str(reason or done.stderr + done.stdout).splitlines()]
            last = next((line for line in reversed(lines) if line), "no answer")
            raise ServerError(f"the server refuses or cannot be reached ({last}): is emoar federated serve running?")
        return answer

    def register(self, keys: Sequence[Path]) -> tuple[dict[Path, str], dict[Path, str]]:
        """Registers nodes by their public keys, all in one process; returns the ids of those that are, and why others
        could not be.

        Raises:
            DependencyMissing: Flower is not installed.
        """
        command = [sys.executable, "-m", __name__, CONNECTION, *map(str, keys)]
        done = subprocess.run(
            command, env=environment(self._home), capture_output=True, text=True, timeout=60.0 + _REGISTER_S * len(keys)
        )
        answers = answers_of(done.stdout)
        nodes, failed = dict[Path, str](), dict[Path, str]()
        for index, key in enumerate(keys):
            answer = answers[index] if index < len(answers) else {}
            if answer.get("success"):
                nodes[key] = str(answer.get("node-id", ""))
            else:
                reason = str(answer.get("error-message") or "the server did not answer")
                failed[key] = next((line for line in reason.splitlines() if line.strip()), reason).strip()
        return nodes, failed

    def unregister(self, node: str) -> None:
        """Ends the membership of a node, by its id: it is refused from now on.

        Raises:
            ServerError: the server cannot be reached, or knows no such node.
            DependencyMissing: Flower is not installed.
        """
        self("supernode", "unregister", node, CONNECTION)

    def start(self, run_folder: Path, timeout_s: float) -> str:
        """Starts the ServerApp on a run folder; returns the id of the run.

        Raises:
            ServerError: it cannot be started.
        """
        app = self._home / "app"
        for name, content in _APP.items():
            atomic_write(app / name, content.encode())
        config = f"folder={json.dumps(str(run_folder.resolve()))} timeout-s={float(timeout_s)}"
        return str(self("run", str(app), CONNECTION, "--run-config", config)["run-id"])

    def status(self, run: str) -> str:
        """`pending`, `running`, `finished:completed`, ...; `unknown` where the server forgot the run.

        Raises:
            ServerError: the server cannot be reached.
        """
        runs = self("ls", CONNECTION)["runs"]
        return next((str(each["status"]) for each in runs if str(each["run-id"]) == run), "unknown")

    def nodes(self) -> list[dict[str, Any]]:
        """The registered nodes and whether they are online.

        Raises:
            ServerError: the server cannot be reached.
        """
        return list(self("supernode", "list", CONNECTION)["nodes"])


def answers_of(text: str) -> list[dict[str, Any]]:
    """The JSON objects that Flower printed, one after another; other lines between them are left out."""
    answers: list[dict[str, Any]] = []
    at, decoder = text.find("{"), json.JSONDecoder()
    while at >= 0:
        try:
            answer, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            answers.append(answer)
        at = text.find("{", end)
    return answers


def _register_each(connection: str, keys: Sequence[str]) -> None:
    """Calls Flower's own command for each key; it prints one JSON object each. A process each would take seconds."""
    from flwr.cli.app import typer_click_object as command

    for key in keys:
        arguments = ["supernode", "register", key, connection, "--name", Path(key).stem, "--format", "json"]
        with suppress(Exception, SystemExit):  # the answer has the reason, and the next key does not depend on it
            command.main(arguments, standalone_mode=False)


if __name__ == "__main__":
    _register_each(sys.argv[1], sys.argv[2:])
