"""Programs that start others end together with them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from emoar.errors import DependencyMissing, InputError
from emoar.federated.deployment.processes import check_port, end_group, free_port, start_group

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


def test_a_program_that_others_start_ends_after_them(tmp_path: Path) -> None:
    child = (
        "import os, sys, time; from pathlib import Path\n"
        "from emoar.federated.deployment.processes import end_with_parent\n"
        "end_with_parent(); Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"
    )
    parent = (
        "import os, subprocess, sys, time; from pathlib import Path\n"
        "subprocess.Popen([sys.executable, '-c', sys.argv[2], sys.argv[1]], start_new_session=True)\n"
        "while not (Path(sys.argv[1]).exists() and Path(sys.argv[1]).read_text()): time.sleep(0.05)\n"
        "os.kill(os.getpid(), 9)"
    )
    path = tmp_path / "pid"
    subprocess.run([sys.executable, "-c", parent, str(path), child])
    end = time.monotonic() + 120
    while _lives(int(path.read_text())):
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


def test_a_port_that_another_program_has_is_one_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=rf"cannot listen on 127.0.0.1:{port} \(.+\): take another with --port"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", free_port())
    check_port("0.0.0.0", free_port())
    for host in ("no host", "x" * 300, "192.0.2.1"):
        with pytest.raises(InputError, match="cannot listen on"):
            check_port(host, free_port())
