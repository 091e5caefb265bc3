"""Three programmes that no line of code knows, each a folder of data, run to their end over HTTP."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from api.cli.processes import EmbeddedTemporal
from tests.support import programme as play
from tests.support.house import installation
from tests.support.temporal import connect

GOOD = {f"TST-0{n}": "20" for n in range(1, 6)}
POOR = {**GOOD, "TST-01": "0", "TST-02": "19"}  # 79 of 100: one short of what keeps the title


def cites(answer: httpx.Response, code: str, article: str, document: str, why: str) -> None:
    """A refusal names the article of the programme's own document first, and then why the service asks for it."""
    said = answer.json()
    (error,) = [one for one in said["errors"] if one["code"] == code]
    assert (error["rules"][0], why in error["rules"]) == (article, True)
    assert {"id": article, "document": document, "article": article} in said["rules"]
    assert said["rules"][0]["document"] == document
    assert why in {one["id"] for one in said["rules"]}


def points(total: int) -> dict[str, str]:
    """A score sheet with that total."""
    return {**GOOD, "TST-01": str(max(0, total - 80)), "TST-02": str(min(20, total - 60))}


async def recheck(at: play.Programme, year: int, day: str, results: dict[str, dict[str, str]]) -> None:
    """The re-checks of a year: the round came by itself; a person starts it and each title has its score."""
    await at.place.until(day)
    await at.place.settled()
    (round_,) = [r for r in await at.listed("look-back-rounds") if r["data"]["year"] == year]
    assert round_["state"] == "drawn", "those due are chosen without anybody"
    days = {"self_evaluation_day": day, "evaluation_day": day}
    await at.office.must("look-back-rounds", round_["id"], "start_round", **days)
    visits = {v["data"]["designation"]: v["id"] for v in await at.listed("look-backs", parent=round_["id"])}
    assert set(visits) == set(results)
    for title, sheet in results.items():
        await play.look(at, visits[title], sheet, day)
    await at.office.must("look-back-rounds", round_["id"], "close_round")


@pytest.mark.req("INV-23")
@pytest.mark.req("INV-24")
@pytest.mark.req("INV-27")
async def test_a_title_for_three_years_ends_with_two_failures_in_a_row(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        roles = [("city", "city_office", play.CITY), ("lead", "evaluator", play.PROVINCE)]
        at = await play.publish(place, "three_year_title", "provincial_office", roles)
        await at.open_batch("2024-02-22", "2024-06-30")
        counties = [await at.county() for _ in range(3)]
        cases = [await play.apply(at, "county", *county) for county in counties]
        for case in cases:
            reasons = {"no_grave_case": "no case on record"}
            it = await at.city.made("recommendations", case, criteria=reasons)
            await at.city.must("recommendations", it, "submit_recommendation")
            await at.office.must("recommendations", it, "accept_recommendation")
            await at.city.must("cases", case, "complete_stage")
            notice = await at.office.made("notices", case)
            shorter = await at.office.act("notices", notice, "open_notice", media=["the daily"], length=3)
            cites(shorter, "notice.length", "第七条", "示司发〔2024〕3号", "QH-11c")
            await at.office.must("notices", notice, "open_notice", media=["the daily"])
        (ends,) = {n["data"]["unit"] for n in await at.listed("notices")}
        assert ends == "calendar_days"
        await place.until("2024-03-03", "23:59")  # ten calendar days from 22 February, a Sunday
        assert [await at.state("cases", case) for case in cases] == ["notice"] * 3
        await place.until("2024-03-04", "00:00")
        await place.settled()
        assert [await at.state("cases", case) for case in cases] == ["naming"] * 3
        await place.until("2024-03-04")
        steady, failing, tired = (t["id"] for t in await play.name(at, cases, "2024-03-04"))

        await recheck(at, 2025, "2025-03-04", {steady: GOOD, failing: POOR, tired: GOOD})
        assert [await at.state("designations", t) for t in (steady, failing, tired)] == ["active"] * 3
        await recheck(at, 2026, "2026-03-04", {steady: POOR, failing: POOR, tired: GOOD})
        states = [await at.state("designations", t) for t in (steady, failing, tired)]
        assert states == ["active", "expired", "active"], "one failure is not two, two in a row end it"

        await recheck(at, 2027, "2027-03-03", {steady: GOOD, tired: POOR})
        await place.until("2027-03-05")
        await place.settled()
        shown = (await place.public().get(f"/designations/{steady}")).json()
        assert (shown["state"], shown["data"]["valid_until"]) == ("active", "2030-03-04")
        assert await at.state("designations", tired) == "expired", "three years are over and the last re-check failed"

        await at.open_batch("2027-03-05", "2027-06-30", number=2)
        code, clerk = counties[1]
        barred = await clerk.create("cases", parent=at.batch, track="county", jurisdiction=code)
        assert barred.status_code == 201, barred.text
        refused = await clerk.act("cases", barred.json()["id"], "enroll")
        cites(refused, "not_barred", "第十三条", "示司发〔2024〕3号", "INV-27")


async def year_of_ranking(at: play.Programme, year: int, scores: dict[str, int]) -> dict[str, list[str]]:
    """A census and its ranking; the titles that came last, by region."""
    await at.place.until(f"{year}-01-02")
    await at.place.settled()
    (round_,) = [r for r in await at.listed("look-back-rounds") if r["data"]["year"] == year]
    it, day = round_["id"], f"{year}-06-01"
    days = {"self_evaluation_day": day, "evaluation_day": day}
    await at.office.must("look-back-rounds", it, "start_round", **days)
    visits = {v["data"]["designation"]: v["id"] for v in await at.listed("look-backs", parent=it)}
    assert set(visits) == set(scores)
    for title, total in scores.items():
        await play.look(at, visits[title], points(total), day)
    await at.office.must("look-back-rounds", it, "rank_results")
    await at.both("look-back-rounds", it, "apply_bottom_rule")
    await at.place.settled()
    await at.office.must("look-back-rounds", it, "close_round")
    ranking = (await at.office.get(f"/look-back-rounds/{it}")).json()["data"]["ranking"]
    of = {visit: title for title, visit in visits.items()}
    return {stratum: [of[v] for v in last] for stratum, last in ranking["bottom"].items()}


@pytest.mark.req("INV-28")
@pytest.mark.req("INV-29")
async def test_the_last_two_of_a_region_twice_in_three_years_lose_the_title(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        at = await play.publish(place, "yearly_ranking", "provincial_office", [("lead", "evaluator", play.PROVINCE)])
        await place.jurisdiction("smallcity", "cn/sn", "prefecture")
        await at.open_batch("2024-02-22", "2024-06-30")
        counties = [await at.county() for _ in range(5)] + [await at.county("cn/sn/smallcity") for _ in range(3)]
        cases = [await play.apply(at, "county", *county) for county in counties]
        await place.until("2024-03-01")
        a, b, c, d, e, x, y, z = (t["id"] for t in await play.name(at, cases, "2024-03-01"))
        small = {x: 61, y: 61, z: 61}  # three in a region of three: fewer than are ranked

        first = await year_of_ranking(at, 2025, {a: 100, b: 90, c: 80, d: 70, e: 65, **small})
        assert first == {"cn/sn/yulin": [d, e]}
        assert {await at.state("designations", t) for t in (a, b, c, d, e, x, y, z)} == {"active"}

        second = await year_of_ranking(at, 2026, {a: 100, b: 65, c: 70, d: 80, e: 90, **small})
        assert second == {"cn/sn/yulin": [c, b]}
        assert {await at.state("designations", t) for t in (a, b, c, d, e)} == {"active"}, "each of them once"

        third = await year_of_ranking(at, 2027, {a: 100, b: 90, c: 65, d: 70, e: 95, **small})
        assert third == {"cn/sn/yulin": [d, c]}
        states = {t: await at.state("designations", t) for t in (a, b, c, d, e, x, y, z)}
        assert [t for t, state in states.items() if state == "expired"] == [c, d], "twice within three years"

        fourth = await year_of_ranking(at, 2028, {a: 61, b: 100, e: 62, **small})
        assert fourth == {}, "three are left, and nobody is ranked among so few"


@pytest.mark.req("GAP-PDS-1")
async def test_a_department_takes_part_and_is_never_named(temporal_server: EmbeddedTemporal, tmp_path: Path) -> None:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        roles = [("bureau", "bureau", play.CITY), ("admin", "system_administrator", "region:cn")]
        at = await play.publish(place, "participation_only", "bureau_leader", roles)
        await at.open_batch("2024-02-22", "2024-03-31")
        case = await at.enrolled("department", "yulin", at.bureau)
        await at.bureau.must("cases", case, "submit_artefact", **play.paper("work_plan", case))
        await _assign(at, case)
        await at.bureau.must("cases", case, "complete_stage")

        codes = [f"TST-0{n}" for n in range(1, 6)]
        rated = await at.bureau.put(f"/cases/{case}/scores", {"scores": dict.fromkeys(codes, "1")})
        assert rated.status_code == 200, rated.text
        await at.bureau.must("cases", case, "complete_stage")
        assert await at.state("cases", case) == "city_evaluation", "there is nothing to rectify"

        named = await at.bureau.act("cases", case, "record_external_result")
        cites(named, "role", "二", "示教发〔2024〕11号", "PDS-S5b")
        for event in ("name_case", "name_externally"):
            tried = await at.office.act("cases", case, event)
            assert tried.status_code in (403, 409), event
        decided = await at.office.create("naming-decisions", at.batch, named=[case])
        assert decided.status_code in (409, 422), "no decision can name it"
        result = {"source": "city", "number": "1", "date": "2024-02-22", "file": f"ev-{case}", "favourable": True}
        told = await at.told(at.office, "cases", case, "record_external_result", **result)
        assert told["outcome"] == "done", told
        await at.office.must("cases", case, "complete_stage")
        assert await at.state("cases", case) == "closed"
        assert await at.listed("designations") == []
        await place.until("2024-04-02")
        await at.office.must("batches", at.batch, "close_batch")
        assert await at.state("batches", at.batch) == "closed"


async def _assign(at: play.Programme, case: str) -> None:
    """Every group of indicators has its office, which has its liaison."""
    bureau = {"id": "bureau", "zh": "教育局", "jurisdiction": "yulin"}
    assert (await at.admin.post("/organizations", bureau)).status_code == 201
    section = {"of": case, "organization": "bureau", "zh": "法规科", "liaison": ["Wu"]}
    made = await at.office.post("/offices", section)
    assert made.status_code == 201, made.text
    assign = {group: {"offices": [made.json()["id"]]} for group in ("A", "B")}
    given = await at.office.put("/responsibilities", {"of": case, "assign": assign})
    assert given.status_code == 200, given.text
