"""pylsl, loaded when it is first needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from emoar.errors import DependencyMissing

__all__ = ["load_pylsl"]


def load_pylsl() -> Any:
    """The module.

    Raises:
        DependencyMissing: it is not installed, or finds no liblsl, which its wheels have for Windows, macOS, and Linux
            on Intel and AMD.
    """
    try:
        return import_module("pylsl")
    except ImportError as exc:
        raise DependencyMissing("LSL needs pylsl: pip install 'emoar[lsl]'") from exc
    except RuntimeError as exc:  # how pylsl reports it
        advice = "install liblsl, and name its file in PYLSL_LIB: https://github.com/sccn/liblsl/releases"
        raise DependencyMissing(f"pylsl has no liblsl for this machine: {advice}") from exc
