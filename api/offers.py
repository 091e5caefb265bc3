"""What `actions` tells: every event of a thing, and everything that may be created on it, for one caller.

The same verdict as that of a command, without a form: what looks at the form is left open until one is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.problems import rules_of
from api.resources import RESOURCES
from service.domain.desk import newborn
from service.domain.facts import BLANK, Ask, Facts, Who
from service.domain.machine import Machine, Move, Refused, decide
from service.domain.machines import machine_for
from service.records.facts import with_needs

Offer = dict[str, Any]
NEWBORN = "new"


def events(facts: Facts, who: Who) -> list[Offer]:
    """Every event of a thing, those of the present run of a case among them."""
    seen = [facts]
    if facts.thing.machine == "case" and facts.run is not None:
        seen.append(replace(facts, thing=facts.run))
    found: dict[str, Offer] = {}
    for at in seen:
        machine = machine_for(at.thing.machine, at)
        for event, rows in machine.events.items():
            if event not in found and not _by_itself(rows):
                found[event] = _offer(machine, at, event, rows, who)
    return list(found.values())


async def creations(db: AsyncConnection, facts: Facts, who: Who) -> list[Offer]:
    """What may be created on a thing: the resource and the event, and whether by this caller now."""
    found: list[Offer] = []
    for resource in RESOURCES:
        if facts.thing.machine not in resource.under:
            continue
        for event in resource.created_by:
            at = _unborn(resource.machine, facts, who)
            machine = machine_for(resource.machine, at)
            rows = machine.events[event]
            if not _by_itself(rows):
                offer = _offer(machine, await with_needs(db, at, event), event, rows, who)
                found.append({"resource": resource.name, "address": f"/api/v1/{resource.name}", **offer})
    return found


def _unborn(machine: str, facts: Facts, who: Who) -> Facts:
    """The facts about something that is to be created here. A case lies where its form says: in a region of the caller."""
    thing = newborn(machine, NEWBORN, facts.thing, 0, {})
    if machine == "case":
        thing = replace(thing, region=next(_regions_within(thing.region, who), thing.region), chain=thing.id)
    return replace(facts, thing=thing, things={**facts.things, thing.id: thing})


def _regions_within(region: str, who: Who) -> Iterator[str]:
    for held in who.roles:
        kind, _, own = held.scope.partition(":")
        if kind == "region" and own.startswith(f"{region}/"):
            yield own


def _by_itself(rows: tuple[Move, ...]) -> bool:
    """Whether only the service does it."""
    return all(row.who in (("system",), ("timer",)) for row in rows)


def _offer(machine: Machine, facts: Facts, event: str, rows: tuple[Move, ...], who: Who) -> Offer:
    """One event. The form is judged only when it is sent, so its parts are just named."""
    verdict = decide(machine, facts, Ask(event, BLANK, who))
    row = verdict.move if not isinstance(verdict, Refused) else rows[0]
    unmet = verdict.unmet if isinstance(verdict, Refused) else ()
    listed: Offer = {
        "event": event, "title": {"zh": row.zh, "en": row.en}, "kind": row.kind, "persons": row.persons,
        "allowed": not unmet, "rules": list(row.rules),
        "form": [part.described(facts) for part in row.form.parts],
    }  # fmt: skip
    if unmet:
        listed["unmet"] = [
            {"code": u.code, "zh": u.zh, "en": u.en, "missing": list(u.missing), "rules": rules_of(asdict(u))}
            for u in unmet
        ]
    return listed
