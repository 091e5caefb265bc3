"""Dates as documents word them, and the days that they mean."""

import calendar as months
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.dates.wordings import date_of, year_in


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.req("GAP-YL-1")
@pytest.mark.parametrize(
    ("wording", "end", "start"),
    [
        ("2024年5月中旬前", "2024-05-20", "2024-05-11"),
        ("2024年10月上旬", "2024-10-10", "2024-10-01"),
        ("2024年2月下旬前", "2024-02-29", "2024-02-21"),
        ("2025年2月下旬", "2025-02-28", "2025-02-21"),
        ("2024年12月下旬之前", "2024-12-31", "2024-12-21"),
    ],
)
def test_a_ten_day_period_is_read_as_its_end_or_as_its_first_day_where_the_scheme_says_so(
    wording: str, end: str, start: str
) -> None:
    assert date_of(wording) == day(end)
    assert date_of(wording, "period_start") == day(start)


@pytest.mark.req("GAP-YL-1")
@pytest.mark.parametrize("rule", ["period_end", "period_start"])
@pytest.mark.parametrize(
    ("wording", "means"),
    [
        ("2024年3月底前", "2024-03-31"),
        ("2024年2月底", "2024-02-29"),
        ("2023年2月末", "2023-02-28"),
        ("2024年11月15日前", "2024-11-15"),
        ("2024年6月1日以前", "2024-06-01"),
        ("2024年6月1号", "2024-06-01"),
        ("2024年第一季度", "2024-03-31"),
        ("2024年二季度末", "2024-06-30"),
        ("2024年第4季度底前", "2024-12-31"),
        ("2024年上半年", "2024-06-30"),
        ("2024年下半年", "2024-12-31"),
        ("2024年年底前", "2024-12-31"),
        ("2024年底前", "2024-12-31"),
        ("2024 年 9 月 20 日 前", "2024-09-20"),
        ("二〇二四年十二月三十一日前", "2024-12-31"),
        ("二零二五年十月十日", "2025-10-10"),
    ],
)
def test_every_other_wording_means_its_last_day_by_either_rule(rule: str, wording: str, means: str) -> None:
    assert date_of(wording, "period_start" if rule == "period_start" else "period_end") == day(means)


@pytest.mark.parametrize("wording", ["1月31日前", "每年1月31日前", "当年1月31日", "本年1月31日前"])
def test_a_wording_without_a_year_needs_one(wording: str) -> None:
    assert date_of(wording) is None
    assert date_of(wording, year=2025) == date(2025, 1, 31)
    assert year_in(wording) is None
    assert year_in("2024年1月31日前") == 2024


@pytest.mark.parametrize(
    "wording",
    [
        "",
        "具体时间待定",
        "2024年13月底前",
        "2024年2月30日前",
        "2024年0月上旬",
        "4月上旬至5月",
        "2024年",
        "2024年第五季度",
        "前",
    ],
)
def test_what_names_no_day_is_not_guessed(wording: str) -> None:
    assert date_of(wording, year=2024) is None


@pytest.mark.req("GAP-YL-1")
@given(st.integers(1950, 2199), st.integers(1, 12), st.sampled_from("上中下"))
def test_a_ten_day_period_begins_after_the_one_before_and_the_last_ends_with_its_month(
    year: int, month: int, part: str
) -> None:
    wording = f"{year}年{month}月{part}旬前"
    start, end = date_of(wording, "period_start"), date_of(wording)
    assert start is not None
    assert end is not None
    assert (start.year, start.month, start.day % 10) == (year, month, 1)
    assert end.day == {"上": 10, "中": 20, "下": months.monthrange(year, month)[1]}[part]


@given(st.dates(date(1950, 1, 1), date(2199, 12, 31)))
def test_a_date_that_is_written_out_means_itself(on: date) -> None:
    assert date_of(f"{on.year}年{on.month}月{on.day}日前") == on
