"""Qinghai, the way out and back: reminded, revoked after an investigation, plaque returned, a new batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.schemes.loader import shipped_scheme
from tests.support import programme as play
from tests.support import qinghai as qh
from tests.support.qinghai import why


async def named(at: play.Programme) -> tuple[dict[str, Any], list[str]]:
    """A project of the prefecture, named in the batch of 2024, and its plaque and certificate."""
    await at.place.until("2024-03-01")
    await at.open_batch("2024-03-01", "2024-12-31")
    case = await qh.enrolled(at, "project", "yulin", "one window")
    await qh.recommend(at, case, project=True, own=True)
    await at.place.until("2024-06-20")
    (title,) = await play.name(at, [case], "2024-06-20")
    return title, await qh.hand_out(at, title["id"], 1, at.city)


PLAN = {"measure": "a new counter", "unit": "justice bureau", "person": "Ma", "due": "2026-01-30"}


@pytest.mark.req("QH-12a")
@pytest.mark.req("QH-12b")
@pytest.mark.req("QH-12-5")
@pytest.mark.req("QH-12-6")
@pytest.mark.req("QH-13a")
@pytest.mark.req("QH-13-5")
@pytest.mark.req("QH-14a")
@pytest.mark.req("GAP-QH-9")
@pytest.mark.req("INV-10")
async def test_a_project_that_stands_still_is_reminded_and_put_under_review_when_it_fails_again(tmp_path: Path) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        title, _ = await named(at)
        p = title["id"]
        await place.until("2025-11-05")
        order = await at.office.made("reminders", p)
        sliding = await at.second.act("reminders", order, "issue_reminder", grounds={"area_slides": "it slides"})
        assert {"QH-12-6", "GAP-QH-13"} <= why(sliding), "a ground of areas only"
        alone = {"grounds": {"project_stands_still": "nothing new for a year"}}
        assert "INV-20" in why(await at.office.act("reminders", order, "issue_reminder", **alone))
        await at.second.must("reminders", order, "issue_reminder", **alone)
        (due,) = (await at.office.get(f"/reminders/{order}")).json()["duties"]
        assert (due["key"], due["dueOn"]) == ("reminder_rectification_due", "2026-02-03")
        assert await at.state("designations", p) == "reminded"
        await place.settled()
        (circular,) = await at.listed("bulletins")
        assert (circular["data"]["kind"], circular["state"]) == ("reminder_circular", "draft")
        await at.city.must("reminders", order, "acknowledge_reminder", **PLAN)

        await place.until("2026-01-12")
        again = {"text": "the counter closed again", "ground": "rectification_failed"}
        assert "QH-13-5" in why(await at.office.act("reminders", order, "record_recurrence", **again))
        await qh.fact(at, title, "serious_problem", "2026-01-12")
        await at.office.must("reminders", order, "record_recurrence", **again)
        (opened,) = await at.listed("revocations", parent=p)
        it = opened["id"]
        assert list(opened["data"]["grounds"]) == ["rectification_failed"]
        assert await at.state("reminders", order) == "escalated"
        for event, form in (("decide_revocation", {}), ("propose_decision", {"proposal": "revoke"})):
            assert "QH-14a" in why(await at.second.act("revocations", it, event, **form)), "nothing is investigated yet"
        assert await at.state("designations", p) == "revocation_review"


@pytest.mark.req("QH-08f")
@pytest.mark.req("QH-14a")
@pytest.mark.req("QH-14b")
@pytest.mark.req("QH-15a")
@pytest.mark.req("GAP-QH-4")
@pytest.mark.req("GAP-QH-11")
@pytest.mark.req("GAP-QH-14")
@pytest.mark.req("INV-07")
@pytest.mark.req("INV-10")
async def test_a_project_is_revoked_once_it_was_investigated_and_heard_and_hands_back_its_plaque(
    tmp_path: Path,
) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        title, pieces = await named(at)
        p = title["id"]
        await place.until("2026-01-12")
        it = await at.office.made("revocations", p, grounds={"rectification_failed": "the counter closed again"})
        await at.office.must("revocations", it, "start_investigation")
        silent = {"report": "as found", "answers": {}}
        assert "QH-14a" in why(await at.office.act("revocations", it, "file_investigation_report", **silent))
        report = {"report": "as found", "answers": {"rectification_failed": "proved"}}
        await at.office.must("revocations", it, "file_investigation_report", **report)
        await place.until("2026-01-26")
        await at.office.must("revocations", it, "open_statement_period")
        (period,) = (await at.office.get(f"/revocations/{it}")).json()["duties"]
        assert (period["key"], period["dueOn"]) == ("statement_end", "2026-02-09")
        said = await at.told(at.city, "revocations", it, "submit_statement", statement="it will open again")
        assert said["outcome"] == "done", said
        await place.until("2026-02-10", "00:00")
        assert await at.state("revocations", it) == "heard"
        await place.until("2026-02-25")
        proposal = {"proposal": "revoke", "statement_answers": {"1": "it did not"}}
        await at.office.must("revocations", it, "propose_decision", **proposal)
        assert "INV-20" in why(await at.office.act("revocations", it, "decide_revocation"))
        await at.second.must("revocations", it, "decide_revocation")
        await at.office.must("revocations", it, "notify_decision", issuer=qh.OFFICE, number="R-1", date="2026-02-25")
        await place.settled()
        assert await at.state("designations", p) == "revoked"
        for piece in pieces:
            (owed,) = (await at.office.get(f"/insignia/{piece}")).json()["duties"]
            assert (owed["key"], owed["dueOn"]) == ("insignia_return_due", "2026-03-17")
        assert "QH-08f" in why(await at.office.act("designations", p, "nominate_nationally"))

        await place.until("2026-03-01")
        await at.open_batch("2026-03-01", "2026-12-31", number=2)
        lost = await qh.opened(at, "project", "yulin", "one window")
        papers = {"conditions": {"rectified": f"ev-{lost}", "attainment_verified": f"ev-{lost}"}}
        assert {"QH-15a", "GAP-QH-4"} <= why(await at.prefecture.act("cases", lost, "enroll", **papers))
        assert await at.state("cases", await qh.enrolled(at, "project", "yulin", "mediation")) == "recommendation"
        never = await at.office.act("cases", lost, "nominate_nationally")
        assert never.status_code == 409, "a place without a title has nothing that could be nominated"

        await place.until("2026-03-16")
        for piece in pieces:
            await at.office.must("insignia", piece, "confirm_return")
        await place.until("2026-03-18", "00:00")
        await place.settled()
        assert await at.state("revocations", it) == "settled"
        assert [await at.state("insignia", piece) for piece in pieces] == ["cancelled"] * 2
        assert (await at.office.get(f"/designations/{p}")).json()["data"]["closed"] is True


@pytest.mark.req("QH-13-2")
@pytest.mark.req("QH-15a")
@pytest.mark.req("QH-16a")
@pytest.mark.req("GAP-QH-5")
@pytest.mark.req("GAP-QH-15")
async def test_a_revoked_county_comes_back_in_a_new_batch_once_it_has_improved(tmp_path: Path) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        code, _ = await at.county(role="designee")
        title = await qh.taken_over(at, code)
        await place.until("2024-03-01")
        first = await at.open_batch("2024-03-01", "2024-12-31")
        await place.until("2025-04-22")
        it = await at.office.made("revocations", title, grounds={"false_material": "the score sheets were invented"})
        await qh.revoked(at, it, "false_material", heard_on="2025-04-22", decided_on="2025-05-20")
        assert await at.state("designations", title) == "revoked"
        found = (await at.office.get("/consequences", subject=code)).json()["items"]
        assert [(f["effect"], f["inForce"], f["endedOn"]) for f in found] == [("commendation", False, "2025-05-20")]

        closed = await at.prefecture.create("cases", first, track="area", jurisdiction=code)
        assert "QH-03a" in why(closed), "the batch of 2024 is over"
        await place.until("2026-03-01")
        await at.open_batch("2026-03-01", "2026-12-31", number=2)
        case = await qh.opened(at, "area", code)
        assert "QH-15a" in why(await at.prefecture.act("cases", case, "enroll"))
        half = {"conditions": {"rectified": f"ev-{case}"}}
        assert "QH-15a" in why(await at.prefecture.act("cases", case, "enroll", **half))
        papers = {"conditions": {"rectified": f"ev-{case}", "attainment_verified": f"ev-{case}"}}
        await at.prefecture.must("cases", case, "enroll", **papers)
        await qh.recommend(at, case, attainment="0.91")
        (again,) = await play.name(at, [case], "2026-03-01")
        assert (again["subject"], again["state"]) == (code, "active")


@pytest.mark.req("QH-05b")
@pytest.mark.req("QH-12-1")
@pytest.mark.req("QH-12-2")
@pytest.mark.req("QH-12-3")
@pytest.mark.req("QH-12-4")
@pytest.mark.req("QH-12-5")
@pytest.mark.req("QH-12-6")
@pytest.mark.req("QH-13-1")
@pytest.mark.req("QH-13-2")
@pytest.mark.req("QH-13-3")
@pytest.mark.req("QH-13-4")
@pytest.mark.req("QH-13-5")
@pytest.mark.req("QH-13-6")
@pytest.mark.req("GAP-QH-10")
@pytest.mark.req("GAP-QH-13")
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
