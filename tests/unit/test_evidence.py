"""Evidence: what it needs to be submitted, what locks it, what holds it, and what a false piece holds up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import forms
from service.domain.cases import evidence as rules
from service.domain.cases.evidence import FINAL, STEPS, Paper, Papers
from service.domain.machine import Move
from service.domain.machines import NAMES, template
from tests.support.domain import facts, papers, person, thing, verdict
from tests.support.walk import COUNTY, GROUP, Walk
from tests.support.worlds import BUILT, machine

DAY = date(2024, 1, 1)
STATUSES = ("draft", "submitted", "locked", "superseded", "withdrawn")


def every_move() -> list[Move]:
    return [move for name, of in BUILT for move in machine(name, of).table]


# --------------------------------------------------------------------------------------------- named in a form


@pytest.mark.req("GAP-ALL-3")
def test_whatever_names_papers_in_a_form_is_tested_for_being_registered() -> None:
    """A part with such a name has the shape that asks for it; a form with that shape asks for the evidence on file."""
    named = {"file", "files", "evidence", "letter"}
    rated = ("rate_indicator", "submit_score")  # these map indicators to papers: rating_consistent looks them up
    for move in (m for m in every_move() if m.event not in rated):
        for part in move.form.parts:
            if part.name in named:
                assert part.shape in (forms.evidence_id, forms.evidence_ids), f"{move.event}: {part.name}"
        assert move.form.names_evidence <= ("evidence" in move.needs), move.event


@pytest.mark.req("GAP-ALL-3")
@pytest.mark.req("PDS-V2")
def test_a_letter_that_nobody_registered_is_refused_like_any_paper() -> None:
    title, holder = thing("designation", "active"), person("zhao", "designee")
    form = {"letter": "ev-1", "signer": "县长"}
    known = verdict(facts(title, evidence=papers("ev-1")), "request_exit", holder, **form)
    assert not hasattr(known, "unmet")
    for wrong in (papers("ev-2"), papers("ev-1", status="draft"), papers("ev-1", status="withdrawn"), Papers()):
        found = verdict(facts(title, evidence=wrong), "request_exit", holder, **form)
        assert [(u.code, u.missing) for u in found.unmet] == [("evidence_is_registered", ("ev-1",))]
        assert (found.kind, found.unmet[0].rules) == ("guard", ("PDS-V2", "YL-3q", "GAP-ALL-3"))


def test_papers_of_the_wrong_shape_are_a_matter_of_the_form_alone() -> None:
    walk = Walk()
    walk.enter()
    form: dict[str, Any] = {"artefact": "work_plan", "author": "局", "date": "2024-03-04"}
    for wrong in ("ev-1", [], [1], {"a": "b"}, None):
        assert walk.refused("submit_artefact", GROUP, **form, files=wrong) == ["artefact.files"]


# ------------------------------------------------------------------------------------------------ on the record


@pytest.mark.req("PDS-V1")
@pytest.mark.req("PDS-A5")
@pytest.mark.req("INV-14")
@given(
    content=st.booleans(), issuer=st.sampled_from(["", "局"]), first=st.none() | st.dates(), last=st.none() | st.dates()
)
def test_evidence_is_submitted_once_nothing_is_lacking(
    content: bool, issuer: str, first: date | None, last: date | None
) -> None:
    lacking = rules.lacking(content=content, issuer=issuer, covers_from=first, covers_to=last)
    whole = content and issuer and first and last and first <= last
    assert (lacking == []) == bool(whole)
    assert all(u.rules == STEPS["submit"].rules and u.zh and u.en for u in lacking)


@pytest.mark.req("INV-30")
@pytest.mark.parametrize("status", STATUSES)
def test_a_step_starts_only_where_its_row_says(status: str) -> None:
    allowed = {
        "draft": {"submit", "withdraw"},
        "submitted": {"return", "supersede", "withdraw", "strike"},
        "locked": {"supersede", "strike"},
        "superseded": set(),
        "withdrawn": set(),
    }[status]
    assert {name for name, step in STEPS.items() if not rules.out_of_place(step, status)} == allowed


@pytest.mark.req("INV-20")
def test_only_striking_out_takes_two_persons() -> None:
    assert {name: step.persons for name, step in STEPS.items() if step.persons != 1} == {"strike": 2}


def test_a_piece_that_was_superseded_stands_through_what_took_its_place() -> None:
    old = Paper("old", "superseded", superseded_by="new")
    file = {"old": old, "new": Paper("new", "locked"), "bad": Paper("bad", "superseded", superseded_by="gone"),
            "gone": Paper("gone", "withdrawn", struck=True), "loop": Paper("loop", "superseded", superseded_by="loop")}  # fmt: skip
    found = Papers(file)
    assert {i for i in file if i in found} == {"new"}
    assert {i for i in file if found.stands(i)} == {"old", "new"}
    assert not found.stands("never uploaded")
    assert found.struck == {"gone"}


@pytest.mark.req("INV-01")
def test_a_paper_whose_evidence_was_taken_back_no_longer_counts_as_handed_in() -> None:
    walk = Walk().walked_to("self_check")
    walk.rated()
    walk.paper("score_table", "rectification_plan", "self_check_report")
    for lost in (papers("ev-1", status="draft"), papers("ev-1", status="withdrawn")):
        walk.read(evidence=lost)
        assert walk.refused("complete_stage", COUNTY) == ["artefacts_present"]
    walk.read(
        evidence=Papers({"ev-1": Paper("ev-1", "superseded", superseded_by="ev-2"), "ev-2": Paper("ev-2", "locked")})
    )
    walk.act("complete_stage", COUNTY, judgement="符合条件")


@pytest.mark.req("INV-15")
@pytest.mark.req("YL-3q")
def test_a_false_piece_holds_the_application_up_as_long_as_a_paper_rests_on_it() -> None:
    walk = Walk().walked_to("application")
    declared: dict[str, Any] = {"signer": "县长", "true": True, "lawful": True, "complete": True}
    walk.paper("application_form")
    false = {"ev-3": Paper("ev-3", "withdrawn", struck=True)}
    walk.read(evidence=Papers({**papers("ev-1").items, **false}))
    walk.act("complete_stage", COUNTY, **declared)
    assert walk.case.state == "review"

    walk = Walk().walked_to("application")
    walk.act("submit_artefact", GROUP, artefact="application_form", author="局", date="2024-03-04", files=["ev-3"])
    walk.read(evidence=Papers({**papers("ev-1").items, **false}))
    assert walk.refused("complete_stage", COUNTY, **declared) == ["artefacts_present", "nothing_marked_false"]


# ----------------------------------------------------------------------------------------- what rests on what


@pytest.mark.req("INV-30")
def test_a_result_relies_on_every_paper_it_names_and_an_outside_fact_on_its_file() -> None:
    run = thing("stage", "completed", artefacts={"plan": {"files": ["ev-1", "ev-2"]}}, results=[{"file": "ev-3"}])
    assert {"ev-1", "ev-2", "ev-3"} <= rules.relied_on("stage", "complete_stage", run, {})
    assert rules.relied_on("stage", "submit_artefact", run, {"files": ["ev-1"]}) == frozenset()
    assert rules.relied_on("stage", "record_external_result", run, {"file": "ev-9"}) == {"ev-9"}


def test_every_event_that_makes_a_result_final_is_an_event_of_its_machine() -> None:
    known = {(name, move.event) for name in NAMES for move in template(name)}
    known |= {("stage", move.event) for move in machine("stage", "creation").table}
    assert known >= FINAL


@pytest.mark.req("INV-30")
def test_what_something_rests_on_is_superseded_and_never_taken_away() -> None:
    item = thing("rectification_item", "submitted", id="i", evidence=["ev-1"])
    gone = thing("rectification_item", "void", id="v", evidence=["ev-1"])
    assert [t.id for t in rules.resting_on("ev-1", [item, gone])] == ["i"]
    assert [u.missing for u in rules.rested_on([item])] == [("rectification_item i",)]
    assert rules.rested_on([]) == []


def test_a_replacement_is_another_registered_piece_of_the_same_file() -> None:
    assert rules.replacement_faults("a", "case", "b", "case", "submitted") == []
    for other, chain, status in (
        ("a", "case", "submitted"),
        ("b", "other", "submitted"),
        ("b", "case", "draft"),
        ("b", None, ""),
    ):
        assert rules.replacement_faults("a", "case", other, chain, status), other


@pytest.mark.req("QH-13-2")
def test_evidence_is_found_false_by_a_closed_fact_finding_or_a_decision() -> None:
    assert rules.proof_of_falsehood({"confirmed": True}, "") == []
    assert rules.proof_of_falsehood({}, "榆法办〔2024〕7号") == []
    assert [u.code for u in rules.proof_of_falsehood({"confirmed": False}, "  ")] == ["found_false"]


@given(st.recursive(st.text() | st.none() | st.integers(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)))
def test_every_text_of_a_thing_is_found_however_deep_it_lies(value: Any) -> None:
    assert "ev-1" in rules.named_in(thing("case", "draft", deep=[{"here": [value, "ev-1"]}]))
