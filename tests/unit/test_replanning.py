"""A later official calendar: what is planned anew, what stays, and what is told of it (INV-33)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import duties
from service.domain.alarm import ring
from service.domain.dates.calendar import Calendar, Counted, OffDay, SpecialDay
from service.domain.dates.replanning import planned_anew
from service.domain.desk import Desk, carry
from service.domain.duties import Due, DutyRule
from service.domain.effects import MoveDuty
from service.domain.facts import Duty, Facts
from service.schemes.model import Scheme
from tests.support.domain import SHANGHAI, done, facts, person, reference, thing

WEEKDAYS = Calendar([], "cn-1", years=[2026])
"""2027 is provisional."""
GOLDEN_WEEK = [SpecialDay(date(2027, 10, n), "holiday", "国庆节") for n in (1, 4, 5, 6, 7)]
WORKED = [SpecialDay(date(2027, 10, n), "workday", "国庆节") for n in (9, 10)]
OFFICIAL = Calendar([*GOLDEN_WEEK, *WORKED], "cn-2", years=[2026, 2027])
OFFICE = person("li", "provincial_lbg_office")


def seen(now: str, *owed: Duty, calendar: Calendar = WEEKDAYS, scheme: Scheme | None = None, **notice: Any) -> Facts:
    about = thing("public_notice", "open", id="notice", parent="case", owner="notice", **notice)
    given = facts(about, thing("case", "publicity"), now=now, duties=owed, scheme=scheme)
    return replace(given, calendar=calendar)


def opened(now: str, rule: DutyRule, due: Due, calendar: Calendar = WEEKDAYS) -> Duty:
    return duties.opened(rule, due, seen(now, calendar=calendar), "d")


def notice_end(now: str, days: int = 5) -> Duty:
    """The duty of a notice opened on that day, by the provisional calendar."""
    about = seen(now)
    (due,) = duties.working_days(lambda _: days)(about)
    return duties.opened(NOTICE_END, due, about, "d")


NOTICE_END = DutyRule("notice_end", ("open_notice",), (), duties.working_days(lambda _: 5), ("QH-11c",),
                      at_due="end_period", unit="working_days", remind=(-1,))  # fmt: skip


def moved_to(desk: Desk) -> list[tuple[str | None, str]]:
    return [(entry.form["from"], entry.form["to"]) for entry in desk.entries]


@pytest.mark.req("INV-33")
def test_an_open_working_day_duty_is_counted_anew_and_its_move_is_recorded() -> None:
    before = notice_end("2027-09-28T09:00")
    assert (before.due_on, before.calendar) == (date(2027, 10, 5), "cn-1 provisional")
    desk = planned_anew(seen("2027-09-29T09:00", before, calendar=OFFICIAL))
    after = desk.duties["d"]
    assert (after.due_on, after.calendar) == (date(2027, 10, 10), "cn-2")  # 29, 30, then 8, 9 and a worked Sunday
    assert after.first_due_on == date(2027, 10, 5)
    assert after.ring_at == datetime(2027, 10, 9, tzinfo=SHANGHAI)  # the reminder of the new date
    (entry,) = desk.entries
    assert (entry.event, entry.thing, entry.person, entry.rules) == ("plan_anew", "notice", "system", ("INV-33",))
    assert entry.form == {"duty": "notice_end", "from": "2027-10-05", "to": "2027-10-10", "calendar": "cn-2"}


@pytest.mark.req("INV-33")
def test_what_is_closed_stays() -> None:
    closed = replace(notice_end("2027-09-28T09:00"), done_at=datetime(2027, 9, 28, 12, tzinfo=SHANGHAI))
    assert not planned_anew(seen("2027-09-29T09:00", closed, calendar=OFFICIAL)).duties


@pytest.mark.req("INV-33")
def test_a_date_that_stays_keeps_the_new_version_and_nothing_is_told() -> None:
    desk = planned_anew(seen("2027-03-02T09:00", notice_end("2027-03-01T09:00"), calendar=OFFICIAL))
    assert (desk.duties["d"].due_on, desk.duties["d"].calendar) == (date(2027, 3, 8), "cn-2")
    assert desk.entries == []


@pytest.mark.req("INV-33")
def test_planning_anew_twice_changes_nothing_more() -> None:
    first = planned_anew(seen("2027-09-29T09:00", notice_end("2027-09-28T09:00"), calendar=OFFICIAL))
    again = planned_anew(seen("2027-09-29T10:00", first.duties["d"], calendar=OFFICIAL))
    assert (again.duties, again.entries) == ({}, [])


@pytest.mark.req("INV-33")
def test_an_extension_moves_along_with_the_date_that_it_extended() -> None:
    """Seven calendar days more stay seven calendar days more than what the calendar gives."""
    before = notice_end("2027-09-28T09:00")
    desk = Desk(seen("2027-09-29T09:00", before), lambda: "x")
    carry(desk, MoveDuty("d", date(2027, 10, 12), extends=True))
    assert (desk.duties["d"].moved_days, desk.duties["d"].extensions) == (7, 1)
    after = planned_anew(seen("2027-09-30T09:00", desk.duties["d"], calendar=OFFICIAL))
    assert moved_to(after) == [("2027-10-12", "2027-10-17")]


@pytest.mark.req("INV-33")
def test_a_period_that_begins_anew_is_counted_from_its_own_start() -> None:
    about = seen("2027-09-29T09:00", notice_end("2027-09-10T09:00"))
    desk = Desk(about, lambda: "x")
    carry(desk, MoveDuty("d", date(2027, 10, 6), counted=Counted(about.today, 5)))
    after = planned_anew(seen("2027-09-30T09:00", desk.duties["d"], calendar=OFFICIAL))
    assert moved_to(after) == [("2027-10-06", str(Counted(date(2027, 9, 29), 5).on(OFFICIAL)))]


@pytest.mark.req("INV-22")
@pytest.mark.req("INV-33")
def test_a_duty_that_stands_still_is_planned_anew_and_a_pause_moves_it_on_top() -> None:
    rule = replace(NOTICE_END, shifts=lambda _: True)
    still = duties.still(notice_end("2027-09-28T09:00"), seen("2027-09-29T09:00"))
    waiting = duties.planned_anew(still, rule, seen("2027-09-30T09:00", still, calendar=OFFICIAL))
    assert (waiting.due_on, waiting.ring_at) == (date(2027, 10, 10), None)
    goes = duties.going_on(still, rule, seen("2027-10-01T09:00"))
    assert (goes.due_on, goes.moved_days) == (date(2027, 10, 7), 2)
    assert duties.day_by(goes, OFFICIAL, date(2027, 10, 1)) == date(2027, 10, 12)


@pytest.mark.req("INV-33")
def test_nobody_loses_a_day_that_has_gone_by() -> None:
    """A worked weekend that is announced late would end the period last week: it ends today."""
    before = notice_end("2027-03-01T09:00")
    assert before.due_on == date(2027, 3, 8)
    late = Calendar([SpecialDay(date(2027, 3, 6), "workday", "调休")], "cn-3", years=[2027])
    assert duties.day_by(before, late, date(2027, 3, 5)) == date(2027, 3, 6)
    assert duties.day_by(before, late, date(2027, 3, 7)) == date(2027, 3, 7)


@pytest.mark.req("INV-21")
@pytest.mark.req("INV-33")
def test_who_was_late_only_by_a_provisional_calendar_is_not_late() -> None:
    flagged = replace(notice_end("2027-09-28T09:00"), overdue=True, ring_at=None)
    after = planned_anew(seen("2027-10-06T09:00", flagged, calendar=OFFICIAL)).duties["d"]
    assert not after.overdue
    assert after.ring_at == datetime(2027, 10, 9, tzinfo=SHANGHAI)


@pytest.mark.req("INV-33")
def test_a_date_that_rests_on_no_calendar_is_never_touched() -> None:
    by_date = opened("2027-09-28T09:00", replace(NOTICE_END, unit="date"), Due(date(2027, 10, 1)))
    in_days = opened("2027-09-28T09:00", replace(NOTICE_END, unit="calendar_days"), Due(date(2027, 10, 3)))
    for duty in (by_date, in_days):
        assert duty.counted_from is None
        assert not duty.calendar.endswith("provisional")
        assert not planned_anew(seen("2027-09-29T09:00", duty, calendar=OFFICIAL)).duties


@pytest.mark.req("YL-W3b")
@given(
    hours=st.integers(1, 24 * 400),
    now=st.datetimes(datetime(2027, 1, 1), datetime(2027, 12, 1)),  # noqa: DTZ001 - its zone follows
    free=st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31)), max_size=40),
)
def test_clock_hours_are_never_converted_into_days(hours: int, now: datetime, free: set[date]) -> None:
    """48 hours end 48 hours later, on whatever day, by whatever calendar."""
    storm = Calendar([SpecialDay(d, "holiday", "台风") for d in free], "cn-9", years=[2027])
    at = now.replace(tzinfo=SHANGHAI) + timedelta(hours=hours)
    rule = DutyRule("urge_answer_due", ("urge",), (), lambda _: (), ("YL-W3b",), unit="clock")
    about = replace(seen("2027-01-01T00:00"), now=now.replace(tzinfo=SHANGHAI), calendar=storm)
    duty = duties.opened(rule, Due(None, at=at), about, "d")
    assert (duty.due_at, duty.ring_at, duty.counted_from) == (at, at, None)
    assert not duties.outdated(duty, OFFICIAL)
    assert duties.planned_anew(duty, rule, replace(about, calendar=OFFICIAL)) == duty


def test_the_answer_to_an_urging_is_due_after_its_hours() -> None:
    rules = reference().case.model_copy(update={"urge": reference().case.urge.model_copy(update={"answer_hours": 48})})
    scheme = reference().model_copy(update={"case": rules})
    about = seen("2027-09-30T17:30", scheme=scheme, calendar=OFFICIAL)
    outcome = done(about, "urge", OFFICE, message="please answer", answer=True)
    (duty,) = outcome.desk.duties.values()
    assert duty.due_at == datetime(2027, 10, 2, 17, 30, tzinfo=SHANGHAI)


# ------------------------------------------------------------------------------------------------- days off


def with_shift(off_day: OffDay) -> Scheme:
    rules = reference().calendar.model_copy(update={"shift_off_day": off_day})
    return reference().model_copy(update={"calendar": rules})


DEADLINE = DutyRule("stage_due", ("open",), (), duties.fixed(lambda _: date(2027, 10, 2)), ("YL-2a",))
CADENCE = replace(DEADLINE, key="progress", unit="calendar_days", again=lambda _facts, _duty: ())
OFF = date(2027, 10, 2)  # a Saturday in the Golden Week


@pytest.mark.parametrize(
    ("off_day", "lands"), [("none", OFF), ("next", date(2027, 10, 8)), ("previous", date(2027, 9, 30))]
)
def test_a_deadline_on_a_day_off_moves_only_where_the_scheme_says_so(off_day: OffDay, lands: date) -> None:
    about = seen("2027-09-01T09:00", calendar=OFFICIAL, scheme=with_shift(off_day))
    assert duties.opened(DEADLINE, Due(OFF), about, "d").due_on == lands


@pytest.mark.parametrize("off_day", ["none", "next", "previous"])
def test_a_date_of_a_cadence_always_moves_to_the_next_working_day(off_day: OffDay) -> None:
    about = seen("2027-09-01T09:00", calendar=OFFICIAL, scheme=with_shift(off_day))
    assert duties.opened(CADENCE, Due(OFF), about, "d").due_on == date(2027, 10, 8)


def test_the_limit_of_a_period_does_not_move() -> None:
    """A window that ends, a title that expires, a report that opens: nobody has to meet those."""
    about = seen("2027-09-01T09:00", calendar=OFFICIAL, scheme=with_shift("next"))
    for limit in (
        replace(DEADLINE, at_due="close_window"),
        replace(DEADLINE, at_due="remind"),
        replace(DEADLINE, at_start=True),
    ):
        assert duties.opened(limit, Due(OFF), about, "d").due_on == OFF


@pytest.mark.req("INV-33")
def test_a_date_moved_off_a_day_off_is_planned_anew_too() -> None:
    about = seen("2027-09-01T09:00", scheme=with_shift("next"))
    moved = duties.opened(DEADLINE, Due(OFF), about, "d")
    assert (moved.due_on, moved.calendar) == (date(2027, 10, 4), "cn-1 provisional")
    assert duties.planned_anew(moved, DEADLINE, replace(about, calendar=OFFICIAL)).due_on == date(2027, 10, 8)


def test_the_last_working_day_of_a_month_can_be_counted() -> None:
    about = seen("2027-10-01T09:00", calendar=OFFICIAL)
    assert duties.off_a_day_off(about, date(2027, 10, 31), "previous").on == date(2027, 10, 29)


# ------------------------------------------------------------------------------------------------- properties


def calendars() -> st.SearchStrategy[Calendar]:
    """Any calendar of 2027 that differs from the weekdays on up to thirty days."""
    days = st.sets(st.dates(date(2027, 1, 2), date(2027, 12, 31)), max_size=30)
    return days.map(lambda found: Calendar(map(_turned, found), f"cn-{hash(frozenset(found))}", years=[2026, 2027]))


def _turned(day: date) -> SpecialDay:
    return SpecialDay(day, "holiday" if day.weekday() < 5 else "workday", "节")


@pytest.mark.req("INV-33")
@given(calendars(), st.dates(date(2027, 1, 4), date(2027, 10, 1)), st.integers(1, 30), st.integers(0, 3))
def test_planned_anew_is_the_date_that_the_calendar_would_have_given_at_once(
    official: Calendar, start: date, count: int, later: int
) -> None:
    """Unless that day has gone by already; and whatever the calendar, a second look finds nothing to do."""
    now = f"{start}T09:00"
    before = duties.opened(NOTICE_END, duties.counted(seen(now), count), seen(now), "d")
    looked = seen(f"{start + timedelta(days=later)}T09:00", before, calendar=official)
    after = planned_anew(looked).duties["d"]
    at_once = official.add_working_days(start, count)
    assert before.due_on is not None
    gone_by = before.due_on < looked.today
    assert after.due_on == (at_once if gone_by else max(at_once, looked.today))
    assert not duties.outdated(after, official)


@pytest.mark.req("INV-33")
def test_nothing_rings_on_a_date_that_the_calendar_no_longer_gives() -> None:
    """The day of the old date has come; planned anew first, the notice stays open."""
    before = replace(notice_end("2027-09-28T09:00"), ring_at=datetime(2027, 10, 6, tzinfo=SHANGHAI))
    about = seen("2027-10-06T00:00", before, calendar=OFFICIAL)
    desk = ring(planned_anew(about).facts, lambda: "x")
    assert desk.entries == []
    assert desk.thing("notice").state == "open"
