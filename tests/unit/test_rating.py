"""A rating beside the facts it rests on: what contradicts them is refused, and what follows from them is kept."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain.facts import Ask, Facts
from service.domain.machine import Refused
from service.domain.measures.rating import settled
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, refused, thing, verdict
from tests.support.measured import measured

RATER = person("li", "county_government")
BEGINS = {"e18": "2018-01-01", "e20": "2020-01-01"}
POINTS = {"M-1": "2", "M-2": "2", "M-3": "2", "M-4": "2", "M-5": "2", "M-6": "2", "M-B": "1", "M-D": "3"}


def at(scheme: Scheme | None = None, **before: dict[str, Any]) -> Facts:
    """A self-check, with what the same person put on record before."""
    run = thing("stage", "open", id="run", parent="case", key="self_check", kind="self_check")
    rows = {code.replace("_", "-"): [{"person": "li", **row}] for code, row in before.items()}
    read = {"ratings": {"run": rows}, "evidence": BEGINS, "references": {"prev_year_mean": "10%"}, "earlier": {}}
    return facts(run, thing("case", "self_check"), scheme=scheme or measured(), measuring=read)


def codes(given: Facts, **form: Any) -> list[str]:
    return refused(given, "rate_indicator", RATER, **form)


def row(given: Facts, code: str, **form: Any) -> tuple[Any, Any]:
    done(given, "rate_indicator", RATER, **form)
    found = settled(given, Ask("rate_indicator", form, RATER))[code]
    return found["value"], found["measured"]


@pytest.mark.req("PDS-A5", "PDS-S2b", "INV-14")
@pytest.mark.parametrize(
    ("code", "facts_given", "named"),
    [
        ("M-1", {"measured": {"M-1": {"startup_time": "6wd"}}}, "startup_time<=5wd, measured 6wd"),
        ("M-2", {"measured": {"M-2": {"disguised_approvals": 2}}}, "disguised_approvals=0, measured 2"),
        ("M-3", {"evidence": {"M-3": {"review": ["e20"]}}}, "review: from 2020-01-01, not from 2019"),
        ("M-V", {"measured": {"M-V": {"false_material": 1}}}, "false_material=0, measured 1"),
        (
            "M-B",
            {"measured": {"M-B": {"award_level": "county"}}},
            "award_level>=provincial_ministerial, measured county",
        ),
    ],
)
def test_a_rating_that_contradicts_the_facts_is_refused_by_naming_them(code: str, facts_given: Any, named: str) -> None:
    found = verdict(at(), "rate_indicator", RATER, scores={code: "1"}, **facts_given)
    assert isinstance(found, Refused)
    assert [u.code for u in found.unmet] == ["rating_consistent"]
    assert found.unmet[0].missing == (f"{code}: {named}",)
    done(at(), "rate_indicator", RATER, scores={code: "0"}, **facts_given)


@pytest.mark.req("INV-14")
def test_facts_put_on_record_before_are_not_forgotten() -> None:
    before = at(M_1={"value": "0", "reason": None, "measured": {"startup_time": "6wd"}, "evidence": None})
    assert codes(before, scores={"M-1": "1"}) == ["rating_consistent"]
    done(before, "rate_indicator", RATER, scores={"M-1": "1"}, measured={"M-1": {"startup_time": "4wd"}})


def test_what_has_happened_is_deducted_for() -> None:
    happened: dict[str, Any] = {"measured": {"M-D": {"grave_acts": 1}}}
    assert codes(at(), scores={"M-D": "0"}, **happened) == ["rating_consistent"]
    done(at(), "rate_indicator", RATER, scores={"M-D": "1"}, **happened)


def test_by_points_a_missed_threshold_costs_the_full_value_and_a_broken_zero_tolerance_all() -> None:
    by_points = at(measured(POINTS))
    missed: dict[str, Any] = {"measured": {"M-1": {"startup_time": "6wd"}}}
    assert codes(by_points, scores={"M-1": "2"}, **missed) == ["rating_consistent"]
    done(by_points, "rate_indicator", RATER, scores={"M-1": "1.5"}, **missed)
    broken: dict[str, Any] = {"measured": {"M-2": {"disguised_approvals": 1}}}
    assert codes(by_points, scores={"M-2": "0.5"}, **broken) == ["rating_consistent"]
    done(by_points, "rate_indicator", RATER, scores={"M-2": "0"}, **broken)


@pytest.mark.parametrize(
    ("code", "given", "value"),
    [
        ("M-1", {"startup_time": "5wd", "online_rate": {"numerator": 4, "denominator": 5}}, "2"),
        ("M-1", {"startup_time": "6wd"}, "0"),
        ("M-1", {"startup_time": "5wd"}, None),
        ("M-D", {"grave_acts": 0}, "0"),
        ("M-D", {"grave_acts": 1}, "3"),
        ("M-V", {"false_material": 0}, "1"),
        ("M-V", {"false_material": 1}, "0"),
    ],
)
def test_from_facts_alone_the_value_follows_as_soon_as_they_say_enough(
    code: str, given: Any, value: str | None
) -> None:
    assert row(at(measured(POINTS)), code, measured={code: given}) == (value, given)


def test_a_fact_added_later_joins_those_before_and_leaves_a_rating_that_it_does_not_contradict() -> None:
    before = at(
        measured(POINTS), M_1={"value": "1.5", "reason": None, "measured": {"startup_time": "5wd"}, "evidence": None}
    )
    both = {"startup_time": "5wd", "online_rate": "80%"}
    assert row(before, "M-1", measured={"M-1": {"online_rate": "80%"}}) == ("1.5", both)
    assert row(before, "M-1", measured={"M-1": {"startup_time": "7wd"}}) == ("1.5", {"startup_time": "7wd"})
    full = at(
        measured(POINTS), M_1={"value": "2", "reason": None, "measured": {"startup_time": "5wd"}, "evidence": None}
    )
    assert row(full, "M-1", measured={"M-1": {"startup_time": "7wd"}}) == ("0", {"startup_time": "7wd"})


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "rating.scores"),
        ({"scores": {"NO-SUCH": "1"}}, "rating_consistent"),
        ({"measured": {"M-1": {"no_such_metric": "1"}}}, "rating.measured"),
        ({"measured": {"M-1": {"startup_time": 0.5}}}, "rating.measured"),
        ({"measured": {"M-1": {"startup_time": {"numerator": 1}}}}, "rating.measured"),
        ({"measured": {"M-1": {}}}, "rating.measured"),
        ({"evidence": {"M-3": {"no_such_set": ["e18"]}}}, "rating.evidence"),
        ({"evidence": {"M-3": "e18"}}, "rating.evidence"),
        ({"evidence": {"M-3": ["of another file"]}}, "rating_consistent"),
        ({"scores": {"M-6": "1"}, "not_applicable": {"M-6": "no such duty"}}, "rating_consistent"),
    ],
)
def test_a_rating_that_cannot_be_understood_is_refused_where_it_is_wrong(form: Any, code: str) -> None:
    assert code in codes(at(), **form)


@pytest.mark.req("QH-10b")
def test_only_items_of_the_indicator_system_are_rated() -> None:
    found = verdict(at(), "rate_indicator", RATER, scores={"NO-SUCH": "1"})
    assert isinstance(found, Refused)
    assert [u.rules for u in found.unmet if u.code == "rating_consistent"] == [("QH-10b", "PDS-S2b")]


@pytest.mark.req("GAP-PDS-5")
def test_an_item_is_set_aside_for_a_reason_that_the_scheme_admits() -> None:
    reasons = [{"code": c, "title": {"zh": c, "en": c}} for c in ("not_ours", "no_case")]
    only = {"M-1": {"applicability": ["always"]}, "M-2": {"applicability": ["no_case"]}}
    listed = at(measured(changed=only, not_applicable_reasons=reasons))
    done(listed, "rate_indicator", RATER, not_applicable={"M-6": "not_ours: the city does it", "M-2": "no_case"})
    for wrong in ({"M-6": "we would rather not"}, {"M-1": "not_ours"}, {"M-2": "not_ours"}):
        assert codes(listed, not_applicable=wrong) == ["indicator_applicable"]
    done(at(), "rate_indicator", RATER, not_applicable={"M-6": "any reason in words"})
    assert codes(at(measured(not_applicable="forbid")), not_applicable={"M-6": "x y z"}) == ["indicator_applicable"]
