"""The whole table of the player: what carries every machine on, first come first served for each thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from api.cli.simulate import entering, judging, leaving, plans, stages, titles
from api.cli.simulate.batches import Round
from api.cli.simulate.step import Item, Step
from api.cli.simulate.world import GROUND, World
from service.domain.facts import Thing


def batches_due(w: World, _: Thing) -> Iterable[Round]:
    """The batches that nobody has planned yet."""
    planned = {b.data["number"] for b in w.of("batch")}
    return (one for one in w.rounds if one.number not in planned)


def batch_day(w: World, _: Thing, one: Item) -> date:
    opens: date = one.opens
    return max(opens, w.today)


def batch(_: World, __: Thing, one: Item) -> Mapping[str, Any]:
    form = {"number": one.number, "naming_year": one.naming_year, "opens": one.opens.isoformat()}
    return {**form, **({"closes": one.closes.isoformat()} if one.closes else {})}


STEPS = (
    Step(GROUND, "published", "plan_batch", batch, on=batch_day, each=batches_due, makes="batch", call="make"),
    *entering.STEPS,
    *leaving.STEPS,
    *stages.STEPS,
    *judging.STEPS,
    *plans.STEPS,
    *titles.STEPS,
)


def by_machine() -> Mapping[str, tuple[Step, ...]]:
    """The rows of each machine, in their order."""
    found: dict[str, list[Step]] = {}
    for step in STEPS:
        found.setdefault(step.machine, []).append(step)
    return {machine: tuple(rows) for machine, rows in found.items()}
