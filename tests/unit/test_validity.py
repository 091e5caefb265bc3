"""How long a title holds: its last day, the re-check that keeps it, renewal, grace, and the clock that may rest."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.dates.calendar import years_after
from service.schemes.model import Scheme
from tests.support.domain import person, thing
from tests.support.title import Title, day_after, scheme

OFFICE = person("li", "provincial_lbg_office")
COURT = {"code": "court_dispute", "title": {"zh": "诉讼", "en": "Court"}}


def lasting(
    length: int | None = 3, every: int | None = 3, grace: int = 60, stops: bool = False, **look: object
) -> Scheme:
    rest = {"present": True, "grounds": [COURT], "clock_stops": stops, "max_days": 1000}
    said = {"validity": {"length": length, "grace_days": grace}, "recheck": {"every": every}, "suspension": rest}
    return scheme(title=said, annual_report={"present": False}, look_back=look)


@pytest.mark.req("INV-23")
def test_a_title_ends_on_its_last_day_and_not_before() -> None:
    held = Title(lasting(every=None))
    assert held.due("validity_end") == ["2027-03-01"]
    assert held.due("renewal_window") == ["2026-09-02"]
    assert held.on("2027-03-01", "23:59").state == "active"
    assert held.on("2027-03-02", "00:00").state == "expired"


@pytest.mark.req("INV-23")
def test_a_title_without_validity_has_no_last_day() -> None:
    held = Title(lasting(length=None, every=None))
    assert held.due("validity_end") == held.due("recheck_due") == []
    assert held.on("2060-01-02").state == "active"


@pytest.mark.req("INV-23")
def test_what_has_ended_by_time_owes_nothing_and_is_looked_at_no_more() -> None:
    held = Title(lasting(every=None, grace=0))
    held.put(thing("insignia", "held", id="plaque", parent="title", owner="title", kind="plaque"))
    held.on("2027-03-02")
    assert held.due("round_due") == held.due("renewal_window") == held.due("recheck_due") == []
    assert held.facts.things["plaque"].state == "recall_ordered"


@pytest.mark.req("INV-23")
def test_a_re_check_that_fell_due_in_time_lets_the_title_stand_until_it_is_decided() -> None:
    held = Title(lasting()).on("2027-03-02")
    assert held.state == "active"
    assert held.title.data["recheck"] == {"due": "2027-03-01", "year": 2027}
    assert held.on("2029-06-01").state == "active"
    assert held.refused("expire") == ["no_renewal_pending"]


@pytest.mark.req("INV-23")
def test_a_failed_re_check_lets_the_title_end_and_a_passed_one_renews_it_from_the_old_last_day() -> None:
    failed = Title(lasting()).on("2027-07-01")
    failed.visit("2027-04-01", outcome="failed", result="failed")
    assert failed.refused("renew", OFFICE) == ["recheck_passed"]
    failed.act("expire")
    assert failed.state == "expired"

    passed = Title(lasting()).on("2027-07-01")
    passed.visit("2027-04-01", outcome="retained", result="passed")
    assert passed.refused("expire") == ["no_renewal_pending"]
    passed.act("renew")
    assert (passed.title.data["valid_until"], passed.title.data["term_from"]) == ("2030-03-01", "2027-03-01")
    assert passed.due("validity_end") == ["2030-03-01"]
    assert passed.due("renewal_window") == ["2029-09-02"]


@pytest.mark.req("INV-23")
def test_a_re_check_passed_before_the_last_day_renews_the_title_by_itself_then() -> None:
    held = Title(lasting(length=3, every=2)).on("2026-03-02")
    held.visit("2026-05-01", outcome="retained", result="passed")
    assert held.refused("renew", OFFICE) == ["recheck_passed"]  # its window is not open yet
    held.on("2027-03-02")
    assert (held.state, held.title.data["valid_until"]) == ("active", "2030-03-01")


@pytest.mark.req("INV-23")
def test_it_can_be_renewed_from_the_first_day_of_its_window_on() -> None:
    held = Title(lasting(length=3, every=2)).on("2026-09-01")
    held.visit("2026-05-01", outcome="retained", result="passed")
    assert held.refused("renew", OFFICE) == ["recheck_passed"]
    assert held.on("2026-09-02").act("renew", OFFICE).thing.data["valid_until"] == "2030-03-01"


@pytest.mark.req("INV-23")
def test_an_earlier_re_check_renews_nothing_while_one_is_to_come_within_the_term() -> None:
    held = Title(lasting(length=4, every=2)).on("2027-12-01")
    held.visit("2026-04-01", outcome="retained", result="passed")
    assert held.title.data["recheck_on"] == "2028-03-01"
    assert held.refused("renew", OFFICE) == ["recheck_passed"]


@pytest.mark.req("INV-23")
def test_one_re_check_renews_once() -> None:
    held = Title(lasting(length=1, every=1)).on("2025-02-01")
    held.visit("2025-01-10", outcome="retained", result="passed")
    held.act("renew")
    assert held.refused("renew") == ["recheck_passed"]


@pytest.mark.req("INV-23")
@pytest.mark.parametrize("outcome", ["retained", "dismissed", "reversed"])
def test_a_re_check_is_passed_however_it_left_the_title_where_it_was(outcome: str) -> None:
    held = Title(lasting()).on("2027-07-01")
    held.visit("2027-04-01", outcome=outcome)
    assert held.act("renew").thing.state == "active"


@pytest.mark.req("INV-23")
@pytest.mark.parametrize("outcome", ["failed", "settled", "closed", None])
def test_a_re_check_that_ended_otherwise_is_not_passed(outcome: str | None) -> None:
    held = Title(lasting()).on("2027-07-01")
    held.visit("2027-04-01", outcome=outcome)
    assert held.refused("renew") == ["recheck_passed"]


@pytest.mark.req("INV-23")
@pytest.mark.parametrize("grace", [1, 60])
def test_a_title_is_renewed_late_up_to_the_last_day_of_grace(grace: int) -> None:
    held = Title(lasting(every=3, grace=grace)).on("2027-02-01")
    held.visit("2027-01-10", outcome="failed")
    assert held.on("2027-03-02").state == "expired"
    held.visit("2027-03-02", id="again", outcome="retained")
    last = day_after("2027-03-01", grace)
    assert held.on(day_after(last)).refused("renew_late", OFFICE) == ["within_grace"]
    assert held.on(last).act("renew_late", OFFICE).thing.state == "active"
    assert held.title.data["valid_until"] == "2030-03-01"
    assert held.due("recheck_due") == ["2030-03-01"]
    assert held.due("round_due") == ["2028-01-01"]


@pytest.mark.req("INV-23")
def test_without_days_of_grace_nothing_is_renewed_late() -> None:
    held = Title(lasting(grace=0)).on("2027-02-01")
    held.visit("2027-01-10", outcome="failed")
    held.on("2027-03-02")
    held.visit("2027-03-02", id="again", outcome="retained")
    assert held.refused("renew_late", OFFICE) == ["within_grace"]


@pytest.mark.req("INV-23")
@pytest.mark.req("INV-27")
def test_who_is_renewed_late_is_barred_no_more_and_keeps_its_plaque() -> None:
    rules = scheme(
        title={"validity": {"length": 3, "grace_days": 60}, "recheck": {"every": 3},
               "bars": [{"on": "expired", "length": {"years": 2}}]},
    )  # fmt: skip
    held = Title(rules).on("2027-02-01")
    held.put(thing("insignia", "held", id="plaque", parent="title", owner="title", kind="plaque"))
    held.visit("2027-01-10", outcome="failed")
    held.on("2027-03-02")
    assert [(b["on"], b["until"]) for b in held.title.data["bars"]] == [("expired", "2029-03-02")]
    assert held.due("bar_end") == ["2029-03-02"]
    held.visit("2027-03-02", id="again", outcome="retained")
    held.act("renew_late", OFFICE)
    assert held.title.data["bars"] == held.due("bar_end") == []
    assert held.facts.things["plaque"].state == "held"
    assert [r.data["due_year"] for r in held.facts.of("annual_report", live=True)] == [2024]  # none was ever handed in


@pytest.mark.req("INV-23")
def test_after_the_days_of_grace_the_life_of_a_title_is_over_with_its_last_piece() -> None:
    bare = Title(lasting(every=None)).on("2027-04-30", "23:59")
    assert not bare.title.data.get("closed")
    assert bare.on("2027-05-01").title.data["closed"] is True

    held = Title(lasting(every=None))
    held.put(thing("insignia", "held", id="plaque", parent="title", owner="title", kind="plaque"))
    held.on("2027-05-02")
    assert not held.title.data.get("closed")
    held.act("confirm_return", OFFICE, upon="plaque")
    assert held.facts.things["plaque"].state == "cancelled"
    assert held.title.data["closed"] is True


@pytest.mark.req("INV-25")
@pytest.mark.parametrize("stops", [True, False])
def test_a_suspension_moves_the_last_day_only_where_the_clock_stops(stops: bool) -> None:
    held = Title(lasting(stops=stops)).on("2025-01-01")
    held.act("suspend", OFFICE, second="wang", grounds={"court_dispute": "案号 1"})
    held.on("2025-01-31")
    held.act("reinstate", OFFICE, statements={"court_dispute": "已结案"})
    by = 30 if stops else 0
    assert held.due("validity_end") == held.due("recheck_due") == [day_after("2027-03-01", by)]
    assert held.title.data["valid_until"] == held.title.data["recheck_on"] == day_after("2027-03-01", by)


@pytest.mark.req("INV-25")
def test_a_title_whose_clock_rests_does_not_end_under_its_suspension() -> None:
    held = Title(lasting(every=None, stops=True)).on("2027-02-28")
    held.act("suspend", OFFICE, second="wang", grounds={"court_dispute": "案号 1"})
    assert held.on("2027-03-10").state == "suspended"
    held.act("reinstate", OFFICE, statements={"court_dispute": "已结案"})
    assert held.due("validity_end") == ["2027-03-11"]
    goes_on = Title(lasting(every=None)).on("2027-02-28")
    goes_on.act("suspend", OFFICE, second="wang", grounds={"court_dispute": "案号 1"})
    assert goes_on.on("2027-03-10").state == "expired"


@pytest.mark.req("INV-23")
def test_under_review_nothing_ends_by_time_and_the_dismissal_makes_it_good() -> None:
    held = Title(lasting(every=None)).on("2027-02-01")
    held.put(thing("revocation_case", "opened", id="case-1", parent="title", owner="title", grounds={}))
    held.act("open_review")
    assert held.on("2027-04-01").state == "revocation_review"
    held.act("decide_dismissal", person("wang", "provincial_lbg_office"), upon="case-1", second="li", text="查无实据")
    assert held.state == "expired"


@pytest.mark.req("INV-23")
@given(
    st.dates(date(2004, 1, 1), date(2060, 12, 31)), st.integers(1, 20), st.integers(0, 400), st.integers(-2, 402),
)  # fmt: skip
def test_the_last_day_and_the_last_day_of_grace_are_exact(named: date, length: int, grace: int, later: int) -> None:
    last = years_after(named, length)
    held = Title(lasting(length=length, every=None, grace=grace), named.isoformat())
    assert held.title.data["valid_until"] == last.isoformat()
    held.on(day_after(last.isoformat(), later))
    assert held.state == ("active" if later <= 0 else "expired")
    if later > 0:
        assert bool(held.title.data.get("closed")) == (later > grace)
        codes = held.refused("renew_late", OFFICE)
        assert ("within_grace" in codes) == (later > grace)


def test_nobody_but_the_service_lets_a_title_end_by_time() -> None:
    assert Title(lasting()).refused("expire", OFFICE) == ["role"]
