"""Limits that a process sets for itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emoar.server import process_limits
from emoar.server.process_limits import memory_limit_bytes, memory_share_bytes

PROGRAM = """
import os, resource
from emoar.server.process_limits import limit_process
before = os.nice(0)
limit_process(3, 1 << 30, 1000)
print(os.nice(0) - before, *resource.getrlimit(resource.RLIMIT_DATA), *resource.getrlimit(resource.RLIMIT_CORE))
print(*resource.getrlimit(resource.RLIMIT_FSIZE))
try:
    bytearray(2 << 30)
except MemoryError:
    print("limited")
"""


def test_priority_memory_and_core_files() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    first, files, second = done.stdout.splitlines()
    niceness, *limits = map(int, first.split())
    assert 0 < niceness <= 3  # a niceness ends at 19
    assert limits == [1 << 30, 1 << 30, 0, 0]
    assert files == "1000 1000"
    assert second == "limited"


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ("0::/\n", {"memory.max": "2147483648\n"}, 2 << 30),  # version 2, in a container
        ("0::/\n", {"memory.max": "max\n"}, None),
        ("0::/a/b\n", {"a/b/memory.max": "max", "a/memory.max": "1000", "memory.max": "2000"}, 1000),
        ("5:cpu,memory:/pod\n1:name=systemd:/\n", {"memory/pod/memory.limit_in_bytes": "3000"}, 3000),
        ("5:memory:/\n", {"memory/memory.limit_in_bytes": "9223372036854771712"}, None),
        ("", {}, None),
    ],
)
def test_the_memory_of_the_control_groups(
    tmp_path: Path, groups: str, files: dict[str, str], expected: int | None
) -> None:
    (tmp_path / "cgroup").write_text(groups)
    for name, text in files.items():
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).write_text(text)
    assert memory_limit_bytes(tmp_path / "cgroup", tmp_path / "root") == expected


@pytest.mark.parametrize(("limit", "expected"), [(None, 3000), (2000, 500), (100_000, 3000)])
def test_children_share_the_memory_of_a_container(
    monkeypatch: pytest.MonkeyPatch, limit: int | None, expected: int
) -> None:
    monkeypatch.setattr(process_limits, "memory_limit_bytes", lambda: limit)
    assert memory_share_bytes(3000, processes=3) == expected
