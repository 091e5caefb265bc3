"""A county runs its action plan over HTTP, under a movable clock: from the table to the first year's appraisal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from service.schemes.loader import dump
from tests.support import plans
from tests.support.house import Caller, Installation, installation
from tests.support.temporal import connect

REGION = "region:cn/sn"


async def results(who: Caller, plan: str, state: str) -> list[dict[str, Any]]:
    """The results of a plan in a state."""
    found = await who.get("/task-occurrences", case=plan, state=state, limit=200)
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def running(place: Installation, office: Caller, chief: Caller) -> str:
    """A plan that is published, loaded, issued, assigned and started."""
    editor = await place.person("editor", ("scheme_editor", REGION))
    definition = dump(plans.scheme())
    made = await editor.post("/schemes", {"region": "cn/sn", "definition": definition})
    assert made.status_code == 201, made.text
    scheme = made.json()["id"]
    published = await chief.post(f"/schemes/{scheme}/publish")
    assert published.status_code == 200, published.text
    plan = await office.made("action-plans", scheme=scheme)
    await chief.must("action-plans", plan, "issue_plan", issuer="县政府办", number="〔2024〕1号", date="2024-02-22")
    refused = await office.act("action-plans", plan, "assign_plan")
    assert [e["code"] for e in refused.json()["errors"]] == ["every_task_has_owner"]
    for task in (await office.get("/plan-tasks", case=plan)).json()["items"]:
        await office.must("plan-tasks", task["id"], "assign_task", unit="dept", person="li")
    await office.must("action-plans", plan, "assign_plan")
    await office.must("action-plans", plan, "start_plan")
    return plan


@pytest.mark.req("HY-G4")
@pytest.mark.req("HY-T03")
@pytest.mark.req("HY-T30")
async def test_a_plan_runs_from_its_table_to_the_appraisal_of_a_year(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        office = await place.person("office", ("leading_group_office", REGION))
        chief = await place.person("chief", ("scheme_approver", REGION), ("provincial_lbg_office", REGION))
        dept = await place.person("dept", ("responsible_department", "organization:dept"))
        plan = await running(place, office, chief)
        first = {r["data"]["task"]: r["id"] for r in await results(dept, plan, "open")}
        assert set(first) == {2, 4, 5, 7, 8, 9}
        paper: dict[str, Any] = {"evidence": [await uploaded(dept, first[4])], "statement": "已完成"}
        for resource, one in (("action-plans", plan), ("task-occurrences", first[4])):
            assert (await office.get(f"/{resource}/{one}/actions")).status_code == 200
        misplaced = await office.create("task-occurrences", parent=plan, event="open_sample")
        assert (misplaced.status_code, misplaced.json()["errors"][0]["pointer"]) == (422, "/parent")
        rate = {"numerator": "999", "denominator": "1000"}
        await dept.must("task-occurrences", first[4], "report_occurrence", **paper, values={"review_rate": rate})
        verified = await office.must("task-occurrences", first[4], "verify_occurrence")
        assert verified["state"] == "unmet"
        again = await dept.made("task-occurrences", parent=await task(dept, plan, 3), event="open_occurrence")
        low = {"consultation": "6", "consultation_market": "30"}
        await dept.must("task-occurrences", again, "report_occurrence", **paper, values=low)
        assert (await office.must("task-occurrences", again, "verify_occurrence"))["state"] == "unmet"
        await office.must("task-occurrences", again, "reopen_occurrence", text="已重新征求意见")
        await dept.must("task-occurrences", again, "report_occurrence", **paper, values={**low, "consultation": "7"})
        assert (await office.must("task-occurrences", again, "verify_occurrence"))["state"] == "met"

        refused = await chief.act("action-plans", plan, "appraise_year")
        assert [e["code"] for e in refused.json()["errors"]] == ["indicator_completion_known"]
        await place.until("2025-01-01", "00:00")
        assert (await chief.must("action-plans", plan, "appraise_year"))["state"] == "running"
        shown = (await chief.get(f"/action-plans/{plan}")).json()
        assert shown["data"]["appraisals"]["2024"]["units"] == {"dept": {"met": [3], "unmet": [1, 2, 4, 5, 7, 8, 9]}}
        assert shown["data"]["carry_over"] == {"2024": [1, 2, 3, 4, 5, 6, 7, 8, 9]}
        assert {r["data"]["year"] for r in await results(office, plan, "open")} == {2025}

        await place.until("2026-01-01", "00:00")
        shown = (await chief.get(f"/action-plans/{plan}")).json()
        assert (shown["state"], shown["ended"]) == ("ended", True)
        assert all(d["doneAt"] for d in shown["duties"])
        tasks = (await office.get("/plan-tasks", case=plan)).json()["items"]
        assert {t["data"]["number"] for t in tasks if t["state"] == "met"} == {3}
        assert {t["state"] for t in tasks} == {"met", "unmet"}


async def uploaded(who: Caller, result: str) -> str:
    """A paper in the file of the plan, put there by whoever sees no more of it than one result."""
    file = {"file": ("a.txt", b"ledger", "text/plain")}
    headers = who.headers(**{"Idempotency-Key": who.key()})
    covers = {"covers_from": "2024-01-01", "covers_to": "2024-02-22"}
    about = {"case": result, "issuer": "dept", **covers}
    answer = await who.http.post("/api/v1/evidence", data=about, files=file, headers=headers)
    assert answer.status_code == 201, answer.text
    paper = str(answer.json()["id"])
    assert (await who.get(f"/evidence/{paper}")).json()["status"] == "submitted"
    return paper


async def task(who: Caller, plan: str, number: int) -> str:
    """The ID of a task by its number."""
    items = (await who.get("/plan-tasks", case=plan)).json()["items"]
    return next(str(t["id"]) for t in items if t["data"]["number"] == number)
