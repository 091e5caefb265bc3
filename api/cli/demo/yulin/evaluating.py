"""Steps 7 and 8: the committee evaluates everybody, and what it found is cleared to zero by the middle of July."""

from __future__ import annotations

from typing import Any

from api.cli.demo.scene import CONFLICT, CREATED, INCOMPLETE
from api.cli.demo.yulin.board import CHECKED, Board
from api.cli.demo.yulin.cast import AREA, CITY, DEPARTMENTS, FOR_THE_NATION, FOR_THE_PROVINCE, NAMES, PROJECTS

HELD, IN_CREATION = "zizhou", "yuyang"
"""A county of the province with a finding, and one that is on its way to the nation."""
FINDING = {"source": "评估委员会", "finding": "重大行政决策未经合法性审查", "basis": "CITY-T3-01"}
CLEARS = {"measure": "补办合法性审查", "unit": "县政府办", "person": "李", "due": "2024-07-14"}
EVALUATED = (*FOR_THE_PROVINCE, *PROJECTS, *DEPARTMENTS)
REPORT = "artefact_due:rectification_report"


def evaluate(at: Board) -> None:
    """YL-2h, YL-2i, YL-2j: in writing, handed over on the spot with a date, and circulated in the whole city."""
    at.tell.chapter("2024-06-24", ("七、评估委员会评估", "Step 7. The committee evaluates all of them"))
    at.until("2024-06-24")
    committee = at.who("committee.he")
    for part, zh, en in (("finding", "没有书面内容", "without a word in writing"),
                         ("basis", "没有依据", "without what it rests on"), ("source", "没有来源", "without its source")):  # fmt: skip
        bare = {name: value for name, value in FINDING.items() if name != part}
        tried = committee.act("cases", at.cases[HELD], "raise_findings", **bare)
        said = f"向子洲县反馈问题，{zh}", f"A finding is fed back to Zizhou {en}"
        at.tell.refused(tried, said, INCOMPLETE, "form", "YL-2i")
    for county in (HELD, IN_CREATION):
        at.find(county, "raise_findings", committee, FINDING)
        undated = {name: value for name, value in CLEARS.items() if name != "due"}
        tried = committee.act("rectification-items", at.items[county], "assign_item", **undated)
        zh, en = NAMES[county]
        said = f"向{zh}交办问题不限时", f"It is handed over to {en} without a time limit"
        at.tell.refused(tried, said, INCOMPLETE, "form", "YL-2i")
        at.assign(at.items[county], committee, **CLEARS)
    for unit in (*EVALUATED, *FOR_THE_NATION):
        at.file(unit, "evaluation_report", by=committee)
    n = len(EVALUATED) + len(FOR_THE_NATION)
    said = (
        f"委员会对 12 个县市区、{len(PROJECTS)} 个项目和各部门出具 {n} 份评估报告，两县区有问题反馈",
        f"The committee reports on all {n}: twelve counties, {len(PROJECTS)} projects, the departments; two have findings",
    )
    held = [at.case(county).body["stage"]["state"] for county in (HELD, IN_CREATION)]
    at.tell.holds(held == ["held", "held"], said, held)
    _circulate(at)


def _circulate(at: Board) -> None:
    facts = [{"text": "子洲县、榆阳区各有一项问题待整改"}]
    basis = {NAMES[county][0]: at.cases[county] for county in (HELD, IN_CREATION)}
    form: dict[str, Any] = {"kind": "evaluation_circular", "period": {"from": "2024-06-17", "to": at.today}}
    drafted = at.desk.create("bulletins", at.batch, **form, facts=facts, basis_for_each_name=basis)
    it = at.tell.step(drafted, "draft", status=CREATED)
    own = at.desk.act("bulletins", it.id, "issue_bulletin")
    said = "办公室未经审签即印发", "The office issues the circular without anybody's approval"
    at.tell.refused(own, said, CONFLICT, "illegal", "YL-2j")
    at.issue(it.id, ("评估报告在全市通报", "The evaluation report is circulated in the whole city"))
    audience = at.desk.get(f"/bulletins/{it.id}").body["data"]["audience"]
    at.tell.holds(audience == "全市", ("通报范围为全市", "Its audience is the whole city"), audience)


def clear(at: Board) -> None:
    """YL-2l, YL-2m: one open finding keeps a county off the list; on 14 July it is closed."""
    at.tell.chapter("2024-07-08", ("八、问题销号清零", "Step 8. Findings are cleared to zero"))
    at.until("2024-07-08")
    committee = at.who("committee.he")
    at.due(EVALUATED, "stage_due", "2024-07-20", (
        "评估整改 2024年7月中旬前，读作 2024-07-20", "Evaluation and rectification by mid-July is read as 2024-07-20",
    ))  # fmt: skip
    at.due((*EVALUATED, *FOR_THE_NATION), REPORT, "2024-07-15", (
        "各单位整改报告 7 月 15 日前上报", "The rectification report of everybody is due on 15 July",
    ))  # fmt: skip
    for unit in EVALUATED:
        if unit != HELD:
            at.file(unit, "rectification_report")
            at.tell.step(at.complete(unit, committee, date=at.today, **CHECKED))
    _not_listed(at)
    at.until("2024-07-14")
    for county in (HELD, IN_CREATION):
        zh, en = NAMES[county]
        said = f"{zh} 7 月 14 日整改销号", f"{en} closes its finding on 14 July"
        at.put_right(county, at.items[county], said)
    rows = [at.ledger("close_out", county)[-1]["closed_on"] for county in (HELD, IN_CREATION)]
    said = "销号台账记载 2024-07-14", "The close-out ledger shows 2024-07-14"
    at.tell.holds(rows == ["2024-07-14"] * 2, said, rows)
    at.file(HELD, "rectification_report")
    done = at.complete(HELD, committee, date=at.today, **CHECKED)
    said = "子洲县清零后完成评估整改", "With nothing open Zizhou completes the stage"
    at.tell.done(done, said, "provincial_application")
    for county in FOR_THE_NATION:
        if county != IN_CREATION:
            at.file(county, "rectification_report")
    at.report(*FOR_THE_NATION, CITY)
    at.expires(IN_CREATION, REPORT, "2024-07-15", (
        "榆阳区整改报告：7 月 15 日 23:59 未逾期，16 日零时起逾期",
        "The report of Yuyang: not late on 15 July, 23:59, late from 16 July, 00:00",
    ))  # fmt: skip
    at.until("2024-07-16")
    at.file(IN_CREATION, "rectification_report")


def _not_listed(at: Board) -> None:
    opened = at.desk.create("candidate-lists", at.batch, purpose="recommendation", track=AREA)
    at.lists[AREA] = at.tell.step(opened, "collecting", status=CREATED).id
    cases = [at.cases[county] for county in FOR_THE_PROVINCE]
    why = {at.cases[c]: "评估名次靠后" for c in FOR_THE_PROVINCE if c != HELD}
    chosen = {"cases": cases, "selected": [at.cases[HELD]], "left_out": why}
    early = at.desk.act("candidate-lists", at.lists[AREA], "rank_list", **chosen)
    said = "推荐子洲县，尚有一项问题未销号", "Zizhou is to be recommended with one finding open"
    at.tell.refused(early, said, CONFLICT, "guard", "YL-2l", "YL-2k")
    ended = at.complete(HELD, at.who("committee.he"), date=at.today, **CHECKED)
    said = "子洲县问题未销号即完成评估整改", "Zizhou completes the stage with the finding open"
    at.tell.refused(ended, said, CONFLICT, "illegal", "YL-2l", "INV-18")
