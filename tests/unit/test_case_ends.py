"""How a case of the reference programme ends otherwise than named: withdrawn, disqualified, lapsed, declined."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.support.walk import COUNTY, PREFECTURE, PROVINCE, PROVINCE_2, Walk

DECLARED: dict[str, Any] = {"signer": "县长", "true": True, "lawful": True, "complete": True}


@pytest.mark.req("INV-16")
def test_a_case_that_is_withdrawn_takes_its_run_its_recommendation_and_its_evaluations_with_it() -> None:
    walk = Walk().walked_to("evaluation")
    walk.put("evaluation", "fieldwork", id="running", measure="onsite")
    walk.act("withdraw", COUNTY)
    assert (walk.case.state, walk.runs[-1]) == ("withdrawn", ("evaluation", 1, "cancelled"))
    assert walk.facts.things["recommendation"].state == "withdrawn"
    assert [(s.event, s.thing) for s in walk.sends] == [("terminate_evaluation", "running")]
    assert walk.owed() == []
    for event, who in (("withdraw", COUNTY), ("complete_stage", PROVINCE), ("pause", PROVINCE)):
        assert walk.refused(event, who) == ["illegal_in_state"]


@pytest.mark.req("INV-15")
def test_nobody_withdraws_from_a_fact_finding() -> None:
    walk = Walk().walked_to("application")
    walk.act("open_fact_finding", PROVINCE, text="群众举报材料不实")
    assert walk.duty("fact_finding_due", "case").due_on == date(2024, 4, 1)
    assert walk.refused("withdraw", COUNTY) == ["no_fact_finding_open"]
    assert walk.refused("open_fact_finding", PROVINCE, text="再次举报材料不实") == ["none_open_yet"]
    walk.act("close_fact_finding", PROVINCE, report="查无实据", confirmed=False)
    walk.act("withdraw", COUNTY)
    assert walk.case.state == "withdrawn"


@pytest.mark.req("INV-20")
def test_two_persons_disqualify_a_case_once_false_material_is_proved() -> None:
    walk = Walk().walked_to("application")
    assert walk.refused("disqualify", PROVINCE) == ["fraud_proved"]
    walk.act("open_fact_finding", PROVINCE, text="群众举报材料不实")
    walk.act("close_fact_finding", PROVINCE, report="材料系伪造", confirmed=True)
    walk.paper("application_form")
    assert walk.refused("complete_stage", COUNTY, **DECLARED) == ["nothing_marked_false"]
    proposed = walk.act("disqualify", PROVINCE)
    assert (proposed.proposes, walk.case.state) == (True, "application")
    assert walk.refused("disqualify", PROVINCE, second="li") == ["two_persons"]
    walk.act("disqualify", PROVINCE_2, second="li")
    assert (walk.case.state, walk.runs[-1][2]) == ("disqualified", "cancelled")
    assert (walk.entries[-2].person, walk.entries[-2].second) == ("wang", "li")


@pytest.mark.req("INV-15")
def test_what_was_proved_stands_while_a_further_fact_finding_runs() -> None:
    walk = Walk().walked_to("application")
    for text in ("群众举报材料不实", "又有新的线索"):
        walk.act("open_fact_finding", PROVINCE, text=text)
        if text.startswith("群众"):
            walk.act("close_fact_finding", PROVINCE, report="材料系伪造", confirmed=True)
    walk.paper("application_form")
    assert walk.refused("complete_stage", COUNTY, **DECLARED) == ["nothing_marked_false"]
    (due,) = [d for d in walk.facts.duties if d.key.startswith("fact_finding_due") and d.done_at is None]
    assert due.due_on == date(2024, 4, 1)


def test_a_draft_is_discarded_or_lapses_with_the_window() -> None:
    walk = Walk()
    walk.act("open_case", COUNTY, track="area", jurisdiction="610828")
    assert (walk.case.state, walk.owed()) == ("draft", ["draft_lapse"])
    walk.at("2025-01-01T00:00")
    assert walk.ring() == ["lapse_draft"]
    assert (walk.case.state, walk.owed()) == ("withdrawn", [])
    kept = Walk()
    kept.act("open_case", COUNTY, track="area", jurisdiction="610828")
    kept.act("discard_draft", COUNTY)
    assert kept.case.state == "withdrawn"


@pytest.mark.req("SX-21")
@pytest.mark.parametrize(
    ("stage", "event", "kept"),
    [("", "discard_draft", None), ("application", "withdraw", None), ("review", "withdraw", "key")],
)
def test_only_who_leaves_before_the_application_is_handed_in_may_enter_the_batch_again(
    stage: str, event: str, kept: str | None
) -> None:
    walk = Walk()
    if stage:
        walk.walked_to(stage)
    else:
        walk.act("open_case", COUNTY, track="area", jurisdiction="610828")
    walk.facts = replace(walk.facts, things={**walk.facts.things, "case": replace(walk.case, natural="key")})
    walk.act(event, COUNTY)
    assert (walk.case.state, walk.case.natural) == ("withdrawn", kept)


@pytest.mark.req("SX-23")
def test_a_case_is_declined_only_without_a_live_recommendation() -> None:
    walk = Walk().walked_to("review")
    walk.put("recommendation", "submitted")
    assert walk.refused("decline", PREFECTURE, text="不符合条件") == ["no_live_recommendation"]
    walk.act("return_recommendation", PROVINCE, on="recommendation", text="退回补正")
    walk.act("decline", PREFECTURE, text="不符合条件")
    assert (walk.case.state, walk.facts.things["recommendation"].state) == ("declined", "withdrawn")
