"""Shanxi after the naming: yearly reports in public, the revisit of everybody, publicity, and the way a title is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from service.schemes.loader import shipped_scheme
from tests.support.shanxi import NAMING, NEWSPAPERS, PROJECT, WHOLE, Applicant, Shanxi, met, shanxi

SCHEME = shipped_scheme("shanxi")


async def _named(at: Shanxi, entries: list[Applicant]) -> list[str]:
    """These are named on 15 November 2021; their titles in that order."""
    for track in (WHOLE, PROJECT):
        mine = [one for one in entries if one.track == track]
        it = await at.listed_up(track, mine)
        await at.office.must("candidate-lists", it, "publish_list", media=NEWSPAPERS)
    await at.place.until("2021-11-15")
    await at.place.settled()
    await at.both("batches", at.batch, "close_window_early", text="all have applied")
    decision = await at.office.made("naming-decisions", at.batch, named=[one.case for one in entries])
    await at.office.must("naming-decisions", decision, "propose_decision")
    warned = (await at.office.get(f"/naming-decisions/{decision}")).json()["data"]["quota_warnings"]
    assert set(warned) == {WHOLE, PROJECT}, "two and one are far from about 10 and about 15: said, and no block"
    await at.second.must("naming-decisions", decision, "approve_decision")
    await at.office.must("naming-decisions", decision, "issue_decision", **NAMING)
    await at.place.settled()
    titles = {t["case"]: t["id"] for t in await at.listed("designations")}
    return [titles[one.case] for one in entries]


async def _publicised(at: Shanxi) -> None:
    """News for the press, the websites and the messaging services, reports in journal and site, good practice."""
    audiences = {one.key: one.audience for one in SCHEME.bulletins}
    assert list(audiences) == ["publicity_news", "journal", "website", "good_practice"]
    for kind, audience in audiences.items():
        told = [{"text": "示范创建进展顺利", "en": "The creation goes well"}]
        it = await at.office.made("bulletins", at.batch, kind=kind, facts=told)
        await at.second.must("bulletins", it, "approve_bulletin")
        assert (await at.office.must("bulletins", it, "issue_bulletin"))["state"] == "issued"
        assert (await at.office.get(f"/bulletins/{it}")).json()["data"]["audience"] == audience


async def _plaque(at: Shanxi, of: Applicant, title: str) -> str:
    """The plaque that hangs there; the document regulates none, so it is on record as it is (GAP-ALL-3)."""
    paper = {"source": "山西省委依法治省办", "number": "1号", "date": "2021-11-15", "file": f"ev-{of.case}"}
    return await at.office.made("insignia", title, "record_external_insignia", kind="plaque", **paper)


async def _reported(at: Shanxi, of: Applicant, title: str) -> None:
    """The report on 2021, due on 31 March 2022, published before it is accepted."""
    await at.place.until("2022-01-04")
    await at.place.settled()
    (report,) = [r for r in await at.listed("annual-reports", parent=title) if r["state"] == "open"]
    assert report["data"]["due_year"] == 2021, "the work of the year before"
    seen = (await of.clerk.get(f"/annual-reports/{report['id']}")).json()
    assert [d["dueOn"] for d in seen["duties"] if d["key"] == "annual_report_due"] == ["2022-03-31"]
    said: dict[str, Any] = {"year": 2021, "parts": {"work_of_the_year": "what was done"}}
    hidden = await at.refusal(of.clerk, "annual-reports", report["id"], "submit_report", **said)
    assert set(hidden) == {"annual_report.address"}, "not without the place at which it is published"
    said["address"] = "https://datong.example.invalid/report-2021"
    await of.clerk.must("annual-reports", report["id"], "submit_report", **said)
    reader = "the page cannot be reached"
    assert (await at.office.must("annual-reports", report["id"], "return_report", text=reader))["state"] == "open"
    await of.clerk.must("annual-reports", report["id"], "submit_report", **said)
    assert (await at.office.must("annual-reports", report["id"], "accept_report"))["state"] == "accepted"
    shown = (await at.office.get(f"/annual-reports/{report['id']}")).json()
    assert shown["data"]["address"] == said["address"]


async def _revisited(at: Shanxi, titles: list[str]) -> None:
    """Everybody is revisited in 2022; who still has 90 of 100 stays, who has 89 goes under review."""
    (round_,) = await at.listed("look-back-rounds")
    assert (round_["data"]["year"], round_["state"]) == (2022, "drawn"), "each year, by itself"
    days = {"self_evaluation_day": "2022-01-04", "evaluation_day": "2022-01-05"}
    await at.office.must("look-back-rounds", round_["id"], "start_round", **days)
    visits = {v["data"]["designation"]: v["id"] for v in await at.listed("look-backs", parent=round_["id"])}
    assert set(visits) == set(titles)
    for title, track, unmet in zip(titles, (WHOLE, WHOLE, PROJECT), (10, 11, 0), strict=True):
        await at.office.must("look-backs", visits[title], "commission_evaluation", evaluator="a team", independent=True)
        await at.place.settled()
        (evaluation,) = await at.listed("evaluations", parent=visits[title])
        await at.field(evaluation["id"], at.checker)
        scored = await at.checker.put(f"/evaluations/{evaluation['id']}/scores", {"scores": met(track, unmet)})
        assert scored.status_code == 200, scored.text
        await at.ended(evaluation["id"], at.checker)
        await at.place.settled()
    totals = [(await at.office.get(f"/look-backs/{visits[t]}")).json()["data"]["total"] for t in titles]
    assert totals == ["0.9", "0.89", "1"]
    assert [await at.state("look-backs", visits[t]) for t in titles] == ["closed", "in_revocation", "closed"]
    fitting = await at.office.made("look-back-rounds", scheme=at.scheme, year=2022, number=2)
    assert await at.state("look-back-rounds", fitting) == "planned", "a follow-up whenever it seems fitting"


async def _revoked(at: Shanxi, of: Applicant, title: str, plaque: str) -> None:
    """Nobody was warned before; the case is examined, the designee heard, and two people decide."""
    warned = await at.office.create("reminders", title, grounds={"other": "x"})
    assert warned.status_code in (409, 422), "the document knows no warning"
    (case,) = await at.listed("revocations", parent=title)
    it = case["id"]
    assert list(case["data"]["grounds"]) == ["no_longer_up_to_it"], "the revisit proved it"
    await at.office.must("revocations", it, "start_investigation")
    grounds = {one.code: one.rules for one in SCHEME.revocation.grounds}
    assert [rule for rules in grounds.values() for rule in rules] == ["SX-37-1", "SX-37-2", "SX-37-3", "SX-37-4"]
    for ground in ("grave_unlawful_act", "improper_means"):
        await at.office.must("revocations", it, "add_ground", grounds={ground: "as found"})
    short = await at.refusal(at.office, "revocations", it, "add_ground", grounds={"other": "for reasons"})
    assert set(short) == {"free_ground_explained"}
    await at.office.must("revocations", it, "add_ground", grounds={"other": "a reason that is told at length " * 2})
    answers = {**dict.fromkeys(grounds, "not borne out"), "no_longer_up_to_it": "89 of 100 are met"}
    await at.office.must("revocations", it, "file_investigation_report", report="as examined", answers=answers)
    await at.office.must("revocations", it, "open_statement_period")
    heard = await at.told(of.clerk, "revocations", it, "waive_statement", letter=f"ev-{of.case}")
    assert heard["outcome"] == "done", heard
    await at.office.must("revocations", it, "propose_decision", proposal="the title is revoked")
    alone = await at.refusal(at.office, "revocations", it, "decide_revocation")
    assert "two_persons" in alone
    assert await at.state("designations", title) == "revocation_review"
    only = {"grounds": {"no_longer_up_to_it": "89 of 100 are met"}}
    await at.second.must("revocations", it, "decide_revocation", **only)
    document = {"issuer": "山西省委依法治省办", "number": "2号", "date": "2022-01-04"}
    await at.office.must("revocations", it, "notify_decision", **document)
    await at.place.settled()
    assert await at.state("insignia", plaque) == "recall_ordered", "the plaque comes off"
    await at.place.until("2022-01-26")  # 15 working days from 4 January, the 25th, are past
    await at.place.settled()
    assert await at.state("revocations", it) == "final"
    await at.office.must("insignia", plaque, "confirm_return")
    await at.place.settled()
    assert await at.state("insignia", plaque) == "cancelled"
    assert await at.state("revocations", it) == "settled"


@pytest.mark.req("SX-31", "SX-32", "SX-33", "SX-35", "SX-36", "SX-37", "SX-37-1", "SX-37-2", "SX-37-3", "SX-37-4")
@pytest.mark.req("SX-43", "SX-44", "GAP-SX-6", "GAP-SX-7", "GAP-SX-9")
async def test_who_is_named_reports_in_public_is_revisited_and_may_lose_the_title(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with shanxi(temporal_server, tmp_path, "2021-09-01") as at:
        await at.opened("2021-09-01", "2021-12-31")
        steady, sliding = await at.candidate(), await at.candidate()
        project = await at.candidate(PROJECT)
        titles = await _named(at, [steady, sliding, project])
        await _publicised(at)
        plaque = await _plaque(at, sliding, titles[1])
        await _reported(at, steady, titles[0])
        await _revisited(at, titles)
        await _revoked(at, sliding, titles[1], plaque)
        assert [await at.state("designations", t) for t in titles] == ["active", "revoked", "active"]
