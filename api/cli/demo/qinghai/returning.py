"""Step 14: who may come back, and who may be put forward for the national titles (QH-15a, QH-08f, INV-07)."""

from __future__ import annotations

from api.cli.demo.qinghai.cast import PROJECT
from api.cli.demo.qinghai.recommending import accept, ask_for_case, open_case, recommended
from api.cli.demo.qinghai.register import Register
from api.cli.demo.scene import ACCEPTED, CONFLICT, CREATED, INCOMPLETE

CONDITIONS = ("rectified", "attainment_verified")
CALL = "中法办通〔2026〕1号"


def apply_again(at: Register) -> None:
    """QH-15a, GAP-QH-5: an area that has improved enters the next batch; GAP-QH-4: a project does not."""
    at.tell.chapter("2026-03-02", ("步骤 14：重新申报", "Step 14: applying again"))
    at.until("2026-03-02")
    chen = at.who("east.chen")
    case = open_case(at, "d", 2026).id
    bare = chen.act("cases", case, "enroll")
    said = "丁县未提交整改提高的佐证", "County D brings no evidence of its rectification"
    at.tell.refused(bare, said, INCOMPLETE, "form", "QH-15a", "GAP-QH-5")
    papers = {code: at.paper(chen, case, code) for code in CONDITIONS}
    half = chen.act("cases", case, "enroll", conditions={CONDITIONS[0]: papers[CONDITIONS[0]]})
    said = "只有整改报告，没有经核验的达标率", "A report on the rectification, yet no verified attainment"
    at.tell.refused(half, said, CONFLICT, "guard", "QH-15a", "GAP-QH-5")
    at.tell.step(chen.act("cases", case, "enroll", conditions=papers), "recommendation")
    at.cases["d"] = case
    sent = recommended(at, "d", "0.91")
    at.tell.done(
        sent, ("丁县整改提高、达标 91%，再次推荐", "County D has improved, 91 %: recommended again"), "submitted"
    )
    at.tell.done(accept(at, "d"), ("省办接收", "The provincial office accepts it"), "accepted")
    case = open_case(at, PROJECT, 2026).id
    at.returning.append(case)
    papers = {code: at.paper(chen, case, code) for code in CONDITIONS}
    again = chen.act("cases", case, "enroll", conditions=papers)
    said = "被撤销的示范项目重新申报", "The revoked project applies again"
    at.tell.refused(again, said, CONFLICT, "guard", "QH-15a", "GAP-QH-4")
    other = ask_for_case(at, PROJECT, 2026, "行政调解")
    at.tell.step(chen.act("cases", at.tell.step(other, "draft", status=CREATED).id, "enroll"), "recommendation")
    at.tell.note(("东州另一方面的工作可以申报", "Another aspect of the work of East Prefecture may be recommended"))


def nominate(at: Register) -> None:
    """QH-08f, QH-11e: only who holds a title now; whoever kept it in a look-back comes first."""
    at.tell.chapter("2026-03-20", ("步骤 14（续）：推荐全国示范", "Step 14, continued: the national call"))
    at.until("2026-03-20")
    early = at.wang.act("designations", at.titles["a"], "nominate_nationally")
    said = "没有国家级通知即推荐甲县", "County A is put forward before anybody has called"
    at.tell.refused(early, said, CONFLICT, "guard", "QH-08f")
    for holder in ("a", "e"):
        told = at.outside(at.titles[holder], "national_call", CALL, closes="2026-04-30")
        at.tell.step(told, status=ACCEPTED)
    at.tell.note((f"中央依法治国办来文：{CALL}", f"The central office calls: {CALL}"))
    before = at.wang.act("designations", at.titles["e"], "nominate_nationally")
    said = "未说明理由，先于甲县推荐戊县", "County E is put before County A without a reason"
    at.tell.refused(before, said, CONFLICT, "guard", "QH-11e")
    named = at.wang.act("designations", at.titles["a"], "nominate_nationally")
    at.tell.done(named, ("推荐甲县", "County A is nominated"), "active")
    lost = at.wang.act("designations", at.titles["p"], "nominate_nationally")
    at.tell.refused(
        lost, ("推荐已撤销的示范项目", "The revoked project is put forward"), CONFLICT, "illegal", "QH-08f", "INV-07"
    )
    form = {"track": "area", "jurisdiction": "b"}
    never = at.tell.step(at.who("east.chen").create("cases", at.batches[2026], **form), "draft", status=CREATED).id
    at.returning.append(never)
    tried = at.wang.act("cases", never, "nominate_nationally")
    said = "推荐从未命名的乙县", "County B, which was never named, is put forward"
    at.tell.refused(tried, said, CONFLICT, "illegal", "QH-08f", "INV-07")
