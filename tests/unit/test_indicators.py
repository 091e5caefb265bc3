"""What facts make of an indicator, and how the self-rating stands beside those of others."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from service.domain.measures import scores
from service.domain.measures.indicators import (
    Known,
    Standing,
    is_inflated,
    judged,
    met_of_applicable,
    put_right,
    standing,
    standings,
)
from service.schemes.model import Scheme
from tests.support.domain import thing
from tests.support.measured import ITEMS, measured

SCHEME = measured()
KNOWN = Known({"prev_year_mean": "10%"}, {"e18": "2018-06-01", "e19": "2019-12-31", "e20": "2020-01-01", "bare": None})


def row(person: str = "zhao", **said: Any) -> dict[str, Any]:
    return {"person": person, "value": None, "reason": None, "measured": None, "evidence": None, **said}


def outcome(code: str, known: Known = KNOWN, **said: Any) -> str:
    return judged(SCHEME.indicator_system.indicator(code), row(**said), known).outcome


def of(code: str, *rows: dict[str, Any], scheme: Scheme = SCHEME) -> Standing:
    return standing(scheme, scheme.indicator_system.indicator(code), rows, KNOWN)


@pytest.mark.req("PDS-A5")
def test_an_indicator_is_met_when_every_threshold_is() -> None:
    assert outcome("M-1", measured={"startup_time": "5wd", "online_rate": "80%"}) == "met"
    assert outcome("M-1", measured={"startup_time": "6wd", "online_rate": "80%"}) == "unmet"
    assert outcome("M-1", measured={"startup_time": "6wd"}) == "unmet"
    assert outcome("M-1", measured={"startup_time": "5wd"}) == "unknown"
    assert outcome("M-6") == "unknown"


def test_what_is_missing_and_what_is_missed_is_named() -> None:
    found = judged(SCHEME.indicator_system.indicator("M-1"), row(measured={"startup_time": "6wd"}), KNOWN)
    assert [en for _, en in found.missed] == ["startup_time<=5wd, measured 6wd"]
    assert [en for _, en in found.missing] == ["online_rate>=80%: nothing was measured"]


def test_one_broken_condition_of_zero_tolerance_is_enough() -> None:
    assert outcome("M-2", measured={"disguised_approvals": 0, "window_rate": "80%"}) == "met"
    assert outcome("M-2", measured={"disguised_approvals": 1, "window_rate": "100%"}) == "unmet"


@pytest.mark.req("PDS-A5", "INV-14")
@pytest.mark.parametrize(
    ("evidence", "wanted"),
    [
        ({"review": ["e19"], "argument": ["e18"]}, "met"),
        ({"review": ["e19"], "argument": ["e19"]}, "unmet"),
        ({"review": ["e20", "e19"], "argument": ["e18"]}, "met"),
        ({"review": ["e20"], "argument": ["e18"]}, "unmet"),
        ({"review": ["e19"]}, "unknown"),
        ({"review": ["bare"], "argument": ["e18"]}, "unmet"),
        (["e18"], "met"),
        (["e19"], "unmet"),
        (["withdrawn"], "unknown"),
        (None, "unknown"),
    ],
)
def test_evidence_must_reach_back_to_the_year_of_each_set(evidence: Any, wanted: str) -> None:
    assert outcome("M-3", evidence=evidence) == wanted


def test_a_reference_and_the_year_before_are_what_is_on_record() -> None:
    given: dict[str, Any] = {"measured": {"loss_rate": {"numerator": 1, "denominator": 10}}, "evidence": ["e18"]}
    assert outcome("M-4", **given) == "met"
    assert outcome("M-4", Known(evidence=KNOWN.evidence), **given) == "unknown"
    before = Known(earlier={"M-5": {"cases": "12cases"}})
    assert outcome("M-5", before, measured={"cases": "11cases"}) == "met"
    assert outcome("M-5", before, measured={"cases": "12cases"}) == "unmet"
    assert outcome("M-5", measured={"cases": "11cases"}) == "unknown"


def test_facts_decide_and_where_they_leave_it_open_the_rating_does() -> None:
    assert of("M-6", row(value="1")).outcome == "met"
    assert of("M-6", row(value="0")).outcome == "unmet"
    assert of("M-6").outcome == "unknown"
    assert of("M-1", row(value="1")).outcome == "met"
    assert of("M-1", row(value="1"), row("qian", measured={"startup_time": "9wd"})).outcome == "unmet"
    assert of("M-D", row(value="0")).outcome == "met", "nothing to deduct"
    assert of("M-D", row(value="1")).outcome == "unmet"


@pytest.mark.req("GAP-PDS-5")
def test_what_does_not_apply_leaves_the_denominator_with_its_reason() -> None:
    aside = of("M-6", row(reason="no such duty"))
    assert (aside.outcome, aside.reasons) == ("not_applicable", ("no such duty",))


@pytest.mark.req("GAP-PDS-10", "GAP-PDS-2")
@pytest.mark.parametrize(("rule", "share"), [("leave_out", (4, 5)), ("full", (5, 6)), ("forbid", (4, 6))])
def test_attainment_is_met_of_what_applies(rule: str, share: tuple[int, int]) -> None:
    ratings = {code: [row(value="1")] for code in ITEMS} | {"M-B": [row(value="1")]}
    ratings["M-5"], ratings["M-6"] = [row(value="0")], [row(reason="no such duty")]
    scheme = measured(not_applicable=rule)
    found = standings(scheme, ratings, KNOWN)
    assert met_of_applicable(scheme, found) == share
    assert scores.attainment(scheme, ratings) == Fraction(*share)


@pytest.mark.req("PDS-A5", "PDS-B1")
@pytest.mark.parametrize(
    ("evidence", "wanted"),
    [(["e18"], "unmet"), (["e18", "e19"], "met"), (["e20"], "met"), (["bare"], "unmet"), (None, "unknown")],
)
def test_a_bonus_rests_on_something_from_its_year_or_later(evidence: Any, wanted: str) -> None:
    scheme = measured(changed={"M-B": {"thresholds": [], "evidence_since": [{"year": 2019}]}})
    assert judged(scheme.indicator_system.indicator("M-B"), row(evidence=evidence), KNOWN).outcome == wanted


@pytest.mark.req("PDS-S3c")
@pytest.mark.parametrize(
    ("states", "wanted"),
    [
        ([], "unmet"),
        (["closed"], "met"),
        (["closed", "void"], "met"),
        (["closed", "verified"], "unmet"),
        (["void"], "unmet"),
    ],
)
def test_an_unmet_indicator_is_met_once_every_finding_on_it_is_closed(states: list[str], wanted: str) -> None:
    items = [thing("rectification_item", state, basis="M-6") for state in states]
    items.append(thing("rectification_item", "closed", basis="M-5"))
    found = put_right(SCHEME, {"M-6": Standing("unmet", Fraction(0)), "M-5": Standing("met")}, items)
    assert {code: one.outcome for code, one in found.items()} == {"M-6": wanted, "M-5": "met"}


@pytest.mark.req("PDS-S3c", "INV-14")
def test_closing_a_finding_undoes_no_broken_zero_tolerance_and_no_deduction() -> None:
    broken = of("M-2", row(measured={"disguised_approvals": 1, "window_rate": "100%"}))
    found = {"M-2": broken, "M-D": of("M-D", row(value="1"))}
    items = [thing("rectification_item", "closed", basis=code) for code in found]
    assert put_right(SCHEME, found, items) == found


@pytest.mark.parametrize(
    ("own", "others", "margin", "flagged"),
    [
        (Standing("met", Fraction(1)), Standing("unmet", Fraction(0)), "0", True),
        (Standing("met", Fraction(1)), Standing("met", Fraction(1)), "0", False),
        (Standing("unmet", Fraction(0)), Standing("met", Fraction(1)), "0", False),
        (Standing("met", Fraction("0.9")), Standing("met", Fraction("0.4")), "0.5", False),
        (Standing("met", Fraction("0.91")), Standing("met", Fraction("0.4")), "0.5", True),
        (Standing("met"), Standing("unmet", Fraction(0)), "0", True),
        (Standing("met", Fraction(1)), Standing("not_applicable"), "0", False),
    ],
)
def test_a_self_rating_above_that_of_others_is_flagged(
    own: Standing, others: Standing, margin: str, flagged: bool
) -> None:
    assert is_inflated(measured(inflation_margin=margin), own, others) is flagged
