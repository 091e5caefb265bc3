"""Yulin in 2024: the city evaluation, the best five counties and three projects, and their naming by the province."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from tests.support.programme import DECLARED
from tests.support.yulin import (
    AREA,
    DEPARTMENT,
    INSPECTED,
    NATIONAL,
    PROJECT,
    SCHEME,
    STEPS_OF_THE_PROVINCE,
    WRITTEN,
    Board,
    Unit,
    board,
    evaluated,
    in_creation,
    refused,
)


async def checked(at: Board, *units: Unit) -> None:
    """From creation to the city evaluation, with everything that the stages ask for."""
    for unit in units:
        await unit.clerk.must("cases", unit.case, "complete_stage")
        if await at.stands(unit) == "self_check":
            await at.rate(unit)
            await at.hand_in(unit, "score_table", "rectification_plan", "rectification_report", "experience_material")
            await unit.clerk.must("cases", unit.case, "complete_stage")


@pytest.mark.req("YL-B1")
@pytest.mark.req("YL-B2")
@pytest.mark.req("YL-2h")
@pytest.mark.req("YL-2i")
@pytest.mark.req("YL-2j")
@pytest.mark.req("YL-2k")
@pytest.mark.req("YL-2l")
@pytest.mark.req("YL-2m")
@pytest.mark.req("YL-2n")
@pytest.mark.req("YL-2o")
@pytest.mark.req("YL-2p")
@pytest.mark.req("YL-2q")
@pytest.mark.req("GAP-YL-2")
@pytest.mark.req("GAP-YL-4")
@pytest.mark.req("INV-11")
async def test_the_best_five_counties_and_three_projects_are_recommended_and_named_by_the_province(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with board(temporal_server, tmp_path) as at:
        await at.form_task_forces()
        units = await in_creation(at, "子洲县", "佳县", "横山区", "府谷县", "定边县", "靖边县")
        zizhou, *_, sixth = units
        hosts = [await at.government(name) for name in ("府谷县", "榆阳区")]
        topics = ["rule_documents", "major_decisions", "approval_reform"]
        bureau = await at.department("justice", "市司法局")
        projects = [
            await at.joined(PROJECT, host, f"项目{topic}", topic=topic)
            for host, topic in zip([*hosts, bureau], topics, strict=True)
        ]
        office = await at.joined(DEPARTMENT, bureau)
        yuyang = await at.joined(NATIONAL, hosts[1])
        await at.begun(*projects, office, yuyang)
        await at.until("2024-05-18")
        await at.hand_in(office, "experience_material")
        await checked(at, *units, *projects, office)

        await at.until("2024-06-25")
        every = (*units, *projects, office)
        assert {await at.stands(unit) for unit in every} == {"city_evaluation"}
        for unit in every:
            dues = await at.dues(unit)
            assert dues["stage_due"] == ("2024-07-20", False)
            assert dues["artefact_due:rectification_report"] == ("2024-07-15", False)
        assert (await at.dues(yuyang))["artefact_due:rectification_report"] == ("2024-07-15", False)
        await _feed_back(at, zizhou, yuyang)
        await evaluated(at, *units[1:], *projects, office)
        await _circulate(at, zizhou)
        assert await at.stands(office) == "self_evaluation"

        names = await _cleared_to_zero(at, zizhou, [unit.case for unit in units])
        await at.until("2024-07-15", "23:59")
        await evaluated(at, zizhou)
        await at.until("2024-07-16", "00:00")
        assert (await at.dues(yuyang))["artefact_due:rectification_report"] == ("2024-07-15", True)

        await _recommend(at, names, units)
        await _and_projects(at, projects)
        await _accepted(at, [*units[:-1], *projects], zizhou)
        refused(await sixth.clerk.act("cases", sixth.case, "complete_stage", **DECLARED), "stage_guards_hold")
        await at.desk.must("cases", sixth.case, "decline", text="本批次未予推荐")
        assert await at.stands(sixth) == "declined"
        titles = await at.listed("designations", batch=at.batch)
        assert sorted(t["track"] for t in titles) == [AREA] * 5 + [PROJECT] * 3
        assert {t["data"]["named_on"] for t in titles} == {"2024-12-10"}


async def _feed_back(at: Board, zizhou: Unit, yuyang: Unit) -> None:
    """Findings are given in writing, handed over with a date, and hold whoever they are about."""
    for part in WRITTEN:
        bare = {k: v for k, v in WRITTEN.items() if k != part}
        said = refused(await at.committee.act("cases", zizhou.case, "raise_findings", **bare), f"finding.{part}")
        assert "YL-2i" in said["rules"]
    for unit in (zizhou, yuyang):  # also a county that is on its way to the nation
        await at.committee.must("cases", unit.case, "raise_findings", **WRITTEN)
        assert (await at.seen(unit))["stage"]["state"] == "held"
        (item,) = await at.items(unit)
        undated = {"measure": "补审", "unit": "县政府办", "person": "Li"}
        refused(await at.committee.act("rectification-items", item, "assign_item", **undated), "four_clears.due")
        await at.assign(item, "县政府办", "2024-07-14")


async def _cleared_to_zero(at: Board, zizhou: Unit, cases: list[str]) -> str:
    """An open finding keeps the county in its stage and off the list, until it is closed out on 14 July."""
    await at.hand_in(zizhou, "evaluation_report", by=at.committee)
    names = await at.desk.made("candidate-lists", at.batch, purpose="recommendation", track=AREA)
    early = await at.desk.act("candidate-lists", names, "rank_list", cases=cases, selected=cases)
    said = refused(early, "list_inputs_complete")
    assert "YL-2k" in said["rules"]
    assert said["errors"][0]["missing"] == [f"{zizhou.case}: inspection"]
    tried = await at.committee.act("cases", zizhou.case, "complete_stage", **INSPECTED)
    assert tried.status_code == 409, "a finding holds the stage"

    await at.until("2024-07-14")
    (item,) = await at.items(zizhou)
    await at.put_right(zizhou, item)
    assert await at.items(zizhou) == []
    (closed,) = await at.ledger(zizhou, "close_out")
    assert (closed["id"], closed["closed_on"]) == (item, "2024-07-14")
    return names


async def _circulate(at: Board, zizhou: Unit) -> None:
    """The report of the committee goes round the whole city, released by another person than its author."""
    form: dict[str, Any] = {
        "kind": "evaluation_circular",
        "period": {"from": "2024-06-20", "to": "2024-06-25"},
        "facts": [{"text": "子洲县有一项问题待整改"}],
        "basis_for_each_name": {"子洲县": zizhou.case},
    }
    circular = await at.desk.made("bulletins", at.batch, **form)
    assert (await at.desk.get(f"/bulletins/{circular}")).json()["data"]["audience"] == "全市"
    await at.office.must("bulletins", circular, "approve_bulletin")
    assert (await at.desk.must("bulletins", circular, "issue_bulletin"))["state"] == "issued"


async def _recommend(at: Board, names: str, units: list[Unit]) -> None:
    """Five of them; a sixth only with a reason that the leading group approves."""
    cases = [unit.case for unit in units]
    await at.desk.must("candidate-lists", names, "rank_list", cases=cases, selected=cases)
    said = refused(await at.office.act("candidate-lists", names, "approve_list"), "quota_respected")
    assert {"YL-2n", "GAP-YL-4"} <= set(said["rules"])
    await at.office.must("candidate-lists", names, "return_list", text="超出名额")
    chosen = {"selected": cases[:-1], "cases": cases}
    refused(await at.desk.act("candidate-lists", names, "rank_list", **chosen), "order_follows_rule")
    await at.desk.must("candidate-lists", names, "rank_list", **chosen, left_out={cases[-1]: "评估名次靠后"})
    await at.office.must("candidate-lists", names, "approve_list")
    sent = {"issuer": "领导小组办公室", "number": "5", "date": "2024-07-16", "to": "省委依法治省办"}
    await at.desk.must("candidate-lists", names, "record_dispatch", **sent)
    shown = (await at.desk.get(f"/candidate-lists/{names}")).json()
    assert (shown["state"], shown["data"]["entries"]) == ("closed", cases[:-1])


async def _and_projects(at: Board, projects: list[Unit]) -> None:
    quota = SCHEME.track(PROJECT).quota
    assert quota is not None
    assert (quota.target, quota.mode) == (3, "max")
    await at.recommend(PROJECT, projects)


async def _accepted(at: Board, units: list[Unit], one: Unit) -> None:
    """A date is set for what had none; the material is uploaded; the province looks at it in four ways and names."""
    assert (await at.dues(one))["stage_due"] == (None, False)
    await at.until("2024-08-01")
    assert not any(late for key, (_, late) in (await at.dues(one)).items() if key == "stage_due")
    await at.desk.must("cases", one.case, "set_due", duty="stage_due", due_day="2024-08-31")
    assert (await at.dues(one))["stage_due"] == ("2024-08-31", False)
    for unit in units:
        await at.hand_in(unit, "application_material")
        if unit is one:
            said = refused(await unit.clerk.act("cases", unit.case, "complete_stage", **DECLARED), "artefacts_present")
            assert said["errors"][0]["missing"] == ["upload_receipt"]
        await at.hand_in(unit, "upload_receipt")
        await unit.clerk.must("cases", unit.case, "complete_stage", **DECLARED)
    assert (await at.dues(one))["stage_due"] == (None, False)
    await at.until("2024-12-20")
    for unit in units:
        if unit is one:
            refused(await at.desk.act("cases", unit.case, "complete_stage"), "artefacts_present")
        await at.record_result(unit, STEPS_OF_THE_PROVINCE, source="省委依法治省办", day="2024-12-10")
        await at.desk.must("cases", unit.case, "complete_stage")
    await at.place.settled()
    assert {await at.stands(unit) for unit in units} == {"named"}
