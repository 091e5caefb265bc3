"""What the alarm does at an instant: remind, mark as late, carry out a timer event; and nothing twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from service.domain.alarm import ring
from service.domain.desk import Desk
from service.domain.effects import Fire, Put
from service.domain.facts import Duty, Facts
from service.domain.machines import PLAIN
from service.schemes.loader import official_calendar
from tests.support.domain import SHANGHAI, facts, thing

CALENDAR = official_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def report(*duties_now: Duty, state: str = "open", now: str = "2024-05-20T09:00") -> Facts:
    about_it = thing("annual_report", state, id="report", parent="title", owner="title", due_year=2024)
    title = thing("designation", "active", id="title", named_on="2024-03-01")
    return facts(about_it, title, now=now, duties=duties_now)


def of_report(key: str, on: str, rings: str, **more: Any) -> Duty:
    day = date.fromisoformat(on)
    base = Duty("d", "title", "report", key, day, day, CALENDAR.end_of_day(day), at(rings))
    return replace(base, **more)


def fresh() -> Iterator[str]:
    return (f"new-{n}" for n in itertools.count(1))


def rung(given: Facts) -> Desk:
    ids = fresh()
    return ring(given, lambda: next(ids))


@pytest.mark.req("INV-21")
def test_the_alarm_reminds_in_order_and_then_marks_the_duty_late() -> None:
    given = report(of_report("annual_report_due", "2025-01-31", "2025-01-01T00:00"), now="2025-01-01T00:00")
    said: list[tuple[str, str, bool]] = []
    for _ in range(5):
        desk = rung(given)
        (duty,) = desk.facts.duties
        said += [(e.event, given.now.astimezone(SHANGHAI).strftime("%m-%d"), duty.overdue) for e in desk.entries]
        assert desk.things == {}, "overdue is a flag and never a state"
        given = replace(desk.facts, now=duty.ring_at or given.now)
    assert said == [
        ("remind", "01-01", False),
        ("remind", "01-21", False),
        ("remind", "01-28", False),
        ("remind", "01-30", False),
        ("overdue", "02-01", True),
    ]
    (late,) = given.duties
    assert (late.done_at, late.ring_at) == (None, None)


def test_an_alarm_that_slept_too_long_says_what_holds_now_and_only_once() -> None:
    desk = rung(report(of_report("annual_report_due", "2025-01-31", "2025-01-01T00:00"), now="2025-03-01T09:00"))
    assert [e.event for e in desk.entries] == ["overdue"]


@pytest.mark.parametrize("now", ["2025-01-01T00:00", "2025-01-21T08:00", "2025-02-01T00:00", "2025-06-01T09:00"])
def test_the_alarm_has_nothing_more_to_do_at_the_same_instant(now: str) -> None:
    first = rung(report(of_report("annual_report_due", "2025-01-31", "2025-01-01T00:00"), now=now))
    assert first.entries
    second = rung(first.facts)
    assert (second.entries, second.duties, second.things) == ([], {}, {})


def test_a_duty_whose_hour_has_not_come_stays_quiet() -> None:
    quiet = rung(report(of_report("annual_report_due", "2025-01-31", "2025-01-21T00:00"), now="2025-01-20T23:59"))
    assert (quiet.entries, quiet.duties) == ([], {})


def test_a_timer_event_happens_once_and_opens_what_follows() -> None:
    opening = of_report("annual_report_opening", "2025-01-01", "2025-01-01T00:00", due_at=at("2025-01-01T00:00"))
    desk = rung(report(opening, state="scheduled", now="2025-01-01T00:00"))
    assert [(e.event, e.after, e.person) for e in desk.entries][:1] == [("open_report", "open", "timer")]
    done_now, *others = sorted(desk.facts.duties, key=lambda d: d.id != "d")
    assert done_now.done_at == desk.facts.now
    assert sorted((d.key, str(d.due_on)) for d in others) == [
        ("annual_report_due", "2025-01-31"), ("annual_report_opening", "2026-01-01"),
    ]  # fmt: skip
    assert rung(desk.facts).entries == []


def test_a_timer_event_that_comes_too_late_is_on_record_as_refused_and_changes_nothing() -> None:
    opening = of_report("annual_report_opening", "2025-01-01", "2025-01-01T00:00", due_at=at("2025-01-01T00:00"))
    desk = rung(report(opening, state="open", now="2025-01-02T00:00"))
    assert [(e.event, e.before, e.after, e.result) for e in desk.entries] == [
        ("open_report", "open", "open", "refused")
    ]
    assert desk.things == {}
    assert rung(desk.facts).entries == []


@pytest.mark.req("INV-21")
def test_a_pending_date_that_is_watched_is_brought_up_and_nobody_is_late() -> None:
    pending = Duty("d", "case", "run", "stage_due", None)
    watch = Duty("w", "case", "run", "pending_date_watch:2024-06-18", date(2024, 6, 18),
                 due_at=at("2024-06-19T00:00"), ring_at=at("2024-06-19T00:00"))  # fmt: skip
    stage = thing("stage", "open", id="run", parent="case", owner="case", key="application", kind="application", run=1)
    given = facts(stage, thing("case", "application"), now="2024-06-19T00:00", duties=[pending, watch])
    desk = rung(given)
    stays, rung_now, next_one = sorted(desk.facts.duties, key=lambda d: (d.id != "d", d.id != "w"))
    assert [(e.event, e.result) for e in desk.entries] == [("remind", "alarm")]
    assert (stays.overdue, stays.due_at, rung_now.overdue, rung_now.done_at) == (False, None, False, given.now)
    assert (next_one.key, next_one.due_on) == ("pending_date_watch:2024-07-19", date(2024, 7, 19))


def test_a_period_that_merely_ends_is_announced_and_done() -> None:
    bar = Duty(
        "d",
        "title",
        "title",
        "bar_end",
        date(2024, 5, 19),
        due_at=at("2024-05-20T00:00"),
        ring_at=at("2024-05-20T00:00"),
    )
    desk = rung(facts(thing("designation", "revoked", id="title", owner="title"), duties=[bar]))
    (duty,) = desk.facts.duties
    assert [e.event for e in desk.entries] == ["remind"]
    assert (duty.overdue, duty.done_at, duty.ring_at) == (False, at("2024-05-20T09:00"), None)


def test_several_duties_ring_in_the_order_of_their_dates() -> None:
    def one(n: int, rings: str) -> Duty:
        return of_report("annual_report_due", "2024-05-10", rings, id=f"d{n}", thing=f"r{n}")

    reports = [thing("annual_report", "open", id=f"r{n}", owner="title", due_year=2023) for n in (1, 2, 3)]
    waiting = [one(1, "2024-05-19T00:00"), one(2, "2024-05-11T00:00"), one(3, "2024-05-15T00:00")]
    desk = rung(facts(reports[0], *reports[1:], duties=waiting))
    assert [e.thing for e in desk.entries] == ["r2", "r3", "r1"]


def test_what_an_earlier_timer_event_has_closed_does_not_ring_any_more() -> None:
    def of_case(key: str, rings: str) -> Duty:
        return Duty(key, "case", "case", key, date(2024, 12, 31), due_at=at(rings), ring_at=at(rings))

    draft = thing("case", "draft", owner="case", parent="batch")
    waiting = [of_case("urge_answer_due", "2025-01-01T06:00"), of_case("draft_lapse", "2025-01-01T00:00")]
    desk = rung(facts(draft, thing("batch", "open"), now="2025-01-01T08:00", duties=waiting))
    assert [(e.event, e.after) for e in desk.entries] == [("lapse_draft", "withdrawn")]
    assert all(d.done_at and not d.overdue for d in desk.facts.duties)


def test_what_must_follow_and_cannot_is_noted_and_holds_up_no_other_date(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = PLAIN["annual_report"].duties
    late = next(r for r in rules if r.key == "annual_report_due")
    broken = replace(
        late, makes=lambda _facts, _duty: (Put("report", {"told": True}), Fire("report", ("publish_report",)))
    )
    machine = replace(PLAIN["annual_report"], duties=tuple(broken if r is late else r for r in rules))
    monkeypatch.setitem(PLAIN, "annual_report", machine)
    first = of_report("annual_report_due", "2025-01-31", "2025-02-01T00:00")
    second = replace(of_report("annual_report_opening", "2025-01-31", "2025-02-01T00:00"), id="e", thing="later")
    given = report(first, second, now="2025-02-01T00:00")
    later = thing("annual_report", "scheduled", id="later", parent="title", owner="title", due_year=2025)
    desk = rung(replace(given, things={**given.things, "later": later}))
    assert [(e.event, e.thing, e.result) for e in desk.entries][:2] == [
        ("overdue", "report", "refused"),
        ("open_report", "later", "applied"),
    ]
    (due,) = [d for d in desk.facts.duties if d.id == "d"]
    assert (due.overdue, due.ring_at) == (True, None), "it is late all the same, and does not ring for ever"
    assert "told" not in desk.facts.things["report"].data, "nothing of what was refused half-way stays"
