"""A process that is closed in: what it can still do, and what it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emoar.server.sandbox.landlock import landlock_version

PROGRAM = """
import errno, sys
from pathlib import Path
from emoar.server.sandbox.sandbox import close_in
missing = close_in(readable=[Path(sys.argv[1])], writable=[Path(sys.argv[2])])
if missing:
    print(missing)
try:
    exec(sys.argv[3])
except OSError as exc:
    print('refused' if exc.errno in (errno.EPERM, errno.EACCES, errno.EXDEV) else exc)
else:
    print("done")
"""

needs_landlock = pytest.mark.skipif(not landlock_version(), reason="this kernel has no Landlock")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")


def outcome(folder: Path, action: str) -> str:
    """What comes of an action in a process that may read `folder/open` and write `folder/scratch`."""
    for name in ("open", "scratch", "secret"):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "file").write_text("content")
    command = [sys.executable, "-P", "-c", PROGRAM, str(folder / "open"), str(folder / "scratch"), action]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert done.stderr == ""
    return done.stdout.strip()


@needs_linux
@pytest.mark.parametrize(
    "action",
    [
        "import numpy, cv2; assert cv2.resize(numpy.zeros((8, 8), 'u1'), (4, 4)).sum() == 0",
        "import threading; t = threading.Thread(target=print, args=('',)); t.start(); t.join()",
        "assert open('open/file').read() == 'content'",
        "open('scratch/new', 'w').write('x')",
        "import os; os.replace('scratch/file', 'scratch/other'); os.unlink('scratch/other')",
        "open('/dev/null', 'w').write('x')",
        "import os, resource; os.urandom(8); resource.getrlimit(resource.RLIMIT_NOFILE)",
    ],
)
def test_what_the_program_needs_goes_on(tmp_path: Path, action: str) -> None:
    assert outcome(tmp_path, action) == "done"


@needs_landlock
@pytest.mark.parametrize(
    "action",
    [
        "open('secret/file')",
        "open('open/../secret/file')",
        "open('/etc/passwd')",
        "open('/proc/1/environ')",
        "import os; open(f'/proc/{os.getppid()}/environ')",
        "import os; os.listdir('/')",
        "import os; os.listdir('.')",
        "open('open/file', 'a')",
        "open('open/new', 'w')",
        "open('secret/new', 'w')",
        "open('/tmp/emoar-must-not-be-there', 'w')",
        "import os; os.mkdir('secret/folder')",
        "import os; os.unlink('secret/file')",
        "import os; os.rename('scratch/file', 'secret/stolen')",
        "import os; os.link('secret/file', 'scratch/link')",
        "import os; os.symlink('/etc/passwd', 'scratch/link'); open('scratch/link')",
        "import os; os.truncate('secret/file', 0)",
        "import threading\nfailed = []\ndef read():\n  try: open('secret/file')\n"
        "  except OSError as exc: failed.append(exc)\n"
        "t = threading.Thread(target=read); t.start(); t.join()\nraise failed[0]",
    ],
)
def test_the_file_system_is_closed(tmp_path: Path, action: str) -> None:
    assert outcome(tmp_path, action) == "refused"
    assert (tmp_path / "secret" / "file").read_text() == "content"


@needs_linux
@pytest.mark.parametrize(
    "action",
    [
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import socket; socket.create_connection(('127.0.0.1', 1))",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', ''])",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.fork()",
        "import os; os.kill(os.getppid(), 0)",
        "import os; os.chmod('secret/file', 0o777)",
        "import os; os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
        "import os, resource; resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (1, 1))",
    ],
)
def test_network_and_other_processes_are_closed(tmp_path: Path, action: str) -> None:
    assert outcome(tmp_path, action) == "refused"


def test_a_system_without_walls_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from emoar.server.sandbox import sandbox

    monkeypatch.setattr(sandbox, "close_files", lambda readable, writable: False)
    monkeypatch.setattr(sandbox, "close_system_calls", lambda: False)
    files, calls = sandbox.close_in()
    assert "Landlock" in files
    assert "seccomp" in calls


def test_the_root_is_never_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from emoar.server.sandbox import sandbox

    monkeypatch.setattr(sandbox.sys, "path", ["", "/", "relative", os.getcwd()])
    folders = sandbox._program_folders()
    assert Path("/") not in folders
    assert all(folder.is_absolute() for folder in folders)
