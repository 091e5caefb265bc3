"""A bulletin: drafted from the record, approved by another with a basis for each name, issued, never edited after."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from service.domain.facts import THE_SYSTEM, Facts, Thing
from tests.support.domain import done, facts, papers, person, refused, thing, verdict

CLERK = person("clerk", "leading_group_office")
CHIEF = person("chief", "provincial_lbg_office")
DEPUTY = person("deputy", "provincial_lbg_office")
MEDIA = person("media", "provincial_media")
CASE = thing("case", "rectification", id="case", name="佳县")
PLACE = {"subject": "jiaxian", "organization": "", "region": "cn/sn/yulin/jiaxian"}
RECORD = {
    "case": {"names": frozenset({"jiaxian", "佳县"}), "whole": PLACE, "at": {}},
    "item": {
        "names": frozenset({"佳县", "县司法局", "Chen"}), "whole": PLACE,
        "at": {"县司法局": {**PLACE, "organization": "县司法局"}},
    },
}  # fmt: skip
FORM: dict[str, Any] = {
    "period": {"from": "2024-05-01", "to": "2024-05-20"},
    "audience": "全市",
    "facts": [{"text": "佳县县司法局整改逾期"}],
    "basis_for_each_name": {"佳县": "case", "县司法局": "item"},
}


def at(state: str = "draft", *company: Thing, now: str = "2024-05-20T09:00", **data: Any) -> Facts:
    own: dict[str, Any] = {"chain": "bulletin", "parent": "batch", "track": None, "subject": ""}
    about = thing("bulletin", state, data={"kind": "criticism_circular", **data}, **own)
    more: dict[str, Any] = {
        "named": RECORD,
        "work": ((CASE,), ()),
        "circulars": company,
        "titles": [],
        "evidence": papers("ev-1"),
    }
    return facts(about, thing("batch", "open", id="batch"), *company, now=now, **more)


def new(**more: Any) -> Facts:
    begun = at("@new")
    return replace(begun, thing=replace(begun.thing, data=more))


# ---------------------------------------------------------------------------------------- drafting


@pytest.mark.req("YL-3j")
def test_a_draft_that_is_due_holds_period_audience_and_facts_of_the_record() -> None:
    period = {"from": "2024-05-06", "to": "2024-05-19"}
    drafted = done(new(track="area"), "draft_due_bulletin", THE_SYSTEM, kind="dispatch", period=period)
    data = drafted.thing.data
    assert (drafted.thing.state, data["period"]) == ("draft", period)
    assert data["audience"] == "各县区创建办、牵头单位"
    assert data["facts"] == [{"text": "佳县：整改提升阶段，进行中", "en": "佳县: Rectification, under way"}]
    assert data["basis_for_each_name"] == {"佳县": "case"}


@pytest.mark.req("PDS-M3d")
def test_a_draft_that_is_due_is_issued_within_the_working_days_of_the_scheme() -> None:
    period = {"from": "2024-05-03", "to": "2024-05-16"}
    given = replace(new(), now=at(now="2024-05-17T00:00").now)  # a Friday
    drafted = done(given, "draft_due_bulletin", THE_SYSTEM, kind="dispatch", period=period)
    assert [(d.key, str(d.due_on)) for d in drafted.desk.facts.duties] == [("bulletin_due", "2024-05-21")]
    about = replace(given, thing=drafted.thing, duties=tuple(drafted.desk.facts.duties))
    discarded = done(replace(about, things={"bulletin": drafted.thing}), "discard_bulletin", CLERK, text="不再需要")
    assert [d.done_at for d in discarded.desk.facts.duties] == [given.now]


def test_whoever_drafts_says_what_he_has_to_say_and_the_service_fills_in_the_rest() -> None:
    said = [{"text": "全市创建工作进展顺利"}]
    own = done(new(), "draft_bulletin", CLERK, kind="criticism_circular", facts=said).thing.data
    assert (own["facts"], own["audience"], "basis_for_each_name" in own) == (said, "全市", False)
    filled = done(new(), "draft_bulletin", CLERK, kind="dispatch", audience="市直部门").thing.data
    assert (filled["audience"], filled["period"]["from"]) == ("市直部门", "2024-05-01")
    assert filled["facts"]


@pytest.mark.req("GAP-QH-16")
def test_only_kinds_of_the_scheme_are_drafted_and_what_comes_from_outside_never_is() -> None:
    for kind in ("gossip", "superior_circular"):
        assert refused(new(), "draft_bulletin", CLERK, kind=kind) == ["bulletin_kind.kind"]
    assert refused(new(), "draft_bulletin", person("w", "county_government"), kind="dispatch") == ["role"]


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("period", {"from": "2024-05-20", "to": "2024-05-01"}),
        ("period", {"from": "2024-05-20"}),
        ("period", "5月"),
        ("facts", []),
        ("facts", ["佳县"]),
        ("facts", [{"en": "late"}]),
        ("facts", [{"text": "x", "why": "y"}]),
        ("basis_for_each_name", {"佳县": 1}),
        ("audience", ""),
    ],
)
def test_a_part_of_the_wrong_shape_is_named(part: str, wrong: Any) -> None:
    assert refused(at(), "edit_bulletin", CLERK, **{part: wrong}) == [f"bulletin.{part}"]


# ---------------------------------------------------------------------------------------- approval


@pytest.mark.req("PDS-M3e")
@pytest.mark.req("INV-20")
def test_whoever_edited_the_draft_cannot_approve_it_and_one_other_person_can() -> None:
    edited = done(at(), "edit_bulletin", CHIEF, **FORM)
    about = replace(at(), thing=edited.thing, things={"bulletin": edited.thing})
    assert refused(about, "approve_bulletin", CHIEF) == ["two_persons"]
    approved = done(about, "approve_bulletin", DEPUTY)
    assert (approved.proposes, approved.thing.state) == (False, "approved")


@pytest.mark.req("INV-20")
def test_a_draft_of_the_alarm_that_nobody_edited_takes_two_people() -> None:
    about = at("draft", by={"draft_due_bulletin": "system"}, **FORM)
    assert done(about, "approve_bulletin", CHIEF).proposes
    assert refused(about, "approve_bulletin", CHIEF, second="chief") == ["two_persons"]
    assert done(about, "approve_bulletin", DEPUTY, second="chief").thing.state == "approved"


def test_an_approval_asks_for_what_the_draft_does_not_hold_yet() -> None:
    given = at("draft", by={"draft_bulletin": "clerk"})
    assert refused(given, "approve_bulletin", CHIEF) == [
        "bulletin_kind.period", "bulletin_kind.audience", "bulletin_kind.facts",
    ]  # fmt: skip
    assert verdict(given, "approve_bulletin", CHIEF, **FORM).move.to == "approved"


@pytest.mark.req("PDS-M3e")
@pytest.mark.req("YL-W3c")
@pytest.mark.parametrize(
    ("sentence", "basis", "missing"),
    [
        ("佳县县司法局整改逾期", {"佳县": "case", "县司法局": "item"}, None),
        ("佳县县司法局整改逾期", {"佳县": "case"}, ["县司法局"]),
        ("佳县县司法局整改逾期", {}, ["佳县", "县司法局"]),
        ("佳县整改逾期", {"佳县": "nothing"}, ["佳县"]),
        ("某局整改逾期", {"某局": "item"}, ["某局"]),
        ("县司法局整改逾期", {"县司法局": "case"}, ["县司法局"]),
        ("Chen is late", {"佳县": "case"}, ["Chen"]),
        ("the kitchen of Chengdu is late", {}, None),
        ("整改总体顺利", {}, None),
    ],
)
def test_whoever_is_named_is_named_on_a_record_that_concerns_just_that_name(
    sentence: str, basis: dict[str, str], missing: list[str] | None
) -> None:
    form = {**FORM, "facts": [{"text": sentence}], "basis_for_each_name": basis or None}
    found = verdict(at("draft", by={"draft_bulletin": "clerk"}), "approve_bulletin", CHIEF, **form)
    if missing is None:
        assert found.move.to == "approved"
    else:
        assert [(u.code, list(u.missing)) for u in found.unmet] == [("named_on_record", missing)]


@pytest.mark.req("YL-W3c")
def test_whom_it_names_stays_with_the_bulletin() -> None:
    approved = done(at("draft", by={"draft_bulletin": "clerk"}, **FORM), "approve_bulletin", CHIEF).thing
    assert approved.data["concerns"] == [
        {"name": "佳县", **PLACE},
        {"name": "县司法局", **PLACE, "organization": "县司法局"},
    ]


# --------------------------------------------------------------------------------- issue and after


@pytest.mark.req("PDS-M3d")
def test_it_is_issued_after_the_approval_and_edited_no_more() -> None:
    assert refused(at("draft", **FORM), "issue_bulletin", CLERK) == ["illegal_in_state"]
    issued = done(at("approved", **FORM), "issue_bulletin", MEDIA).thing
    assert issued.state == "issued"
    for event in ("edit_bulletin", "approve_bulletin", "return_bulletin", "discard_bulletin"):
        assert refused(at("issued", **FORM), event, CHIEF) in (["illegal_in_state"], ["role"])


def test_an_approved_one_goes_back_with_a_reason() -> None:
    assert refused(at("approved"), "return_bulletin", MEDIA) == ["reason.text"]
    assert done(at("approved"), "return_bulletin", MEDIA, text="数据有误").thing.state == "draft"


def issued(
    id: str = "later", state: str = "issued", day: str = "2024-05-18", kind: str = "criticism_circular"
) -> Thing:
    return thing("bulletin", state, id=id, parent="batch", kind=kind, on={"issue_bulletin": day})


@pytest.mark.req("INV-30")
@pytest.mark.req("INV-20")
def test_an_issued_one_is_corrected_by_a_later_one_that_is_issued() -> None:
    given = at("issued", issued(), on={"issue_bulletin": "2024-05-17"})
    assert done(given, "correct_bulletin", CHIEF, replacement="later").proposes
    corrected = done(given, "correct_bulletin", CHIEF, second="clerk", replacement="later").thing
    assert (corrected.state, corrected.data["replacement"], corrected.ended) == ("corrected", "later", True)


@pytest.mark.req("INV-30")
@pytest.mark.parametrize(
    "other",
    [issued("another"), issued(state="approved"), issued(kind="dispatch"), issued(day="2024-05-16")],
    ids=["not there", "not issued", "another kind", "an earlier one"],
)
def test_nothing_else_takes_its_place(other: Thing) -> None:
    given = at("issued", other, on={"issue_bulletin": "2024-05-17"})
    assert refused(given, "correct_bulletin", CHIEF, replacement="later") == ["replacement_is_issued"]


@pytest.mark.req("INV-30")
def test_two_people_withdraw_it_with_a_reason() -> None:
    assert done(at("issued"), "withdraw_bulletin", CHIEF, text="事实有误").proposes
    assert done(at("issued"), "withdraw_bulletin", CLERK, second="chief", text="事实有误").thing.state == "withdrawn"


# ------------------------------------------------------------------------------------ from outside

CIRCULAR = {
    "kind": "superior_circular",
    "source": "省委依法治省办",
    "number": "12",
    "date": "2024-05-10",
    "file": "ev-1",
}


@pytest.mark.req("QH-12-4")
@pytest.mark.req("GAP-QH-16")
def test_a_circular_from_outside_is_taken_on_record_and_told_to_the_title_it_concerns() -> None:
    title = thing("designation", "active", id="title")
    given = replace(new(), more={**new().more, "titles": [title]})
    received = done(given, "receive_bulletin", CHIEF, **CIRCULAR, text="整改不力", designation="title")
    assert (received.thing.state, received.thing.ended) == ("received", True)
    (told,) = received.desk.sends
    assert (told.machine, told.event, told.thing, told.parent) == ("designation", "record_fact", "title", None)
    assert told.form == {
        "source": "省委依法治省办", "number": "12", "date": "2024-05-10", "file": "ev-1", "text": "整改不力",
        "kind": "criticism",
    }  # fmt: skip
    fact = done(facts(title), "record_fact", THE_SYSTEM, **told.form).thing.data["facts"][0]
    assert fact["kind"] == "criticism"


def test_one_that_lies_with_a_title_concerns_that_title() -> None:
    above = thing("designation", "active", id="title")
    begun = new()
    under = replace(begun.thing, parent="title")
    given = replace(begun, thing=under, things={**begun.things, "title": above, "bulletin": under})
    assert [s.thing for s in done(given, "receive_bulletin", CHIEF, **CIRCULAR).desk.sends] == ["title"]
    assert done(begun, "receive_bulletin", CHIEF, **CIRCULAR).desk.sends == []


def test_a_title_that_nobody_knows_and_a_kind_of_our_own_are_refused() -> None:
    assert refused(new(), "receive_bulletin", CHIEF, **CIRCULAR, designation="x") == ["title_is_known"]
    assert refused(new(), "receive_bulletin", CHIEF, **{**CIRCULAR, "kind": "dispatch"}) == ["external_fact.kind"]
