"""The alarm: what falls due at an instant happens, in order of date. One that is refused holds up no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from service.domain import consequences, duties
from service.domain.desk import Desk, Entry, Refusal, apply, carry, next_period, rule_of
from service.domain.facts import THE_TIMER, Ask, Duty, Facts, Thing
from service.domain.machine import Accepted, Machine, decide
from service.domain.machines import machine_for


def ring(facts: Facts, fresh: Callable[[], str]) -> Desk:
    """What the alarm does at this instant for every duty of the owner that asks for it, in order of date."""
    desk = Desk(facts, fresh)
    waiting = sorted(
        (d for d in facts.duties if d.ring_at and d.ring_at <= facts.now and not d.done_at),
        key=lambda d: (d.ring_at or facts.now, d.key, d.id),
    )
    for duty in waiting:
        now = next(d for d in desk.facts.duties if d.id == duty.id)
        if now.done_at is None and now.ring_at == duty.ring_at:
            before = desk.copy()
            try:
                _ring_one(desk, now)
            except Refusal:  # something that must follow from it cannot: nothing of it happens, and the record says so
                desk = before
                _refused(desk, now)
    return desk


def _refused(desk: Desk, duty: Duty) -> None:
    thing = desk.thing(duty.thing)
    rule = rule_of(machine_for(thing.machine, desk.facts.at(thing)), duty)
    late = rule.at_due == "overdue"
    desk.put_duty(replace(duty, overdue=late, ring_at=None, done_at=None if late else desk.facts.now))
    desk.entries.append(_nothing_done(thing, rule))


def _ring_one(desk: Desk, duty: Duty) -> None:
    thing = desk.thing(duty.thing)
    machine = machine_for(thing.machine, desk.facts.at(thing))
    rule = rule_of(machine, duty)
    now = desk.facts.now
    if duty.due_at is None or duty.due_at > now:
        desk.entries.append(_alarm(thing, duty, "remind", rule))
        desk.put_duty(duties.arm(duty, rule, desk.facts.calendar, now))
        return
    late = rule.at_due == "overdue"
    desk.put_duty(replace(duty, overdue=late, ring_at=None, done_at=None if late else now))
    if late:
        desk.entail(thing, f"{consequences.OVERDUE}.{rule.key}")
    if rule.makes is None and not late and rule.at_due != "remind":
        _timer_event(desk, machine, thing, rule)
    else:
        desk.entries.append(_alarm(thing, duty, rule.at_due, rule))
    for effect in rule.makes(desk.facts.at(desk.thing(thing.id)), duty) if rule.makes else ():
        carry(desk, effect, THE_TIMER)
    next_period(desk, rule, duty)


def _timer_event(desk: Desk, machine: Machine, thing: Thing, rule: duties.DutyRule) -> None:
    """Carry out the timer row; when the thing has moved on meanwhile, the record says that nothing was done."""
    seen = desk.facts.at(thing)
    ask = Ask(rule.at_due, who=THE_TIMER)
    verdict = decide(machine, seen, ask)
    if isinstance(verdict, Accepted):
        apply(desk, machine, thing, verdict.move, ask)
    else:
        desk.entries.append(_nothing_done(thing, rule))


def _nothing_done(thing: Thing, rule: duties.DutyRule) -> Entry:
    here = thing.state
    return Entry(rule.at_due, thing.id, thing.machine, here, here, THE_TIMER.person, rule.rules, "refused")


def _alarm(thing: Thing, duty: Duty, said: str, rule: duties.DutyRule) -> Entry:
    form = {"duty": duty.key, "due": duty.due_on.isoformat() if duty.due_on else None}
    return Entry(said, thing.id, thing.machine, thing.state, thing.state, THE_TIMER.person, rule.rules, "alarm", form)
