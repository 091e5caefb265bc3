"""The wordings in which documents name a date, such as 2024年5月中旬前, and the day that each of them means.

A ten-day period is read as its end (the 10th, the 20th, the last of the month), or as its first day where the scheme
says so (GAP-YL-1). A month, a quarter, half a year and a year end with their last day.
"""

from __future__ import annotations

import calendar as months
import re
from datetime import date
from typing import Literal

from service.domain.dates.calendar import TenDays, ten_day_end, ten_day_start

TenDayRule = Literal["period_end", "period_start"]

_PARTS: dict[str, TenDays] = {"上旬": "early", "中旬": "mid", "下旬": "late"}
_DIGITS = "〇零一二三四五六七八九"
_BEFORE = "(?:(?:之|以)?前)?"
_YEAR = r"(?:(?P<year>\d{4}|[〇零一二三四五六七八九]{4})年|[每当本]年)?"
_NUMBER = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_WORDINGS = tuple(
    re.compile(f"{_YEAR}{rest}{_BEFORE}")
    for rest in (
        rf"(?P<month>{_NUMBER})月(?P<day>{_NUMBER})[日号]",
        rf"(?P<month>{_NUMBER})月(?:份)?(?P<part>[上中下]旬)",
        rf"(?P<month>{_NUMBER})月(?:份)?(?:底|末)",
        r"第?(?P<quarter>[1-4一二三四])季度(?:底|末)?",
        r"(?P<half>[上下])半年(?:底|末)?",
        r"(?P<end>年(?:底|末)|(?<=年)(?:底|末))",
    )
)


def year_in(wording: str) -> int | None:
    """The year that a wording names, or None."""
    found = re.match(_YEAR, _plain(wording))
    return _number(found["year"]) if found and found["year"] else None


def date_of(wording: str, rule: TenDayRule = "period_end", year: int | None = None) -> date | None:
    """The day that a wording means; `year` is that of a wording without one. None: it names no day that we can read."""
    plain = _plain(wording)
    for pattern in _WORDINGS:
        if found := pattern.fullmatch(plain):
            named = _number(found["year"]) if found["year"] else year
            try:
                return _day(found.groupdict(), named, rule) if named else None
            except ValueError:  # there is no such day
                return None
    return None


def _plain(wording: str) -> str:
    return re.sub(r"\s", "", wording)


def _day(said: dict[str, str | None], year: int, rule: TenDayRule) -> date:
    if quarter := said.get("quarter"):
        return _last_of(year, 3 * _number(quarter))
    if half := said.get("half"):
        return _last_of(year, 6 if half == "上" else 12)
    if "end" in said:
        return _last_of(year, 12)
    month = _number(said["month"] or "")
    if day := said.get("day"):
        return date(year, month, _number(day))
    if part := said.get("part"):
        edge = ten_day_end if rule == "period_end" else ten_day_start
        return edge(year, month, _PARTS[part])
    return _last_of(year, month)


def _last_of(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError(month)
    return date(year, month, months.monthrange(year, month)[1])


def _number(text: str) -> int:
    """A number in digits, in Chinese digits (二〇二四), or in words up to 九十九 (二十一)."""
    if text.isdecimal():
        return int(text)
    if "十" not in text:
        return int("".join(str(_digit(one)) for one in text))
    tens, _, ones = text.partition("十")
    return 10 * (_digit(tens) if tens else 1) + (_digit(ones) if ones else 0)


def _digit(one: str) -> int:
    return max(_DIGITS.index(one) - 1, 0)  # 〇 and 零 are both nought
