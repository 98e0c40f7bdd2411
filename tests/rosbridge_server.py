"""A small rosbridge: it checks every message against the interface definitions, and hands it on to subscribers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from ros_interfaces import INTERFACES, check_message
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

WAIT_S = 30.0


class RosbridgeServer:
    """Listens on a free port, or on `port`. `errors` has what it refused; it answers each with a status."""

    def __init__(self, port: int = 0) -> None:
        self.operations: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self._changed = threading.Condition()
        self._connections: list[ServerConnection] = []
        self._types: dict[str, str] = {}
        self._readers: dict[str, list[ServerConnection]] = {}
        self._server = serve(self._serve, "127.0.0.1", port, compression=None)
        self.port: int = self._server.socket.getsockname()[1]
        self.url = f"ros://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def published(self, topic: str) -> list[dict[str, Any]]:
        """The messages of a topic, in their order."""
        return [o["msg"] for o in list(self.operations) if o["op"] == "publish" and o["topic"] == topic]

    def wait_for(self, holds: Callable[[], bool]) -> None:
        """Waits until something holds, which is asked again after each operation."""
        with self._changed:
            assert self._changed.wait_for(holds, WAIT_S), (self.errors, [o["op"] for o in self.operations])

    def stop(self) -> None:
        """Cuts the connections, and listens no more."""
        self._server.shutdown()
        for connection in self._connections:
            connection.close()

    def _serve(self, connection: ServerConnection) -> None:
        self._connections.append(connection)
        try:
            for text in connection:
                self._receive(connection, text)
        except ConnectionClosed:
            pass
        with self._changed:
            self._changed.notify_all()

    def _receive(self, connection: ServerConnection, text: str | bytes) -> None:
        try:
            operation = json.loads(text, parse_constant=_no_number)
            self._operate(connection, operation)
        except ValueError as exc:
            self.errors.append(str(exc))
            connection.send(json.dumps({"op": "status", "level": "error", "msg": str(exc)}))
            operation = {"op": "refused"}
        with self._changed:
            self.operations.append(operation)
            self._changed.notify_all()

    def _operate(self, connection: ServerConnection, operation: dict[str, Any]) -> None:
        op, topic = operation["op"], operation["topic"]
        if op == "advertise":
            if operation["type"] not in INTERFACES or set(operation) != {"op", "topic", "type"}:
                raise ValueError(f"cannot advertise {operation}")
            self._types[topic] = operation["type"]
        elif op == "publish":
            if topic not in self._types:
                raise ValueError(f"{topic} is published without being advertised")
            check_message(self._types[topic], operation["msg"])
            for reader in self._readers.get(topic, []):
                reader.send(json.dumps({"op": "publish", "topic": topic, "msg": operation["msg"]}))
        elif op == "unadvertise":
            if self._types.pop(topic, None) is None:
                raise ValueError(f"{topic} ends without being advertised")
        elif op == "subscribe":
            self._readers.setdefault(topic, []).append(connection)
        else:
            raise ValueError(f"unknown operation {op}")


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")
