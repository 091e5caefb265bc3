"""What a scheme may not say of its action plan: tasks that do not add up, targets nobody could ever reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from service.domain.measures.metrics import PERIODS, Metric, columns_of, fault_in
from service.domain.measures.thresholds import SHARE, TRENDS, WORDED
from service.schemes.model import Scheme
from service.schemes.plan import ActionPlan, PlanTask
from service.schemes.problem import FORM, Problem, pointer
from service.schemes.validation.checks import codes

COUNTS = "HY-G4"
MEASURED = "GAP-HY-8"
DATED = "GAP-HY-1"
LADDER = "HY-T01"
IN_ORDER = "HY-T09"
SLOTS = ("organizer", "contributor", "inspector")
"""Who must be there beside the authority: a plan that nobody assigns, reports or inspects stands still."""


def plan_problems(scheme: Scheme) -> Iterator[Problem]:
    """Every reason why the plan of this scheme could not be run to its end."""
    plan = scheme.action_plan
    if plan is None:
        return
    for slot in SLOTS:
        if slot not in scheme.roles:
            zh, en = f"行动计划须有“{slot}”", f"an action plan needs the slot {slot}"
            yield Problem("/roles", zh, en, "INV-32")
    yield from _counts(plan)
    for place, task in enumerate(plan.tasks.rows):
        yield from _task(pointer("action_plan", "tasks", "rows", place), task, plan)
    yield from _ladder(scheme, plan)
    yield from _members(plan)
    yield from _sequences(plan)
    yield from codes("/action_plan/inspection/measures/listed", plan.inspection.measures.listed)


def _counts(plan: ActionPlan) -> Iterator[Problem]:
    rows = plan.tasks.rows
    found, wanted = Counter(t.action for t in rows), {n: a.tasks for n, a in enumerate(plan.actions, 1)}
    for number, tasks in wanted.items():
        if found[number] != tasks:
            zh = f"第 {number} 项行动应有 {tasks} 项任务，表中 {found[number]} 项"
            en = f"action {number} has {tasks} tasks, the table lists {found[number]}"
            yield Problem(pointer("action_plan", "actions", number - 1, "tasks"), zh, en, COUNTS)
    for place, task in enumerate(rows):
        if task.action not in wanted:
            zh, en = f"没有第 {task.action} 项行动", f"there is no action {task.action}"
            yield Problem(pointer("action_plan", "tasks", "rows", place, "action"), zh, en, COUNTS)
    for number, times in Counter(t.number for t in rows).items():
        if times > 1:
            zh, en = f"任务编号 {number} 重复", f"task {number} is listed twice"
            yield Problem("/action_plan/tasks/rows", zh, en, COUNTS)


def _task(here: str, task: PlanTask, plan: ActionPlan) -> Iterator[Problem]:
    if not task.metrics and not task.attestation:
        zh, en = "既无指标，也无须确认的内容", "it has neither a metric nor an attestation"
        yield Problem(here, zh, en, MEASURED)
    if task.attestation and task.metrics:
        zh, en = "已有指标，无须另行确认", "it has metrics; an attestation is for a task without"
        yield Problem(f"{here}/attestation", zh, en, MEASURED)
    if task.period is not None and WORDED.get(task.period, task.period) not in PERIODS:
        zh, en = f"不认识的周期“{task.period}”", f"{task.period} is no period: one of {', '.join(PERIODS)}"
        yield Problem(f"{here}/period", zh, en, MEASURED)
    asked = Counter(str(Metric(m.condition)) for m in task.metrics)
    for said, times in asked.items():
        if times > 1:
            yield Problem(f"{here}/metrics", f"指标“{said}”重复", f"{said} is asked for twice", MEASURED)
    for place, metric in enumerate(task.metrics):
        at = f"{here}/metrics/{place}"
        if fault := fault_in([columns_of(metric)]):
            yield Problem(at, *fault, MEASURED)
        if metric.operator in TRENDS and metric.condition.period == "once":
            zh, en = "只做一次的事项没有上一期", "what is done once has no period before"
            yield Problem(f"{at}/operator", zh, en, MEASURED)
        first, last = plan.window.from_ or metric.deadline, plan.window.to
        if metric.deadline and first and not first <= metric.deadline <= last:
            zh, en = f"期限不在方案期间（至 {last}）内", f"the deadline lies outside the plan, which ends on {last}"
            yield Problem(f"{at}/deadline", zh, en, DATED)


def _ladder(scheme: Scheme, plan: ActionPlan) -> Iterator[Problem]:
    tiers = {t.id for t in scheme.tiers}
    asked = {m.metric: m for t in plan.tasks.rows for m in t.metrics}
    for name, tier in plan.ladder.items():
        here = pointer("action_plan", "ladder", name)
        if tier not in tiers:
            yield Problem(here, f"不存在层级“{tier}”", f"there is no tier {tier}", LADDER)
        metric = asked.get(name)
        if metric is None:
            yield Problem(here, f"没有任务以“{name}”衡量", f"no task is measured by {name}", LADDER)
        elif metric.operator != "=" or not isinstance(metric.condition.value, str):
            zh, en = "由命名确定的指标须为状态", "what a title decides is a status, such as = attained"
            yield Problem(here, zh, en, LADDER)


def _members(plan: ActionPlan) -> Iterator[Problem]:
    each = {m.condition.unit.partition("_per_")[2] for t in plan.tasks.rows for m in t.metrics}
    for name, listed in plan.members.items():
        here = pointer("action_plan", "members", name)
        if name not in each:
            yield Problem(here, f"没有按“{name}”计算的指标", f"no metric counts per {name}", FORM)
        if len(set(listed)) < len(listed) or not all(listed):
            yield Problem(here, "名单有重复或空项", "a member is listed twice or has no name", FORM)


def _sequences(plan: ActionPlan) -> Iterator[Problem]:
    """Steps are counted by a metric of the plan, and no more of them are asked for than there are."""
    asked = {m.metric: m.condition for t in plan.tasks.rows for m in t.metrics}
    for name, steps in plan.sequences.items():
        here = pointer("action_plan", "sequences", name)
        yield from codes(here, steps)
        found = asked.get(name)
        if found is None:
            yield Problem(here, f"没有任务以“{name}”衡量", f"no task is measured by {name}", IN_ORDER)
        elif isinstance(found.value, str) or found.unit == SHARE or "_per_" in found.unit:
            yield Problem(here, "步骤只能计数", "steps are counted: the target is a number", IN_ORDER)
        elif found.value > len(steps):
            zh, en = f"目标多于所列 {len(steps)} 个步骤", f"the target is more than the {len(steps)} steps listed"
            yield Problem(here, zh, en, IN_ORDER)
