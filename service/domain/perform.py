"""One event and all that follows from it within its owner, as a value: what a transaction has to write.

Pure like `decide`: the same facts and the same request give the same outcome, whoever runs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from service.domain.desk import Desk, Refusal, apply, close_duties
from service.domain.facts import Ask, Facts, Thing
from service.domain.machine import Move, Refused, decide
from service.domain.machines import machine_for, resolve


@dataclass(frozen=True)
class Outcome:
    """An accepted request: the row, the thing asked about as it now stands, and everything to be written."""

    move: Move
    thing: Thing
    desk: Desk
    proposes: bool = False


def perform(facts: Facts, ask: Ask, fresh: Callable[[], str]) -> Outcome | Refused:
    """Decide, and if accepted work out the whole transaction. `fresh` gives IDs for new things and duties."""
    machine, seen = resolve(facts, ask.event)
    verdict = decide(machine, seen, ask)
    if isinstance(verdict, Refused):
        return verdict
    desk = Desk(seen, fresh)
    if verdict.proposes:
        return Outcome(verdict.move, facts.thing, desk, proposes=True)
    try:
        apply(desk, machine, seen.thing, verdict.move, ask)
    except Refusal as refusal:
        return refusal.refused
    if seen.thing.id != facts.thing.id:  # a command on the case that acted on its run changes the case too
        asked = desk.thing(facts.thing.id)
        close_duties(desk, machine_for(asked.machine, desk.facts.at(asked)), asked, ask)
        if asked.id not in desk.things:
            desk.put(replace(asked, revision=asked.revision + 1))
    return Outcome(verdict.move, desk.thing(facts.thing.id), desk)
