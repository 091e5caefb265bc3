"""A rectification item: what it holds, who withdraws and verifies it, when it is due, what it releases."""

from datetime import date, timedelta
from typing import Any

import pytest

from service.domain import duties
from service.domain.cases.rectification_item import MACHINE
from service.domain.facts import THE_SYSTEM, Facts, Thing
from service.domain.machine import Refused
from tests.support.domain import done, facts, person, refused, thing, verdict

FINDING = {"source": "督察", "finding": "案卷不规范", "basis": "PDS-I10"}
FOUR = {"measure": "逐卷整改", "unit": "司法局", "person": "wang", "due": "2024-06-10"}
COUNTY = person("wang", "county_government")
OFFICE = person("li", "leading_group_office")
VERIFIER = person("zhao", "leading_group_office")
COMMITTEE = person("chen", "evaluation_committee")


def case(at: str = "inspection") -> Thing:
    return thing("case", at, id="case", parent="batch")


def run(state: str = "held", key: str = "inspection", **data: Any) -> Thing:
    return thing("stage", state, id="run", owner="case", parent="case", key=key, kind=key, **data)


def item(state: str, **data: Any) -> Thing:
    own = {"owner": "case", "parent": "case", **FINDING, "holds": "run", **data}
    return thing("rectification_item", state, id=own.pop("id", "item"), **own)


def new(parent: str) -> Thing:
    return thing("rectification_item", id="item", owner="case", parent=parent)


@pytest.mark.req("INV-18")
@pytest.mark.parametrize(
    ("stage", "holds"),
    [("inspection", "run"), ("self_check", "next_rectification"), ("creation", None)],
)
def test_what_an_item_raised_by_hand_holds_follows_from_the_stage(stage: str, holds: str | None) -> None:
    given = facts(new("case"), case(stage), run("open", stage))
    raised = done(given, "raise_item", OFFICE, **FINDING).thing
    assert raised.state == "raised"
    assert raised.data["holds"] == holds


def test_an_item_under_a_reminder_holds_the_reminder() -> None:
    order = thing("reminder", "rectifying", id="order", owner="title", parent="title")
    raised = done(facts(new("order"), order, case()), "raise_item", THE_SYSTEM, **FINDING).thing
    assert raised.data["holds"] == "order"


@pytest.mark.req("HY-W4c")
@pytest.mark.parametrize(("of", "lies_with"), [("", "enforcement"), ("gov.jiaxian", "gov.jiaxian")])
def test_a_finding_that_is_no_applicants_lies_with_the_unit_that_puts_it_right(of: str, lies_with: str) -> None:
    raised = item("raised", organization=of)
    given = done(facts(raised, case(), run()), "assign_item", OFFICE, **{**FOUR, "unit": "enforcement"}).thing
    assert given.organization == lies_with


def test_what_the_stage_says_an_item_holds_is_kept() -> None:
    born = new("case").with_data(holds="next_rectification")
    assert done(facts(born, case(), run()), "raise_item", THE_SYSTEM, **FINDING).thing.data["holds"] == (
        "next_rectification"
    )


@pytest.mark.req("YL-2i")
def test_a_finding_without_its_basis_is_refused() -> None:
    form = {k: v for k, v in FINDING.items() if k != "basis"}
    assert refused(facts(new("case"), case(), run()), "raise_item", OFFICE, **form) == ["finding.basis"]


@pytest.mark.req("YL-3h")
@pytest.mark.req("INV-02")
@pytest.mark.parametrize("part", ["measure", "unit", "person", "due"])
def test_assigning_without_one_of_the_four_elements_is_refused(part: str) -> None:
    form = {k: v for k, v in FOUR.items() if k != part}
    assert refused(facts(item("raised"), case(), run()), "assign_item", OFFICE, **form) == [f"four_clears.{part}"]


def due_duty(given: Facts, key: str) -> date | None:
    return next(d.due_on for d in given.duties if d.key == key and d.done_at is None)


@pytest.mark.req("YL-3h")
def test_assigning_ends_the_wait_for_it_and_dates_the_work() -> None:
    raised = done(facts(new("case"), case(), run()), "raise_item", OFFICE, **FINDING).desk.facts
    assert due_duty(raised, "item_due:assign") is None, "the scheme names no days: the date comes with each item"
    assigned = done(raised.at(raised.things["item"]), "assign_item", OFFICE, **FOUR).desk.facts
    assert [d.key for d in assigned.duties if d.done_at is None] == ["item_due"]
    assert due_duty(assigned, "item_due") == date(2024, 6, 10)


def test_the_days_of_the_scheme_run_until_the_item_is_assigned() -> None:
    given = facts(new("case"), case(), run())
    rules = given.scheme.rectification.model_copy(update={"item_days": 7})
    scheme = given.scheme.model_copy(update={"rectification": rules})
    given = facts(new("case"), case(), run(), scheme=scheme)
    raised = done(given, "raise_item", OFFICE, **FINDING).desk.facts
    assert due_duty(raised, "item_due:assign") == given.today + timedelta(days=7)


def test_work_that_is_returned_is_due_on_the_day_it_had() -> None:
    working = item("in_progress", **FOUR)
    duty = duties.opened(MACHINE.duties[0], duties.Due(date(2024, 6, 10)), facts(working), "duty")
    given = facts(working, case(), run(), duties=[duty], evidence={"e-1"})
    form: dict[str, Any] = {"evidence": ["e-1"], "statement": "已整改"}
    handed_in = done(given, "submit_item", COUNTY, **form).desk.facts
    assert all(d.done_at for d in handed_in.duties)
    returned = done(handed_in.at(handed_in.things["item"]), "return_item", VERIFIER, text="证据不足").desk.facts
    assert due_duty(returned, "item_due") == date(2024, 6, 10)


@pytest.mark.req("PDS-V2")
@pytest.mark.req("YL-3q")
def test_work_is_shown_by_evidence_of_the_file_alone() -> None:
    given = facts(item("in_progress", **FOUR), case(), run(), evidence={"e-1", "e-2"})
    found = verdict(given, "submit_item", COUNTY, evidence=["e-3", "e-1", "e-4", "e-3"], statement="已整改")
    assert isinstance(found, Refused)
    (said,) = found.unmet
    assert (said.code, said.missing) == ("evidence_is_registered", ("e-3", "e-4"))
    assert "e-3, e-4" in said.zh
    assert "e-3, e-4" in said.en
    handed_in = done(given, "submit_item", COUNTY, evidence=["e-1", "e-2"], statement="已整改")
    assert handed_in.thing.state == "submitted"


@pytest.mark.req("YL-2l")
def test_whoever_did_the_work_does_not_verify_it() -> None:
    by = {"submit_item": "zhao", "start_item": "wang"}
    assert refused(facts(item("submitted", by=by), case(), run()), "verify_item", VERIFIER) == [
        "verifier_not_responsible"
    ]
    by["submit_item"] = "wang"
    assert done(facts(item("submitted", by=by), case(), run()), "verify_item", VERIFIER).thing.state == "verified"


CLOSE = {"date": "2024-05-20", "verifier": "zhao"}


@pytest.mark.req("INV-18")
def test_closing_the_last_item_releases_the_stage_it_holds() -> None:
    outcome = done(facts(item("verified", **FOUR), case(), run()), "close_item", OFFICE, **CLOSE)
    assert outcome.thing.state == "closed"
    assert outcome.desk.thing("run").state == "open"


@pytest.mark.req("INV-18")
def test_closing_one_of_two_items_leaves_the_stage_held() -> None:
    other = item("assigned", id="other", **FOUR)
    outcome = done(facts(item("verified", **FOUR), other, case(), run()), "close_item", OFFICE, **CLOSE)
    assert outcome.desk.thing("run").state == "held"


def test_closing_an_item_that_holds_no_stage_moves_nothing_else() -> None:
    free = item("verified", **{**FOUR, "holds": None})
    outcome = done(facts(free, case(), run("open")), "close_item", OFFICE, **CLOSE)
    assert set(outcome.desk.things) == {"item"}


def test_closing_out_needs_the_measure_that_was_taken() -> None:
    assert refused(facts(item("verified"), case(), run()), "close_item", OFFICE, **CLOSE) == ["close_out.measure"]


@pytest.mark.req("INV-16")
def test_a_finding_is_withdrawn_by_who_raised_it_and_then_holds_nothing() -> None:
    given = facts(item("raised", by={"raise_item": "chen"}), case(), run())
    outcome = done(given, "withdraw_finding", COMMITTEE, text="事实有误")
    assert (outcome.thing.state, outcome.desk.thing("run").state) == ("void", "open")


@pytest.mark.req("INV-16")
def test_a_finding_is_not_withdrawn_by_another_office() -> None:
    given = facts(item("raised", by={"raise_item": "chen"}), case(), run())
    assert refused(given, "withdraw_finding", OFFICE, text="不再追究") == ["withdrawn_by_source"]


@pytest.mark.req("INV-16")
def test_the_authority_withdraws_any_finding() -> None:
    given = facts(item("raised", by={"raise_item": "chen"}), case(), run())
    above = person("sun", "provincial_lbg_office")
    assert done(given, "withdraw_finding", above, text="依据已废止").thing.state == "void"


def test_who_raised_the_findings_of_a_stage_may_withdraw_an_item_of_it() -> None:
    raised = item("raised", by={"raise_item": "system"})
    given = facts(raised, case(), run(by={"raise_findings": "chen"}))
    assert done(given, "withdraw_finding", COMMITTEE, text="事实有误").thing.state == "void"


@pytest.mark.req("QH-13-5")
@pytest.mark.parametrize(("ended", "codes"), [(False, []), (True, ["owner_still_open"])])
def test_a_closed_item_is_reopened_only_while_its_case_runs(ended: bool, codes: list[str]) -> None:
    at = thing("case", "closed" if ended else "inspection", id="case", ended=ended)
    given = facts(item("closed", **FOUR), at, run("open"))
    if codes:
        assert refused(given, "reopen_item", VERIFIER, text="问题反弹") == codes
    else:
        assert done(given, "reopen_item", VERIFIER, text="问题反弹").thing.state == "in_progress"
