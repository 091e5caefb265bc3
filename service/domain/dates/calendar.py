"""Working days and ten-day periods, in Chinese local time.

Working days follow the holiday table of the State Council: a weekday of a holiday is off, a make-up weekend
is on. The day of publication or receipt is day zero. A year without a table runs Monday to Friday and is
provisional: whoever resolves a date into such a year says so, and the date is planned anew when the official
notice is known (INV-33).
"""

import calendar as months
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
TenDays = Literal["early", "mid", "late"]
OffDay = Literal["none", "next", "previous"]

_SATURDAY = 5
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its weekday: a holiday on a weekday, or a weekend that is worked."""

    date: dt.date
    kind: Literal["holiday", "workday"]
    name: str


def end_of_day(day: dt.date) -> dt.datetime:
    """The instant at which the day is over: 00:00 in China on the next one."""
    return dt.datetime.combine(day + _ONE_DAY, dt.time(), tzinfo=ZONE)


def today(instant: dt.datetime) -> dt.date:
    """The date in China at an instant. Raises ValueError for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(ZONE).date()


def ten_day_end(year: int, month: int, part: TenDays) -> dt.date:
    """The last day of 上旬, 中旬 or 下旬: the 10th, the 20th or the end of the month (GAP-YL-1)."""
    last = {"early": 10, "mid": 20, "late": months.monthrange(year, month)[1]}
    return dt.date(year, month, last[part])


def ten_day_start(year: int, month: int, part: TenDays) -> dt.date:
    """The first day of 上旬, 中旬 or 下旬: the 1st, the 11th or the 21st."""
    return dt.date(year, month, {"early": 1, "mid": 11, "late": 21}[part])


class Calendar:
    """An official calendar. Immutable; equal inputs give equal answers."""

    def __init__(self, days: Iterable[SpecialDay], version: str = "", years: Iterable[int] | None = None) -> None:
        self.version = version
        """Which table this is; kept with every date resolved on it."""
        self.days = {one.date: one for one in days}
        """What differs from its weekday."""
        self.years = frozenset(day.year for day in self.days) if years is None else frozenset(years)
        """The years of which there is an official table; those of the days themselves unless stated."""
        self._works = {day: one.kind == "workday" for day, one in self.days.items()}

    def is_working_day(self, day: dt.date) -> bool:
        """Whether the day is worked; in a provisional year, whether it is a weekday."""
        return self._works.get(day, day.weekday() < _SATURDAY)

    def stamp(self, day: dt.date | None) -> str:
        """The version a date was worked out with; it says so when the year has no official calendar yet (INV-33)."""
        return f"{self.version} provisional" if day is not None and self.provisional(day.year) else self.version

    def provisional(self, year: int) -> bool:
        """Whether the official table of the year is missing."""
        return year not in self.years

    def provisional_between(self, first: dt.date, last: dt.date) -> bool:
        """Whether counting from one day to another touches a provisional year."""
        low, high = sorted((first.year, last.year))
        return any(self.provisional(year) for year in range(low, high + 1))

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """The working day `count` working days after `day`, which is day zero; before it when negative."""
        step = _ONE_DAY if count >= 0 else -_ONE_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def shift(self, day: dt.date, rule: OffDay) -> dt.date:
        """The day itself when worked or when nothing is moved, else the nearest working day that way."""
        if rule == "none":
            return day
        step = _ONE_DAY if rule == "next" else -_ONE_DAY
        while not self.is_working_day(day):
            day += step
        return day

    end_of_day = staticmethod(end_of_day)
    today = staticmethod(today)


@dataclass(frozen=True, slots=True)
class Counted:
    """How a date rests on the calendar, kept so that it can be worked out again on a later one (INV-33).

    So many working days after `start`, which is day zero; then, where that is a day off, moved as `off_day` says.
    """

    start: dt.date
    working_days: int = 0
    off_day: OffDay = "none"

    def on(self, calendar: Calendar) -> dt.date:
        """The date by this calendar."""
        return calendar.shift(calendar.add_working_days(self.start, self.working_days), self.off_day)


def years_after(start: dt.date, years: int) -> dt.date:
    """The same day so many years on; a 29 February ends with its month."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)
