"""Metrics of a plan: exact at the edge of every operator, rates as fractions, each member, and no value of a wrong kind."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures import metrics
from service.domain.measures.metrics import Metric, fault_in, metric_of, metrics_of, readings, unsound, verdict
from tests.support import plans
from tests.support.domain import facts, thing

WHOLE = st.integers(1, 10_000)


def metric(operator: str, target: str = "", unit: str = "times", period: str = "per_year", **more: str) -> Metric:
    return metric_of({"metric": "m", "operator": operator, "target": target, "unit": unit, "period": period, **more})


def met(asked: Metric, given: Any, earlier: Any = None, **references: Any) -> bool | None:
    return verdict(asked, given, references, earlier).met


@pytest.mark.req("HY-T08")
@pytest.mark.req("HY-T30")
@pytest.mark.req("INV-09")
@given(WHOLE)
def test_each_operator_is_exact_just_below_at_and_just_above_its_target(edge: int) -> None:
    sides = (f"{edge - 1}.99999999999", str(edge), f"{edge}.00000000001")
    told = {op: tuple(met(metric(op, str(edge)), side) for side in sides) for op in ("<", "<=", "=", ">=", ">")}
    assert told == {
        "<": (True, False, False),
        "<=": (True, True, False),
        "=": (False, True, False),
        ">=": (False, True, True),
        ">": (False, False, True),
    }


@pytest.mark.req("HY-T15")
@pytest.mark.req("HY-T16")
@pytest.mark.req("HY-T22")
@given(WHOLE, st.integers(0, 10_000))
def test_a_rate_is_a_fraction_and_never_rounded(whole: int, missing: int) -> None:
    done = max(whole - missing, 0)
    rate = {"numerator": str(done), "denominator": str(whole)}
    assert met(metric("=", "100", "percent"), rate) is (done == whole)
    assert met(metric(">=", "90", "percent"), rate) is (Fraction(done, whole) >= Fraction(9, 10))


@pytest.mark.req("HY-T36")
@pytest.mark.req("HY-T44")
@given(st.integers(0, 1000), st.integers(0, 1000), WHOLE)
def test_a_trend_looks_at_the_period_before_and_a_tie_is_no_improvement(now: int, then: int, of: int) -> None:
    def rate(n: int) -> dict[str, str]:
        return {"numerator": str(n), "denominator": str(of)}

    up, down = (metric(op, "previous_period", "percent") for op in ("trend_up", "trend_down"))
    assert met(up, rate(now), rate(then)) is (now > then)
    assert met(down, rate(now), rate(then)) is (now < then)


@pytest.mark.req("GAP-HY-8")
def test_without_a_value_to_compare_with_nothing_is_judged() -> None:
    assert met(metric("trend_up", "previous_period", "times"), "3") is None
    mean = metric(">", "national_mean", "")
    assert met(mean, "81") is None
    assert [met(mean, v, national_mean="81") for v in ("80.9", "81", "81.1")] == [False, False, True]


@pytest.mark.req("HY-T40")
def test_a_metric_of_each_member_names_those_who_miss_it() -> None:
    each = metric(">=", "1", "times_per_township")
    told = verdict(each, {"each": {"甲乡": "1", "乙乡": "0", "丙乡": "2"}}, {}, None)
    assert (told.met, told.short) == (False, ("乙乡",))
    assert verdict(each, {"each": {"甲乡": "1"}}, {}, None).met
    assert verdict(each, {"each": {}}, {}, None).met is None


@pytest.mark.req("INV-09")
@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (metric("=", "100", "percent"), "100"),
        (metric("=", "100", "percent"), {"numerator": "1", "denominator": "0"}),
        (metric("=", "100", "percent"), {"numerator": "3", "denominator": "2"}),
        (metric("=", "100", "percent"), {"numerator": "-1", "denominator": "2"}),
        (metric(">=", "7", "working_days"), "7d"),
        (metric(">=", "7", "working_days"), True),
        (metric(">=", "7", "working_days"), "七"),
        (metric("=", "true", "boolean"), "true"),
        (metric("=", "true", "boolean"), 1),
        (metric("=", "attained", "status"), 1),
        (metric(">=", "1", "times_per_township"), "1"),
        (metric(">=", "1", "times_per_township"), {"each": {"甲乡": "1"}}),
        (metric(">=", "1", "times_per_township"), {"each": {"甲乡": "1", "乙乡": "x"}}),
    ],
)
def test_a_value_of_the_wrong_kind_answers_for_no_metric(asked: Metric, value: Any) -> None:
    assert unsound(asked, value, ["甲乡", "乙乡"]) is not None


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (metric("=", "100", "percent"), {"numerator": "0", "denominator": "2"}),
        (metric(">=", "7", "working_days"), "6"),
        (metric(">=", "7", "working_days"), "7wd"),
        (metric("=", "true", "boolean"), False),
        (metric("=", "attained", "status"), "declined"),
        (metric("trend_up", "previous_period", "percent"), {"numerator": "1", "denominator": "3"}),
        (metric(">", "national_mean", ""), "80.5"),
        (metric(">=", "1", "times_per_township"), {"each": {"甲乡": "1", "乙乡": "0"}}),
    ],
)
def test_a_value_of_the_right_kind_is_sound_whether_it_is_enough_or_not(asked: Metric, value: Any) -> None:
    assert unsound(asked, value, ["甲乡", "乙乡"]) is None


ROW = {"metric": "m", "operator": ">=", "target": "1", "unit": "times", "period": "per_year"}


@pytest.mark.req("GAP-HY-8")
@pytest.mark.parametrize("lacks", ["metric", "operator", "target", "unit", "period"])
def test_a_metric_needs_operator_target_unit_and_period(lacks: str) -> None:
    assert fault_in([ROW]) is None
    assert fault_in([{k: v for k, v in ROW.items() if k != lacks}]) is not None


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        ["m"],
        [{**ROW, "more": "1"}],
        [{**ROW, "target": 1}],
        [{**ROW, "operator": "~"}],
        [{**ROW, "period": "sometimes"}],
        [{**ROW, "deadline": "2025"}],
        [ROW] * 51,
    ],
)
def test_what_is_no_list_of_metrics_is_refused(wrong: Any) -> None:
    assert fault_in(wrong) is not None


@pytest.mark.parametrize(
    "wrong",
    [None, [], {"m": None}, {"m": 1.5}, {"m": {"numerator": "1"}}, {"m": {"each": {}}}, {"m": {"each": {"a": []}}}],
)
def test_what_is_no_list_of_values_is_refused(wrong: Any) -> None:
    assert readings(wrong) is not None
    assert readings({"m": "1", "n": {"each": {"a": "1"}}, "o": True, "p": {"numerator": "1", "denominator": 2}}) is None


@pytest.mark.req("GAP-HY-8")
def test_a_task_without_metrics_is_measured_by_its_attestation() -> None:
    [asked] = metrics_of(thing("action_plan_task", "assigned", attestation="已调研", period="as_needed"))
    assert (asked.name, asked.period) == ("attestation", "as_needed")
    assert [met(asked, said) for said in (True, False)] == [True, False]


@pytest.mark.req("GAP-HY-6")
def test_a_metric_says_itself_what_it_asks_for() -> None:
    assert str(metric(">=", "7", "working_days", "per_document")) == "m >= 7 wd /per_document"
    assert str(metric("=", "99.5", "percent")) == "m = 99.5% /y"
    assert str(metric("trend_up", "previous_period", "percent")) == "m trend_up /y"
    assert metric("=", "1", deadline="2024-12-31").deadline == date(2024, 12, 31)


@pytest.mark.req("HY-T01")
@pytest.mark.req("GAP-HY-3")
@pytest.mark.parametrize(
    ("tier", "state", "region", "stands"),
    [
        ("high", "active", "cn/sn/yulin/jiaxian", True),
        ("low", "active", "cn/sn/yulin/jiaxian", True),
        ("low", "suspended", "cn/sn/yulin/jiaxian", True),
        ("low", "revoked", "cn/sn/yulin/jiaxian", False),
        ("low", "expired", "cn/sn/yulin/jiaxian", False),
        ("low", "active", "cn/sn/yulin/zizhou", False),
        ("low", "active", "cn/sn/yulin/jiaxianbei", False),
        (None, "active", "cn/sn/yulin/jiaxian", False),
    ],
)
def test_a_step_of_the_ladder_stands_by_a_title_of_the_place(
    tier: str | None, state: str, region: str, stands: bool
) -> None:
    title = thing("designation", state, region=region, tier=tier)
    plan = thing("action_plan", "running", id="plan")
    given = facts(plan, scheme=plans.scheme(), titles=[title])
    assert metrics.standing(given, plan, "low") is stands
    assert metrics.standing(given, plan, "high") is (stands and tier == "high")


@pytest.mark.req("HY-T01")
def test_a_title_of_another_ladder_is_no_step_of_this_one() -> None:
    base = plans.scheme()
    area = base.tracks[0].model_copy(update={"tiers": ("low",)})
    project = area.model_copy(update={"id": "project", "class_": "project", "tiers": ("high",)})
    plan = thing("action_plan", "running", id="plan")
    title = thing("designation", "active", region="cn/sn/yulin/jiaxian", tier="high", track="project")
    given = facts(plan, scheme=base.model_copy(update={"tracks": (area, project)}), titles=[title])
    assert not metrics.standing(given, plan, "low"), "ranked higher, yet on no ladder of an area"
    assert metrics.standing(given, plan, "high")
