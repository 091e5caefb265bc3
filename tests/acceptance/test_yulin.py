"""Yulin from the day of its plan to the naming by the centre, over HTTP under the movable clock.

Each test has an installation of its own, with nothing but the shipped programme. Dates that the plan prints are
those of the plan; the others are ours.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from tests.support.yulin import (
    AREA,
    CODES,
    DEPARTMENT,
    FOR_THE_NATION,
    FOR_THE_PROVINCE,
    GROUPS,
    NATIONAL,
    PROJECT,
    SCHEME,
    Board,
    Unit,
    board,
    force,
    group_of,
    in_creation,
    refused,
)

TOPICS = {
    "approval_reform": "行政审批制度改革",
    "government_services": "优化政务服务",
    "rule_documents": "规范性文件管理",
    "major_decisions": "重大行政决策",
    "enforcement_and_justice": "规范执法司法",
    "grassroots_governance": "基层社会治理",
    "business_environment": "优化营商环境",
}


async def audited(at: Board, unit: Unit, event: str) -> list[str]:
    """What became of each try at an event on a case: the refusals are on record."""
    entries = (await at.office.get(f"/cases/{unit.case}/timeline", limit=200)).json()["items"]
    return [e["result"] for e in entries if e["event"] == event]


# ----------------------------------------------------------------------------------------- organization, mobilization


@pytest.mark.req("YL-1a")
@pytest.mark.req("YL-1b")
@pytest.mark.req("YL-1c")
@pytest.mark.req("YL-1d")
@pytest.mark.req("YL-1e")
@pytest.mark.req("YL-1f")
@pytest.mark.req("YL-1g")
async def test_nine_task_forces_by_the_end_of_february_plan_and_meeting_by_the_end_of_march(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with board(temporal_server, tmp_path) as at:
        city = await at.city()
        county = await at.joined(AREA, await at.government("佳县"))
        bureau = await at.joined(DEPARTMENT, await at.department("justice", "市司法局"))
        for unit in (city, county, bureau):
            assert await at.dues(unit) == {"stage_due": ("2024-02-29", False)}

        two = await at.desk.post("/bodies", force(at.batch, "专班", GROUPS[0], head=["Zhang", "Wang"]))
        assert "YL-1c" in refused(two, "one_post")["rules"]
        for post in ("lead_unit", "liaison"):
            refused(await at.desk.post("/bodies", force(at.batch, "专班", GROUPS[0], **{post: ["a", "b"]})), "one_post")
        heads = [f"{name}主要负责人" for name in CODES]
        await at.desk.did("/bodies", group_of(city, member=heads))
        await county.clerk.did("/bodies", group_of(county))
        await at.form_task_forces()
        tenth = await at.desk.post("/bodies", force(at.batch, "第十专班", GROUPS[0]))
        refused(tenth, "body_count")
        bodies = (await at.desk.get("/bodies", of=city.case)).json()
        (ours,) = [b for b in (await _bodies(at, city)) if b["kind"] == "leading_group"]
        assert sorted(ours["member"]) == sorted(heads)
        assert bodies["lacking"] == {}

        forces = {tuple(b["groups"]): b["id"] for b in bodies["items"] if b["kind"] == "task_force"}
        assert sorted(forces) == [(group,) for group in GROUPS]
        first = f"/bodies/{forces[GROUPS[0],]}/change"
        await at.desk.did(first, {"text": "moved", "groups": [GROUPS[1]]})
        said = refused(await at.desk.act("cases", city.case, "complete_stage"), "organization_formed")
        assert {"YL-1b", "YL-1c"} <= set(said["rules"])
        assert said["errors"][0]["missing"] == [f"{GROUPS[0]}: 0/1", f"{GROUPS[1]}: 2/1"]
        await at.desk.did(first, {"text": "back", "groups": [GROUPS[0]]})
        await at.desk.must("cases", city.case, "complete_stage")
        await at.desk.must("cases", county.case, "complete_stage")
        assert "refused" in await audited(at, city, "complete_stage")

        assert await at.dues(county) == dict.fromkeys(
            ("stage_due", "artefact_due:creation_plan", "artefact_due:meeting_minutes"), ("2024-03-31", False)
        )
        await at.until("2024-02-29", "23:59")
        assert await at.dues(bureau) == {"stage_due": ("2024-02-29", False)}
        await at.until("2024-03-01", "00:00")
        assert await at.dues(bureau) == {"stage_due": ("2024-02-29", True)}
        refused(await bureau.clerk.act("cases", bureau.case, "complete_stage"), "organization_formed")
        await at.organize(bureau)

        await at.hand_in(county, "creation_plan")
        said = refused(await county.clerk.act("cases", county.case, "complete_stage"), "artefacts_present")
        assert said["errors"][0]["missing"] == ["meeting_minutes"]
        await at.mobilize(city)
        await at.until("2024-04-01", "00:00")  # 31 March was a Sunday, and nothing moves it
        assert (await at.dues(county))["artefact_due:meeting_minutes"] == ("2024-03-31", True)
        assert (await at.dues(bureau))["stage_due"] == ("2024-03-31", True)
        await at.hand_in(county, "meeting_minutes")
        await county.clerk.must("cases", county.case, "complete_stage")
        assert [await at.stands(unit) for unit in (city, county, bureau)] == ["creation", "creation", "mobilization"]


async def _bodies(at: Board, unit: Unit) -> list[dict[str, Any]]:
    return list((await unit.clerk.get("/bodies", of=unit.case)).json()["items"])


@pytest.mark.req("YL-B1")
@pytest.mark.req("YL-B3")
@pytest.mark.req("YL-B4")
@pytest.mark.req("GAP-YL-5")
async def test_nine_counties_for_the_province_three_and_the_city_for_the_nation_and_nobody_else(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with board(temporal_server, tmp_path) as at:
        for names, mine, other in ((FOR_THE_PROVINCE, AREA, NATIONAL), (FOR_THE_NATION, NATIONAL, AREA)):
            for name in names:
                unit = await at.joined(mine, await at.government(name))
                assert await at.stands(unit) == "organization"
            wrong = await at.drafted(other, await at.government(names[0]))
            said = refused(await wrong.clerk.act("cases", wrong.case, "enroll"), "applicant_allowed")
            assert {"YL-B1", "YL-B4"} <= set(said["rules"])
            assert await audited(at, wrong, "enroll") == ["refused"]
        assert await at.stands(await at.city()) == "organization"
        wrong = await at.drafted(AREA, Unit("榆林市", at.desk))
        refused(await at.desk.act("cases", wrong.case, "enroll"), "applicant_allowed")
        assert len(FOR_THE_PROVINCE) + len(FOR_THE_NATION) == len(CODES) == 12


@pytest.mark.parametrize(("topic", "zh"), TOPICS.items())
@pytest.mark.req("YL-2b-1")
@pytest.mark.req("YL-2b-2")
@pytest.mark.req("YL-2b-3")
@pytest.mark.req("YL-2b-4")
@pytest.mark.req("YL-2b-5")
@pytest.mark.req("YL-2b-6")
@pytest.mark.req("YL-2b-7")
def test_the_plan_names_seven_topics(topic: str, zh: str) -> None:
    topics = SCHEME.track(PROJECT).topics
    assert topics is not None
    assert {one.id: one.zh for one in topics.items}[topic] == zh
    assert len(topics.items) == 7
    assert topics.open


@pytest.mark.req("YL-2b")
@pytest.mark.req("YL-2b-7")
@pytest.mark.req("GAP-ALL-4")
async def test_a_project_takes_one_of_the_seven_topics_or_another_one_with_a_description(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with board(temporal_server, tmp_path) as at:
        county = await at.government("府谷县")
        for topic, zh in TOPICS.items():
            unit = await at.joined(PROJECT, county, zh, topic=topic)
            assert await at.stands(unit) == "organization"
        bureau = await at.department("audit", "市审计局")
        own = await at.drafted(PROJECT, bureau, project="审计整改闭环")
        refused(await own.clerk.act("cases", own.case, "enroll"), "enrolment.topic")
        said = refused(await own.clerk.act("cases", own.case, "enroll", topic="audit"), "enrolment.description")
        assert "YL-2b-7" in said["rules"]
        await own.clerk.must("cases", own.case, "enroll", topic="audit", description="以审计整改促依法行政")
        assert await at.stands(own) == "organization"


# ------------------------------------------------------------------------------------------------ for the province


@pytest.mark.req("YL-2a")
@pytest.mark.req("YL-2c")
@pytest.mark.req("YL-2d")
@pytest.mark.req("YL-2e")
@pytest.mark.req("YL-2f")
@pytest.mark.req("YL-2g")
@pytest.mark.req("YL-W3a")
@pytest.mark.req("GAP-YL-1")
@pytest.mark.req("GAP-YL-3")
async def test_the_self_check_of_2024_day_by_day(temporal_server: EmbeddedTemporal, tmp_path: Path) -> None:
    async with board(temporal_server, tmp_path) as at:
        await at.form_task_forces()
        late, diligent = await in_creation(at, "佳县", "横山区")
        yuyang = await at.joined(NATIONAL, await at.government("榆阳区"))
        bureau = await at.joined(DEPARTMENT, await at.department("justice", "市司法局"))
        await at.begun(yuyang, bureau)
        dues = await at.dues(late)
        assert dues["stage_due"] == ("2024-05-20", False)
        assert dues["progress_report_due:progress_report:2024-03-23"] == ("2024-03-25", False)  # from a Saturday
        await at.hand_in(late, "progress_report")
        assert (await at.dues(yuyang))["artefact_due:experience_material"] == ("2024-06-15", False)
        assert (await at.dues(bureau))["artefact_due:experience_material"] == ("2024-06-15", False)

        await at.until("2024-05-18")
        for unit in (late, diligent):
            await unit.clerk.must("cases", unit.case, "complete_stage")
        assert await at.dues(diligent) == {
            "stage_due": ("2024-06-20", False),
            "artefact_due:score_table": ("2024-05-20", False),
            "artefact_due:rectification_plan": ("2024-05-20", False),
            "artefact_due:rectification_report": ("2024-06-12", False),
            "artefact_due:experience_material": ("2024-06-15", False),
        }
        await at.rate(diligent)
        found = {"source": "自查", "finding": "执法记录不全", "basis": "CITY-T4-01"}
        await diligent.clerk.must("cases", diligent.case, "record_problems", **found)
        await at.hand_in(diligent, "score_table", "rectification_plan")
        await at.until("2024-05-21")
        await at.rate(late)
        await at.hand_in(late, "score_table", "rectification_plan")
        handed = (await at.seen(late))["stage"]["artefacts"]
        assert {key: one["late"] for key, one in handed.items()} == {"score_table": True, "rectification_plan": True}
        assert (await at.dues(late))["artefact_due:score_table"] == ("2024-05-20", True)
        timely = (await at.seen(diligent))["stage"]["artefacts"]
        assert {one["late"] for one in timely.values()} == {False}

        await at.hand_in(diligent, "rectification_report", "experience_material")
        said = refused(await diligent.clerk.act("cases", diligent.case, "complete_stage"), "problems_planned")
        assert "YL-2g" in said["rules"]
        (item,) = await at.items(diligent)
        for form in ({"person": "Li"}, {"unit": "司法局"}):
            bare: dict[str, Any] = {"measure": "补录", "due": "2024-06-10", **form}
            refused(await at.desk.act("rectification-items", item, "assign_item", **bare))
        await at.assign(item, "司法局", "2024-06-10")
        refused(await diligent.clerk.act("cases", diligent.case, "complete_stage"), "no_open_item_holding")
        await at.put_right(diligent, item)
        await diligent.clerk.must("cases", diligent.case, "complete_stage")
        assert await at.stands(diligent) == "city_evaluation"

        await at.until("2024-06-12", "23:59")
        assert not (await at.dues(late))["artefact_due:rectification_report"][1]
        await at.until("2024-06-13", "00:00")
        assert (await at.dues(late))["artefact_due:rectification_report"] == ("2024-06-12", True)
        await at.until("2024-06-15", "23:59")  # a Saturday, and it stays
        await at.hand_in(bureau, "experience_material")
        await at.until("2024-06-16", "00:00")
        assert (await at.dues(late))["artefact_due:experience_material"] == ("2024-06-15", True)
        assert (await at.dues(yuyang))["artefact_due:experience_material"] == ("2024-06-15", True)
        assert (await at.seen(bureau))["stage"]["artefacts"]["experience_material"]["late"] is False
        await at.until("2024-06-21", "00:00")
        assert (await at.dues(late))["stage_due"] == ("2024-06-20", True)
