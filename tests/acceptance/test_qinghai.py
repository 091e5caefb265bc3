"""Qinghai, its entry: items and batches, who recommends whom, titles with plaque, certificate and yearly report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.schemes.loader import dump, shipped_scheme
from tests.support import programme as play
from tests.support import qinghai as qh
from tests.support.qinghai import why

WINDOW: dict[str, Any] = {"number": 1, "naming_year": 2024, "opens": "2024-03-01", "closes": "2024-12-31"}


@pytest.mark.req("QH-03a")
@pytest.mark.req("QH-11a")
@pytest.mark.req("QH-18a")
@pytest.mark.req("INV-13")
async def test_a_hundred_items_of_one_point_and_one_batch_in_two_years(tmp_path: Path) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        scheme = shipped_scheme("qinghai")
        system, scoring = scheme.indicator_system, scheme.scoring
        assert [len(system.indicators), scoring.per_item, scoring.max] == [100, 1, 100]
        assert scheme.trial
        assert all(one.provisional for one in system.indicators), "a list of our own until the official one is imported"
        short = {**dump(scheme)["indicator_system"], "indicators": dump(scheme)["indicator_system"]["indicators"][:99]}
        _, answer = await qh.copied(at, version="1.0.1", indicator_system=short)
        assert answer.status_code == 422
        assert "QH-11a" in {rule for error in answer.json()["errors"] for rule in error["rules"]}

        not_yet, answer = await qh.copied(at, key="later", effective_from="2024-03-02")
        assert answer.status_code == 200, answer.text
        assert "QH-18a" in why(await at.office.create("batches", scheme=not_yet, **WINDOW))

        await place.until("2024-03-01")
        await at.open_batch("2024-03-01", "2024-12-31")
        window = {**WINDOW, "number": 2, "naming_year": 2026, "opens": "2026-03-01", "closes": "2026-12-31"}
        second = await at.office.made("batches", scheme=at.scheme, **window)
        await place.until("2025-03-01")
        assert await at.state("batches", at.batch) == "evaluating", "the window closed by itself"
        early = await at.office.act("batches", second, "open_batch", opens="2025-03-01")
        assert {"QH-03a", "INV-13"} <= why(early)
        assert early.json()["errors"][0]["missing"] == ["2026-03-01"]
        await place.until("2026-03-01")
        await at.office.must("batches", second, "open_batch")


@pytest.mark.req("QH-02c")
@pytest.mark.req("QH-02d")
@pytest.mark.req("QH-04b")
@pytest.mark.req("QH-08a")
@pytest.mark.req("QH-08b")
@pytest.mark.req("QH-08c")
@pytest.mark.req("QH-08d")
@pytest.mark.req("QH-08e")
@pytest.mark.req("INV-08")
async def test_a_prefecture_recommends_the_host_county_of_a_project_and_a_project_of_a_demonstration_county(
    tmp_path: Path,
) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        (a, _), (b, _), (plain, _) = [await at.county(role="designee") for _ in range(3)]
        host_of = await qh.taken_over(at, a, "one window")
        area = await qh.taken_over(at, b)
        unit = await qh.taken_over(at, plain, track="project", named_by="省政府", named_on="2016-09-01")
        later_project = await qh.taken_over(at, b, "rural courts", named_by=qh.OFFICE, named_on="2021-06-01")
        shown = {t["id"]: t["track"] for t in await at.listed("designations")}
        assert shown == {host_of: "project", area: "area", unit: "project", later_project: "project"}
        legacy: dict[str, Any] = {"event": "import_legacy_title", "scheme": at.scheme, "jurisdiction": "zizhou"}
        old_area = await at.office.create(
            "designations", **legacy, track="area", named_by="省政府", named_on="2016-09-01"
        )
        assert "QH-02d" in why(old_area), "what was named before the office was founded is managed as a project"
        as_project = await at.office.create(
            "designations", **legacy, track="project", named_by=qh.OFFICE, named_on="2021-06-01"
        )
        assert "QH-02c" in why(as_project), "a county that the office named is managed as an area"

        await place.until("2024-03-01")
        await at.open_batch("2024-03-01", "2024-12-31")
        case = await qh.enrolled(at, "area", a)
        assert (await at.office.get(f"/cases/{case}")).json()["data"]["place_holds"] == [host_of]
        neighbour = await at.neighbour.create("recommendations", case, **qh.attested(False))
        assert {"QH-04b", "QH-08d"} <= why(neighbour)
        it = await at.prefecture.made("recommendations", case, **qh.attested(False, "0.899"))
        assert {"QH-08a", "INV-08"} <= why(await at.prefecture.act("recommendations", it, "submit_recommendation"))
        for lacking, rule in (("leading", "QH-08b"), ("copyable", "QH-08c")):
            rest = {code: said for code, said in qh.AREA.items() if code != lacking}
            tried = await at.prefecture.act(
                "recommendations", it, "submit_recommendation", attainment="0.90", criteria=rest
            )
            assert rule in why(tried)
            assert tried.json()["errors"][0]["missing"] == [lacking]
        await at.prefecture.must("recommendations", it, "submit_recommendation", attainment="0.90", criteria=qh.AREA)
        await at.office.must("recommendations", it, "accept_recommendation")

        whole = await qh.enrolled(at, "area", plain)
        assert await at.state("cases", whole) == "recommendation", "an old title as a project does not bar the county"
        of_plain = await qh.opened(at, "project", plain, "mediation")
        assert "QH-08e" in why(await at.prefecture.act("cases", of_plain, "enroll"))
        of_area = await qh.enrolled(at, "project", b, "mediation")
        it = await at.prefecture.made("recommendations", of_area, criteria={"innovative": "new"})
        lacks = await at.prefecture.act("recommendations", it, "submit_recommendation")
        assert ("QH-08e" in why(lacks), lacks.json()["errors"][0]["missing"]) == (True, ["leading", "typical"])
        await at.prefecture.must("recommendations", it, "submit_recommendation", criteria=qh.PROJECT)
        of_city = await qh.enrolled(at, "project", "yulin", "mediation")
        await qh.recommend(at, of_city, project=True, own=True)
        assert await at.state("cases", of_city) == "naming"


@pytest.mark.req("QH-05b")
@pytest.mark.req("QH-06a")
@pytest.mark.req("QH-06d")
@pytest.mark.req("QH-06e")
@pytest.mark.req("QH-06f")
@pytest.mark.req("QH-07d")
@pytest.mark.req("QH-07e")
@pytest.mark.req("INV-05")
async def test_titles_have_a_dossier_a_plaque_a_certificate_and_a_report_by_the_end_of_january(tmp_path: Path) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        await place.until("2024-03-01")
        await at.open_batch("2024-03-01", "2024-12-31")
        counties = [await at.county(role="designee") for _ in range(3)]
        cases = [await qh.enrolled(at, "area", code) for code, _ in counties]
        for case in cases:
            await qh.recommend(at, case)
        cases.append(await qh.enrolled(at, "project", "yulin", "one window"))
        await qh.recommend(at, cases[-1], project=True, own=True)
        await place.until("2024-06-20")
        titles = await play.name(at, cases, "2024-06-20")
        assert [(t["track"], t["data"]["named_on"]) for t in titles] == [
            *[("area", "2024-06-20")] * 3, ("project", "2024-06-20"),
        ]  # fmt: skip
        assert {t["case"] for t in titles} == set(cases), "a dossier each, ordered by batch"
        holders = [*(clerk for _, clerk in counties), at.city]
        pieces = [await qh.hand_out(at, t["id"], n, holders[n - 1]) for n, t in enumerate(titles, 1)]
        serials = {p["data"]["serial"] for p in await at.listed("insignia")}
        assert serials == {f"{kind}-1-{n}" for kind in ("plaque", "certificate") for n in (1, 2, 3, 4)}
        undecided = await qh.taken_over(at, "zizhou")
        assert {"QH-06a", "INV-05"} <= why(await at.office.create("insignia", undecided, kind="plaque"))

        a, c, d, p = (t["id"] for t in titles)
        for use, rule in (("lending", "QH-06e"), ("copying", "QH-06d"), ("trade_fair", "QH-06f")):
            asked = await holders[2].act("insignia", pieces[2][0], "request_use", use=use, purpose="trade fair")
            assert rule in why(asked)
        told = (await at.office.get(f"/designations/{d}/timeline")).json()["items"]
        logged = [rule for e in told if (e["event"], e["result"]) == ("request_use", "refused") for rule in e["rules"]]
        assert {"QH-06d", "QH-06e", "QH-06f"} <= set(logged)
        seen = {"source": "a visitor", "number": "1", "date": "2024-06-20", "file": f"ev-{titles[2]['case']}"}
        lent = {**seen, "misuse": "lending", "text": "shown at a trade fair"}
        noted = await at.told(at.office, "insignia", pieces[2][0], "record_incident", **lent)
        assert noted["outcome"] == "done", noted
        await holders[2].must("insignia", pieces[2][0], "request_use", use="advancing_rule_of_law", purpose="open day")

        await place.until("2025-01-24")
        due = {r["parent"]: r["id"] for r in await at.listed("annual-reports") if r["state"] == "open"}
        assert set(due) == {a, c, d, p, undecided}
        words = {
            "work_of_the_year": "done", "first_responsible_person": "four meetings", "staff_skill": "two courses",
            "experience_spread": "three visits",
        }  # fmt: skip
        thin = await holders[0].act("annual-reports", due[a], "submit_report", year=2024, parts={"staff_skill": "x"})
        assert "QH-07d" in why(thin)
        for title, holder in zip((a, c, d), holders, strict=False):
            await holder.must("annual-reports", due[title], "submit_report", year=2024, parts=words)

        async def owed(title: str) -> list[tuple[str, bool]]:
            seen = (await at.office.get(f"/annual-reports/{due[title]}")).json()
            return [(duty["dueOn"], duty["overdue"]) for duty in seen["duties"]]

        await place.until("2025-01-31", "23:59")
        assert await owed(p) == [("2025-01-31", False)], "Spring Festival does not move it"
        await place.until("2025-02-01", "00:00")
        assert await owed(p) == [("2025-01-31", True)]
        assert await owed(a) == [], "served in time"
        await place.until("2025-02-10")
        await at.city.must("annual-reports", due[p], "submit_report", year=2024, parts=words)
        assert await owed(p) == [("2025-01-31", True)], "late for ever"
        for title in (a, p):  # every title stays reviewable, whatever its class and merit
            await at.office.made("revocations", title, grounds={"grave_unlawful_act": "reported by the press"})
            assert await at.state("designations", title) == "revocation_review"
