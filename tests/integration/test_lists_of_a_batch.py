"""A candidate list over HTTP, on the real engine: ranked, approved by two, left by a case, used up by the naming."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from service.schemes import loader
from tests.support.house import Caller, Installation, installation
from tests.support.temporal import connect

WINDOW = {"opens": "2024-02-22", "closes": "2024-12-31"}
DECLARED = {"signer": "县长", "true": True, "lawful": True, "complete": True}
BARRED = {"on": "withdrawn", "length": {"years": 3}, "subject": "subject"}


def programme() -> dict[str, Any]:
    """Application, then naming; whoever is named stands on the approved list of at most two, by the office's order."""
    definition = loader.dump(loader.shipped_scheme("reference"))
    (track,) = definition["tracks"]
    stages = [s for s in track["stages"] if s["key"] in ("application", "naming")]
    stages[0] |= {"artefacts": [], "guards": ["on_candidate_list"], "due": {"pending": True}, "recall": False}
    track |= {"stages": stages, "quota": {"target": 2, "mode": "max"}, "attainment_min": None, "criteria": []}
    dropped: dict[str, Any] = {"organization": {}, "bulletins": [], "consequences": [], "basis": {}}
    title = {**definition["title"], "bars": [BARRED]}
    lists = [{"purpose": "candidates", "track": "area", "reserves": 1}]
    return {**definition, **dropped, "key": "listed", "title": title, "lists": lists,
            "naming": {**definition["naming"], "inputs": ["candidate_list"]}}  # fmt: skip


async def enrolled(county: Caller, batch: str, place: str) -> str:
    case = await county.made("cases", batch, track="area", jurisdiction=place)
    await county.must("cases", case, "enroll")
    return case


async def published(place: Installation) -> tuple[Caller, Caller, Caller, str]:
    """Two clerks of the province, one county clerk, and the programme published."""
    editor = await place.person("editor", ("scheme_editor", "region:cn"))
    chief = await place.person("chief", ("scheme_approver", "region:cn"), ("provincial_lbg_office", "region:cn"))
    deputy = await place.person("deputy", ("provincial_lbg_office", "region:cn"))
    county = await place.person("county", ("county_government", "region:cn/sn/yulin"))
    for code in ("l1", "l2", "l3", "l4"):
        await place.jurisdiction(code)

    scheme = (await editor.did("/schemes", {"region": "cn/sn", "definition": programme()}))["id"]
    assert (await chief.post(f"/schemes/{scheme}/publish")).status_code == 200
    return chief, deputy, county, scheme


@pytest.mark.req("SX-26")
@pytest.mark.req("YL-2n")
async def test_a_list_from_its_opening_to_its_end(temporal_server: EmbeddedTemporal, tmp_path: Path) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        chief, deputy, county, scheme = await published(place)
        batch = await chief.made("batches", scheme=scheme, number=1, naming_year=2024, **WINDOW)
        await chief.must("batches", batch, "open_batch")
        a, b, c, d = [await enrolled(county, batch, code) for code in ("l1", "l2", "l3", "l4")]
        assert (await county.act("cases", a, "complete_stage", **DECLARED)).status_code == 409

        names = await chief.made("candidate-lists", batch, purpose="candidates", track="area")
        second = await chief.create("candidate-lists", batch, purpose="candidates", track="area")
        assert [e["code"] for e in second.json()["errors"]] == ["one_list_at_a_time"]
        form: dict[str, Any] = {"cases": [b, a, c, d], "selected": [b, a], "left_out": {d: "材料不完整"}}
        assert (await chief.must("candidate-lists", names, "rank_list", **form))["state"] == "ranked"
        assert (await chief.act("candidate-lists", names, "approve_list")).status_code == 409
        await deputy.must("candidate-lists", names, "approve_list")

        assert (await county.must("cases", b, "complete_stage", **DECLARED))["state"] == "naming"
        await county.must("cases", a, "withdraw")
        await place.settled()
        data = (await chief.get(f"/candidate-lists/{names}")).json()["data"]
        assert (data["entries"], data["reserves"]) == ([b], [c])
        assert [s["entry"] for s in data["struck"]] == [a]
        (bar,) = (await chief.get(f"/cases/{a}")).json()["data"]["bars"]
        assert (bar["on"], bar["subject"], bar["until"]) == ("withdrawn", "l1", "2027-02-22")
        await chief.must("candidate-lists", names, "promote_reserve", entry=c)
        assert (await deputy.must("candidate-lists", names, "promote_reserve", entry=c))["state"] == "approved"
        assert (await county.must("cases", c, "complete_stage", **DECLARED))["state"] == "naming"

        decision = await chief.made("naming-decisions", batch, named=[b, c])
        await chief.must("naming-decisions", decision, "propose_decision")
        await deputy.must("naming-decisions", decision, "approve_decision")
        await chief.act("batches", batch, "close_window_early", text="申报已齐")
        await deputy.must("batches", batch, "close_window_early", text="申报已齐")
        document = {"issuer": "省委依法治省办", "number": "3号", "date": "2024-02-22"}
        await chief.must("naming-decisions", decision, "issue_decision", **document)
        await place.settled()
        assert (await chief.get(f"/candidate-lists/{names}")).json()["state"] == "closed"
        states = [(await chief.get(f"/cases/{case}")).json()["state"] for case in (a, b, c, d)]
        assert states == ["withdrawn", "named", "named", "application"]

        later = await chief.made("candidate-lists", batch, purpose="candidates", track="area")
        refused = await chief.act("candidate-lists", later, "rank_list", cases=[a])
        assert [e["code"] for e in refused.json()["errors"]][:1] == ["list_entries.cases"]

        await place.until("2026-02-22")
        window = {"opens": "2026-02-22", "closes": "2026-12-31"}
        batch = await chief.made("batches", scheme=scheme, number=2, naming_year=2026, **window)
        await chief.must("batches", batch, "open_batch")
        again = await county.made("cases", batch, track="area", jurisdiction="l1")
        barred = await county.act("cases", again, "enroll")
        assert [e["code"] for e in barred.json()["errors"]] == ["not_barred"]
        assert (await enrolled(county, batch, "l4")) != again
