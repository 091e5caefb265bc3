"""What is told of a commit: where the owner stands, what may be done next, and why something was refused."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from service.contracts import Command, Result, Standing
from service.domain.facts import Facts, Held, Thing, Unmet, Who
from service.domain.machine import Refused, may
from service.domain.machines import machine_for


def standing(facts: Facts, *, pending: bool) -> Standing:
    """Where the owner of the thing stands."""
    owner = facts.things.get(facts.thing.owner, facts.thing)
    rings = (d.ring_at for d in facts.duties if d.ring_at and not d.done_at and d.owner == owner.id)
    return Standing(
        owner.state,
        owner.revision,
        facts.track.stage(owner.state).kind if owner.machine == "case" and in_stage(owner, facts) else "",
        min(rings, default=None),
        pending,
        owner.ended or bool(owner.data.get("closed")),
        facts.today.year,
    )


def in_stage(case: Thing, facts: Facts) -> bool:
    """Whether a case stands in a stage of its track (and is not a draft, paused or ended)."""
    return any(stage.key == case.state for stage in facts.scheme.track(case.track or "").stages)


def allowed(facts: Facts, who: Who) -> list[str]:
    """The events that the state admits for this person; whether their guards hold is told by `actions`."""
    seen = [facts]
    if facts.thing.machine == "case" and facts.run is not None:
        seen.append(replace(facts, thing=facts.run))
    found: list[str] = []
    for at in seen:
        machine, state = machine_for(at.thing.machine, at), at.thing.state
        found += [e for e in machine.legal(state) if any(may(row, at, who) for row in machine.rows(state, e))]
    return list(dict.fromkeys(found))


def result_of(data: dict[str, Any]) -> Result:
    """A stored answer as it was given."""
    stands = data.get("standing")
    if stands and stands["next_due"]:
        stands = {**stands, "next_due": datetime.fromisoformat(stands["next_due"])}
    return Result(**{**data, "standing": Standing(**stands) if stands else None})


def result_data(result: Result) -> dict[str, Any]:
    """An answer as it is stored."""
    data = asdict(result)
    if result.standing and result.standing.next_due:
        data["standing"]["next_due"] = result.standing.next_due.isoformat()
    return data


def who_of(command: Command) -> Who:
    """The person behind a command, with the roles it was authorized with."""
    return Who(command.principal, command.name, tuple(Held(role, scope) for role, scope in command.roles))


TOLD_AT_MOST = 100
"""Of what is missing in one respect, as far as it travels through the engine."""
SAID_AT_MOST = 2_000
"""Characters."""


def as_data(refused: Refused) -> dict[str, Any]:
    """A refusal as data."""
    return {"kind": refused.kind, "rules": list(refused.rules), "unmet": [asdict(u) for u in refused.unmet]}


def as_travels(refused: Refused) -> dict[str, Any]:
    """The same as it goes through the engine, which takes no answer of any length: a batch has thousands of cases."""
    return as_data(replace(refused, unmet=tuple(_short(u) for u in refused.unmet)))


def _short(unmet: Unmet) -> Unmet:
    zh, en = (said if len(said) <= SAID_AT_MOST else f"{said[:SAID_AT_MOST]} …" for said in (unmet.zh, unmet.en))
    return replace(unmet, zh=zh, en=en, missing=unmet.missing[:TOLD_AT_MOST])
