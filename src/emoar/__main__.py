"""`python -m emoar` is the same as `emoar`."""

from __future__ import annotations

import sys

from emoar.cli import main

if __name__ == "__main__":
    sys.exit(main())
