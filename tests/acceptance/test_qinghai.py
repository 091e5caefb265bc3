"""Qinghai: the scenario of the programme as one story, and what it does not play: classes of titles, all grounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.schemes.loader import shipped_scheme
from tests.support import qinghai as qh
from tests.support.qinghai import why
from tests.support.stories import told


@pytest.mark.req("QH-02d", "QH-03a", "QH-04b", "QH-05a", "QH-06a", "QH-06d", "QH-06e", "QH-06f", "QH-07d", "QH-07e")
@pytest.mark.req("QH-08a", "QH-08b", "QH-08c", "QH-08d", "QH-08f", "QH-09a", "QH-09b", "QH-09c", "QH-09d")
@pytest.mark.req("QH-10a", "QH-10b", "QH-10c", "QH-10d", "QH-10e", "QH-10f", "QH-10g", "QH-10h", "QH-10i")
@pytest.mark.req("QH-11a", "QH-11b", "QH-11c", "QH-11d", "QH-11e", "QH-11f", "QH-12a", "QH-12b", "QH-12-5", "QH-12-6")
@pytest.mark.req("QH-13a", "QH-13-2", "QH-13-5", "QH-14a", "QH-14b", "QH-15a", "QH-16a", "QH-18a")
@pytest.mark.req("GAP-QH-1", "GAP-QH-2", "GAP-QH-3", "GAP-QH-4", "GAP-QH-5", "GAP-QH-6", "GAP-QH-8", "GAP-QH-9")
@pytest.mark.req("GAP-QH-11", "GAP-QH-13", "GAP-QH-14", "GAP-QH-15", "INV-04", "INV-05", "INV-06", "INV-07", "INV-08")
@pytest.mark.req("INV-09", "INV-10", "INV-13", "INV-16", "INV-20", "INV-21", "INV-29", "INV-31")
async def test_the_scenario_of_the_programme_holds_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    held, said = await told("qinghai", tmp_path)
    assert held, said


@pytest.mark.req("QH-02c", "QH-02d", "QH-08e", "GAP-QH-7")
async def test_titles_of_earlier_times_have_their_class_and_only_a_demonstration_county_hosts_a_new_project(
    tmp_path: Path,
) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        (b, _), (plain, _) = [await at.county(role="designee") for _ in range(2)]
        area = await qh.taken_over(at, b)
        unit = await qh.taken_over(at, plain, track="project", named_by="省政府", named_on="2016-09-01")
        later_project = await qh.taken_over(at, b, "rural courts", named_by=qh.OFFICE, named_on="2021-06-01")
        shown = {t["id"]: t["track"] for t in await at.listed("designations")}
        assert shown == {area: "area", unit: "project", later_project: "project"}
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
        whole = await qh.enrolled(at, "area", plain)
        assert await at.state("cases", whole) == "recommendation", "an old title as a project does not bar the county"
        of_plain = await qh.opened(at, "project", plain, "mediation")
        assert "QH-08e" in why(await at.prefecture.act("cases", of_plain, "enroll"))
        of_area = await qh.enrolled(at, "project", b, "mediation")
        it = await at.prefecture.made("recommendations", of_area, criteria={"innovative": "new"})
        lacks = await at.prefecture.act("recommendations", it, "submit_recommendation")
        assert ("QH-08e" in why(lacks), lacks.json()["errors"][0]["missing"]) == (True, ["leading", "typical"])
        await at.prefecture.must("recommendations", it, "submit_recommendation", criteria=qh.PROJECT)


@pytest.mark.req("QH-05b", "QH-12-1", "QH-12-2", "QH-12-3", "QH-12-4", "QH-12-5", "QH-12-6", "QH-13-1", "QH-13-2")
@pytest.mark.req("QH-13-3", "QH-13-4", "QH-13-5", "QH-13-6", "GAP-QH-10", "GAP-QH-13")
async def test_six_grounds_warn_and_six_revoke_each_fitting_its_class(tmp_path: Path) -> None:
    async with qh.qinghai(tmp_path) as at:
        held = {"area": await qh.taken_over(at, "zizhou"), "project": await qh.taken_over(at, "zizhou", "one window")}
        warn, revoke = shipped_scheme("qinghai").reminder.grounds, shipped_scheme("qinghai").revocation.grounds
        assert [g.rules for g in warn] == [(f"QH-12-{n}",) for n in range(1, 7)]
        assert [g.rules for g in revoke] == [(f"QH-13-{n}",) for n in range(1, 7)]

        criticised = {
            "kind": "superior_circular", "source": "the ministry", "number": "12", "date": "2024-02-22",
            "file": f"ev-{held['area']}", "designation": held["area"],
        }  # fmt: skip
        sent = await at.office.create("bulletins", held["area"], "receive_bulletin", **criticised)
        await qh.received(at.office, sent)
        await at.place.settled()
        facts = (await at.office.get(f"/designations/{held['area']}")).json()["data"]["facts"]
        assert [f["kind"] for f in facts] == ["criticism"], "a circular from above is a fact of the title"

        for class_, title in held.items():
            order = await at.office.made("reminders", title)
            for ground in (g for g in warn if not g.fits(class_)):
                form = {"grounds": {ground.code: "as reported"}}
                assert set(ground.rules) <= why(await at.second.act("reminders", order, "issue_reminder", **form))
            fitting = {g.code: f"as reported: {g.title.en}" for g in warn if g.fits(class_)}
            assert len(fitting) == 5
            await at.second.must("reminders", order, "issue_reminder", grounds=fitting)
            assert (await at.office.get(f"/reminders/{order}")).json()["data"]["grounds"] == fitting
            assert await at.state("designations", title) == "reminded"

            short = await at.office.create("revocations", title, grounds={"other": "x" * 49})
            assert "GAP-QH-10" in why(short)
            unknown = await at.office.create("revocations", title, grounds={"bad_weather": "it rained"})
            assert "QH-13a" in why(unknown), "only the grounds of the scheme"
            grounds = {g.code: "y" * 50 for g in revoke}
            it = await at.office.made("revocations", title, grounds=grounds)
            assert (await at.office.get(f"/revocations/{it}")).json()["data"]["grounds"] == grounds
            assert await at.state("designations", title) == "revocation_review"
