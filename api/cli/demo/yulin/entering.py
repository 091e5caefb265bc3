"""Steps 3 and 4: who may enter which track, and the topics of the projects (YL-B1, YL-B4, YL-2b)."""

from __future__ import annotations

from api.cli.demo.scene import CONFLICT, CREATED, INCOMPLETE, duty, local_day
from api.cli.demo.yulin.board import Board
from api.cli.demo.yulin.cast import (
    AREA,
    CITY,
    FOR_THE_PROVINCE,
    NAMES,
    NATIONAL,
    NATIONAL_UNITS,
    OWN_TOPIC,
    PROJECT,
    PROJECTS,
)
from api.cli.demo.yulin.organizing import UNITS

TOPICS = [
    "行政审批制度改革",
    "优化政务服务",
    "规范性文件管理",
    "重大行政决策",
    "规范执法司法",
    "基层社会治理",
    "优化营商环境",
]


def tracks(at: Board) -> None:
    """YL-B1, YL-B3, YL-B4: nine counties for the province, three and the city for the nation, and nobody else."""
    at.tell.chapter("2024-04-02", ("三、分级分类创建", "Step 3. Nine counties for the province, three for the nation"))
    at.until("2024-04-02")
    at.stand(FOR_THE_PROVINCE, "creation", (
        "9 个县区在全省综合示范赛道全面创建", "Nine counties are in full creation on the track of the province",
    ))  # fmt: skip
    at.stand(NATIONAL_UNITS, "creation", (
        "榆阳区、神木市、米脂县和市本级在全国赛道全面创建",
        "Yuyang, Shenmu, Mizhi and the city are in full creation on the track of the nation",
    ))  # fmt: skip
    for track, unit in ((AREA, "yuyang"), (NATIONAL, "hengshan"), (AREA, CITY)):
        wrong = at.tell.step(at.join(track, unit), "draft", status=CREATED)
        level = ("全省", "the province") if track == AREA else ("全国", "the nation")
        zh, en = NAMES[unit]
        said = f"{zh}登记{level[0]}综合示范赛道", f"{en} enters the track of {level[1]}"
        tried = at.clerk(unit).act("cases", wrong.id, "enroll")
        at.tell.refused(tried, said, CONFLICT, "guard", "YL-B1", "YL-B4")
    due = "2024-05-20", "2024-10-31"
    for units, day, said in (
        (FOR_THE_PROVINCE, due[0], ("9 县区 2024年5月中旬前（2024-05-20）", "The nine: by mid-May (2024-05-20)")),
        (NATIONAL_UNITS, due[1], ("市本级和 3 县市区 2024年10月下旬前（2024-10-31）",
                                  "The city and the three: by late October (2024-10-31)")),
    ):  # fmt: skip
        at.due(units, "stage_due", day, said)


def projects(at: Board) -> None:
    """YL-2b, GAP-ALL-4: one of the seven topics, or another one with a description."""
    at.tell.chapter("2024-04-08", ("四、单项示范项目", "Step 4. Single-item projects: seven topics, or another one"))
    at.until("2024-04-08")
    known = next(t for t in at.definition["tracks"] if t["id"] == PROJECT)["topics"]
    found = [one["zh"] for one in known["items"]]
    said = "行动计划列出七个领域，另可自选", "The plan lists seven topics, and is open to others"
    at.tell.holds(found == TOPICS and known["open"] is True, said, found)
    for project, (_, topic) in PROJECTS.items():
        if project != OWN_TOPIC:
            entered = at.enter(PROJECT, project, "creation", topic=topic)
            at.tell.done(entered, (f"{NAMES[project][0]}登记，领域 {topic}", f"A project enters with {topic}"))
    draft = at.tell.step(at.join(PROJECT, OWN_TOPIC), "draft", status=CREATED)
    at.cases[OWN_TOPIC] = draft.id
    clerk, (_, own) = at.clerk(OWN_TOPIC), PROJECTS[OWN_TOPIC]
    said = "没有选择领域", "Without any topic"
    at.tell.refused(clerk.act("cases", draft.id, "enroll"), said, INCOMPLETE, "form", "YL-2b")
    bare = clerk.act("cases", draft.id, "enroll", topic=own)
    said = "自选领域没有说明", "A topic of its own without a description"
    at.tell.refused(bare, said, INCOMPLETE, "form", "YL-2b-7")
    told = clerk.act("cases", draft.id, "enroll", topic=own, description="以审计整改促依法行政")
    at.tell.done(told, ("附说明后登记", "With a description it enters"), "creation")
    _report(at)


def _report(at: Board) -> None:
    """YL-W3a, YL-W3b: everybody reports to the office every thirty days, and the office circulates it every month."""
    first = duty(at.case("hengshan"), "progress_report_due:progress_report:2024-04-27").get("dueOn")
    said = (
        "首次进展报告：3 月 28 日起 30 天为星期六，顺延至 4 月 28 日（调休上班的星期日）",
        "The first report: thirty days from 28 March is a Saturday; it moves to Sunday 28 April, which is worked",
    )
    at.tell.holds(first == "2024-04-28", said, first)
    at.report(*UNITS)
    at.until("2024-05-06")
    at.report(*PROJECTS)
    said = (
        f"{len(UNITS)} 个单位、{len(PROJECTS)} 个项目按月报送进展，无一逾期",
        f"{len(UNITS)} units and {len(PROJECTS)} projects have reported their progress, none of them late",
    )
    late = [item["id"] for item in at.desk.items("/cases", overdue="true", batch=at.batch)]
    at.tell.holds(late == [], said, late)
    drafts = [b for b in at.desk.items("/bulletins", parent=at.batch) if local_day(b["openedAt"]) == "2024-04-30"]
    said = (
        "4 月最后一个工作日，服务为三个赛道各拟一份创建情况通报",
        "On the last working day of April three circulars were drafted",
    )
    tracks = sorted(b["data"]["track"] for b in drafts if b["data"]["kind"] == "progress_circular")
    at.tell.holds(tracks == sorted((AREA, PROJECT, NATIONAL)), said, drafts)
    for bulletin in drafts:
        at.issue(bulletin["id"], ("创建情况通报印发", "A circular on progress is issued"), drafted_by_service=True)
