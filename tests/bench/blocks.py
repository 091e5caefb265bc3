"""Blocks of work with their CPU time, and rounds in which the service and the ruler take turns."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.loads import Ruler, Service, each
from tests.bench.sides import PARTS, Side, Spent

IN_FLIGHT = 8
COMMANDS = ("urge", "submit_artefact", "complete_stage")
Do = Callable[[Any], Awaitable[Any]]


def together(blocks: Sequence[Spent]) -> Spent:
    """Several blocks as one."""
    seconds = {part: sum(b.seconds[part] for b in blocks) for part in PARTS}
    return Spent(sum(b.operations for b in blocks), seconds)


async def block(side: Side, items: Sequence[Any], *steps: Do, in_flight: int = IN_FLIGHT) -> Spent:
    """Each step with every item, a step with all of them before the next."""

    async def work() -> None:
        for step in steps:
            await each(items, step, in_flight)

    return await side.account(work(), len(items) * len(steps))


@dataclass(frozen=True)
class Round:
    """What one round cost: each kind of operation of the service, and that of the ruler beside it."""

    service: dict[str, Spent]
    ruler: dict[str, Spent]

    @property
    def command(self) -> Spent:
        """The typical command: the three kinds in equal numbers."""
        return together([self.service[kind] for kind in COMMANDS])


class Turns:
    """Takes the rounds, on cases drawn from all that are open and still stand at the beginning of their first stage."""

    def __init__(self, sides: tuple[Side, Side], service: Service, ruler: Ruler, *, size: int, seed: int) -> None:
        self.mine, self.other = sides
        self.service = service
        self.ruler = ruler
        self.size = size
        self.chance = random.Random(seed)
        self.moved: set[str] = set()

    def some(self, count: int) -> list[str]:
        unmoved = [c for c in self.service.cases if c not in self.moved]
        return self.chance.sample(unmoved, min(count, len(unmoved)))

    def others(self, count: int) -> list[str]:
        return self.chance.sample(self.ruler.cases, min(count, len(self.ruler.cases)))

    async def take(self) -> Round:
        """One round: the ruler before and after the commands, so that a drift of the machine falls on both."""
        at, n = self.service, self.size
        first = await block(self.other, self.others(n), self.ruler.step)
        walking = self.some(n // 2)
        service = {
            "urge": await block(self.mine, self.some(n), at.urge),
            "submit_artefact": await block(self.mine, walking, at.paper, at.minutes),
            "complete_stage": await block(self.mine, walking, at.complete, at.complete),
        }
        self.moved.update(walking)
        last = await block(self.other, self.others(n), self.ruler.step)
        ruler = {"step": together([first, last])}
        ruler["refusal"] = await block(self.other, self.others(n), self.ruler.refuse)
        service["refusal"] = await block(self.mine, self.some(n), at.refuse)
        ruler["read"] = await block(self.other, self.others(n), self.ruler.read, self.ruler.read)
        service["read"] = await block(self.mine, self.some(n), at.read, at.read)
        return Round(service, ruler)

    async def rounds(self, count: int) -> list[Round]:
        for side in (self.mine, self.other):
            await side.rest()
        return [await self.take() for _ in range(count)]


def middle(rounds: Sequence[Round], value: Callable[[Round], float]) -> float:
    """The median over rounds: one that was disturbed by other work on the machine does not count."""
    return median(value(r) for r in rounds)


def command_ratio(rounds: Sequence[Round]) -> float:
    return middle(rounds, lambda r: r.command.each / r.ruler["step"].each)
