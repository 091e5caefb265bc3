"""Bulletins that come round and what events entail, over HTTP on the real engine: one batch, two counties."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from service.schemes import loader
from tests.support.house import Caller, Installation, installation
from tests.support.schemes import REFERENCE
from tests.support.temporal import connect

RHYTHM: dict[str, Any] = {"title": {"zh": "调度", "en": "Dispatch"}, "audience": "各县区", "stages": ["mobilization"]}


def programme() -> dict[str, Any]:
    """The shipped programme with bulletins in its first stage and consequences of what happens there."""
    definition = loader.dump(REFERENCE)
    definition["bulletins"] = [
        *(one for one in definition["bulletins"] if one["cadence"] is None),
        {"key": "dispatch", **RHYTHM, "cadence": {"every_days": 14}},
        {"key": "monthly_bulletin", **RHYTHM, "cadence": {"last_working_day_of": "month"}},
    ]
    definition["consequences"] += [
        {"on": "case.enroll", "effect": "bonus", "amount": "0.10", "removed_on": "case.withdrawn"},
        {"on": "case.enroll", "effect": "bonus", "amount": "0.2"},
        {"on": "case.enroll", "effect": "priority", "removed_on": "case.withdrawn"},
        {"on": "case.enroll", "effect": "funding", "rules": ["HY-W2d"]},
        {"on": "overdue.stage_due", "effect": "deduction", "amount": "0.05"},
    ]
    return definition


@dataclass
class Scene:
    """Who is there."""

    place: Installation
    batch: str
    chief: Caller
    office: Caller
    clerks: dict[str, Caller]
    cases: dict[str, str]

    async def bulletins(self, **where: str) -> list[dict[str, Any]]:
        """The bulletins of the batch in the order in which they were drafted."""
        await self.place.settled()
        found = await self.office.get("/bulletins", parent=self.batch, **where)
        assert found.status_code == 200, found.text
        return list(found.json()["items"])

    async def entries(self, who: Caller, **where: Any) -> list[dict[str, Any]]:
        found = await who.get("/consequences", **where)
        assert found.status_code == 200, found.text
        return list(found.json()["items"])


async def scene(place: Installation) -> Scene:
    editor = await place.person("editor", ("scheme_editor", "region:cn"))
    chief = await place.person("chief", ("scheme_approver", "region:cn"), ("provincial_lbg_office", "region:cn"))
    office = await place.person("office", ("leading_group_office", "region:cn/sn"))
    made = await editor.post("/schemes", {"region": "cn/sn", "definition": programme()})
    scheme = made.json()["id"]
    assert (await chief.post(f"/schemes/{scheme}/publish")).status_code == 200
    window: dict[str, Any] = {"number": 1, "naming_year": 2024, "opens": "2024-02-22", "closes": "2024-12-31"}
    batch = await chief.made("batches", scheme=scheme, **window)
    await chief.must("batches", batch, "open_batch")
    here = Scene(place, batch, chief, office, {}, {})
    for code in ("jiaxian", "zizhou"):
        clerk = await place.person(f"clerk.{code}", ("county_government", f"region:cn/sn/yulin/{code}"))
        case = await clerk.made("cases", batch, track="area", jurisdiction=code)
        await clerk.must("cases", case, "enroll")
        here.clerks[code], here.cases[code] = clerk, case
    return here


@pytest.mark.req("YL-3i")
@pytest.mark.req("YL-3j")
@pytest.mark.req("GAP-YL-6")
@pytest.mark.req("PDS-M3e")
async def test_one_bulletin_comes_round_for_all_and_is_edited_approved_and_issued(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        here = await scene(place)
        await place.until("2024-02-28", "23:59")
        assert await here.bulletins() == []
        await place.until("2024-03-07", "09:00")
        monthly, drafted = await here.bulletins()
        assert (monthly["data"]["kind"], monthly["data"]["period"]["to"]) == ("monthly_bulletin", "2024-02-28")
        await here.office.must("bulletins", monthly["id"], "discard_bulletin", text="本月无事可报")
        data = drafted["data"]
        assert (drafted["state"], data["kind"]) == ("draft", "dispatch")
        assert data["period"] == {"from": "2024-02-22", "to": "2024-03-06"}
        told = [f["text"] for f in data["facts"]]
        assert {"佳县：动员部署阶段，进行中", "子洲县：动员部署阶段，进行中"} <= set(told)
        assert data["basis_for_each_name"] == {"佳县": here.cases["jiaxian"], "子洲县": here.cases["zizhou"]}

        bulletin = drafted["id"]
        named = [*data["facts"], {"text": "横山区未见行动，佳县进展较快"}]
        edited = await here.office.must("bulletins", bulletin, "edit_bulletin", facts=named)
        assert edited["state"] == "draft"
        wrong = await here.chief.act("bulletins", bulletin, "approve_bulletin", basis_for_each_name={"佳县": "x"})
        assert wrong.status_code == 409
        assert wrong.json()["errors"][0]["code"] == "named_on_record"
        assert (await here.chief.must("bulletins", bulletin, "approve_bulletin"))["state"] == "approved"
        assert (await here.office.must("bulletins", bulletin, "issue_bulletin"))["state"] == "issued"
        assert (await here.clerks["jiaxian"].get(f"/bulletins/{bulletin}")).status_code == 404

        await place.until("2024-03-29", "09:00")
        kinds = [(b["data"]["kind"], b["data"]["period"]["to"], b["state"]) for b in await here.bulletins()]
        assert kinds == [
            ("monthly_bulletin", "2024-02-28", "discarded"),
            ("dispatch", "2024-03-06", "issued"),
            ("dispatch", "2024-03-20", "draft"),
            ("monthly_bulletin", "2024-03-28", "draft"),
        ]
        late = [d for b in (await here.bulletins(state="draft")) for d in await _duties(here, b["id"])]
        assert {(d["key"], d["dueOn"], d["overdue"]) for d in late} == {
            ("bulletin_due", "2024-03-25", True),
            ("bulletin_due", "2024-04-02", False),
        }

        draft: dict[str, Any] = {
            "kind": "dispatch",
            "facts": [{"text": "更正：佳县尚未动员"}],
            "basis_for_each_name": {"佳县": here.cases["jiaxian"]},
        }
        later = await here.office.made("bulletins", here.batch, **draft, **{k: data[k] for k in ("period", "audience")})
        await here.chief.must("bulletins", later, "approve_bulletin")
        await here.office.must("bulletins", later, "issue_bulletin")
        await here.office.must("bulletins", bulletin, "correct_bulletin", replacement=later)
        corrected = await here.chief.must("bulletins", bulletin, "correct_bulletin", replacement=later)
        assert corrected["state"] == "corrected"


async def _duties(here: Scene, bulletin: str) -> list[dict[str, Any]]:
    return list((await here.office.get(f"/bulletins/{bulletin}")).json()["duties"])


@pytest.mark.req("YL-W3c")
@pytest.mark.req("INV-30")
async def test_a_circular_of_criticism_entails_an_entry_for_whom_it_names_until_it_is_withdrawn(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        here = await scene(place)
        form: dict[str, Any] = {"kind": "criticism_circular", "facts": [{"text": "子洲县行动迟缓"}],
                "basis_for_each_name": {"子洲县": here.cases["zizhou"]}}  # fmt: skip
        bulletin = await here.office.made("bulletins", here.batch, **form)
        await here.chief.must("bulletins", bulletin, "approve_bulletin")
        await here.office.must("bulletins", bulletin, "issue_bulletin")
        (entry,) = await here.entries(here.clerks["zizhou"], effect="criticism")
        assert (entry["subject"], entry["thing"], entry["inForce"]) == ("zizhou", bulletin, True)
        assert await here.entries(here.clerks["jiaxian"], effect="criticism") == []
        why = {"text": "事实有误，予以撤回"}
        assert "proposal" in await here.office.must("bulletins", bulletin, "withdraw_bulletin", **why)
        assert (await here.chief.must("bulletins", bulletin, "withdraw_bulletin", **why))["state"] == "withdrawn"
        (entry,) = await here.entries(here.chief, effect="criticism")
        assert (entry["inForce"], entry["endedBy"], entry["counts"]) == (False, bulletin, False)


@pytest.mark.req("GAP-QH-16")
@pytest.mark.req("QH-12-4")
async def test_a_circular_from_outside_is_only_taken_on_record_with_its_paper(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        here = await scene(place)
        await place.evidence(here.batch)
        form: dict[str, Any] = {"kind": "superior_circular", "source": "省委依法治省办", "number": "12",
                                "date": "2024-02-20", "file": f"ev-{here.batch}"}  # fmt: skip
        told = await here.office.create("bulletins", here.batch, "receive_bulletin", **form)
        assert told.status_code == 202, told.text
        for wrong in ({"file": "ev-of-nobody"}, {"designation": "nobody"}):
            answer = await here.office.create("bulletins", here.batch, "receive_bulletin", **{**form, **wrong})
            assert answer.status_code == 409, answer.text
        await place.house.gateway.courier.wake(f"bulletin:{told.json()['id']}")
        found = await here.bulletins()
        assert [(b["state"], b["ended"], b["data"]["number"]) for b in found] == [("received", True, "12")]
        assert (await here.chief.act("bulletins", found[0]["id"], "approve_bulletin")).status_code == 409


@pytest.mark.req("GAP-QH-15")
@pytest.mark.req("HY-T03")
@pytest.mark.req("HY-W2d")
async def test_an_appraisal_sums_exactly_and_keeps_past_years_when_the_cause_is_gone(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        here = await scene(place)
        mine = here.clerks["jiaxian"]
        assert {e["subject"] for e in await here.entries(mine)} == {"jiaxian"}
        assert {e["subject"] for e in await here.entries(here.chief)} == {"jiaxian", "zizhou"}
        page = (await here.chief.get("/consequences", limit=3)).json()
        seen = [e["id"] for e in page["items"]]
        while page["hasMore"]:
            page = (await here.chief.get("/consequences", limit=3, cursor=page["next"])).json()
            seen += [e["id"] for e in page["items"]]
        assert len(seen) == len(set(seen)) == 8
        assert (await place.public().get("/consequences")).status_code == 401

        assert await _points(mine, 2024) == "0.3"  # 0.10 and 0.2, and no binary number between them
        await place.until("2024-04-01", "09:00")  # the stage was due at the end of March
        assert await _points(mine, 2024) == "0.25"
        (flag,) = await here.entries(mine, effect="funding", subject="jiaxian")
        await _grant(here, flag)

        await mine.must("cases", here.cases["jiaxian"], "withdraw")
        assert await _points(mine, 2024) == "0.15"
        ended = {e["effect"]: (e["endedOn"], e["counts"]) for e in await here.entries(mine, in_force=False)}
        assert ended == {"bonus": ("2024-04-01", False), "priority": ("2024-04-01", False)}

        await place.until("2025-01-10")
        other = here.clerks["zizhou"]
        before = await _points(other, 2024)
        await other.must("cases", here.cases["zizhou"], "withdraw")
        assert await _points(other, 2024) == before  # the appraisal of 2024 has been made
        marked = [e for e in await here.entries(other, in_force=False) if e["effect"] == "bonus"]
        assert [(e["endedOn"], e["counts"]) for e in marked] == [("2025-01-10", True)]
        assert (await other.get("/appraisals", year=2025)).json()["items"] == []


async def _points(who: Caller, year: int) -> str:
    (one,) = (await who.get("/appraisals", year=year)).json()["items"]
    return str(one["points"])


async def _grant(here: Scene, flag: dict[str, Any]) -> None:
    """The authority grants a sum on a document: once, exactly, seen as it stands."""
    path = f"/consequences/{flag['id']}"
    body: dict[str, Any] = {
        "amount": "50000.10",
        "document": {"issuer": "县财政局", "number": "3", "date": "2024-03-20"},
    }
    etag = {"If-Match": f'"{flag["revision"]}"'}
    assert (await here.chief.post(f"{path}/grant", body)).status_code == 428
    assert (await here.chief.post(f"{path}/grant", body, **{"If-Match": '"9"'})).status_code == 412
    assert (await here.office.post(f"{path}/grant", body, **etag)).status_code == 403
    for wrong in (
        {"amount": "-1"},
        {"amount": "much"},
        {"amount": "1e999999"},
        {"amount": None},
        {"document": {**body["document"], "date": "2999-01-01"}},
    ):
        answer = await here.chief.post(f"{path}/grant", {k: v for k, v in {**body, **wrong}.items() if v}, **etag)
        assert answer.status_code == 422, answer.text
    granted = [await here.chief.post(f"{path}/grant", body, key="grant-1", **etag) for _ in range(2)]
    assert [g.status_code for g in granted] == [200, 200], granted[0].text
    assert granted[1].json()["granted"] == {
        "amount": "50000.10", "document": body["document"], "by": "chief", "on": "2024-04-01",
    }  # fmt: skip
    again = {**body, "amount": "2"}
    assert (await here.chief.post(f"{path}/grant", again, key="grant-1", **etag)).status_code == 422
    stands = (await here.chief.get(path)).json()
    assert (stands["amount"], stands["revision"]) == ("50000.10", flag["revision"] + 1)
    timeline = (await here.chief.get(f"/cases/{flag['case']}/timeline")).json()["items"]
    assert [e["thing"] for e in timeline if e["event"] == "grant_consequence"] == [flag["id"]]
    (priority,) = await here.entries(here.chief, effect="priority", subject=flag["subject"])
    refused = await here.chief.post(f"/consequences/{priority['id']}/grant", body, **etag)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "can_be_granted")
