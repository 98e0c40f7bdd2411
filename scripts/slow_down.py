"""Slows processes down: stops and continues them in turns, so that they run for one part of `--rate` of the time.

Their ids come on stdin, a line with all of them whenever they change; the end of stdin ends it. Where it is
allowed to, it runs before all other programs, which keeps the turns exact on a busy machine. Usage:

    python scripts/slow_down.py --rate 4 [--run-ms 2] < IDS
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time


def main() -> None:
    """Reads ids until stdin ends, and then lets all of them run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, required=True, help="how many times slower, above 1")
    parser.add_argument(
        "--run-ms", type=float, default=2.0, help="how long they run in each turn; short against a frame"
    )
    arguments = parser.parse_args()
    _run_first()
    slowed: list[int] = []
    ended = threading.Event()
    threading.Thread(target=_read, args=(slowed, ended), daemon=True).start()
    while not ended.is_set():
        stopped_s = time.perf_counter()
        _send(slowed, signal.SIGSTOP)
        time.sleep((arguments.rate - 1) * arguments.run_ms / 1000)
        _send(slowed, signal.SIGCONT)
        # a late awakening lengthens both parts
        time.sleep((time.perf_counter() - stopped_s) / (arguments.rate - 1))
    _send(slowed, signal.SIGCONT)


def _run_first() -> None:
    """Where that is allowed."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    except (AttributeError, PermissionError):
        print("slow_down: other programs may delay the turns", file=sys.stderr)


def _read(slowed: list[int], ended: threading.Event) -> None:
    for line in sys.stdin:
        ids = [int(word) for word in line.split()]
        _send([gone for gone in slowed if gone not in ids], signal.SIGCONT)
        slowed[:] = ids
    ended.set()


def _send(ids: list[int], what: signal.Signals) -> None:
    for process in list(ids):
        try:
            os.kill(process, what)
        except ProcessLookupError:
            continue  # it has ended


if __name__ == "__main__":
    main()
