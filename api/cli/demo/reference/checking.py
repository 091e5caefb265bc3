"""Self-check, rectification and inspection (YL-2c..2m): scores, late papers, findings that hold a stage."""

from __future__ import annotations

from api.cli.demo.client import Answer, Person
from api.cli.demo.reference.cast import APPLICANTS, CITY, NAMES
from api.cli.demo.reference.line import Line
from api.cli.demo.scene import CONFLICT, CREATED, INCOMPLETE, duty

LATE = "jiaxian"
HELD = "zizhou"
ON_TIME = tuple(place for place in APPLICANTS if place != LATE)
SCORE_TABLE = "artefact_due:score_table"
FINDING = {"source": "自查", "finding": "行政执法案卷缺少法制审核记录", "basis": "PDS-I30"}
PROBLEM = {"source": "督察评估委员会", "finding": "重大行政决策未经公众参与", "basis": "PDS-I22"}


def self_check(at: Line) -> None:
    """YL-2c, YL-2d: all hundred indicators, and a score table by 20 May."""
    at.tell.chapter("2024-05-17", ("五、自查自纠", "5. Self-check"))
    at.until("2024-05-17")
    for place in APPLICANTS:
        clerk, case = at.clerk(place), at.cases[place]
        scores = dict.fromkeys(at.indicators(), "0.9")
        if place == LATE:
            off = clerk.score("cases", case, {**scores, at.indicators()[0]: "0.95"})
            said = "佳县把一项指标评为 0.95 分", "Jiaxian rates an indicator with 0.95"
            at.tell.refused(off, said, CONFLICT, "guard", "QH-11a", "GAP-QH-3")
        rated = clerk.score("cases", case, scores)
        n, (zh, en) = len(scores), NAMES[place]
        at.tell.done(rated, (f"{zh}一次提交全部 {n} 项指标自评", f"{en} rates all {n} indicators in one request"))
        for paper in ("rectification_plan", "self_check_report"):
            at.tell.step(at.file(place, paper))
    for place in ON_TIME:
        at.tell.step(at.file(place, "score_table"))
    at.tell.note(("三家按期报送打分表", "Three of them hand in the score table in time"))
    at.until("2024-05-21", "00:00")
    due = duty(at.stage(LATE), SCORE_TABLE)
    said = "佳县打分表 5 月 20 日未报，21 日零时起逾期", "Jiaxian's score table is overdue from 21 May, 00:00"
    at.tell.holds(due.get("overdue") is True and due.get("dueOn") == "2024-05-20", said, due)
    at.until("2024-05-21", "15:00")
    late = at.tell.done(at.file(LATE, "score_table"), ("佳县 5 月 21 日补报打分表", "Jiaxian hands it in on 21 May"))
    paper = at.stage(LATE).body["stage"]["artefacts"]["score_table"]
    said = "该材料永久标记为逾期（INV-21）", "The paper stays marked as late for ever (INV-21)"
    at.tell.holds(paper["late"] is True, said, late.body)
    _plan_problem(at)
    for place in APPLICANTS:
        done = at.clerk(place).act("cases", at.cases[place], "complete_stage", judgement="达到创建标准")
        _completed(at, place, done)


def _plan_problem(at: Line) -> None:
    """YL-2g, YL-3h: a problem found gets its measure, unit, person and date before the stage can end."""
    clerk, case, office = at.clerk(LATE), at.cases[LATE], at.who("leading.gao")
    said = "佳县登记自查发现的问题", "Jiaxian records a problem that it found"
    at.tell.done(clerk.act("cases", case, "record_problems", **FINDING), said)
    early = clerk.act("cases", case, "complete_stage", judgement="达到创建标准")
    said = "问题尚无整改方案即完成自查", "The self-check is completed while the problem has no plan"
    at.tell.refused(early, said, CONFLICT, "guard", "YL-2g")
    item = at.found(office, "/rectification-items", case=case)["id"]
    clears = {
        "measure": "补齐法制审核记录并建立台账",
        "unit": "佳县司法局",
        "person": "jiaxian.bai",
        "due": "2024-06-10",
    }
    partial = {k: v for k, v in clears.items() if k != "person"}
    said = "交办缺少责任人（四明确）", "It is assigned without a person responsible"
    refused = office.act("rectification-items", item, "assign_item", **partial)
    at.tell.refused(refused, said, INCOMPLETE, "form", "YL-3h", "INV-02")
    said = "明确措施、单位、人员、时限后交办", "Assigned with measure, unit, person and date"
    at.tell.done(office.act("rectification-items", item, "assign_item", **clears), said, "assigned")


def _completed(at: Line, place: str, done: Answer) -> None:
    """Who has an open problem goes on to rectification; the others pass it over with an entry of its own."""
    zh, en = NAMES[place]
    if place == LATE:
        said = f"{zh}自查完成，进入整改提升", f"{en} goes on to rectification"
        at.tell.done(done, said, "rectification")
        return
    at.tell.step(done, "inspection")
    timeline = at.clerk(place).timeline("cases", at.cases[place])
    passed = any(e["event"] == "skip_empty_stage" for e in timeline)
    said = (
        f"{zh}没有待整改问题，整改阶段留痕跳过，进入督察",
        f"{en} has nothing to rectify; the stage is passed over on record",
    )
    at.tell.holds(passed, said, done.state)


def rectify(at: Line) -> None:
    """YL-2l, INV-03: evidence, verification by somebody else, and not one problem left open."""
    at.tell.chapter("2024-06-03", ("六、整改提升", "6. Rectification"))
    at.until("2024-06-03")
    clerk, case, bai = at.clerk(LATE), at.cases[LATE], at.who("jiaxian.bai")
    for paper in ("problem_list", "rectification_report"):
        at.tell.step(at.file(LATE, paper))
    said = "佳县在问题未销号时完成整改", "Jiaxian completes rectification with the problem open"
    at.tell.refused(clerk.act("cases", case, "complete_stage"), said, CONFLICT, "guard", "INV-03", "YL-2l")
    item = at.found(clerk, "/rectification-items", case=case)["id"]
    said = "责任单位开始整改，上传佐证并提交", "The unit responsible rectifies, uploads evidence and submits"
    submit_item(at, bai, item, LATE, said)
    own = bai.act("rectification-items", item, "verify_item")
    said = "责任人核验自己的整改", "The person responsible verifies the own work"
    at.tell.refused(own, said, CONFLICT, "guard", "YL-2l", "PDS-V3")
    close_out(
        at,
        at.who("leading.gao"),
        item,
        ("领导小组办公室核验并销号", "The leading group's office verifies and closes it out"),
    )
    done = clerk.act("cases", case, "complete_stage")
    at.tell.done(done, ("佳县整改完成", "Jiaxian completes rectification"), "inspection")


def submit_item(at: Line, doer: Person, item: str, place: str, said: tuple[str, str]) -> None:
    """The work on an item, with its evidence."""
    proof = at.tell.step(doer.upload(at.cases[place], "整改佐证.txt", "照片、台账、审核记录"), status=CREATED)
    if doer.get(f"/rectification-items/{item}").state == "assigned":
        at.tell.step(doer.act("rectification-items", item, "start_item"), "in_progress")
    form = {"evidence": [proof.id], "statement": "已按措施整改到位"}
    at.tell.done(doer.act("rectification-items", item, "submit_item", **form), said, "submitted")


def close_out(at: Line, verifier: Person, item: str, said: tuple[str, str]) -> None:
    """Verified by somebody who did not do the work, and closed out."""
    at.tell.step(verifier.act("rectification-items", item, "verify_item"), "verified")
    form = {"date": at.today, "verifier": verifier.name}
    at.tell.done(verifier.act("rectification-items", item, "close_item", **form), said, "closed")


def inspect(at: Line) -> None:
    """YL-2h..2m, INV-18: a finding holds the stage in which it was raised until it is closed out."""
    at.tell.chapter("2024-07-08", ("七、督察评估", "7. Inspection"))
    at.until("2024-07-08")
    committee, office = at.who("committee.he"), at.who("leading.gao")
    for place in APPLICANTS:
        at.tell.step(at.file(place, "inspection_report", by=committee))
        at.tell.step(at.file(place, "rectification_report"))
    said = "督察评估委员会向子洲县反馈问题，阶段被扣住", "The committee raises a finding on Zizhou; the stage is held"
    at.tell.done(committee.act("cases", at.cases[HELD], "raise_findings", **PROBLEM), said)
    result = {"date": "2024-07-08", "team": ["何", "郑"], "written_result": "总体良好"}
    blocked = committee.act("cases", at.cases[HELD], "complete_stage", **result)
    said = "问题未销号即完成督察", "The inspection is completed with the finding open"
    at.tell.refused(blocked, said, CONFLICT, "illegal", "YL-2l", "INV-18")
    for place in ("jiaxian", "hengshan", CITY):
        zh, en = NAMES[place]
        done = committee.act("cases", at.cases[place], "complete_stage", **result)
        at.tell.done(done, (f"{zh}督察完成", f"{en} is inspected"), "application")
    item = at.found(office, "/rectification-items", case=at.cases[HELD])["id"]
    clears = {"measure": "补办公众参与并完善程序", "unit": "子洲县司法局", "person": "zizhou.cao", "due": "2024-07-15"}
    at.tell.step(office.act("rectification-items", item, "assign_item", **clears), "assigned")
    at.until("2024-07-12")
    submit_item(at, at.who("zizhou.cao"), item, HELD, ("子洲县整改并提交佐证", "Zizhou rectifies and submits evidence"))
    close_out(at, office, item, ("核验销号，阶段自动解除", "Verified and closed out; the stage is released by itself"))
    done = committee.act("cases", at.cases[HELD], "complete_stage", **{**result, "date": "2024-07-12"})
    at.tell.done(done, ("子洲县督察完成", "Zizhou is inspected"), "application")
