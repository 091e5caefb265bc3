"""Dates that a scheme words as its document does: resolved when it is loaded, and compared where both are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from service.domain.dates.wordings import TenDayRule, date_of
from service.schemes.model import Scheme
from service.schemes.problem import Problem, pointer
from service.schemes.values import Due

RULE = "GAP-YL-1"
_SAYS_WHEN = ("date", "offset", "pending")


def with_dates(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition in which `due: {wording: 2024年5月中旬前}` has the date that the words mean.

    Words that name no day we can read stay as they are; `wording_problems` tells of them.
    """
    rules = definition.get("calendar")
    said = rules.get("ten_day_rule") if isinstance(rules, Mapping) else None
    rule: TenDayRule = "period_start" if said == "period_start" else "period_end"
    return {name: _dated(one, rule) for name, one in definition.items()}


def _dated(value: Any, rule: TenDayRule) -> Any:
    if isinstance(value, list | tuple):
        return [_dated(one, rule) for one in value]
    if not isinstance(value, Mapping):
        return value
    wording = value.get("wording")
    if isinstance(wording, str) and value.keys() <= Due.model_fields.keys():
        day = date_of(wording, rule) if not any(value.get(name) for name in _SAYS_WHEN) else None
        return {**value, "date": day} if day else value
    return {name: _dated(one, rule) for name, one in value.items()}


def wording_problems(scheme: Scheme) -> Iterator[Problem]:
    """Every date of a scheme that is another than its wording says, and every wording alone that names no day."""
    yield from _compared(scheme, "", scheme.calendar.ten_day_rule)


def _compared(value: Any, path: str, rule: TenDayRule) -> Iterator[Problem]:
    if isinstance(value, Due):
        yield from _of(value, path, rule)
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _compared(getattr(value, name), path + pointer(field.alias or name), rule)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _compared(one, path + pointer(name), rule)
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield from _compared(one, path + pointer(place), rule)


def _of(due: Due, path: str, rule: TenDayRule) -> Iterator[Problem]:
    if not due.wording:
        return
    if due.stated == 0:
        zh, en = f"无法从“{due.wording}”得出日期，请写明 date", f"{due.wording} names no day: write the date"
        yield Problem(f"{path}/wording", zh, en, RULE)
    elif due.date and (said := date_of(due.wording, rule, due.date.year)) not in (None, due.date):
        zh = f"“{due.wording}”应为 {said}，而非 {due.date}"
        yield Problem(f"{path}/date", zh, f"{due.wording} is {said}, not {due.date}", RULE)
