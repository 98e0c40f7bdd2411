"""How much a fresh base installation (`pip install .`) takes on disk."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Final

from benchmarks._environments import MEDIAPIPE, ROOT, installed_bytes, mediapipe_python, python_of, site_packages
from benchmarks._table import Row, print_table

INSTALLER: Final = ("pip", "setuptools", "_distutils_hack", "distutils-precedence")  # by the start of their names
LISTED: Final = 6
MB: Final = 2**20  # as du counts


def main() -> None:
    """Prints the table."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "env"
        venv.create(environment, with_pip=True)
        _install(python_of(environment))
        sizes = installed_bytes(site_packages(environment))
    ours, installer = _split_mb(sizes)
    rows = [
        Row("EmoAR and what it needs", sum(ours.values()), "MB", at_most=500),
        Row("the same in 10^6 bytes", sum(ours.values()) * MB / 1e6, "MB"),
        Row("pip and setuptools, not counted", sum(installer.values()), "MB"),
    ]
    if mediapipe_python() is not None:
        theirs, _ = _split_mb(installed_bytes(site_packages(ROOT / ".envs" / "mediapipe")))
        rows += [
            Row(f"{MEDIAPIPE} and what it needs", sum(theirs.values()), "MB"),
            Row("EmoAR over MediaPipe", sum(ours.values()) / sum(theirs.values()), ""),
        ]
    rows += [Row(f"of EmoAR's: {name}", size, "MB") for name, size in list(ours.items())[:LISTED]]
    print_table(
        "A fresh base environment", rows, ["MB are 2^20 bytes on disk, as du counts them; compiled bytecode included"]
    )


def _install(python: Path) -> None:
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*install, "-c", "constraints.txt", "."], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        told = [line for line in (done.stdout + done.stderr).splitlines() if "Error: " in line or "ERROR: " in line]
        sys.exit(f"pip install . failed: {'; '.join(line.strip() for line in told[-3:]) or 'no output'}")


def _split_mb(sizes: dict[str, int]) -> tuple[dict[str, float], dict[str, float]]:
    """Megabytes of what was asked for, and of the installer itself, largest first."""
    ours = {name: size / MB for name, size in sizes.items() if not name.startswith(INSTALLER)}
    return ours, {name: size / MB for name, size in sizes.items() if name.startswith(INSTALLER)}


if __name__ == "__main__":
    main()
