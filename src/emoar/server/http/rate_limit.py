"""How often a key and an address may ask: a bucket of tokens each, which fills at the allowed rate."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

__all__ = ["RateLimiter", "network_of"]

_MOST: Final = 10_000  # names that are remembered; who has not asked for longest is forgotten, with a full bucket


class RateLimiter:
    """Allows `rate_per_s` in the long run and `burst` at once. In memory alone, of one process."""

    def __init__(self, rate_per_s: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate_per_s, float(burst), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # name -> tokens, when

    def take(self, name: str) -> int:
        """0 when one more request is allowed, else after how many seconds to come again."""
        if self._rate <= 0:
            return 0
        now = self._clock()
        tokens, when = self._buckets.pop(name, (self._burst, now))
        tokens = min(self._burst, tokens + (now - when) * self._rate)
        allowed = tokens >= 1
        self._buckets[name] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - tokens) / self._rate))


def network_of(address: str) -> str:
    """An address, or the /64 network of an IPv6 address, all of which one household has."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
