"""A transfer of work: to whom, from which day, and that nothing moves before it (INV-32)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.cases.organization import Tenure
from tests.support.walk import PROVINCE, Walk

FORM = {"text": "人员调整", "from": "chen", "to_unit": "县司法局", "to_person": "bai"}
TODAY = "2024-03-04"
CLERK = "county_government"


def open_case() -> Walk:
    walk = Walk(now=f"{TODAY}T09:00")
    walk.enter()
    return walk


def responsible(walk: Walk) -> set[str]:
    """Who is named by the open duties of the stage."""
    return {d.person for d in walk.facts.duties if d.thing == walk.run.id and d.done_at is None}


@pytest.mark.req("INV-32")
@pytest.mark.parametrize("day", ["2024-03-01", TODAY])
def test_work_that_passes_today_or_passed_before_moves_at_once(day: str) -> None:
    walk = open_case()
    walk.act("transfer", PROVINCE, **FORM, day=day)
    assert responsible(walk) == {"bai"}
    assert walk.case.data["since"] == day
    assert "transfer_day" not in walk.owed()


@pytest.mark.req("INV-32")
def test_work_that_passes_later_stays_until_the_day_begins() -> None:
    walk = open_case()
    walk.act("transfer", PROVINCE, **FORM, day="2024-03-18")
    assert (responsible(walk), "person" in walk.case.data) == ({""}, False)
    walk.at("2024-03-17T23:59")
    assert "take_over" not in walk.ring()
    walk.at("2024-03-18T00:00")
    assert "take_over" in walk.ring()
    assert (responsible(walk), walk.case.data["person"]) == ({"bai"}, "bai")


@pytest.mark.req("INV-32")
def test_a_second_transfer_takes_the_place_of_one_that_still_waits() -> None:
    walk = open_case()
    walk.act("transfer", PROVINCE, **FORM, day="2024-03-18")
    walk.act("transfer", PROVINCE, **{**FORM, "to_person": "qi"}, day="2024-03-10")
    walk.at("2024-03-10T00:00")
    walk.ring()
    assert responsible(walk) == {"qi"}
    walk.at("2024-03-18T00:00")
    assert "take_over" not in walk.ring()
    assert responsible(walk) == {"qi"}


def test_whoever_hands_over_does_not_take_over() -> None:
    walk = open_case()
    assert walk.refused("transfer", PROVINCE, **{**FORM, "to_person": "chen"}, day=TODAY) == ["transferee_fits"]


@pytest.mark.req("INV-32")
@given(first=st.none() | st.dates(date(2024, 3, 1), date(2024, 3, 31)), length=st.none() | st.integers(0, 60))
def test_whoever_takes_over_holds_a_role_of_the_file_on_that_day(first: date | None, length: int | None) -> None:
    day = date(2024, 3, 18)
    last = None if length is None else date.fromordinal((first or date(2024, 3, 1)).toordinal() + length)
    walk = open_case()
    walk.read(role_holders={"bai": (Tenure("third_party_evaluator"), Tenure(CLERK, first, last))})
    said: dict[str, Any] = {**FORM, "day": day.isoformat()}
    if (first is None or first <= day) and (last is None or day <= last):
        walk.act("transfer", PROVINCE, **said)
    else:
        assert walk.refused("transfer", PROVINCE, **said) == ["transferee_fits"]


def test_a_role_that_does_no_work_in_the_file_is_not_enough() -> None:
    walk = open_case()
    for held in ({}, {"bai": (Tenure("third_party_evaluator"),)}, {"qi": (Tenure(CLERK),)}):
        walk.read(role_holders=held)
        assert walk.refused("transfer", PROVINCE, **FORM, day=TODAY) == ["transferee_fits"]
