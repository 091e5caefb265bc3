"""The years of an action plan: where each begins and ends, and on which day of it something falls.

A plan year is named after the calendar year in which it ends. It need not begin in January: a month-day of the
scheme means the first such day within the plan year. Nothing falls after the last day of the plan (GAP-HY-2).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.schemes.plan import ActionPlan

_DAY = timedelta(days=1)


def on_or_after(month_day: str, day: date) -> date:
    """The first such day of a year from that day on."""
    here = date.fromisoformat(f"{day.year}-{month_day}")
    return here if here >= day else date.fromisoformat(f"{day.year + 1}-{month_day}")


def year_of(plan: ActionPlan, day: date) -> int:
    """The plan year in which a day lies."""
    return on_or_after(plan.year_end, day).year


def last_year(plan: ActionPlan) -> int:
    """The plan year in which the plan ends."""
    return year_of(plan, plan.window.to)


def begins(plan: ActionPlan, year: int) -> date:
    """The first day of a plan year."""
    return date.fromisoformat(f"{year - 1}-{plan.year_end}") + _DAY


def ends(plan: ActionPlan, year: int) -> date:
    """The last day of a plan year."""
    return min(date.fromisoformat(f"{year}-{plan.year_end}"), plan.window.to)


def within(plan: ActionPlan, month_day: str, year: int) -> date:
    """That day of a plan year."""
    return min(on_or_after(month_day, begins(plan, year)), plan.window.to)


def after(plan: ActionPlan, month_day: str, year: int) -> date:
    """The first such day from the end of a plan year on."""
    return min(on_or_after(month_day, ends(plan, year)), plan.window.to)


def parts(plan: ActionPlan, year: int, months: int) -> list[tuple[date, date]]:
    """A plan year in periods of so many months: the first and the last day of each."""
    first = begins(plan, year)
    starts = [*(_months_on(first, n) for n in range(0, 12, months)), begins(plan, year + 1)]
    found = [(a, min(b - _DAY, plan.window.to)) for a, b in pairwise(starts)]
    return [(a, b) for a, b in found if a <= b]


def _months_on(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
