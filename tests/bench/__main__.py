"""`python -m tests.bench`: measure, print the table, write `var/bench.json`. `--quick` tries everything out small.

CPU time of the processes (user and system, from /proc) is what is compared: rates on a shared machine say little.
The service and the ruler run side by side, each with a Temporal server of its own with the same settings, the same
worker and HTTP server options, under the same client, in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import quantiles

from rich.console import Console

from tests.bench import big_batch, figures, histories, ten_years
from tests.bench.blocks import IN_FLIGHT, Round, Turns, command_ratio, middle, together
from tests.bench.figures import Figure
from tests.bench.life import LEGS, STAGES, Lives, ruler_leg
from tests.bench.loads import Ruler, Service, each, found, this_year
from tests.bench.sides import PARTS, Side, Spent, running_ruler, running_service

SEED = 20240222
BEGINNING = datetime.fromisoformat("2024-02-22T09:00:00+08:00")
MANY_IN_FLIGHT = 50


@dataclass(frozen=True)
class Plan:
    """How much is measured. `few` and `many` are the numbers of open cases that are compared."""

    few: int = 300
    many: int = 3_000
    rounds: int = 4
    size: int = 60
    latencies: int = 1_000
    lives: int = 16


QUICK = Plan(few=60, many=180, rounds=1, size=30, latencies=100, lives=2)


class Bench:
    """One run. Figures are collected on the way."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self.plan = plan
        self.console = console
        self.figures: list[Figure] = []

    def note(self, name: str, value: float, unit: str, note: str = "", aim: float | None = None) -> None:
        self.figures.append(Figure(name, round(value, 4), unit, aim, note))

    @property
    def blocks(self) -> dict[str, Callable[[Path], Awaitable[None]]]:
        """Each by its name, in this order, on an installation of its own."""
        return {
            "commands": self._real_clock,
            "lifecycle": self._lifecycle,
            "big_batch": self._big_batch,
            "ten_years": self._ten_years,
        }

    async def run(self, only: str | None = None) -> None:
        for name, block in self.blocks.items():
            if only in (None, name):
                with tempfile.TemporaryDirectory(prefix="shifan-bench-") as home:
                    await block(Path(home))

    async def _ten_years(self, home: Path) -> None:
        with self.console.status("ten years of one programme"):
            self.figures += await ten_years.figures(home, quick=self.plan is QUICK)

    async def _real_clock(self, home: Path) -> None:
        """Commands, refusals, reads, growth and latency: on the real clock, with its timers, as in production."""
        plan = self.plan
        scheme = await found(home, counties=plan.many)
        async with running_service(home) as mine, running_ruler(home / "ruler") as other:
            service, ruler = Service(mine.http, scheme, home), Ruler(other.http)
            await service.open_batch(f"{this_year()}-01-01", f"{this_year() + 1}-12-31")
            with self.console.status(f"opening {plan.few} cases on each side"):
                await each(range(plan.few), ruler.open, IN_FLIGHT)
                await each(range(plan.few), service.open, IN_FLIGHT)
            turns = Turns((mine, other), service, ruler, size=plan.size, seed=SEED)
            with self.console.status(f"rounds at {plan.few} open cases"):
                few = await turns.rounds(plan.rounds)
            self._costs(few)
            await self._events_of_commands(mine, other, turns)
            before = (mine.memory(), mine.bytes_on_disk())
            with self.console.status(f"opening {plan.many - plan.few} more cases"):
                await each(range(plan.many - plan.few), service.open, IN_FLIGHT)
            with self.console.status(f"{MANY_IN_FLIGHT} commands in flight"):
                await self._latency(turns)
            self._space(before, mine)
            with self.console.status(f"rounds at {plan.many} open cases"):
                many = await turns.rounds(plan.rounds)
            self._growth(few, many)

    def _costs(self, rounds: list[Round]) -> None:
        ratio = command_ratio(rounds)
        self.note("command_cpu_ratio", ratio, "x", "an accepted command beside an update of the ruler", 1.5)
        for kind in ("urge", "submit_artefact", "complete_stage"):
            alone = middle(rounds, partial(_kind_ratio, kind))
            self.note(f"{kind}_cpu_ratio", alone, "x", f"the same for `{kind}` alone")
        value = middle(rounds, lambda r: r.service["refusal"].each / r.ruler["refusal"].each)
        note = "a refusal with its audit entry beside an update that its validator rejects"
        self.note("refusal_cpu_ratio", value, "x", note, 1.2)
        value = middle(rounds, lambda r: r.service["read"].each / r.ruler["read"].each)
        self.note("status_read_over_query", value, "x", "GET of a case beside a Temporal query", 1 / 3)
        self._by_part("command_cpu", together([r.command for r in rounds]))
        self._by_part("baseline_command_cpu", together([r.ruler["step"] for r in rounds]))
        self._by_part("refusal_cpu", together([r.service["refusal"] for r in rounds]))
        self._by_part("baseline_refusal_cpu", together([r.ruler["refusal"] for r in rounds]))
        self._by_part("status_read_cpu", together([r.service["read"] for r in rounds]))
        self._by_part("baseline_query_cpu", together([r.ruler["read"] for r in rounds]))

    def _by_part(self, name: str, spent: Spent) -> None:
        by_part = ", ".join(f"{part} {spent.part(part):.2f}" for part in PARTS)
        self.note(name, spent.each, "ms", f"{spent.operations} operations: {by_part}")

    async def _events_of_commands(self, mine: Side, other: Side, turns: Turns) -> None:
        """Events are counted on one quiet case before and after a command."""
        client, case = await histories.client_of(mine), turns.some(1)[0]
        turns.moved.add(case)
        counts = [await histories.events(client, f"case:{case}")]
        at = turns.service
        for do in (at.urge, at.paper, at.minutes, at.complete):
            await do(case)
            counts.append(await histories.events(client, f"case:{case}"))
        by_hand, moving = counts[1] - counts[0], counts[4] - counts[3]
        why = "the marker is the answer of the commit; a refusal leaves none"
        self.note("history_events_per_command", by_hand.total(), "events", f"{histories.told(by_hand)}: {why}")
        why = "the alarm is set anew when another duty falls due first"
        self.note("history_events_per_stage", moving.total(), "events", f"{histories.told(moving)}: {why}")
        client, one = await histories.client_of(other), turns.others(1)[0]
        before = await histories.events(client, f"case:{one}")
        await turns.ruler.step(one)
        step: Counter[str] = await histories.events(client, f"case:{one}") - before
        self.note("baseline_history_events_per_command", step.total(), "events", histories.told(step))

    async def _latency(self, turns: Turns) -> None:
        """Right after the opening, on cases by chance among all that are open."""
        for name, do, some in (("", turns.service.urge, turns.some), ("baseline_", turns.ruler.step, turns.others)):
            took: list[float] = []
            while len(took) < self.plan.latencies:
                took += await each(some(self.plan.latencies - len(took)), do, MANY_IN_FLIGHT)
            cuts = quantiles(took, n=100)
            for percent in (50, 95, 99):
                aim = 2.0 if (percent, name) == (99, "") else None
                said = f"{len(took)} commands, {MANY_IN_FLIGHT} in flight" if percent == 50 else ""
                self.note(f"{name}p{percent}_at_50_s", cuts[percent - 1], "s", said, aim)

    def _space(self, before: tuple[int, dict[str, int]], mine: Side) -> None:
        thousands = (self.plan.many - self.plan.few) / 1000
        memory, on_disk = mine.memory(), mine.bytes_on_disk()
        self.note(
            "memory_per_1000_mb", (memory - before[0]) / thousands / 1e6, "MB", "RSS of all three, per 1,000 open"
        )
        for store, name in (("SQL", "sql"), ("Temporal", "temporal")):
            value = (on_disk[store] - before[1][store]) / thousands / 1e6
            self.note(f"{name}_per_1000_mb", value, "MB", f"{store} file with its log, per 1,000 open cases")

    def _growth(self, few: list[Round], many: list[Round]) -> None:
        """The ruler does not grow, so what it costs then and now is what the machine itself has drifted."""
        note = f"a command at {self.plan.many} open over one at {self.plan.few}, each beside the ruler of its time"
        self.note("growth_3000_over_300", command_ratio(many) / command_ratio(few), "x", note, 1.1)
        drift = middle(many, lambda r: r.ruler["step"].each) / middle(few, lambda r: r.ruler["step"].each)
        self.note("machine_drift", drift, "x", "the ruler then over the ruler before: noise of the machine")
        reads = [middle(rounds, lambda r: r.service["read"].each / r.ruler["read"].each) for rounds in (many, few)]
        self.note("read_growth_3000_over_300", reads[0] / reads[1], "x", "the same for a status read")

    async def _lifecycle(self, home: Path) -> None:
        """On the movable clock, as it has to run: a notice stands open for five working days."""
        count = self.plan.lives
        scheme = await found(home, counties=count, moves_from=BEGINNING)
        async with running_service(home) as mine, running_ruler(home / "ruler") as other:
            service, ruler = Service(mine.http, scheme, home), Ruler(other.http, stages=STAGES)
            await service.open_batch("2024-02-22", "2024-12-31")
            begun = service.commands
            lives = Lives(service, IN_FLIGHT)
            spent: dict[str, list[Spent]] = {"service": [], "ruler": []}
            for side in (mine, other):
                await side.rest()
            for leg, (what, _) in enumerate(LEGS):
                with self.console.status(f"{count} lifecycles, {what}"):
                    spent["ruler"].append(await other.account(ruler_leg(ruler, leg, count, IN_FLIGHT), count))
                    spent["service"].append(await mine.account(lives.leg(leg, count), count))
            self._lives(spent, (service.commands - begun) / count)
            counted = await histories.by_machine(await histories.client_of(mine))
        parts = {machine: sum(found) / count for machine, found in counted.items() if machine != "batch"}
        said = ", ".join(f"{machine} {events:.0f}" for machine, events in sorted(parts.items()))
        self.note("history_events_per_lifecycle", sum(parts.values()), "events", f"by workflow: {said}")

    async def _big_batch(self, home: Path) -> None:
        """On the movable clock: few in one batch, then many in one."""
        with self.console.status("") as status:
            few, many = [
                await big_batch.measure(home / f"{n}", n, status.update) for n in (self.plan.few, self.plan.many)
            ]
        self.figures += big_batch.compared(few, many)

    def _lives(self, spent: dict[str, list[Spent]], commands: float) -> None:
        mine, other = (sum(s.each for s in spent[name]) for name in ("service", "ruler"))
        note = (
            f"from opening to the name, {commands:.1f} commands beside {STAGES + 1} calls of the ruler: the programme asks for "
            "each paper, three evaluations, a survey, a notice and a decision, so their number bounds it"
        )
        self.note("lifecycle_cpu_ratio", mine / other, "x", note, 1.1)
        per_command = (mine / commands) / (other / (STAGES + 1))
        self.note("lifecycle_cpu_ratio_per_command", per_command, "x", "the same for one command of it")
        self.note("lifecycle_cpu", mine, "ms", "CPU of one lifecycle, follow-ups and alarms included")
        self.note("baseline_lifecycle_cpu", other, "ms", "CPU of one lifecycle of the ruler")


def _kind_ratio(kind: str, one: Round) -> float:
    return one.service[kind].each / one.ruler["step"].each


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, to try it out: figures are rough")
    parser.add_argument("--only", choices=list(Bench(QUICK, Console()).blocks), help="this block alone")
    parser.add_argument("--output", type=Path, default=Path("var/bench.json"), help="where the figures are written")
    asked = parser.parse_args()
    console = Console()
    bench = Bench(QUICK if asked.quick else Plan(), console)
    asyncio.run(bench.run(asked.only))
    figures.show(console, bench.figures)
    figures.write(asked.output, bench.figures)


main()
