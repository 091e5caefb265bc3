"""Steps 10 and 11: on notice for five working days; kept with what that brings, or rated anew (QH-11b..f)."""

from __future__ import annotations

from api.cli.demo.qinghai import visiting
from api.cli.demo.qinghai.register import Register
from api.cli.demo.scene import ACCEPTED, CONFLICT, duty

HALVED = 3
"""The items that the objection touches: half a point each is lost, 90 becomes 88.5."""
VERIFIED_BY = "2025-12-05"


def put_on_notice(at: Register) -> None:
    """QH-11b, QH-11c: province-wide, five working days."""
    at.tell.chapter("2025-11-03", ("步骤 10：甲县公示", "Step 10: County A on notice"))
    at.until("2025-11-03")
    low = visiting.publish(at, at.look_backs["p"])[1]
    at.tell.refused(
        low, ("84 分的项目请求公示", "Project P, 84 points, is to go on notice"), CONFLICT, "guard", "QH-11b", "INV-09"
    )
    at.notices["a"], opened = visiting.publish(at, at.look_backs["a"])
    at.tell.done(opened, ("2025-11-03 在全省范围公示甲县", "County A goes on notice in the whole province"), "open")
    shown = at.people.public.get(f"/notices/{at.notices['a']}").body
    last = visiting.last_day(at.wang, "notices", at.notices["a"], "notice_end")
    found = (shown["data"]["scope"], shown["data"]["length"], last)
    said = "公示 5 个工作日，至 2025-11-10 终了", "Five working days, to the end of 2025-11-10"
    at.tell.holds(found == ("全省范围", 5, "2025-11-10"), said, found)


def keep(at: Register) -> None:
    """QH-11d..f, QH-16a: no objection: circular, title kept, bonus, first choice for the national titles."""
    at.tell.chapter("2025-11-10", ("步骤 10（续）：甲县保留命名", "Step 10, continued: County A keeps its title"))
    at.until("2025-11-10", "23:59")
    still = at.people.public.get(f"/notices/{at.notices['a']}").state
    at.tell.holds(still == "open", ("11 月 10 日 23:59 仍在公示", "It is still open on 10 November at 23:59"), still)
    at.until("2025-11-11", "00:00")
    read = at.people.public
    said = "公示期满无异议", "The notice ends without an objection"
    at.eventually(lambda: read.get(f"/notices/{at.notices['a']}"), "closed_clear", said=said)
    said = "“回头看”自动办结", "The look-back is closed by itself"
    at.eventually(lambda: at.wang.get(f"/look-backs/{at.look_backs['a']}"), "closed", said=said)
    at.stands("a", "active", ("保留命名", "the title is kept"))
    held = at.wang.items("/consequences", subject="a")
    effects = {c["effect"]: c["fromDay"] for c in held if c["inForce"]}
    said = (
        "绩效考核加分、优先推荐、优先表彰均已登记",
        "Bonus, first choice for nomination and for commendation are on record",
    )
    wanted = {"bonus": "2025-11-11", "priority": "2025-11-11", "commendation": "2024-06-20"}
    at.tell.holds(wanted == {e: effects.get(e) for e in wanted}, said, effects)
    _circulate(at)


def _circulate(at: Register) -> None:
    """QH-11d: the retention circular is drafted by itself, approved by another and issued."""
    circular = at.found(at.wang, "/bulletins", parent=at.look_backs["a"])
    it, drafted = circular["id"], circular["data"]
    said = "保留命名通报已自动拟稿，面向全省", "The retention circular to the whole province is drafted by itself"
    at.tell.holds((drafted["kind"], drafted["audience"]) == ("retention_circular", "全省"), said, drafted)
    text = {**{k: drafted[k] for k in ("audience", "period")}, "facts": [{"text": "甲县公示无异议，保留命名"}]}
    said = "两人审定通报", "Two people approve the circular"
    at.both("bulletins", it, "approve_bulletin", said, "approved", **text)
    issued = at.wang.act("bulletins", it, "issue_bulletin")
    at.tell.done(issued, ("在全省通报", "It is circulated in the whole province"), "issued")


def object_to(at: Register) -> None:
    """QH-11d, GAP-QH-2: an objection holds the notice open until it is ruled on."""
    at.tell.chapter("2025-11-17", ("步骤 11：丙县公示与异议", "Step 11: an objection to County C"))
    at.until("2025-11-17")
    at.notices["c"], opened = visiting.publish(at, at.look_backs["c"])
    at.tell.done(opened, ("2025-11-17 公示丙县", "County C goes on notice on 2025-11-17"), "open")
    last = visiting.last_day(at.wang, "notices", at.notices["c"], "notice_end")
    at.tell.holds(last == "2025-11-24", ("公示至 2025-11-24", "It is due on 2025-11-24"), last)
    at.until("2025-11-20")
    letter = {"reasons": "政务服务中心三项事项长期无人受理", "identity": "居民 张某", "way_to_answer": "139****0000"}
    filed = at.people.public.create("objections", at.notices["c"], **letter)
    said = "11 月 20 日群众提出异议", "Somebody objects on 20 November"
    at.tell.done(filed, said, status=ACCEPTED)
    at.until("2025-11-21")
    zhao = at.who("province.zhao")
    it = at.found(zhao, "/objections", parent=at.notices["c"])["id"]
    own = at.wang.act("objections", it, "admit_objection")
    said = "经办过公示的人受理异议", "Whoever opened the notice takes the objection up"
    at.tell.refused(own, said, CONFLICT, "guard", "INV-31")
    admitted = zhao.act("objections", it, "admit_objection")
    at.tell.done(admitted, ("11 月 21 日由未经办的人受理", "Another takes it up on 21 November"), "verifying")
    due = duty(zhao.get(f"/objections/{it}"), "objection_verification_due").get("dueOn")
    said = f"10 个工作日内核查，至 {VERIFIED_BY}", f"To be verified within 10 working days, by {VERIFIED_BY}"
    at.tell.holds(due == VERIFIED_BY, said, due)
    at.until("2025-11-25", "00:00")
    notice = at.people.public.get(f"/notices/{at.notices['c']}").state
    said = "公示期满，因异议未办结不予关闭", "The period is over; the open objection keeps the notice open"
    at.tell.holds(notice == "objections_pending", said, notice)


def rule(at: Register) -> None:
    """GAP-QH-1, GAP-QH-2: upheld in part, the items touched are scored anew; 88.5 lies between 80 and 90."""
    at.tell.chapter(VERIFIED_BY, ("步骤 11（续）：异议部分成立", "Step 11, continued: upheld in part"))
    at.until(VERIFIED_BY)
    zhao, items = at.who("province.zhao"), at.indicators()
    it = at.found(zhao, "/objections", parent=at.notices["c"])["id"]
    found = {"what_was_checked": "三个服务窗口", "what_was_found": "两次无人值守", "items": items[:HALVED]}
    ruled = zhao.act("objections", it, "uphold_objection_in_part", **found)
    at.tell.done(ruled, ("异议部分成立，涉及三项指标", "Upheld in part: three items"), "partly_upheld")
    sheet = at.evaluations["c"]
    said = "三项指标重新开放打分", "The three items are open for scoring again"
    at.eventually(lambda: at.wang.get(f"/evaluations/{sheet}"), "scoring", said=said)
    notice = at.people.public.get(f"/notices/{at.notices['c']}").state
    at.tell.holds(
        notice == "closed_upheld", ("公示因异议成立关闭", "The notice closes: the objection was right"), notice
    )
    other = at.who("member.han").score("evaluations", sheet, {items[HALVED]: visiting.NOUGHT})
    said = "为异议未涉及的指标重新打分", "An item that the objection did not touch is scored anew"
    at.tell.refused(other, said, CONFLICT, "guard", "QH-10h")
    visiting.lock(at, sheet, dict.fromkeys(items[:HALVED], visiting.HALF))
    at.tell.step(visiting.report(at, sheet), "reported")
    visiting.accept(at, sheet)
    said = (
        "总分降为 88.5，在 80 至 90 分之间：转入提醒",
        "The total falls to 88.5, between 80 and 90: a reminder follows",
    )
    visit = at.eventually(lambda: at.wang.get(f"/look-backs/{at.look_backs['c']}"), "reminded", said=said)
    total = visit.body["data"]["total"]
    at.tell.holds(total == "88.5", ("重评总分恰为 88.5", "The new total is 88.5 exactly"), total)
    answered = zhao.act("objections", it, "answer_objector", text="经核查部分成立，已重新评分", identity_masked=True)
    at.tell.done(answered, ("书面答复异议人", "The objector is answered"), "answered")
    order = at.found(at.wang, "/reminders", parent=at.titles["c"])
    at.both("reminders", order["id"], "issue_reminder", ("两人通报提醒丙县", "Two people issue the reminder to County C"),
            "issued", grounds={"low_satisfaction": "服务窗口长期无人受理，群众反映集中"})  # fmt: skip
    at.stands("c", "reminded", ("被通报提醒", "reminded"))
