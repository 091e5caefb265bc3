"""Bodies, offices, responsibilities, handovers and mergers: what the rules say, without any record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.cases import organization as rules
from service.domain.cases.organization import Body, Office, Organization, Place, Tenure
from service.domain.facts import Unmet
from service.schemes.model import Body as Asked
from service.schemes.model import Scheme
from service.schemes.validation.organization import organization_problems
from tests.support.domain import mobilized, reference
from tests.support.walk import COUNTY, Walk

TASK_FORCE = Body("b1", "task_force", "第1组", (), {"head": ("郑",), "lead_unit": ("司法局",), "liaison": ("吴",)})
WORD = "相关责任科室"


def codes(found: list[Unmet]) -> list[str]:
    return [u.code for u in found]


def scheme(**changed: Any) -> Scheme:
    return reference().model_copy(update=changed)


def with_offices(*offices: str, **responsibilities: Any) -> Scheme:
    """The first indicator of the table names these offices."""
    system = reference().indicator_system
    first = system.indicators[0].model_copy(update={"offices": offices})
    system = system.model_copy(update={"indicators": (first, *system.indicators[1:])})
    said = reference().responsibilities.model_copy(update=responsibilities)
    return scheme(indicator_system=system, responsibilities=said)


# ------------------------------------------------------------------------------------------- what a stage asks for


@pytest.mark.req("YL-1b")
@pytest.mark.req("YL-1c")
@pytest.mark.req("YL-1d")
def test_the_mobilization_ends_only_with_every_body_and_each_post_once() -> None:
    walk = Walk()
    walk.enter()
    walk.paper("work_plan", "meeting_minutes")
    assert walk.refused("complete_stage", COUNTY) == ["organization_formed", "duties_assigned"]
    whole = mobilized(walk.scheme)
    walk.organized(replace(whole, bodies=whole.bodies[1:]))
    assert walk.refused("complete_stage", COUNTY) == ["organization_formed"]
    walk.organized(whole)
    walk.act("complete_stage", COUNTY)
    assert walk.case.state == "creation"


@pytest.mark.req("PDS-S1b")
def test_nobody_enters_before_the_bodies_of_the_launch_stand_at_their_seat() -> None:
    asked = Asked(kind="office", count=1, liaison=0, seat="政策法规科", at_entry=True)
    walk = Walk(scheme(organization={"mobilization": (asked,)}))
    walk.act("open_case", COUNTY, track="area", jurisdiction="610828")
    assert walk.refused("enroll", COUNTY) == ["organized_at_entry"]
    elsewhere = Body("b1", "office", "办公室", (), {"head": ("郑",), "lead_unit": ("财务科",)})
    walk.organized(Organization((elsewhere,)))
    (lacking,) = walk.ask("enroll", COUNTY).unmet
    assert lacking.missing == ("办公室.lead_unit: 政策法规科",)
    walk.organized(Organization((replace(elsewhere, posts={"head": ("郑",), "lead_unit": ("政策法规科",)}),)))
    walk.act("enroll", COUNTY)
    assert walk.case.state == "mobilization"


def test_a_body_of_the_launch_belongs_to_the_first_stage_and_its_seat_to_a_lead_unit() -> None:
    late = Asked(kind="office", count=1, at_entry=True)
    said = scheme(organization={"mobilization": (Asked(kind="group", count=1, lead_unit=0, seat="财务科"),)})
    assert [p.path for p in organization_problems(said)] == ["/organization/mobilization/0/seat"]
    said = scheme(organization={"creation": (late,)})
    assert "/organization/creation/0/at_entry" in [p.path for p in organization_problems(said)]


@pytest.mark.parametrize(
    ("posts", "lacking"),
    [
        ({"head": ("郑",), "lead_unit": ("司法局",), "liaison": ("吴",)}, []),
        ({"head": ("郑",), "lead_unit": ("司法局",)}, ["第1组.liaison: 0/1"]),
        ({"head": ("郑", "王"), "lead_unit": ("司法局",), "liaison": ("吴",)}, ["第1组.head: 2/1"]),
        ({}, ["第1组.head: 0/1", "第1组.lead_unit: 0/1", "第1组.liaison: 0/1"]),
    ],
)
def test_a_body_lacks_a_post_that_is_empty_or_doubled(posts: dict[str, Any], lacking: list[str]) -> None:
    asked = Asked(kind="task_force", count=1)
    assert rules.bodies_lacking([asked], [replace(TASK_FORCE, posts=posts)]) == lacking


@pytest.mark.req("YL-1a")
@pytest.mark.parametrize(("named", "lacking"), [("赵钱孙", []), ("赵钱孙李", []), ("赵钱", ["第1组.member: 2/3"])])
def test_a_body_has_at_least_the_members_that_the_scheme_asks_for(named: str, lacking: list[str]) -> None:
    group = replace(TASK_FORCE, posts={**TASK_FORCE.posts, "member": (*named, named[0])})
    assert rules.bodies_lacking([Asked(kind="task_force", count=1, member=3)], [group]) == lacking


@given(count=st.integers(1, 12), formed=st.integers(0, 14))
def test_exactly_the_number_of_bodies_asked_for_is_enough(count: int, formed: int) -> None:
    bodies = [replace(TASK_FORCE, id=f"b{n}", name=f"第{n}组") for n in range(formed)]
    lacking = rules.bodies_lacking([Asked(kind="task_force", count=count)], bodies)
    assert lacking == ([] if formed == count else [f"task_force: {formed}/{count}"])


@pytest.mark.req("YL-1b")
@pytest.mark.parametrize(
    ("charges", "lacking"),
    [
        ([("A",), ("B",)], []),
        ([("A",), ("A",)], ["A: 2/1", "B: 0/1"]),
        ([("A",), ()], ["第1组.groups: 0/1", "B: 0/1"]),
        ([("A", "B"), ("B",)], ["第0组.groups: 2/1", "B: 2/1"]),
    ],
)
def test_each_group_of_the_first_level_has_one_body_in_charge(
    charges: list[tuple[str, ...]], lacking: list[str]
) -> None:
    bodies = [replace(TASK_FORCE, id=f"b{n}", name=f"第{n}组", groups=groups) for n, groups in enumerate(charges)]
    asked = Asked(kind="task_force", count=2, one_per_group=True)
    assert rules.bodies_lacking([asked], bodies, ("A", "B")) == lacking
    assert rules.bodies_lacking([Asked(kind="task_force", count=2)], bodies, ("A", "B")) == []


@pytest.mark.req("PDS-A4")
@pytest.mark.req("PDS-M3a")
def test_an_indicator_is_assigned_by_itself_or_with_its_group() -> None:
    system = reference().indicator_system
    groups = [g.id for g in system.groups]
    whole = mobilized(reference())
    assert rules.unassigned(reference(), whole) == []
    assert rules.unassigned(reference(), replace(whole, answers={})) == groups
    one, *others = [i.code for i in system.indicators if i.group == groups[0]]
    answers = {**dict.fromkeys(groups[1:], ("office",)), one: ("office",)}
    assert rules.unassigned(reference(), replace(whole, answers=answers)) == others


def test_a_group_above_answers_for_those_below_it() -> None:
    system = reference().indicator_system
    first, *others = system.groups
    below = [first, *(g.model_copy(update={"parent": first.id}) for g in others)]
    nested = scheme(indicator_system=system.model_copy(update={"groups": tuple(below)}))
    assert rules.unassigned(nested, Organization(answers={first.id: ("office",)})) == []
    assert rules.unassigned(nested, Organization(answers={others[0].id: ("office",)})) == [
        g.id for g in below if g is not below[1]
    ]


@pytest.mark.req("GAP-PDS-4")
def test_a_generic_office_is_replaced_by_a_named_one_that_the_row_does_not_name_already() -> None:
    asks = with_offices("法规科", WORD, generic_offices=(WORD,))
    first = asks.indicator_system.indicators[0].code
    law, finance = (
        Office("o1", "gov", "法规科", {"liaison": ("吴",)}),
        Office("o2", "gov", "财务科", {"liaison": ("钱",)}),
    )
    known = {"o1": law, "o2": finance}
    assert rules.unresolved(asks, Organization()) == {first: (WORD,)}
    with_its_group = Organization(offices=known, answers={asks.indicator_system.indicators[0].group: ("o2",)})
    assert rules.unresolved(asks, with_its_group) == {first: (WORD,)}
    assert rules.unresolved(asks, Organization(offices=known, answers={first: ("o1",)})) == {first: (WORD,)}
    assert rules.unresolved(asks, Organization(offices=known, answers={first: ("o1", "o2")})) == {}
    assert rules.unresolved(with_offices("法规科", "财务科", generic_offices=(WORD,)), Organization()) == {}


@pytest.mark.req("GAP-PDS-4")
def test_an_unresolved_office_holds_the_mobilization_and_is_named() -> None:
    walk = Walk(with_offices("法规科", WORD, generic_offices=(WORD,)))
    walk.enter()
    walk.paper("work_plan", "meeting_minutes")
    walk.organized(mobilized(walk.scheme))
    outcome = walk.ask("complete_stage", COUNTY)
    told = {u.code: u for u in outcome.unmet}
    first = walk.scheme.indicator_system.indicators[0].code
    assert told["duties_assigned"].missing == (f"{first}: {WORD}",)
    assert WORD in told["duties_assigned"].zh


@pytest.mark.req("PDS-M2c")
def test_an_office_that_answers_has_exactly_one_liaison_and_its_item_one_owner_where_asked() -> None:
    asks = with_offices(owner=True)
    bare, doubled = Office("o1", "gov", "法规科"), Office("o2", "gov", "财务科", {"liaison": ("吴", "钱")})
    found = Organization(
        offices={"o1": bare, "o2": doubled},
        answers={"G1": ("o1",), "G2": ("o2",), "G3": ("gone",)},
        owners={"G1": ("白",)},
    )
    assert rules.ill_staffed(asks, found) == [
        "法规科.liaison: 0/1", "财务科.liaison: 2/1", "gone: dissolved", "G2.owner: 0/1", "G3.owner: 0/1",
    ]  # fmt: skip
    led = Office("o3", "gov", "人事科", {"liaison": ("吴",), "owner": ("白",)})
    of_offices = Organization(offices={"o2": doubled, "o3": led}, answers={"G1": ("o2", "o3")})
    asked = with_offices(office_owner=True)
    assert rules.ill_staffed(asked, of_offices) == ["财务科.liaison: 2/1", "财务科.owner: 0/1"]
    assert rules.ill_staffed(with_offices(), replace(found, answers={"G1": ("o1",)})) == ["法规科.liaison: 0/1"]


# -------------------------------------------------------------------------------------------------- single edits


def test_a_body_is_formed_as_the_scheme_asks_and_no_other() -> None:
    assert codes(rules.body_faults(reference(), TASK_FORCE, [])) == []
    assert codes(rules.body_faults(reference(), replace(TASK_FORCE, kind="committee"), [])) == ["body_kind"]
    two = replace(TASK_FORCE, posts={**TASK_FORCE.posts, "liaison": ("吴", "钱")})
    assert codes(rules.body_faults(reference(), two, [])) == ["one_post"]
    assert codes(rules.body_faults(reference(), replace(TASK_FORCE, groups=("G1", "G99")), [])) == ["unknown_group"]
    nine = [replace(TASK_FORCE, id=f"x{n}", name=f"{n}", posts={}) for n in range(9)]
    assert codes(rules.body_faults(reference(), TASK_FORCE, nine)) == ["body_count"]
    assert codes(rules.body_faults(reference(), TASK_FORCE, nine[1:])) == []
    assert codes(rules.body_faults(scheme(organization={}), replace(TASK_FORCE, kind="committee"), [])) == []


@pytest.mark.req("YL-1c")
def test_nobody_heads_two_bodies_unless_the_scheme_lets_one_of_them_share_its_head() -> None:
    leading = Body("b2", "leading_group", "领导小组", (), {"head": ("郑",)})
    assert codes(rules.body_faults(reference(), TASK_FORCE, [leading])) == ["heads_one_body"]
    asked = {
        "mobilization": tuple(
            b.model_copy(update={"shared_head": b.kind == "leading_group"})
            for b in reference().organization["mobilization"]
        )
    }
    shared = scheme(organization=asked)
    assert codes(rules.body_faults(shared, TASK_FORCE, [leading])) == []
    assert codes(rules.body_faults(shared, leading, [TASK_FORCE])) == []
    assert codes(rules.body_faults(shared, TASK_FORCE, [replace(TASK_FORCE, id="b3", name="第2组")])) == [
        "heads_one_body"
    ]


@pytest.mark.req("PDS-M2c")
@pytest.mark.parametrize(("liaisons", "good"), [([], False), (["吴"], True), (["吴", "钱"], False)])
def test_an_office_is_registered_with_exactly_one_liaison(liaisons: list[str], good: bool) -> None:
    assert codes(rules.office_faults(liaisons, None)) == ([] if good else ["one_liaison"])
    assert "office_exists" in codes(rules.office_faults(liaisons, "o1"))


def test_only_what_exists_is_assigned_to_offices_that_exist() -> None:
    known, code = {"o1"}, reference().indicator_system.indicators[0].code
    for what in (code, "G1", "12"):
        assert rules.answer_faults(reference(), what, ["o1"], ["白"], known, {"12"}) == []
    assert codes(rules.answer_faults(reference(), "G99", ["o1"], [], known, ())) == ["unknown_item"]
    assert codes(rules.answer_faults(reference(), code, ["o1", "o2"], [], known, ())) == ["unknown_office"]
    assert codes(rules.answer_faults(reference(), code, ["o1"], ["白", "吴"], known, ())) == ["one_owner"]


@pytest.mark.req("INV-32")
def test_a_handover_names_two_people_and_a_day_that_has_not_passed() -> None:
    today = date(2024, 3, 4)
    assert rules.handover_faults("chen", "bai", today, today) == []
    assert codes(rules.handover_faults("chen", "chen", today, today)) == ["both_sides"]
    assert codes(rules.handover_faults("chen", "bai", date(2024, 3, 3), today)) == ["handover_day"]


@pytest.mark.req("INV-32")
@given(day=st.dates(date(2024, 1, 1), date(2024, 12, 31)))
def test_a_role_is_held_from_its_first_to_its_last_day(day: date) -> None:
    first, last = date(2024, 3, 1), date(2024, 9, 30)
    assert Tenure("clerk", first, last).on(day) == (first <= day <= last)
    assert Tenure("clerk", first).on(day) == (first <= day)
    assert Tenure("clerk", None, last).on(day) == (day <= last)
    assert Tenure("clerk").on(day)


COUNTY_A, COUNTY_B = Place("a", "cn/sn/yulin/a"), Place("b", "cn/sn/yulin/b")


@pytest.mark.req("INV-26")
@pytest.mark.parametrize(
    ("into", "wrong"),
    [
        (COUNTY_B, []),
        (Place("bureau", "cn/sn/yulin/a"), []),
        (Place("city", "cn/sn/yulin"), []),
        (Place("province", "cn/sn"), []),
        (Place("elsewhere", "cn/sn/yanan"), ["successor_near"]),
        (Place("far", "cn/qh"), ["successor_near"]),
        (COUNTY_A, ["successor_other"]),
        (Place("gone", "cn/sn/yulin", "city"), ["merged_already"]),
    ],
)
def test_an_organization_merges_into_one_of_its_own_territory(into: Place, wrong: list[str]) -> None:
    assert codes(rules.merger_faults([COUNTY_A], into)) == wrong


def test_what_has_merged_already_merges_into_nothing_else() -> None:
    assert codes(rules.merger_faults([replace(COUNTY_A, merged_into="city")], COUNTY_B)) == ["merged_already"]


# ------------------------------------------------------------------------------------------------- the validator


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"organization": {"nowhere": (Asked(kind="group", count=1),)}}, "/organization/nowhere"),
        ({"organization": {"creation": (Asked(kind="group", count=1),)}}, "/organization/creation"),
        (
            {"organization": {"mobilization": (Asked(kind="group", count=1, head=0, lead_unit=0, liaison=0),)}},
            "/organization/mobilization/0",
        ),
        ({"organization": {"mobilization": (Asked(kind="group", count=1),) * 2}}, "/organization/mobilization"),
        (
            {"organization": {"mobilization": (Asked(kind="group", count=8, one_per_group=True),)}},
            "/organization/mobilization/0",
        ),
    ],
)
def test_the_validator_refuses_bodies_that_no_stage_looks_at(changed: dict[str, Any], at: str) -> None:
    assert [p.path for p in organization_problems(scheme(**changed))] == [at]


def test_the_validator_refuses_a_generic_word_that_no_indicator_uses_or_nothing_looks_at() -> None:
    assert [p.path for p in organization_problems(with_offices("法规科", generic_offices=(WORD,)))] == [
        "/responsibilities/generic_offices/0"
    ]
    good = with_offices("法规科", WORD, generic_offices=(WORD,), owner=True)
    assert list(organization_problems(good)) == []
    area = reference().track("area")
    later = area.model_copy(update={"stages": area.stages[1:]})
    without = good.model_copy(update={"tracks": (later,), "organization": {}})
    assert [p.path for p in organization_problems(without)] == ["/responsibilities"]
