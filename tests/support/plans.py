"""A small action plan for unit tests: a task of every period, three actions, 2023 to 2025; and how it is walked."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from service.domain.alarm import ring
from service.domain.desk import newborn
from service.domain.facts import Ask, Thing, Who
from service.domain.machine import Refused
from service.domain.perform import Outcome, perform
from service.schemes.model import Scheme, Tier
from service.schemes.plan import ActionPlan
from tests.support.domain import facts, papers, person, reference, thing


def _metric(metric: str, operator: str, target: str, unit: str, period: str, deadline: str = "") -> dict[str, str]:
    row = {"metric": metric, "operator": operator, "target": target, "unit": unit, "period": period}
    return {**row, **({"deadline": deadline} if deadline else {})}


def _task(number: int, action: int, *metrics: dict[str, str], **more: Any) -> dict[str, Any]:
    title = {"zh": f"任务{number}", "en": f"Task {number}"}
    return {"number": number, "action": action, "title": title, "metrics": list(metrics), **more}


LADDER = _task(
    1,
    1,
    _metric("tier_low", "=", "attained", "status", "once", "2023-12-31"),
    _metric("tier_high", "=", "attained", "status", "once", "2024-12-31"),
    _metric("projects", ">=", "2", "projects", "once"),
    _metric("projects", "<=", "3", "projects", "once"),
)
YEARLY = _task(
    2,
    1,
    _metric("inspections", ">=", "1", "times", "per_year"),
    _metric("closure_rate", ">=", "90", "percent", "per_year"),
)
DOCUMENT = _task(
    3,
    2,
    _metric("consultation", ">=", "7", "working_days", "per_document"),
    _metric("consultation_market", ">=", "30", "days", "per_document"),
)
CONTINUOUS = _task(4, 2, _metric("review_rate", "=", "100", "percent", "continuous"))
TREND = _task(5, 2, _metric("loss_rate", "trend_down", "previous_period", "percent", "per_year"))
ATTESTED = _task(6, 3, attestation="已开展调研", period="as_needed")
EACH = _task(7, 3, _metric("sessions", ">=", "1", "times_per_township", "per_year"))
MONTHLY = _task(8, 3, _metric("meetings", ">=", "2", "times", "m"))
MEAN = _task(9, 3, _metric("satisfaction", ">", "national_mean", "", "per_year"))
TASKS = (LADDER, YEARLY, DOCUMENT, CONTINUOUS, TREND, ATTESTED, EACH, MONTHLY, MEAN)


def plan(**changed: Any) -> dict[str, Any]:
    """The plan as a definition, some of it changed."""
    actions = [
        {"title": {"zh": f"行动{n}", "en": f"Action {n}"}, "tasks": tasks} for n, tasks in ((1, 2), (2, 3), (3, 4))
    ]
    return {
        "actions": actions,
        "tasks": {"ref": "tasks.csv", "rows": list(TASKS)},
        "window": {"from": "2023-07-04", "to": "2025-12-31"},
        "ladder": {"tier_low": "low", "tier_high": "high"},
        "members": {"township": ["甲乡", "乙乡"]},
        **changed,
    }


def scheme_with(**changed: Any) -> Scheme:
    """The reference programme with the plan, and two tiers to climb."""
    tiers = tuple(Tier(id=name, zh=name, rank=rank) for name, rank in (("low", 1), ("high", 2)))
    update = {"action_plan": ActionPlan.model_validate(plan(**changed)), "tiers": tiers}
    return reference().model_copy(update=update)


@cache
def scheme() -> Scheme:
    """The same, once."""
    return scheme_with()


SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = person("fan", "leading_group_office")
AUTHORITY = person("sun", "provincial_lbg_office")
INSPECTOR = person("dao", "inspector")
REPORTER = person("chen", "responsible_department")
DOCUMENT_OF = {"issuer": "县政府办", "number": "〔2023〕34号", "date": "2023-07-04"}


class Walk:
    """A plan and its file as they become, under a clock of the test."""

    def __init__(self, now: str = "2023-07-04", rules: Scheme | None = None) -> None:
        about = thing("action_plan", id="plan", chain="plan", owner="plan", track=None, batch=None)
        self.facts = facts(about, scheme=rules or scheme(), now=f"{now}T09:00", titles=[], evidence=papers("ev"))
        self.fresh = (f"n{n}" for n in itertools.count()).__next__

    def until(self, day: str, time: str = "09:00") -> None:
        """Move the clock, and let every alarm on the way ring at its own time."""
        to = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI)
        while rings := [d.ring_at for d in self.facts.duties if d.ring_at and d.ring_at <= to and not d.done_at]:
            self.facts = replace(self.facts, now=max(min(rings), self.facts.now))
            self.facts = ring(self.facts, self.fresh).facts
        self.facts = replace(self.facts, now=to)

    def act(self, thing_id: str, event: str, who: Who, /, second: str | None = None, **form: Any) -> Thing:
        """An event that must be accepted; the thing as it then stands."""
        outcome = perform(self.facts.at(self.facts.things[thing_id]), Ask(event, form, who, second), self.fresh)
        assert isinstance(outcome, Outcome), outcome
        self.facts = outcome.desk.facts
        return self.facts.things[thing_id]

    def refused(self, thing_id: str, event: str, who: Who, /, second: str | None = None, **form: Any) -> list[str]:
        """What is unmet of an event that must be refused."""
        found = perform(self.facts.at(self.facts.things[thing_id]), Ask(event, form, who, second), self.fresh)
        assert isinstance(found, Refused), found
        return [u.code for u in found.unmet]

    def make(self, machine: str, event: str, parent: str, who: Who, /, **form: Any) -> Thing:
        """A new thing below another."""
        about = self._newborn(machine, parent)
        self.facts = replace(self.facts, things={**self.facts.things, about.id: about})
        return self.act(about.id, event, who, **form)

    def make_refused(self, machine: str, event: str, parent: str, who: Who, /, **form: Any) -> list[str]:
        about = self._newborn(machine, parent)
        given = replace(self.facts, thing=about, things={**self.facts.things, about.id: about})
        found = perform(given, Ask(event, form, who), self.fresh)
        assert isinstance(found, Refused), found
        return [u.code for u in found.unmet]

    def _newborn(self, machine: str, parent: str) -> Thing:
        number = 1 + max(t.number for t in self.facts.things.values())
        return newborn(machine, self.fresh(), self.facts.things[parent], number, {})

    def task(self, number: int) -> Thing:
        return next(t for t in self.facts.of("action_plan_task") if t.data["number"] == number)

    def results(self, number: int) -> list[Thing]:
        """The occurrences of a task, oldest first."""
        return self.facts.of("task_occurrence", parent=self.task(number).id)

    @property
    def plan(self) -> Thing:
        return self.facts.things["plan"]

    def started(self) -> Walk:
        """Loaded, issued, every task assigned, running."""
        self.act("plan", "load_plan", OFFICE)
        self.act("plan", "issue_plan", AUTHORITY, **DOCUMENT_OF)
        for task in self.facts.of("action_plan_task"):
            self.act(task.id, "assign_task", OFFICE, unit=f"u{task.data['number']}", person="chen")
        self.act("plan", "assign_plan", OFFICE)
        self.act("plan", "start_plan", OFFICE)
        return self

    def report(self, occurrence: Thing, /, **values: Any) -> Thing:
        form: dict[str, Any] = {"values": values} if values else {}
        return self.act(occurrence.id, "report_occurrence", REPORTER, evidence=["ev"], statement="已完成", **form)

    def verified(self, occurrence: Thing, /, **values: Any) -> Thing:
        """Reported with these values and verified by somebody else."""
        self.report(occurrence, **values)
        return self.act(occurrence.id, "verify_occurrence", OFFICE)
