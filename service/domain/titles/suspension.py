"""A title at rest for a time, and where it stands once that is over (INV-25).

What is in force on a title is computed, never remembered: `dismiss_review` and `reinstate` lead to where a suspension
or a reminder that is still in force puts it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from service.domain.duties import Due, anew
from service.domain.effects import Effect, Put, StandStill
from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.forms import Fault, Form, Part, grounds, pairs
from service.domain.machine import Guard, guard
from service.domain.titles.title import REMINDER_IN_FORCE
from service.domain.titles.validity import CLOCKS, clock_stops


def _each_ground(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    if lacking := sorted(set(facts.thing.data.get("grounds") or ()) - set(value)):
        return f"缺少 {'、'.join(lacking)} 的说明", f"a statement is missing for {', '.join(lacking)}"
    return None


# Not a draft: the grounds of an earlier suspension say nothing about this one.
SUSPENSION = replace(grounds("title.suspension.grounds"), draft=False)
GROUND_GONE = Form(
    "ground_gone",
    (Part("statements", pairs, "各情形消除的说明", "statement for each ground", check=_each_ground),),
    ("INV-22", "INV-25"),
    keep=False,
)


def _in_force(facts: Facts, ask: Ask) -> str:
    """Where the title stands once the event is done; a reinstatement ends the suspension (INV-25, QH-12a)."""
    title = facts.thing
    if title.data.get("suspended_since") and ask.event != "reinstate":
        return "suspended"
    reminders = facts.of("reminder", parent=title.id)
    return "reminded" if any(r.state in REMINDER_IN_FORCE for r in reminders) else "active"


def standing(state: str) -> Guard:
    """What is in force on the title makes it that state (`@standing`)."""

    def check(facts: Facts, ask: Ask) -> Unmet | None:
        at = _in_force(facts, ask)
        return None if at == state else unmet(f"该称号现应为 {at}", f"what is in force makes it {at}", [at])

    return Guard(
        f"standing={state}",
        check,
        choice="standing",
        meaning=f"What is in force on the title makes it {state}.",
    )


@guard("INV-28", "INV-25", rests="/look_back/ranking")
def ranking_suspends(facts: Facts, ask: Ask) -> Unmet | None:
    """The scheme suspends whoever comes last in a ranking, on a ground that it lists."""
    ranking = facts.scheme.look_back.ranking
    if ranking is not None and ranking.then == "suspension" and set(ask.form.get("grounds", {})) == {ranking.ground}:
        return None
    return unmet("方案未规定末位暂停", "the scheme suspends nobody for a place in a ranking", ["look_back.ranking"])


def suspension_begins(facts: Facts, ask: Ask) -> list[Effect]:
    """The title is under a suspension until it is reinstated, also while a review runs; its clock may rest."""
    begun = Put(facts.thing.id, {"suspended_since": facts.today.isoformat()})
    return [begun, StandStill(keys=CLOCKS)] if clock_stops(facts) else [begun]


def suspension_ends(facts: Facts, ask: Ask) -> list[Effect]:
    """No suspension is in force any more; what stood still goes on, later by as many days."""
    return [Put(facts.thing.id, {"suspended_since": None}), StandStill(going_on=True, keys=CLOCKS)]


def suspension_limit(facts: Facts) -> list[Due]:
    """`title.suspension.max_days` calendar days from the day of this suspension, not of an earlier one."""
    rule = facts.scheme.title.suspension
    if rule is None or rule.max_days is None:
        return []
    return [Due(facts.today + timedelta(days=rule.max_days), tag=anew(facts, "suspension_limit"))]
