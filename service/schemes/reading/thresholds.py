"""How a threshold is written: `online_rate>=80%`, `document_consultation>=7wd`, `inspection>=1/2y`.

    metric operator value [unit] [/period]

A number that is not 0 names its unit, or at least the period in which something is to happen so often. A share
is written in percent. A day of every year is `--01-31`, a word is a status or a grade, and any other name is
that of a reference recorded for the batch (`prev_year_national_mean`). A trend has no value: `cases trend_down %/y`.
"""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator

from service.domain.measures.thresholds import OPERATORS, SHARE, TRENDS, WORDED, Threshold, exact
from service.schemes.problem import Unfit

__all__ = ["Condition", "Threshold", "ThresholdError", "from_columns", "parse", "printed"]

_SIGNS = ", ".join(OPERATORS)
_METRIC = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_OPERATOR = re.compile(r"\s*(<=|>=|<|>|=|\s(?:trend_up|trend_down)(?=\s|/|$))\s*", re.ASCII)
_VALUE = re.compile(
    r"(?:(?P<number>(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)(?P<unit>%|[a-z]+(?:_[a-z]+)*)?|(?P<day>--[0-9]{2}-[0-9]{2})|(?P<word>[a-z][a-z0-9_]*))",
    re.ASCII,
)
_PERIOD = re.compile(r"(?:[1-9][0-9]?)?[yqmwd]|[a-z]{3,}|[a-z]+(?:_[a-z]+)+", re.ASCII)
_UNIT = re.compile(r"%|[a-z]+(?:_[a-z]+)*", re.ASCII)
PREVIOUS = "previous_period"


class ThresholdError(Unfit):
    """What is no threshold, in Chinese and English."""


def parse(written: str) -> Threshold:
    """The threshold that a text states. Raises ThresholdError."""
    metric = _METRIC.match(written)
    if metric is None:
        raise ThresholdError(f"“{written}”未写明度量", f"{written!r} names no metric")
    operator = _OPERATOR.match(written, metric.end())
    if operator is None:
        raise ThresholdError(f"“{written}”缺少运算符：{_SIGNS}", f"{written!r} has no operator: {_SIGNS}")
    stated, slash, period = written[operator.end() :].partition("/")
    if slash and not _PERIOD.fullmatch(period):
        raise ThresholdError(f"“{written}”的周期有误", f"{written!r} has no sound period")
    sign = operator[1].strip()
    if sign in TRENDS:
        return Threshold(metric[0], sign, PREVIOUS, _unit(written, stated.strip()), period)
    value, unit = _value(written, stated, period)
    return _sound(written, Threshold(metric[0], sign, value, unit, period))


def from_columns(metric: str, operator: str, target: str, unit: str = "", period: str = "") -> Threshold:
    """The threshold of a table that has a column for each part. Raises ThresholdError."""
    if operator not in OPERATORS:
        raise ThresholdError(f"“{metric}”的运算符应为 {_SIGNS}", f"{metric} has no operator: {_SIGNS}")
    counted, within = WORDED.get(unit, unit), WORDED.get(period, period)
    worded = exact(target) is None
    stated = counted if operator in TRENDS else target + ("" if worded else counted)
    return parse(f"{metric} {operator} {stated}" + (f"/{within}" if within else ""))


def printed(threshold: Threshold) -> str:
    """The text of a threshold; `parse` reads it back as the same."""
    return str(threshold)


def _value(written: str, stated: str, period: str) -> tuple[Fraction | str, str]:
    found = _VALUE.fullmatch(stated)
    if found is None:
        raise ThresholdError(f"“{written}”的数值有误", f"{written!r} states no sound value")
    if found["number"] is None:
        return found["day"] or found["word"], ""
    number, unit = exact(found["number"]), found["unit"] or ""
    if number is None:
        raise ThresholdError(f"“{written}”的数值过长", f"{written!r} states too long a number")
    if number and not unit and not period:
        raise ThresholdError(f"“{written}”缺少单位或周期", f"{written!r} names neither unit nor period")
    return (number / 100 if unit == SHARE else number), unit


def _unit(written: str, unit: str) -> str:
    if unit and not _UNIT.fullmatch(unit):
        raise ThresholdError(f"“{written}”的单位有误", f"{written!r} has no sound unit")
    return unit


def _sound(written: str, threshold: Threshold) -> Threshold:
    if threshold.is_day:
        try:
            date.fromisoformat(f"2023{str(threshold.value)[1:]}")  # a yearly day exists in every year
        except ValueError:
            raise ThresholdError(f"“{written}”的日期不存在", f"{written!r} names no day of every year") from None
    return threshold


def _read(value: Any) -> Threshold:
    return value if isinstance(value, Threshold) else parse(str(value))


Condition = Annotated[Threshold, PlainValidator(_read), PlainSerializer(printed, return_type=str)]
"""A threshold as a field of a scheme; text in JSON."""
