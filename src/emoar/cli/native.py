"""Keeps the messages of native libraries off the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.resources import as_file, files

__all__ = ["preload_runtime", "silence_native_stderr"]


@contextmanager
def silence_native_stderr(*, verbose: bool = False) -> Generator[None]:
    """Sends what C code writes to file descriptor 2 nowhere: fonts, codecs and model runtimes write there.

    Nothing in Python may write to stderr meanwhile. It is for the command line only, as it affects the process as such.
    """
    if verbose:
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def preload_runtime(*, verbose: bool = False) -> None:
    """Loads a small model with stderr silenced: LiteRT writes a greeting there once in a process, with the first model.

    For commands that show their progress on stderr while they load models.
    """
    from emoar.runtime import Session

    with silence_native_stderr(verbose=verbose), as_file(files("emoar.weights").joinpath("emoar-s.tflite")) as path:
        Session(path, (1, 48, 48, 1), {}).close()
