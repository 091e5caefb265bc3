"""Dated duties: armed, opened, moved, at rest, going on, and the acts that touch them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import duties
from service.domain.cases.stage import artefact_dues
from service.domain.desk import Desk, carry
from service.domain.duties import Due, DutyRule
from service.domain.effects import HandOver, StandStill
from service.domain.facts import Ask, Duty, Facts, Thing, Who
from service.domain.perform import Outcome, perform
from service.schemes.loader import official_calendar
from service.schemes.values import Extensions
from tests.support.domain import SHANGHAI, done, facts, person, reference, refused, thing

CALENDAR = official_calendar()
PLAIN = DutyRule("due", ("open",), ("close",), duties.fixed(lambda about: about.today), ("INV-21",))
REMINDING = replace(PLAIN, remind=(-1, -30, -10))  # in any order
OFFICE = person("li", "provincial_lbg_office", "leading_group_office")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def owed(on: str | None = "2024-06-20", /, **more: Any) -> Duty:
    day = date.fromisoformat(on) if on else None
    return replace(Duty("d", "case", "run", "due", day, day), **more)


def armed(duty: Duty, now: str, rule: DutyRule = REMINDING) -> Duty:
    return duties.arm(duty, rule, CALENDAR, at(now))


# ------------------------------------------------------------------------------------------- arming


@pytest.mark.req("INV-21")
def test_a_duty_is_due_at_the_end_of_its_day() -> None:
    assert armed(owed(), "2024-05-01T09:00").due_at == at("2024-06-21T00:00")


def test_an_opening_rings_when_its_day_begins() -> None:
    opening = replace(PLAIN, at_start=True)
    assert armed(owed(), "2024-05-01T09:00", opening).ring_at == at("2024-06-20T00:00")


@pytest.mark.parametrize(
    ("now", "rings"),
    [
        ("2024-05-01T09:00", "2024-05-21T00:00"),
        ("2024-05-21T00:00", "2024-06-10T00:00"),
        ("2024-06-10T00:00", "2024-06-19T00:00"),
        ("2024-06-19T00:00", "2024-06-21T00:00"),
        ("2024-06-20T23:59", "2024-06-21T00:00"),
        ("2024-08-01T09:00", "2024-06-21T00:00"),
    ],
)
def test_the_next_ring_is_the_next_reminder_and_then_the_end_of_the_day(now: str, rings: str) -> None:
    assert armed(owed(), now).ring_at == at(rings)


@given(minutes=st.integers(-200 * 24 * 60, 200 * 24 * 60))
def test_a_ring_never_lies_behind_unless_the_day_is_over(minutes: int) -> None:
    now = at("2024-06-20T12:00") + timedelta(minutes=minutes)
    found = duties.arm(owed(), REMINDING, CALENDAR, now)
    assert found.ring_at is not None
    assert found.due_at is not None
    assert found.ring_at <= found.due_at
    assert found.ring_at > now or found.ring_at == found.due_at


@pytest.mark.req("INV-21")
def test_a_pending_date_is_never_due() -> None:
    assert (armed(owed(None), "2024-05-01T09:00").due_at, armed(owed(None), "2024-05-01T09:00").ring_at) == (None, None)


def test_what_is_done_or_stands_still_or_is_late_already_does_not_ring() -> None:
    now = at("2024-07-01T09:00")
    for state in ({"done_at": now}, {"stands_still_since": date(2024, 6, 1)}, {"overdue": True}):
        assert armed(owed(**state), "2024-07-01T09:00").ring_at is None


# ------------------------------------------------------------------------------------------- opening


def run(**data: object) -> Thing:
    return thing("stage", "open", id="run", parent="case", owner="case", key="creation", kind="creation", run=1, **data)


def about(now: str, *owed_now: Duty) -> Facts:
    return facts(run(), thing("case", "creation"), now=now, duties=owed_now)


def as_many(days: int) -> Callable[[Facts], int]:
    def count(seen: Facts) -> int:
        return days

    return count


@pytest.mark.req("QH-11c")
@pytest.mark.parametrize(
    ("today", "count", "due"),
    [
        ("2024-05-20T09:00", 5, "2024-05-27"),  # an ordinary week
        ("2024-04-29T09:00", 2, "2024-05-06"),  # Labour Day lies between
        ("2024-04-26T23:59", 1, "2024-04-28"),  # a Sunday that is worked
        ("2024-09-30T09:00", 5, "2024-10-12"),  # National Day, then a Saturday that is worked
    ],
)
def test_working_days_count_from_the_day_after_and_make_up_days_count(today: str, count: int, due: str) -> None:
    (found,) = duties.working_days(as_many(count))(about(today))
    assert found.on == date.fromisoformat(due)


def test_calendar_days_count_every_day() -> None:
    (found,) = duties.calendar_days(as_many(30))(about("2024-02-01T09:00"))
    assert found.on == date(2024, 3, 2)


def test_a_duty_belongs_to_the_thing_and_its_owner_and_keeps_its_wording() -> None:
    due = Due(date(2024, 6, 20), "plan", "2024年6月中旬前")
    found = duties.opened(PLAIN, due, about("2024-05-01T09:00"), "d1")
    assert (found.id, found.owner, found.thing, found.key) == ("d1", "case", "run", "due:plan")
    assert (found.due_on, found.first_due_on, found.wording) == (due.on, due.on, due.wording)
    assert found.calendar == CALENDAR.version


@pytest.mark.req("INV-21")
def test_a_duty_taken_up_again_keeps_the_date_that_it_had() -> None:
    before = owed("2024-06-20", done_at=at("2024-06-01T09:00"), extensions=1)
    found = duties.opened(PLAIN, Due(date(2024, 9, 1)), about("2024-06-10T09:00", before), "new")
    assert (found.id, found.due_on, found.extensions, found.done_at) == ("d", date(2024, 6, 20), 1, None)
    assert found.ring_at == at("2024-06-21T00:00")
    late = replace(before, overdue=True)
    again = duties.opened(PLAIN, Due(date(2024, 9, 1)), about("2024-07-01T09:00", late), "new")
    assert (again.overdue, again.ring_at) == (True, None)


ANEW = replace(PLAIN, with_time=("reopen",))


@pytest.mark.req("INV-21")
def test_a_duty_reopened_after_its_date_has_the_date_that_its_source_now_gives() -> None:
    before = owed("2024-06-20", done_at=at("2024-06-01T09:00"), overdue=True)
    found = duties.opened(ANEW, Due(date(2024, 9, 1)), about("2024-07-01T09:00", before), "new", by="reopen")
    assert (found.due_on, found.first_due_on, found.done_at) == (date(2024, 9, 1), date(2024, 6, 20), None)
    assert (found.overdue, found.ring_at) == (False, at("2024-09-02T00:00"))
    in_time = duties.opened(ANEW, Due(date(2024, 9, 1)), about("2024-06-10T09:00", before), "new", by="reopen")
    assert in_time.due_on == date(2024, 6, 20), "its own date is still to come"
    otherwise = duties.opened(ANEW, Due(date(2024, 9, 1)), about("2024-07-01T09:00", before), "new", by="return")
    assert otherwise.due_on == date(2024, 6, 20)


@pytest.mark.req("INV-21")
@pytest.mark.parametrize(("laid_down", "due"), [("2024-06-01", "2024-07-20"), ("2024-06-20", "2024-07-01"),
                                                ("2024-06-25", "2024-07-01")])  # fmt: skip
def test_after_a_printed_date_as_many_days_are_left_as_when_the_work_was_laid_down(laid_down: str, due: str) -> None:
    before = owed("2024-06-20", done_at=at(f"{laid_down}T09:00"))
    found = duties.opened(ANEW, Due(date(2024, 6, 20)), about("2024-07-01T09:00", before), "new", by="reopen")
    assert (found.due_on, found.first_due_on) == (date.fromisoformat(due), date(2024, 6, 20))


# -------------------------------------------------------------------------------------- clock hours


def with_answer_hours(hours: int | None) -> Facts:
    scheme = reference()
    case = scheme.case.model_copy(update={"urge": scheme.case.urge.model_copy(update={"answer_hours": hours})})
    changed = scheme.model_copy(update={"case": case})
    return facts(thing("designation", "active", owner="designation"), scheme=changed, now="2024-06-07T16:30")


def test_an_urging_that_asks_for_an_answer_runs_in_clock_hours_over_a_holiday() -> None:
    urged = done(with_answer_hours(48), "urge", OFFICE, message="请速报", answer=True)
    (duty,) = urged.desk.duties.values()
    assert (duty.due_at, duty.ring_at) == (at("2024-06-09T16:30"), at("2024-06-09T16:30"))
    assert duty.unit == "clock"


def test_an_urging_that_asks_for_none_opens_no_duty() -> None:
    assert not done(with_answer_hours(48), "urge", OFFICE, message="请速报").desk.duties
    assert not done(with_answer_hours(None), "urge", OFFICE, message="请速报", answer=True).desk.duties


def test_every_urging_has_an_answer_of_its_own_and_the_work_answers_them_all() -> None:
    numbers = itertools.count(1)

    def next_act(given: Facts, event: str, who: Who, **form: object) -> Facts:
        outcome = perform(given, Ask(event, form, who), lambda: f"new-{next(numbers)}")
        assert isinstance(outcome, Outcome), outcome
        return replace(outcome.desk.facts, thing=outcome.thing)

    once = next_act(with_answer_hours(24), "urge", OFFICE, message="请速报", answer=True)
    twice = next_act(replace(once, now=at("2024-06-11T08:00")), "urge", OFFICE, message="再次催办", answer=True)
    assert [(d.key, d.due_at) for d in twice.duties if d.done_at is None] == [
        ("urge_answer_due", at("2024-06-08T16:30")),
        ("urge_answer_due:2", at("2024-06-12T08:00")),
    ]
    silent = next_act(twice, "urge", OFFICE, message="第三次")
    assert len(silent.duties) == 2
    worked = next_act(silent, "request_exit", person("zhao", "designee"), letter="ev-1", signer="赵")
    assert all(d.done_at for d in worked.duties)


def test_a_clock_that_stood_still_goes_on_to_the_same_hour() -> None:
    clock = replace(PLAIN, unit="clock")
    still = owed("2024-06-09", due_at=at("2024-06-09T16:30"), stands_still_since=date(2024, 6, 8))
    found = duties.going_on(still, clock, about("2024-06-11T09:00"))
    assert found.due_at == found.ring_at == at("2024-06-12T16:30")
    assert found.due_on == date(2024, 6, 12)


# --------------------------------------------------------------------------- moving, resting, going on


@pytest.mark.req("INV-21")
def test_a_date_moved_keeps_the_first_date_and_a_date_set_becomes_the_first() -> None:
    moved = duties.moved(owed("2024-06-20"), REMINDING, date(2024, 7, 20), about("2024-06-01T09:00"))
    assert (moved.due_on, moved.first_due_on) == (date(2024, 7, 20), date(2024, 6, 20))
    assert moved.ring_at == at("2024-06-20T00:00")
    given_now = duties.moved(owed(None), PLAIN, date(2024, 7, 20), about("2024-06-01T09:00"))
    assert given_now.first_due_on == date(2024, 7, 20)


@pytest.mark.req("INV-22")
def test_a_duty_that_stood_still_goes_on_later_by_as_many_days() -> None:
    still = duties.still(armed(owed(), "2024-06-01T09:00"), about("2024-06-01T09:00"))
    assert (still.ring_at, still.stands_still_since) == (None, date(2024, 6, 1))
    found = duties.going_on(still, REMINDING, about("2024-07-01T09:00"))
    assert (found.due_on, found.first_due_on, found.stands_still_since) == (date(2024, 7, 20), date(2024, 6, 20), None)
    assert found.ring_at == at("2024-07-10T00:00")


@pytest.mark.req("INV-22")
def test_a_duty_that_did_not_stand_still_is_left_as_it_is() -> None:
    running = armed(owed(), "2024-06-01T09:00")
    assert duties.going_on(running, REMINDING, about("2024-07-01T09:00")) == running


def test_a_pending_duty_that_stood_still_stays_pending() -> None:
    still = owed(None, stands_still_since=date(2024, 6, 1))
    found = duties.going_on(still, PLAIN, about("2024-07-01T09:00"))
    assert (found.due_on, found.ring_at, found.stands_still_since) == (None, None, None)


@pytest.mark.req("INV-22")
def test_a_date_that_is_set_during_a_pause_is_not_moved_by_its_end() -> None:
    still = duties.still(owed(None), about("2024-06-01T09:00"))
    dated = duties.moved(still, PLAIN, date(2024, 8, 1), about("2024-06-10T09:00"))
    assert (dated.due_on, dated.ring_at) == (date(2024, 8, 1), at("2024-08-02T00:00"))
    assert duties.going_on(dated, PLAIN, about("2024-07-01T09:00")).due_on == date(2024, 8, 1)


def test_without_extensions_in_the_scheme_none_is_admitted() -> None:
    assert duties.limit(None) == (0, 0)
    assert duties.limit(Extensions(count=2, max_days=15)) == (2, 15)


# --------------------------------------------------------------------------- acts that touch a duty


def stage_with(*owed_now: Duty, now: str = "2024-05-06T09:00") -> Facts:
    stage = thing("stage", "open", id="run", parent="case", owner="case", key="creation", kind="creation", run=1)
    return facts(stage, thing("case", "creation", owner="case"), now=now, duties=owed_now)


def of_stage(key: str, on: str | None, **more: Any) -> Duty:
    day = date.fromisoformat(on) if on else None
    duty = duties.arm(Duty(key, "case", "run", key, day, day), PLAIN, CALENDAR, at("2024-05-06T09:00"))
    return replace(duty, **more)


@pytest.mark.req("INV-21")
def test_a_pending_date_is_set_once_and_then_only_extended() -> None:
    pending = stage_with(of_stage("stage_due", None))
    (duty,) = done(pending, "set_due", OFFICE, duty="stage_due", due_day="2024-06-20").desk.duties.values()
    assert (duty.due_on, duty.first_due_on, duty.extensions) == (date(2024, 6, 20), date(2024, 6, 20), 0)
    assert refused(stage_with(duty), "set_due", OFFICE, duty="stage_due", due_day="2024-07-01") == ["due_is_pending"]
    assert refused(stage_with(), "set_due", OFFICE, duty="stage_due", due_day="2024-07-01") == ["due_is_pending"]


@pytest.mark.req("INV-21")
def test_an_extension_stays_within_the_number_and_the_days_of_the_scheme() -> None:
    running = stage_with(of_stage("stage_due", "2024-05-20"))
    form = {"text": "汛期推迟", "duty": "stage_due"}
    (duty,) = done(running, "extend_due", OFFICE, date="2024-06-19", **form).desk.duties.values()
    assert (duty.due_on, duty.first_due_on, duty.extensions) == (date(2024, 6, 19), date(2024, 5, 20), 1)
    assert refused(running, "extend_due", OFFICE, date="2024-06-20", **form) == ["extension_allowed"]
    assert refused(running, "extend_due", OFFICE, date="2024-05-20", **form) == ["extension_allowed"]
    assert refused(stage_with(duty), "extend_due", OFFICE, date="2024-06-25", **form) == ["extension_allowed"]
    assert refused(running, "extend_due", OFFICE, **form) == ["reason.date"]
    paper = stage_with(of_stage("artefact_due:creation_record", "2024-05-20"))
    form["duty"] = "artefact_due:creation_record"
    assert refused(paper, "extend_due", OFFICE, date="2024-05-30", **form) == ["extension_allowed"]


@pytest.mark.req("INV-32")
def test_with_a_case_the_open_duties_of_its_stage_pass_to_the_next_person() -> None:
    owed_now = (
        of_stage("stage_due", "2024-05-20"),
        of_stage("artefact_due:x", "2024-05-20", done_at=at("2024-05-01T09:00"), person="old"),
    )
    given = stage_with(*owed_now)
    on_case = replace(given, thing=given.things["case"])
    form = {"text": "人员调整", "from": "chen", "to_unit": "县司法局", "to_person": "bai", "day": "2024-05-06"}
    moved = done(on_case, "transfer", OFFICE, **form)
    assert {d.key: d.person for d in moved.desk.facts.duties} == {"stage_due": "bai", "artefact_due:x": "old"}
    assert (moved.thing.data["unit"], moved.thing.data["person"]) == ("县司法局", "bai")
    assert refused(on_case, "transfer", OFFICE, **{**form, "to_person": "chen"}) == ["transferee_fits"]


# ------------------------------------------------------------------------------------- on a whole desk


def fresh() -> Iterator[str]:
    return (f"new-{n}" for n in itertools.count(1))


def desk_of(*owed_now: Duty, now: str = "2024-06-01T09:00") -> Desk:
    ids = fresh()
    return Desk(stage_with(*owed_now, now=now), lambda: next(ids))


@pytest.mark.req("INV-22")
def test_only_what_shifts_stands_still_and_only_that_goes_on_later() -> None:
    fixed = of_stage("stage_due", "2024-06-20")
    clock = of_stage("urge_answer_due", "2024-06-02", due_at=at("2024-06-02T10:00"), ring_at=at("2024-06-02T10:00"))
    desk = desk_of(fixed, clock)
    carry(desk, StandStill())
    assert {d.key: d.stands_still_since is not None for d in desk.facts.duties} == {
        "stage_due": False,
        "urge_answer_due": True,
    }
    desk.facts = replace(desk.facts, now=at("2024-06-11T09:00"))
    carry(desk, StandStill(going_on=True))
    found = {d.key: d.due_on for d in desk.facts.duties}
    assert found == {"stage_due": date(2024, 6, 20), "urge_answer_due": date(2024, 6, 12)}


def test_without_a_person_the_unit_takes_over() -> None:
    desk = desk_of(of_stage("stage_due", "2024-06-20"))
    carry(desk, HandOver("run", "县司法局", ""))
    assert [d.person for d in desk.facts.duties] == ["县司法局"]


@pytest.mark.req("YL-2d")
def test_a_paper_with_a_date_of_its_own_is_owed_until_it_is_handed_in() -> None:
    stage = thing("stage", "open", id="run", parent="case", owner="case", key="self_check", kind="self_check", run=1)
    owed_first = {d.tag: d.on for d in artefact_dues(facts(stage, thing("case", "self_check")))}
    assert owed_first == {
        "score_table": date(2024, 5, 20),
        "rectification_plan": date(2024, 5, 20),
        "self_check_report": date(2024, 6, 20),
        "experience_material": date(2024, 6, 15),
    }
    handed_in = stage.with_data(artefacts={"score_table": {}, "self_check_report": {}})
    left = [d.tag for d in artefact_dues(facts(handed_in, thing("case", "self_check")))]
    assert left == ["rectification_plan", "experience_material"], "a run taken up again owes no more than these"
