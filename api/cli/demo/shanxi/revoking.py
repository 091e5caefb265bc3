"""Step 12: the revisit proves that a county no longer meets the requirement; it loses title and plaque (SX-31, SX-37)."""

from __future__ import annotations

from api.cli.demo.scene import ACCEPTED, CONFLICT, INCOMPLETE
from api.cli.demo.shanxi.keeping import SLIDING, STEADY
from api.cli.demo.shanxi.line import Line
from api.cli.demo.shanxi.naming import DOCUMENT

GROUNDS = {
    "grave_unlawful_act": "SX-37-1",
    "improper_means": "SX-37-2",
    "no_longer_up_to_it": "SX-37-3",
    "other": "SX-37-4",
}
PROVED = "no_longer_up_to_it"
REVOKED = {"issuer": DOCUMENT["issuer"], "number": "晋法办发〔2022〕1号", "date": "2022-01-17"}


def review(at: Line) -> None:
    """SX-37-3: 89 of 100 items, one below the line: a case opens by itself, and the other grounds can be added."""
    at.until(REVOKED["date"])
    at.tell.chapter(at.today, ("步骤 12　撤销命名、摘牌退出", "Step 12. Revocation; the plaque comes off"))
    said = "H县只符合 89%：自动转入撤销审查", "County H meets 89 %: the case goes to review by itself"
    at.eventually(lambda: at.office.get(f"/look-backs/{at.visit}"), "in_revocation", said=said)
    title = at.titles[SLIDING]
    paper = {"source": DOCUMENT["issuer"], "number": DOCUMENT["number"], "date": DOCUMENT["date"]}
    hangs = {"kind": "plaque", **paper, "file": at.proofs[SLIDING]}
    at.plaque = at.tell.step(
        at.office.create("insignia", title, "record_external_insignia", **hangs), status=ACCEPTED
    ).id
    case = at.found(at.office, "/revocations", parent=title)
    at.revocation = case["id"]
    total = at.office.get(f"/look-backs/{at.visit}").body["data"]["total"]
    grounds = list(case["data"]["grounds"])
    said = "撤销案以“回访证实已达不到要求”立案，得分 0.89", "Its ground: the revisit proved it, with 0.89"
    at.tell.holds((grounds, total) == ([PROVED], "0.89"), said, (grounds, total))
    known = {one["code"]: one["rules"] for one in at.definition["revocation"]["grounds"]}
    said = "可以选择的情形为四种", "Four grounds can be chosen from"
    at.tell.holds(known == {code: [rule] for code, rule in GROUNDS.items()}, said, known)
    _no_warning_first(at, title)
    unheard = at.second.act("revocations", at.revocation, "decide_revocation")
    said = "未经核实即决定撤销", "Revocation is decided before anything is verified"
    at.tell.refused(unheard, said, CONFLICT, "illegal", "SX-37", "INV-10")
    at.tell.step(at.office.act("revocations", at.revocation, "start_investigation"), "investigating")
    for ground in ("grave_unlawful_act", "improper_means"):
        added = at.office.act("revocations", at.revocation, "add_ground", grounds={ground: "有群众反映"})
        at.tell.done(
            added, (f"追加情形 {GROUNDS[ground]}", f"The ground of {GROUNDS[ground]} is added"), "investigating"
        )
    bare = at.office.act("revocations", at.revocation, "add_ground", grounds={"other": "另有原因"})
    said = "选“其他情形”而不写明理由", "The free ground is chosen and hardly explained"
    at.tell.refused(bare, said, CONFLICT, "guard", "SX-37-4", "GAP-QH-10")
    told = "该县在回访核查期间未能提供评估所需的行政执法案卷和行政规范性文件备案台账，经两次书面催告仍未补齐，影响对示范标准的核查认定。"
    full = at.office.act("revocations", at.revocation, "add_ground", grounds={"other": told})
    at.tell.done(full, ("写明理由后追加", "Explained, it is added"), "investigating")


def _no_warning_first(at: Line, title: str) -> None:
    """GAP-SX-9: the document knows no warning before the revocation."""
    warned = at.office.create("reminders", title, grounds={"other": "提醒整改"})
    said = "先行通报提醒：文件没有这一步骤", "A reminder first: the document knows none"
    at.tell.refused(warned, said, INCOMPLETE, "form")


def decide(at: Line) -> None:
    """Verified, heard, decided by two, on the ground that was proved; the plaque comes off."""
    answers = {**dict.fromkeys(GROUNDS, "查无实据"), PROVED: "100 项中 89 项符合，情形成立"}
    filed = at.office.act("revocations", at.revocation, "file_investigation_report", report="实地核实", answers=answers)
    at.tell.done(filed, ("核实报告逐项答复各情形", "The report answers every ground"), "reported")
    at.tell.step(at.office.act("revocations", at.revocation, "open_statement_period"), "hearing")
    letter = at.proofs[SLIDING]
    waived = at.clerk(SLIDING).signal("revocations", at.revocation, "waive_statement", letter=letter)
    at.tell.done(waived, ("H县书面放弃陈述申辩", "County H waives its statement in writing"), status=ACCEPTED)
    proposed = at.office.act("revocations", at.revocation, "propose_decision", proposal="建议撤销示范命名")
    at.tell.step(proposed, "proposed")
    alone = at.office.act("revocations", at.revocation, "decide_revocation")
    at.tell.refused(alone, ("提出意见的人自己决定", "Who proposed it decides alone"), CONFLICT, "person", "INV-20")
    only = {"grounds": {PROVED: "回访核查证实已达不到示范要求"}}
    decided = at.second.act("revocations", at.revocation, "decide_revocation", **only)
    said = "另一人依据第三种情形决定撤销", "A second person decides, on the third ground alone"
    at.tell.done(decided, said, "decided")
    served = at.office.act("revocations", at.revocation, "notify_decision", **REVOKED)
    at.tell.done(served, (f"送达公布 {REVOKED['number']}", f"{REVOKED['number']} is served and published"), "notified")
    said = "牌匾责令交回", "The plaque is to come off"
    at.eventually(lambda: at.office.get(f"/insignia/{at.plaque}"), "recall_ordered", said=said)
    at.tell.done(at.office.act("insignia", at.plaque, "confirm_return"), ("摘牌收回", "It is taken back"), "recovered")
    at.until("2022-02-11")
    said = "复核期满，撤销案办结", "No review was asked for: the case is settled"
    at.eventually(lambda: at.office.get(f"/revocations/{at.revocation}"), "settled", said=said)
    plaque = at.office.get(f"/insignia/{at.plaque}")
    at.tell.holds(plaque.state == "cancelled", ("牌匾注销", "The plaque is cancelled"), plaque.state)
    left = {place: at.people.public.get(f"/designations/{at.titles[place]}").state for place in (STEADY, SLIDING)}
    said = "H县的命名已撤销，A县的仍有效", "County H has lost its title, County A keeps it"
    at.tell.holds(left == {STEADY: "active", SLIDING: "revoked"}, said, left)
