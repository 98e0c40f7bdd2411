"""The other program of the benchmark of streaming: receives LSL, OSC and VMC, and prints when values arrived."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from typing import Any

WAIT_S = 30.0


def main() -> None:
    """Prints `ready`, and after a line of input the times as JSON.

    Arguments: the device's name of LSL, and the ports of bare datagrams, OSC and VMC.
    """
    device, bare_port, osc_port, vmc_port = sys.argv[1], *map(int, sys.argv[2:5])
    arrived: dict[str, list[float]] = {"bare": [], "lsl": [], "osc": [], "vmc": []}  # by time.monotonic()
    threading.Thread(target=_take, args=(bare_port, arrived["bare"]), daemon=True).start()
    _listen(osc_port, "/emoar/faces", arrived["osc"])
    _listen(vmc_port, "/VMC/Ext/T", arrived["vmc"])
    stopping = threading.Event()
    reader = threading.Thread(target=_pull, args=(device, arrived["lsl"], stopping))
    reader.start()
    sys.stdin.readline()
    stopping.set()
    reader.join()
    print(json.dumps(arrived))


def _take(port: int, times: list[float]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taking:
        taking.bind(("127.0.0.1", port))
        while taking.recv(64):
            times.append(time.monotonic())


def _listen(port: int, address: str, times: list[float]) -> None:
    from pythonosc.dispatcher import Dispatcher
    from pythonosc.osc_server import OSCUDPServer

    dispatcher: Any = Dispatcher()
    dispatcher.map(address, lambda *_: times.append(time.monotonic()))
    server = OSCUDPServer(("127.0.0.1", port), dispatcher)
    threading.Thread(target=server.serve_forever, daemon=True).start()


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
