"""The bureau of Pingdingshan from its launch to the end of the city's bid, over HTTP under the movable clock.

Each test has an installation of its own, with nothing but the shipped programme. Dates that the plan prints are
those of the plan; the others are ours. What its indicators ask for is played in test_pingdingshan_indicators.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from service.schemes.loader import shipped_folder
from service.schemes.validation.validator import problems, warnings
from service.schemes.vocabulary import METHODS
from tests.support.pingdingshan import (
    ASIDE,
    CODES,
    LATE,
    SCHEME,
    SPORTS,
    SYSTEM,
    UNMET,
    all_but_one,
    assign,
    bureau,
    checked,
    close,
    measure,
    mobilized,
    offices,
    rated,
    refusal,
    rules,
    the_late_one,
)

# ------------------------------------------------------------------------------------------------------ the plan


@pytest.mark.req("PDS-A3")
def test_the_plan_has_86_indicators_and_four_additional_items_in_groups_of_our_own() -> None:
    kinds = Counter(one.kind for one in SYSTEM.indicators)
    assert kinds == {"indicator": 86, "bonus": 2, "deduction": 2}
    groups = Counter(one.group for one in SYSTEM.indicators)
    assert [groups[f"G{n}"] for n in range(1, 9)] == [20, 8, 13, 21, 11, 5, 4, 4]
    assert groups["X"] == 4
    assert all(one.title.zh and one.title.en and one.statement.zh and one.statement.en for one in SYSTEM.indicators)


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


def test_what_only_people_can_keep_is_listed_with_the_slot_that_owes_it() -> None:
    with (shipped_folder("pingdingshan") / "obligations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["by"] for row in rows} <= set(SCHEME.roles)
    assert {"PDS-M1a", "PDS-M1c", "PDS-M2e", "PDS-M3g", "PDS-M3h", "PDS-M4a"} <= {row["rule"] for row in rows}
    assert all(row["title_zh"] and row["title_en"] for row in rows)


# ----------------------------------------------------------------------------------------------------- launching


@pytest.mark.req("PDS-S1b", "PDS-S1c", "PDS-S1d", "PDS-S1a")
@pytest.mark.req("PDS-M2c", "PDS-M2d", "PDS-M3a", "PDS-A4", "GAP-PDS-4")
async def test_mobilization_ends_with_its_office_its_liaisons_and_an_office_for_each_of_90_items(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with bureau(temporal_server, tmp_path) as at:
        assert await at.state("cases", at.case) == "mobilization"
        group = {"of": at.case, "kind": "leading_group", "name": "创建领导小组", "head": ["局长"]}
        await at.office.did("/bodies", group)
        refused = await at.bureau.act("cases", at.case, "complete_stage")
        lacking = refusal(refused)
        assert lacking["organization_formed"] == ["leading_group_office: 0/1"]
        assert lacking["artefacts_present"] == ["work_plan", "meeting_minutes", "task_breakdown", "liaison_list"]
        assert {"PDS-S1b", "PDS-A4", "PDS-M2c"} <= rules(refused)
        seat = {"of": at.case, "kind": "leading_group_office", "name": "领导小组办公室", "head": ["科长"]}
        await at.office.did("/bodies", {**seat, "lead_unit": ["政策法规科"]})

        named = await offices(at)
        second = {"of": at.case, "text": "多一名联络人", "liaison": ["联络人甲", "联络人乙"]}
        refused = await at.office.post(f"/offices/{named['财务科']}/change", second)
        assert "one_liaison" in refusal(refused)
        assert "PDS-M2c" in rules(refused)

        assert (await at.duties())["artefact_due:liaison_list"] == ("2021-04-11", False)
        await at.place.until("2021-04-11", "23:59")  # a Sunday; the day is not moved, and it counts itself
        assert (await at.duties())["artefact_due:liaison_list"] == ("2021-04-11", False)
        await at.place.until("2021-04-12", "00:00")
        assert (await at.duties())["artefact_due:liaison_list"] == ("2021-04-11", True)
        await at.paper(at.section, "liaison_list", "2021-04-12")

        told = await assign(at, named, [c for c in CODES if c != "PDS-I13"])
        assert told["unassigned"] == ["PDS-I13"]
        told = await assign(at, named, ["PDS-I13"], resolved=False)
        assert (told["unassigned"], told["unresolved"]) == ([], {"PDS-I13": ["相关责任科室"]})
        await at.paper(at.bureau, "work_plan", "2021-04-08")
        await at.place.until("2021-04-20")
        await at.paper(at.bureau, "meeting_minutes", "2021-04-20")
        nodes = {"artefact": "task_breakdown", "author": "Wang", "date": "2021-04-20", "files": [at.evidence]}
        refused = await at.office.act("cases", at.case, "submit_artefact", **nodes, parts={"承办科室": "见表"})
        assert refusal(refused) == {"artefact_expected": ["时间节点"]}
        await at.paper(at.office, "task_breakdown", "2021-04-20", 承办科室="见分解表", 时间节点="5月底前自查")
        refused = await at.bureau.act("cases", at.case, "complete_stage")
        assert refusal(refused) == {"duties_assigned": ["PDS-I13: 相关责任科室"]}
        assert {"PDS-A4", "GAP-PDS-4"} <= rules(refused)

        assert (await assign(at, named, ["PDS-I13"]))["unresolved"] == {}
        assert (await at.duties())["stage_due"] == ("2021-04-20", False)
        await at.bureau.must("cases", at.case, "complete_stage")
        assert await at.state("cases", at.case) == "self_check"
        assert (await at.duties())["stage_due"] == ("2021-05-31", False)


# --------------------------------------------------------------------------------- from the self-check to the end


@pytest.mark.req("PDS-S2a", "PDS-S2b", "PDS-S2c", "PDS-S2d", "GAP-PDS-5", "GAP-PDS-10", "INV-02")
async def test_the_self_check_finds_79_of_84_and_reaches_the_legal_office_by_the_end_of_may(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with bureau(temporal_server, tmp_path) as at:
        await mobilized(at)
        for aside in ({"PDS-I57": "city_government: 不适用"}, {"PDS-I41": "no_such_function: 不适用"}):
            assert "indicator_applicable" in refusal(await at.rate(notApplicable=aside))
        early = await at.section.act("cases", at.case, "submit_stage")
        assert refusal(early)["artefacts_present"] == ["self_check_report", "self_check_material"]
        await rated(at)
        (sheet,) = (await at.shown())["assessments"]
        assert (sheet["met"], sheet["applicable"], sheet["attainment"], sheet["unrated"]) == (79, 84, "79/84", [])
        assert f"{79 / 84:.2%}" == "94.05%"

        found = {"source": "全面自查", "finding": "公示超期", "basis": LATE}
        await at.section.must("cases", at.case, "record_problems", **found)
        (item,) = await at.listed("rectification-items", parent=at.case)
        plan = {"measure": "限期整改", "unit": "政策法规科", "due": "2021-06-30"}
        refused = await at.legal.act("rectification-items", item["id"], "assign_item", **plan)
        assert refusal(refused) == {"four_clears.person": ["person"]}
        assert "INV-02" in rules(refused)

        await at.place.until("2021-05-31", "23:59")
        assert (await at.duties())["stage_due"] == ("2021-05-31", False)
        assert (await at.duties())["artefact_due:self_check_report"] == ("2021-05-31", False)
        form = {"artefact": "self_check_report", "author": "Wang", "date": "2021-05-31", "files": [at.evidence]}
        refused = await at.section.act("cases", at.case, "submit_artefact", **form, parts={"成绩": "有", "亮点": "有"})
        assert refusal(refused) == {"artefact_expected": ["短板", "滞后环节"]}
        told = dict.fromkeys(("成绩", "亮点", "短板", "滞后环节"), "见报告")
        await at.paper(at.section, "self_check_report", "2021-05-31", **told)
        await at.paper(at.section, "self_check_material", "2021-05-31")
        await at.section.must("cases", at.case, "submit_stage")
        own = await at.section.act("cases", at.case, "complete_stage")
        assert own.status_code in (403, 409), "the policy and legal office accepts it"
        refused = await at.legal.act("cases", at.case, "complete_stage")
        assert refusal(refused) == {"problems_planned": [item["id"]]}
        assert "PDS-S3c" in rules(refused)
        await at.legal.must("rectification-items", item["id"], "assign_item", **plan, person="科长")
        await at.legal.must("cases", at.case, "complete_stage")
        assert await at.state("cases", at.case) == "rectification"


@pytest.mark.req("PDS-S3a", "PDS-S3b", "PDS-S3c", "PDS-M2f", "PDS-M3c", "PDS-M3d", "PDS-M3e", "GAP-PDS-8", "INV-03")
async def test_problems_are_put_right_by_the_end_of_june_and_whoever_is_late_is_named(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with bureau(temporal_server, tmp_path) as at:
        await mobilized(at)
        weekly = "progress_report_due:progress_report:"
        assert (await at.duties())[f"{weekly}2021-04-27"] == ("2021-04-27", False)
        await at.place.until("2021-04-27")
        await at.paper(at.section, "progress_report", "2021-04-27", 科室=SPORTS, 进展="清单已公布")
        assert (await at.duties())[f"{weekly}2021-05-04"] == ("2021-05-06", False), "the holiday of May"
        await at.place.until("2021-04-30")
        (circular,) = await at.listed("bulletins", parent=at.batch)
        assert (circular["state"], circular["data"]["kind"]) == ("draft", "progress_circular")
        assert circular["data"]["period"] == {"from": "2021-04-20", "to": "2021-04-29"}
        assert "平顶山市教育体育局：全面自查阶段，进行中" in [f["text"] for f in circular["data"]["facts"]]
        told = [*circular["data"]["facts"], {"text": "请各科室按周报送进展"}]
        await at.office.must("bulletins", circular["id"], "edit_bulletin", facts=told)
        await at.leader.must("bulletins", circular["id"], "approve_bulletin")
        await at.office.must("bulletins", circular["id"], "issue_bulletin")

        items = await checked(at)
        assert (await at.duties())["stage_due"] == ("2021-06-30", False)
        for view in ("problem", "task"):
            ledger = (await at.office.get(f"/ledgers/{view}", case=at.case)).json()
            assert [row["empty"] for row in ledger["items"]] == [[]] * 5
        await all_but_one(at, items)
        refused = await at.bureau.act("cases", at.case, "complete_stage")
        assert len(refusal(refused)["zero_open_if_required"]) == 1
        assert "INV-03" in rules(refused)

        await at.place.until("2021-07-01")
        row = (await at.office.get(f"/rectification-items/{items[LATE]}")).json()
        assert [(d["key"], d["dueOn"], d["overdue"]) for d in row["duties"]] == [("item_due", "2021-06-30", True)]
        named = await at.office.made("bulletins", at.batch, kind="bureau_circular")
        draft = (await at.office.get(f"/bulletins/{named}")).json()["data"]
        slow = "政策法规科：问题整改，应于 2021-06-30 前完成，已逾期 1 天"
        assert slow in [fact["text"] for fact in draft["facts"]]
        assert list(draft["basis_for_each_name"]) == ["政策法规科"], "the bureau names its offices and not itself"
        await at.leader.must("bulletins", named, "approve_bulletin")
        await at.office.must("bulletins", named, "issue_bulletin")
        (entry,) = (await at.office.get("/consequences", effect="criticism")).json()["items"]
        assert (entry["organization"], entry["rules"]) == ("政策法规科", ["PDS-M3e"])

        await the_late_one(at, items)
        shown = {code: (await at.office.get(f"/rectification-items/{item}")).json() for code, item in items.items()}
        assert {one["state"] for one in shown.values()} == {"closed"}
        late = {code: [(d["key"], d["overdue"]) for d in one["duties"]] for code, one in shown.items() if one["duties"]}
        assert late == {LATE: [("item_due", True)]}, "it is closed and stays marked as late"
        assert await at.state("cases", at.case) == "inspection"


@pytest.mark.req("PDS-S4a", "PDS-S4b", "PDS-S4c", "PDS-M3d", "PDS-M3f", "INV-18")
async def test_the_city_inspects_by_the_end_of_july_and_the_late_office_is_criticised(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with bureau(temporal_server, tmp_path) as at:
        await mobilized(at)
        items = await checked(at)
        await all_but_one(at, items)
        await the_late_one(at, items)
        assert (await at.duties())["stage_due"] == ("2021-07-31", False)
        await at.place.until("2021-07-31", "23:59")  # a Saturday; the day is not moved
        assert (await at.duties())["stage_due"] == ("2021-07-31", False)

        blame: dict[str, Any] = {"kind": "criticism_circular", "facts": [{"text": "政策法规科整改逾期，公示不达标"}]}
        bare = await at.office.made("bulletins", at.case, **blame)
        refused = await at.leader.act("bulletins", bare, "approve_bulletin")
        assert refusal(refused) == {"named_on_record": ["政策法规科"]}
        basis = {"政策法规科": items[LATE]}
        await at.leader.must("bulletins", bare, "approve_bulletin", basis_for_each_name=basis)
        await at.office.must("bulletins", bare, "issue_bulletin")
        grave: dict[str, Any] = {"kind": "grave_delay_circular", "facts": [{"text": "政策法规科影响整体进度"}]}
        last = await at.office.made("bulletins", at.case, **grave, basis_for_each_name=basis)
        await at.party.must("bulletins", last, "approve_bulletin")
        await at.office.must("bulletins", last, "issue_bulletin")
        entries = (await at.office.get("/consequences")).json()["items"]
        assert sorted((e["organization"], e["effect"], *e["rules"]) for e in entries) == [
            ("政策法规科", "accountability", "PDS-M3f"), ("政策法规科", "criticism", "PDS-S4c"),
        ]  # fmt: skip

        await at.paper(at.city, "inspection_report", "2021-07-31")
        again = {"source": "法治督察", "finding": "一处公示又超期", "basis": LATE}
        await at.city.must("cases", at.case, "raise_findings", **again)
        seen = {"date": "2021-07-31", "team": ["Li"], "written_result": "基本达标"}
        held = await at.city.act("cases", at.case, "complete_stage", **seen)
        assert held.status_code == 409, "a finding holds the inspection, and the case stays where it is"
        (item,) = [i["id"] for i in await at.listed("rectification-items", parent=at.case) if i["state"] == "raised"]
        plan = {"measure": "补公示", "unit": "政策法规科", "person": "section", "due": "2021-07-31"}
        await at.legal.must("rectification-items", item, "assign_item", **plan)
        await close(at, item, "2021-07-31")
        await at.city.must("cases", at.case, "complete_stage", **seen)
        assert await at.state("cases", at.case) == "external_evaluation"
        circulars = [b["data"] for b in await at.listed("bulletins", parent=at.batch)]
        assert [c["period"]["to"] for c in circulars] == ["2021-04-29", "2021-05-30", "2021-06-29", "2021-07-29"]


@pytest.mark.req("PDS-S5a", "PDS-S5b", "PDS-S5c", "PDS-B1", "PDS-B2", "PDS-D1", "PDS-D2", "PDS-A5")
@pytest.mark.req("GAP-PDS-1", "GAP-PDS-2", "GAP-PDS-10", "PDS-S4b")
async def test_three_measures_from_outside_end_the_case_with_84_of_84_and_no_title(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with bureau(temporal_server, tmp_path) as at:
        await mobilized(at)
        before, after = await at.upload(covers_from="2015-12-01"), await at.upload(covers_from="2018-06-01")
        award = {"PDS-B1": {"award_level": "provincial_ministerial"}}
        refused = await at.rate(scores={"PDS-B1": "1"}, measured=award, evidence={"PDS-B1": [before]})
        assert refusal(refused) == {"rating_consistent": ["PDS-B1: nothing dates from 2016 or later"]}
        refused = await at.rate(scores={"PDS-B1": "1"}, measured={"PDS-B1": {"award_level": "county"}})
        assert "rating_consistent" in refusal(refused)
        assert (await at.rate(measured=award, evidence={"PDS-B1": [after]})).status_code == 200
        items = await checked(at)
        await all_but_one(at, items)
        await the_late_one(at, items)
        assert await at.state("cases", at.case) == "inspection"
        await at.legal.must("cases", at.case, "waive_stage", text="市里今年不作督察")

        assert (await at.duties())["stage_due"] == ("2021-10-31", False)  # a Sunday; the day is not moved
        await at.place.until("2021-10-29")
        outcome: dict[str, Any] = {"source": "中央依法治国办", "number": "公告1", "date": "2021-10-29", "file": at.evidence,
                   "favourable": True}  # fmt: skip
        assert (await at.told(at.office, "cases", at.case, "record_external_result", **outcome))["outcome"] == "done"
        await at.paper(at.office, "experience_summary", "2021-10-29")
        await measure(at, "third_party", "评1", "2021-10-29")
        await measure(at, "satisfaction", "评2", "2021-10-29")
        refused = await at.office.act("cases", at.case, "complete_stage")
        assert refusal(refused) == {"stage_guards_hold": ["evaluations_final"]}
        assert "onsite" in refused.json()["errors"][0]["detail"]
        unknown = {"source": "x", "number": "1", "date": "2021-10-29", "file": at.evidence, "measure": "inspection"}
        assert not (await at.office.create("evaluations", at.case, "record_external_evaluation", **unknown)).is_success
        await measure(at, "onsite", "评3", "2021-10-29")

        await at.leader.must("cases", at.case, "open_fact_finding", text="举报申报材料不实")
        proved = {"report": "一份汇总表系编造", "confirmed": True}
        await at.leader.must("cases", at.case, "close_fact_finding", **proved)
        blocked = await at.office.act("cases", at.case, "complete_stage")
        assert blocked.status_code == 409, blocked.text
        assert "PDS-D2" in rules(blocked)
        await at.leader.must("cases", at.case, "open_fact_finding", text="当事科室申请复查")
        cleared = {"report": "原件已找到，并非编造", "confirmed": False}
        await at.leader.must("cases", at.case, "close_fact_finding", **cleared)
        await at.office.must("cases", at.case, "complete_stage")
        assert await at.state("cases", at.case) == "closed"

        assert (await at.shown())["result"] == {
            "met": 84, "applicable": 84, "share": "1", "rectified": sorted(UNMET), "unmet": [],
            "notApplicable": sorted(ASIDE), "bonuses": ["PDS-B1"], "deductions": [],
        }  # fmt: skip
        assert await at.listed("designations") == []
        naming = await at.leader.create("naming-decisions", at.batch, named=[at.case])
        assert naming.status_code in (409, 422), "no decision can name it"


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
