"""Prints what roslibpy receives from a rosbridge, a line a message; a program of its own.

Usage: roslibpy_reader.py PORT TOPIC=TYPE...; it prints `ready` when it has subscribed.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

import roslibpy


def main() -> None:
    """Prints until standard input ends."""
    ros = roslibpy.Ros("127.0.0.1", int(sys.argv[1]), transport="asyncio")
    ros.run(30)
    lock = threading.Lock()

    def subscribe(name: str, kind: str) -> None:
        def receive(message: Any) -> None:
            with lock:
                print(json.dumps([name, message]), flush=True)

        roslibpy.Topic(ros, name, kind).subscribe(receive)

    for topic in sys.argv[2:]:
        subscribe(*topic.split("="))
    print("ready", flush=True)
    sys.stdin.read()
    ros.close()


if __name__ == "__main__":
    main()
