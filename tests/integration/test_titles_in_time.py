"""Titles of earlier times, over HTTP on the real engine: taken over once, re-checked by themselves, passed on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from service.schemes import loader
from tests.support.house import Caller, Installation, installation
from tests.support.temporal import connect

LEGACY = {"track": "area", "jurisdiction": "jiaxian", "named_by": "省委依法治省办", "named_on": "2024-01-10"}
RULES: dict[str, dict[str, Any]] = {
    "title": {
        "validity": {"length": 3, "grace_days": 10},
        "recheck": {"every": 3},
        "on_merger": "review",
        "legacy": [{"class": "area"}],
    },
    "look_back": {"mode": "due_date"},
    "annual_report": {"present": False},
}


async def published(place: Installation, chief: Caller) -> str:
    definition = loader.dump(loader.shipped_scheme("reference"))
    for part, said in RULES.items():
        definition[part] = {**definition[part], **said}
    definition |= {"key": "example_title", "basis": {}}
    editor = await place.person("editor", ("scheme_editor", "region:cn"))
    drafted = await editor.post("/schemes", {"region": "cn/sn", "definition": definition})
    assert drafted.status_code == 201, drafted.text
    scheme = str(drafted.json()["id"])
    answer = await chief.post(f"/schemes/{scheme}/publish")
    assert answer.status_code == 200, answer.text
    return scheme


async def rounds(chief: Caller) -> list[tuple[int, int, str]]:
    found = (await chief.get("/look-back-rounds")).json()["items"]
    return sorted((r["data"]["year"], r["data"]["number"], r["state"]) for r in found)


@pytest.mark.req("INV-23")
@pytest.mark.req("INV-26")
@pytest.mark.req("QH-02c")
async def test_titles_are_taken_over_re_checked_and_passed_on(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        office = (("scheme_approver", "region:cn"), ("provincial_lbg_office", "region:cn"))
        chief, deputy = await place.person("chief", *office), await place.person("deputy", *office)
        scheme = await published(place, chief)

        title = await chief.made("designations", event="import_legacy_title", scheme=scheme, **LEGACY)
        shown = (await place.public().get(f"/designations/{title}")).json()
        assert (shown["state"], shown["data"]["named_on"]) == ("active", "2024-01-10")
        twice = await chief.create("designations", event="import_legacy_title", scheme=scheme, **LEGACY)
        assert {e["code"] for e in twice.json()["errors"]} == {"title_recorded_once", "title_not_held"}
        nowhere = {**LEGACY, "jurisdiction": "atlantis"}
        lost = await chief.create("designations", event="import_legacy_title", scheme=scheme, **nowhere)
        assert lost.status_code == 422

        other = {**LEGACY, "jurisdiction": "zizhou", "named_on": "2024-02-01"}
        second = await chief.made("designations", event="import_legacy_title", scheme=scheme, **other)

        await place.until("2026-12-31")
        assert await rounds(chief) == []  # no re-check fell due before
        await place.until("2027-01-01")
        await place.settled()
        assert await rounds(chief) == [(2027, 1, "drawn")]
        visits = (await chief.get("/look-backs")).json()["items"]
        assert sorted(v["data"]["designation"] for v in visits) == sorted([title, second])

        (drawn,) = (await chief.get("/look-back-rounds")).json()["items"]
        await chief.must("look-back-rounds", drawn["id"], "cancel_round", text="任务调整")
        await deputy.must("look-back-rounds", drawn["id"], "cancel_round", text="任务调整")
        await place.settled()
        await place.until("2027-01-12")
        await place.settled()
        assert (2027, 2, "drawn") in await rounds(chief)
        assert (await chief.get(f"/designations/{title}")).json()["state"] == "active"  # undecided: it stands

        merger = {"document": "国函1号", "change": "并入横山区", "effective_day": "2027-01-01", "successor": "zizhou"}
        refused = await chief.act("designations", title, "transfer_to_successor", **merger)
        assert [e["code"] for e in refused.json()["errors"]] == ["successor_fits"]  # it holds a title of its own
        heir = {**merger, "successor": "hengshan"}
        await chief.must("designations", title, "transfer_to_successor", **heir)
        await deputy.must("designations", title, "transfer_to_successor", **heir)
        await place.settled()
        passed = (await chief.get(f"/designations/{title}")).json()
        assert (passed["subject"], passed["region"]) == ("hengshan", "cn/sn/yulin/hengshan")
        visits = (await chief.get("/look-backs", subject="hengshan")).json()["items"]
        assert [v["state"] for v in visits] == ["drawn"]
        await place.evidence(title)
        timeline = (await chief.get(f"/designations/{title}/timeline")).json()["items"]
        assert timeline[0]["event"] == "import_legacy_title"
        fact = {"source": "督察", "number": "1", "date": "2027-01-11", "file": f"ev-{title}", "kind": "other"}
        assert (await chief.post(f"/designations/{title}/signals/record_fact", {"form": fact})).status_code == 202
