"""Steps 5 and 6: creation to the middle of May, the self-check with its three dates, what others can learn (YL-2)."""

from __future__ import annotations

from api.cli.demo.scene import CONFLICT, INCOMPLETE
from api.cli.demo.yulin.board import Board
from api.cli.demo.yulin.cast import CITY, COUNTIES, DEPARTMENTS, FOR_THE_NATION, FOR_THE_PROVINCE, PROJECTS

LATE = "jiaxian"
FOUND = "zizhou"
LATE_REPORT, LATE_EXPERIENCE = "qingjian", "mizhi"
SCORES, PLAN, REPORT, EXPERIENCE = (
    f"artefact_due:{key}"
    for key in ("score_table", "rectification_plan", "rectification_report", "experience_material")
)
PROBLEM = {"source": "自查", "finding": "执法全过程记录不全", "basis": "CITY-T4-01"}
PLANNED = {"整改任务": "补录执法全过程记录", "整改责任": "司法局"}
CLEARS = {"measure": "补录并建立台账", "unit": "子洲县司法局", "person": "曹", "due": "2024-06-10"}


def self_check(at: Board) -> None:
    """YL-2a, YL-2d, GAP-YL-3: the score table falls due before the stage ends."""
    at.tell.chapter("2024-05-17", ("五、全面创建结束，自评打分", "Step 5. Creation ends, the score tables are due"))
    at.until("2024-05-17")
    at.due(FOR_THE_PROVINCE, "stage_due", "2024-05-20", (
        "全面创建 2024年5月中旬前，读作 2024-05-20", "Creation by mid-May is read as 2024-05-20",
    ))  # fmt: skip
    at.report(*FOR_THE_NATION, CITY, *DEPARTMENTS)
    for county in FOR_THE_PROVINCE:
        at.tell.step(at.complete(county), "self_check")
        rated = at.clerk(county).score("cases", at.cases[county], dict.fromkeys(at.indicators(), "1"))
        at.tell.step(rated)
    for project in PROJECTS:
        at.tell.step(at.complete(project), "city_evaluation")
    days = {SCORES: "2024-05-20", PLAN: "2024-05-20", REPORT: "2024-06-12", EXPERIENCE: "2024-06-15"}
    said = (
        "自评打分表、整改方案 5 月 20 日前，整改报告 6 月 12 日前，经验材料 6 月 15 日前报送",
        "Score table and rectification plan are due on 20 May, the report on 12 June, the experience on 15 June",
    )
    at.dues(FOR_THE_PROVINCE, days, said)
    at.find(FOUND, "record_problems", at.clerk(FOUND), PROBLEM)
    for county in FOR_THE_PROVINCE:
        if county != LATE:
            at.file(county, "score_table")
            at.file(county, "rectification_plan", parts=PLANNED)
    at.expires(LATE, SCORES, "2024-05-20", (
        "佳县打分表：5 月 20 日 23:59 未逾期，21 日零时起逾期",
        "The score table of Jiaxian: not late on 20 May, 23:59, late from 21 May, 00:00",
    ))  # fmt: skip
    at.until("2024-05-21")
    at.file(LATE, "score_table")
    paper = {"artefact": "rectification_plan", "author": "佳县", "date": at.today, "files": [at.dossier(LATE)]}
    vague = at.clerk(LATE).act("cases", at.cases[LATE], "submit_artefact", **paper, parts={"整改任务": "无"})
    said = "佳县的整改方案没有写明整改责任", "The plan of Jiaxian says nothing of who is responsible"
    at.tell.refused(vague, said, CONFLICT, "guard", "YL-2g")
    at.file(LATE, "rectification_plan", parts=PLANNED)
    for county in (LATE, "hengshan"):
        papers = at.case(county).body["stage"]["artefacts"]
        marked = {key: papers[key]["late"] for key in ("score_table", "rectification_plan")}
        said = (
            ("佳县 5 月 21 日补报，永久标记为逾期", "Jiaxian hands them in on 21 May; they stay marked as late")
            if county == LATE
            else ("横山区按期报送，无逾期标记", "Those of Hengshan came in time and bear no mark")
        )
        at.tell.holds(set(marked.values()) == {county == LATE}, said, marked)


def experience(at: Board) -> None:
    """YL-2c, YL-2e, YL-2f, YL-2g: a plan for each problem, the report, and the material of everybody."""
    at.tell.chapter("2024-06-10", ("六、自查自纠与经验材料", "Step 6. Rectified problems, exemplary experience"))
    at.until("2024-06-10")
    at.file(FOUND, "rectification_report", "experience_material")
    early = at.complete(FOUND)
    said = "子洲县自查问题尚无整改方案即完成自查", "Zizhou ends its self-check while its problem has no plan"
    at.tell.refused(early, said, CONFLICT, "guard", "YL-2g")
    bare = at.desk.act("rectification-items", at.items[FOUND], "assign_item", **_without(CLEARS, "unit"))
    said = "整改方案没有责任单位", "The plan names nobody who is responsible"
    at.tell.refused(bare, said, INCOMPLETE, "form", "YL-2g", "YL-3h")
    at.assign(at.items[FOUND], **CLEARS)
    at.put_right(
        FOUND, at.items[FOUND], ("子洲县的自查问题整改销号", "The problem of Zizhou is put right and closed out")
    )
    for county in FOR_THE_PROVINCE:
        if county not in (FOUND, LATE_REPORT):
            at.file(county, "rectification_report")
    at.expires(LATE_REPORT, REPORT, "2024-06-12", (
        "整改报告：6 月 12 日 23:59 未逾期，13 日零时起清涧县逾期",
        "The report: nobody is late on 12 June, 23:59; Qingjian is from 13 June, 00:00",
    ))  # fmt: skip
    at.file(LATE_REPORT, "rectification_report")
    at.until("2024-06-15")
    for unit in (*COUNTIES, *DEPARTMENTS):
        if unit not in (FOUND, LATE_EXPERIENCE):
            at.file(unit, "experience_material")
    at.expires(LATE_EXPERIENCE, EXPERIENCE, "2024-06-15", (
        "经验材料：6 月 15 日是星期六，不顺延，16 日零时起米脂县逾期",
        "The experience: 15 June is a Saturday and is not moved; Mizhi is late from 16 June, 00:00",
    ))  # fmt: skip
    at.until("2024-06-17")
    at.file(LATE_EXPERIENCE, "experience_material")
    extra = at.desk.act("cases", at.cases[CITY], "submit_artefact", artefact="experience_material", author="高",
                        date=at.today, files=[at.dossier(CITY)])  # fmt: skip
    said = "经验材料由县市区和部门报送，市本级报送", "The city hands in what only counties and departments owe"
    at.tell.refused(extra, said, CONFLICT, "guard", "YL-2d")
    at.due(FOR_THE_PROVINCE, "stage_due", "2024-06-20", (
        "自查自纠 2024年6月中旬前，读作 2024-06-20", "The self-check by mid-June is read as 2024-06-20",
    ))  # fmt: skip
    for unit in (*FOR_THE_PROVINCE, *DEPARTMENTS):
        at.tell.step(at.complete(unit), "city_evaluation")
    at.report(CITY, *FOR_THE_NATION)
    at.stand((*FOR_THE_PROVINCE, *DEPARTMENTS, *PROJECTS), "city_evaluation", (
        "9 县区、8 个项目和各部门转入评估整改", "Nine counties, eight projects and the departments go on to evaluation",
    ))  # fmt: skip


def _without(form: dict[str, str], part: str) -> dict[str, str]:
    return {name: value for name, value in form.items() if name != part}
