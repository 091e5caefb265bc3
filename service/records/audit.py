"""The audit chain: every change and every refusal, each entry sealed with the hash of the one before (INV-16).

One chain for each file. Written in the transaction of the change; nothing is ever updated or deleted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.records.rows import AUDIT, CHAIN, THING

GENESIS = "0" * 64
_HEAD = select(CHAIN).where(CHAIN.c.id == bindparam("chain")).with_for_update()
_ADVANCE = update(CHAIN).where(CHAIN.c.id == bindparam("chain"))


@dataclass(frozen=True, slots=True)
class Line:
    """One entry before it is sealed. `rest` is what belongs to it besides: states, rules, form, roles."""

    chain: str
    thing: str
    event: str
    person: str
    result: str
    rest: Mapping[str, Any]


def seal(before: str, seq: int, at: datetime, line: Line) -> str:
    """The hash of an entry over the hash before it, as SHA-256 in hex."""
    content = {
        "chain": line.chain, "seq": seq, "at": at.astimezone(UTC).isoformat(), "thing": line.thing,
        "event": line.event, "person": line.person, "result": line.result, "entry": line.rest,
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((before + text).encode()).hexdigest()


async def append(db: AsyncConnection, at: datetime, lines: Iterable[Line]) -> None:
    """Add entries to their chains. The head of each chain is locked first, in order, so that none forks."""
    by_chain: dict[str, list[Line]] = {}
    for line in lines:
        by_chain.setdefault(line.chain, []).append(line)
    rows = []
    for chain in sorted(by_chain):
        head = (await db.execute(_HEAD, {"chain": chain})).one_or_none()
        seq, last = (head.seq, head.hash) if head else (0, GENESIS)
        for line in by_chain[chain]:
            seq += 1
            last = seal(last, seq, at, line)
            rows.append(
                {
                    "chain": chain,
                    "seq": seq,
                    "at": at,
                    "thing": line.thing,
                    "event": line.event,
                    "person": line.person,
                    "result": line.result,
                    "entry": line.rest,
                    "hash": last,
                }
            )
        if head:
            await db.execute(_ADVANCE, {"chain": chain, "seq": seq, "hash": last})
        else:
            await db.execute(insert(CHAIN), {"id": chain, "seq": seq, "hash": last})
    if rows:
        await db.execute(insert(AUDIT), rows)


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a chain does not verify, and why."""

    chain: str
    seq: int
    why: str


async def verify(db: AsyncConnection, chain: str | None = None) -> AsyncIterator[tuple[str, int, Broken | None]]:
    """Recompute every chain (or one): its ID, the number of its entries, and the first fault if there is one."""
    heads = select(CHAIN).order_by(CHAIN.c.id)
    if chain is not None:
        heads = heads.where(CHAIN.c.id == chain)
    known = {row.id: (row.seq, row.hash) for row in await db.execute(heads)}
    # What exists was written by somebody: a file that is gone as a whole is missed by the things that stand in it.
    written = union(select(AUDIT.c.chain), select(THING.c.chain))
    names = known.keys() | set((await db.execute(written)).scalars())
    for name in sorted(names if chain is None else names & {chain}):
        seq, last, broken = 0, GENESIS, None
        for row in await db.execute(select(AUDIT).where(AUDIT.c.chain == name).order_by(AUDIT.c.seq)):
            seq += 1
            line = Line(row.chain, row.thing, row.event, row.person, row.result, row.entry)
            if row.seq != seq:
                broken = Broken(name, seq, f"entry {seq} is missing")
            elif seal(last, seq, row.at, line) != row.hash:
                broken = Broken(name, seq, f"entry {seq} was changed")
            if broken:
                break
            last = row.hash
        if broken is None and known.get(name) != (seq, last):
            broken = Broken(name, seq, "the end of the chain is missing")
        yield name, seq, broken
