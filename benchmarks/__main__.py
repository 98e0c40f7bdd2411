"""Runs the benchmarks, each in a process of its own, and prints which bars were missed.

    python -m benchmarks [NAME ...] [--quick]

A missed bar is printed and is no failure; the exit code is 1 only when a benchmark could not run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Final

from benchmarks._environments import ROOT

# Name, and what makes it quick: figures of a quick run are rough.
BENCHMARKS: Final[dict[str, list[str]]] = {
    "tracking": ["--turns", "5"],
    "fast_motion": ["--quick"],
    "drawing": ["--turns", "5"],
    "cold_start": ["--runs", "3"],
    "video": ["--runs", "1"],
    "memory": ["--minutes", "1"],
    "archive": ["--rounds", "1", "--videos", "4", "--short-videos", "40", "--long-seconds", "20"],
    "server": ["--seconds", "3", "--minutes", "0.5"],
    "soak": ["--minutes", "0.5"],
    "streaming": ["--seconds", "10"],
    "events": ["--seconds", "3", "--minutes", "0.5"],
    "install_size": [],
    "personalise": ["--parts", "head", "--people", "1"],
    "federated": ["--quick"],
}


def main() -> int:
    """Runs them one after another, so that none disturbs another."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all if none is given")
    parser.add_argument("--quick", action="store_true", help="fewer runs: rough figures in about two minutes")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    missed: list[str] = []
    failed: list[str] = []
    for name in arguments.names or BENCHMARKS:
        command = [sys.executable, "-m", f"benchmarks.{name}", *(BENCHMARKS[name] if arguments.quick else [])]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            printed = ""
            for line in process.stdout:
                print(line, end="", flush=True)
                printed += line
        if process.returncode:
            failed.append(name)
        elif "MISSED" in printed:
            missed.append(name)
    print(f"Bars MISSED in: {', '.join(missed)}" if missed else "No bar was missed.")
    if failed:
        print(f"Could not run: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
