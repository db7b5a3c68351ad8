"""
Whose requests have lately been costly.

Source:
    docs/sparql.md, "Who waits for whom".
"""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


class Conduct:
    """
    Counts each client's costly requests of the last minute. Thread-safe.

    Args:
        per_minute: How many there may be.

    Example:
        >>> conduct = Conduct(1)
        >>> conduct.note("127.0.0.2")
        >>> conduct.is_costly("127.0.0.2"), conduct.is_costly("127.0.0.1")
        (True, False)
    """

    def __init__(self, per_minute: int) -> None:
        self._limit = RateLimitItemPerMinute(per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._noted = -math.inf  # when a request was last counted

    def note(self, client: str) -> None:
        """Count one more; a client that is nobody is never costly."""
        if client:
            self._noted = time.monotonic()
            self._limiter.hit(self._limit, client)

    def is_costly(self, client: str) -> bool:
        """Whether there have been as many as there may be."""
        is_quiet = time.monotonic() - self._noted > self._limit.get_expiry()  # as it mostly is, for everybody
        return bool(client) and not is_quiet and not self._limiter.test(self._limit, client)
