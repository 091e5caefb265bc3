"""The appraisal of a plan year: by unit, which tasks met what the year asked of them and which did not (HY-T03)."""

from __future__ import annotations

from service.domain.facts import Facts, Thing
from service.domain.measures import metrics
from service.domain.plans import years as plan_years
from service.domain.plans.action_plan_task import occurrences, plan_of, reached, rung_lost


def tasks(facts: Facts) -> list[Thing]:
    """The tasks of the plan, those aside that were dropped."""
    return [t for t in facts.of("action_plan_task", parent=facts.thing.id) if t.state != "dropped"]


def of_year(facts: Facts, task: Thing, year: int) -> list[Thing]:
    """The results of a plan year. What is done once stays open until the last day and counts by its own date."""
    end = plan_years.ends(plan_of(facts), year).isoformat()
    return [o for o in occurrences(facts, task) if o.data["year"] == year and o.data["until"] <= end]


def sheet(facts: Facts, year: int) -> dict[str, dict[str, list[int]]]:
    """Unit to the numbers of its tasks that were met and unmet in the year; what was not asked stands in neither."""
    found: dict[str, dict[str, list[int]]] = {}
    for task in tasks(facts):
        verdict = _verdict_of(facts, task, year)
        unit = found.setdefault(task.data.get("unit", "-"), {"met": [], "unmet": []})
        if verdict is not None:
            unit["met" if verdict else "unmet"].append(task.data["number"])
    return found


def _verdict_of(facts: Facts, task: Thing, year: int) -> bool | None:
    """Whether a task met what the year asked of it; None where the year asked nothing.

    Of the last year a rung that is held no longer is not met (HY-T01).
    """
    found = [o.state for o in of_year(facts, task, year)]
    due = [m for m in metrics.metrics_of(task) if m.deadline and plan_years.year_of(plan_of(facts), m.deadline) <= year]
    if not found and not due:
        return None
    if year == plan_years.last_year(plan_of(facts)) and rung_lost(facts, task):
        return False
    return "unmet" not in found and all(reached(facts, task, m) for m in due)
