"""Steps 8 and 9: others evaluate by four methods; 92, 90 and 84 points (QH-10a..i, QH-11a, INV-04)."""

from __future__ import annotations

from api.cli.demo.qinghai import visiting
from api.cli.demo.qinghai.cast import EVALUATOR, NAMES
from api.cli.demo.qinghai.drawing import DRAWN
from api.cli.demo.qinghai.register import Register
from api.cli.demo.scene import CONFLICT, FORBIDDEN, INCOMPLETE

SCORES = {"a": 92, "c": 90, "p": 84}


def evaluate(at: Register) -> None:
    """QH-10a..i: the evaluator is free of ties, keeps to the indicator system, and nobody of the office scores."""
    at.tell.chapter("2025-09-22", ("步骤 8：第三方评估", "Step 8: evaluation by a third party"))
    at.until("2025-09-22")
    itself = {"evaluator": "gov.a", "independent": True, "accompanying": [visiting.ACCOMPANYING]}
    own = at.wang.act("look-backs", at.look_backs["a"], "commission_evaluation", **itself)
    said = "委托甲县政府评估甲县", "The government of County A is to evaluate County A"
    at.tell.refused(own, said, CONFLICT, "guard", "QH-10a", "INV-31")
    alone = at.wang.act(
        "look-backs", at.look_backs["a"], "commission_evaluation", evaluator=EVALUATOR, independent=True
    )
    said = "省办不派员跟组", "Nobody of the office goes along"
    at.tell.refused(alone, said, INCOMPLETE, "form", "QH-10f")
    for holder in DRAWN:
        at.evaluations[holder] = visiting.commission(at, at.look_backs[holder])
        at.tell.holds(True, _commissioned(holder))
    three = visiting.methods(at)[:3]
    for holder in DRAWN:
        visiting.use(at, at.evaluations[holder], *(three if holder == "a" else visiting.methods(at)))
        begun = at.who("lead.shen").act("evaluations", at.evaluations[holder], "start_scoring")
        at.tell.step(begun, "scoring")
    _refuse_liaison(at, at.evaluations["a"])
    _keep_to_the_system(at, at.evaluations["a"])
    checked = at.wang.act("evaluations", at.evaluations["a"], "note_procedure_check", text="已核对评估组名单和走访记录")
    at.tell.done(checked, ("省办对程序复核查验一次", "The office files one re-check of the procedure"), "scoring")


def _commissioned(holder: str) -> tuple[str, str]:
    zh, en = NAMES[holder]
    return f"委托第三方评估{zh}，省办派员跟组", f"A third party is commissioned for {en}; staff of the office go along"


def _refuse_liaison(at: Register, evaluation: str) -> None:
    """QH-10g, QH-10h, INV-04: who accompanies takes no part and touches no score; the try is on record."""
    tried = at.who(visiting.ACCOMPANYING).score("evaluations", evaluation, visiting.points(at, 99))
    said = "跟组工作人员为甲县打分", "The accompanying official scores County A"
    at.tell.refused(tried, said, CONFLICT, "guard", "QH-10g", "QH-10h", "INV-04")
    tried = at.wang.score("evaluations", evaluation, visiting.points(at, 99))
    said = "省办经办人为甲县打分", "The official in charge scores County A"
    at.tell.refused(tried, said, FORBIDDEN, "forbidden", "QH-10g", "QH-10h", "INV-04")
    timeline = at.wang.timeline("designations", at.titles["a"])
    tries = [e["person"] for e in timeline if (e["event"], e["result"]) == ("submit_score", "refused")]
    said = "两次尝试均已记入卷宗", "Both tries stand in the dossier"
    at.tell.holds(tries == [visiting.ACCOMPANYING, "province.wang"], said, tries)


def _keep_to_the_system(at: Register, evaluation: str) -> None:
    """QH-10b, QH-11a: the items of the indicator system and no others, one point each, in halves."""
    han, first = at.who("member.han"), at.indicators()[0]
    for sheet, rule, said in (
        ({"LBG-101": "1"}, "QH-10b", ("为指标体系以外的项目打分", "An item outside the indicator system is scored")),
        ({first: "1.5"}, "QH-11a", ("一项指标给 1.5 分", "One item is given 1.5 points")),
        ({first: "0.9"}, "GAP-QH-3", ("一项指标给 0.9 分", "One item is given 0.9 points")),
    ):
        at.tell.refused(han.score("evaluations", evaluation, sheet), said, CONFLICT, "guard", rule)


def score(at: Register) -> None:
    """QH-10c: with three of four methods nothing is reported; QH-11b: 92 and 90 go on notice, 84 does not."""
    at.tell.chapter("2025-10-24", ("步骤 8、9：评估报告和得分", "Steps 8 and 9: report and scores"))
    at.until("2025-10-24")
    for holder in DRAWN:
        visiting.lock(at, at.evaluations[holder], visiting.points(at, SCORES[holder]))
    three = visiting.report(at, at.evaluations["a"])
    said = "只用三种方式即提交甲县的评估报告", "The report on County A, with three methods used"
    at.tell.refused(three, said, CONFLICT, "guard", "QH-10c")
    fourth = visiting.methods(at)[3]
    lacking = three.body["errors"][0]["missing"]
    at.tell.holds(lacking == [fourth], ("缺少满意度测评", "What is missing is the satisfaction survey"), lacking)
    visiting.use(at, at.evaluations["a"], fourth)
    _whole_report(at, at.evaluations["a"])
    for holder in DRAWN:
        zh, en = NAMES[holder]
        reported = visiting.report(at, at.evaluations[holder])
        at.tell.done(
            reported, (f"四种方式齐备，提交{zh}的评估报告", f"All four methods used: report on {en}"), "reported"
        )
        visiting.accept(at, at.evaluations[holder])
    for holder, follows in (("a", "in_notice"), ("c", "in_notice"), ("p", "reminded")):
        _settled(at, holder, follows)


def _whole_report(at: Register, evaluation: str) -> None:
    """QH-10d, QH-10e: true level, trend, proposals, and whether the self-report is true."""
    for part, rule, said in (
        ("trend", "QH-10e", ("评估报告没有发展趋势", "A report without the trend")),
        ("proposals", "QH-10e", ("评估报告没有改进举措", "A report without proposals")),
        (
            "check_of_self_report",
            "QH-10d",
            ("评估报告没有核查自评报告", "A report that does not check the self-report"),
        ),
    ):
        rest = {name: text for name, text in visiting.REPORT.items() if name != part}
        tried = at.who("lead.shen").act("evaluations", evaluation, "submit_report", **rest)
        at.tell.refused(tried, said, INCOMPLETE, "form", rule)


def _settled(at: Register, holder: str, follows: str) -> None:
    zh, en = NAMES[holder]
    total = SCORES[holder]
    then = ("予以公示", "a notice follows") if follows == "in_notice" else ("转入提醒", "a reminder follows")
    said = f"{zh}得 {total} 分，{then[0]}", f"{en}: {total} points, {then[1]}"
    found = at.eventually(lambda: at.wang.get(f"/look-backs/{at.look_backs[holder]}"), follows, said=said)
    at.tell.holds(
        found.body["data"]["total"] == str(total), (f"{zh}总分 {total}", f"The total of {en} is {total}"), found.body
    )
