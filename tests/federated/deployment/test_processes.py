"""Programs that start others end together with them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from emoar.errors import DependencyMissing
from emoar.federated.deployment.processes import end_group, start_group

CODE = "import subprocess, sys, time; p = subprocess.Popen(['sleep', '600']); print(p.pid, flush=True); time.sleep(600)"


def test_the_child_of_a_program_ends_with_it(tmp_path: Path) -> None:
    process = start_group([sys.executable, "-c", CODE], os.environ, tmp_path / "log")
    end = time.monotonic() + 120
    while not (tmp_path / "log").read_text().strip():
        assert time.monotonic() < end
        time.sleep(0.05)
    child = int((tmp_path / "log").read_text())
    end_group(process)
    assert process.poll() is not None
    while _lives(child):
        assert time.monotonic() < end
        time.sleep(0.05)
    end_group(process)  # a second time is harmless


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_program_ends_when_who_started_it_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from emoar.federated.deployment.processes import start_group\n"
        "process = start_group(['sleep', '600'], os.environ, Path(sys.argv[1])); print(process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "log")], capture_output=True, text=True)
    end = time.monotonic() + 120
    while _lives(int(done.stdout)):
        assert time.monotonic() < end
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_missing_program_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DependencyMissing, match=r"emoar\[federated\]"):
        start_group(["no-such-program"], os.environ, tmp_path / "log")
