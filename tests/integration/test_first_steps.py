"""The first steps of one county, over HTTP, on the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.cli.processes import EmbeddedTemporal
from tests.support.house import installation
from tests.support.temporal import connect


@pytest.mark.req("INV-17")
async def test_a_county_is_enrolled_and_completes_its_mobilization(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        editor = await place.person("editor", ("scheme_editor", "region:cn"))
        chief = await place.person(
            "chief", ("scheme_approver", "region:cn"), ("provincial_lbg_office", "region:cn")
        )
        county = await place.person("county", ("county_government", "region:cn/sn/yulin/jiaxian"))
        scheme = (await editor.post("/schemes", {"region": "cn/sn", "shipped": "reference"})).json()
        published = await chief.post(f"/schemes/{scheme['id']}/publish")
        assert published.status_code == 200, published.text
        made = await chief.create(
            "batches",
            scheme=scheme["id"],
            number=1,
            naming_year=2024,
            opens="2024-02-22",
            closes="2024-12-31",
        )
        assert made.status_code == 201, made.text
        batch = made.json()["id"]
        opened = await chief.act("batches", batch, "open_batch")
        assert opened.status_code == 200, opened.text
        case = await county.create("cases", parent=batch, track="area", jurisdiction="jiaxian")
        assert case.status_code == 201, case.text
        enrolled = await county.act("cases", case.json()["id"], "enroll")
        assert enrolled.json()["state"] == "mobilization", enrolled.text
        shown = await county.get(f"/cases/{case.json()['id']}")
        print(shown.json())
        actions = await county.get(f"/cases/{case.json()['id']}/actions")
        print([a["event"] for a in actions.json()["actions"] if a["allowed"]])
        refused = await county.act("cases", case.json()["id"], "complete_stage")
        print(refused.status_code, refused.json())
        assert refused.status_code == 409
        live = await chief.get(f"/cases/{case.json()['id']}/workflow")
        print(live.json())
        await place.until("2024-04-02")
        shown = await county.get(f"/cases/{case.json()['id']}")
        print(shown.json()["duties"])
        timeline = await county.get(f"/cases/{case.json()['id']}/timeline")
        print([(e["event"], e["result"]) for e in timeline.json()["items"]])
