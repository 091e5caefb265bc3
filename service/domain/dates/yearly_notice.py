"""The yearly notice of the holidays: from its spans and make-up days to the days that differ from their weekday."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from service.domain.dates.calendar import SpecialDay

_SATURDAY = 5
_SPILL = 25
"""The leave of New Year's Day may begin in the last week of the December before, from this day on."""


@dataclass(frozen=True, slots=True)
class Span:
    """A holiday with all its days off, both ends included, as the notice words it."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one of the days, in Chinese and English. `place` counts from 0; None is the whole list."""

    place: int | None
    zh: str
    en: str


def special_days(spans: Iterable[Span], make_up: Iterable[tuple[date, str]]) -> list[SpecialDay]:
    """What differs from its weekday: the weekdays of the spans are off, the make-up days are worked."""
    off = [
        SpecialDay(day, "holiday", span.name)
        for span in spans
        for day in (span.first + timedelta(n) for n in range((span.last - span.first).days + 1))
        if day.weekday() < _SATURDAY
    ]
    return sorted([*off, *(SpecialDay(day, "workday", name) for day, name in make_up)], key=lambda one: one.date)


def faults(year: int, days: list[SpecialDay]) -> Iterator[Fault]:
    """Why these days are not the calendar of the year: together with the weekdays they give each day once.

    What is left differs from its weekday, so two years that both name a day cannot disagree about it.
    """
    if not days:
        yield Fault(None, "未列出任何节假日或调休日", "no day is named that differs from its weekday")
    times = Counter(one.date for one in days)
    for place, one in enumerate(days):
        if times[one.date] > 1:
            yield Fault(place, f"{one.date} 重复", f"{one.date} is named {times[one.date]} times")
        if not in_year(year, one.date):
            yield Fault(place, f"{one.date} 不属于 {year} 年", f"{one.date} is no day of {year}")
        if off_anyway := _as_its_weekday(one):
            zh, en = ("本为休息日", "is off anyway") if off_anyway == "off" else ("本为工作日", "is worked anyway")
            yield Fault(place, f"{one.date} {zh}，不必列出", f"{one.date} {en}: leave it out")


def in_year(year: int, day: date) -> bool:
    """Whether a notice of the year may name the day: its own days, and the end of the December before."""
    return day.year == year or (day.year == year - 1 and day.month == 12 and day.day >= _SPILL)


def _as_its_weekday(one: SpecialDay) -> Literal["off", "worked"] | None:
    weekend = one.date.weekday() >= _SATURDAY
    if one.kind == "holiday" and weekend:
        return "off"
    return "worked" if one.kind == "workday" and not weekend else None
