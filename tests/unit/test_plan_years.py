"""The years of a plan: where each begins and ends, whatever the month in which it does."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.plans import years as plan_years
from service.schemes.plan import ActionPlan
from tests.support.plans import plan

MONTH_DAYS = st.dates(date(2023, 1, 1), date(2023, 12, 31)).map(lambda day: day.isoformat()[5:])
DAYS = st.dates(date(2022, 1, 1), date(2026, 12, 31))


def with_year(end: str, **more: str) -> ActionPlan:
    return ActionPlan.model_validate(plan(year_end=end, window={"to": "2030-12-31"}, **more))


@given(MONTH_DAYS, DAYS)
def test_every_day_lies_in_exactly_one_plan_year(end: str, day: date) -> None:
    it = with_year(end)
    year = plan_years.year_of(it, day)
    assert plan_years.begins(it, year) <= day <= plan_years.ends(it, year)
    assert plan_years.begins(it, year + 1) == plan_years.ends(it, year) + timedelta(days=1)


@given(MONTH_DAYS, MONTH_DAYS, st.integers(2023, 2026))
def test_a_month_day_falls_once_in_every_plan_year(end: str, month_day: str, year: int) -> None:
    it = with_year(end)
    on = plan_years.within(it, month_day, year)
    assert on.isoformat()[5:] == month_day
    assert plan_years.year_of(it, on) == year
    later = plan_years.after(it, month_day, year)
    assert plan_years.ends(it, year) <= later < plan_years.ends(it, year) + timedelta(days=367)


@given(MONTH_DAYS, st.integers(2023, 2026), st.sampled_from([1, 3, 12]))
def test_the_periods_of_a_year_follow_each_other_without_a_gap(end: str, year: int, months: int) -> None:
    it = with_year(end)
    found = plan_years.parts(it, year, months)
    assert len(found) == 12 // months
    assert found[0][0] == plan_years.begins(it, year)
    assert all(first == before + timedelta(days=1) for (_, before), (first, _) in pairwise(found))
    assert found[-1][1] == plan_years.ends(it, year)


@pytest.mark.req("GAP-HY-2")
def test_nothing_falls_after_the_last_day_of_the_plan() -> None:
    it = ActionPlan.model_validate(plan(window={"to": "2025-06-30"}))
    assert plan_years.last_year(it) == 2025
    assert plan_years.ends(it, 2025) == date(2025, 6, 30)
    assert plan_years.within(it, "12-31", 2025) == date(2025, 6, 30)
    assert plan_years.after(it, "01-31", 2025) == date(2025, 6, 30)
    assert plan_years.parts(it, 2025, 1)[-1] == (date(2025, 6, 1), date(2025, 6, 30))


def test_an_appraisal_day_before_the_end_of_the_year_is_that_of_the_next_one() -> None:
    it = with_year("12-31")
    assert plan_years.after(it, "12-31", 2024) == date(2024, 12, 31)
    assert plan_years.after(it, "01-31", 2024) == date(2025, 1, 31)
