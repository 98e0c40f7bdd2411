"""What a browser may spend in all; `web/src/federated/privacy.ts` has the same numbers and refuses past them."""

from __future__ import annotations

from typing import Final

__all__ = ["DELTA", "EPSILON"]

EPSILON: Final = 8.0  # of one browser, for the whole of its faces, over all of its updates
DELTA: Final = 1e-5  # the probability with which this bound may fail
