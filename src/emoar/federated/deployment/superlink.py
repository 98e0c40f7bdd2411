"""The server: Flower's SuperLink with TLS and node authentication, kept running.

The SuperLink keeps its state in memory: with SQLite it lost updates under load. What has to survive is in run folders.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from emoar.errors import InputError
from emoar.federated.deployment.certificates import AUTHORITY, SERVER_CERTIFICATE, SERVER_KEY, check_certificate
from emoar.federated.deployment.flower_command import CONNECTION, environment
from emoar.federated.deployment.processes import check_port, end_group, free_port, start_group
from emoar.files import atomic_write

__all__ = ["SuperLink"]


class SuperLink:
    """The SuperLink and the process in front of it, as child processes, with TLS and node authentication.

    Args:
        folder: of `emoar federated keys create`, with certificates and, in `nodes`, public keys.
        host: to listen on for nodes.
        port: to listen on for nodes.

    Raises:
        InputError: a certificate is missing, has expired, or is not valid yet, or the port is in use.
    """

    def __init__(self, folder: Path, host: str, port: int) -> None:
        if not (folder / SERVER_CERTIFICATE).exists():
            raise InputError(f"{folder} holds no certificate: make it with emoar federated keys create {folder}")
        for name in (AUTHORITY, SERVER_CERTIFICATE):
            check_certificate(folder / name)
        check_port(host, port)
        self._folder, self._host, self._port = folder, host, port
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Starts the processes; they know no node then.

        Raises:
            DependencyMissing: Flower is not installed.
        """
        inner, home = free_port(), self._folder / "flower"
        certificate = json.dumps(str((self._folder / AUTHORITY).resolve()))
        atomic_write(
            home / "config.toml",
            f'[superlink]\ndefault = "{CONNECTION}"\n\n[superlink.{CONNECTION}]\n'
            f'address = "127.0.0.1:{inner}"\nroot-certificates = {certificate}\n'.encode(),
        )
        superlink = [
            *(str(Path(sys.executable).parent / "flower-superlink"), "--host", "127.0.0.1", "--port", str(inner)),
            *("--ssl-ca-certfile", str(self._folder / AUTHORITY)),
            *("--ssl-certfile", str(self._folder / SERVER_CERTIFICATE)),
            *("--ssl-keyfile", str(self._folder / SERVER_KEY)),
            *("--enable-supernode-auth", "--disable-runtime-dependency-installation"),
        ]
        module = "emoar.federated.deployment.front"
        front = [sys.executable, "-m", module, str(self._folder), self._host, str(self._port), str(inner)]
        for name, command in (("superlink", superlink), ("front", front)):
            self._processes.append(start_group(command, environment(home), home / f"{name}.log"))

    @property
    def running(self) -> bool:
        """Whether both processes live."""
        return bool(self._processes) and all(process.poll() is None for process in self._processes)

    def stop(self) -> None:
        """Ends the processes and those that they started."""
        for process in self._processes:
            end_group(process)
        self._processes = []

    def __enter__(self) -> SuperLink:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
