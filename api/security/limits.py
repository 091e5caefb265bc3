"""How often one address may act without an account: a small window in memory, for each process."""

from __future__ import annotations

import time
from collections import OrderedDict

WINDOW = 60.0
REMEMBERED = 10_000


class Limiter:
    """So many acts for each address and minute."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._seen: OrderedDict[str, list[float]] = OrderedDict()

    def admits(self, address: str) -> bool:
        """Whether this address may act once more now; counts it if so."""
        now = time.monotonic()
        recent = [t for t in self._seen.pop(address, []) if now - t < WINDOW]
        admitted = len(recent) < self.per_minute
        if admitted:
            recent.append(now)
        self._seen[address] = recent
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return admitted
