"""Rate limits: a token bucket for each key and each address."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
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

    def take(self, *names: str, units: float = 1.0) -> int:
        """Counts a request of all `names`. Returns 0 when each allows it, else the seconds (1 or more) until all do."""
        wait_s = self.wait_s(*names, units=units)
        return max(1, math.ceil(wait_s)) if wait_s else 0

    def wait_s(self, *names: str, units: float = 1.0) -> float:
        """As `take`, but gives the exact time. A request that one of the names does not allow is counted for none."""
        if self._rate <= 0:
            return 0.0
        now = self._clock()
        tokens = {name: self._tokens(name, now) for name in names}
        units = min(units, self._burst)
        allowed = all(count >= units for count in tokens.values())
        for name, count in tokens.items():
            self._buckets[name] = (count - units if allowed else count, now)
        while len(self._buckets) > _MAX_NAMES:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (units - min(tokens.values())) / self._rate

    def _tokens(self, name: str, now: float) -> float:
        tokens, last_s = self._buckets.pop(name, (self._burst, now))
        return min(self._burst, tokens + (now - last_s) * self._rate)


@lru_cache(maxsize=1024)  # a request asks it twice
def network_of(address: str) -> str:
    """The address, or the /64 network of an IPv6 address, because one customer usually has a complete /64.

    An IPv4-mapped address becomes the IPv4 address. All text that is no address, which only a proxy can give, is one.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
