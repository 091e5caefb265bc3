"""Revocation, return of the plaque, and a new start in a later batch (QH-13, QH-14, QH-15)."""

from __future__ import annotations

from api.cli.demo.reference.cast import NAMES
from api.cli.demo.reference.evaluating import ANNOUNCED
from api.cli.demo.reference.keeping import report
from api.cli.demo.reference.line import Line
from api.cli.demo.reference.opening import TRACK, renew_scheme
from api.cli.demo.scene import ACCEPTED, CONFLICT, CREATED, INCOMPLETE, duty

GROUND = "rectification_failed"


def investigate(at: Line) -> None:
    """QH-14a, INV-10: nothing is decided before the facts are investigated and the designee is heard."""
    at.tell.chapter("2025-12-03", ("十八、撤销审查", "18. Revocation review"))
    at.until("2025-12-03")
    wang, li, clerk = at.who("province.wang"), at.who("province.li"), at.clerk(at.drawn)
    decided = li.act("revocations", at.revocation, "decide_revocation")
    said = "没有调查报告即决定撤销", "Revocation is decided without an investigation report"
    at.tell.refused(decided, said, CONFLICT, "illegal", "QH-14a", "INV-10")
    at.tell.step(wang.act("revocations", at.revocation, "start_investigation"), "investigating")
    unanswered = {"report": "实地调查和查阅资料", "answers": {"other": "不相关"}}
    thin = wang.act("revocations", at.revocation, "file_investigation_report", **unanswered)
    said = "调查报告未回应立案情形", "The report does not answer the ground of the case"
    at.tell.refused(thin, said, INCOMPLETE, "form", "QH-14a", "INV-10")
    at.until("2025-12-12")
    full = {"report": "实地调查和查阅资料", "answers": {GROUND: "整改期满无明显提升，情形成立"}}
    filed = wang.act("revocations", at.revocation, "file_investigation_report", **full)
    at.tell.done(filed, ("提交调查报告", "The investigation report is filed"), "reported")
    opened = wang.act("revocations", at.revocation, "open_statement_period")
    at.tell.done(opened, ("告知陈述申辩，10 个工作日", "The statement period of 10 working days opens"), "hearing")
    heard = clerk.signal("revocations", at.revocation, "submit_statement", statement="整改受机构改革影响，请求从轻")
    at.tell.done(heard, ("命名对象陈述申辩", "The designee states its case"), status=ACCEPTED)
    at.until("2025-12-26", "23:59")
    still = wang.get(f"/revocations/{at.revocation}")
    at.tell.holds(
        still.state == "hearing",
        ("第 10 个工作日终了前期限未满", "Before the tenth working day ends it runs"),
        still.state,
    )
    at.until("2025-12-29")
    over = wang.get(f"/revocations/{at.revocation}")
    at.tell.holds(over.state == "heard", ("陈述申辩期自动届满", "The statement period has ended by itself"), over.state)


def decide(at: Line) -> None:
    """INV-20: one proposes, another one decides; the title falls when the decision is served."""
    at.tell.chapter("2025-12-30", ("十九、撤销决定", "19. The decision"))
    at.until("2025-12-30")
    wang, li = at.who("province.wang"), at.who("province.li")
    unheard = wang.act("revocations", at.revocation, "propose_decision", proposal="建议撤销命名")
    said = "不答复陈述申辩即提出处理意见", "A decision is proposed without an answer to the statement"
    at.tell.refused(unheard, said, CONFLICT, "guard", "GAP-QH-14")
    reasons = {"proposal": "建议撤销命名", "statement_answers": {"1": "机构改革不免除整改责任"}}
    proposed = wang.act("revocations", at.revocation, "propose_decision", **reasons)
    at.tell.done(proposed, ("逐条答复后提出处理意见", "Each statement is answered, a decision is proposed"), "proposed")
    own = wang.act("revocations", at.revocation, "decide_revocation")
    at.tell.refused(own, ("提出意见的人自己决定", "The proposer decides"), CONFLICT, "person", "INV-20")
    decided = li.act("revocations", at.revocation, "decide_revocation")
    at.tell.done(decided, ("第二人决定撤销", "A second person decides to revoke"), "decided")
    at.until("2026-01-05")
    document = {"issuer": "中共示范省委全面依法治省委员会", "number": "示法发〔2026〕1号", "date": "2026-01-05"}
    served = wang.act("revocations", at.revocation, "notify_decision", **document)
    at.tell.done(
        served, (f"送达并公布 {document['number']}", f"{document['number']} is served and published"), "notified"
    )
    zh, en = NAMES[at.drawn]
    title = at.people.public.get(f"/designations/{at.titles[at.drawn]}")
    at.tell.holds(title.state == "revoked", (f"{zh}的命名被撤销", f"The title of {en} is revoked"), title.state)
    _return(at)


def _return(at: Line) -> None:
    """QH-14b, GAP-QH-11: plaque and certificate come back; after the review period the case is settled."""
    wang = at.who("province.wang")
    at.until("2026-01-12")
    for piece in at.pieces[at.drawn]:
        serial = wang.get(f"/insignia/{piece}").body["data"]["serial"]
        back = wang.act("insignia", piece, "confirm_return")
        at.tell.done(back, (f"收回 {serial}", f"{serial} is back"), "recovered")
    report(at, 2025, tuple(p for p in ANNOUNCED if p != at.drawn))
    at.until("2026-01-29")
    states = {wang.get(f"/insignia/{p}").state for p in at.pieces[at.drawn]}
    case = wang.get(f"/revocations/{at.revocation}")
    said = (
        "复核期满无申请，牌匾证书注销，撤销案自动结案",
        "No review was asked for: pieces cancelled, case settled by itself",
    )
    at.tell.holds(case.state == "settled" and states == {"cancelled"}, said, (case.state, states))
    said = "回访办结", "The look-back is closed"
    at.eventually(lambda: wang.get(f"/look-backs/{at.look_back}"), "closed", said=said)
    at.tell.done(
        wang.act("look-back-rounds", at.round, "close_round"), ("本轮“回头看”办结", "The round is closed"), "closed"
    )


def apply_again(at: Line) -> None:
    """QH-15a, QH-03a: after two years the next batch opens; who lost the title may enter it, and only it."""
    at.tell.chapter("2026-03-02", ("二十、第二批与重新申报", "20. The second batch and a new application"))
    at.until("2026-03-02")
    wang, clerk, (zh, en) = at.who("province.wang"), at.clerk(at.drawn), NAMES[at.drawn]
    form = {"track": TRACK, "jurisdiction": at.drawn, "organization": f"gov.{at.drawn}"}
    old = clerk.create("cases", at.batch, **form)
    said = f"{zh}在原批次重新申报", f"{en} applies again in the old batch"
    at.tell.refused(old, said, CONFLICT, "guard", "QH-03a", "QH-03b")
    renewed = renew_scheme(at)
    window = {"number": 2, "naming_year": 2026, "opens": "2026-03-02", "closes": "2026-12-31"}
    planned = at.tell.step(wang.create("batches", scheme=renewed, **window), "planned", status=CREATED)
    opened = wang.act("batches", planned.id, "open_batch")
    at.tell.done(opened, ("满两年，第二批开放申报", "Two years have run; the second batch opens"), "open")
    held = next(p for p in ANNOUNCED if p != at.drawn)
    holder = at.clerk(held).create("cases", planned.id, **{**form, "jurisdiction": held, "organization": f"gov.{held}"})
    at.tell.step(holder, "draft", status=CREATED)
    twice = at.clerk(held).act("cases", holder.id, "enroll")
    said = f"仍持有命名的{NAMES[held][0]}再次登记", f"{NAMES[held][1]}, which holds the title, enrols again"
    at.tell.refused(twice, said, CONFLICT, "guard", "HY-T01")
    case = at.tell.step(clerk.create("cases", planned.id, **form), "draft", status=CREATED).id
    bare = clerk.act("cases", case, "enroll")
    said = f"{zh}未提交再次申报的佐证", f"{en} brings no evidence of its rectification"
    at.tell.refused(bare, said, INCOMPLETE, "form", "QH-15a", "GAP-QH-5")
    papers = {"rectified": "整改提高报告.txt", "attainment_verified": "达标率核验意见.txt"}
    proofs = {code: at.tell.step(clerk.upload(case, name, name), status=CREATED).id for code, name in papers.items()}
    enrolled = clerk.act("cases", case, "enroll", conditions=proofs)
    at.tell.done(enrolled, (f"{zh}整改提高后重新登记创建", f"{en} has improved and enrols anew"), "mobilization")
    due = duty(clerk.get(f"/cases/{case}"), "stage_due")
    said = f"{zh}须于 2026-03-31 前完成动员", f"{en} is to mobilize by 2026-03-31"
    at.tell.holds(due.get("dueOn") == "2026-03-31" and due.get("overdue") is False, said, due)
