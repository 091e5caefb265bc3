"""Dated duties: when they start, when they are due, what the alarm does for them (INV-21, INV-22, INV-33).

A date of duty is a local day; the duty is due at the end of it. Days, working days and fixed dates are never
converted into each other. A duty whose date is pending is never overdue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from service.domain.facts import Ask, Duty, Facts

if TYPE_CHECKING:
    from service.domain.calendar import Calendar
    from service.domain.effects import Effect
    from service.schemes.values import Extensions


@dataclass(frozen=True, slots=True)
class Due:
    """A date worked out for a duty: the local day (None: pending), and how the source words it.

    `tag` tells apart several duties of one key (one for each artefact); `every` rings again after that many
    calendar days for as long as the duty is open.
    """

    on: date | None
    tag: str = ""
    wording: str = ""
    every: int | None = None
    at: datetime | None = None  # an instant, for periods in clock hours; never converted into days
    unit: str = ""  # where it is not that of the rule


@dataclass(frozen=True, slots=True)
class DutyRule:
    """One kind of duty of a machine: a row of the table of duties.

    `at_due` is `overdue` (set the flag), `remind` (nobody is late) or the name of a timer event.
    `remind` are days before the due day. `extensions` says how often and by how many calendar days the date
    may move (None: without limit but with a reason). `says` is the part in which the thing itself names the day,
    for whoever looks at the thing and not at the duty. `again` gives the duties of the next period once this one has
    been served or has come due; `makes` is what the alarm brings about at the end of the due day, where
    that is more than a flag or an event of the thing itself, and `needs` what must be read for that.
    """

    key: str
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    due: Callable[[Facts], Iterable[Due]]
    rules: tuple[str, ...]
    at_due: str = "overdue"
    unit: str = "date"
    remind: tuple[int, ...] = ()
    at_start: bool = False  # rings when the day begins: an opening, not an end
    extend_by: tuple[str, ...] = ()
    extensions: Callable[[Facts], tuple[int, int] | None] | None = None
    shifts: Callable[[Facts], bool] = lambda facts: False
    closes_tag: Callable[[Ask], str] | None = None
    says: str = ""
    again: Callable[[Facts, Duty], Iterable[Due]] | None = None
    makes: Callable[[Facts, Duty], Iterable[Effect]] | None = None
    needs: str = ""

    def name(self, tag: str) -> str:
        return f"{self.key}:{tag}" if tag else self.key


def fixed(day: Callable[[Facts], date | None], wording: str = "") -> Callable[[Facts], Iterable[Due]]:
    """A date that the scheme or the thing names."""
    return lambda facts: (Due(day(facts), wording=wording),)


def calendar_days(days: Callable[[Facts], int]) -> Callable[[Facts], Iterable[Due]]:
    """So many calendar days after today, day 0 being today."""
    return lambda facts: (Due(facts.today + timedelta(days=days(facts))),)


def working_days(days: Callable[[Facts], int]) -> Callable[[Facts], Iterable[Due]]:
    """So many working days after today, day 0 being today, make-up days counted (QH-11c)."""
    return lambda facts: (Due(facts.calendar.add_working_days(facts.today, days(facts))),)


def limit(extensions: Extensions | None) -> tuple[int, int]:
    """How often a date may be moved and by how many calendar days in all of one move; (0, 0) is never."""
    return (extensions.count, extensions.max_days) if extensions else (0, 0)


def opened(rule: DutyRule, due: Due, facts: Facts, duty_id: str) -> Duty:
    """A new duty of a thing, or the one it had before taken up again with the date it had."""
    before = facts.duty(rule.name(due.tag))
    if before is not None:
        return arm(replace(before, done_at=None), rule, facts.calendar, facts.now, every=due.every)
    duty = Duty(
        id=duty_id,
        owner=facts.thing.owner,
        thing=facts.thing.id,
        key=rule.name(due.tag),
        due_on=due.on,
        first_due_on=due.on,
        wording=due.wording,
        unit=due.unit or rule.unit,
        calendar=facts.calendar.stamp(due.on),
    )
    if due.at is not None:
        return replace(duty, due_on=facts.calendar.today(due.at), due_at=due.at, ring_at=due.at)
    return arm(duty, rule, facts.calendar, facts.now, every=due.every)


def arm(duty: Duty, rule: DutyRule, calendar: Calendar, now: datetime, *, every: int | None = None) -> Duty:
    """Work out the instant of the due day and the next instant at which the alarm has something to do.

    A duty that is done, stands still or is overdue already has nothing to ring for.
    """
    if duty.due_on is None:
        again = now + timedelta(days=every) if every else None
        return replace(duty, due_at=None, ring_at=again)
    day_start = calendar.end_of_day(duty.due_on - timedelta(days=1))
    due_at = day_start if rule.at_start else calendar.end_of_day(duty.due_on)
    if duty.done_at or duty.stands_still_since or (duty.overdue and due_at <= now):
        return replace(duty, due_at=due_at, ring_at=None)
    reminders = (day_start - timedelta(days=-before) for before in sorted(rule.remind))
    return replace(duty, due_at=due_at, ring_at=next((r for r in reminders if r > now), due_at))


def moved(duty: Duty, rule: DutyRule, day: date, facts: Facts) -> Duty:
    """The same duty with another date; the first date stays on record and a flag already set stays (INV-21)."""
    first = duty.first_due_on or day
    late = duty.overdue and day < facts.today
    stamp = facts.calendar.stamp(day)
    return arm(
        replace(duty, due_on=day, first_due_on=first, overdue=late, calendar=stamp), rule, facts.calendar, facts.now
    )


def still(duty: Duty, facts: Facts) -> Duty:
    """A duty that stands still while the case is paused (INV-22)."""
    return replace(duty, stands_still_since=facts.today, ring_at=None)


def going_on(duty: Duty, rule: DutyRule, facts: Facts) -> Duty:
    """The duty goes on after a pause, later by as many calendar days as the pause lasted."""
    if duty.stands_still_since is None:
        return duty
    by = facts.today - duty.stands_still_since
    goes = replace(duty, stands_still_since=None)
    if rule.unit == "clock" and duty.due_at:
        at = duty.due_at + by
        rings = None if duty.done_at or duty.overdue else at
        return replace(goes, due_on=facts.calendar.today(at), due_at=at, ring_at=rings)
    goes = replace(goes, due_on=duty.due_on + by if duty.due_on else None)
    every = next((d.every for d in rule.due(facts) if rule.name(d.tag) == duty.key), None)
    return arm(goes, rule, facts.calendar, facts.now, every=every)
