"""The browser app as an Android app: packs it into a prebuilt shell, signs it, and verifies such packages.

Needs neither Java nor an Android SDK, but `cryptography` (extra `android`). `android/` has the sources of the shell.
"""

from __future__ import annotations

from emoar.lazy import lazy_names

_EXPORTS = {
    "build": ("build_package",),
    "verification": ("Package", "verify_package"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _EXPORTS)
