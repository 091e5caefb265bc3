"""One batch with everybody in it: opened, scored, ranked, announced, noticed, named. What does one case of it cost?

The programme is `tests/programmes/one_big_batch`: three stages, a list ordered by the self-check, a notice for all by
that list, one decision. What a case costs must not depend on how many others stand beside it. The ruler takes steps
before, between and after the phases, so that a drift of the machine is no growth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from sqlalchemy import func, select

from service.records.rows import FOLLOW_UP, THING
from service.schemes.loader import read_folder
from tests.bench import histories, meter
from tests.bench.blocks import IN_FLIGHT
from tests.bench.figures import Figure
from tests.bench.loads import Ruler, Service, Unexpected, each, found
from tests.bench.sides import PARTS, Spent, running_ruler, running_service
from workflows.worker import CACHED

SCHEME = read_folder(Path(__file__).parents[1] / "programmes" / "one_big_batch")
ITEMS = [i.code for i in SCHEME.indicator_system.indicators]
BEGINNING = datetime.fromisoformat("2024-02-22T09:00:00+08:00")
OPENS, CLOSES, NOTICE_OVER = "2024-02-22", "2024-12-31", "2024-03-06T09:00:00+08:00"
LOOK_EVERY = 0.2
ANSWER_WITHIN = 3_600.0
"""Seconds: the clock passes a midnight at which thousands of notices end before it answers."""
SWEEP_EVERY = 15.0
"""Seconds, as in production. A sweep each second would wake thousands that only wait for their turn."""
STEPS = 240
"""Of the ruler, between two phases."""


@dataclass
class BigBatch:
    """The way of one batch with so many cases."""

    service: Service
    count: int
    cases: list[str] = field(default_factory=list)
    listed: str = ""

    @property
    def phases(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """In this order."""
        return {"opened": self.opened, "scored": self.scored, "ranked": self.ranked, "announced": self.announced,
                "noticed": self.noticed, "named": self.named}  # fmt: skip

    async def opened(self) -> None:
        """Every county opens its case and enrols."""
        await each(range(self.count), self._open, IN_FLIGHT)

    async def _open(self, number: int) -> None:
        at = self.service
        case = await at.create("county", "cases", at.batch, track="county", jurisdiction=f"c{number}")
        await at.act("county", "cases", case, "enroll")
        self.cases.append(case)

    async def scored(self) -> None:
        """Each rates itself, some alike, and ends its self-check."""
        await each(enumerate(self.cases), self._score, IN_FLIGHT)

    async def _score(self, one: tuple[int, str]) -> None:
        number, case = one
        given = {item: str((number // 21**n) % 21) for n, item in enumerate(ITEMS)}
        await self.service.call("county", "PUT", f"/cases/{case}/scores", {"scores": given})
        await self.service.act("county", "cases", case, "complete_stage")

    async def ranked(self) -> None:
        """One list takes up everybody, by the points; equals are drawn; somebody else approves."""
        at = self.service
        self.listed = await at.create("chief", "candidate-lists", at.batch, purpose="candidates", track="county")
        await at.act("chief", "candidate-lists", self.listed, "rank_list", {"cases": self.cases})
        await at.act("second", "candidate-lists", self.listed, "approve_list")

    async def announced(self) -> None:
        """The list is published: a notice opens for every case."""
        await self.service.act("chief", "candidate-lists", self.listed, "publish_list")
        await self._settled(public_notice="open")

    async def noticed(self) -> None:
        """The clock moves on: all notices end at the same midnight, clear, and each case stands in naming."""
        await self.service.call("chief", "POST", "/clock/advance", {"to": NOTICE_OVER})
        await self._settled(case="naming")

    async def named(self) -> None:
        """One decision names everybody: the cases end, the titles are founded."""
        at = self.service
        await at.look("chief", "batches", at.batch)
        await at.act("chief", "batches", at.batch, "close_window_early", {"text": "申报已齐"}, 202)
        await at.act("second", "batches", at.batch, "close_window_early", {"text": "申报已齐"})
        decision = await at.create("chief", "naming-decisions", at.batch, named=self.cases)
        await at.act("chief", "naming-decisions", decision, "propose_decision")
        await at.act("second", "naming-decisions", decision, "approve_decision")
        document = {"issuer": "省委依法治省办", "number": "1", "date": "2024-03-06"}
        await at.act("chief", "naming-decisions", decision, "issue_decision", document)
        await self._settled(case="named", designation="active")

    async def _settled(self, **stands: str) -> None:
        """Until no follow-up waits; then all of that kind stand there. Read in the file, so that no side is charged."""
        waiting = select(func.count()).select_from(FOLLOW_UP).where(FOLLOW_UP.c.done_at.is_(None))
        while await asyncio.to_thread(self._found, waiting):  # noqa: ASYNC110 - told by the file of other processes
            await asyncio.sleep(LOOK_EVERY)
        for machine, state in stands.items():
            there = select(func.count()).select_from(THING).where(THING.c.machine == machine, THING.c.state == state)
            if (count := self._found(there)) != self.count:
                raise Unexpected(f"{count} of {self.count} stand in {machine} {state}")

    def _found(self, query: Any) -> int:
        with self.service.record.connect() as db:
            return int(db.execute(query).scalar_one())


@dataclass(frozen=True)
class Measured:
    """What a batch of so many cost: each phase, a step of the ruler over the same time, memory by part, longest histories."""

    count: int
    spent: Mapping[str, Spent]
    ruler: float
    memory: Mapping[str, int]
    longest: Mapping[str, int]

    def steps(self, phases: Iterable[str], parts: Iterable[str] = PARTS) -> float:
        """CPU of these parts for one case in these phases, in steps of the ruler."""
        return sum(self.spent[phase].part(part) for phase in phases for part in parts) / self.ruler


async def measure(home: Path, count: int, tell: Callable[[str], None]) -> Measured:
    """A batch of so many on an installation of its own, with three processes as in production."""
    scheme = await found(home, counties=count, moves_from=BEGINNING, programme=SCHEME)
    spent: dict[str, Spent] = {}
    async with running_service(home, SWEEP_EVERY) as mine, running_ruler(home / "ruler") as other:
        mine.http.timeout = ANSWER_WITHIN
        service, ruler = Service(mine.http, scheme, home), Ruler(other.http)
        await service.open_batch(OPENS, CLOSES)
        await each(range(STEPS // 2), ruler.open, IN_FLIGHT)
        for side in (mine, other):
            await side.rest()

        async def step() -> float:
            steps = [c for c in ruler.cases for _ in range(STEPS // len(ruler.cases))]
            return (await other.account(each(steps[::2] + steps[1::2], ruler.step, IN_FLIGHT), len(steps))).each

        beside = [await step()]
        for name, do in BigBatch(service, count).phases.items():
            tell(f"{count} cases in one batch: {name}")
            spent[name] = await mine.account(do(), count)
            beside.append(await step())
        memory = {part: meter.memory_bytes(getattr(mine, part).pid) for part in PARTS}
        longest = await histories.longest(await histories.client_of(mine))
    return Measured(count, spent, fmean(beside), memory, longest)


def compared(few: Measured, many: Measured) -> list[Figure]:
    """What a case costs among many over what it costs among few."""
    rows = [Figure("big_batch_growth", _growth(few, many, many.spent), "x", 1.1,
                   f"CPU of a case from opening to title, {many.count} over {few.count} in one batch, beside the ruler")]  # fmt: skip
    for part in PARTS:
        at = ", ".join(f"{sum(s.part(part) for s in m.spent.values()):.0f} ms at {m.count}" for m in (few, many))
        rows.append(Figure(f"big_batch_{part}_growth", _growth(few, many, many.spent, (part,)), "x", None,
                           f"of that, the {part} alone: {at}"))  # fmt: skip
    for name in many.spent:
        at = ", ".join(f"{m.spent[name].each:.1f} ms at {m.count}" for m in (few, many))
        rows.append(
            Figure(f"big_batch_{name}_growth", _growth(few, many, (name,)), "x", None, f"this phase alone: {at}")
        )
    told = ", ".join(f"{machine} {events}" for machine, events in sorted(many.longest.items()))
    longest = max(many.longest.values())
    rows.append(Figure("big_batch_longest_history", longest, "events", 2_000, f"by workflow: {told}"))
    for part in PARTS:
        was = f"{few.memory[part] / 1e6:.0f} MB at {few.count}"
        why = f"; up to {CACHED} open workflows stay in it" if part == "worker" else ""
        rows.append(Figure(f"big_batch_{part}_mb", many.memory[part] / 1e6, "MB", None, f"RSS at the end; {was}{why}"))
    return rows


def _growth(few: Measured, many: Measured, phases: Iterable[str], parts: Iterable[str] = PARTS) -> float:
    return many.steps(phases, parts) / few.steps(phases, parts)
