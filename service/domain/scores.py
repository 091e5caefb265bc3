"""Points and shares, exact to the last digit: 89.99 fails where 90 passes, whoever scored (INV-09).

`ratings` are those of one evaluation or stage run: indicator code -> one row for each scorer,
`{"person": str, "value": "0.9" | None, "reason": str | None}`; no value with a reason means not applicable.
In mode binary a value is 1 (met) or 0 (unmet). Nothing here rounds: a mean that is no finite decimal stays
a fraction. What nobody rated yet, or what scorers who must agree still differ on, counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Any, TypeVar

from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.machine import guard

if TYPE_CHECKING:
    from service.schemes.model import Band, Indicator, Scheme

Rows = Sequence[Mapping[str, Any]]
Ratings = Mapping[str, Rows]
B = TypeVar("B", bound="Band")

# A value with more digits or a wilder exponent is no score: 1e999999 must not fill the memory.
_MOST_DIGITS = 20


def exact(given: Any) -> Fraction | None:
    """A decimal as it came (text or whole number, never a binary float), exactly; None if it is none."""
    if isinstance(given, bool | float) or given is None:
        return None
    try:
        number = Decimal(str(given))
    except InvalidOperation:
        return None
    if not number.is_finite() or max(len(number.as_tuple().digits), abs(number.adjusted())) > _MOST_DIGITS:
        return None
    return Fraction(number)


def value(text: str) -> Fraction:
    """The exact number behind a stored result: `89.99` or, for what is no finite decimal, `809/9`."""
    return Fraction(text)


def text(number: Fraction) -> str:
    """How an exact result is stored: a plain decimal where it is one, otherwise `numerator/denominator`."""
    places = 0
    while places < 2 * _MOST_DIGITS and 10**places % number.denominator:
        places += 1
    if 10**places % number.denominator:
        return f"{number.numerator}/{number.denominator}"
    digits = str(abs(number.numerator) * 10**places // number.denominator).zfill(places + 1)
    cut = len(digits) - places
    return ("-" if number < 0 else "") + digits[:cut] + (f".{digits[cut:]}" if places else "")


def band(bands: Iterable[B], result: Fraction) -> B | None:
    """The highest band whose lower edge the exact result reaches; edges are inclusive (QH-11b)."""
    reached = [b for b in bands if result >= Fraction(b.at_least)]
    return max(reached, key=lambda b: b.at_least, default=None)


def passes(scheme: Scheme, result: Fraction) -> bool:
    """Whether a result reaches the edge of the band `pass`, or of the highest one where none is called so."""
    bands = scheme.scoring.pass_
    edges = [b.at_least for b in bands if b.outcome == "pass"] or [b.at_least for b in bands][:1]
    return all(result >= Fraction(edge) for edge in edges)


def items(scheme: Scheme) -> list[Indicator]:
    """What is rated: bonus and deduction items are facts and enter no sum (GAP-PDS-2)."""
    return [i for i in scheme.indicator_system.indicators if i.kind == "indicator"]


def off_step(scheme: Scheme, scores: Any) -> list[str]:
    """Codes of the items whose value is unknown, off the step, negative or above the maximum (GAP-QH-3)."""
    if not isinstance(scores, Mapping):
        return []
    most = {i.code: Fraction(i.max_points or 0) for i in items(scheme)}
    step = Fraction(scheme.scoring.step)
    if scheme.scoring.mode == "binary":
        most, step = {i.code: Fraction(1) for i in scheme.indicator_system.indicators}, Fraction(1)
    elif scheme.scoring.mode == "none":
        most = {}

    def wrong(code: Any, given: Any) -> bool:
        points = exact(given)
        return code not in most or points is None or not 0 <= points <= most[code] or points % step != 0

    return [str(code) for code, given in scores.items() if wrong(code, given)]


def _applicability(rows: Rows) -> set[bool]:
    return {row.get("value") is not None for row in rows}


def disagreeing(scheme: Scheme, ratings: Ratings) -> list[str]:
    """Items on which the scorers must still agree: on whether it applies, and under `agreed` on the value."""

    def differ(rows: Rows) -> bool:
        values = {exact(row.get("value")) for row in rows}
        return len(_applicability(rows)) > 1 or (scheme.scoring.combine == "agreed" and len(values) > 1)

    return [i.code for i in items(scheme) if differ(ratings.get(i.code, ()))]


def unrated(scheme: Scheme, ratings: Ratings) -> list[str]:
    """Items without a rating, or set aside without a reason or where the scheme forbids it (GAP-PDS-5)."""
    if scheme.scoring.mode == "none":
        return []
    forbidden = scheme.scoring.not_applicable == "forbid"

    def lacks(rows: Rows) -> bool:
        return not rows or any(r.get("value") is None and (forbidden or not r.get("reason")) for r in rows)

    return [i.code for i in items(scheme) if lacks(ratings.get(i.code, ()))]


def combined(scheme: Scheme, rows: Rows) -> Fraction | None:
    """The value of one item over all scorers, never rounded; None when it does not apply (QH-11a)."""
    values = [v for row in rows if (v := exact(row.get("value"))) is not None]
    if rows and not values:
        return None
    if not values or len(_applicability(rows)) > 1:
        return Fraction(0)
    if scheme.scoring.combine == "mean":
        return sum(values, Fraction(0)) / len(values)
    if scheme.scoring.combine == "median":
        return Fraction(median(values))
    return values[0] if len(set(values)) == 1 else Fraction(0)


def _sums(scheme: Scheme, ratings: Ratings) -> tuple[Fraction, Fraction]:
    """What was reached, and what could be reached on the items that count."""
    reached = most = Fraction(0)
    binary = scheme.scoring.mode == "binary"
    for item in items(scheme):
        full = Fraction(1) if binary else Fraction(item.max_points or 0)
        found = combined(scheme, ratings.get(item.code, ()))
        if found is None:
            if scheme.scoring.not_applicable == "leave_out":
                continue
            found = full if scheme.scoring.not_applicable == "full" else Fraction(0)
        # An indicator that only some of the scorers hold for met is not met.
        reached += Fraction(found == 1) if binary else found
        most += full
    return reached, most


def attainment(scheme: Scheme, ratings: Ratings) -> Fraction:
    """Points of the points to be had or, in mode binary, met of applicable: a share (SX-12, QH-08a)."""
    reached, most = _sums(scheme, ratings)
    return reached / most if most else Fraction(0)


def total(scheme: Scheme, ratings: Ratings) -> Fraction:
    """The exact total in points; in mode binary the attainment, which is what its bands are about.

    Items left out leave the denominator: the rest is scaled to the maximum of the scheme.
    """
    if scheme.scoring.mode == "binary" or scheme.scoring.max is None:
        return attainment(scheme, ratings)
    if scheme.scoring.not_applicable == "leave_out":
        return attainment(scheme, ratings) * Fraction(scheme.scoring.max)
    return _sums(scheme, ratings)[0]


@guard("PDS-A5", "PDS-S2b", "INV-14")
def rating_consistent(facts: Facts, ask: Ask) -> Unmet | None:
    """Every code is of the indicator system, and nothing is set aside that is rated or may not be."""
    rated, aside = (ask.form.get(part) or {} for part in ("scores", "not_applicable"))
    if not isinstance(rated, Mapping) or not isinstance(aside, Mapping):
        return None  # the form says so
    known = {i.code for i in facts.scheme.indicator_system.indicators}
    if wrong := sorted(str(code) for code in {*rated, *aside} - known):
        return unmet("指标体系中没有这些指标", "the indicator system has no such items", wrong)
    if both := sorted(set(rated) & set(aside)):
        return unmet("同一指标不能既评分又列为不适用", "an item is either rated or not applicable", both)
    if aside and facts.scheme.scoring.not_applicable == "forbid":
        return unmet("本方案不允许列为不适用，请评分", "every item applies in this scheme; rate it", sorted(aside))
    return None
