"""Qinghai, the look-back: drawn by lot, evaluated by others, on notice for five working days, kept or warned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.schemes.loader import dump, shipped_scheme
from tests.support import qinghai as qh
from tests.support.qinghai import why


@pytest.mark.req("QH-05a")
@pytest.mark.req("QH-09a")
@pytest.mark.req("QH-09c")
@pytest.mark.req("QH-09d")
@pytest.mark.req("QH-12a")
@pytest.mark.req("GAP-QH-1")
@pytest.mark.req("GAP-QH-8")
async def test_a_lot_draws_whom_to_look_back_at_and_each_of_them_first_evaluates_itself(tmp_path: Path) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        counties = [await at.county(role="designee") for _ in range(6)]
        areas = {await qh.taken_over(at, code): clerk for code, clerk in counties}
        project = await qh.taken_over(at, "yulin", "one window")
        await place.until("2024-12-31")
        assert await at.listed("look-back-rounds") == []
        await place.until("2025-01-01")
        await place.settled()
        round_, _ = await qh.look_backs(at, 2025)
        assert (await at.office.get(f"/look-back-rounds/{round_}")).json()["duties"][0]["dueOn"] == "2025-06-30"

        await place.until("2025-06-16")
        await at.office.must("look-back-rounds", round_, "select_designees")
        _, visits = await qh.look_backs(at, 2025)
        draw = (await at.office.get(f"/look-back-rounds/{round_}")).json()["data"]["draw"]
        assert len(draw["seed"]) == 64, "the seed stays on record"
        assert {stratum: len(ids) for stratum, ids in draw["result"].items()} == {"area": 2, "project": 1}
        (a, c), (p,) = draw["result"]["area"], draw["result"]["project"]
        assert (set(visits), p) == ({a, c, p}, project)

        days = {"self_evaluation_day": "2025-09-12", "evaluation_day": "2025-10-24"}
        await at.office.must("look-back-rounds", round_, "start_round", **days)
        told = (await at.office.get(f"/look-backs/{visits[a]}")).json()
        assert [(d["key"], d["dueOn"]) for d in told["duties"]] == [("self_evaluation_due", "2025-09-12")]
        progress = {"progress_since_naming": qh.SELF_EVALUATION["progress_since_naming"]}
        thin = await areas[a].act("look-backs", visits[a], "submit_self_evaluation", parts=progress)
        assert "QH-09d" in why(thin)
        await areas[a].must("look-backs", visits[a], "submit_self_evaluation", parts=qh.SELF_EVALUATION)
        await at.office.must("look-backs", visits[a], "return_self_evaluation", text="nothing on inspection matter 3")
        for title, holder in ((a, areas[a]), (p, at.city)):
            await holder.must("look-backs", visits[title], "submit_self_evaluation", parts=qh.SELF_EVALUATION)
        early = await at.office.act("look-backs", visits[c], "proceed_without_report")
        assert "QH-09c" in why(early), "it has until its day"
        await place.until("2025-09-13", "00:00")
        (owed,) = (await at.office.get(f"/look-backs/{visits[c]}")).json()["duties"]
        assert (owed["dueOn"], owed["overdue"]) == ("2025-09-12", True)
        await at.office.must("look-backs", visits[c], "proceed_without_report")

        await qh.scored(at, await qh.fieldwork(at, visits[p], qh.METHODS), qh.points("84"))
        seen = (await at.office.get(f"/look-backs/{visits[p]}")).json()
        assert (seen["state"], seen["data"]["total"]) == ("reminded", "84")
        assert [r["state"] for r in await at.listed("reminders", parent=p)] == ["drafted"], "a person issues it"
        await qh.scored(at, await qh.fieldwork(at, visits[c], qh.METHODS), qh.points("79.5"))
        assert await at.state("look-backs", visits[c]) == "in_revocation"
        (case,) = await at.listed("revocations", parent=c)
        assert list(case["data"]["grounds"]) == ["conditions_no_longer_met"]
        assert await at.state("designations", c) == "revocation_review", "it stands until somebody decides"


@pytest.mark.req("QH-10a")
@pytest.mark.req("QH-10b")
@pytest.mark.req("QH-10c")
@pytest.mark.req("QH-10d")
@pytest.mark.req("QH-10e")
@pytest.mark.req("QH-10f")
@pytest.mark.req("QH-10g")
@pytest.mark.req("QH-10h")
@pytest.mark.req("QH-10i")
@pytest.mark.req("QH-11a")
@pytest.mark.req("INV-04")
async def test_others_evaluate_by_four_methods_and_whoever_accompanies_them_scores_nothing(tmp_path: Path) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        code, clerk = await at.county(role="designee")
        a = await qh.taken_over(at, code)
        await place.until("2025-06-16")
        await place.settled()
        visit = (await qh.self_evaluated(at, 2025, clerk, until="2025-09-12"))[a]
        await place.until("2025-09-22")
        itself = {"evaluator": code, "independent": True}
        assert "QH-10a" in why(await at.office.act("look-backs", visit, "commission_evaluation", **itself))
        it = await qh.fieldwork(at, visit, qh.METHODS[:3])
        assert (await at.office.get(f"/evaluations/{it}")).json()["data"]["accompanying"] == ["escort"]
        scores = f"/evaluations/{it}/scores"
        for barred in (at.escort, at.office):
            assert {"QH-10g", "QH-10h", "INV-04"} <= why(await barred.put(scores, {"scores": qh.points("100")}))
        told = (await at.office.get(f"/designations/{a}/timeline")).json()["items"]
        tried = [e["person"] for e in told if (e["event"], e["result"]) == ("submit_score", "refused")]
        assert tried == ["escort", "office"], "both attempts are on record"
        outside = await at.lead.put(scores, {"scores": {"LBG-101": "1"}})
        assert "QH-11a" in why(outside), "only the items of the indicator system are scored"
        assert "QH-11a" in why(await at.lead.put(scores, {"scores": {"LBG-001": "1.5"}})), "one point an item"
        assert "GAP-QH-3" in why(await at.lead.put(scores, {"scores": {"LBG-001": "0.9"}})), "in steps of a half"

        await place.until("2025-10-24")
        given = await at.lead.put(scores, {"scores": qh.points("92")})
        assert given.status_code == 200, given.text
        await at.office.must("evaluations", it, "note_procedure_check", text="team lists compared")
        await at.lead.must("evaluations", it, "lock_scores")
        assert (await at.office.get(f"/evaluations/{it}")).json()["data"]["total"] == "92"
        lacking = await at.lead.act("evaluations", it, "submit_report", **qh.REPORT)
        assert "QH-10c" in why(lacking)
        assert lacking.json()["errors"][0]["missing"] == ["satisfaction_survey"]
        await qh.use(at, it, "satisfaction_survey")
        await qh.use(at, it, "interviews_with_firms")
        for part, rule in (("trend", "QH-10e"), ("proposals", "QH-10e"), ("check_of_self_report", "QH-10d")):
            rest = {name: said for name, said in qh.REPORT.items() if name != part}
            assert rule in why(await at.lead.act("evaluations", it, "submit_report", **rest))
        await at.lead.must("evaluations", it, "submit_report", **qh.REPORT)
        await at.office.must("evaluations", it, "order_recheck", text="were the visits unannounced?")
        await at.office.must("evaluations", it, "confirm_procedure", text="they were")
        await at.office.must("evaluations", it, "accept_report")
        await place.settled()
        assert await at.state("look-backs", visit) == "in_notice"


@pytest.mark.req("QH-09b")
@pytest.mark.req("QH-11b")
@pytest.mark.req("QH-11c")
@pytest.mark.req("QH-11d")
@pytest.mark.req("QH-11e")
@pytest.mark.req("QH-11f")
@pytest.mark.req("QH-16a")
@pytest.mark.req("QH-08f")
async def test_ninety_points_go_on_notice_for_five_working_days_and_keep_the_title_with_what_it_brings(
    tmp_path: Path,
) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        code, _ = await at.county()
        a, other = await qh.taken_over(at, code), await qh.taken_over(at, code, "one window", named_on="2017-09-01")
        await place.until("2025-06-16")
        await place.settled()
        visits = await qh.self_evaluated(at, 2025, at.city, until="2025-09-12")
        await place.until("2025-10-24")
        await qh.scored(at, await qh.fieldwork(at, visits[a], qh.METHODS), qh.points("90"))
        assert await at.state("look-backs", visits[a]) == "in_notice", "ninety are enough"

        await place.until("2025-11-03")
        notice, last = await qh.on_notice(at, visits[a])
        shown = (await at.office.get(f"/notices/{notice}")).json()
        assert (last, shown["data"]["scope"], shown["data"]["length"]) == ("2025-11-10", "全省范围", 5)
        await place.until("2025-11-10", "23:59")
        assert await at.state("notices", notice) == "open", "the last day counts in full"
        await place.until("2025-11-11", "00:00")
        await place.settled()
        assert await at.state("notices", notice) == "closed_clear"
        assert await at.state("look-backs", visits[a]) == "closed"
        assert await at.state("designations", a) == "active"
        found = (await at.office.get("/consequences", subject=code)).json()["items"]
        assert {(f["effect"], f["fromDay"]) for f in found if f["inForce"]} == {
            ("commendation", "2024-02-22"), ("bonus", "2025-11-11"), ("priority", "2025-11-11"),
        }  # fmt: skip
        (circular,) = [b["id"] for b in await at.listed("bulletins") if b["data"]["kind"] == "retention_circular"]
        drafted = (await at.office.get(f"/bulletins/{circular}")).json()["data"]
        said = {"audience": "全省", "facts": [{"text": "公示无异议，保留命名"}], "period": drafted["period"]}
        await at.both("bulletins", circular, "approve_bulletin", **said)
        await at.office.must("bulletins", circular, "issue_bulletin")

        kept, unseen = a, await qh.taken_over(at, "zizhou")
        for title in (kept, unseen, other):
            shown = (await at.office.get(f"/designations/{title}")).json()
            early = await at.office.act("designations", title, "nominate_nationally")
            assert "QH-08f" in why(early), "nobody has called"
            await qh.fact(at, shown, "national_call", "2025-11-11", closes="2025-12-31")
        before = await at.office.act("designations", unseen, "nominate_nationally")
        assert "QH-11e" in why(before), "whoever kept the title comes first"
        await at.office.must("designations", kept, "nominate_nationally")
        await at.office.must("designations", unseen, "nominate_nationally")


@pytest.mark.req("QH-11b")
@pytest.mark.req("QH-11c")
@pytest.mark.req("QH-11d")
@pytest.mark.req("GAP-QH-1")
@pytest.mark.req("GAP-QH-2")
async def test_an_objection_upheld_in_part_takes_a_title_below_ninety_points(tmp_path: Path) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        code, _ = await at.county()
        c = await qh.taken_over(at, code)
        await place.until("2025-06-16")
        await place.settled()
        visit = (await qh.self_evaluated(at, 2025, at.city, until="2025-09-12"))[c]
        await place.until("2025-10-24")
        sheet = await qh.fieldwork(at, visit, qh.METHODS)
        await qh.scored(at, sheet, qh.points("90"))
        await place.until("2025-11-17")
        notice, last = await qh.on_notice(at, visit)
        assert last == "2025-11-24"
        await place.until("2025-11-20")
        letter = {"reasons": "the service hall was closed", "identity": "a citizen", "way_to_answer": "by post"}
        citizen = place.public()
        sent = await citizen.post("/objections", {"parent": notice, "form": letter}, key="a key that nobody guesses")
        await qh.received(citizen, sent)
        (objection,) = [o["id"] for o in await at.listed("objections", parent=notice)]
        assert "INV-31" in why(await at.office.act("objections", objection, "admit_objection")), "it had a part in it"
        await place.until("2025-11-21")
        await at.third.must("objections", objection, "admit_objection")
        (duty,) = (await at.office.get(f"/objections/{objection}")).json()["duties"]
        assert (duty["key"], duty["dueOn"]) == ("objection_verification_due", "2025-12-05")
        await place.until("2025-11-25", "00:00")
        assert await at.state("notices", notice) == "objections_pending"
        await place.until("2025-12-05")
        ruling = {"what_was_checked": "three halls", "what_was_found": "closed twice", "items": list(qh.ITEMS[:3])}
        await at.third.must("objections", objection, "uphold_objection_in_part", **ruling)
        await place.settled()
        assert [await at.state("notices", notice), await at.state("evaluations", sheet)] == ["closed_upheld", "scoring"]
        locked = await at.lead.put(f"/evaluations/{sheet}/scores", {"scores": {qh.ITEMS[3]: "0"}})
        assert "QH-10h" in why(locked), "only what was upheld is scored anew"
        await qh.scored(at, sheet, dict.fromkeys(qh.ITEMS[:3], "0.5"))
        seen = (await at.office.get(f"/look-backs/{visit}")).json()
        assert (seen["state"], seen["data"]["total"]) == ("reminded", "88.5")
        assert [r["state"] for r in await at.listed("reminders", parent=c)] == ["drafted"]


@pytest.mark.req("QH-11b")
@pytest.mark.req("QH-11c")
@pytest.mark.req("INV-09")
async def test_a_make_up_sunday_counts_as_a_working_day_and_a_tenth_of_a_point_decides(tmp_path: Path) -> None:
    async with qh.qinghai(tmp_path) as at:
        place = at.place
        fine = {**dump(shipped_scheme("qinghai"))["scoring"], "step": "0.1"}
        at.scheme, answer = await qh.copied(at, key="in_tenths", scoring=fine)
        assert answer.status_code == 200, answer.text
        area, project = await qh.taken_over(at, "zizhou"), await qh.taken_over(at, "zizhou", "one window")
        plan: dict[str, Any] = {"year": 2024, "number": 1}
        await at.office.made("look-back-rounds", scheme=at.scheme, **plan)
        visits = await qh.self_evaluated(at, 2024, at.city, until="2024-08-30")
        await place.until("2024-09-23")
        tenths = qh.points("89") | {qh.ITEMS[89]: "0.9"}
        await qh.scored(at, await qh.fieldwork(at, visits[project], qh.METHODS), tenths)
        seen = (await at.office.get(f"/look-backs/{visits[project]}")).json()
        assert (seen["state"], seen["data"]["total"]) == ("reminded", "89.9")
        low = await at.office.made("notices", visits[project])
        refused = await at.office.act("notices", low, "open_notice", media=["the daily"])
        assert {"QH-11b", "INV-09"} <= why(refused)
        await qh.scored(at, await qh.fieldwork(at, visits[area], qh.METHODS), qh.points("92"))
        notice, last = await qh.on_notice(at, visits[area])
        assert last == "2024-09-29"
        await place.until("2024-09-29", "23:59")
        assert await at.state("notices", notice) == "open"
        await place.until("2024-09-30", "00:00")
        assert await at.state("notices", notice) == "closed_clear"
