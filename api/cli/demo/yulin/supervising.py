"""Step 13: the supervision team goes down to counties and departments; whoever is slow bears the consequences."""

from __future__ import annotations

from typing import Any

from api.cli.demo.scene import CONFLICT, CREATED, INCOMPLETE
from api.cli.demo.yulin.board import CHECKED, Board
from api.cli.demo.yulin.cast import CITY, DEPARTMENTS, NAMES, NATIONAL_UNITS
from api.cli.demo.yulin.organizing import SLOW

FINDING = {"source": "督导小组", "finding": "指标任务落实不到位", "basis": "CITY-T9-01"}
CLEARS = {"measure": "限期补齐", "person": "李", "due": "2025-03-28"}
SUPERVISED = {"任务指标落实情况": "逐项落实", "自查自评发现问题整改情况": "已销号"}
OF_THE_PROVINCE = "hengshan"
"""A county of 2024: it is under supervision too, and what is found there stands on the file of the city."""
CONSEQUENCES = (
    # bulletin, effect, rule, Chinese, English
    (
        "criticism_circular",
        "criticism",
        "YL-W3c",
        "任务推进缓慢",
        "is slow with its tasks and is criticised before the whole city",
    ),
    (
        "deduction_notice",
        "deduction",
        "YL-W3d",
        "影响全市创建整体进度",
        "holds back the city and loses points in the appraisal",
    ),
    ("accountability_notice", "accountability", "YL-W3e", "情节严重", "is a grave case and is held to account"),
)


def supervise(at: Board) -> None:
    """YL-3k..3n: in writing, with duty and time limit, and until everything is put right."""
    at.tell.chapter(
        "2025-03-05", ("十三、督导评估整改（2025年6月底前）", "Step 13. Supervision, by the end of June 2025")
    )
    _consequences(at)
    at.until("2025-03-05")
    at.report(*NATIONAL_UNITS, *DEPARTMENTS)
    at.due((*NATIONAL_UNITS, *DEPARTMENTS), "stage_due", "2025-06-30", (
        "督导评估整改 2025年6月底前（2025-06-30）", "Supervision and rectification by the end of June (2025-06-30)",
    ))  # fmt: skip
    team = at.who("team.lu")
    bare = {name: value for name, value in FINDING.items() if name != "finding"}
    tried = team.act("cases", at.cases["shenmu"], "raise_findings", **bare)
    said = "督导小组移交问题没有书面内容", "The team hands over a finding without a word in writing"
    at.tell.refused(tried, said, INCOMPLETE, "form", "YL-3m")
    for owner, unit, doer in (
        ("shenmu", "神木市司法局", "shenmu"),
        (CITY, f"{NAMES[OF_THE_PROVINCE][0]}人民政府", OF_THE_PROVINCE),
        (SLOW, NAMES[SLOW][0], SLOW),
    ):
        item = at.find(owner, "raise_findings", team, FINDING)
        for part, given in (("unit", {}), ("due", {"unit": unit})):
            form = {name: value for name, value in {**CLEARS, **given}.items() if name != part}
            vague = team.act("rectification-items", item, "assign_item", **form)
            lacking = ("责任单位", "a unit") if part == "unit" else ("整改时限", "a time limit")
            if owner == "shenmu":
                said = f"移交问题没有{lacking[0]}", f"It is handed over without {lacking[1]}"
                at.tell.refused(vague, said, INCOMPLETE, "form", "YL-3m", "YL-3h")
        at.assign(item, team, unit=unit, **CLEARS)
        held = at.complete(owner, team, date=at.today, **CHECKED)
        said = f"{unit}的问题未整改即结束督导", f"The supervision ends with the finding on {NAMES[doer][1]} open"
        at.tell.refused(held, said, CONFLICT, "illegal", "YL-3n", "INV-18")
    at.until("2025-04-02")
    at.report(*NATIONAL_UNITS, *DEPARTMENTS)
    for owner, doer in (("shenmu", "shenmu"), (CITY, OF_THE_PROVINCE), (SLOW, SLOW)):
        zh, en = NAMES[doer]
        at.put_right(owner, at.items[owner], (f"{zh}整改反馈问题，核验销号", f"{en} puts it right; verified and closed out"),
                     at.clerk(doer))  # fmt: skip
    for day in ("2025-05-06", "2025-06-04"):
        at.until(day)
        at.report(*NATIONAL_UNITS, *DEPARTMENTS)
    at.until("2025-06-20")
    paper = {"artefact": "supervision_record", "author": "卢", "date": at.today, "files": [at.dossier(CITY)]}
    half = {name: value for name, value in SUPERVISED.items() if name == "任务指标落实情况"}
    thin = team.act("cases", at.cases[CITY], "submit_artefact", **paper, parts=half)
    said = (
        "督导记录未写自查自评问题整改情况",
        "The record of the team says nothing of the problems of the self-evaluation",
    )
    at.tell.refused(thin, said, CONFLICT, "guard", "YL-3l")
    for unit in (*NATIONAL_UNITS, *DEPARTMENTS):
        at.file(unit, "supervision_record", by=team, parts=SUPERVISED)
        ended = at.complete(unit, team, date=at.today, **CHECKED)
        at.tell.step(ended, "closed" if unit in DEPARTMENTS else "national_application")
    said = (
        "反馈问题全部清零，市本级和三县市区转入组织申报，各部门办结",
        "Nothing is open: the city and the three go on to apply, and the departments are done",
    )
    at.stand(NATIONAL_UNITS, "national_application", said)


def _consequences(at: Board) -> None:
    """YL-W3c, YL-W3d, YL-W3e: on a basis in the record, approved by the leading group, and only once it is issued."""
    at.until("2025-02-17")
    at.due([SLOW], "artefact_due:score_table", "2024-11-15", (
        "市行政审批服务局打分表 2024 年 11 月 15 日应报，至今未报",
        "The approval bureau owes its table since 15 November 2024",
    ), overdue=True)  # fmt: skip
    (zh, _), case = NAMES[SLOW], at.cases[SLOW]
    for kind, effect, rule, why, en in CONSEQUENCES:
        form: dict[str, Any] = {"kind": kind, "period": {"from": "2024-11-16", "to": at.today}}
        said = {"facts": [{"text": f"{zh}{why}"}], "basis_for_each_name": {zh: case}}
        bulletin = at.tell.step(at.desk.create("bulletins", at.batch, **form, **said), "draft", status=CREATED).id
        before = at.desk.items("/consequences", effect=effect)
        at.issue(bulletin, (f"{zh}{why}：{_title(at, kind)}", f"The approval bureau {en}"))
        entries = at.desk.items("/consequences", effect=effect)
        audience = at.desk.get(f"/bulletins/{bulletin}").body["data"]["audience"]
        good = not before and [(e["organization"], e["amount"], e["inForce"], e["rules"]) for e in entries] == [
            (SLOW, None, True, [rule])
        ]
        good = good and (audience == "全市") == (effect == "criticism")
        recorded = (
            f"后果登记：{effect}，依据 {rule}，文件未定分值",
            f"On record: {effect} by {rule}, no amount is given",
        )
        at.tell.holds(good, recorded, (before, entries, audience))
    at.file(SLOW, "score_table")
    at.tell.done(at.complete(SLOW), ("该局补报后转入督导", "It hands the table in and goes on"), "supervision")


def _title(at: Board, kind: str) -> str:
    return str(next(b["title"]["zh"] for b in at.definition["bulletins"] if b["key"] == kind))
