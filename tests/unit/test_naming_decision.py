"""A naming decision: complete inputs, quota, a reason for each refusal, two people, what it sets going."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.effects import Send
from service.domain.facts import Facts, Thing
from service.schemes.measures import ListRule
from service.schemes.model import Scheme, Tier
from service.schemes.track import Quota
from tests.support.domain import done, facts, person, reference, refused, thing

ONE = person("sun", "provincial_lbg_office")
TWO = person("qian", "provincial_lbg_office")
DOCUMENT: dict[str, Any] = {"issuer": "省委依法治省办", "number": "陕法办发〔2024〕3号", "date": "2024-05-20"}


def case(id: str, state: str = "naming") -> Thing:
    return thing("case", state, id=id, chain=id)


def decision(state: str, id: str = "decision", **data: Any) -> Thing:
    return thing("naming_decision", state, id=id, owner="batch", parent="batch", chain="batch", track=None, data=data)


def at(
    state: str,
    *company: Thing,
    cases: Any = (),
    scheme: Scheme | None = None,
    batch: str = "evaluating",
    **data: Any,
) -> Facts:
    owner = thing("batch", batch, id="batch", batch=None, track=None, chain="batch")
    all_cases = list(cases)
    files = {c.id: {"case": c, "things": results(c), "ratings": {}} for c in all_cases}
    return facts(decision(state, **data), owner, *company, scheme=scheme, cases=all_cases, files=files)


def results(of: Thing) -> list[Thing]:
    """Every evaluation of the scheme final, and the notice closed clear."""
    measures = reference().evaluation.measures
    final = [thing("evaluation", "final", id=f"{of.id}-{m}", parent=of.id, chain=of.id, measure=m) for m in measures]
    return [*final, thing("public_notice", "closed_clear", id=f"{of.id}-notice", parent=of.id, chain=of.id)]


def with_quota(target: int, mode: str) -> Scheme:
    scheme = reference()
    raw = scheme.track("area").model_dump(by_alias=True) | {"quota": {"target": target, "mode": mode}}
    return scheme.model_copy(update={"tracks": (type(scheme.track("area")).model_validate(raw),)})


BY = {"draft_decision": "sun", "propose_decision": "sun"}


@pytest.mark.req("SX-28")
def test_names_may_still_be_corrected_when_the_decision_is_proposed() -> None:
    drafted = done(at("@new"), "draft_decision", ONE, named=["a"]).thing
    given = at("drafted", cases=[case("a"), case("b")], **drafted.data)
    proposed = done(given, "propose_decision", ONE, refused={"b": "公示异议成立"}).thing
    assert (proposed.state, proposed.data["named"]) == ("proposed", ["a"])


@pytest.mark.req("INV-11")
@pytest.mark.parametrize("state", ["publicity", "evaluation", "paused", "named"])
def test_a_case_that_has_not_reached_its_naming_is_not_named(state: str) -> None:
    given = at("drafted", cases=[case("a"), case("b", state)], named=["a", "b"])
    assert refused(given, "propose_decision", ONE) == ["naming_inputs_complete"]


def test_a_case_of_another_batch_is_not_named() -> None:
    assert refused(at("drafted", cases=[case("a")], named=["a", "x"]), "propose_decision", ONE) == [
        "naming_inputs_complete"
    ]


def test_a_decision_that_names_nobody_is_not_proposed() -> None:
    assert refused(at("drafted"), "propose_decision", ONE) == ["naming_inputs_complete"]


@pytest.mark.req("SX-28")
def test_a_candidate_left_out_without_a_reason_holds_the_decision() -> None:
    given = at("drafted", cases=[case("a"), case("b")], named=["a"])
    assert refused(given, "propose_decision", ONE) == ["refusals_have_reason"]
    assert done(given, "propose_decision", ONE, refused={"b": "四项综合不符合"}).thing.state == "proposed"


@pytest.mark.parametrize("named", ["a", 7, [1], {"a": "b"}])
def test_names_of_a_wrong_shape_are_a_clear_refusal(named: Any) -> None:
    codes = refused(at("drafted", cases=[case("a")]), "propose_decision", ONE, named=named)
    assert "named_and_refused.named" in codes


def test_a_case_is_named_once() -> None:
    given = at("drafted", cases=[case("a")])
    assert refused(given, "propose_decision", ONE, named=["a", "a"]) == ["named_and_refused.named"]
    assert refused(given, "propose_decision", ONE, named=["a"], refused={"a": "不符合"}) == ["named_and_refused.named"]


@pytest.mark.req("INV-11")
def test_a_case_that_another_decision_holds_is_not_decided_again() -> None:
    other = decision("approved", id="other", named=["a"])
    given = at("drafted", other, cases=[case("a"), case("b")])
    for twice in ({"named": ["a", "b"]}, {"named": ["b"], "refused": {"a": "不符合"}}):
        assert refused(given, "propose_decision", ONE, **twice) == ["naming_inputs_complete"]
    assert done(given, "propose_decision", ONE, named=["b"]).thing.state == "proposed"


@pytest.mark.req("INV-11")
def test_of_two_decisions_proposed_on_the_same_case_only_the_first_is_approved() -> None:
    other = decision("proposed", id="other", named=["a"], by=BY)
    given = at("proposed", other, cases=[case("a")], named=["a"], by=BY)
    first = done(given, "approve_decision", TWO)
    second = first.desk.facts.at(other)
    assert refused(second, "approve_decision", TWO) == ["naming_inputs_complete"]


@pytest.mark.req("INV-11")
def test_max_is_never_exceeded_at_naming_over_all_decisions_of_the_batch() -> None:
    other = decision("effective", id="other", named=["a"])
    cases = [case("a", "named"), case("b"), case("c")]
    scheme = with_quota(2, "max")
    given = at("drafted", other, cases=cases, scheme=scheme)
    assert refused(given, "propose_decision", ONE, named=["b", "c"]) == ["quota_respected"]
    form: dict[str, Any] = {"named": ["b"], "refused": {"c": "名额已满"}}
    assert done(given, "propose_decision", ONE, **form).thing.state == "proposed"


@pytest.mark.req("SX-06")
@pytest.mark.req("GAP-SX-4")
@pytest.mark.parametrize(("number", "warned"), [(8, False), (11, False), (12, False), (13, True)])
def test_about_ten_warns_beyond_a_fifth(number: int, warned: bool) -> None:
    ids = [f"c{n}" for n in range(number)]
    given = at("drafted", cases=[case(i) for i in ids], scheme=with_quota(10, "about"))
    proposed = done(given, "propose_decision", ONE, named=ids).thing
    assert bool(proposed.data["quota_warnings"]) is warned


@pytest.mark.req("INV-20")
def test_whoever_proposed_does_not_approve() -> None:
    given = at("proposed", cases=[case("a")], named=["a"], by=BY)
    assert refused(given, "approve_decision", ONE) == ["two_persons"]
    assert done(given, "approve_decision", TWO).thing.state == "approved"


@pytest.mark.req("INV-11")
def test_a_case_that_left_its_naming_meanwhile_stops_the_approval() -> None:
    given = at("proposed", cases=[case("a", "not_named")], named=["a"], by=BY)
    assert refused(given, "approve_decision", TWO) == ["naming_inputs_complete"]


@pytest.mark.req("QH-06a")
@pytest.mark.req("SX-28")
def test_issuing_records_the_naming_and_tells_every_case() -> None:
    cases = [case(i) for i in "abc"]
    approved = at("approved", cases=cases, named=["a", "b"], refused={"c": "公示异议成立"})
    outcome = done(approved, "issue_decision", ONE, **DOCUMENT)
    assert outcome.thing.state == "effective"
    assert outcome.desk.thing("batch").state == "named"
    assert outcome.desk.sends == [
        Send("case", "complete_stage", thing="a"),
        Send("case", "complete_stage", thing="b"),
        Send("case", "refuse_naming", thing="c"),
    ]


def test_a_second_decision_of_a_batch_finds_it_named() -> None:
    given = at("approved", batch="named", cases=[case("b")], named=["b"])
    outcome = done(given, "issue_decision", ONE, **DOCUMENT)
    assert outcome.desk.sends == [Send("case", "complete_stage", thing="b")]
    assert set(outcome.desk.things) == {"decision"}


@pytest.mark.req("QH-07e")
def test_a_decision_is_issued_with_the_particulars_of_its_document() -> None:
    assert refused(at("approved", cases=[case("a")], named=["a"]), "issue_decision", ONE) == [
        "document.issuer",
        "document.number",
        "document.date",
    ]


@pytest.mark.req("SX-28")
@pytest.mark.req("INV-11")
@pytest.mark.parametrize("left", ["disqualified", "not_named", "closed"])
def test_whoever_left_after_the_approval_is_not_named_by_the_document(left: str) -> None:
    given = at("approved", cases=[case("a"), case("b", left)], named=["a", "b"])
    assert refused(given, "issue_decision", ONE, **DOCUMENT) == ["cases_stand_in_naming"]
    assert done(given, "recall_approval", TWO, text="有一件已取消资格").proposes


@pytest.mark.req("INV-30")
def test_a_correction_stands_beside_the_document_and_names_nobody_else() -> None:
    given = at("effective", named=["a"], **DOCUMENT)
    form: dict[str, Any] = {"corrections": {"number": "陕法办发〔2024〕4号"}, "text": "文号误植"}
    outcome = done(given, "correct_decision", ONE, second="qian", **form)
    assert outcome.thing.state == "effective"
    assert outcome.thing.data["number"] == DOCUMENT["number"]
    assert outcome.thing.data["corrections"][0]["corrections"] == form["corrections"]
    wrong: dict[str, Any] = {"corrections": {"named": "b"}, "text": "漏列一县"}
    assert refused(given, "correct_decision", ONE, **wrong) == ["clerical_only"]


# --------------------------------------------------------------------------- what the naming rests on


def weighing(*names: str, **changes: Any) -> Scheme:
    scheme = reference()
    naming = scheme.naming.model_copy(update={"inputs": names})
    return scheme.model_copy(update={"naming": naming, **changes})


def proposing(scheme: Scheme, *stands: Thing, company: tuple[Thing, ...] = (), **data: Any) -> Facts:
    """A decision on the case `a`, in whose file these things stand."""
    given = at("drafted", *company, cases=[case("a")], scheme=scheme, **{"named": ["a"], **data})
    file = {"case": case("a"), "things": list(stands), "ratings": {}}
    return replace(given, more={**given.more, "files": {"a": file}})


def of_case(machine: str, state: str, **data: Any) -> Thing:
    return thing(machine, state, id=f"{machine}-{state}-{data.get('measure', '')}", parent="a", chain="a", **data)


INPUT_STANDS: list[tuple[str, Thing, Thing]] = [
    ("third_party", of_case("evaluation", "final", measure="third_party"),
     of_case("evaluation", "scoring", measure="third_party")),
    ("onsite", of_case("evaluation", "final", measure="onsite"), of_case("evaluation", "final", measure="third_party")),
    ("satisfaction", of_case("evaluation", "final", measure="satisfaction"),
     of_case("evaluation", "terminated", measure="satisfaction")),
    ("notice", of_case("public_notice", "closed_clear"), of_case("public_notice", "closed_upheld")),
    ("recommendation", of_case("recommendation", "accepted"), of_case("recommendation", "withdrawn")),
    ("self_check", of_case("stage", "completed", key="self_check", kind="self_check"),
     of_case("stage", "superseded", key="self_check", kind="self_check")),
    ("inspection", of_case("stage", "completed", key="inspection", kind="inspection"),
     of_case("stage", "open", key="inspection", kind="inspection")),
]  # fmt: skip


@pytest.mark.req("INV-11")
@pytest.mark.parametrize(("name", "final", "not_final"), INPUT_STANDS, ids=[one[0] for one in INPUT_STANDS])
def test_every_input_that_the_scheme_weighs_is_final_for_whoever_is_named(
    name: str, final: Thing, not_final: Thing
) -> None:
    scheme = weighing(name)
    assert done(proposing(scheme, final), "propose_decision", ONE).thing.state == "proposed"
    for stands in ((), (not_final,)):
        assert refused(proposing(scheme, *stands), "propose_decision", ONE) == ["naming_inputs_complete"]


def test_a_stage_that_was_waived_brings_nothing_and_nothing_is_asked_of_it() -> None:
    waived = of_case("stage", "skipped", key="central_opinion", kind="external")
    assert done(proposing(weighing("external"), waived), "propose_decision", ONE).thing.state == "proposed"
    assert refused(proposing(weighing("external")), "propose_decision", ONE) == ["naming_inputs_complete"]


@pytest.mark.req("GAP-QH-2")
def test_an_evaluation_that_an_objection_opened_again_holds_the_naming() -> None:
    again = [replace(t, state="scoring") if t.data.get("measure") == "third_party" else t for t in results(case("a"))]
    assert refused(proposing(reference(), *again), "propose_decision", ONE) == ["naming_inputs_complete"]


@pytest.mark.req("SX-26")
def test_a_naming_that_rests_on_the_candidate_list_names_only_whom_it_lists() -> None:
    scheme = weighing("candidate_list", lists=(ListRule(purpose="candidates"),))

    def listed(entries: list[str], state: str = "published") -> Facts:
        names = thing("candidate_list", state, id="list", parent="batch", purpose="candidates", entries=entries)
        return proposing(scheme, company=(names,))

    assert done(listed(["a"]), "propose_decision", ONE).thing.state == "proposed"
    assert refused(listed(["b"]), "propose_decision", ONE) == ["naming_inputs_complete"]
    assert refused(listed(["a"], "ranked"), "propose_decision", ONE) == ["naming_inputs_complete"]


def test_whoever_is_refused_may_lack_what_the_naming_rests_on() -> None:
    given = at("drafted", cases=[case("a"), case("b")], named=["a"], refused={"b": "评估未完成"})
    files = {**given.more["files"], "b": {"case": case("b"), "things": [], "ratings": {}}}
    given = replace(given, more={**given.more, "files": files})
    assert done(given, "propose_decision", ONE).thing.state == "proposed"


# ------------------------------------------------------------------------------- tiers, strata, outside


@pytest.mark.req("HY-T01")
def test_with_several_tiers_each_case_named_has_one() -> None:
    tiers = (Tier(id="reached", zh="达标", rank=1), Tier(id="model", zh="示范", rank=2))
    scheme = weighing(tiers=tiers)
    assert refused(proposing(scheme), "propose_decision", ONE) == ["tiers_complete"]
    wrong = [{"a": "gold"}, {"a": "reached", "b": "model"}]
    for tier in wrong:
        assert refused(proposing(scheme), "propose_decision", ONE, tiers=tier)[:1] == ["named_and_refused.tiers"]
    proposed = done(proposing(scheme), "propose_decision", ONE, tiers={"a": "model"}).thing
    assert proposed.data["tiers"] == {"a": "model"}
    sought = proposing(scheme)
    seeking = replace(sought, more={**sought.more, "cases": [case("a").with_data(tier="reached")]})
    assert done(seeking, "propose_decision", ONE).thing.state == "proposed", "the tier sought, unless it says another"


@pytest.mark.req("SX-06")
def test_a_quota_per_region_is_held_in_each_region() -> None:
    scheme = reference()
    quota = Quota(target=1, mode="max", per_stratum=("region",))
    scheme = scheme.model_copy(update={"tracks": (scheme.track("area").model_copy(update={"quota": quota}),)})
    cases = [
        replace(case(id), region=f"cn/sn/{city}/{id}") for id, city in (("a", "yulin"), ("b", "yulin"), ("c", "yanan"))
    ]

    def naming(*named: str) -> Facts:
        given = at("drafted", cases=cases, scheme=scheme, named=list(named), refused={})
        batch = replace(given.things["batch"], region="cn/sn")
        return replace(given, things={**given.things, "batch": batch})

    others = {"b": "名额已满"}
    assert done(naming("a", "c"), "propose_decision", ONE, refused=others).thing.state == "proposed"
    assert "quota_respected" in refused(naming("a", "b"), "propose_decision", ONE)


@pytest.mark.req("YL-2o")
def test_a_scheme_whose_titles_are_given_outside_decides_none() -> None:
    scheme = reference()
    outside = scheme.model_copy(update={"naming": scheme.naming.model_copy(update={"by": "external"})})
    assert refused(at("@new", scheme=outside), "draft_decision", ONE) == ["scheme:naming.by=own"]
    assert done(at("@new"), "draft_decision", ONE).thing.state == "drafted"
