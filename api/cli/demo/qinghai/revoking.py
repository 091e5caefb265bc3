"""Steps 12 and 13: Project P is reminded, fails, is heard and revoked, and hands everything back (QH-12..QH-14)."""

from __future__ import annotations

from api.cli.demo.qinghai import investigating
from api.cli.demo.qinghai.register import Register
from api.cli.demo.qinghai.visiting import last_day
from api.cli.demo.scene import ACCEPTED, CONFLICT

GROUND = "rectification_failed"
DUE = "insignia_return_due"
RETURN = "2026-03-17"


def remind(at: Register) -> None:
    """QH-12a, QH-12b, GAP-QH-9, GAP-QH-13: a ground that fits projects, a day to rectify by, a circular."""
    at.tell.chapter("2025-11-05", ("步骤 12：通报提醒示范项目", "Step 12: Project P is reminded"))
    at.until("2025-11-05")
    at.reminder = at.found(at.wang, "/reminders", parent=at.titles["p"])["id"]
    slides = {"grounds": {"area_slides": "工作滑坡"}}
    said = "以“示范地区工作滑坡”提醒项目", "Project P is reminded on the ground of an area that slides"
    unfit = at.wang.act("reminders", at.reminder, "issue_reminder", **slides)
    at.tell.refused(unfit, said, CONFLICT, "guard", "QH-12-6", "GAP-QH-13")
    order = {"grounds": {"project_stands_still": "全年无新举措，示范引领作用差"}}
    said = "两人通报提醒：项目停滞不前", "Two people issue the reminder: the project stands still"
    at.both("reminders", at.reminder, "issue_reminder", said, "issued", **order)
    due = last_day(at.wang, "reminders", at.reminder, "reminder_rectification_due")
    at.tell.holds(due == "2026-02-03", ("责令限期整改，至 2026-02-03", "To be rectified by 2026-02-03"), due)
    at.stands("p", "reminded", ("被通报提醒", "reminded"))
    circular = at.found(at.wang, "/bulletins", parent=at.reminder)
    drafted = (circular["data"]["kind"], circular["state"])
    said = "全省提醒通报已自动拟稿", "The circular to the whole province is drafted by itself"
    at.tell.holds(drafted == ("reminder_circular", "draft"), said, drafted)
    plan = {"measure": "增设窗口、恢复受理", "unit": "东州司法局", "person": "东州 马", "due": "2026-01-30"}
    taken = at.clerk("p").act("reminders", at.reminder, "acknowledge_reminder", **plan)
    at.tell.done(taken, ("签收并制定整改方案", "It acknowledges with a plan"), "rectifying")


def fail_again(at: Register) -> None:
    """QH-13-5: a serious problem comes back while the order runs."""
    at.tell.chapter("2026-01-12", ("步骤 12（续）：问题再次发生", "Step 12, continued: the problem recurs"))
    at.until("2026-01-12")
    again = {"text": "整改期间窗口再次停办", "ground": GROUND}
    unheard = at.wang.act("reminders", at.reminder, "record_recurrence", **again)
    said = "严重问题尚未登记即认定再次发生", "A recurrence is found before the problem is on file"
    at.tell.refused(unheard, said, CONFLICT, "guard", "QH-13-5")
    fact = at.outside(at.titles["p"], "serious_problem", "督〔2026〕1号")
    at.tell.done(fact, ("登记再次发生的严重问题", "The serious problem is put on file"), status=ACCEPTED)
    failed = at.wang.act("reminders", at.reminder, "record_recurrence", **again)
    said = "整改期间再次发生严重问题，转入撤销审查", "It recurred during rectification: a revocation review follows"
    at.tell.done(failed, said, "escalated")
    case = at.found(at.wang, "/revocations", parent=at.titles["p"])
    at.revocation = case["id"]
    found = list(case["data"]["grounds"])
    at.tell.holds(found == [GROUND], ("以第十三条第（五）项立案", "The case rests on Art. 13(5)"), found)
    at.stands("p", "revocation_review", ("进入撤销审查", "under review"))


def hear(at: Register) -> None:
    """QH-14a, INV-10: no decision without a report; GAP-QH-14: ten working days to be heard."""
    at.tell.chapter("2026-01-14", ("步骤 13：调查与陈述申辩", "Step 13: investigation and hearing"))
    at.until("2026-01-14")
    decided = at.li.act("revocations", at.revocation, "decide_revocation")
    said = "没有调查报告即决定撤销", "The decision without an investigation report"
    at.tell.refused(decided, said, CONFLICT, "illegal", "QH-14a", "INV-10")
    investigating.investigate(at, at.revocation, GROUND)
    at.until("2026-01-26")
    opened = at.wang.act("revocations", at.revocation, "open_statement_period")
    at.tell.done(opened, ("2026-01-26 告知陈述申辩", "The statement period opens on 2026-01-26"), "hearing")
    last = last_day(at.wang, "revocations", at.revocation, "statement_end")
    at.tell.holds(last == "2026-02-09", ("陈述申辩至 2026-02-09 终了", "It ends on 2026-02-09"), last)
    told = at.clerk("p").signal("revocations", at.revocation, "submit_statement", statement="窗口即将恢复，请求从轻")
    at.tell.done(told, ("示范项目陈述申辩", "Project P states its case"), status=ACCEPTED)
    at.until("2026-02-09", "23:59")
    still = at.wang.get(f"/revocations/{at.revocation}").state
    at.tell.holds(still == "hearing", ("当日 23:59 期限未满", "It runs until that day ends"), still)
    at.until("2026-02-10", "00:00")
    over = at.wang.get(f"/revocations/{at.revocation}").state
    at.tell.holds(over == "heard", ("2 月 10 日零时自动届满", "At 00:00 on 10 February it is over"), over)


def revoke(at: Register) -> None:
    """QH-13a, INV-20: one proposes, another decides; the plaque is called back with the decision (QH-14b)."""
    at.tell.chapter("2026-02-25", ("步骤 13（续）：撤销命名", "Step 13, continued: the title is revoked"))
    at.until("2026-02-25")
    unanswered = at.wang.act("revocations", at.revocation, "propose_decision", proposal="建议撤销")
    said = "不答复陈述申辩即提出处理意见", "A decision is proposed without an answer to the statement"
    at.tell.refused(unanswered, said, CONFLICT, "guard", "GAP-QH-14")
    investigating.propose(at, at.revocation, **{"1": "逾期仍未恢复"})
    own = at.wang.act("revocations", at.revocation, "decide_revocation")
    at.tell.refused(own, ("提出意见的人自己决定", "The proposer decides"), CONFLICT, "person", "INV-20")
    decided = at.li.act("revocations", at.revocation, "decide_revocation")
    at.tell.done(decided, ("2026-02-25 决定撤销命名", "The title is revoked on 2026-02-25"), "decided")
    investigating.serve(at, at.revocation, "青法办〔2026〕2号")
    at.stands("p", "revoked", ("命名已撤销", "revoked"))
    due = {last_day(at.wang, "insignia", piece, DUE) for piece in at.pieces["p"]}
    said = (
        f"牌匾、证书须在 15 个工作日内交回，至 {RETURN}",
        f"Plaque and certificate are due back in 15 working days, by {RETURN}",
    )
    at.tell.holds(due == {RETURN}, said, due)


def take_back(at: Register) -> None:
    """QH-14b, GAP-QH-11: both pieces back; with the last one the case settles and the dossier is closed."""
    at.tell.chapter(RETURN, ("步骤 13（续）：收回牌匾证书", "Step 13, continued: the insignia come back"))
    at.until(RETURN)
    for piece in at.pieces["p"]:
        serial = at.wang.get(f"/insignia/{piece}").body["data"]["serial"]
        back = at.wang.act("insignia", piece, "confirm_return")
        at.tell.done(back, (f"收回 {serial}", f"{serial} is back"), "recovered")
    at.until("2026-03-18")
    said = "复核期满，撤销案自动结案", "No review was asked for: the case is settled by itself"
    at.eventually(lambda: at.wang.get(f"/revocations/{at.revocation}"), "settled", said=said)
    pieces = {at.wang.get(f"/insignia/{piece}").state for piece in at.pieces["p"]}
    closed = at.wang.get(f"/designations/{at.titles['p']}").body["data"].get("closed")
    said = "牌匾证书注销，卷宗归档", "Plaque and certificate are cancelled, the dossier is closed"
    at.tell.holds(pieces == {"cancelled"} and closed is True, said, (pieces, closed))
