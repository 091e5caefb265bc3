"""A recommendation: own territory, criteria with reasons, verified attainment, quota, a second person."""

from typing import Any

import pytest

from service.domain.facts import THE_SYSTEM, Facts, Thing
from service.schemes.model import Scheme
from tests.support.domain import REGION, done, facts, person, reference, refused, thing

PREFECTURE = person("zhou", "prefecture_lbg_office", scope="region:cn/sn/yulin")
NEIGHBOUR = person("gao", "prefecture_lbg_office", scope="region:cn/sn/yanan")
ONE = person("sun", "provincial_lbg_office")
TWO = person("qian", "provincial_lbg_office")
GOOD: dict[str, Any] = {
    "attainment": "0.9",
    "verified_by": "prefecture",
    "criteria": {"leading": "全省第一", "copyable": "三县已推广"},
}


def with_quota(target: int, mode: str) -> Scheme:
    scheme = reference()
    raw = scheme.track("area").model_dump(by_alias=True) | {"quota": {"target": target, "mode": mode}}
    track = type(scheme.track("area")).model_validate(raw)
    return scheme.model_copy(update={"tracks": (track,)})


def at(
    state: str,
    *company: Thing,
    stage: str = "review",
    kind: str = "preliminary_review",
    accepted: int = 0,
    scheme: Scheme | None = None,
    region: str = REGION,
    **data: Any,
) -> Facts:
    case = thing("case", stage, id="case", region=region)
    run = thing("stage", "open", id="run", owner="case", parent="case", key=stage, kind=kind, region=region)
    own = thing("recommendation", state, id="rec", owner="case", parent="case", region=region, **data)
    places = [thing("case", stage, id=f"other-{n}", region=f"{REGION}-{n}") for n in range(accepted)]
    return facts(own, case, run, *company, scheme=scheme, places=places)


def drafted(**data: Any) -> Facts:
    return at("drafted", by={"draft_recommendation": "zhou"}, **data)


def test_a_draft_may_be_unfinished() -> None:
    assert done(at("@new"), "draft_recommendation", PREFECTURE, attainment="0.5").thing.state == "drafted"


@pytest.mark.req("SX-22")
@pytest.mark.parametrize("stage", ["application", "evaluation"])
def test_nothing_is_drafted_outside_the_review(stage: str) -> None:
    assert refused(at("@new", stage=stage, kind=stage), "draft_recommendation", PREFECTURE) == ["case_in_review"]


@pytest.mark.req("QH-08d")
def test_what_the_draft_holds_counts_when_it_is_sent() -> None:
    sent = done(drafted(**GOOD), "submit_recommendation", PREFECTURE).thing
    assert sent.state == "submitted"
    assert sent.data["own_government"] is False
    assert sent.data["quota_warning"] is None


@pytest.mark.req("QH-08a")
@pytest.mark.req("INV-08")
@pytest.mark.parametrize("share", ["0.899", "0.8999999999", "0.89"])
def test_less_than_ninety_percent_is_refused(share: str) -> None:
    form = {**GOOD, "attainment": share}
    assert refused(drafted(), "submit_recommendation", PREFECTURE, **form) == ["verified_attainment"]


@pytest.mark.req("QH-08a")
@pytest.mark.parametrize("share", ["0.9", "0.90", "1"])
def test_ninety_percent_is_enough(share: str) -> None:
    form = {**GOOD, "attainment": share}
    assert done(drafted(), "submit_recommendation", PREFECTURE, **form).thing.data["attainment"] == share


@pytest.mark.req("GAP-QH-6")
@pytest.mark.parametrize("by", ["self", None])
def test_a_self_rating_alone_is_refused(by: str | None) -> None:
    form = {**GOOD, "attainment": "0.99", "verified_by": by}
    assert refused(drafted(), "submit_recommendation", PREFECTURE, **form) == ["verified_attainment"]


@pytest.mark.req("GAP-QH-6")
def test_a_third_party_may_have_verified() -> None:
    form = {**GOOD, "verified_by": "third_party"}
    assert done(drafted(), "submit_recommendation", PREFECTURE, **form).thing.state == "submitted"


@pytest.mark.parametrize("share", ["90", "-0.1", "1.01", "九成", 0.95, "1e99"])
def test_an_attainment_that_is_no_share_is_refused_and_nothing_breaks(share: Any) -> None:
    form = {**GOOD, "attainment": share}
    assert "attestation.attainment" in refused(drafted(), "submit_recommendation", PREFECTURE, **form)


def test_nobody_else_counts_as_who_verified_it() -> None:
    form = {**GOOD, "verified_by": "consultant"}
    assert "attestation.verified_by" in refused(drafted(), "submit_recommendation", PREFECTURE, **form)


@pytest.mark.req("QH-08b")
@pytest.mark.req("QH-08c")
@pytest.mark.parametrize("lacking", ["leading", "copyable"])
def test_a_criterion_without_reasons_is_named(lacking: str) -> None:
    criteria = {k: v for k, v in GOOD["criteria"].items() if k != lacking}
    given = drafted()
    assert refused(given, "submit_recommendation", PREFECTURE, **{**GOOD, "criteria": criteria}) == ["criteria_met"]


@pytest.mark.parametrize("criteria", [[], "leading", {"famous": "是"}])
def test_criteria_that_the_track_does_not_know_are_refused(criteria: Any) -> None:
    form = {**GOOD, "criteria": criteria}
    assert "attestation.criteria" in refused(drafted(), "submit_recommendation", PREFECTURE, **form)


@pytest.mark.req("QH-04b")
def test_a_neighbouring_office_cannot_recommend() -> None:
    assert refused(drafted(**GOOD), "submit_recommendation", NEIGHBOUR) == ["role"]


@pytest.mark.req("QH-04b")
def test_an_office_that_holds_the_case_but_not_the_territory_cannot_recommend() -> None:
    by_case = person("gao", "prefecture_lbg_office", scope="case:case")
    assert refused(drafted(**GOOD), "submit_recommendation", by_case) == ["own_jurisdiction"]


@pytest.mark.req("YL-2l")
def test_an_open_finding_holds_the_recommendation() -> None:
    item = thing("rectification_item", "verified", id="item", owner="case", parent="case", holds="old-run")
    given = at("drafted", item, by={"draft_recommendation": "zhou"}, **GOOD)
    assert refused(given, "submit_recommendation", PREFECTURE) == ["no_open_item_holding"]


@pytest.mark.req("GAP-SX-2")
def test_recommending_ones_own_government_takes_two_people() -> None:
    own = {"region": "cn/sn/yulin", **GOOD}
    assert refused(drafted(**own), "submit_recommendation", PREFECTURE) == ["two_signatures_if_own"]
    second = person("ma", "prefecture_lbg_office", scope="region:cn/sn/yulin")
    sent = done(drafted(**own), "submit_recommendation", second).thing
    assert sent.data["own_government"] is True


@pytest.mark.req("GAP-YL-4")
def test_one_more_than_max_needs_a_reason_and_then_another_person_lifts_it() -> None:
    scheme = with_quota(5, "max")
    over = drafted(accepted=5, scheme=scheme, **GOOD)
    assert refused(over, "submit_recommendation", PREFECTURE) == ["quota_respected"]
    reason = "两县并列第五"
    assert done(over, "submit_recommendation", PREFECTURE, excess_reason=reason).thing.state == "submitted"
    by = {"draft_recommendation": "zhou", "submit_recommendation": "zhou"}
    sent = at("submitted", accepted=5, scheme=scheme, by=by, excess_reason=reason, **GOOD)
    assert done(sent, "accept_recommendation", ONE).thing.state == "accepted"
    plain = at("submitted", accepted=5, scheme=scheme, by=by, **GOOD)
    assert refused(plain, "accept_recommendation", ONE) == ["quota_respected"]


@pytest.mark.req("GAP-YL-4")
def test_the_fifth_of_five_needs_no_reason() -> None:
    given = drafted(accepted=4, scheme=with_quota(5, "max"), **GOOD)
    assert done(given, "submit_recommendation", PREFECTURE).thing.state == "submitted"


def test_no_reason_lifts_an_exact_quota() -> None:
    given = drafted(accepted=3, scheme=with_quota(3, "exact"), **GOOD)
    assert refused(given, "submit_recommendation", PREFECTURE, excess_reason="并列第三") == ["quota_respected"]


@pytest.mark.req("GAP-SX-4")
def test_beyond_about_the_file_carries_a_warning_and_goes_on() -> None:
    given = drafted(accepted=12, scheme=with_quota(10, "about"), **GOOD)
    sent = done(given, "submit_recommendation", PREFECTURE).thing
    assert "13" in sent.data["quota_warning"]["en"]


@pytest.mark.req("INV-20")
def test_whoever_sent_it_does_not_accept_it() -> None:
    given = at("submitted", by={"draft_recommendation": "zhou", "submit_recommendation": "sun"}, **GOOD)
    assert refused(given, "accept_recommendation", ONE) == ["two_persons"]
    outcome = done(given, "accept_recommendation", TWO)
    assert outcome.thing.state == "accepted"
    assert set(outcome.desk.things) == {"rec"}, "nothing moves by itself"


@pytest.mark.req("SX-28")
def test_a_recommendation_is_not_withdrawn_once_the_naming_is_decided() -> None:
    decision = thing("naming_decision", "approved", id="decision", owner="batch", parent="batch", named=["case"])
    given = at("accepted", decision, **GOOD)
    assert refused(given, "withdraw_recommendation", PREFECTURE, text="主动撤回") == ["naming_not_decided"]
    assert done(at("accepted"), "withdraw_recommendation", THE_SYSTEM, text="申报终止").thing.state == "withdrawn"


def test_what_is_being_examined_is_not_recalled() -> None:
    assert refused(at("submitted", taken_up_by="sun"), "recall_recommendation", PREFECTURE) == ["not_yet_examined"]
    assert done(at("submitted"), "recall_recommendation", PREFECTURE).thing.state == "drafted"
