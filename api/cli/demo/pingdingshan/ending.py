"""Steps 11 and 12: the three measures of the central office, and the close with all that applies met and no title."""

from __future__ import annotations

from api.cli.demo.pingdingshan.bureau import Bureau
from api.cli.demo.pingdingshan.checking import ASIDE, BONUS, UNMET
from api.cli.demo.scene import ACCEPTED, CONFLICT

DUE, NOTED = "2021-10-31", "2021-10-28"
SOURCE = "中央依法治国办"
MEASURES = (
    ("third_party", "第三方评估", "third-party evaluation"),
    ("satisfaction", "人民满意度测评", "satisfaction survey"),
    ("onsite", "实地核查", "on-site verification"),
)


def evaluate(at: Bureau) -> None:
    """PDS-S5a, PDS-S5b, PDS-B1, PDS-D2: three measures with their documents, and what would block the close."""
    at.tell.chapter("2021-08-10", ("第十一步 迎接考评", "Step 11. The national evaluation"))
    said = "迎接考评 10 月底前，10 月 31 日是星期日，不顺延", "By the end of October: 31 October is a Sunday and stays"
    at.owed("stage_due", DUE, said)
    at.through(NOTED)
    office = at.office
    outcome = {"source": SOURCE, "number": "公告1号", "date": NOTED, "file": at.proof, "favourable": True}
    at.tell.step(office.signal("cases", at.case, "record_external_result", **outcome), status=ACCEPTED)
    for n, (measure, zh, en) in enumerate(MEASURES, 1):
        if measure == "onsite":
            said = "实地核查尚未登记即结束", "It is to end before the on-site verification is recorded"
            early = office.act("cases", at.case, "complete_stage")
            at.tell.refused(early, said, CONFLICT, "guard", "PDS-S5b")
        fact = {"source": SOURCE, "number": f"评{n}号", "date": NOTED, "file": at.proof, "measure": measure}
        made = office.create("evaluations", at.case, "record_external_evaluation", **fact)
        at.tell.done(made, (f"{zh}附文件登记在案", f"The {en} is on record with its document"), status=ACCEPTED)
    said = "尚未总结经验做法即办结", "It is to end before good experience is summed up"
    at.tell.refused(office.act("cases", at.case, "complete_stage"), said, CONFLICT, "guard", "INV-01")
    at.tell.step(at.paper("office", "experience_summary"))
    at.tell.holds(
        at.verdict(BONUS) == "met",
        ("加分项 1 凭 2018 年表彰文件作为事实记录", "Bonus 1 stands as a fact on the award letter of 2018"),
    )
    leader = at.who("leader")
    at.tell.step(leader.act("cases", at.case, "open_fact_finding", text="举报申报材料不实"))
    proved = {"report": "一份汇总表系编造", "confirmed": True}
    at.tell.step(leader.act("cases", at.case, "close_fact_finding", **proved))
    said = "材料经核实系编造（减分项 2），不得办结", "Material proved false (deduction 2) blocks the close"
    at.tell.refused(office.act("cases", at.case, "complete_stage"), said, CONFLICT, "guard", "PDS-D2")
    at.tell.step(leader.act("cases", at.case, "open_fact_finding", text="当事科室申请复查"))
    cleared = {"report": "原件已找到，并非编造", "confirmed": False}
    said = "复查认定并非编造", "A second look finds the original: nothing was invented"
    at.tell.done(leader.act("cases", at.case, "close_fact_finding", **cleared), said)


def close(at: Bureau) -> None:
    """GAP-PDS-1: 84 of 84, one bonus, no deduction; the case is closed, and nothing is named."""
    at.tell.chapter(NOTED, ("第十二步 办结", "Step 12. Close"))
    at.tell.step(at.paper("office", "closing_report"))
    at.tell.done(
        at.office.act("cases", at.case, "complete_stage"), ("创建工作办结", "The case ends as closed"), "closed"
    )
    result = at.indicators_now()["result"]
    wanted = {
        "met": 84, "applicable": 84, "share": "1", "rectified": sorted(UNMET), "unmet": [],
        "notApplicable": sorted(ASIDE), "bonuses": [BONUS], "deductions": [],
    }  # fmt: skip
    said = "84 项中 84 项达标，2 项不适用，加分 1 项，减分 0 项", "84 of 84 met, 2 put aside, 1 bonus, no deduction"
    at.tell.holds(result == wanted, said, result)
    titles = at.office.items("/designations")
    at.tell.holds(titles == [], ("本案没有命名记录", "It leaves no naming record of its own"), titles)
    naming = at.who("leader").create("naming-decisions", at.batch, named=[at.case])
    said = "以命名决定收尾", "A decision is to name it"
    at.tell.refused(naming, said, CONFLICT, "guard", "GAP-PDS-1")
