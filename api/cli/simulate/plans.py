"""How an action plan goes on: loaded, issued, assigned, its results reported and verified, appraised year by year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

from api.cli.simulate.judging import document
from api.cli.simulate.step import PAPER, Item, Step, said, text_of
from api.cli.simulate.world import GROUND, World
from service.domain.facts import Thing
from service.domain.measures import metrics
from service.domain.measures.metrics import Metric
from service.domain.measures.thresholds import GRADES, SHARE
from service.domain.plans.action_plan_task import OPEN, SETTLED
from service.schemes.plan import ActionPlan

WHOLE = 1000
"""The denominator of a simulated rate."""
BEFORE = timedelta(days=7)
"""So long before a date a unit reports its results."""
UNIT, PERSON = text_of("unit"), text_of("person")


def plan(w: World) -> ActionPlan:
    found = w.scheme.action_plan
    assert found is not None
    return found


def no_plan(w: World, ground: Thing, _: Item) -> bool:
    return w.scheme.action_plan is not None and not w.of("action_plan")


def begins(w: World, _: Thing, __: Item) -> date:
    """The first day of the plan, from which its version may be in force only later."""
    days = (plan(w).window.from_, w.scheme.effective_from)
    return max(w.today, *(day for day in days if day is not None))


def issuing(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
    return document(w, it, None)


def all_assigned(w: World, it: Thing, _: Item) -> bool:
    return all(t.state != "planned" for t in w.below(it, "action_plan_task"))


# ------------------------------------------------------------------------------------------- what is compared with


def references(w: World, it: Thing) -> Iterable[tuple[str, int]]:
    """The values from outside, and of the year before the first, that some target compares with."""
    year = it.data.get("year")
    if year is None:
        return
    known: Mapping[str, Any] = it.data.get("references") or {}
    for task in w.below(it, "action_plan_task"):
        for metric in metrics.metrics_of(task):
            name, of = (
                (metric.name, year - 1) if metric.asked.operator.startswith("trend") else (metric.asked.reference, year)
            )
            if name and str(of) not in known.get(name, {}):
                if metric.asked.operator.startswith("trend") and metric.name in known:
                    continue
                yield name, of


def reference(w: World, it: Thing, item: Item) -> Mapping[str, Any]:
    """A trend starts from the middle, a mean lies there."""
    name, year = item
    asked = [m.asked for t in w.below(it, "action_plan_task") for m in metrics.metrics_of(t)]
    unit = next((a.unit for a in asked if name in (a.metric, a.reference)), "")
    value: Any = {"numerator": "500", "denominator": str(WHOLE)} if unit == SHARE else "50"
    return {"name": name, "year": year, "value": value, "source": text_of()}


# ------------------------------------------------------------------------------------------------------ results


def on_demand(w: World, task: Thing) -> Iterable[str]:
    """What is done once, with a document, or as needed: one result of each, for its own date."""
    if task.state not in OPEN[1:]:
        return
    covered = {label for o in w.below(task, "task_occurrence") for label in o.data.get("covers", ())}
    for metric in metrics.metrics_of(task):
        if metric.period in metrics.ON_DEMAND and str(metric) not in covered:
            yield metric.name


def running(w: World, task: Thing, _: Item) -> bool:
    above = w.above(task)
    return above is not None and above.state in ("running", "appraised")


def demand_day(w: World, task: Thing, name: Item) -> date:
    """Some days before the date of the target, else now."""
    dated = [m.deadline for m in metrics.metrics_of(task) if m.name == name and m.deadline]
    return max(w.today, w.calendar.shift(min(dated) - BEFORE * 2, "previous")) if dated else w.today


def demand(_: World, __: Thing, name: Item) -> Mapping[str, Any]:
    return {} if name == metrics.ATTESTED else {"metrics": [name]}


def report_day(w: World, it: Thing, _: Item) -> date:
    """What was opened because it was done is reported at once, what comes by itself some days before its date."""
    if "open_occurrence" in it.by:
        return w.today
    duty = w.duty(it, "occurrence_due", "occurrence_period_end")
    due = duty.due_on if duty else None
    return max(w.today, w.calendar.shift(due - BEFORE, "previous")) if due else w.today


def report(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
    """Every value just reaches its target."""
    task = w.above(it)
    assert task is not None
    covers = it.data.get("covers", ())
    mine = [m for m in metrics.metrics_of(task) if str(m) in covers and m.name not in plan(w).ladder]
    form: dict[str, Any] = {"evidence": [PAPER], "statement": text_of()}
    return {**form, "values": {m.name: value(w, task, m) for m in mine}} if mine else form


def value(w: World, task: Thing, metric: Metric) -> Any:
    """What just reaches a target, in the shape that it asks for."""
    steps = plan(w).sequences.get(metric.name)
    if steps:
        return {"steps": {s.code: w.today.isoformat() for s in steps}}
    if metric.each:
        members = plan(w).members.get(metric.each) or (text_of(metric.each),)
        return {"each": {name: _one(w, task, metric) for name in members}}
    return _one(w, task, metric)


def _one(w: World, task: Thing, metric: Metric) -> Any:
    asked = metric.asked
    if asked.operator in ("trend_up", "trend_down") or asked.reference:
        return _compared(w, task, metric)
    if not isinstance(asked.value, Fraction):
        if asked.value in ("true", "false"):
            return asked.value == "true"
        return w.today.isoformat() if asked.is_day else GRADES[-1] if asked.is_grade else asked.value
    if asked.unit == SHARE:
        more = {">": 1, "<": -1}.get(asked.operator, 0)
        return {"numerator": str(ceil(asked.value * WHOLE) + more), "denominator": str(WHOLE)}
    low = asked.operator in ("<", "<=")
    number = floor(asked.value) if low else ceil(asked.value)
    return str(number + {">": 1, "<": -1}.get(asked.operator, 0))


def _compared(w: World, task: Thing, metric: Metric) -> Any:
    """A little further than the period before, or than the value from outside, for each result that there was."""
    before = sum(
        str(metric) in o.data.get("covers", ()) and o.state in SETTLED for o in w.below(task, "task_occurrence")
    )
    up = metric.asked.operator in ("trend_up", ">", ">=")
    number = (before + 1) * (1 if up else -1)
    if metric.asked.unit == SHARE:
        return {"numerator": str(500 + number), "denominator": str(WHOLE)}
    return str(50 + number)


# ------------------------------------------------------------------------------------------------------- years


def inspection_due(w: World, it: Thing, _: Item) -> bool:
    return w.duty(it, "plan_inspection_due") is not None


def inspection_day(w: World, it: Thing, _: Item) -> date:
    duty = w.duty(it, "plan_inspection_due")
    due = duty.due_on if duty else None
    return max(w.today, w.calendar.shift(due - BEFORE, "previous")) if due else w.today


def inspection(w: World, _: Thing, __: Item) -> Mapping[str, Any]:
    return {"date": w.today.isoformat(), "team": [text_of()], "written_result": text_of()}


def year_is_known(w: World, it: Thing, _: Item) -> bool:
    """Every result of the year is there, and the year is over or ends within days."""
    year = it.data.get("year")
    mine = [
        o for t in w.below(it, "action_plan_task") for o in w.below(t, "task_occurrence") if o.data.get("year") == year
    ]
    return bool(mine) and all(o.state in SETTLED for o in mine)


def appraisal_day(w: World, it: Thing, _: Item) -> date:
    """On the last working day before it is due: the year is then as good as over."""
    duty = w.duty(it, "appraisal_due")
    due = duty.due_on if duty else None
    return max(w.today, w.calendar.shift(due, "previous")) if due else w.today


STEPS = (
    Step(GROUND, "published", "load_plan", when=no_plan, on=begins, makes="action_plan", call="make"),
    Step("action_plan", "draft", "issue_plan", issuing),
    Step("action_plan_task", "planned", "assign_task", said(unit=UNIT, person=PERSON)),
    Step("action_plan", "issued", "assign_plan", when=all_assigned),
    Step("action_plan", "assigned", "start_plan"),
    Step("action_plan", "running|appraised", "record_reference", reference, each=references),
    Step("action_plan_task", "assigned|in_progress", "open_occurrence", demand, running, demand_day, on_demand,
         makes="task_occurrence", call="make"),
    Step("task_occurrence", "open", "report_occurrence", report, on=report_day),
    Step("task_occurrence", "reported", "verify_occurrence"),
    Step("action_plan", "running", "record_inspection", inspection, inspection_due, inspection_day),
    Step("action_plan", "running", "appraise_year", when=year_is_known, on=appraisal_day),
)  # fmt: skip
