"""Failures that add up: what counts, in which order, what a pass clears, and the one consequence of the limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.dates.calendar import years_after
from service.domain.titles import strikes
from service.schemes.award import Strikes
from service.schemes.model import Scheme
from tests.support.domain import person, thing
from tests.support.title import Title, scheme

CHIEF = person("wang", "provincial_lbg_office")
GROUND = {"code": "too_many_strikes", "title": {"zh": "累计不合格", "en": "Too many failures"}, "rules": ["INV-24"]}


def counting(**said: Any) -> Scheme:
    rule = {"counts": ["look_back_failed", "report_missed", "bottom_k"], "limit": 2, "then": "end", **said}
    revocation = {"mode": "own", "grounds": [GROUND]}
    return scheme(title={"strikes": rule}, revocation=revocation)


def failed(on: str, of: str = "v1", source: str = "look_back_failed") -> dict[str, Any]:
    return {"source": source, "of": of, "on": on}


@pytest.mark.req("INV-24")
def test_a_failure_below_the_limit_is_on_file_and_changes_nothing() -> None:
    held = Title(counting())
    held.act("record_strike", **failed("2025-06-01"))
    assert held.state == "active"
    assert held.title.data["strikes"] == [{"result": "failed", **failed("2025-06-01")}]


@pytest.mark.req("INV-24")
def test_at_the_limit_the_title_ends_with_all_that_hangs_on_it() -> None:
    held = Title(counting())
    held.put(thing("insignia", "held", id="plaque", parent="title", owner="title", kind="plaque"))
    held.act("record_strike", **failed("2025-06-01"))
    held.act("record_strike", **failed("2026-06-01", "v2"))
    assert held.state == "expired"
    assert held.facts.things["plaque"].state == "recall_ordered"
    assert held.due("round_due") == []
    assert held.refused("renew_late", CHIEF) == ["recheck_passed", "within_grace"]


@pytest.mark.req("INV-24")
def test_at_the_limit_a_review_is_opened_by_the_engine_and_its_failures_are_spent() -> None:
    held = Title(counting(then="review"))
    held.act("record_strike", **failed("2025-06-01"))
    held.act("record_strike", **failed("2026-06-01", "v2"))
    (case,) = held.facts.of("revocation_case")
    assert (held.state, case.state, list(case.data["grounds"])) == ("revocation_review", "opened", ["too_many_strikes"])
    assert "2025-06-01" in case.data["grounds"]["too_many_strikes"]
    held.act("decide_dismissal", CHIEF, upon=case.id, second="li", text="已整改到位")
    held.act("record_strike", **failed("2027-06-01", "v3"))
    assert held.state == "active"  # the limit had its one consequence; the count begins anew
    held.act("record_strike", **failed("2028-06-01", "v4"))
    assert held.state == "revocation_review"


@pytest.mark.req("INV-24")
def test_what_the_scheme_does_not_count_is_no_strike_and_nothing_counts_twice() -> None:
    held = Title(counting(counts=["report_missed"]))
    assert held.refused("record_strike", **failed("2025-06-01")) == ["strike_source_counts"]
    held.act("record_strike", **failed("2025-02-01", "report-1", "report_missed"))
    again = failed("2025-03-01", "report-1", "report_missed")
    assert "strike_source_counts" in held.refused("record_strike", **again)


@pytest.mark.req("INV-24")
def test_a_look_back_that_is_not_closed_has_not_failed_yet() -> None:
    held = Title(counting())
    held.visit("2025-06-01", "reminded", id="v1")
    assert held.refused("record_strike", **failed("2025-06-01")) == ["strike_source_counts"]
    held.visit("2025-06-01", id="v1", result="failed")
    assert held.act("record_strike", **failed("2025-06-01")).thing.state == "active"


@pytest.mark.req("INV-24")
def test_a_pass_clears_the_count_only_where_failures_must_be_consecutive() -> None:
    for consecutive, state in ((True, "active"), (False, "expired")):
        held = Title(counting(consecutive=consecutive))
        held.visit("2026-06-01", id="v2", result="passed")
        held.act("record_strike", **failed("2025-06-01"))
        held.act("clear_strikes", of="v2", on="2026-06-01")
        held.act("record_strike", **failed("2027-06-01", "v3"))
        assert held.state == state


@pytest.mark.req("INV-24")
def test_a_pass_that_becomes_final_under_a_review_clears_the_count_as_well() -> None:
    held = Title(counting(consecutive=True))
    held.act("record_strike", **failed("2025-06-01"))
    held.visit("2026-06-01", id="v2", result="passed")
    held.put(replace(held.title, state="revocation_review"))
    held.act("clear_strikes", of="v2", on="2026-06-01")
    held.put(replace(held.title, state="active"))
    held.act("record_strike", **failed("2027-06-01", "v3"))
    assert held.state == "active"


@pytest.mark.req("INV-24")
def test_only_a_look_back_that_was_passed_clears_anything() -> None:
    held = Title(counting(consecutive=True))
    assert held.refused("clear_strikes", of="nobody", on="2026-06-01") == ["run_passed"]
    held.visit("2026-06-01", id="v2", result="failed")
    assert held.refused("clear_strikes", of="v2", on="2026-06-01") == ["run_passed"]
    held.visit("2026-06-01", "in_notice", id="v2", result="passed")
    assert held.refused("clear_strikes", of="v2", on="2026-06-01") == ["run_passed"]


@pytest.mark.req("INV-24")
def test_a_pass_that_is_told_late_clears_what_was_before_it_and_no_more() -> None:
    held = Title(counting(consecutive=True, limit=3))
    held.visit("2025-06-01", id="v1", result="passed")
    held.act("record_strike", **failed("2025-01-10", "v0"))
    held.act("record_strike", **failed("2025-07-01", "v2"))
    held.act("clear_strikes", of="v1", on="2025-06-01")
    rule = held.facts.scheme.title.strikes
    assert rule is not None
    assert [one["of"] for one in strikes.counting(strikes.history(held.title), rule)] == ["v2"]


@pytest.mark.req("INV-24")
@pytest.mark.parametrize(("second", "state"), [("2028-05-31", "expired"), ("2028-06-01", "active")])
def test_a_failure_counts_for_so_many_years_and_not_a_day_longer(second: str, state: str) -> None:
    held = Title(counting(within_years=3))
    held.act("record_strike", **failed("2025-06-01"))
    held.act("record_strike", **failed(second, "v2"))
    assert held.state == state


@pytest.mark.req("INV-24")
def test_a_failure_that_becomes_final_under_review_counts_once_the_title_stands_again() -> None:
    held = Title(counting(limit=1))
    held.put(thing("revocation_case", "opened", id="other", parent="title", owner="title", grounds={}))
    held.act("open_review")
    held.act("record_strike", **failed("2025-06-01"))
    assert (held.state, held.title.data.get("strikes")) == ("revocation_review", None)
    held.act("decide_dismissal", CHIEF, upon="other", second="li", text="查无实据")
    assert held.state == "expired"


@pytest.mark.req("INV-24")
@pytest.mark.req("QH-07d")
def test_a_report_that_is_not_there_on_its_day_is_a_strike_and_once_only() -> None:
    held = Title(counting(limit=2))
    held.on("2025-01-31", "23:59")
    assert held.title.data.get("strikes") is None
    held.on("2025-02-01")
    assert [(one["source"], one["on"]) for one in held.title.data["strikes"]] == [("report_missed", "2025-01-31")]
    assert held.on("2026-01-31", "23:59").state == "active"
    assert held.on("2026-02-01").state == "expired"


@pytest.mark.req("INV-24")
def test_a_scheme_that_does_not_count_reports_records_none() -> None:
    assert Title(counting(counts=["look_back_failed"])).on("2027-02-01").title.data.get("strikes") is None


@pytest.mark.req("INV-24")
def test_nobody_records_a_strike_by_hand() -> None:
    assert Title(counting()).refused("record_strike", CHIEF, **failed("2025-06-01")) == ["role"]


# ---------------------------------------------------------------------------------------- any sequence

START = date(2020, 1, 1)
steps = st.lists(st.tuples(st.booleans(), st.integers(0, 500)), max_size=12)


def told(sequence: list[tuple[bool, int]]) -> list[dict[str, Any]]:
    day, found = START, []
    for n, (passes, later) in enumerate(sequence):
        day += timedelta(days=later)
        result = strikes.PASSED if passes else strikes.FAILED
        found.append({"result": result, "source": "look_back_failed", "of": str(n), "on": day.isoformat()})
    return found


@pytest.mark.req("INV-24")
@given(steps, st.booleans(), st.none() | st.integers(1, 4))
def test_what_counts_is_the_failures_since_the_last_pass_within_the_years(
    sequence: list[tuple[bool, int]], consecutive: bool, within: int | None
) -> None:
    history = told(sequence)
    rule = Strikes(counts=("look_back_failed",), limit=2, then="end", consecutive=consecutive, within_years=within)
    expected: list[str] = []
    for one in history:
        if one["result"] == strikes.FAILED:
            expected.append(one["of"])
        elif consecutive:
            expected = []
    if within is not None and expected:
        newest = date.fromisoformat(history[int(expected[-1])]["on"])
        since = [o for o in expected if years_after(date.fromisoformat(history[int(o)]["on"]), within) > newest]
        expected = since
    assert [one["of"] for one in strikes.counting(history, rule)] == expected


@pytest.mark.req("INV-24")
@given(steps, st.randoms(use_true_random=False))
def test_the_order_in_which_failures_are_told_changes_nothing(sequence: list[tuple[bool, int]], chance: Any) -> None:
    history = [one for n, one in enumerate(told(sequence)) if n == 0 or sequence[n][1] > 0]  # one a day
    rule = Strikes(counts=("look_back_failed",), limit=2, then="end", consecutive=True, within_years=2)
    mixed = list(history)
    chance.shuffle(mixed)
    assert strikes.counting(mixed, rule) == strikes.counting(history, rule)


@pytest.mark.req("INV-24")
@given(st.lists(st.booleans(), max_size=8), st.integers(1, 4), st.booleans(), st.sampled_from(["end", "review"]))
def test_the_limit_has_exactly_one_consequence_at_exactly_its_number(
    sequence: list[bool], limit: int, consecutive: bool, then: str
) -> None:
    held = Title(counting(limit=limit, consecutive=consecutive, then=then))
    count = 0
    for n, passes in enumerate(sequence):
        day = f"{2025 + n}-06-01"
        if passes:
            held.visit(day, id=f"v{n}", result="passed")
            held.act("clear_strikes", of=f"v{n}", on=day)
            count = 0 if consecutive else count
        else:
            held.act("record_strike", **failed(day, f"v{n}"))
            count += 1
        if count >= limit:
            assert held.state == ("expired" if then == "end" else "revocation_review")
            assert len(held.facts.of("revocation_case")) == (then == "review")
            return
        assert held.state == "active"
