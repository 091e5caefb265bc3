"""From the notice of the holidays to the calendar of a year: nothing twice, nothing foreign, nothing idle."""

from datetime import date, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.dates.calendar import Calendar, SpecialDay
from service.domain.dates.yearly_notice import Span, faults, special_days
from service.schemes.loader import official_calendar

CN = official_calendar()


def day(text: str, kind: Literal["holiday", "workday"] = "holiday") -> SpecialDay:
    return SpecialDay(date.fromisoformat(text), kind, "节")


def of_year(year: int) -> list[SpecialDay]:
    return [one for one in CN.days.values() if one.date.year == year]


@pytest.mark.req("INV-33")
def test_the_notice_of_2024_gives_the_calendar_of_2024() -> None:
    """As announced: spans with their weekends, and the weekends that are worked for them."""
    spans = [
        Span("元旦", date(2023, 12, 30), date(2024, 1, 1)),  # begins in the year before, at a weekend
        Span("春节", date(2024, 2, 10), date(2024, 2, 17)),
        Span("清明节", date(2024, 4, 4), date(2024, 4, 6)),
        Span("劳动节", date(2024, 5, 1), date(2024, 5, 5)),
        Span("端午节", date(2024, 6, 8), date(2024, 6, 10)),
        Span("中秋节", date(2024, 9, 15), date(2024, 9, 17)),
        Span("国庆节", date(2024, 10, 1), date(2024, 10, 7)),
    ]
    worked = ("02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12")
    made = special_days(spans, [(date.fromisoformat(f"2024-{one}"), "调休") for one in worked])
    assert list(faults(2024, made)) == []
    assert [(one.date, one.kind) for one in made] == [(one.date, one.kind) for one in of_year(2024)]


@pytest.mark.parametrize("year", range(2004, 2027))
def test_every_year_that_ships_is_sound(year: int) -> None:
    assert list(faults(year, of_year(year))) == []


@pytest.mark.req("INV-33")
@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], "no day is named"),
        ([day("2027-10-01"), day("2027-10-01")], "named 2 times"),
        ([day("2027-10-01"), day("2027-10-01", "workday")], "named 2 times"),
        ([day("2028-01-03")], "no day of 2027"),
        ([day("2026-10-01")], "no day of 2027"),
        ([day("2026-12-24")], "no day of 2027"),
        ([day("2027-10-02")], "off anyway"),  # a Saturday
        ([day("2027-10-01", "workday")], "worked anyway"),  # a Friday
    ],
)
def test_what_is_no_calendar_of_the_year_is_told(days: list[SpecialDay], said: str) -> None:
    assert any(said in one.en for one in faults(2027, days))


@pytest.mark.req("INV-33")
def test_the_leave_of_new_year_may_begin_in_the_last_week_of_the_december_before() -> None:
    days = [day("2026-12-31"), day("2027-01-01")]
    assert list(faults(2027, days)) == []


@given(st.dates(date(2027, 1, 1), date(2027, 12, 20)), st.integers(1, 9))
def test_a_holiday_takes_off_its_weekdays_and_leaves_its_weekends_alone(first: date, length: int) -> None:
    span = Span("节", first, first + timedelta(days=length - 1))
    made = special_days([span], [])
    inside = [first + timedelta(n) for n in range(length)]
    assert [one.date for one in made] == [one for one in inside if one.weekday() < 5]
    calendar = Calendar(made, years=[2027])
    assert not any(calendar.is_working_day(one) for one in inside)
