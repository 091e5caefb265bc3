"""What a task of an action plan is measured by: its metrics, whose turn each is, and what was reached (INV-09).

The one evaluator is that of `thresholds`. Here is what a plan adds: which period a metric has, that a rate comes
with numerator and denominator, that a metric `per` township or head is reached by each of them, and that a step of
a ladder is read from the titles held and never claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from service.domain.facts import Facts, Thing
from service.domain.forms import Fault, day
from service.domain.measures import sequences
from service.domain.measures.thresholds import (
    OPERATORS,
    SHARE,
    TRENDS,
    WORDED,
    Met,
    Threshold,
    Unknown,
    exact,
    judge,
    measurable,
)

if TYPE_CHECKING:
    from service.schemes.plan import PlanMetric

RECURRING = {"y": 12, "q": 3, "m": 1}
"""Periods that come by themselves, in months."""
ON_DEMAND = ("once", "per_document", "as_needed")
SAMPLED = ("continuous",)
PERIODS = (*RECURRING, *ON_DEMAND, *SAMPLED)
_SIGNS = ", ".join(OPERATORS)
_TIMES = ", ".join(("per_year", "per_quarter", "per_month", *ON_DEMAND, *SAMPLED))
ATTESTED = "attestation"
_COLUMNS = ("metric", "operator", "target", "unit", "period", "deadline")
_MOST = 50


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of a task: what is asked for, and by when where it has a date of its own (GAP-HY-1)."""

    asked: Threshold
    deadline: date | None = None

    @property
    def name(self) -> str:
        return self.asked.metric

    @property
    def period(self) -> str:
        return self.asked.period

    @property
    def each(self) -> str:
        """Who must each reach it: `township` for `times_per_township`, nobody in particular for `times`."""
        return self.asked.unit.partition("_per_")[2]

    def __str__(self) -> str:
        asked, value = self.asked, self.asked.value
        if isinstance(value, Fraction):
            value = format(Decimal(value.numerator) * (100 if asked.unit == SHARE else 1) / value.denominator, "f")
        unit = f" {asked.unit}" if asked.unit and asked.unit != SHARE else asked.unit
        said = "" if asked.operator in TRENDS else f" {value}{unit}"
        return f"{self.name} {asked.operator}{said} /{self.period}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one metric: met, unmet, or unknown with the reason. `short` are the members that miss it."""

    metric: Metric
    met: bool | None
    short: tuple[str, ...] = ()
    why: tuple[str, str] = ("", "")

    @property
    def record(self) -> dict[str, Any]:
        """As it is kept with the occurrence."""
        return {"metric": self.metric.name, "asked": str(self.metric), "met": bool(self.met), "short": list(self.short)}


def metric_of(row: Mapping[str, Any]) -> Metric:
    """A metric from its columns, which `fault_in` has found sound."""
    unit, period = row.get("unit", ""), row.get("period", "")
    unit, period = WORDED.get(unit, unit), WORDED.get(period, period)
    target = row.get("target", "")
    number = exact(target)
    value = target if number is None else number / 100 if unit == SHARE else number
    until = row.get("deadline")
    asked = Threshold(row["metric"], row["operator"], value, unit, period)
    return Metric(asked, date.fromisoformat(until) if until else None)


def metrics_of(task: Thing) -> list[Metric]:
    """The metrics of a task; of one without any, that what it asks for is attested (GAP-HY-8)."""
    if rows := task.data.get("metrics"):
        return [metric_of(row) for row in rows]
    period = task.data.get("period") or "as_needed"
    return [Metric(Threshold(ATTESTED, "=", "true", "", WORDED.get(period, period)))]


def columns_of(metric: PlanMetric) -> dict[str, str]:
    """The columns of a metric of the scheme, as far as they are filled in."""
    return {name: str(value) for name in _COLUMNS if (value := getattr(metric, name))}


def fault_in(rows: Any) -> Fault | None:
    """Why this is no list of metrics with operator, target and period."""
    if not isinstance(rows, list) or not 0 < len(rows) <= _MOST:
        return "应为指标列表", "must be a list of metrics"
    return next((fault for row in rows if (fault := _fault(row))), None)


def _fault(row: Any) -> Fault | None:
    if not isinstance(row, Mapping) or not set(row) <= set(_COLUMNS) or not all(_cell(v) for v in row.values()):
        return f"各指标只有 {'、'.join(_COLUMNS)} 各栏", f"a metric has the parts {', '.join(_COLUMNS)}"
    name, operator, target = row.get("metric", "-"), row.get("operator"), row.get("target")
    period = WORDED.get(row.get("period", ""), row.get("period"))
    wanting = (
        ("metric" not in row, ("缺少指标名称", "a metric needs a name")),
        (operator not in OPERATORS, (f"{name} 的运算符应为 {_SIGNS}", f"{name} needs an operator: {_SIGNS}")),
        (operator not in TRENDS and not target, (f"{name} 缺少目标值", f"{name} needs a target")),
        (bool(exact(target)) and not row.get("unit"), (f"{name} 缺少单位", f"{name} needs a unit")),
        (period not in PERIODS, (f"{name} 的周期应为 {_TIMES}", f"{name} needs a period: {_TIMES}")),
        ("deadline" in row and day(row["deadline"]), (f"{name} 的期限有误", f"the deadline of {name} is no date")),
    )
    return next((said for wrong, said in wanting if wrong), None)


def _cell(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 100


def readings(value: Any) -> Fault | None:
    """The shape of what was measured: by metric a decimal, a rate, a word, yes or no, or one of these for each; or steps."""

    def one(given: Any) -> bool:
        if isinstance(given, Mapping) and set(given) == {"each"}:
            each = given["each"]
            return isinstance(each, Mapping) and 0 < len(each) <= 1000 and all(measurable(v) for v in each.values())
        return measurable(given) or sequences.shaped(given)

    if isinstance(value, dict) and len(value) <= _MOST and all(one(given) for given in value.values()):
        return None
    return "应为各指标的数值；比率写明分子、分母", "must give each metric a value; a rate has numerator and denominator"


def unsound(metric: Metric, given: Any, members: Iterable[str]) -> Fault | None:
    """Why a value cannot answer for a metric; None if it can be judged once everything else is known."""
    if metric.each:
        each = given.get("each") if isinstance(given, Mapping) else None
        if not isinstance(each, Mapping):
            return f"须逐一写明各 {metric.each} 的数值", f"gives a value for each {metric.each}"
        if lacking := [m for m in members if m not in each]:
            return f"缺少 {'、'.join(lacking)}", f"lacks {', '.join(lacking)}"
        faults = ((name, _unsound(metric, one)) for name, one in each.items())
        return next(((f"{name}：{said[0]}", f"{name}: {said[1]}") for name, said in faults if said), None)
    return _unsound(metric, given)


def _unsound(metric: Metric, given: Any) -> Fault | None:
    asked = metric.asked
    if asked.unit == SHARE and not (isinstance(given, Mapping) and "numerator" in given):
        return "比率须写明分子、分母", "is a rate: give numerator and denominator"
    if asked.value in ("true", "false") and not isinstance(given, bool):
        return "应为 true 或 false", "must be true or false"
    # Compared with itself, whatever else it is to be compared with: is it a quantity of the right unit at all?
    found = judge(asked, given, {str(asked.value): given}, given)
    if isinstance(found, Unknown):
        return found.zh, found.en
    if isinstance(given, Mapping) and (exact(given["numerator"]) or 0) > (exact(given["denominator"]) or 0):
        return "分子不得大于分母", "has a numerator greater than its denominator"
    return None


def verdict(metric: Metric, given: Any, references: Mapping[str, Any], earlier: Any) -> Verdict:
    """What one value means. Where each member must reach the target, those who miss it are named (HY-T40)."""
    if not metric.each:
        return _verdict(metric, {"": given}, references, {"": earlier})
    each = given.get("each", {}) if isinstance(given, Mapping) else {}
    before = earlier.get("each", {}) if isinstance(earlier, Mapping) else {}
    return _verdict(metric, each, references, before)


def _verdict(
    metric: Metric, given: Mapping[str, Any], references: Mapping[str, Any], earlier: Mapping[str, Any]
) -> Verdict:
    found = {name: judge(metric.asked, one, references, earlier.get(name)) for name, one in given.items()}
    unknown = next((one for one in found.values() if isinstance(one, Unknown)), None)
    if unknown or not found:
        return Verdict(metric, None, why=(unknown.zh, unknown.en) if unknown else ("尚无数值", "nothing was reported"))
    short = tuple(name for name, one in found.items() if not isinstance(one, Met))
    return Verdict(metric, not short, tuple(s for s in short if s))


def standing(facts: Facts, plan: Thing, tier: str) -> bool:
    """Whether a title in force in the place of the plan holds that tier or a higher one of its ladder (HY-T01, GAP-HY-3)."""

    def high_enough(title: Thing) -> bool:
        rungs = facts.scheme.ladder(title.track)
        return tier in rungs and title.data.get("tier") in rungs[rungs.index(tier) :]

    return any(
        title.state in ("active", "reminded", "suspended")
        and f"{title.region}/".startswith(f"{plan.region}/")
        and high_enough(title)
        for title in facts.more["titles"]
    )
