"""Steps 9 and 10: the best five counties and three projects, and what the province makes of them (YL-2n..2q)."""

from __future__ import annotations

from collections.abc import Sequence

from api.cli.demo.scene import CONFLICT, CREATED
from api.cli.demo.yulin.board import DECLARED, Board
from api.cli.demo.yulin.cast import (
    AREA,
    CHOSEN,
    CHOSEN_PROJECTS,
    CITY,
    DEPARTMENTS,
    FOR_THE_NATION,
    FOR_THE_PROVINCE,
    NAMES,
    PROJECT,
    PROJECTS,
    SIXTH,
)

RECOMMENDED = (*CHOSEN, *CHOSEN_PROJECTS)
STEPS = ("paper_review", "onsite_verification", "third_party_evaluation", "media_notice")
"""What the province looks at; the list is open (GAP-ALL-4)."""
NAMED_ON = "2024-10-15"
REASON = "评估名次靠后"


def recommend(at: Board) -> None:
    """YL-2n, GAP-YL-4: five of nine and three projects; one more only with a reason that the leading group approves."""
    at.tell.chapter("2024-07-16", ("九、择优推荐", "Step 9. Five counties and three projects are recommended"))
    _choose(at, AREA, tuple(FOR_THE_PROVINCE), CHOSEN, SIXTH)
    opened = at.desk.create("candidate-lists", at.batch, purpose="recommendation", track=PROJECT)
    at.lists[PROJECT] = at.tell.step(opened, "collecting", status=CREATED).id
    fourth = next(project for project in PROJECTS if project not in CHOSEN_PROJECTS)
    _choose(at, PROJECT, tuple(PROJECTS), CHOSEN_PROJECTS, fourth)
    sent = {"issuer": "领导小组办公室", "number": "榆创办函〔2024〕5号", "date": at.today, "to": "省委依法治省办"}
    for track in (AREA, PROJECT):
        done = at.desk.act("candidate-lists", at.lists[track], "record_dispatch", **sent)
        at.tell.done(done, ("推荐名单报送省委依法治省办", "The list is sent to the office of the province"))
    left = at.complete(SIXTH, **DECLARED)
    zh, en = NAMES[SIXTH]
    said = f"未获推荐的{zh}申报", f"{en}, which is not recommended, applies"
    at.tell.refused(left, said, CONFLICT, "guard", "YL-2n")
    for unit in (*FOR_THE_PROVINCE, *PROJECTS):
        if unit not in RECOMMENDED:
            declined = at.desk.act("cases", at.cases[unit], "decline", text="本批次未予推荐")
            at.tell.step(declined, "declined")
    _set_the_date(at)


def _choose(at: Board, track: str, units: Sequence[str], chosen: Sequence[str], more: str) -> None:
    it, cases = at.lists[track], [at.cases[unit] for unit in units]

    def ranked(*selected: str) -> dict[str, object]:
        why = {at.cases[unit]: REASON for unit in units if unit not in selected}
        return {"cases": cases, "selected": [at.cases[unit] for unit in selected], "left_out": why}

    n, zh, en = len(chosen), *(("个县区", "counties") if track == AREA else ("个项目", "projects"))
    at.tell.step(at.desk.act("candidate-lists", it, "rank_list", **ranked(*chosen, more)), "ranked")
    said = f"名单列入 {n + 1} {zh}，未经批准", f"The list has {n + 1} {en}, and nobody has approved the excess"
    at.tell.refused(at.group.act("candidate-lists", it, "approve_list"), said, CONFLICT, "guard",
                    "YL-2n", "GAP-YL-4", "INV-11")  # fmt: skip
    at.tell.step(at.group.act("candidate-lists", it, "return_list", text="超出名额，请择优"), "collecting")
    bare = {part: value for part, value in ranked(*chosen).items() if part != "left_out"}
    said = f"推荐 {n} {zh}，未说明其余落选理由", f"{n} {en} are chosen, and no reason is given for the others"
    tried = at.desk.act("candidate-lists", it, "rank_list", **bare)
    at.tell.refused(tried, said, CONFLICT, "guard", "SX-26")
    at.tell.step(at.desk.act("candidate-lists", it, "rank_list", **ranked(*chosen)), "ranked")
    approved = at.group.act("candidate-lists", it, "approve_list")
    said = f"从 {len(units)} {zh}中择优推荐 {n} 个", f"{n} of {len(units)} {en} are recommended"
    at.tell.done(approved, said, "approved")


def _set_the_date(at: Board) -> None:
    """YL-2p, GAP-YL-2: a date that the plan leaves open is nobody's delay; then it is set."""
    said = "申报时间待定，无人逾期", "The date of the application is pending, and nobody is late"
    at.due(RECOMMENDED, "stage_due", None, said)
    at.until("2024-08-01")
    at.report(*DEPARTMENTS)
    at.due(RECOMMENDED, "stage_due", None, ("8 月 1 日仍待定，仍无人逾期", "On 1 August it is still so"))
    for unit in RECOMMENDED:
        at.tell.step(at.desk.act("cases", at.cases[unit], "set_due", duty="stage_due", due_day="2024-08-31"))
    at.due(RECOMMENDED, "stage_due", "2024-08-31", (
        "办公室将申报时间定为 2024-08-31", "The office sets the date: 2024-08-31",
    ))  # fmt: skip


def accept(at: Board) -> None:
    """YL-2o, YL-2q: collected, checked and uploaded; four steps of the province, and its naming, as facts from outside."""
    at.tell.chapter("2024-08-20", ("十、省级验收命名", "Step 10. Acceptance and naming by the province"))
    at.until("2024-08-20")
    at.report(*DEPARTMENTS, CITY, *FOR_THE_NATION)
    for unit in RECOMMENDED:
        at.file(unit, "application_material")
        if unit == RECOMMENDED[0]:
            early = at.complete(unit, **DECLARED)
            said = (
                "材料未上传省级系统即申报",
                "It is filed before the material is uploaded to the system of the province",
            )
            at.tell.refused(early, said, CONFLICT, "guard", "YL-2q", "INV-01")
        at.file(unit, "upload_receipt")
        at.tell.step(at.complete(unit, **DECLARED), "provincial_acceptance")
    said = (
        "5 县区、3 个项目完成上传和申报，验收时间待定",
        "Five and three have filed; the date of acceptance is pending",
    )
    at.due(RECOMMENDED, "stage_due", None, said)
    at.until("2024-09-20")
    at.report(*DEPARTMENTS, CITY, *FOR_THE_NATION)
    at.until(NAMED_ON)
    at.report(*DEPARTMENTS, CITY, *FOR_THE_NATION)
    bare = at.complete(RECOMMENDED[0], at.desk)
    said = "没有省级结果即完成验收", "The acceptance ends without any result of the province"
    at.tell.refused(bare, said, CONFLICT, "guard", "YL-2o")
    for unit in RECOMMENDED:
        at.outside(unit, STEPS, at.who("province.wang"), "陕法治办发〔2024〕9号")
        at.tell.step(at.complete(unit, at.desk))
    at.until("2024-10-16")
    at.stand(RECOMMENDED, "named", (
        "材料初审、实地核查、第三方评估、媒体公示结果和命名决定均登记为外部事实",
        "Paper review, visit, third party, notice and the decision are on record as facts from outside",
    ))  # fmt: skip
    counties, projects = at.titles(AREA), at.titles(PROJECT)
    good = counties == sorted((county, NAMED_ON) for county in CHOSEN) and len(projects) == len(CHOSEN_PROJECTS)
    said = (
        "省级命名 5 个综合示范县（市、区）和 3 个单项示范项目",
        "The province has named five counties and three projects",
    )
    at.tell.holds(good, said, (counties, projects))
