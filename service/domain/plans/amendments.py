"""What an amendment of a plan changes: tasks added or dropped, another owner, another date (GAP-HY-1, INV-20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.domain.effects import Effect, Fire, MoveDuty, New, Put
from service.domain.facts import Ask, Facts, Thing
from service.domain.forms import REASON, Fault, Form, Part, day, text
from service.domain.measures import metrics
from service.domain.plans.action_plan_task import OPEN, OWNER, TASK, handed_to

CHANGES = ("add", "drop", "owners", "deadlines")
_OWNED = tuple(p.name for p in OWNER.parts)
_MOST = 200


def _list_of(*columns: str, optional: tuple[str, ...] = ()) -> Any:
    """The shape of a list of objects with these columns; `task` is a number, `deadline` a date, all others texts."""
    zh, en = f"应为列表，各项有 {'、'.join(columns)}", f"must be a list; each entry has {', '.join(columns)}"

    def sound(name: str, value: Any) -> bool:
        if name == "task":
            return isinstance(value, int) and not isinstance(value, bool)
        return (day if name == "deadline" else text)(value) is None

    def entry(one: Any) -> bool:
        known = isinstance(one, Mapping) and set(columns) <= set(one) <= {*columns, *optional}
        return known and all(sound(name, value) for name, value in one.items())

    def shape(value: Any) -> Fault | None:
        good = isinstance(value, list) and 0 < len(value) <= _MOST and all(entry(one) for one in value)
        return None if good else (zh, en)

    return shape


def _numbers(value: Any) -> Fault | None:
    good = isinstance(value, list) and 0 < len(value) <= _MOST and all(type(n) is int for n in value)
    return None if good else ("应为任务编号的列表", "must be a list of task numbers")


def _tasks(value: Any) -> Fault | None:
    good = isinstance(value, list) and 0 < len(value) <= _MOST and all(isinstance(one, Mapping) for one in value)
    return None if good else ("应为任务的列表", "must be a list of tasks")


def task_number(facts: Facts, number: int) -> Thing | None:
    """The task of that number, as long as it is open."""
    tasks = (t for t in facts.of("action_plan_task", parent=facts.thing.id) if t.state in OPEN)
    return next((t for t in tasks if t.data.get("number") == number), None)


def _open_tasks(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    numbers = [one if isinstance(one, int) else one["task"] for one in value]
    if unknown := [str(n) for n in numbers if task_number(facts, n) is None]:
        return f"没有未结任务 {'、'.join(unknown)}", f"there is no open task {', '.join(unknown)}"
    return None


def _known_metrics(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    if fault := _open_tasks(value, facts, ask):
        return fault
    last = facts.scheme.setting("action_plan.window.to")
    for one in value:
        task = task_number(facts, one["task"])
        names = {m.name for m in metrics.metrics_of(task)} if task else set()
        if "metric" in one and one["metric"] not in names:
            return f"任务没有指标 {one['metric']}", f"task {one['task']} has no metric {one['metric']}"
        if last and date.fromisoformat(one["deadline"]) > last:
            return f"不得晚于 {last}", f"must not lie after {last}"
    return None


def _whole_tasks(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    """Each task added is complete, has its owner (GAP-HY-2) and a number of its own."""
    numbers = [one.get("number") for one in value]
    if len(set(map(str, numbers))) < len(numbers):
        return "任务编号重复", "two tasks have one number"
    for one in value:
        parts = {k: v for k, v in one.items() if k not in _OWNED}
        owner = {k: v for k, v in one.items() if k in _OWNED}
        found = [*TASK.check(facts, Ask("create_task", parts)), *OWNER.check(facts, Ask("assign_task", owner))]
        if found:
            return f"{one.get('number', '-')}：{found[0].zh}", f"{one.get('number', '-')}: {found[0].en}"
    return None


def _nothing_else(facts: Facts, given: Mapping[str, Any]) -> bool:
    return not any(given.get(name) for name in CHANGES)


AMENDMENT: Form = REASON.also(
    Part("add", _tasks, "新增任务（连同责任单位与责任人）", "tasks added, with unit and person", check=_whole_tasks,
         when=_nothing_else),
    Part("drop", _numbers, "取消的任务编号", "numbers of tasks dropped", optional=True, check=_open_tasks),
    Part("owners", _list_of("task", "unit", "person"), "更换责任人", "new owners", optional=True, check=_open_tasks),
    Part("deadlines", _list_of("task", "deadline", optional=("metric",)), "调整期限", "new deadlines", optional=True,
         check=_known_metrics, rests="/action_plan/tasks"),
)  # fmt: skip


def amend(facts: Facts, ask: Ask) -> list[Effect]:
    """Everything the amendment says, in one transaction."""
    plan, form = facts.thing, ask.form
    added: list[Effect] = [_add(plan, one) for one in form.get("add", ())]
    dropped = [Fire(_task(facts, n).id, ("drop_task",), {"text": form["text"]}) for n in form.get("drop", ())]
    owners = [e for one in form.get("owners", ()) for e in _owner(facts, _task(facts, one["task"]), one)]
    dates = [e for one in form.get("deadlines", ()) for e in _deadline(facts, _task(facts, one["task"]), one)]
    return [*added, *dropped, *owners, *dates]


def _task(facts: Facts, number: int) -> Thing:
    task = task_number(facts, number)
    assert task is not None  # the form has seen it
    return task


def _add(plan: Thing, one: Mapping[str, Any]) -> Effect:
    form = {k: v for k, v in one.items() if k not in _OWNED}
    owner = {k: v for k, v in one.items() if k in _OWNED}
    return New("action_plan_task", "create_task", plan.id, form, owner, then=("assign_task",))


def _owner(facts: Facts, task: Thing, one: Mapping[str, Any]) -> list[Effect]:
    unit, person = one["unit"], one["person"]
    if task.state == "planned":
        return [Fire(task.id, ("assign_task",), {"unit": unit, "person": person})]
    return handed_to(facts, task, unit, person)


def _deadline(facts: Facts, task: Thing, one: Mapping[str, Any]) -> list[Effect]:
    """The target says so from now on, and its duty moves along; the first date stays on record (INV-21)."""
    rows = list(task.data.get("metrics") or ())
    meant = one.get("metric")
    names = {m.name for m in metrics.metrics_of(task) if meant in (None, m.name)}
    dated = [{**r, "deadline": one["deadline"]} if r["metric"] in names else r for r in rows]
    on = date.fromisoformat(one["deadline"])
    duties = [facts.duty(f"task_due:{name}", task.id) for name in sorted(names)]
    return [Put(task.id, {"metrics": dated}), *(MoveDuty(d.id, on) for d in duties if d and d.done_at is None)]
