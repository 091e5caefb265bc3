"""Whether what was measured meets what was asked for: exactly, and never by converting one unit into another.

A threshold is read from a table by `service.schemes.reading.thresholds`. Measured is a decimal with its unit (`"6wd"`,
`"83.5%"`), a rate as `{"numerator": 7, "denominator": 8}`, a day, a word, or true and false. A bare number is
in the unit of the threshold - except for a share, where 80 might mean two things. What cannot be judged is
neither met nor unmet: it is unknown, and says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from operator import eq, ge, gt, le, lt
from typing import Any

TRENDS = ("trend_up", "trend_down")
ORDERED = ("<=", ">=", "<", ">")
OPERATORS = (*ORDERED, "=", *TRENDS)
SHARE = "%"
WORDED = {
    "percent": SHARE,
    "working_days": "wd",
    "days": "d",
    "hours": "h",
    "per_year": "y",
    "per_quarter": "q",
    "per_month": "m",
    "status": "",
    "boolean": "",
}
"""How tables with a column of its own for the unit and the period word them."""
GRADES = ("county", "prefectural", "provincial_ministerial", "national")
"""From low to high, for what is awarded by a level of the state: a higher one than asked for will do."""

# A value with more digits or a wilder exponent is no quantity: 1e999999 must not fill the memory.
_MOST_DIGITS = 20
_LONGEST = 100
_DECIMAL = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_QUANTITY = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(%|[a-z]+(?:_[a-z]+)*)?", re.ASCII)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<=": le, ">=": ge, "<": lt, ">": gt, "=": eq, "trend_up": gt, "trend_down": lt,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Threshold:
    """What is asked for: metric, operator, value, unit and period, as `enforcement_inspection >= 1 /2y`.

    `value` is an exact number (80 % is 4/5), a day of every year (`--01-31`), a grade or another word, the
    name of a recorded reference, or for a trend the period before. `unit` is wd, d, h, %, or what is counted.
    """

    metric: str
    operator: str
    value: Fraction | str
    unit: str = ""
    period: str = ""

    @property
    def is_day(self) -> bool:
        return isinstance(self.value, str) and self.value.startswith("--")

    @property
    def is_grade(self) -> bool:
        return self.operator in ORDERED and self.value in GRADES

    @property
    def reference(self) -> str | None:
        """The name of the reference that it compares with, if it does."""
        named = isinstance(self.value, str) and self.operator in ORDERED and not self.is_day and not self.is_grade
        return str(self.value) if named else None

    def __str__(self) -> str:
        """As a table states it; it reads back as the same."""
        within = f"/{self.period}" if self.period else ""
        if self.operator in TRENDS:
            return f"{self.metric} {self.operator}" + (f" {self.unit}" if self.unit else "") + within
        stated = self.value
        if isinstance(stated, Fraction):
            stated = _decimal(stated * 100 if self.unit == SHARE else stated)
        return f"{self.metric}{self.operator}{stated}{self.unit}{within}"


def _decimal(value: Fraction) -> str:
    """A finite decimal, which every number that was read is, without a superfluous 0."""
    places = next(n for n in range(64) if 10**n % value.denominator == 0)
    digits = str(value.numerator * 10**places // value.denominator).zfill(places + 1)
    return f"{digits[: len(digits) - places]}.{digits[len(digits) - places :]}" if places else digits


@dataclass(frozen=True, slots=True)
class Met:
    """What was measured meets the threshold."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """What was measured misses the threshold."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It cannot be judged yet: what is missing, in Chinese and English."""

    zh: str
    en: str


Judgement = Met | Unmet | Unknown
_MET, _UNMET = Met(), Unmet()


def exact(given: Any) -> Fraction | None:
    """A decimal as it came (text or whole number, never a binary float), exactly; None if it is none.

    Digits of other scripts, spaces and underscores, which Python would read, are no decimal.
    """
    if isinstance(given, bool | float) or given is None:
        return None
    try:
        digits = str(given)
        number = Decimal(digits)
    except (InvalidOperation, ValueError):  # Python itself refuses to write out an endless integer
        return None
    if (
        not _DECIMAL.fullmatch(digits)
        or not number.is_finite()
        or max(len(number.as_tuple().digits), abs(number.adjusted())) > _MOST_DIGITS
    ):
        return None
    return Fraction(number)


def measurable(given: Any) -> bool:
    """Whether something has the shape of a measured value at all."""
    if isinstance(given, Mapping):
        return set(given) == {"numerator", "denominator"} and all(exact(v) is not None for v in given.values())
    if isinstance(given, str):
        return 0 < len(given) <= _LONGEST
    return isinstance(given, bool) or exact(given) is not None


def judge(
    threshold: Threshold, given: Any, references: Mapping[str, Any] | None = None, earlier: Any = None
) -> Judgement:
    """Met, unmet or unknown. `references` are recorded values by name, `earlier` is that of the period before."""
    if given is None:
        return Unknown("尚无测量值", "nothing was measured")
    if threshold.is_day:
        return _by_day(threshold, given)
    if threshold.is_grade:
        return _by_grade(threshold, given)
    if isinstance(threshold.value, str) and threshold.operator == "=":
        return _by_word(threshold, given)
    found = _quantity(given, threshold.unit)
    limit = _limit(threshold, references or {}, earlier)
    for one in (found, limit):
        if isinstance(one, Unknown):
            return one
    return _compared(threshold, found, limit)


def _compared(threshold: Threshold, found: Any, limit: Any) -> Judgement:
    (value, unit), (least, asked) = found, limit
    if unit != asked:
        zh = f"测量单位为“{unit or '-'}”，应为“{asked or '-'}”，不作换算"
        return Unknown(zh, f"measured in {unit or '-'}, asked for in {asked or '-'}; units are not converted")
    return _said(_COMPARE[threshold.operator](value, least))


def _said(holds: bool) -> Judgement:
    return _MET if holds else _UNMET


def _limit(threshold: Threshold, references: Mapping[str, Any], earlier: Any) -> tuple[Fraction, str] | Unknown:
    """What the measured value is compared with: the number itself, a reference, or the period before."""
    if isinstance(threshold.value, Fraction):
        return threshold.value, threshold.unit
    if threshold.operator in TRENDS:
        if earlier is None:
            return Unknown("尚无上一期的记录值", "no value of the period before is on record")
        return _quantity(earlier, threshold.unit)
    if references.get(threshold.value) is None:
        return Unknown(f"尚未登记参照值 {threshold.value}", f"the reference {threshold.value} is not recorded")
    return _quantity(references[threshold.value], threshold.unit)


def _quantity(given: Any, unit: str) -> tuple[Fraction, str] | Unknown:
    """An exact number with its unit. A bare one is in the unit asked for, unless that is a share."""
    if isinstance(given, Mapping):
        return _rate(given)
    match = _QUANTITY.fullmatch(given) if isinstance(given, str) else None
    number, named = (match[1], match[2]) if match else (given, None)
    value = exact(number) if match or isinstance(given, int) else None
    if value is None:
        return Unknown(f"“{given}”不是数值", f"{given} is no quantity")
    if named == SHARE:
        return value / 100, SHARE
    if named is None and unit == SHARE:
        return Unknown("比率须写明分子与分母，或带百分号", "a share is given as numerator and denominator, or with %")
    return value, named or unit


def _rate(given: Mapping[str, Any]) -> tuple[Fraction, str] | Unknown:
    parts = [exact(given.get(name)) for name in ("numerator", "denominator")]
    if parts[0] is None or parts[1] is None or parts[0] < 0 or parts[1] < 0:
        return Unknown("分子、分母须为非负数", "numerator and denominator are numbers from 0")
    if parts[1] == 0:
        return Unknown("分母为零，可列为不适用", "the denominator is 0; it may not apply")
    return parts[0] / parts[1], SHARE


def _by_day(threshold: Threshold, given: Any) -> Judgement:
    """A day of every year: what happened counts in the year in which it happened."""
    try:
        on = date.fromisoformat(given)
    except (TypeError, ValueError):
        return Unknown("应为日期，形如 2024-01-31", "a date is asked for, such as 2024-01-31")
    return _said(_COMPARE[threshold.operator](f"--{on:%m-%d}", threshold.value))


def _by_grade(threshold: Threshold, given: Any) -> Judgement:
    if given not in GRADES:
        return Unknown(f"级别应为 {'、'.join(GRADES)} 之一", f"a grade is one of {', '.join(GRADES)}")
    return _said(_COMPARE[threshold.operator](GRADES.index(given), GRADES.index(str(threshold.value))))


def _by_word(threshold: Threshold, given: Any) -> Judgement:
    said = str(given).lower() if isinstance(given, bool) else given
    if not isinstance(said, str):
        return Unknown("应为文字或 true、false", "a word, true or false is asked for")
    return _said(said == threshold.value)
