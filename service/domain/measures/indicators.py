"""What the facts on record make of an indicator: met, unmet, not applicable or not known yet (PDS-A5, INV-14).

A row is what one person put on record: `value` and `reason` (see `scores`), `measured` (metric -> value) and
`evidence` (IDs, or IDs by the set they belong to). A broken zero-tolerance condition, a missed threshold and
evidence that begins too late make an indicator unmet, each by itself. What is still missing is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from service.domain.measures import scores
from service.domain.measures.thresholds import Met, Threshold, Unknown, Unmet, judge

if TYPE_CHECKING:
    from service.domain.facts import Thing
    from service.schemes.measures import Indicator, Since
    from service.schemes.model import Scheme

Row = Mapping[str, Any]
Said = tuple[str, str]
Outcome = Literal["met", "unmet", "not_applicable", "unknown"]


@dataclass(frozen=True, slots=True)
class Known:
    """What lies outside a rating: recorded references, where evidence begins, and the values of the year before.

    `evidence` maps the ID of each registered piece to the day from which it covers, as text, or None; `earlier`
    maps an indicator to its metrics.
    """

    references: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, str | None] = field(default_factory=dict)
    earlier: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """What facts say of an indicator, each point in Chinese and English."""

    intolerable: tuple[Said, ...] = ()
    missed: tuple[Said, ...] = ()
    late: tuple[Said, ...] = ()
    missing: tuple[Said, ...] = ()
    measurable: bool = True

    @property
    def faults(self) -> tuple[Said, ...]:
        return (*self.intolerable, *self.missed, *self.late)

    @property
    def outcome(self) -> Outcome:
        if self.faults:
            return "unmet"
        return "unknown" if self.missing or not self.measurable else "met"


def judged(indicator: Indicator, row: Row, known: Known) -> Judged:
    """What was measured and proved, held against every condition of the indicator."""
    zero = list(_judgements(indicator, indicator.zero_tolerance, row, known))
    asked = list(_judgements(indicator, indicator.thresholds, row, known))
    late = list(_evidence(indicator, row, known))
    return Judged(
        tuple(said for kind, said in zero if kind == "unmet"),
        tuple(said for kind, said in asked if kind == "unmet"),
        tuple(said for kind, said in late if kind == "unmet"),
        tuple(said for kind, said in (*zero, *asked, *late) if kind == "unknown"),
        bool(indicator.conditions or indicator.evidence_since),
    )


def _judgements(
    indicator: Indicator, conditions: Sequence[Threshold], row: Row, known: Known
) -> Iterator[tuple[str, Said]]:
    measured: Mapping[str, Any] = row.get("measured") or {}
    earlier = known.earlier.get(indicator.code, {})
    for one in conditions:
        given = measured.get(one.metric)
        match judge(one, given, known.references, earlier.get(one.metric)):
            case Met():
                continue
            case Unmet():
                yield "unmet", (f"应 {one}，实为 {_shown(given)}", f"{one}, measured {_shown(given)}")
            case Unknown(zh, en):
                yield "unknown", (f"{one}：{zh}", f"{one}: {en}")


def _shown(given: Any) -> str:
    return f"{given['numerator']}/{given['denominator']}" if isinstance(given, Mapping) else str(given)


def _evidence(indicator: Indicator, row: Row, known: Known) -> Iterator[tuple[str, Said]]:
    """What proves an indicator reaches back to its year; what earns a bonus dates from that year or later."""
    for since in indicator.evidence_since:
        of = f"{since.evidence}: " if since.evidence else ""
        pieces = [one for one in pieces_of(row.get("evidence"), since) if one in known.evidence]
        if not pieces:
            yield "unknown", (f"{of}缺少 {since.year} 年起的佐证", f"{of}no evidence from {since.year} on")
            continue
        days = [day for one in pieces if (day := known.evidence.get(one))]
        if indicator.kind == "bonus":
            if not any(int(day[:4]) >= since.year for day in days):
                yield "unmet", (f"{of}没有 {since.year} 年以来的佐证", f"{of}nothing dates from {since.year} or later")
            continue
        begins = min(days, default=None)
        if begins is None:
            yield (
                "unmet",
                (f"{of}佐证未注明起始日，应自 {since.year} 年起", f"{of}no first day; {since.year} is asked for"),
            )
        elif int(begins[:4]) > since.year:
            yield (
                "unmet",
                (f"{of}佐证始于 {begins}，应自 {since.year} 年起", f"{of}from {begins}, not from {since.year}"),
            )


def pieces_of(evidence: Any, since: Since | None = None) -> list[str]:
    """The IDs of the evidence for a set, or all of them. Where no sets are told apart, each proves everything."""
    if isinstance(evidence, Mapping):
        named = since.evidence if since else ""
        return list(evidence.get(named, ())) if named else [one for ids in evidence.values() for one in ids]
    return list(evidence or ())


def derived(scheme: Scheme, indicator: Indicator, found: Judged) -> Fraction | None:
    """The value that follows from the facts alone, where they say enough."""
    holds, breaks = scores.full(scheme, indicator), Fraction(0)
    if indicator.kind == "deduction":
        holds, breaks = breaks, holds
    return {"met": holds, "unmet": breaks}.get(found.outcome)


def contradicted_by(scheme: Scheme, indicator: Indicator, value: Fraction, found: Judged) -> tuple[Said, ...]:
    """The facts that a value contradicts (PDS-A5, PDS-S2b, INV-14).

    Nothing above 0 stands beside a broken zero tolerance, nor the full value beside a missed threshold or late
    evidence. What has happened is deducted for, and no bonus is earned by halves.
    """
    if indicator.kind == "deduction":
        return found.faults if value == 0 else ()
    if value <= 0:
        return ()
    if indicator.kind == "indicator" and value < scores.full(scheme, indicator):
        return found.intolerable
    return found.faults


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an indicator stands by one assessor: what facts and ratings together make of it."""

    outcome: Outcome
    value: Fraction | None = None
    faults: tuple[Said, ...] = ()
    missing: tuple[Said, ...] = ()
    reasons: tuple[str, ...] = ()
    measured: tuple[Mapping[str, Any], ...] = ()
    intolerable: tuple[Said, ...] = ()


def standing(scheme: Scheme, indicator: Indicator, rows: Sequence[Row], known: Known) -> Standing:
    """The facts decide; where they leave it open, the rating does (an item set aside does not apply)."""
    found = [judged(indicator, row, known) for row in rows] or [judged(indicator, {}, known)]
    faults = tuple(dict.fromkeys(said for one in found for said in one.faults))
    measured = tuple(row["measured"] for row in rows if row.get("measured"))
    rated = [row for row in rows if row.get("value") is not None]
    reasons = tuple(str(row["reason"]) for row in rows if row.get("reason"))
    if reasons and not rated:
        return Standing("not_applicable", reasons=reasons, measured=measured)
    value = scores.combined(scheme, rows) if rated else None
    missing = found[0].missing if len(found) == 1 else ()
    if faults:
        never = tuple(dict.fromkeys(said for one in found for said in one.intolerable))
        return Standing("unmet", value, faults, missing, measured=measured, intolerable=never)
    if value is not None:
        holds = value == 0 if indicator.kind == "deduction" else value == scores.full(scheme, indicator)
        return Standing("met" if holds else "unmet", value, (), missing, measured=measured)
    outcome: Outcome = "met" if all(one.outcome == "met" for one in found) else "unknown"
    return Standing(outcome, None, (), missing, measured=measured)


def standings(scheme: Scheme, ratings: scores.Ratings, known: Known) -> dict[str, Standing]:
    """Every indicator of the scheme, by code."""
    system = scheme.indicator_system.indicators
    return {one.code: standing(scheme, one, ratings.get(one.code, ()), known) for one in system}


def met_of_applicable(scheme: Scheme, found: Mapping[str, Standing]) -> tuple[int, int]:
    """How many indicators are met, of how many that apply; what is not known yet is not met (GAP-PDS-10)."""
    outcomes = [found[one.code].outcome for one in scheme.indicator_system.indicators if one.kind == "indicator"]
    aside = outcomes.count("not_applicable")
    rule = scheme.scoring.not_applicable
    met = outcomes.count("met") + (aside if rule == "full" else 0)
    return met, len(outcomes) - (aside if rule == "leave_out" else 0)


def put_right(scheme: Scheme, found: Mapping[str, Standing], items: Iterable[Thing]) -> dict[str, Standing]:
    """How they stand once findings are closed out: met where every finding on an unmet indicator is (PDS-S3c).

    A finding is on an indicator whose code is its basis. What must not have happened once is not made good so, nor
    is what is deducted for.
    """
    kinds = {one.code: one.kind for one in scheme.indicator_system.indicators}
    states: dict[str, set[str]] = {}
    for item in items:
        if item.state != "void":
            states.setdefault(str(item.data.get("basis")), set()).add(item.state)
    return {
        code: replace(one, outcome="met")
        if (kinds[code], one.outcome) == ("indicator", "unmet")
        and not one.intolerable
        and states.get(code) == {"closed"}
        else one
        for code, one in found.items()
    }


def is_inflated(scheme: Scheme, own: Standing, others: Standing) -> bool:
    """Whether a self-rating lies above one by others by more than the margin of the scheme."""
    if own.value is None or others.value is None:
        return own.outcome == "met" and others.outcome == "unmet"
    return own.value - others.value > Fraction(scheme.scoring.inflation_margin)
