"""The 90 items of the bureau of Pingdingshan: what is measured, proved and asked of people, over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from tests.support.pingdingshan import EARLY, bureau, mobilized, refusal

REACHED: tuple[tuple[str, str, Any], ...] = (
    ("PDS-I05", "enterprise_startup_time", "5wd"),
    ("PDS-I24", "document_review_time", "5wd"),
    ("PDS-I24", "document_review_time", "15wd"),
    ("PDS-I21", "document_consultation", "7wd"),
    ("PDS-I31", "decision_consultation", "30d"),
    ("PDS-I48", "licence_penalty_publication", "7wd"),
    ("PDS-I72", "first_release", "5h"),
    ("PDS-I73", "disclosure_adverse_rate", "4.99%"),
    ("PDS-I58", "interview_coverage", {"numerator": 90, "denominator": 100}),
    ("PDS-I59", "class_hours", "40classhours"),
    ("PDS-I63", "proposal_satisfaction", "95%"),
    ("PDS-I74", "dispute_resolution_satisfaction", "80.0%"),
)


@pytest.mark.req("PDS-I58", "PDS-I64", "GAP-PDS-7")
async def test_a_threshold_is_met_on_its_limit_and_unknown_without_what_it_is_measured_against(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with bureau(temporal_server, tmp_path) as at:
        await mobilized(at)
        for code, metric, value in REACHED:
            rated = await at.rate(scores={code: "1"}, measured={code: {metric: value}})
            assert rated.status_code == 200, rated.text
        nobody = {"PDS-I58": {"interview_coverage": {"numerator": 0, "denominator": 0}}}
        assert (await at.rate(measured=nobody)).status_code == 200
        (stands,) = [one for one in (await at.shown())["items"] if one["code"] == "PDS-I58"]
        assert [m["en"] for m in stands["assessed"]["self"]["missing"]] == [
            "interview_coverage>=90%: the denominator is 0; it may not apply"
        ], "without a register of all persons served nothing is measured"

        early = await at.upload(covers_from="2016-03-01")
        rates = {"head_appearance_rate": "100%", "litigation_loss_rate": {"numerator": 1, "denominator": 10}}
        assert (await at.rate(measured={"PDS-I64": rates}, evidence={"PDS-I64": [early]})).status_code == 200
        assert await at.verdict("PDS-I64") == "unknown", "the national mean is not on record yet"
        mean = {"references": {"prev_year_national_mean": "10%"}, "source": "最高人民法院工作报告"}
        assert (await at.leader.put(f"/batches/{at.batch}/references", mean)).status_code == 200
        assert await at.verdict("PDS-I64") == "met"


@pytest.mark.req("PDS-V1", "PDS-V2", "PDS-V3", "PDS-V4", "PDS-V5", "PDS-V6", "PDS-I58")
async def test_each_of_the_six_methods_proves_an_item_that_has_no_other(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with bureau(temporal_server, tmp_path) as at:
        await mobilized(at)
        alone = {"PDS-I16": "online_search", "PDS-I10": "document_check", "PDS-I42": "interview",
                 "PDS-I39": "onsite_check", "PDS-I49": "case_file_review", "PDS-I82": "exam"}  # fmt: skip
        shown = {one["code"]: one["methods"] for one in (await at.shown())["items"]}
        assert {code: shown[code] for code in alone} == {code: [method] for code, method in alone.items()}

        page = {"case": at.case, "address": "https://example.invalid/zhengwuchengxin", "read_on": "2021-04-20",
                "issuer": "平顶山市教育体育局", **EARLY}  # fmt: skip
        found = await at.section.did("/evidence/addresses", page)
        assert (found["status"], found["readOn"]) == ("submitted", "2021-04-20")
        proofs = {"PDS-I16": found["id"]}
        for code in ("PDS-I10", "PDS-I39", "PDS-I49", "PDS-I82"):
            proofs[code] = await at.upload(f"{alone[code]}.txt")

        plan: dict[str, Any] = {
            "questionnaire": "管理和服务对象访谈", "scale": 5, "compulsory_questions": ["q"],
            "population": "管理和服务对象", "strata": {"办事群众": 10}, "size": 9,
        }  # fmt: skip
        interview = await at.office.made("surveys", at.batch, **plan)
        await at.office.must("surveys", interview, "open_survey")
        for n in range(9):
            form = {"respondent": f"办事人{n}", "answers": {"q": 5 if n else 1}}
            sent = await at.citizen.post(f"/surveys/{interview}/signals/submit_answer", {"form": form})
            assert sent.is_success, sent.text
            if n == 7:
                early = await at.leader.act("surveys", interview, "close_survey_early", text="访谈已经结束")
                assert refusal(early) == {"sample_size_reached": ["8/9"]}
        await at.leader.must("surveys", interview, "close_survey_early", text="访谈已经结束")
        await at.legal.must("surveys", interview, "compute_result")
        result = (await at.office.get(f"/surveys/{interview}")).json()["data"]
        assert (result["count"], result["satisfaction"]) == (9, "8/9")
        reached = {"interview_coverage": {"numerator": result["count"], "denominator": 10}}
        assert (await at.rate(measured={"PDS-I58": reached})).status_code == 200
        assert await at.verdict("PDS-I58") == "met"
        proofs["PDS-I42"] = await at.upload("questionnaires.txt")

        training = {"PDS-I82": {"staff_training": "1times"}}
        rated = await at.rate(
            scores=dict.fromkeys(alone, "1"), measured=training, evidence={c: [e] for c, e in proofs.items()}
        )
        assert rated.status_code == 200, rated.text
        assert {code: await at.verdict(code) for code in alone} == dict.fromkeys(alone, "met")

        criticism = {"source": "随机访谈", "finding": "办事指南看不懂", "basis": "PDS-I42"}
        await at.legal.must("cases", at.case, "record_problems", **criticism)
        (item,) = await at.listed("rectification-items", parent=at.case)
        assert (item["state"], item["data"]["source"]) == ("raised", "随机访谈")
