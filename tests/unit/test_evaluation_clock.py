"""What an evaluation shares with its case: a pause; and what a broken veto makes of its result."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from service.domain.effects import Send
from service.domain.facts import THE_SYSTEM, Duty, Facts, Thing
from tests.support.domain import done, facts, person, thing
from tests.support.measured import ITEMS as MEASURED
from tests.support.measured import measured

OFFICE = person("office", "provincial_lbg_office")
LEAD = person("lead", "third_party_evaluator")
TEAM = ("lead", "m1")


def scoring(*company: Thing, ratings: dict[str, Any] | None = None) -> Facts:
    about = thing(
        "evaluation", "scoring", parent="case", owner="evaluation", measure="third_party", lead="lead", members=["m1"]
    )
    return facts(about, thing("case", "evaluation"), *company, ratings={"evaluation": ratings or {}})


@pytest.mark.req("INV-22")
def test_the_dates_of_an_evaluation_and_its_survey_stand_still_with_the_case() -> None:
    survey = thing("survey", "open", parent="evaluation", owner="evaluation", strata={"all": 9})
    owed = [
        Duty("d1", "evaluation", "evaluation", "evaluation_due", date(2024, 6, 20)),
        Duty("d2", "evaluation", "survey", "survey_end", date(2024, 6, 1)),
    ]
    at = replace(scoring(survey), duties=tuple(owed))
    held = done(at, "stand_still", THE_SYSTEM).desk.facts
    assert [(d.stands_still_since, d.ring_at) for d in held.duties] == [(at.today, None)] * 2
    later = replace(held, now=at.now + timedelta(days=10))
    gone_on = done(later.at(later.things["evaluation"]), "go_on", THE_SYSTEM).desk.facts
    assert sorted(d.due_on for d in gone_on.duties if d.due_on) == [date(2024, 6, 11), date(2024, 6, 30)]


@pytest.mark.req("INV-22")
def test_a_case_tells_its_evaluations_of_its_pause() -> None:
    case = thing("case", "evaluation", owner="case")
    run = thing("stage", "open", id="run", parent="case", owner="case", key="evaluation", kind="evaluation")
    running = thing("evaluation", "scoring", id="e1", parent="case")
    over = thing("evaluation", "final", id="e2", parent="case")
    paused = done(facts(case, run, running, over), "pause", OFFICE, ground="superior_order", text="上级要求")
    assert paused.desk.sends == [Send("evaluation", "stand_still", "e1")]
    state = paused.desk.facts
    again = done(state.at(state.things["case"]), "resume", OFFICE, statements={"superior_order": "已撤销"})
    assert again.desk.sends == [Send("evaluation", "go_on", "e1")]


def test_a_broken_veto_stands_on_the_evaluation_and_leaves_no_total() -> None:
    rules = measured()
    sheet_ = {code: [{"person": m, "value": "1", "reason": None} for m in TEAM] for code in MEASURED}
    sheet_["M-V"] = [{"person": "m1", "value": "0", "reason": None}]
    locked = done(replace(scoring(ratings=sheet_), scheme=rules), "lock_scores", LEAD).thing
    assert (locked.data["total"], locked.data["vetoed"]) == ("0", ["M-V"])
