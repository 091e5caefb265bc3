"""INV-16: every entry carries the hash of the one before; anybody who reads a file can recompute it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from api.cli.demo.tell import Teller
from service.records.audit import GENESIS, Line, seal

SEALED = ("seq", "at", "thing", "event", "person", "result", "hash")
Verify = Callable[[], tuple[int, int]]
"""Recomputes every chain of the installation: how many entries, and how many chains are broken."""


def sealed(file: str, entries: list[dict[str, Any]]) -> bool:
    """Whether each hash follows from the entry and the hash before it. `entries`: the whole timeline of a file."""
    last = GENESIS
    for seq, entry in enumerate(entries, 1):
        rest = {k: v for k, v in entry.items() if k not in SEALED}
        line = Line(file, entry["thing"], entry["event"], entry["person"], entry["result"], rest)
        last = seal(last, seq, datetime.fromisoformat(entry["at"]), line)
        if entry["seq"] != seq or entry["hash"] != last:
            return False
    return bool(entries)


def verified(tell: Teller, verify: Verify | None) -> None:
    """Every chain of the installation, recomputed where it lies."""
    if verify is None:
        return
    read, broken = verify()
    said = (
        f"全库审计链 {read} 条核验完毕，{broken} 条链有误",
        f"Every chain verified: {read} entries, {broken} broken chains",
    )
    tell.holds(broken == 0 and read > 0, said, broken)
