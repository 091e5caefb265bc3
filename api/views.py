"""How things look from outside: a thing, its duties, its place in a list. Codes never change with the language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.asking import Reply
from api.resources import url_of
from service.contracts import Result
from service.domain.facts import Duty, Facts, Thing
from service.domain.machines import machine_for

HIDDEN = ("by", "on")


def thing_view(thing: Thing) -> dict[str, Any]:
    """A thing as lists show it."""
    return {
        "id": thing.id,
        "type": thing.machine,
        "state": thing.state,
        "revision": thing.revision,
        "ended": thing.ended,
        "parent": thing.parent,
        "case": thing.chain,
        "scheme": thing.scheme,
        "batch": thing.batch,
        "track": thing.track,
        "subject": thing.subject,
        "organization": thing.organization,
        "region": thing.region,
        "openedAt": thing.opened_at.isoformat() if thing.opened_at else None,
        "data": {k: v for k, v in thing.data.items() if k not in HIDDEN},
        "self": url_of(thing.machine, thing.id),
    }


def whole_view(facts: Facts) -> dict[str, Any]:
    """A thing with its present stage, its duties - open ones and those that were late (INV-21) - and what it waits for."""
    thing, run = facts.thing, facts.run if facts.thing.machine == "case" else None
    about = {thing.id, run.id if run else thing.id}
    duties = [d for d in facts.duties if d.thing in about and (d.done_at is None or d.overdue)]
    view = {
        **thing_view(thing),
        "duties": [duty_view(d) for d in _in_order(duties)],
        "waitingFor": waiting_for(facts),
    }
    if run is not None and run.state not in ("completed", "skipped"):
        view["stage"] = {
            "id": run.id, "key": run.data["key"], "kind": run.data["kind"], "run": run.data["run"], "state": run.state,
            "artefacts": run.data.get("artefacts", {}), "results": run.data.get("results", []),
        }  # fmt: skip
    return view


def public_view(thing: Thing) -> dict[str, Any]:
    """What anybody may read of a notice or a title."""
    shown = (
        "scope",
        "media",
        "opens",
        "closes",
        "length",
        "unit",
        "text",
        "title",
        "named_on",
        "decision_number",
        "tier",
        "valid_until",
    )
    return {
        "id": thing.id, "type": thing.machine, "state": thing.state, "subject": thing.subject, "region": thing.region,
        "data": {k: v for k, v in thing.data.items() if k in shown}, "self": url_of(thing.machine, thing.id),
    }  # fmt: skip


def duty_view(duty: Duty) -> dict[str, Any]:
    """A duty: a local date with its instant, the wording of the source and the calendar it was worked out with."""
    return {
        "key": duty.key,
        "dueOn": duty.due_on.isoformat() if duty.due_on else None,
        "dueAt": duty.due_at.isoformat() if duty.due_at else None,
        "firstDueOn": duty.first_due_on.isoformat() if duty.first_due_on else None,
        "pending": duty.due_on is None,
        "overdue": duty.overdue,
        "doneAt": duty.done_at.isoformat() if duty.done_at else None,
        "unit": duty.unit,
        "wording": duty.wording,
        "calendar": duty.calendar,
        "provisional": duty.calendar.endswith(" provisional"),
        "extensions": duty.extensions,
        "responsible": duty.person or None,
    }


def waiting_for(facts: Facts) -> list[str]:
    """Who or what the thing waits for: the slots that may act on it now, or a date."""
    if facts.thing.ended:
        return []
    seen = facts
    if facts.thing.machine == "case" and facts.run is not None:
        seen = facts.at(facts.run)
    machine = machine_for(seen.thing.machine, seen)
    state = seen.thing.state
    moving = [m for m in machine.table if state in m.source and m.to not in ("@same", state)]
    return sorted({slot for m in moving for slot in m.who} - {"system"})


def _in_order(duties: Iterable[Duty]) -> list[Duty]:
    return sorted(duties, key=lambda d: (d.due_on is None, d.due_on, d.key))


def reply_view(reply: Reply) -> dict[str, Any]:
    """The answer to a command."""
    view: dict[str, Any] = {
        "id": reply.thing,
        "type": reply.machine,
        "self": url_of(reply.machine, reply.thing),
    }
    if reply.result is not None:
        view |= result_view(reply.result)
    return {**view, **reply.more}


def result_view(result: Result) -> dict[str, Any]:
    """What a commit answered: the new state, its revision, and what may be done next."""
    standing = result.standing
    owner = {"state": standing.state, "revision": standing.revision} if standing else None
    return {"state": result.state, "revision": result.revision, "owner": owner, "allowed": result.allowed}
