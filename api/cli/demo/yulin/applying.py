"""Steps 14 and 15: the city and its best county apply, wait for the centre, and are named (YL-3o..3s)."""

from __future__ import annotations

from api.cli.demo.chain import sealed
from api.cli.demo.scene import ACCEPTED, CONFLICT, CREATED, INCOMPLETE
from api.cli.demo.yulin.board import DECLARED, Board
from api.cli.demo.yulin.cast import AREA, BEST, CITY, FOR_THE_NATION, NAMES, NATIONAL, NATIONAL_UNITS, PROJECT

APPLYING = (CITY, BEST)
MEASURES = ("third_party_evaluation", "satisfaction_survey", "onsite_verification", "media_notice")
"""What the centre looks at; the list is open (GAP-ALL-4)."""
NAMED_ON = "2026-01-20"


def apply(at: Board) -> None:
    """YL-3o, YL-3p, YL-3q: a date, the best of three, and material that is true, lawful and complete."""
    at.tell.chapter("2025-07-01", ("十四、组织申报", "Step 14. The application to the centre"))
    at.until("2025-07-01")
    said = "申报时间待定，无人逾期", "The date of the application is pending, and nobody is late"
    at.due(NATIONAL_UNITS, "stage_due", None, said)
    _choose_the_best(at)
    for unit in APPLYING:
        at.tell.step(at.desk.act("cases", at.cases[unit], "set_due", duty="stage_due", due_day="2025-08-31"))
    at.due(APPLYING, "stage_due", "2025-08-31", ("申报时间定为 2025-08-31", "The date is set: 2025-08-31"))
    for county in FOR_THE_NATION:
        if county != BEST:
            zh, en = NAMES[county]
            at.file(county, "bound_material")
            said = f"未获推荐的{zh}申报", f"{en}, which is not recommended, applies"
            at.tell.refused(at.complete(county, **DECLARED), said, CONFLICT, "guard", "YL-3p")
            at.tell.step(at.desk.act("cases", at.cases[county], "decline", text="初审后未予推荐"), "declined")
    at.until("2025-08-15")
    _file_without_falsehood(at)
    at.file(CITY, "bound_material")
    done = at.complete(CITY, **DECLARED)
    said = "市本级申报材料装卷，声明真实、合法、完整并申报", "The material of the city is bound, declared and filed"
    at.tell.done(done, said, "central_acceptance")


def _choose_the_best(at: Board) -> None:
    opened = at.desk.create("candidate-lists", at.batch, purpose="recommendation", track=NATIONAL)
    it = at.tell.step(opened, "collecting", status=CREATED).id
    cases = [at.cases[unit] for unit in NATIONAL_UNITS]

    def ranked(*selected: str) -> dict[str, object]:
        why = {at.cases[unit]: "初审名次靠后" for unit in NATIONAL_UNITS if unit not in selected}
        return {"cases": cases, "selected": [at.cases[unit] for unit in selected], "left_out": why}

    at.tell.step(at.desk.act("candidate-lists", it, "rank_list", **ranked(*APPLYING, "shenmu")), "ranked")
    said = "推荐市本级和两个县市区", "The city and two counties are to be recommended"
    tried = at.group.act("candidate-lists", it, "approve_list")
    at.tell.refused(tried, said, CONFLICT, "guard", "YL-2n", "GAP-YL-4")
    at.tell.step(at.group.act("candidate-lists", it, "return_list", text="只推荐一个县市区"), "collecting")
    at.tell.step(at.desk.act("candidate-lists", it, "rank_list", **ranked(*APPLYING)), "ranked")
    approved = at.group.act("candidate-lists", it, "approve_list")
    said = "初审三县市区，择优推荐榆阳区，市本级一并申报", "Of three counties Yuyang is recommended, beside the city"
    at.tell.done(approved, said, "approved")


def _file_without_falsehood(at: Board) -> None:
    """YL-3q, INV-15: not true, not lawful or not complete, or with one document struck out as false: nothing is filed."""
    clerk, case = at.clerk(BEST), at.cases[BEST]
    false = at.tell.step(clerk.upload(case, "会议纪要.txt", "伪造的会议纪要", year=2025), status=CREATED).id
    form = {"artefact": "bound_material", "author": clerk.name, "date": at.today, "files": [at.dossier(BEST), false]}
    at.tell.step(clerk.act("cases", case, "submit_artefact", **form))
    for part, zh, en in (("true", "真实", "true"), ("lawful", "合法", "lawful"), ("complete", "完整", "complete")):
        tried = at.complete(BEST, **{**DECLARED, part: False})
        said = f"榆阳区不声明材料{zh}", f"Yuyang does not declare that the material is {en}"
        at.tell.refused(tried, said, INCOMPLETE, "form", "YL-3q", "INV-15")
    struck = {"text": "会议纪要系伪造", "decision": "核实报告第3号"}
    at.tell.step(at.who("team.lu").post(f"/evidence/{false}/strike", struck), status=ACCEPTED)
    at.tell.done(at.group.post(f"/evidence/{false}/strike", struck), (
        "会议纪要经两人核实为伪造", "Two people find the minutes forged and strike them out",
    ))  # fmt: skip
    blocked = at.complete(BEST, **DECLARED)
    said = "一份材料虚假，榆阳区申报", "With one false document on file Yuyang applies"
    at.tell.refused(blocked, said, CONFLICT, "guard", "YL-3q", "INV-15")
    at.file(BEST, "bound_material")
    done = at.complete(BEST, **DECLARED)
    said = "榆阳区重新装卷后申报", "Yuyang binds the material anew and files it"
    at.tell.done(done, said, "central_acceptance")


def wait_and_name(at: Board) -> None:
    """YL-3r, YL-3s, GAP-YL-8: the fourth batch may slip, and nothing in the city is late for that."""
    at.tell.chapter("2026-01-05", ("十五、验收命名", "Step 15. Acceptance and naming by the centre"))
    at.until("2026-01-05")
    at.due(APPLYING, "stage_due", None, (
        "第四批命名未启动：验收时间待定，案件继续等待", "The fourth batch slips: the date is pending, the cases wait",
    ))  # fmt: skip
    said = "其余各项均无逾期", "Nothing else is overdue"
    late = [case["id"] for case in at.desk.items("/cases", batch=at.batch, overdue="true")]
    at.tell.holds(late == [], said, late)
    at.stand(APPLYING, "central_acceptance", ("城市各阶段不受影响", "The stages of the city are not touched by it"))
    at.until(NAMED_ON)
    for unit in APPLYING:
        at.outside(unit, MEASURES[:-1], at.who("central.tang"), "中法办发〔2026〕2号")
        early = at.complete(unit, at.desk)
        zh, en = NAMES[unit]
        said = f"{zh}缺媒体公示结果即完成验收", f"{en} ends the stage without the result of the notice in the media"
        at.tell.refused(early, said, CONFLICT, "guard", "YL-3r", "INV-01")
        at.file(unit, MEASURES[-1], by=at.desk)
        at.tell.step(at.complete(unit, at.desk))
    at.until("2026-01-21")
    at.stand(APPLYING, "named", (
        "第三方评估、满意度测评、实地核查、媒体公示结果齐全，命名决定登记为外部事实",
        "Third party, satisfaction, visit and notice are on record, and the decision as a fact from outside",
    ))  # fmt: skip
    found = at.titles(NATIONAL)
    said = "全国法治政府建设示范市：榆林市；综合示范县（市、区）：榆阳区", "Named: Yulin City and its county of Yuyang"
    at.tell.holds(found == [(unit, NAMED_ON) for unit in sorted(APPLYING)], said, found)
    _on_record(at)


def _on_record(at: Board) -> None:
    """INV-16: every refusal is an entry of its own, and the chain of the file holds."""
    counts = [len(at.titles(track)) for track in (AREA, PROJECT, NATIONAL)]
    said = (
        "两年目标完成：5 个省级综合、3 个省级单项，1 个全国示范市和 1 个全国综合示范县",
        "Two years: five counties and three projects of the province, a city and a county of the nation",
    )
    at.tell.holds(counts == [5, 3, 2], said, counts)
    for unit in (CITY, "zizhou"):
        entries = at.desk.timeline("cases", at.cases[unit])
        refusals = sum(entry["result"] == "refused" for entry in entries)
        zh, en = NAMES[unit]
        said = (
            f"{zh}卷宗 {len(entries)} 条记录，其中 {refusals} 次被拒留痕，审计链完整",
            f"{en}: {len(entries)} entries, {refusals} of them refusals; the chain holds",
        )
        at.tell.holds(refusals > 0 and sealed(at.cases[unit], entries), said, refusals)
