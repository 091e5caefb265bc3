"""Points and shares, exact to the last digit: 89.99 fails where 90 passes, whoever scored (INV-09).

`ratings` are those of one evaluation or stage run: indicator code -> one row for each scorer,
`{"person": str, "value": "0.9" | None, "reason": str | None}`; no value with a reason means not applicable, and
neither of them that facts are on record and nobody has rated yet. In mode binary a value is 1 (met) or 0
(unmet); so it is for what has no points: a bonus earned, a deduction incurred, a veto that holds (1) or is broken
(0). Nothing here rounds: a mean that is no finite decimal stays a fraction. What nobody rated yet, or what
scorers who must agree still differ on, counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Any, TypeVar

from service.domain.measures.thresholds import exact

if TYPE_CHECKING:
    from service.schemes.model import Band, Indicator, Scheme

Rows = Sequence[Mapping[str, Any]]
Ratings = Mapping[str, Rows]
B = TypeVar("B", bound="Band")

_MOST_PLACES = 40


def value(text: str) -> Fraction:
    """The exact number behind a stored result: `89.99` or, for what is no finite decimal, `809/9`."""
    return Fraction(text)


def text(number: Fraction) -> str:
    """How an exact result is stored: a plain decimal where it is one, otherwise `numerator/denominator`."""
    places = 0
    while places < _MOST_PLACES and 10**places % number.denominator:
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
    """What is rated: everything else is a fact, and enters a sum only where the scheme gives it points (GAP-PDS-2)."""
    return [i for i in scheme.indicator_system.indicators if i.kind == "indicator"]


def _extras(scheme: Scheme) -> list[Indicator]:
    """Bonus and deduction items that the scheme gives points."""
    system = scheme.indicator_system.indicators
    return [i for i in system if i.kind in ("bonus", "deduction") and i.max_points is not None]


def full(scheme: Scheme, indicator: Indicator) -> Fraction:
    """The highest value of an indicator: its points, or 1 for met where there are none."""
    if scheme.scoring.mode == "binary" or (indicator.kind != "indicator" and indicator.max_points is None):
        return Fraction(1)
    return Fraction(indicator.max_points or 0)


def off_step(scheme: Scheme, scores: Any) -> list[str]:
    """Codes of the items whose value is unknown, off the step, negative or above the maximum (GAP-QH-3)."""
    if not isinstance(scores, Mapping):
        return []
    mode = scheme.scoring.mode
    known = {i.code: i for i in scheme.indicator_system.indicators} if mode != "none" else {}

    def wrong(code: Any, given: Any) -> bool:
        points = exact(given)
        if code not in known or points is None:
            return True
        by_points = mode == "points" and known[code].max_points is not None
        step = Fraction(scheme.scoring.step) if by_points else Fraction(1)
        return not 0 <= points <= full(scheme, known[code]) or points % step != 0

    return [str(code) for code, given in scores.items() if wrong(code, given)]


def _said(rows: Rows) -> Rows:
    """The rows that rate; others only hold facts."""
    return [row for row in rows if row.get("value") is not None or row.get("reason")]


def _applicability(rows: Rows) -> set[bool]:
    return {row.get("value") is not None for row in rows}


def disagreeing(scheme: Scheme, ratings: Ratings) -> list[str]:
    """Items on which the scorers must still agree: on whether it applies, and under `agreed` on the value."""

    def differ(rows: Rows) -> bool:
        values = {exact(row.get("value")) for row in rows}
        return len(_applicability(rows)) > 1 or (scheme.scoring.combine == "agreed" and len(values) > 1)

    return [i.code for i in (*items(scheme), *_extras(scheme)) if differ(_said(ratings.get(i.code, ())))]


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
    said = _said(rows)
    values = [v for row in said if (v := exact(row.get("value"))) is not None]
    if said and not values:
        return None
    if not values or len(_applicability(said)) > 1:
        return Fraction(0)
    if scheme.scoring.combine == "mean":
        return sum(values, Fraction(0)) / len(values)
    if scheme.scoring.combine == "median":
        return Fraction(median(values))
    return values[0] if len(set(values)) == 1 else Fraction(0)


def vetoed(scheme: Scheme, ratings: Ratings) -> list[str]:
    """The vetoes that are broken, by the rating of anybody: with one of them every result fails."""
    vetoes = [i.code for i in scheme.indicator_system.indicators if i.kind == "veto"]
    return [code for code in vetoes if any(exact(row.get("value")) == 0 for row in ratings.get(code, ()))]


def _sums(scheme: Scheme, ratings: Ratings) -> tuple[Fraction, Fraction]:
    """What was reached, and what could be reached on the items that count."""
    reached = most = Fraction(0)
    binary = scheme.scoring.mode == "binary"
    for item in items(scheme):
        whole = full(scheme, item)
        found = combined(scheme, ratings.get(item.code, ()))
        if found is None:
            if scheme.scoring.not_applicable == "leave_out":
                continue
            found = whole if scheme.scoring.not_applicable == "full" else Fraction(0)
        # An indicator that only some of the scorers hold for met is not met.
        reached += Fraction(found == 1) if binary else found
        most += whole
    return reached, most


def attainment(scheme: Scheme, ratings: Ratings) -> Fraction:
    """Points of the points to be had or, in mode binary, met of applicable: a share (SX-12, QH-08a).

    A broken veto leaves nothing of it.
    """
    reached, most = _sums(scheme, ratings)
    return reached / most if most and not vetoed(scheme, ratings) else Fraction(0)


def _extra(scheme: Scheme, ratings: Ratings) -> Fraction:
    """Bonus less deduction, of those that have points."""
    found = [(i.kind, combined(scheme, ratings.get(i.code, ())) or Fraction(0)) for i in _extras(scheme)]
    return sum((points if kind == "bonus" else -points for kind, points in found), Fraction(0))


def total(scheme: Scheme, ratings: Ratings) -> Fraction:
    """The exact total in points; in mode binary the attainment, which is what its bands are about.

    Items left out leave the denominator: the rest is scaled to the maximum of the scheme. A bonus may lead beyond
    it, a deduction not below 0, and a broken veto leaves nothing, whatever the points.
    """
    share = attainment(scheme, ratings)
    if scheme.scoring.mode == "binary" or scheme.scoring.max is None:
        return share
    if vetoed(scheme, ratings):
        return Fraction(0)
    left_out = scheme.scoring.not_applicable == "leave_out"
    points = share * Fraction(scheme.scoring.max) if left_out else _sums(scheme, ratings)[0]
    return max(Fraction(0), points + _extra(scheme, ratings))
