"""When a bulletin comes round in a stage, and which draft the alarm asks for then."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import duties
from service.domain.alarm import ring
from service.domain.desk import Desk
from service.domain.facts import THE_SYSTEM, Duty, Facts, Thing
from service.domain.notices import dispatch
from service.schemes.bulletins import Bulletin, Rhythm
from service.schemes.loader import official_calendar
from service.schemes.model import Scheme, Text
from tests.support.domain import done, facts, reference, thing

CALENDAR = official_calendar()
TITLE = Text(zh="调度", en="Dispatch")
BIWEEKLY = Bulletin(key="dispatch", title=TITLE, audience="a", cadence=Rhythm(every_days=14), stages=("rectification",))
MONTHLY = Bulletin(
    key="monthly", title=TITLE, audience="a", cadence=Rhythm(last_working_day_of="month"), stages=("rectification",)
)


def scheme(*kinds: Bulletin) -> Scheme:
    return reference().model_copy(update={"bulletins": kinds})


def run(opened: str, state: str = "open", key: str = "rectification") -> Thing:
    data = {"key": key, "kind": "rectification", "run": 1, "on": {"open_stage": opened}}
    return thing("stage", state, id="run", parent="case", owner="case", data=data)


def at(
    now: str, *kinds: Bulletin, opened: str = "2024-11-15", state: str = "open", case: str = "rectification",
    owed: tuple[Duty, ...] = (), circulars: Any = (), key: str = "rectification",
) -> Facts:  # fmt: skip
    file = thing("case", case, id="case", paused_in="rectification")
    return facts(run(opened, state, key), file, scheme=scheme(*kinds), now=now, duties=owed, circulars=list(circulars))


def opened_by(about: Facts) -> list[Duty]:
    numbers = itertools.count(1)
    return [duties.opened(dispatch.DUTY, due, about, f"d{next(numbers)}") for due in dispatch.DUTY.due(about)]


def rung(about: Facts) -> Desk:
    ids = (f"new-{n}" for n in itertools.count(1))
    return ring(about, lambda: next(ids))


def live(kind: Bulletin, opened: str, until: str, circulars: list[Thing] | None = None) -> tuple[list[str], list[Any]]:
    """The days on which the stage has a draft made, from its opening on, and what was asked for."""
    about = at(f"{opened}T09:00", kind, opened=opened)
    owed: tuple[Duty, ...] = tuple(opened_by(about))
    days, sent, known = [], [], list(circulars or ())
    while (due := min(d.due_on or date.max for d in owed if d.done_at is None)) <= date.fromisoformat(until):
        desk = rung(at(f"{due}T00:00", kind, opened=opened, owed=owed, circulars=known))
        owed = tuple(desk.facts.duties)
        for one in desk.sends:
            days.append(due.isoformat())
            sent.append(one)
            known.append(thing("bulletin", "draft", id=one.thing, data={**one.data, **one.form}))
    return days, sent


# ------------------------------------------------------------------------------------------ rhythm


@pytest.mark.req("YL-3i")
@pytest.mark.req("GAP-YL-6")
def test_the_dispatch_comes_every_two_weeks_from_the_start_of_the_stage() -> None:
    days, _ = live(BIWEEKLY, "2024-11-15", "2025-02-10")
    assert days == ["2024-11-29", "2024-12-13", "2024-12-27", "2025-01-10", "2025-01-24", "2025-02-07"]


@pytest.mark.req("YL-3j")
@pytest.mark.req("GAP-YL-6")
def test_the_monthly_bulletin_comes_on_the_last_working_day_of_each_month() -> None:
    days, _ = live(MONTHLY, "2024-11-15", "2025-02-10")
    assert days == ["2024-11-29", "2024-12-31", "2025-01-27"]


@pytest.mark.req("GAP-YL-6")
def test_a_round_on_a_day_off_moves_and_the_rhythm_stays() -> None:
    days, _ = live(BIWEEKLY, "2024-09-17", "2024-10-31")  # 2024-10-01 is a holiday until the 7th
    assert days == ["2024-10-08", "2024-10-15", "2024-10-29"]


@pytest.mark.req("GAP-YL-6")
@given(
    start=st.dates(date(2021, 1, 4), date(2025, 6, 1)), every=st.integers(1, 40), rounds=st.integers(1, 12),
)  # fmt: skip
def test_every_round_is_worked_follows_the_one_before_and_stays_near_the_rhythm(
    start: date, every: int, rounds: int
) -> None:
    kind = BIWEEKLY.model_copy(update={"cadence": Rhythm(every_days=every)})
    about = at(f"{start}T09:00", kind, opened=start.isoformat())
    (duty,) = opened_by(about)
    seen = [start]
    for _ in range(rounds):
        assert duty.due_on is not None
        planned = date.fromisoformat(duty.key.split(":")[2])
        assert CALENDAR.is_working_day(duty.due_on)
        assert duty.due_on > seen[-1]
        assert (planned - start).days % every == 0
        assert not any(CALENDAR.is_working_day(planned + timedelta(n)) for n in range((duty.due_on - planned).days))
        seen.append(duty.due_on)
        (due,) = dispatch.next_round(at(f"{duty.due_on}T00:00", kind, opened=start.isoformat()), duty)
        duty = Duty("d", "case", "run", f"dispatch_due:{due.tag}", due.on)


def test_a_stage_in_which_no_bulletin_runs_owes_none() -> None:
    assert opened_by(at("2024-11-15T09:00", BIWEEKLY, key="creation")) == []


@pytest.mark.parametrize("event", ["set_aside_run", "cancel_run"])
def test_a_stage_that_is_left_owes_no_round_any_more(event: str) -> None:
    owed = tuple(opened_by(at("2024-11-15T09:00", BIWEEKLY)))
    case = "closed" if event == "cancel_run" else "rectification"
    about = at("2024-11-20T09:00", BIWEEKLY, owed=owed, case=case)
    file = about.things["case"].with_data(origin={"run": "run"})
    desk = done(replace(about, things={**about.things, "case": replace(file, ended=True)}), event, THE_SYSTEM).desk
    assert [d for d in desk.facts.duties if d.done_at is None] == []


# --------------------------------------------------------------------------------------- the draft


def test_each_draft_covers_the_days_since_the_one_before() -> None:
    _, sent = live(BIWEEKLY, "2024-11-15", "2024-12-28")
    assert [one.form["period"] for one in sent] == [
        {"from": "2024-11-15", "to": "2024-11-28"},
        {"from": "2024-11-29", "to": "2024-12-12"},
        {"from": "2024-12-13", "to": "2024-12-26"},
    ]
    assert {(one.machine, one.event, one.parent) for one in sent} == {("bulletin", "draft_due_bulletin", "batch")}


@pytest.mark.req("YL-3i")
def test_two_cases_of_one_day_ask_for_one_and_the_same_bulletin() -> None:
    (_, one), (_, other) = (live(BIWEEKLY, "2024-11-15", "2024-11-30") for _ in range(2))
    assert [s.thing for s in one] == [s.thing for s in other]
    _, later = live(BIWEEKLY, "2024-11-18", "2024-12-03")
    assert later[0].thing != one[0].thing


def test_a_case_that_came_later_falls_in_with_the_rhythm_of_the_batch() -> None:
    _, others = live(BIWEEKLY, "2024-11-15", "2024-11-30")
    theirs = [thing("bulletin", "issued", id=s.thing, data={**s.data, **s.form}) for s in others]
    days, sent = live(BIWEEKLY, "2024-11-20", "2024-12-28", theirs)
    assert days == ["2024-12-13", "2024-12-27"]
    assert sent[0].form["period"]["from"] == "2024-11-29"


def test_the_bulletins_of_another_track_or_kind_are_not_its_own() -> None:
    _, others = live(BIWEEKLY, "2024-11-15", "2024-11-30")
    theirs = [
        thing("bulletin", "issued", id="x", data={**s.data, **s.form, **changed})
        for s in others
        for changed in ({"track": "other"}, {"kind": "monthly"})
    ]
    days, _ = live(BIWEEKLY, "2024-11-15", "2024-11-30", theirs)
    assert days == ["2024-11-29"]


@pytest.mark.req("INV-22")
def test_a_paused_case_asks_for_no_draft_and_its_rhythm_goes_on() -> None:
    about = at("2024-11-15T09:00", BIWEEKLY)
    desk = rung(at("2024-11-29T00:00", BIWEEKLY, case="paused", owed=tuple(opened_by(about))))
    assert desk.sends == []
    assert [str(d.due_on) for d in desk.facts.duties if d.done_at is None] == ["2024-12-13"]


def test_a_stage_that_has_ended_asks_for_no_draft_and_has_no_next_round() -> None:
    about = at("2024-11-15T09:00", BIWEEKLY)
    desk = rung(at("2024-11-29T00:00", BIWEEKLY, state="completed", owed=tuple(opened_by(about))))
    assert desk.sends == []
    assert [d for d in desk.facts.duties if d.done_at is None] == []


def test_an_alarm_that_slept_serves_one_round_after_the_other() -> None:
    about = at("2024-11-15T09:00", BIWEEKLY)
    owed = tuple(opened_by(about))
    first = rung(at("2024-12-20T09:00", BIWEEKLY, owed=owed))
    assert [s.data["round"] for s in first.sends] == ["2024-11-29"]
    made = [thing("bulletin", "draft", id=s.thing, data={**s.data, **s.form}) for s in first.sends]
    second = rung(at("2024-12-20T09:00", BIWEEKLY, owed=tuple(first.facts.duties), circulars=made))
    assert [s.form["period"] for s in second.sends] == [{"from": "2024-11-29", "to": "2024-12-12"}]
    assert [str(d.due_on) for d in second.facts.duties if d.done_at is None] == ["2024-12-27"]


def test_a_kind_that_the_stage_no_longer_knows_comes_to_its_end() -> None:
    owed = tuple(opened_by(at("2024-11-15T09:00", BIWEEKLY)))
    desk = rung(at("2024-11-29T00:00", MONTHLY, owed=owed))
    assert (desk.sends, [d for d in desk.facts.duties if d.done_at is None]) == ([], [])
