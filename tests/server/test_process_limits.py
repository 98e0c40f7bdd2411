"""Limits that a process sets for itself."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os, resource
from emoar.server.process_limits import limit_process
before = os.nice(0)
limit_process(3, 1 << 30)
print(os.nice(0) - before, *resource.getrlimit(resource.RLIMIT_DATA), *resource.getrlimit(resource.RLIMIT_CORE))
try:
    bytearray(2 << 30)
except MemoryError:
    print("limited")
"""


def test_priority_memory_and_core_files() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    niceness, *limits = map(int, first.split())
    assert 0 < niceness <= 3  # a niceness ends at 19
    assert limits == [1 << 30, 1 << 30, 0, 0]
    assert second == "limited"
