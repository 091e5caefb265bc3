"""The first steps of one county, over HTTP, on the real engine: what a newcomer would try first."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.cli.processes import EmbeddedTemporal
from tests.support.house import installation
from tests.support.temporal import connect


@pytest.mark.req("INV-17")
@pytest.mark.req("INV-21")
@pytest.mark.req("YL-1g")
async def test_a_county_enrols_is_refused_and_is_late(temporal_server: EmbeddedTemporal, tmp_path: Path) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        editor = await place.person("editor", ("scheme_editor", "region:cn"))
        chief = await place.person("chief", ("scheme_approver", "region:cn"), ("provincial_lbg_office", "region:cn"))
        county = await place.person("county", ("county_government", "region:cn/sn/yulin/jiaxian"))

        scheme = (await editor.post("/schemes", {"region": "cn/sn", "shipped": "reference"})).json()["id"]
        assert (await chief.post(f"/schemes/{scheme}/publish")).status_code == 200
        window = {"opens": "2024-02-22", "closes": "2024-12-31"}
        made = await chief.create("batches", scheme=scheme, number=1, naming_year=2024, **window)
        batch = made.json()["id"]
        assert (await chief.act("batches", batch, "open_batch")).json()["state"] == "open"

        case = (await county.create("cases", parent=batch, track="area", jurisdiction="jiaxian")).json()["id"]
        assert (await county.act("cases", case, "enroll")).json()["state"] == "mobilization"
        live = (await chief.get(f"/cases/{case}/workflow")).json()
        assert (live["state"], live["waiting_for"]) == ("mobilization", "stage_actor")

        refused = await county.act("cases", case, "complete_stage")
        assert refused.status_code == 409
        told = {e["code"]: e["missing"] for e in refused.json()["errors"]}
        assert told["artefacts_present"] == ["work_plan", "meeting_minutes"]
        assert "task_force: 0/9" in told["organization_formed"]

        await place.until("2024-03-31", "23:59")
        assert not any(d["overdue"] for d in (await county.get(f"/cases/{case}")).json()["duties"])
        await place.until("2024-04-01", "00:00")
        late = {d["key"] for d in (await county.get(f"/cases/{case}")).json()["duties"] if d["overdue"]}
        assert late == {"stage_due", "artefact_due:work_plan", "artefact_due:meeting_minutes"}
        timeline = (await county.get(f"/cases/{case}/timeline")).json()["items"]
        assert [e["event"] for e in timeline if e["result"] == "refused"] == ["complete_stage"]
