"""Suppression of the terminal output of converters."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Generator

__all__ = ["quiet"]


@contextlib.contextmanager
def quiet() -> Generator[None]:
    """A context that suppresses stdout, stderr, logging and warnings; exceptions are not affected.

    The file descriptors are redirected, since converters also write from C++.
    """
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    sys.stdout.flush()
    sys.stderr.flush()
    saved = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for target, copy in enumerate(saved, start=1):
            os.dup2(copy, target)
            os.close(copy)
        os.close(nowhere)
        logging.disable(before)
