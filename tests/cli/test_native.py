"""What native libraries write to stderr stays off the terminal, and comes back with -v."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from emoar.cli.native import preload_runtime, silence_native_stderr


@pytest.mark.parametrize("verbose", [False, True])
def test_native_messages(verbose: bool, capfd: pytest.CaptureFixture[str]) -> None:
    with silence_native_stderr(verbose=verbose):
        os.write(2, b"hello from C\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == ("hello from C\nafter\n" if verbose else "after\n")


def test_stderr_is_put_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), silence_native_stderr():
        raise ZeroDivisionError
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_the_runtime_is_loaded_in_silence(capfd: pytest.CaptureFixture[str]) -> None:
    preload_runtime()
    assert capfd.readouterr().err == ""


def test_warnings_of_python_code_still_arrive() -> None:
    program = """
import os, sys
from emoar.cli.native import silence_native_stderr
with silence_native_stderr():
    os.write(2, b"hello from C\\n")
    print("a warning", file=sys.stderr)
print("after", file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "a warning\nafter\n"


@pytest.mark.parametrize(("given", "threads"), [(None, "1"), ("2", "2")])
def test_one_thread_unless_the_user_has_set_their_number(given: str | None, threads: str) -> None:
    program = """
from emoar.cli import main
from emoar.cli.native import one_thread_each
one_thread_each()
import cv2
print(cv2.getNumThreads())
"""
    env = {name: value for name, value in os.environ.items() if name != "OPENCV_FOR_THREADS_NUM"}
    if given is not None:
        env["OPENCV_FOR_THREADS_NUM"] = given
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == threads
