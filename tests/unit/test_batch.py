"""A batch: its window, the years between batches, and when it may close."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.domain.alarm import ring
from service.domain.cases.case import window_end
from service.domain.dates.calendar import years_after
from service.domain.facts import THE_SYSTEM, THE_TIMER, Facts, Thing
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, reference, refused, thing, verdict
from tests.support.measured import measured

OFFICE = person("sun", "provincial_lbg_office")
WINDOW = {"opens": "2024-03-01", "closes": "2024-12-31"}
VERSION = {"status": "published", "effective_from": "2024-02-22"}


def batch(state: str = "@new", id: str = "batch", **data: Any) -> Thing:
    return thing("batch", state, id=id, batch=None, track=None, chain=id, data=data)


def at(
    state: str,
    *company: Thing,
    now: str = "2024-03-01T09:00",
    history: Any = (),
    cases: Any = (),
    **data: Any,
) -> Facts:
    about = batch(state, **({} if state == "@new" else {**WINDOW, **data}))
    return facts(about, *company, now=now, version=VERSION, history=list(history), cases=list(cases))


def earlier(opens: str, state: str = "closed") -> Thing:
    return batch(state, id="earlier", opens=opens, on={"open_batch": opens})


def case(state: str, id: str = "case", *, ended: bool = False, **data: Any) -> Thing:
    return thing("case", state, id=id, ended=ended, **data)


def test_a_batch_is_planned_with_its_number_year_and_window() -> None:
    planned = done(at("@new"), "plan_batch", OFFICE, number=1, naming_year=2024, **WINDOW).thing
    assert (planned.state, planned.data["number"], planned.data["closes"]) == ("planned", 1, "2024-12-31")


def ruled(**said: Any) -> Scheme:
    return Scheme.model_validate({**reference().model_dump(mode="json", by_alias=True), **said})


def planning(rules: Scheme, naming_year: int = 2024, **window: str) -> tuple[Facts, dict[str, Any]]:
    return replace(at("@new"), scheme=rules), {"number": 1, "naming_year": naming_year, **window}


@pytest.mark.req("SX-05")
def test_the_last_day_that_the_scheme_states_need_not_be_repeated() -> None:
    given, form = planning(ruled(batch={"window": {"to": "2024-06-30"}}), opens="2024-03-01")
    assert done(given, "plan_batch", OFFICE, **form).thing.data["closes"] == "2024-06-30"
    assert done(given, "plan_batch", OFFICE, **form, closes="2024-05-31").thing.data["closes"] == "2024-05-31"
    later = {**form, "opens": "2024-07-01"}
    assert refused(given, "plan_batch", OFFICE, **later) == ["batch_plan.closes"], "a later batch has a day of its own"
    pending, form = planning(ruled(batch={"window": {"to": "pending"}}), opens="2024-03-01")
    assert refused(pending, "plan_batch", OFFICE, **form) == ["batch_plan.closes"]


def test_a_programme_that_runs_for_a_time_takes_applications_within_it() -> None:
    rules = ruled(window={"from": "2024-03-01", "to": "2025-12-31"})
    for opens, closes, wrong in (
        ("2024-03-01", "2025-12-31", []),
        ("2024-02-29", "2025-12-31", ["batch_plan.opens"]),
        ("2024-03-01", "2026-01-01", ["batch_plan.closes"]),
    ):
        given, form = planning(rules, opens=opens, closes=closes)
        found = verdict(given, "plan_batch", OFFICE, **form)
        assert [u.code for u in getattr(found, "unmet", ())] == wrong


@pytest.mark.req("SX-04")
@pytest.mark.req("INV-13")
def test_the_first_batch_and_the_first_naming_have_the_years_that_the_scheme_gives_them() -> None:
    rules = ruled(cadence={"years": 2, "first_start": 2025, "first_naming": 2026})
    given, form = planning(rules, 2025, **WINDOW)
    assert refused(given, "plan_batch", OFFICE, **form) == ["batch_plan.naming_year"]
    early = replace(at("planned", opens="2024-12-31", closes="2025-06-30"), scheme=rules)
    assert refused(early, "open_batch", OFFICE) == ["cadence_elapsed"]
    in_time = replace(at("planned", opens="2025-01-01", closes="2025-06-30"), scheme=rules)
    assert done(in_time, "open_batch", OFFICE).thing.state == "open"


def test_a_window_that_closes_before_it_opens_is_refused() -> None:
    form: dict[str, Any] = {"number": 1, "naming_year": 2024, "opens": "2024-05-02", "closes": "2024-05-01"}
    assert refused(at("@new"), "plan_batch", OFFICE, **form) == ["batch_plan.closes"]


def test_a_window_that_is_over_already_is_refused() -> None:
    assert refused(at("planned", now="2025-01-01T09:00"), "open_batch", OFFICE) == ["window.closes"]


def test_a_window_of_no_date_is_a_clear_refusal() -> None:
    assert refused(at("planned", history=[earlier("2022-03-01")]), "open_batch", OFFICE, opens=7) == ["window.opens"]


def test_opening_dates_the_end_of_the_window_and_the_alarm_closes_it() -> None:
    opened = done(at("planned"), "open_batch", OFFICE).desk.facts
    assert [(d.key, d.due_on) for d in opened.duties] == [("batch_window_end", date(2024, 12, 31))]
    due = opened.duties[0].due_at
    assert due is not None
    assert due.isoformat() == "2025-01-01T00:00:00+08:00"
    late = Facts(opened.scheme, opened.calendar, due, opened.thing, opened.things, opened.duties, opened.more)
    desk = ring(late, lambda: "id")
    while desk.thing("batch").state == "open" and any(d.ring_at for d in desk.facts.duties):
        desk = ring(desk.facts, lambda: "id")  # the reminders before the end ring first
    assert desk.thing("batch").state == "evaluating"


@pytest.mark.req("QH-03a")
@pytest.mark.req("INV-13")
@pytest.mark.parametrize("opens", ["2025-03-01", "2026-02-28"])
def test_a_batch_before_two_years_have_run_is_refused(opens: str) -> None:
    given = at("planned", now="2025-03-01T09:00", history=[earlier("2024-03-01")])
    assert refused(given, "open_batch", OFFICE, opens=opens, closes="2026-12-31") == ["cadence_elapsed"]


@pytest.mark.req("QH-03a")
@pytest.mark.req("SX-04")
def test_a_batch_two_years_to_the_day_after_the_last_one_opens() -> None:
    given = at("planned", now="2026-03-01T09:00", history=[earlier("2024-03-01")])
    assert done(given, "open_batch", OFFICE, opens="2026-03-01", closes="2026-12-31").thing.state == "open"


@pytest.mark.parametrize("other", [earlier("2024-03-01", "cancelled"), batch("planned", id="x", opens="2024-01-01")])
def test_a_batch_that_never_took_place_holds_up_no_other(other: Thing) -> None:
    given = at("planned", now="2025-03-01T09:00", history=[other])
    assert done(given, "open_batch", OFFICE, opens="2025-03-01", closes="2025-12-31").thing.state == "open"


def test_two_years_after_a_leap_day_is_the_end_of_february() -> None:
    assert years_after(date(2024, 2, 29), 2) == date(2026, 2, 28)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.req("QH-18a")
def test_a_scheme_that_is_not_in_force_opens_no_batch() -> None:
    given = facts(batch("planned", **WINDOW), now="2024-02-21T09:00", version=VERSION, history=[])
    assert refused(given, "open_batch", OFFICE) == ["scheme_published"]


@pytest.mark.req("INV-20")
def test_reopening_moves_the_end_of_the_window_and_takes_two_people() -> None:
    opened = done(at("planned"), "open_batch", OFFICE).desk.facts
    early = {"text": "申报已齐"}
    closed = done(opened.at(opened.things["batch"]), "close_window_early", OFFICE, second="qian", **early).desk.facts
    here = closed.at(closed.things["batch"])
    form = {"text": "两县因灾补报", "date": "2025-01-15"}
    assert done(here, "reopen_window", OFFICE, **form).proposes
    again = done(here, "reopen_window", OFFICE, second="qian", **form)
    assert (again.thing.state, again.thing.data["closes"]) == ("open", "2025-01-15")
    [duty] = again.desk.facts.duties
    assert (duty.due_on, duty.done_at) == (date(2025, 1, 15), None)


def test_a_window_that_is_extended_ends_later_for_the_drafts_in_it_too() -> None:
    opened = done(at("planned"), "open_batch", OFFICE).desk.facts
    form = {"text": "两县因灾缓报", "duty": "batch_window_end", "date": "2025-01-15"}
    later = done(opened.at(opened.things["batch"]), "extend_due", OFFICE, **form).desk.facts
    assert (later.things["batch"].data["closes"], later.duties[0].due_on) == ("2025-01-15", date(2025, 1, 15))
    draft = thing("case", "draft", id="case", batch="batch")
    assert window_end(later.at(draft)) == date(2025, 1, 15), "a draft lapses with the window"


def test_a_window_is_not_reopened_to_an_earlier_day() -> None:
    form = {"text": "两县因灾补报", "date": "2024-12-31"}
    assert refused(at("evaluating"), "reopen_window", OFFICE, **form) == ["reason.date"]


def test_publicity_of_the_batch_waits_for_a_candidate_list() -> None:
    assert refused(at("evaluating"), "start_publicity", OFFICE) == ["candidate_list=approved/published"]


@pytest.mark.req("SX-28")
def test_a_naming_is_recorded_only_on_an_effective_decision() -> None:
    def decision(state: str, number: int) -> Thing:
        return thing("naming_decision", state, id=state, owner="batch", parent="batch", number=number)

    draft, issued = decision("drafted", 2), decision("effective", 1)
    assert refused(at("evaluating", draft), "record_naming", THE_SYSTEM) == ["naming_decision=effective"]
    named = done(at("evaluating", issued, draft), "record_naming", THE_SYSTEM)
    assert named.thing.state == "named", "a later draft does not undo what is in force"


@pytest.mark.req("QH-07e")
def test_a_batch_closes_when_its_cases_have_ended_or_wait_outside() -> None:
    done_with = case("named", ended=True)
    outside = case("central_opinion", id="outside")
    running = case("evaluation", id="running")
    assert done(at("named", cases=[done_with, outside]), "close_batch", OFFICE).thing.state == "closed"
    assert refused(at("named", cases=[done_with, running]), "close_batch", OFFICE) == ["all_cases_ended"]


def test_a_batch_with_an_enrolled_case_is_not_cancelled() -> None:
    enrolled = case("mobilization", on={"enroll": "2024-03-02"})
    dropped = case("withdrawn", ended=True)
    assert refused(at("open", cases=[enrolled]), "cancel_batch", OFFICE, text="方案调整") == ["no_case_beyond_draft"]
    given = at("open", cases=[dropped, case("draft", id="d")])
    assert done(given, "cancel_batch", OFFICE, second="qian", text="方案调整").thing.state == "cancelled"


def test_only_the_alarm_ends_the_window() -> None:
    assert refused(at("open"), "close_window", OFFICE) == ["role"]
    assert done(at("open"), "close_window", THE_TIMER).thing.state == "evaluating"


@pytest.mark.req("PDS-I64")
def test_references_are_those_that_the_scheme_compares_with_each_a_quantity_from_a_source() -> None:
    at = facts(thing("batch", "evaluating", track=None), scheme=measured())
    good: dict[str, Any] = {"references": {"prev_year_mean": "12.5%"}, "source": "gazette 1/2024"}
    assert done(at, "record_references", OFFICE, **good).move.plain
    for wrong in ({"other": "1%"}, {"prev_year_mean": 0.125}, {}, {"prev_year_mean": None}):
        assert refused(at, "record_references", OFFICE, **{**good, "references": wrong}) == ["references.references"]
    assert refused(at, "record_references", OFFICE, references=good["references"]) == ["references.source"]
    assert refused(facts(thing("batch", "closed"), scheme=measured()), "record_references", OFFICE, **good) == [
        "illegal_in_state"
    ]
