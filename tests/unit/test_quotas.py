"""Quotas: four modes, held against exact numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.facts import Thing
from service.domain.measures.quotas import beyond, bounds, judge, judge_each, said, stratum
from service.schemes.track import Quota
from tests.support.domain import thing


def how(mode: str, number: int, *, target: int = 10, margin: str | None = None, whole: bool = True) -> str:
    share = Decimal(margin) if margin else None
    quota = Quota.model_validate({"target": target, "mode": mode, "margin": share})
    return judge(quota, number, whole=whole).how


def test_a_track_without_quota_takes_any_number() -> None:
    assert judge(None, 999, whole=True).how == "within"


@pytest.mark.parametrize(("number", "found"), [(9, "refused"), (10, "within"), (11, "refused")])
def test_exact_takes_that_number_only(number: int, found: str) -> None:
    assert how("exact", number) == found


def test_too_few_is_not_told_while_they_still_come_in() -> None:
    assert how("exact", 3, whole=False) == "within"
    assert how("range", 3, margin="0.1", whole=False) == "within"
    assert how("about", 3, whole=False) == "within"


@pytest.mark.req("GAP-YL-4")
@pytest.mark.parametrize(("number", "found"), [(0, "within"), (5, "within"), (6, "excess")])
def test_max_allows_fewer_and_calls_more_an_excess(number: int, found: str) -> None:
    assert how("max", number, target=5) == found


@pytest.mark.parametrize(("number", "found"), [(8, "refused"), (9, "within"), (11, "within"), (12, "refused")])
def test_range_reaches_as_far_as_its_margin(number: int, found: str) -> None:
    assert how("range", number, margin="0.1") == found


@pytest.mark.req("HY-T01")
@pytest.mark.parametrize(("number", "found"), [(1, "refused"), (2, "within"), (3, "within"), (4, "refused")])
def test_a_range_may_be_said_in_numbers(number: int, found: str) -> None:
    quota = Quota(mode="range", least=2, target=3)
    judged = judge(quota, number, whole=True)
    assert judged.how == found
    assert found == "within" or "2-3" in judged.zh
    assert judge(quota, 1, whole=False).how == "within", "more may still come"


@pytest.mark.req("GAP-SX-4")
@pytest.mark.parametrize(("number", "found"), [(7, "warned"), (8, "within"), (12, "within"), (13, "warned")])
def test_about_warns_beyond_a_fifth_either_way_and_never_blocks(number: int, found: str) -> None:
    assert how("about", number) == found


def test_the_edge_of_a_margin_is_exact() -> None:
    assert how("range", 11, target=15, margin="0.25") == "refused", "11.25 is the least"
    assert how("range", 12, target=15, margin="0.25") == "within"


# ------------------------------------------------------------------------------------------- by stratum

PROVINCE = "cn/sn"


def case_of(number: int, city: str, level: str = "county") -> Thing:
    return thing("case", "naming", id=f"c{number}", region=f"{PROVINCE}/{city}/{number}", level=level)


def divided(*fields: str, target: int = 1, mode: str = "max") -> Quota:
    return Quota.model_validate({"target": target, "mode": mode, "margin": "0", "per_stratum": fields})


def test_a_region_is_the_place_next_below_that_of_the_scheme() -> None:
    quota = divided("region")
    assert stratum(quota, case_of(1, "yulin"), PROVINCE) == "cn/sn/yulin"
    assert stratum(quota, thing("case", region="cn/sn/yulin"), PROVINCE) == "cn/sn/yulin"
    assert stratum(quota, thing("case", region=PROVINCE), PROVINCE) == PROVINCE
    assert stratum(quota, thing("case", region="cn/snx/yulin"), PROVINCE) == "cn/snx/yulin"
    assert stratum(divided("region", "level"), case_of(1, "yulin"), PROVINCE) == "cn/sn/yulin|county"
    assert stratum(Quota(target=1, mode="max"), case_of(1, "yulin"), PROVINCE) == ""


def test_a_quota_per_stratum_holds_in_each_by_itself() -> None:
    cases = [case_of(1, "yulin"), case_of(2, "yulin"), case_of(3, "yanan")]
    judged = judge_each(divided("region"), cases, cases, PROVINCE, whole=True)
    assert {name: j.how for name, j in judged.items()} == {"cn/sn/yanan": "within", "cn/sn/yulin": "excess"}
    zh, en = said(beyond(judged, "excess"))
    assert zh.startswith("cn/sn/yulin：名额 1")
    assert en.startswith("cn/sn/yulin: the quota is 1")


def test_a_stratum_of_which_nobody_is_chosen_is_too_few_where_the_number_is_exact() -> None:
    cases = [case_of(1, "yulin"), case_of(3, "yanan")]
    judged = judge_each(divided("region", mode="exact"), cases[:1], cases, PROVINCE, whole=True)
    assert {name: j.how for name, j in judged.items()} == {"cn/sn/yanan": "refused", "cn/sn/yulin": "within"}


MODES = st.sampled_from(["exact", "max", "range", "about"])


@pytest.mark.req("INV-11")
@given(MODES, st.integers(0, 12), st.integers(0, 20), st.sampled_from(["0", "0.1", "0.25", "1"]), st.booleans())
def test_any_number_against_any_quota(mode: str, target: int, number: int, margin: str, whole: bool) -> None:
    """What is too many or too few lies outside the bounds, what is within lies inside, and each mode says its own."""
    quota = Quota.model_validate({"target": target, "mode": mode, "margin": margin})
    low, high = bounds(quota)
    found = judge(quota, number, whole=whole).how
    if found == "within":
        assert number <= high
        assert number >= low or not whole
    else:
        assert number > high or (whole and number < low)
        outside = {"exact": "refused", "range": "refused", "about": "warned"}
        assert found == outside.get(mode, "excess")
    if mode == "about":
        assert found in ("within", "warned")
    if number == target:
        assert found == "within"


@pytest.mark.req("YL-2n")
@given(MODES, st.integers(0, 4), st.lists(st.sampled_from(["yulin", "yanan", "hanzhong"]), max_size=10))
def test_strata_are_judged_as_if_each_were_alone(mode: str, target: int, cities: list[str]) -> None:
    cases = [case_of(n, city) for n, city in enumerate(cities)]
    quota = divided("region", target=target, mode=mode)
    judged = judge_each(quota, cases, cases, PROVINCE, whole=True)
    assert set(judged) == {f"{PROVINCE}/{city}" for city in cities}
    for city in set(cities):
        assert judged[f"{PROVINCE}/{city}"] == judge(quota, cities.count(city), whole=True)
