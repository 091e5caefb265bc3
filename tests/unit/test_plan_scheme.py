"""A scheme states its action plan: the table is read, what does not add up is refused at its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service.domain.measures import metrics
from service.domain.plans import years as plan_years
from service.schemes import loader
from service.schemes.plan import ActionPlan
from service.schemes.problem import SchemeInvalid
from service.schemes.reading.plan_table import with_tasks
from service.schemes.validation.plan import plan_problems
from tests.support import plans
from tests.support.schemes import files

HEAD = "number,action,title_zh,metric,operator,target,unit,period,deadline,basis,statement_en,note\n"
ROWS = (
    '1,1,争创示范,tier;projects;projects,=;>=;<=,attained;2;3,status;projects;projects,once;once;once,2023-12-31;;2025-12-31,stated,"Strive, and pick",year\n'
    "2,2,提升化解率,resolution;loss,trend_up;trend_down,previous_period;previous_period,percent;percent,per_year;per_year,,stated,Raise and lower,\n"
    "3,2,调查研究,,,,,,,qualitative,Research,\n"
)
PLAN = """
action_plan:
  actions:
    - {title: {zh: 行动一, en: Action 1}, tasks: 1}
    - {title: {zh: 行动二, en: Action 2}, tasks: 2}
  tasks: {ref: tasks.csv}
  window: {from: 2023-07-04, to: 2025-12-31}
"""


def given(table: str = HEAD + ROWS, definition: str = PLAN) -> dict[str, bytes]:
    whole = files()
    return {**whole, "scheme.yaml": whole["scheme.yaml"] + definition.encode(), "tasks.csv": table.encode()}


def read(table: str = HEAD + ROWS, definition: str = PLAN) -> ActionPlan:
    plan = loader.read_files(given(table, definition)).action_plan
    assert plan is not None
    return plan


@pytest.mark.req("HY-G4")
def test_the_tasks_are_read_from_a_table_beside_the_definition() -> None:
    one, two, three = read().tasks.rows
    assert [(m.metric, m.operator, m.target, m.deadline and m.deadline.isoformat()) for m in one.metrics] == [
        ("tier", "=", "attained", "2023-12-31"),
        ("projects", ">=", "2", None),
        ("projects", "<=", "3", "2025-12-31"),
    ]
    assert [m.condition.period for m in two.metrics] == ["y", "y"]
    assert (three.number, three.action, three.title.zh, three.metrics) == (3, 2, "调查研究", ())


def test_a_table_may_say_a_task_in_full_beside_its_title() -> None:
    plain = read().tasks.rows[2]
    assert (plain.title.en, plain.statement) == ("Research", None)
    columns = HEAD.replace("statement_en", "title_en,statement_zh,statement_en")
    whole = read(columns + ROWS.replace(",Research,", ",Look,就重点问题开展调查研究,Research,")
                 .replace(",Raise and lower,", ",,,Raise and lower,").replace(',"Strive', ',,,"Strive')).tasks.rows  # fmt: skip
    assert whole[2].title.en == "Look"
    assert whole[2].statement is not None
    assert (whole[2].statement.zh, whole[2].statement.en) == ("就重点问题开展调查研究", "Research")
    assert whole[1].statement is None


def test_a_scheme_with_a_plan_is_dumped_and_loaded_as_the_same() -> None:
    scheme = loader.read_files(given())
    assert loader.load(loader.dump(scheme)) == scheme
    assert loader.content_hash(scheme) != loader.content_hash(loader.read_files(files()))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda: given(HEAD + ROWS.replace(";projects,=", ",=")), "3 entries for 2 metrics"),
        (lambda: given(HEAD + ROWS.replace("stated,Raise", "guessed,Raise")), "/action_plan/tasks/rows/1/basis"),
        (lambda: given(HEAD + ROWS.replace("trend_up;", "up;")), "has no operator"),
        (lambda: given(definition=PLAN.replace("tasks.csv", "other.csv")), "no table other.csv"),
        (lambda: given(definition=PLAN.replace("{ref: tasks.csv}", "{ref: tasks.csv, rows: []}")), "come from the table"),
        (lambda: given(definition=PLAN.replace("to: 2025-12-31", "to: 2022-12-31")), "ends before it begins"),
        (lambda: given(definition=PLAN.replace(", to: 2025-12-31", "")), "/action_plan/window/to"),
    ],
)  # fmt: skip
def test_a_table_that_does_not_fit_is_refused(change: Callable[[], dict[str, bytes]], complaint: str) -> None:
    with pytest.raises(SchemeInvalid, match=complaint):
        loader.read_files(change())


def found(**changed: Any) -> list[tuple[str, str]]:
    return [(p.path, p.rule) for p in plan_problems(plans.scheme_with(**changed))]


def rows(*tasks: dict[str, Any]) -> dict[str, Any]:
    """The plan with these tasks in place of those of the same number."""
    other = {t["number"]: t for t in tasks}
    return {"tasks": {"ref": "tasks.csv", "rows": [other.get(t["number"], t) for t in plans.TASKS]}}


METRIC = {"metric": "m", "operator": ">=", "target": "1", "unit": "times", "period": "per_year"}


def with_metric(**changed: str) -> dict[str, Any]:
    return rows({**plans.YEARLY, "metrics": [{**METRIC, **changed}]})


AT = "/action_plan/tasks/rows"
STEPS = [{"code": code, "title": {"zh": code, "en": code}} for code in ("draft", "review")]


@pytest.mark.parametrize(
    ("changed", "path", "rule"),
    [
        ({"tasks": {"ref": "t.csv", "rows": list(plans.TASKS[1:])}, "ladder": {}}, "/action_plan/actions/0/tasks", "HY-G4"),
        (rows({**plans.EACH, "action": 9}), f"{AT}/6/action", "HY-G4"),
        (rows({**plans.YEARLY, "metrics": []}), f"{AT}/1", "GAP-HY-8"),
        (rows({**plans.YEARLY, "attestation": "书面"}), f"{AT}/1/attestation", "GAP-HY-8"),
        (rows({**plans.ATTESTED, "period": "hourly"}), f"{AT}/5/period", "GAP-HY-8"),
        (rows({**plans.YEARLY, "metrics": [METRIC, METRIC]}), f"{AT}/1/metrics", "GAP-HY-8"),
        (with_metric(period="2y"), f"{AT}/1/metrics/0", "GAP-HY-8"),
        (with_metric(unit=""), f"{AT}/1/metrics/0", "GAP-HY-8"),
        (with_metric(operator="trend_up", target="", period="once"), f"{AT}/1/metrics/0/operator", "GAP-HY-8"),
        (with_metric(deadline="2026-01-01"), f"{AT}/1/metrics/0/deadline", "GAP-HY-1"),
        (with_metric(deadline="2023-07-03"), f"{AT}/1/metrics/0/deadline", "GAP-HY-1"),
        ({"ladder": {"tier_low": "highest"}}, "/action_plan/ladder/tier_low", "HY-T01"),
        ({"ladder": {"nothing": "low"}}, "/action_plan/ladder/nothing", "HY-T01"),
        ({"ladder": {"projects": "low"}}, "/action_plan/ladder/projects", "HY-T01"),
        ({"members": {"village": ["甲村"]}}, "/action_plan/members/village", "QH-17a"),
        ({"members": {"township": ["甲乡", "甲乡"]}}, "/action_plan/members/township", "QH-17a"),
        ({"sequences": {"nothing": STEPS}}, "/action_plan/sequences/nothing", "HY-T09"),
        ({"sequences": {"review_rate": STEPS}}, "/action_plan/sequences/review_rate", "HY-T09"),
        ({"sequences": {"tier_low": STEPS}}, "/action_plan/sequences/tier_low", "HY-T09"),
        ({"sequences": {"consultation": STEPS}}, "/action_plan/sequences/consultation", "HY-T09"),
        ({"sequences": {"meetings": STEPS * 2}}, "/action_plan/sequences/meetings", "QH-17a"),
        ({"inspection": {"measures": {"listed": STEPS * 2}}}, "/action_plan/inspection/measures/listed", "QH-17a"),
    ],
)  # fmt: skip
def test_what_a_plan_may_not_say_is_named_with_place_and_rule(changed: dict[str, Any], path: str, rule: str) -> None:
    assert (path, rule) in found(**changed)


@pytest.mark.req("INV-32")
def test_a_plan_needs_people_who_assign_report_and_inspect() -> None:
    scheme = plans.scheme()
    bare = scheme.model_copy(update={"roles": {s: r for s, r in scheme.roles.items() if s != "inspector"}})
    assert [(p.path, p.rule) for p in plan_problems(bare)] == [("/roles", "INV-32")]
    assert found() == []
    assert list(plan_problems(scheme.model_copy(update={"action_plan": None}))) == []


def test_a_task_listed_twice_is_refused() -> None:
    twice = [{**plans.DOCUMENT, "number": 2}]
    assert (AT, "HY-G4") in found(
        tasks={"ref": "t.csv", "rows": [plans.LADDER, plans.YEARLY, *twice, *plans.TASKS[3:]]}
    )


def test_every_metric_of_the_scheme_reads_in_the_domain_as_the_scheme_means_it() -> None:
    for task in ActionPlan.model_validate(plans.plan()).tasks.rows:
        for one in task.metrics:
            assert metrics.fault_in([metrics.columns_of(one)]) is None
            assert metrics.metric_of(metrics.columns_of(one)) == metrics.Metric(one.condition, one.deadline)


def test_a_plan_without_a_table_is_told_so_by_the_schema() -> None:
    assert with_tasks({"window": {}}, {}, {}) == {"window": {}}
    with pytest.raises(SchemeInvalid, match="/action_plan/tasks"):
        loader.read_files(given(definition=PLAN.replace("  tasks: {ref: tasks.csv}\n", "")))


def test_plan_years_follow_the_window() -> None:
    assert plan_years.last_year(read()) == 2025
