"""Registers many nodes in one process: Flower's own command, called once for each public key.

It prints one JSON object for each key. A process for each would take seconds a node, and minutes after each restart.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

__all__ = ["register_nodes"]


def register_nodes(connection: str, keys: Sequence[str]) -> None:
    """Registers the owners of public keys at a connection of Flower's configuration."""
    from flwr.cli.app import typer_click_object as command

    for key in keys:
        arguments = ["supernode", "register", key, connection, "--name", Path(key).stem, "--format", "json"]
        with suppress(Exception, SystemExit):  # the answer has the reason, and the next key does not depend on it
            command.main(arguments, standalone_mode=False)


if __name__ == "__main__":
    register_nodes(sys.argv[1], sys.argv[2:])
