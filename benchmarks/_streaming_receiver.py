"""The other program of the benchmark of streaming: receives LSL, OSC and VMC, and prints when values arrived."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time

WAIT_S = 30.0


def main() -> None:
    """Prints `ready`, and after a line of input the times as JSON.

    Arguments: the device's name of LSL, and the ports of bare datagrams, OSC and VMC.
    """
    device, ports = sys.argv[1], list(map(int, sys.argv[2:5]))
    arrived: dict[str, list[float]] = {"bare": [], "lsl": [], "osc": [], "vmc": []}  # by time.monotonic()
    for name, port, first in zip(("bare", "osc", "vmc"), ports, (b".", b"/emoar/faces", b"/VMC/Ext/T"), strict=True):
        threading.Thread(target=_take, args=(port, first, arrived[name]), daemon=True).start()
    stopping = threading.Event()
    reader = threading.Thread(target=_pull, args=(device, arrived["lsl"], stopping))
    reader.start()
    sys.stdin.readline()
    stopping.set()
    reader.join()
    print(json.dumps(arrived))


def _take(port: int, first: bytes, times: list[float]) -> None:
    """Notes when datagrams arrive that have this in them: one a scene."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taking:
        taking.bind(("127.0.0.1", port))
        while content := taking.recv(2048):
            arrived_s = time.monotonic()
            if first in content:
                times.append(arrived_s)


def _pull(device: str, times: list[float], stopping: threading.Event) -> None:
    import pylsl

    (info, *_) = pylsl.resolve_byprop("source_id", f"emoar-{device}-slot1", timeout=WAIT_S)
    inlet = pylsl.StreamInlet(info)
    inlet.open_stream(WAIT_S)
    print("ready", flush=True)
    while not stopping.is_set():
        sample, _ = inlet.pull_sample(0.2)
        if sample is not None:
            times.append(time.monotonic())


if __name__ == "__main__":
    main()
