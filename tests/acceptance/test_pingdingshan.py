"""The bureau of Pingdingshan: its plan as data, its scenario as the demonstration tells it, and what lies beside it.

What its indicators ask for beyond the scenario is played in test_pingdingshan_indicators.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from api.cli.processes import EmbeddedTemporal
from service.schemes.loader import shipped_folder
from service.schemes.validation.validator import problems, warnings
from service.schemes.vocabulary import METHODS
from tests.support.pingdingshan import SCHEME, SYSTEM, bureau, close, mobilized, refusal
from tests.support.stories import told

# -------------------------------------------------------------------------------------------------- the scenario


@pytest.mark.req(
    "PDS-A3", "PDS-A4", "PDS-A5", "PDS-S1a", "PDS-S1b", "PDS-S1c", "PDS-S1d", "PDS-M2b", "PDS-M2c", "PDS-M2d"
)
@pytest.mark.req("PDS-S2a", "PDS-S2b", "PDS-S2c", "PDS-S2d", "PDS-S3a", "PDS-S3b", "PDS-S3c", "PDS-M2f", "PDS-M3a")
@pytest.mark.req("PDS-S4a", "PDS-S4b", "PDS-S4c", "PDS-M3c", "PDS-M3d", "PDS-M3e", "PDS-M3f")
@pytest.mark.req("PDS-S5a", "PDS-S5b", "PDS-S5c", "PDS-B1", "PDS-B2", "PDS-D1", "PDS-D2")
@pytest.mark.req("PDS-I05", "PDS-I21", "PDS-I24", "PDS-I26", "PDS-I31", "PDS-I48", "PDS-I57", "PDS-I58", "PDS-I59")
@pytest.mark.req("PDS-I63", "PDS-I72", "PDS-I73", "PDS-I74", "INV-02", "INV-03", "INV-16", "INV-18", "INV-20", "INV-21")
@pytest.mark.req(
    "GAP-PDS-1", "GAP-PDS-2", "GAP-PDS-3", "GAP-PDS-4", "GAP-PDS-5", "GAP-PDS-7", "GAP-PDS-8", "GAP-PDS-10"
)
@pytest.mark.req("GAP-PDS-11")
async def test_the_scenario_of_the_programme_holds_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    held, said = await told("pingdingshan", tmp_path)
    assert held, said


# ------------------------------------------------------------------------------------------------------ the plan


@pytest.mark.req("PDS-V1", "PDS-V2", "PDS-V3", "PDS-V4", "PDS-V5", "PDS-V6", "PDS-A4")
def test_every_item_has_a_method_of_six_and_an_office() -> None:
    methods = Counter(method for one in SYSTEM.indicators for method in one.methods)
    assert methods == {
        "online_search": 36, "document_check": 65, "interview": 12, "onsite_check": 14, "case_file_review": 8, "exam": 2,
    }  # fmt: skip
    assert set(methods) == METHODS
    mentions = Counter(office for one in SYSTEM.indicators for office in one.offices)
    assert mentions == {
        "政策法规科": 72, "相关责任科室": 47, "办公室": 43, "人事科": 15, "安全信访科": 8, "发展规划科": 7, "财务科": 7,
        "机关纪委": 6, "二级机构": 5, "教师教育科": 1, "相关机关科室": 1, "文件起草各科室": 1, "相关职能科室": 1,
        "各县(市、区)": 1, "机关党委": 1, "相关科室": 1,
    }  # fmt: skip
    assert all(one.methods and one.offices for one in SYSTEM.indicators)


@pytest.mark.req("PDS-A5")
def test_the_start_years_of_evidence_are_those_of_the_plan() -> None:
    years: dict[int, set[str]] = {}
    for one in SYSTEM.indicators:
        for since in one.evidence_since:
            years.setdefault(since.year, set()).add(one.code.removeprefix("PDS-"))
    assert years == {
        2016: {"I26", "I63", "B1"},
        2017: {"I64", "I65", "I79"},
        2018: {"I18", "I22", "I25", "I27", "I41", "I66", "I67", "I74", "I75", "I76"},
        2019: {"I22", "I23", "I24", "I53", "I71", "I74", "I80", "B2"},
    }


@pytest.mark.req("GAP-PDS-2", "GAP-PDS-10")
def test_it_can_be_published_without_points_or_bands() -> None:
    assert [*problems(SCHEME), *warnings(SCHEME)] == []
    assert (SCHEME.scoring.mode, SCHEME.scoring.max, SCHEME.scoring.pass_) == ("binary", None, ())
    assert {one.max_points for one in SYSTEM.indicators} == {None}
    assert all(one.title.zh and one.title.en and one.statement.zh and one.statement.en for one in SYSTEM.indicators)


def test_what_only_people_can_keep_is_listed_with_the_slot_that_owes_it() -> None:
    with (shipped_folder("pingdingshan") / "obligations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["by"] for row in rows} <= set(SCHEME.roles)
    assert {"PDS-M1a", "PDS-M1c", "PDS-M2e", "PDS-M3g", "PDS-M3h", "PDS-M4a"} <= {row["rule"] for row in rows}
    assert all(row["title_zh"] and row["title_en"] for row in rows)


@pytest.mark.req("PDS-D2", "PDS-I57")
async def test_false_material_ends_the_participation_and_an_incident_is_not_made_good(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with bureau(temporal_server, tmp_path) as at:
        await mobilized(at)
        incident = {"PDS-I57": {"vile_enforcement_incidents_in_cycle": 1}}
        assert (await at.rate(measured=incident)).status_code == 200
        found = {"source": "全面自查", "finding": "一起不当执法事件", "basis": "PDS-I57"}
        await at.section.must("cases", at.case, "record_problems", **found)
        (item,) = await at.listed("rectification-items", parent=at.case)
        plan = {"measure": "追责", "unit": "安全信访科", "person": "section", "due": "2021-06-30"}
        await at.legal.must("rectification-items", item["id"], "assign_item", **plan)
        await close(at, item["id"], "2021-04-20")
        result = (await at.shown())["result"]
        assert (result["unmet"], result["rectified"]) == (["PDS-I57"], [])

        assert "fraud_proved" in refusal(await at.leader.act("cases", at.case, "disqualify"))
        await at.leader.must("cases", at.case, "open_fact_finding", text="举报申报材料不实")
        proved = {"report": "数据系编造", "confirmed": True}
        await at.leader.must("cases", at.case, "close_fact_finding", **proved)
        assert "proposal" in await at.leader.must("cases", at.case, "disqualify")
        assert (await at.party.must("cases", at.case, "disqualify"))["state"] == "disqualified"
