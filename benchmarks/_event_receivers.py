"""The other side of `benchmarks.events`: receives over the loopback, in a process of its own, and notes when.

    python -m benchmarks._event_receivers FOLDER

Prints the addresses as one line of JSON. When its input ends, it prints one line of JSON: address -> arrivals, each the
key of a scene and `time.monotonic()` when its last message is read. The key is the time of the scene's frame; for OSC
and ROS, which do not have it, its number.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

__all__ = ["main"]

_FIRST_OF_OSC: Final = b"/emoar/faces"
_FIRST_OF_ROS: Final = "/humans/faces/tracked"
_LAST_OF_ROS: Final = "/tf"
Arrivals = list[tuple[float, float]]


def main() -> None:
    """Receives until the input ends."""
    folder = Path(sys.argv[1])
    arrivals: dict[str, Arrivals] = {}
    for start in (_jsonl, _webhook, _websocket, _osc, _ros):
        found: Arrivals = []
        arrivals[start(folder, found)] = found
    print(json.dumps(list(arrivals)), flush=True)
    sys.stdin.read()
    print(json.dumps(arrivals), flush=True)


def _jsonl(folder: Path, found: Arrivals) -> str:
    pipe = folder / "events.jsonl"
    os.mkfifo(pipe)

    def read() -> None:
        with pipe.open(encoding="utf-8") as lines:
            for line in lines:
                _note(line, found)

    _start(read)
    return f"jsonl:{pipe}"


def _webhook(folder: Path, found: Arrivals) -> str:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_OPTIONS(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            _note(self.rfile.read(int(self.headers["content-length"])), found)
            self._answer()

        def _answer(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    _start(server.serve_forever)
    return f"http://127.0.0.1:{server.server_port}/hook?rate=10"


def _websocket(folder: Path, found: Arrivals) -> str:
    return f"ws://127.0.0.1:{_socket_server(lambda message: _note(message, found))}/in"


def _ros(folder: Path, found: Arrivals) -> str:
    def note(message: str | bytes) -> None:
        arrived_s = time.monotonic()
        document = json.loads(message)
        if document.get("op") == "publish" and document.get("topic") == _FIRST_OF_ROS:
            found.append((len(found), arrived_s))
        elif document.get("topic") == _LAST_OF_ROS:
            found[-1] = (found[-1][0], arrived_s)

    return f"ros://127.0.0.1:{_socket_server(note)}"


def _socket_server(note: Any) -> int:
    def receive(connection: ServerConnection) -> None:
        try:
            for message in connection:
                note(message)
        except ConnectionClosed:
            return

    server = serve(receive, "127.0.0.1", 0, compression=None)
    _start(server.serve_forever)
    return server.socket.getsockname()[1]


def _osc(folder: Path, found: Arrivals) -> str:
    place = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    place.bind(("127.0.0.1", 0))

    def read() -> None:
        while True:
            content = place.recv(1 << 16)
            if _FIRST_OF_OSC in content:
                found.append((len(found), time.monotonic()))
            elif found:
                found[-1] = (found[-1][0], time.monotonic())

    _start(read)
    return f"osc://127.0.0.1:{place.getsockname()[1]}"


def _note(text: str | bytes, found: Arrivals) -> None:
    arrived_s = time.monotonic()
    document = json.loads(text)
    if "faces" in document:
        found.append((document["time_s"], arrived_s))


def _start(run: Any) -> None:
    threading.Thread(target=run, daemon=True).start()


if __name__ == "__main__":
    main()
