"""Yulin in 2025: from full creation to the naming of the city and its best county by the centre."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from tests.support.house import SHANGHAI
from tests.support.programme import DECLARED
from tests.support.yulin import (
    DEPARTMENT,
    FOR_THE_NATION,
    INSPECTED,
    MEASURES_OF_THE_CENTRE,
    NATIONAL,
    WRITTEN,
    Board,
    Unit,
    board,
    evaluated,
    paper,
    refused,
)


async def for_the_nation(at: Board, *names: str) -> tuple[Unit, list[Unit], Unit]:
    """The city, these counties and one department, in full creation."""
    await at.form_task_forces()
    city = await at.city()
    counties = [await at.joined(NATIONAL, await at.government(name)) for name in names]
    bureau = await at.joined(DEPARTMENT, await at.department("justice", "市司法局"))
    await at.begun(city, *counties, bureau)
    return city, counties, bureau


async def created(at: Board, city: Unit, counties: list[Unit], bureau: Unit) -> None:
    """Through the year of 2024 to the end of full creation."""
    await at.until("2024-06-15")
    for unit in (*counties, bureau):
        await at.hand_in(unit, "experience_material")
    await bureau.clerk.must("cases", bureau.case, "complete_stage")
    await at.until("2024-07-15")
    await evaluated(at, bureau)
    for unit in counties:
        await at.hand_in(unit, "evaluation_report", by=at.committee)
        await at.hand_in(unit, "rectification_report")
    await at.until("2024-10-31")
    refused(
        await at.desk.act("cases", city.case, "submit_artefact", **paper("experience_material", city)),
        "artefact_expected",
    )
    said = refused(await at.desk.act("cases", city.case, "complete_stage"), "artefacts_present")
    assert said["errors"][0]["missing"] == ["duty_list"]
    await at.hand_in(city, "duty_list")
    for unit in (city, *counties):
        assert (await at.dues(unit))["stage_due"] == ("2024-10-31", False)
        await unit.clerk.must("cases", unit.case, "complete_stage")


PROBLEM = {"source": "自查自评", "finding": "执法记录不全", "basis": "CITY-T4-01"}
FOUR = {"measure": "补录", "unit": "司法局", "person": "Li", "due": "2025-01-31"}


async def self_evaluated(at: Board, *units: Unit) -> None:
    """Every table is in by 15 November, and every problem found has its four elements."""
    for unit in units:
        await at.rate(unit)
        await unit.clerk.must("cases", unit.case, "record_problems", **PROBLEM)
        (item,) = await at.items(unit)
        for part in FOUR:
            bare = {k: v for k, v in FOUR.items() if k != part}
            said = refused(await at.desk.act("rectification-items", item, "assign_item", **bare), f"four_clears.{part}")
            assert "YL-3h" in said["rules"]
        refused(await unit.clerk.act("cases", unit.case, "complete_stage"), "artefacts_present")
        await at.hand_in(unit, "score_table")
        refused(await unit.clerk.act("cases", unit.case, "complete_stage"), "problems_planned")
        await at.desk.must("rectification-items", item, "assign_item", **FOUR)
        await unit.clerk.must("cases", unit.case, "complete_stage")
        assert await at.stands(unit) == "rectification"


@pytest.mark.req("YL-2f")
@pytest.mark.req("YL-3a")
@pytest.mark.req("YL-3b")
@pytest.mark.req("YL-3c")
@pytest.mark.req("YL-3d")
@pytest.mark.req("YL-3e")
@pytest.mark.req("YL-3f")
@pytest.mark.req("YL-3g")
@pytest.mark.req("YL-3h")
@pytest.mark.req("YL-3i")
@pytest.mark.req("YL-3j")
@pytest.mark.req("YL-W3b")
@pytest.mark.req("GAP-YL-1")
@pytest.mark.req("GAP-YL-6")
async def test_rectification_with_a_dispatch_every_two_weeks_and_a_bulletin_every_month(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with board(temporal_server, tmp_path) as at:
        city, counties, bureau = await for_the_nation(at, "榆阳区")
        await created(at, city, counties, bureau)
        for unit in (city, *counties, bureau):
            assert await at.dues(unit) == {
                "stage_due": ("2024-11-20", False),
                "artefact_due:score_table": ("2024-11-15", False),
            }
        await at.until("2024-11-15")
        share = await at.place.person("share", ("responsible_department", f"case:{city.case}"))
        rated = await share.put(f"/cases/{city.case}/scores", {"scores": {"CITY-T4-01": "0", "CITY-T4-02": "1"}})
        assert rated.status_code == 200, rated.text  # a department contributes to the table of the city
        await self_evaluated(at, city, *counties)
        await at.until("2024-11-16", "00:00")
        assert (await at.dues(bureau))["artefact_due:score_table"] == ("2024-11-15", True)

        for unit in (city, *counties):
            assert (await at.dues(unit))["stage_due"] == ("2025-02-10", False)
        rounds = ["2024-11-29", "2024-12-13", "2024-12-27", "2025-01-10", "2025-01-24", "2025-02-07"]
        assert await drafted_on(at, "dispatch") == []
        await at.until("2024-11-29")
        assert await drafted_on(at, "dispatch") == rounds[:1]
        await at.until("2025-01-27")
        for unit in (city, *counties):
            (item,) = await at.items(unit)
            refused(await unit.clerk.act("cases", unit.case, "complete_stage"), "zero_open_if_required")
            await at.put_right(unit, item)
        for view in ("problem", "responsibility", "task", "close_out"):
            (row,) = await at.ledger(city, view)
            assert row["empty"] == []
        await at.until("2025-02-10")
        assert await drafted_on(at, "dispatch") == rounds
        assert await drafted_on(at, "monthly_bulletin") == ["2024-11-29", "2024-12-31", "2025-01-27"]
        assert await drafted_on(at, "progress_circular") == [  # the last working day of each month of full creation
            "2024-02-29", "2024-03-29", "2024-04-30", "2024-05-31", "2024-06-28", "2024-07-31", "2024-08-30", "2024-09-30",
            "2024-10-31",
        ]  # fmt: skip

        dispatch = next(b for b in await at.listed("bulletins", parent=at.batch) if b["data"]["kind"] == "dispatch")
        await at.both("bulletins", dispatch["id"], "approve_bulletin")  # the service wrote it, two people release it
        assert (await at.desk.must("bulletins", dispatch["id"], "issue_bulletin"))["state"] == "issued"
        for unit in (city, *counties):
            await unit.clerk.must("cases", unit.case, "complete_stage")
            assert await at.stands(unit) == "supervision"
            assert (await at.dues(unit))["stage_due"] == ("2025-06-30", False)


async def drafted_on(at: Board, kind: str) -> list[str]:
    """The days on which bulletins of that kind were drafted."""
    found = [b for b in await at.listed("bulletins", parent=at.batch, limit=200) if b["data"]["kind"] == kind]
    return sorted(datetime.fromisoformat(b["openedAt"]).astimezone(SHANGHAI).date().isoformat() for b in found)


async def under_supervision(at: Board, city: Unit, counties: list[Unit], bureau: Unit) -> None:
    """Nothing was found in the self-check, so that rectification is passed over."""
    await created(at, city, counties, bureau)
    await at.until("2024-11-15")
    for unit in (city, *counties):
        await at.rate(unit)
        await at.hand_in(unit, "score_table")
        await unit.clerk.must("cases", unit.case, "complete_stage")
        assert await at.stands(unit) == "supervision"


@pytest.mark.req("YL-B3")
@pytest.mark.req("YL-B4")
@pytest.mark.req("YL-3k")
@pytest.mark.req("YL-3l")
@pytest.mark.req("YL-3m")
@pytest.mark.req("YL-3n")
@pytest.mark.req("YL-3o")
@pytest.mark.req("YL-3p")
@pytest.mark.req("YL-3q")
@pytest.mark.req("YL-3r")
@pytest.mark.req("YL-W3c")
@pytest.mark.req("YL-W3d")
@pytest.mark.req("YL-W3e")
@pytest.mark.req("GAP-YL-2")
@pytest.mark.req("GAP-YL-7")
@pytest.mark.req("GAP-YL-8")
async def test_supervision_the_best_county_and_the_city_are_named_by_the_centre(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with board(temporal_server, tmp_path) as at:
        city, counties, bureau = await for_the_nation(at, *FOR_THE_NATION)
        yuyang, shenmu, mizhi = counties
        await under_supervision(at, city, counties, bureau)
        await at.until("2024-11-18")
        await _consequences(at, bureau)
        await at.hand_in(bureau, "score_table")
        await bureau.clerk.must("cases", bureau.case, "complete_stage")

        await at.until("2025-06-20")
        await _supervised(at, shenmu)
        everybody = (city, *counties, bureau)
        for unit in everybody:
            assert (await at.dues(unit))["stage_due"] == ("2025-06-30", False)
            await at.hand_in(unit, "supervision_record", by=at.team)
            await at.team.must("cases", unit.case, "complete_stage", **{**INSPECTED, "date": "2025-06-20"})
        assert await at.stands(bureau) == "closed"
        assert {await at.stands(unit) for unit in (city, *counties)} == {"national_application"}

        assert (await at.dues(yuyang))["stage_due"] == (None, False)
        await _best_county(at, city, counties)
        await at.desk.must("cases", yuyang.case, "set_due", duty="stage_due", due_day="2025-08-31")
        assert (await at.dues(yuyang))["stage_due"] == ("2025-08-31", False)
        for unit in (shenmu, mizhi):
            await at.hand_in(unit, "bound_material")
            said = refused(await unit.clerk.act("cases", unit.case, "complete_stage", **DECLARED), "stage_guards_hold")
            assert "YL-3p" in said["rules"]
        await _filed(at, yuyang)
        await at.hand_in(city, "bound_material")
        await at.desk.must("cases", city.case, "complete_stage", **DECLARED)

        await at.until("2026-01-05")  # the batch of the centre slips
        for unit in (city, yuyang):
            dues = await at.dues(unit)
            assert dues["stage_due"] == (None, False)
            assert not [key for key, (_, late) in dues.items() if late and not key.startswith("progress")]
            assert await at.stands(unit) == "central_acceptance"
        for unit in (city, yuyang):
            await at.record_result(unit, MEASURES_OF_THE_CENTRE[:-1], source="中央依法治国办", day="2026-01-04")
            said = refused(await at.desk.act("cases", unit.case, "complete_stage"), "artefacts_present")
            assert said["errors"][0]["missing"] == [MEASURES_OF_THE_CENTRE[-1]]
            await at.hand_in(unit, MEASURES_OF_THE_CENTRE[-1], by=at.desk)
            await at.desk.must("cases", unit.case, "complete_stage")
        await at.place.settled()
        titles = await at.listed("designations", batch=at.batch)
        assert sorted((t["subject"], t["data"]["named_on"]) for t in titles) == [
            ("yulin", "2026-01-04"),
            ("yuyang", "2026-01-04"),
        ]


async def _consequences(at: Board, bureau: Unit) -> None:
    """Whoever is slow is criticised before the whole city, loses points, and in a grave case is held to account."""
    for kind, effect, rule in (
        ("criticism_circular", "criticism", "YL-W3c"),
        ("deduction_notice", "deduction", "YL-W3d"),
        ("accountability_notice", "accountability", "YL-W3e"),
    ):
        form: dict[str, Any] = {
            "kind": kind,
            "facts": [{"text": "市司法局推进缓慢"}],
            "basis_for_each_name": {"市司法局": bureau.case},
        }
        it = await at.desk.made("bulletins", at.batch, **form)
        shown = (await at.desk.get(f"/bulletins/{it}")).json()
        assert (shown["data"]["audience"] == "全市") == (effect == "criticism")
        await at.office.must("bulletins", it, "approve_bulletin")
        assert (await bureau.clerk.get("/consequences", effect=effect)).json()["items"] == []
        await at.desk.must("bulletins", it, "issue_bulletin")
        (entry,) = (await at.office.get("/consequences", effect=effect)).json()["items"]
        assert (entry["organization"], entry["amount"], entry["inForce"]) == ("justice", None, True)
        assert entry["rules"] == [rule]


async def _supervised(at: Board, unit: Unit) -> None:
    """A finding is handed over in writing, with duty and time limit, and holds the county until it is put right."""
    told = {**WRITTEN, "source": "督导小组"}
    unwritten = {k: v for k, v in told.items() if k != "finding"}
    said = refused(await at.team.act("cases", unit.case, "raise_findings", **unwritten), "finding.finding")
    assert "YL-3m" in said["rules"]
    await at.team.must("cases", unit.case, "raise_findings", **told)
    (item,) = await at.items(unit)
    undated = {"measure": "m", "unit": "县政府办", "person": "Li"}
    refused(await at.team.act("rectification-items", item, "assign_item", **undated), "four_clears.due")
    held = await at.team.act("cases", unit.case, "complete_stage", **INSPECTED)
    assert held.status_code == 409
    await at.assign(item, "县政府办", "2025-06-25")
    await at.put_right(unit, item)
    assert (await at.seen(unit))["stage"]["state"] == "open"


async def _best_county(at: Board, city: Unit, counties: list[Unit]) -> None:
    """The office reviews the three counties and recommends one, beside the city; a second one is too many."""
    names = await at.desk.made("candidate-lists", at.batch, purpose="recommendation", track=NATIONAL)
    cases = [unit.case for unit in (city, *counties)]
    why = dict.fromkeys(cases[3:], "初审名次靠后")
    await at.desk.must("candidate-lists", names, "rank_list", cases=cases, selected=cases[:3], left_out=why)
    refused(await at.office.act("candidate-lists", names, "approve_list"), "quota_respected")
    await at.office.must("candidate-lists", names, "return_list", text="只推荐一个县")
    why = dict.fromkeys(cases[2:], "初审名次靠后")
    await at.desk.must("candidate-lists", names, "rank_list", cases=cases, selected=cases[:2], left_out=why)
    await at.office.must("candidate-lists", names, "approve_list")


async def _filed(at: Board, unit: Unit) -> None:
    """Nothing is filed that is not declared true, lawful and complete, or rests on a false paper."""
    false = await at.further_evidence(unit)
    await unit.clerk.must("cases", unit.case, "submit_artefact", **{**paper("bound_material", unit), "files": [false]})
    for part in ("true", "lawful", "complete"):
        said = refused(
            await unit.clerk.act("cases", unit.case, "complete_stage", **{**DECLARED, part: False}),
            f"declaration.{part}",
        )
        assert "YL-3q" in said["rules"]
    struck = {"text": "伪造的会议纪要", "decision": "核实报告第3号"}
    for who in (at.team, at.office):
        answer = await who.post(f"/evidence/{false}/strike", struck)
        assert answer.status_code in (200, 202), answer.text
    refused(
        await unit.clerk.act("cases", unit.case, "complete_stage", **DECLARED),
        "artefacts_present",
        "nothing_marked_false",
    )
    await at.hand_in(unit, "bound_material")
    await unit.clerk.must("cases", unit.case, "complete_stage", **DECLARED)
