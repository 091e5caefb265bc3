"""Working days of the official table, ten-day periods, ends of days."""

import datetime as dt
from typing import Literal

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.dates.calendar import ZONE, Calendar, Counted, OffDay, SpecialDay, end_of_day, ten_day_end, today
from service.schemes.loader import official_calendar

CN = official_calendar()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.req("QH-11c")
@pytest.mark.parametrize(
    ("opened", "working_days", "last"),
    [
        ("2025-11-03", 5, "2025-11-10"),
        ("2025-11-17", 5, "2025-11-24"),
        ("2024-09-23", 5, "2024-09-29"),  # a Sunday that is worked before National Day
        ("2021-09-13", 5, "2021-09-18"),  # a Saturday that is worked before Mid-Autumn
        ("2025-11-21", 10, "2025-12-05"),
        ("2026-01-26", 10, "2026-02-09"),
        ("2026-02-25", 15, "2026-03-17"),  # with a worked Saturday, 28 February
    ],
)
def test_a_period_ends_on_its_last_working_day_and_the_first_day_is_day_zero(
    opened: str, working_days: int, last: str
) -> None:
    assert CN.add_working_days(day(opened), working_days) == day(last)


def test_the_shipped_table_agrees_with_the_package_on_every_day_it_knows() -> None:
    first, last = dt.date(2004, 1, 1), dt.date(2026, 12, 31)
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    assert [d for d in days if CN.is_working_day(d) != chinese_calendar.is_workday(d)] == []


@pytest.mark.req("INV-33")
def test_a_year_without_a_table_is_provisional_and_runs_monday_to_friday() -> None:
    assert not CN.provisional(2026)
    assert CN.provisional(2027)
    assert CN.provisional(2003)
    assert CN.is_working_day(day("2027-10-01"))  # a Friday: only the notice can make it a holiday
    assert not CN.is_working_day(day("2027-10-02"))


@pytest.mark.req("INV-33")
def test_counting_across_new_year_tells_that_it_rests_on_a_provisional_year() -> None:
    assert CN.provisional_between(day("2026-12-30"), day("2027-01-06"))
    assert CN.provisional_between(day("2027-01-06"), day("2026-12-30"))
    assert not CN.provisional_between(day("2025-12-30"), day("2026-01-06"))


@given(st.dates(dt.date(2004, 3, 1), dt.date(2026, 9, 1)), st.integers(1, 60))
def test_counting_forward_and_back_meets_on_a_working_day(start: dt.date, count: int) -> None:
    last = CN.add_working_days(start, count)
    between = [start + dt.timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert CN.is_working_day(last)
    assert sum(CN.is_working_day(d) for d in between) == count
    if CN.is_working_day(start):
        assert CN.add_working_days(last, -count) == start


def test_no_working_day_is_added_to_a_day_that_stays() -> None:
    assert CN.add_working_days(day("2024-06-15"), 0) == day("2024-06-15")


def test_a_day_off_moves_only_where_the_scheme_says_so() -> None:
    saturday = day("2024-06-15")
    assert CN.shift(saturday, "none") == saturday
    assert CN.shift(saturday, "next") == day("2024-06-17")
    assert CN.shift(saturday, "previous") == day("2024-06-14")
    assert CN.shift(day("2024-06-14"), "next") == day("2024-06-14")


def test_a_day_is_over_at_midnight_in_china() -> None:
    over = end_of_day(day("2025-01-31"))
    assert over.isoformat() == "2025-02-01T00:00:00+08:00"
    assert over.tzinfo is ZONE


def test_the_date_is_the_one_in_china() -> None:
    assert today(dt.datetime(2025, 1, 31, 15, 59, tzinfo=dt.UTC)) == day("2025-01-31")
    assert today(dt.datetime(2025, 1, 31, 16, 0, tzinfo=dt.UTC)) == day("2025-02-01")
    with pytest.raises(ValueError, match="zone"):
        today(dt.datetime(2025, 1, 31, 16, 0))  # noqa: DTZ001 - the point of the test


@pytest.mark.req("GAP-YL-1")
@pytest.mark.parametrize(
    ("year", "month", "part", "last"),
    [
        (2024, 5, "mid", "2024-05-20"),
        (2024, 7, "mid", "2024-07-20"),
        (2024, 10, "late", "2024-10-31"),
        (2025, 2, "early", "2025-02-10"),
        (2024, 2, "late", "2024-02-29"),
    ],
)
def test_a_ten_day_period_ends_on_the_tenth_the_twentieth_or_the_last_of_the_month(
    year: int, month: int, part: Literal["early", "mid", "late"], last: str
) -> None:
    assert ten_day_end(year, month, part) == day(last)


def test_a_calendar_knows_which_table_it_is() -> None:
    assert CN.version.startswith("cn-")
    assert official_calendar() is CN
    assert CN.end_of_day(day("2025-01-31")) == end_of_day(day("2025-01-31"))
    with pytest.raises(KeyError):
        official_calendar("mars")


def test_another_table_gives_other_working_days() -> None:
    storm = Calendar([SpecialDay(day("2026-03-02"), "holiday", "台风停工")], version="storm")
    assert storm.add_working_days(day("2026-02-27"), 1) == day("2026-03-03")
    assert storm.version == "storm"


# --------------------------------------------------------------------------------- every public holiday, 2021-2026

OFFSETS = range(-3, 4)


def holidays() -> list[tuple[dt.date, dt.date]]:
    """Each stretch of days off around a public holiday, weekends that touch it included."""
    first, last = dt.date(2021, 1, 1), dt.date(2026, 12, 31)
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    stretches: list[list[dt.date]] = []
    for one in (d for d in days if not chinese_calendar.is_workday(d)):
        if stretches and stretches[-1][-1] + dt.timedelta(days=1) == one:
            stretches[-1].append(one)
        else:
            stretches.append([one])
    return [(s[0], s[-1]) for s in stretches if any(CN.days.get(d) for d in s)]


def counted_by_hand(opened: dt.date, count: int) -> dt.date:
    """As an official counts on the wall calendar: one day after the other, only those that are worked."""
    at = opened
    while count:
        at += dt.timedelta(days=1)
        count -= chinese_calendar.is_workday(at)
    return at


def test_there_are_at_least_six_public_holidays_in_each_of_the_six_years() -> None:
    assert len(holidays()) >= 36


@pytest.mark.req("QH-11c")
@pytest.mark.parametrize(("first", "last"), holidays(), ids=lambda day: day.isoformat())
def test_a_notice_around_a_public_holiday_ends_as_counted_by_hand(first: dt.date, last: dt.date) -> None:
    """Published before, on each day of, and after the holiday, for five, ten and one working days."""
    published = {edge + dt.timedelta(days=n) for edge in (first, last) for n in OFFSETS}
    published |= {first + dt.timedelta(days=n) for n in range((last - first).days + 1)}
    for opened in sorted(d for d in published if d < dt.date(2026, 12, 1)):
        for count in (1, 5, 10):
            assert CN.add_working_days(opened, count) == counted_by_hand(opened, count), (opened, count)


@pytest.mark.req("QH-11c")
@pytest.mark.parametrize(
    ("opened", "last"),
    [
        ("2021-04-23", "2021-04-29"),  # a worked Sunday before Labour Day
        ("2021-04-30", "2021-05-11"),  # the day before it, a worked Saturday after it
        ("2022-04-01", "2022-04-11"),  # a worked Saturday, then Tomb-Sweeping Day
        ("2023-06-21", "2023-06-29"),  # a worked Sunday after the Dragon Boat Festival
        ("2024-09-25", "2024-10-08"),
        ("2024-10-01", "2024-10-12"),  # published on National Day itself
        ("2024-10-08", "2024-10-14"),  # published on the first day after it
        ("2025-01-24", "2025-02-07"),
        ("2025-01-29", "2025-02-10"),  # published on New Year's Day of the old calendar
        ("2026-09-18", "2026-09-24"),
        ("2026-09-28", "2026-10-10"),
    ],
)
def test_five_working_days_across_a_holiday_as_the_notices_of_the_years_give_them(opened: str, last: str) -> None:
    assert CN.add_working_days(day(opened), 5) == day(last)


@pytest.mark.req("QH-11c")
def test_a_make_up_day_counts_whether_a_period_begins_ends_or_lies_on_it() -> None:
    worked = [d for d, one in CN.days.items() if one.kind == "workday" and 2021 <= d.year <= 2026]
    assert len(worked) >= 30
    for one in worked:
        before = CN.add_working_days(one, -1)
        assert CN.add_working_days(before, 1) == one
        assert CN.add_working_days(one, 1) > one


# ---------------------------------------------------------------------------------------- how a date is worked out


@given(
    st.dates(dt.date(2004, 3, 1), dt.date(2026, 6, 1)),
    st.integers(0, 40),
    st.sampled_from(["none", "next", "previous"]),
)
def test_a_counted_date_is_worked_and_within_reach_of_its_count(start: dt.date, count: int, off_day: OffDay) -> None:
    found = Counted(start, count, off_day).on(CN)
    if count or off_day != "none":
        assert CN.is_working_day(found)
    if count:
        assert found == CN.add_working_days(start, count)  # what was counted lies on a working day already
    elif off_day == "previous":
        assert found <= start
    else:
        assert found >= start


@pytest.mark.req("INV-33")
@given(st.dates(dt.date(2027, 1, 1), dt.date(2027, 9, 1)), st.integers(1, 40))
def test_a_holiday_more_never_makes_a_date_earlier_and_a_make_up_day_never_later(start: dt.date, count: int) -> None:
    weekdays = Calendar([], years=[2027])
    free = SpecialDay(start + dt.timedelta(days=7 - start.weekday()), "holiday", "节")  # a Monday
    worked = SpecialDay(start + dt.timedelta(days=12 - start.weekday()), "workday", "调休")  # a Saturday
    plain = weekdays.add_working_days(start, count)
    assert Calendar([free]).add_working_days(start, count) >= plain
    assert Calendar([worked]).add_working_days(start, count) <= plain


@pytest.mark.req("INV-33")
def test_the_years_that_are_official_are_told_apart_from_those_a_day_lies_in() -> None:
    """The leave of New Year's Day may begin in a December of which there is no calendar."""
    early = Calendar([SpecialDay(day("2026-12-31"), "holiday", "元旦")], years=[2027])
    assert early.provisional(2026)
    assert not early.provisional(2027)
    assert not early.is_working_day(day("2026-12-31"))
