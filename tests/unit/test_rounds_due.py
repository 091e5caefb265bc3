"""Who asks for the rounds of a programme, year after year, and for the re-checks that no round reaches."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain.facts import THE_SYSTEM, Facts, Thing
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, refused, thing
from tests.support.title import Title, scheme

OFFICE = person("sun", "provincial_lbg_office")


def rules(mode: str = "census", every: int = 1, recheck: int | None = None, same: bool = True, **title: Any) -> Scheme:
    said = {"recheck": {"every": recheck, "same_as_look_back": same}, **title}
    return scheme(title=said, look_back={"mode": mode, "every": every}, annual_report={"present": False})


def round_of(year: int, state: str = "closed", mode: str = "census", number: int = 1, **data: Any) -> Thing:
    said = {"year": year, "number": number, "mode": mode, **data}
    return thing("look_back_round", state, id=f"r-{year}-{mode}-{number}", track=None, batch=None, data=said)


def asked(held: Title) -> list[tuple[int, int, str]]:
    return [(s.form["year"], s.form["number"], s.form["mode"]) for s in held.sent("plan_due_round")]


@pytest.mark.req("QH-09a")
@pytest.mark.req("SX-35")
def test_the_round_of_a_year_is_asked_for_on_its_first_day() -> None:
    held = Title(rules())
    assert held.due("round_due") == ["2025-01-01"]
    assert asked(held.on("2024-12-31", "23:59")) == []
    held.on("2025-01-01", "00:00")
    assert asked(held) == [(2025, 1, "census")]
    assert held.due("round_due") == ["2026-01-01"]
    (sent,) = held.sent("plan_due_round")
    assert (sent.parent, sent.data) == ("", {"scheme": "newest"})


@pytest.mark.req("QH-09a")
def test_a_round_that_somebody_planned_is_not_asked_for_again() -> None:
    held = Title(rules())
    held.rounds.append(round_of(2025, "planned"))
    assert asked(held.on("2025-01-02")) == []
    assert held.due("round_due") == ["2026-01-01"]


@pytest.mark.req("QH-09a")
def test_a_round_that_was_cancelled_serves_nobody() -> None:
    held = Title(rules())
    held.rounds.append(round_of(2025, "cancelled"))
    assert asked(held.on("2025-01-02")) == [(2025, 2, "census")]


@pytest.mark.req("QH-09a")
def test_the_interval_runs_from_the_last_round_and_not_from_each_title() -> None:
    held = Title(rules(every=2), named="2025-03-01")
    held.rounds.append(round_of(2026))
    assert held.due("round_due") == ["2027-01-01"]
    assert asked(held.on("2027-06-01")) == []
    assert held.due("round_due") == ["2028-01-01"]
    assert asked(held.on("2028-01-01")) == [(2028, 1, "census")]


@pytest.mark.req("QH-09a")
def test_only_the_oldest_title_asks_and_the_schedule_outlives_it() -> None:
    held = Title(rules())
    held.schedule["first"] = "another"
    assert asked(held.on("2025-01-02")) == []
    held.schedule["first"] = "title"
    assert asked(held.on("2026-01-02")) == [(2026, 1, "census")]


@pytest.mark.req("QH-09a")
def test_a_scheme_without_look_backs_asks_for_none() -> None:
    assert Title(rules("none")).due("round_due") == []


@pytest.mark.req("INV-23")
def test_a_re_check_that_no_round_reaches_gets_a_round_by_due_date() -> None:
    held = Title(rules("sample", recheck=3)).on("2027-03-02")
    assert (2027, 1, "due_date") in asked(held)
    assert held.due("recheck_due") == ["2030-03-01"]
    assert held.title.data["recheck_on"] == "2030-03-01"


@pytest.mark.req("INV-23")
@pytest.mark.parametrize(
    ("mode", "same", "planned", "own"),
    [
        ("census", True, "census", False),  # it reaches every title
        ("census", True, None, True),
        ("census", False, "census", True),
        ("sample", True, "sample", True),  # a draw may pass it over
        ("due_date", True, "due_date", False),
    ],
)
def test_a_planned_round_serves_the_re_check_if_it_reaches_the_title_anyway(
    mode: str, same: bool, planned: str | None, own: bool
) -> None:
    held = Title(rules(mode, recheck=3, same=same)).on("2027-02-28")
    held.sends.clear()
    held.rounds += [round_of(2027, "planned", planned)] if planned else []
    held.on("2027-03-02")
    assert bool(asked(held)) == own


@pytest.mark.req("INV-23")
def test_a_title_that_was_looked_at_for_its_re_check_asks_for_no_other() -> None:
    held = Title(rules("sample", recheck=3)).on("2027-02-28")
    held.visit("2027-02-01", outcome="retained")
    held.sends.clear()
    assert asked(held.on("2027-03-02")) == []


@pytest.mark.req("INV-23")
def test_whoever_comes_after_the_round_is_drawn_asks_for_the_next_number() -> None:
    held = Title(rules("due_date", recheck=3)).on("2027-02-28")
    held.rounds.append(round_of(2027, "drawn", "due_date", draw={"result": {"area": ["other"]}}))
    held.sends.clear()
    assert asked(held.on("2027-03-02")) == [(2027, 2, "due_date")]


@pytest.mark.req("INV-23")
def test_a_re_check_falls_due_under_review_too() -> None:
    held = Title(rules("sample", recheck=3)).on("2027-02-01")
    held.put(thing("revocation_case", "opened", id="case-1", parent="title", owner="title", grounds={}))
    held.act("open_review")
    assert (2027, 1, "due_date") in asked(held.on("2027-03-02"))


@pytest.mark.req("INV-23")
def test_the_cycle_of_a_title_runs_from_its_naming() -> None:
    held = Title(rules("due_date", recheck=2), named="2024-02-29")
    days = [held.on(f"{year}-03-05").due("recheck_due") for year in (2024, 2026, 2028)]
    assert days == [["2026-02-28"], ["2028-02-28"], ["2030-02-28"]]


# ------------------------------------------------------------------------------------------ the round


def the_round(given: Scheme, *titles: Thing, state: str = "@new", rounds: tuple[Thing, ...] = (), **data: Any) -> Facts:
    said = {"year": 2027, "number": 1, **data}
    about = thing("look_back_round", state, id="round", owner="round", chain="round", track=None, batch=None, data=said)
    more: dict[str, Any] = {"titles": list(titles), "rounds": list(rounds), "entropy": ""}
    return facts(about, scheme=given, now="2027-03-02T09:00", **more)


def named(id: str, state: str = "active", **data: Any) -> Thing:
    said = {
        "named_on": "2024-03-01",
        "recheck_on": "2030-03-01",
        "recheck": {"due": "2027-03-01", "year": 2027},
        **data,
    }
    return thing("designation", state, id=id, subject=id, data=said)


PLAN: dict[str, Any] = {"year": 2027, "number": 1, "mode": "due_date"}


@pytest.mark.req("INV-23")
def test_a_round_that_falls_due_chooses_by_itself_and_a_person_starts_it() -> None:
    outcome = done(the_round(rules("due_date", recheck=3), named("t1")), "plan_due_round", THE_SYSTEM, **PLAN)
    assert outcome.thing.state == "drawn"
    (visit,) = outcome.desk.facts.of("look_back")
    assert (visit.data["designation"], visit.data["recheck"]) == ("t1", True)
    assert refused(outcome.desk.facts.at(outcome.thing), "start_round", THE_SYSTEM) == ["role"]


@pytest.mark.req("GAP-QH-8")
def test_a_sample_that_falls_due_waits_for_a_person_to_draw() -> None:
    plan = {**PLAN, "mode": "sample"}
    outcome = done(the_round(rules("sample"), named("t1")), "plan_due_round", THE_SYSTEM, **plan)
    assert outcome.thing.state == "planned"


@pytest.mark.req("INV-23")
@pytest.mark.parametrize(
    ("state", "data", "comes"),
    [
        ("active", {}, True),
        ("suspended", {}, True),
        ("revocation_review", {}, True),
        ("revoked", {}, False),
        ("active", {"recheck": None, "recheck_on": "2027-11-01"}, True),
        ("active", {"recheck": None, "recheck_on": "2028-03-01"}, False),
        ("expired", {"valid_until": "2027-03-01", "on": {"expire": "2027-03-02"}}, True),  # within its grace
        ("expired", {"valid_until": "2026-03-01", "on": {"expire": "2026-03-02"}}, False),
        ("expired", {"valid_until": "2027-03-01", "on": {"record_strike": "2027-03-02"}}, False),
    ],
)
def test_by_due_date_comes_whoever_is_due_in_the_year(state: str, data: dict[str, Any], comes: bool) -> None:
    given = rules("sample", recheck=3, validity={"length": 3, "grace_days": 60})
    planned = the_round(given, named("t1", state, **data))
    if comes:
        assert done(planned, "plan_due_round", THE_SYSTEM, **PLAN).thing.state == "drawn"
    else:
        assert refused(planned, "plan_due_round", THE_SYSTEM, **PLAN) == ["somebody_to_choose"]


@pytest.mark.req("INV-23")
def test_nobody_is_re_checked_in_two_rounds_of_a_year() -> None:
    taken = round_of(2027, "running", "due_date", draw={"result": {"area": ["t1"]}})
    planned = the_round(rules("due_date", recheck=3), named("t1"), rounds=(taken,))
    assert refused(planned, "plan_due_round", THE_SYSTEM, **{**PLAN, "number": 2}) == ["somebody_to_choose"]


@pytest.mark.req("QH-09a")
def test_a_round_is_planned_once_by_whomever() -> None:
    there = round_of(2027, "planned", "census")
    assert refused(the_round(rules(), named("t1"), rounds=(there,)), "plan_round", OFFICE, year=2027, number=1) == [
        "round_not_planned"
    ]
    second = done(the_round(rules(), named("t1"), rounds=(there,)), "plan_round", OFFICE, year=2027, number=2)
    assert second.thing.state == "planned"
    off = round_of(2027, "cancelled", "census")
    assert done(the_round(rules(), rounds=(off,)), "plan_round", OFFICE, year=2027, number=1).thing.state == "planned"


def test_a_person_may_plan_a_round_of_re_checks_beside_the_usual_one() -> None:
    given = the_round(rules("sample", recheck=3), named("t1"))
    assert done(given, "plan_round", OFFICE, **PLAN).thing.data["mode"] == "due_date"
    assert refused(given, "plan_round", OFFICE, **{**PLAN, "mode": "census"}) == ["round_plan.mode"]
    assert refused(the_round(rules("sample")), "plan_round", OFFICE, **PLAN) == ["round_plan.mode"]


@pytest.mark.req("INV-23")
def test_a_cancelled_round_hands_its_re_checks_on() -> None:
    drawn = done(the_round(rules("due_date", recheck=3), named("t1")), "plan_due_round", THE_SYSTEM, **PLAN)
    outcome = done(drawn.desk.facts.at(drawn.thing), "cancel_round", OFFICE, second="wang", text="任务调整")
    assert [(s.event, s.thing) for s in outcome.desk.sends] == [("open_recheck", "t1")]
    assert outcome.thing.natural is None
    held = Title(rules("due_date", recheck=3)).on("2027-03-02")
    held.rounds.append(round_of(2027, "cancelled", "due_date"))
    held.sends.clear()
    held.act("open_recheck")
    assert asked(held) == [(2027, 2, "due_date")]


@pytest.mark.req("INV-23")
def test_the_look_back_of_the_year_is_the_re_check_where_the_scheme_says_so() -> None:
    for same, is_recheck in ((True, True), (False, False)):
        given = rules("census", recheck=3, same=same)
        drawn = done(the_round(given, named("t1")), "plan_due_round", THE_SYSTEM, **{**PLAN, "mode": "census"})
        (visit,) = drawn.desk.facts.of("look_back")
        assert visit.data["recheck"] is is_recheck
