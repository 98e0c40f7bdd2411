"""Rate limits: a token bucket for each key and each address."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

__all__ = ["RateLimiter", "network_of"]

_MAX_NAMES: Final = 10_000  # names with a bucket; the least recently used one is dropped, and later starts full again


class RateLimiter:
    """Allows each name `rate_per_s` units per second on average and `burst` at once; a rate of 0 sets no limit.

    A unit is a request, or a megapixel.

    The state is in the memory of this process.
    """

    def __init__(self, rate_per_s: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate_per_s, float(burst), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # name -> tokens, time of the last request

    def take(self, name: str, units: float = 1.0) -> int:
        """Counts a request of `name`. Returns 0 when it is allowed, else the seconds (1 or more) until it would be."""
        if self._rate <= 0:
            return 0
        now = self._clock()
        tokens, last_s = self._buckets.pop(name, (self._burst, now))
        tokens = min(self._burst, tokens + (now - last_s) * self._rate)
        units = min(units, self._burst)
        allowed = tokens >= units
        self._buckets[name] = (tokens - units if allowed else tokens, now)
        if len(self._buckets) > _MAX_NAMES:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((units - tokens) / self._rate))


def network_of(address: str) -> str:
    """The address, or the /64 network of an IPv6 address, because one customer usually has a complete /64.

    An IPv4-mapped address becomes the IPv4 address; text that is no address is returned unchanged.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
