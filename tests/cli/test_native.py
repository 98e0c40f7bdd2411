"""What native libraries write to stderr stays off the terminal, and comes back with -v."""

from __future__ import annotations

import os

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
