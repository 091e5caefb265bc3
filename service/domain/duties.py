"""Dated duties: when they start, when they are due, what the alarm does for them (INV-21, INV-22, INV-33).

A date of duty is a local day; the duty is due at the end of it. Days, working days and fixed dates are never
converted into each other. A duty whose date is pending is never overdue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from service.domain.dates.calendar import Counted
from service.domain.facts import Ask, Duty, Facts

if TYPE_CHECKING:
    from service.domain.dates.calendar import Calendar, OffDay
    from service.domain.effects import Effect
    from service.schemes.values import Extensions


WORKING_DAYS = "working_days"


@dataclass(frozen=True, slots=True)
class Due:
    """A date worked out for a duty: the local day (None: pending), and how the source words it.

    `tag` tells apart several duties of one key (one for each artefact, one for each period), `person` is who answers.
    """

    on: date | None
    tag: str = ""
    wording: str = ""
    at: datetime | None = None  # an instant, for periods in clock hours; never converted into days
    unit: str = ""  # where it is not that of the rule
    counted: Counted | None = None  # how the date rests on the official calendar, where it does
    person: str = ""


@dataclass(frozen=True, slots=True)
class DutyRule:
    """One kind of duty of a machine: a row of the table of duties.

    `at_due` is `overdue` (set the flag), `remind` (nobody is late) or the name of a timer event.
    `remind` are days before the due day. `extensions` says how often and by how many calendar days the date
    may move (None: without limit but with a reason). `says` is the part in which the thing itself names the day,
    for whoever looks at the thing and not at the duty. `again` gives the duties of the next period once this one has
    been served or has come due; `makes` is what the alarm brings about at the end of the due day, where
    that is more than a flag or an event of the thing itself, and `needs` what must be read for that. `closes_tag`
    says which duty of the key an event closes (an empty tag: all of them). By the events of `with_time` a duty is
    taken up again with time to do it, should its old date be past.
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
    closes_tag: Callable[[Facts, Ask], str] | None = None
    with_time: tuple[str, ...] = ()
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
    return lambda facts: (counted(facts, days(facts)),)


def working_days_served(days: Callable[[Facts], int]) -> Callable[[Facts], Iterable[Due]]:
    """A period of somebody on whom a document was served: day 0 is today, or the day of receipt if the scheme says so."""
    return lambda facts: (counted(facts, days(facts), day_zero(facts, facts.thing.data)),)


def day_zero(facts: Facts, said: Mapping[str, Any]) -> date:
    """The day from which a period counts by `calendar.day_zero`."""
    if facts.scheme.calendar.day_zero == "receipt" and "received" in said:
        return date.fromisoformat(said["received"])
    return facts.today


def counted(facts: Facts, days: int, since: date | None = None, *, tag: str = "", wording: str = "") -> Due:
    """So many working days after a day, which is day zero; by default today."""
    rests_on = Counted(since or facts.today, days)
    return Due(rests_on.on(facts.calendar), tag, wording, unit=WORKING_DAYS, counted=rests_on)


def off_a_day_off(facts: Facts, day: date, rule: OffDay, *, tag: str = "", wording: str = "") -> Due:
    """A date that moves to a working day when it falls on a day off, such as the last working day of a month."""
    rests_on = Counted(day, off_day=rule)
    return Due(rests_on.on(facts.calendar), tag, wording, counted=rests_on)


def limit(extensions: Extensions | None) -> tuple[int, int]:
    """How often a date may be moved and by how many calendar days in all of one move; (0, 0) is never."""
    return (extensions.count, extensions.max_days) if extensions else (0, 0)


def _earlier(facts: Facts, key: str) -> list[Duty]:
    return [d for d in facts.duties if d.thing == facts.thing.id and d.kind == key]


def anew(facts: Facts, key: str) -> str:
    """The tag under which a duty starts with a date of its own instead of taking up that of its last time."""
    before = len(_earlier(facts, key))
    return str(before + 1) if before else ""


def last_day(facts: Facts, key: str) -> date | None:
    """The day on which the newest duty of that key is due."""
    found = _earlier(facts, key)
    newest = max(found, key=lambda d: (d.done_at is None, len(d.key), d.key), default=None)
    return newest.due_on if newest else None


def opened(rule: DutyRule, due: Due, facts: Facts, duty_id: str, *, by: str = "") -> Duty:
    """A new duty of a thing, or the one it had before taken up again with the date it had."""
    before = facts.duty(rule.name(due.tag))
    if before is not None and before.due_on and before.due_on < facts.today and by in rule.with_time:
        return _with_time(before, rule, _off_days(rule, due, facts), facts)
    if before is not None:
        return arm(replace(before, done_at=None), rule, facts.calendar, facts.now)
    due = _off_days(rule, due, facts)
    rests_on = due.counted
    duty = Duty(
        id=duty_id,
        owner=facts.thing.owner,
        thing=facts.thing.id,
        key=rule.name(due.tag),
        due_on=due.on,
        first_due_on=due.on,
        wording=due.wording,
        unit=due.unit or rule.unit,
        person=due.person,
        calendar=facts.calendar.stamp(due.on) if rests_on else facts.calendar.version,
        counted_from=rests_on.start if rests_on else None,
        working_days=rests_on.working_days if rests_on else 0,
        off_day=rests_on.off_day if rests_on else "none",
    )
    if due.at is not None:
        return replace(duty, due_on=facts.calendar.today(due.at), due_at=due.at, ring_at=due.at)
    return arm(duty, rule, facts.calendar, facts.now)


def _with_time(before: Duty, rule: DutyRule, due: Due, facts: Facts) -> Duty:
    """A duty whose date went by while it rested: due on the day that its source gives from today on.

    A printed date gives nothing; then as many days are left as there were when the work was laid down.
    """
    taken_up = replace(before, done_at=None)
    if due.on is not None and due.on >= facts.today:
        return moved(taken_up, rule, due.on, facts, due.counted)
    laid_down = facts.calendar.today(before.done_at) if before.done_at else facts.today
    left = (before.due_on or laid_down) - laid_down
    return moved(taken_up, rule, facts.today + max(left, timedelta()), facts)


def _off_days(rule: DutyRule, due: Due, facts: Facts) -> Due:
    """Where a date on a day off moves: to the next working day in a cadence, else as the scheme says.

    A deadline moves, because somebody has to meet it. The limit of a period (a window, a validity, an opening)
    is no deadline: it stays.
    """
    if due.on is None or due.counted or due.at:
        return due
    in_a_cadence = rule.again is not None and rule.unit == "calendar_days"
    deadline = rule.unit == "date" and rule.at_due == "overdue" and not rule.at_start
    to: OffDay = "next" if in_a_cadence else facts.scheme.calendar.shift_off_day if deadline else "none"
    if to == "none":
        return due
    shifted = Counted(due.on, off_day=to)
    return replace(due, on=shifted.on(facts.calendar), counted=shifted)


def arm(duty: Duty, rule: DutyRule, calendar: Calendar, now: datetime) -> Duty:
    """Work out the instant of the due day and the next instant at which the alarm has something to do.

    A duty that is done, stands still or is overdue already has nothing to ring for.
    """
    if duty.due_on is None:
        return replace(duty, due_at=None, ring_at=None)
    day_start = calendar.end_of_day(duty.due_on - timedelta(days=1))
    due_at = day_start if rule.at_start else calendar.end_of_day(duty.due_on)
    if duty.done_at or duty.stands_still_since or (duty.overdue and due_at <= now):
        return replace(duty, due_at=due_at, ring_at=None)
    reminders = (day_start - timedelta(days=-before) for before in sorted(rule.remind))
    return replace(duty, due_at=due_at, ring_at=next((r for r in reminders if r > now), due_at))


def moved(duty: Duty, rule: DutyRule, day: date, facts: Facts, anew: Counted | None = None) -> Duty:
    """The same duty with another date; the first date stays on record and a flag already set stays (INV-21).

    A period that begins `anew` is counted from its own start. Otherwise a counted date keeps its count, and by how
    many calendar days it was moved, so that it moves along when a later calendar moves its count (INV-33).
    A date that is only now set was chosen in knowledge of the pause in which it is set: no pause moves it again.
    """
    calendar = facts.calendar
    if duty.due_on is None:
        duty = replace(duty, stands_still_since=None)
    if anew:
        duty = replace(
            duty, counted_from=anew.start, working_days=anew.working_days, off_day=anew.off_day, moved_days=0
        )
    elif rests_on := count_of(duty):
        duty = replace(duty, moved_days=(day - rests_on.on(calendar)).days)
    stamp = calendar.stamp(day) if duty.counted_from else calendar.version
    return arm(_on(duty, day, facts, stamp), rule, calendar, facts.now)


def _on(duty: Duty, day: date, facts: Facts, stamp: str) -> Duty:
    late = duty.overdue and day < facts.today
    return replace(duty, due_on=day, first_due_on=duty.first_due_on or day, overdue=late, calendar=stamp)


def count_of(duty: Duty) -> Counted | None:
    """How the date rests on the official calendar; None for any other date."""
    return Counted(duty.counted_from, duty.working_days, duty.off_day) if duty.counted_from else None


def outdated(duty: Duty, calendar: Calendar) -> bool:
    """Whether an open date was worked out on an earlier calendar. What is closed stays (INV-33)."""
    known = (calendar.version, f"{calendar.version} provisional")
    return duty.done_at is None and duty.counted_from is not None and duty.calendar not in known


def day_by(duty: Duty, calendar: Calendar, today: date) -> date | None:
    """The date of a duty by a calendar (INV-33); None where it does not rest on one.

    A date that was still to come never moves into the past: nobody loses a day that has gone by already.
    """
    rests_on = count_of(duty)
    if rests_on is None or duty.due_on is None:
        return None
    day = rests_on.on(calendar) + timedelta(days=duty.moved_days)
    return max(day, today) if duty.due_on >= today else day


def planned_anew(duty: Duty, rule: DutyRule, facts: Facts) -> Duty:
    """The same duty by the present calendar."""
    day = day_by(duty, facts.calendar, facts.today)
    if day is None:
        return duty
    stamp = facts.calendar.stamp(day)
    if day == duty.due_on:
        return replace(duty, calendar=stamp)
    return arm(_on(duty, day, facts, stamp), rule, facts.calendar, facts.now)


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
    goes = replace(goes, due_on=duty.due_on + by if duty.due_on else None, moved_days=duty.moved_days + by.days)
    return arm(goes, rule, facts.calendar, facts.now)
