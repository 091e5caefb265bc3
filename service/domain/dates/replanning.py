"""A later official calendar: what was counted on an earlier one is planned anew, and each move is recorded (INV-33).

The alarm does this before it rings, so that nothing ever happens on a date that the calendar no longer gives. Doing
it again changes nothing: a duty keeps the version of the calendar with which it was worked out.
"""

from __future__ import annotations

from service.domain import duties
from service.domain.desk import Desk, Entry, rule_of
from service.domain.facts import SYSTEM, Duty, Facts
from service.domain.machines import machine_for

EVENT = "plan_anew"


def planned_anew(facts: Facts) -> Desk:
    """Every open duty of the owner by the present calendar; closed ones stay as they are."""
    desk = Desk(facts, _nothing_new)
    for duty in facts.duties:
        if duties.outdated(duty, facts.calendar) and duty.thing in facts.things:
            _plan(desk, duty)
    return desk


def _plan(desk: Desk, duty: Duty) -> None:
    thing = desk.thing(duty.thing)
    seen = desk.facts.at(thing)
    rule = rule_of(machine_for(thing.machine, seen), duty)
    planned = duties.planned_anew(duty, rule, seen)
    desk.put_duty(planned)
    if planned.due_on == duty.due_on or planned.due_on is None:
        return
    told = {
        "duty": duty.key,
        "from": duty.due_on.isoformat() if duty.due_on else None,
        "to": planned.due_on.isoformat(),
        "calendar": planned.calendar,
    }
    desk.entries.append(Entry(EVENT, thing.id, thing.machine, thing.state, thing.state, SYSTEM, ("INV-33",), form=told))
    if rule.says:
        desk.put(thing.with_data(**{rule.says: planned.due_on.isoformat()}))


def _nothing_new() -> str:
    raise AssertionError("planning anew makes nothing new")
