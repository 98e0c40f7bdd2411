"""Keeps the messages of native libraries off the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.resources import as_file, files

__all__ = ["one_thread_each", "preload_runtime", "silence_native_stderr"]


def one_thread_each() -> None:
    """Keeps NumPy's matrix library and OpenCV to one thread, unless the user has set their number; call it before both.

    The matrices and crops of a face are small: more threads only wait for each other, on cores that other stages need.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")


@contextmanager
def silence_native_stderr(*, verbose: bool = False) -> Generator[None]:
    """Discards what native code (fonts, codecs, model runtimes) writes to file descriptor 2; `verbose` keeps it.

    What Python code writes to stderr, such as a warning, still arrives. For the command line only: the redirection
    affects the entire process.
    """
    if verbose:
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    python, ours = sys.stderr, os.fdopen(os.dup(kept), "w", buffering=1, errors="backslashreplace")
    try:
        os.dup2(nowhere, 2)
        if python is sys.__stderr__:  # else somebody has redirected it elsewhere
            sys.stderr = ours
        yield
    finally:
        sys.stderr = python
        ours.close()
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def preload_runtime(*, verbose: bool = False) -> None:
    """Loads a small model with stderr silenced: LiteRT prints a banner once per process, when it loads its first model.

    For commands that show progress on stderr while they load models.
    """
    from emoar.runtime import Session

    with silence_native_stderr(verbose=verbose), as_file(files("emoar.weights").joinpath("emoar-s.tflite")) as path:
        Session(path, (1, 48, 48, 1), {}).close()
