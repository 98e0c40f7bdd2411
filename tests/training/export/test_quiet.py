"""Nothing that a converter prints reaches the terminal, and everything is as before afterwards."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from emoar.training.export.quiet import quiet

PROGRAM = """
import logging, os, sys, warnings
from emoar.training.export.quiet import quiet
with quiet():
    print("python")
    print("python", file=sys.stderr)
    os.write(1, b"native")
    os.write(2, b"native")
    logging.getLogger("converter").error("log")
    warnings.warn("warning")
print("after")
print("after", file=sys.stderr)
"""


def test_output_of_python_and_of_native_code_is_suppressed() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("after\n", "after\n")


def test_an_error_comes_through_and_all_is_as_before(capfd: pytest.CaptureFixture[str]) -> None:
    before = logging.root.manager.disable
    with pytest.raises(ValueError, match="of the converter"), quiet():
        raise ValueError("of the converter")
    print("after")
    assert capfd.readouterr().out == "after\n"
    assert logging.root.manager.disable == before
