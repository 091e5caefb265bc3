"""When batches open: by the cadence of the scheme, by its printed window, or once a year while it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from service.domain.dates.calendar import years_after

if TYPE_CHECKING:
    from service.domain.dates.calendar import Calendar
    from service.schemes.model import Scheme

OPEN_FOR = timedelta(days=90)
"""How long a window stays open where the scheme leaves its last day to the office."""


@dataclass(frozen=True)
class Round:
    """One batch to come. `closes` None: the last day is that of the scheme."""

    number: int
    naming_year: int
    opens: date
    closes: date | None


def beginning(scheme: Scheme, first: date) -> date:
    """The first day on which anything of the scheme can happen."""
    return max(first, *(d for d in (scheme.effective_from, scheme.window.from_) if d is not None), first)


def rounds(scheme: Scheme, calendar: Calendar, first: date, last: date) -> list[Round]:
    """The batches of these years."""
    start = beginning(scheme, first)
    end = min(last, scheme.window.to or last)
    found: list[Round] = []
    for opens in _openings(scheme, calendar, start, end):
        closes = _closes(scheme, opens, end)
        if closes is not None and closes < opens:
            break
        found.append(Round(len(found) + 1, _naming_year(scheme, opens, len(found)), opens, closes))
    return found


def _openings(scheme: Scheme, calendar: Calendar, start: date, end: date) -> list[date]:
    cadence, printed = scheme.cadence, scheme.batch.window.to
    if cadence is None and isinstance(printed, date):
        return [calendar.shift(start, "next")] if start <= min(printed, end) else []
    every = cadence.years if cadence else 1
    opens = calendar.shift(start, "next")
    if cadence and cadence.first_start:
        behind = (start.year - cadence.first_start) % every
        if start.year < cadence.first_start or behind:
            year = cadence.first_start if start.year < cadence.first_start else start.year + every - behind
            opens = calendar.shift(date(year, 1, 1), "next")
    found = []
    while opens <= end:
        found.append(opens)
        following = years_after(opens, every) if cadence else date(opens.year + 1, 1, 1)
        opens = calendar.shift(following, "next")
    return found


def _closes(scheme: Scheme, opens: date, end: date) -> date | None:
    """The printed last day while it is to come; later the same day of a later year; else some months on."""
    printed = scheme.batch.window.to
    if isinstance(printed, date):
        if printed >= opens:
            return None
        later = years_after(printed, opens.year - printed.year)
        return min(later if later > opens else years_after(later, 1), scheme.window.to or date.max)
    return min(opens + OPEN_FOR, end if scheme.window.to else date.max)


def _naming_year(scheme: Scheme, opens: date, number: int) -> int:
    cadence = scheme.cadence
    if cadence and cadence.first_naming:
        return cadence.first_naming + number * cadence.years
    return opens.year
