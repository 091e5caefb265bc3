"""A task of an action plan: who answers for it, by when each of its targets is due, and what became of it.

A target may have a date of its own. Missed, it stays open with its flag until the last day of the plan, and a task
still open at the end of a plan year is carried over (GAP-HY-1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from service.domain.duties import Due, DutyRule, fixed
from service.domain.effects import Effect, Fire, HandOver, New, Place, Put
from service.domain.facts import SAME, Ask, Duty, Facts, Thing, Unmet, unmet
from service.domain.forms import REASON, Fault, Form, Part, count, day, text, texts
from service.domain.guards import owner_still_open
from service.domain.machine import Machine, Move, guard, states
from service.domain.measures import metrics
from service.domain.measures.metrics import Metric
from service.domain.measures.thresholds import WORDED
from service.domain.plans import years as plan_years

if TYPE_CHECKING:
    from service.schemes.plan import ActionPlan

OPEN = ("planned", "assigned", "in_progress")
SETTLED = ("met", "unmet", "not_applicable")
"""States of an occurrence that has a result."""


def plan_of(facts: Facts) -> ActionPlan:
    """The plan as the scheme states it."""
    plan = facts.scheme.action_plan
    if plan is None:
        raise LookupError("the scheme has no action plan")
    return plan


# ------------------------------------------------------------------------------------------------ forms


def _free_number(value: int, facts: Facts, ask: Ask) -> Fault | None:
    taken = [t for t in facts.of("action_plan_task") if t.data.get("number") == value and t.id != facts.thing.id]
    return (f"已有第 {value} 项任务", f"there is a task {value} already") if taken else None


def _known_action(value: int, facts: Facts, ask: Ask) -> Fault | None:
    plan = facts.scheme.action_plan
    last = len(plan.actions) if plan else 0
    return None if value <= last else (f"方案只有 {last} 项行动", f"the plan has {last} actions")


def _in_the_plan(value: str, facts: Facts, ask: Ask) -> Fault | None:
    plan = facts.scheme.action_plan
    if plan is None or date.fromisoformat(value) <= plan.window.to:
        return None
    return f"不得晚于 {plan.window.to}", f"must not lie after {plan.window.to}"


def _rows(value: Any) -> Fault | None:
    return metrics.fault_in(value)


def _targets_in_the_plan(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    faults = (_in_the_plan(row["deadline"], facts, ask) for row in value if row.get("deadline"))
    return next((fault for fault in faults if fault), None)


def _month_day(value: Any) -> Fault | None:
    return ("应为月日，形如 12-31", "must be a month-day such as 12-31") if day(f"2023-{value}") else None


def _a_period(value: str, facts: Facts, ask: Ask) -> Fault | None:
    known = metrics.PERIODS
    return None if WORDED.get(value, value) in known else (f"应为 {'、'.join(known)}", f"one of {', '.join(known)}")


def _without_metrics(facts: Facts, given: Mapping[str, Any]) -> bool:
    return not given.get("metrics")


TASK = Form(
    "task",
    (
        Part("number", count, "任务编号", "number of the task", check=_free_number),
        Part("action", count, "所属行动", "number of its action", check=_known_action, rests="/action_plan/actions"),
        Part("title", text, "任务", "what is to be done"),
        Part("title_en", text, "任务（英文）", "the same in English", optional=True),
        Part("metrics", _rows, "指标", "metrics with operator, target and period", optional=True, check=_targets_in_the_plan, rests="/action_plan/window"),
        Part("attestation", text, "须书面确认的内容", "what is attested", when=_without_metrics),
        Part("period", text, "确认的周期", "period of the attestation", optional=True, check=_a_period),
        Part("occurrence_due", _month_day, "每年报送日", "month-day on which it is reported", optional=True),
    ),
    ("GAP-HY-8", "HY-G4"),
)  # fmt: skip
OWNER = Form(
    "owner",
    (
        Part("unit", text, "责任单位", "unit responsible"),
        Part("person", text, "责任人", "person responsible"),
        Part("contributors", texts, "配合单位", "units that contribute", optional=True),
    ),
    ("GAP-HY-2",),
    draft=True,
)


# ------------------------------------------------------------------------------- where the task stands


def occurrences(facts: Facts, task: Thing) -> list[Thing]:
    return facts.of("task_occurrence", parent=task.id)


def reached(facts: Facts, task: Thing, metric: Metric) -> bool:
    """Whether the task as a whole reaches a metric (INV-09).

    Of what happens once, or is sampled, the newest result counts. What comes back with each period, each document
    or each need is reached when no result of it is unmet and at least one is there; for each period that of the last.
    """
    covering = [o for o in occurrences(facts, task) if str(metric) in o.data.get("covers", ()) and o.state in SETTLED]
    if metric.period in ("once", *metrics.SAMPLED):
        return bool(covering) and _good(covering[-1], metric)
    if metric.period in metrics.RECURRING:
        plan = plan_of(facts)
        due = plan_years.parts(plan, plan_years.last_year(plan), metrics.RECURRING[metric.period])[-1][1].isoformat()
        if all(o.data.get("until") != due for o in covering):
            return False
    return bool(covering) and all(_good(o, metric) for o in covering)


def _good(occurrence: Thing, metric: Metric) -> bool:
    if occurrence.state == "not_applicable":
        return True
    return any(r["met"] for r in occurrence.data.get("results") or () if r["asked"] == str(metric))


def rung_lost(facts: Facts, task: Thing) -> bool:
    """Whether a rung that is to stand on the last day of the plan was reached and is held no longer (HY-T01)."""
    plan = plan_of(facts)
    rungs = [m for m in metrics.metrics_of(task) if m.name in plan.ladder and m.deadline in (None, plan.window.to)]
    owner = facts.at(task).owner
    return owner is not None and any(
        reached(facts, task, m) and not metrics.standing(facts, owner, plan.ladder[m.name]) for m in rungs
    )


# ------------------------------------------------------------------------------------------------ guards


@guard("HY-G4", "INV-20")
def plan_takes_tasks(facts: Facts, ask: Ask) -> Unmet | None:
    """The plan has not started; once it runs, a task comes by amendment of two persons."""
    plan = facts.parent
    at = plan.state if plan and plan.machine == "action_plan" else "none"
    takes = ("draft", "issued", "assigned", *(("running", "appraised") if ask.who.is_service else ()))
    return None if at in takes else unmet("方案启动后须经调整新增任务", "a plan that runs is amended", [at])


@guard("HY-T01")
def occurrences_settled(facts: Facts, ask: Ask) -> Unmet | None:
    """Each occurrence of the task is met, unmet or not applicable."""
    waiting = [o for o in occurrences(facts, facts.thing) if o.state not in SETTLED]
    if not waiting:
        return None
    n = len(waiting)
    listed = [f"{o.data.get('until')} ({o.state})" for o in waiting]
    return unmet(f"还有 {n} 项完成情况未核定", f"{n} results are not settled", listed)


@guard("HY-T01", "INV-09")
def task_metrics_met(facts: Facts, ask: Ask) -> Unmet | None:
    """Over the whole task each metric reaches its target in exact arithmetic."""
    below = [str(m) for m in metrics.metrics_of(facts.thing) if not reached(facts, facts.thing, m)]
    if not below:
        return None
    return unmet(f"尚未达标：{'、'.join(below)}", f"not reached: {', '.join(below)}", below)


@guard("HY-T03", "GAP-HY-1")
def plan_year_left(facts: Facts, ask: Ask) -> Unmet | None:
    """At least one more year of the plan is to come."""
    plan, year = plan_of(facts), facts.thing.data.get("year")
    last = plan_years.last_year(plan)
    left = facts.today <= plan.window.to if year is None else year < last
    return None if left else unmet(f"{last} 年是方案最后一年", f"{last} is the last year of the plan", [last])


# ----------------------------------------------------------------------------------------------- effects


def answer_for_it(facts: Facts, ask: Ask) -> list[Effect]:
    return handed_to(facts, facts.thing, facts.thing.data["unit"], facts.thing.data["person"])


def handed_to(facts: Facts, task: Thing, unit: str, person: str) -> list[Effect]:
    """The open duties are the owner's, and the task lies with the unit: whoever acts for it sees the task."""
    things = [task, *(o for o in occurrences(facts, task) if o.state not in SETTLED)]
    owned = {"unit": unit, "person": person}
    moves: list[Effect] = [Put(task.id, owned), *(Place(t.id, {"organization": unit}) for t in things)]
    return [*moves, *(HandOver(t.id, unit, person) for t in things)]


def join_the_year(facts: Facts, ask: Ask) -> list[Effect]:
    """A task assigned while the plan runs still has this year's results to report."""
    plan = facts.parent
    running = plan is not None and plan.state in ("running", "appraised")
    return open_year(facts, facts.thing, plan_years.year_of(plan_of(facts), facts.today)) if running else []


def open_year(facts: Facts, task: Thing, year: int) -> list[Effect]:
    """The occurrences of a plan year that come by themselves: one for each period, and a sample of what is continuous.

    Periods that are over already have nothing to report on any more.
    """
    plan = plan_of(facts)
    there = {(o.data.get("period"), o.data.get("until")) for o in occurrences(facts, task)}
    periods = dict.fromkeys(m.period for m in metrics.metrics_of(task))
    found: list[Effect] = []
    for period in periods:
        months = 12 if period in metrics.SAMPLED else metrics.RECURRING.get(period)
        event = "open_sample" if period in metrics.SAMPLED else "open_yearly_occurrence"
        for _, until in plan_years.parts(plan, year, months) if months else ():
            if until >= facts.today and (period, until.isoformat()) not in there:
                data = {"period": period, "year": year, "until": until.isoformat()}
                found.append(New("task_occurrence", event, task.id, data=data))
    return found


def note_carried(facts: Facts, ask: Ask) -> list[Effect]:
    """The task goes on the carry-over list of the year that ends, and stays where it is."""
    task = facts.thing
    year = plan_years.year_of(plan_of(facts), facts.today) - 1
    return [Put(task.id, {"carried_over": [*task.data.get("carried_over", ()), year]})]


def close_occurrences(facts: Facts, ask: Ask) -> list[Effect]:
    """Nothing is waited for any more: what is open or was never verified is not met."""
    return [Fire(o.id, ("close_period",)) for o in occurrences(facts, facts.thing) if o.state not in SETTLED]


def lift_occurrences(facts: Facts, ask: Ask) -> list[Effect]:
    """What a dropped task asked for does not apply any more."""
    reason = {"text": "任务已取消 / the task was dropped"}
    waiting = [o for o in occurrences(facts, facts.thing) if o.state not in SETTLED]
    return [Fire(o.id, ("mark_not_applicable",), reason) for o in waiting]


# ------------------------------------------------------------------------------------------------ duties


def targets(facts: Facts) -> Iterable[Due]:
    """One duty for each metric that is still to be reached, by its own date or the last day (GAP-HY-1, GAP-HY-2)."""
    task, last = facts.thing, plan_of(facts).window.to
    due: dict[str, date] = {}
    for metric in metrics.metrics_of(task):
        if not reached(facts, task, metric):
            due[metric.name] = min(metric.deadline or last, due.get(metric.name, last))
    return [Due(on, tag=name) for name, on in due.items()]


def year_end(facts: Facts) -> Iterable[Due]:
    """The end of the present plan year, unless it is the last one."""
    plan = plan_of(facts)
    year = plan_years.year_of(plan, facts.today)
    if facts.thing.state not in OPEN or year >= plan_years.last_year(plan):
        return ()
    return (Due(plan_years.ends(plan, year), tag=str(year)),)


def next_year_end(facts: Facts, duty: Duty) -> Iterable[Due]:
    return year_end(facts)


def last_day(facts: Facts) -> date:
    return plan_of(facts).window.to


TABLE = (
    Move(states("@new"), "create_task", "planned", ("organizer", "system"), "列入任务", "Create", ("HY-G4", "GAP-HY-8"),
         TASK, (plan_takes_tasks,), mark="D"),
    Move(states("planned"), "assign_task", "assigned", ("organizer", "system"), "交办任务", "Assign", ("HY-T02",
         "GAP-HY-2"), OWNER, then=(answer_for_it, join_the_year), artefacts=("duty_list",)),
    Move(states("assigned"), "start_task", "in_progress", ("contributor", "organizer", "system"), "开始落实", "Start",
         ("HY-W1a",), mark="D"),
    Move(states("in_progress"), "settle_met", "met", ("organizer", "system"), "任务完成", "Settle: met", ("HY-T01",
         "HY-W4c"), guards=(occurrences_settled, task_metrics_met), artefacts=("progress_record",), mark="D"),
    Move(states("planned|assigned|in_progress|met"), "settle_unmet", "unmet", ("timer", "system"), "任务未完成",
         "Settle: unmet", ("GAP-HY-1", "HY-T01"), then=(close_occurrences,), kind="timer"),
    Move(states("assigned|in_progress"), "carry_over", SAME, ("timer",), "结转下年", "Carry over", ("HY-T03",
         "GAP-HY-1"), guards=(plan_year_left,), then=(note_carried,), kind="timer", artefacts=("carry_over_list",)),
    Move(states("met"), "reopen_task", "in_progress", ("organizer", "authority", "system"), "重新打开", "Reopen",
         ("INV-30",), REASON, (owner_still_open,), artefacts=("reopening_note",)),
    Move(states("planned|assigned|in_progress"), "drop_task", "dropped", ("authority", "system"), "取消任务", "Drop",
         ("INV-20",), REASON, then=(lift_occurrences,), persons=2, artefacts=("amendment",)),
)  # fmt: skip

DUTIES = (
    DutyRule("task_due", ("assign_task", "reopen_task"), ("settle_met",), targets, ("HY-T01", "GAP-HY-2", "GAP-HY-1"),
             remind=(-30, -10, -1)),
    DutyRule("task_year_end", ("assign_task", "reopen_task"), ("settle_met",), year_end, ("HY-T03", "GAP-HY-1"),
             at_due="carry_over", remind=(-30,), again=next_year_end),
    DutyRule("task_last_day", ("assign_task", "reopen_task"), ("settle_met",), fixed(last_day), ("GAP-HY-1",
             "GAP-HY-2"), at_due="settle_unmet", remind=(-30,)),
)  # fmt: skip

MACHINE = Machine("action_plan_task", TABLE, final=("unmet", "dropped"), duties=DUTIES)
