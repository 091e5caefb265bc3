"""Steps 9 and 10: the list stands in the province's news media, and four results are weighed together (SX-27, SX-28)."""

from __future__ import annotations

from collections import Counter

from api.cli.demo.scene import CONFLICT, CREATED, INCOMPLETE, duty
from api.cli.demo.shanxi.cast import PROJECT, WHOLE
from api.cli.demo.shanxi.evaluating import CANDIDATES, WEIGHED
from api.cli.demo.shanxi.line import Line

MEDIA = ["山西日报", "山西法治报"]
DOCUMENT = {"issuer": "山西省委依法治省办", "number": "晋法办发〔2021〕8号", "date": "2021-11-15"}
REASON = "综合第三方评估、满意度测评、实地核查和公示情况，不符合要求"
NAMED = tuple(place for place in CANDIDATES if place != WEIGHED)


def announce(at: Line) -> None:
    """SX-27, GAP-SX-5: five working days, of which the last is a Saturday that is worked before the festival."""
    at.until("2021-09-13")
    at.tell.chapter(at.today, ("步骤 9　候选名单公示", "Step 9. The list on public notice"))
    for track in (WHOLE, PROJECT):
        at.tell.step(at.second.act("candidate-lists", at.lists[track], "approve_list"), "approved")
    early = at.office.act("candidate-lists", at.lists[WHOLE], "publish_list", media=MEDIA)
    said = "评估尚未办结即公示", "The list is published before the evaluations are completed"
    at.tell.refused(early, said, CONFLICT, "guard", "SX-26", "SX-27")
    for place in CANDIDATES:
        at.tell.step(at.office.act("cases", at.cases[place], "complete_stage"), "publicity")
    at.tell.step(at.office.act("batches", at.batch, "start_publicity"))
    nowhere = at.office.act("candidate-lists", at.lists[WHOLE], "publish_list")
    said = "不说明媒体即公示", "The list goes on notice in no medium"
    at.tell.refused(nowhere, said, INCOMPLETE, "form", "SX-27")
    for track, number in ((WHOLE, 11), (PROJECT, 16)):
        shown = at.office.act("candidate-lists", at.lists[track], "publish_list", media=MEDIA)
        said = f"{number} 个候选在两家省级媒体公示", f"The {number} candidates go on notice in two provincial media"
        at.tell.done(shown, said, "published")
    said = "11＋16 份公示已发布", "The notices of 11 + 16 are out"
    notices = at.counted(27, "notices", "open", said)
    placed = Counter(tuple(one["data"]["media"]) for one in notices)
    said = "11＋16 个候选的公示均在《山西日报》和《山西法治报》", "All 11 + 16 notices stand in the two newspapers"
    at.tell.holds(placed == {tuple(MEDIA): 27}, said, placed)
    ends = {duty(at.office.get(f"/notices/{one['id']}"), "notice_end").get("dueOn") for one in notices[:1]}
    at.tell.holds(
        ends == {"2021-09-18"}, ("公示至 9 月 18 日（周六，补班）", "It ends on Saturday, 18 September"), ends
    )
    _ends_on_saturday(at)


def _ends_on_saturday(at: Line) -> None:
    at.until("2021-09-18", "23:59")
    at.counted(27, "notices", "open", ("周六 23:59 公示仍在进行", "On Saturday, 23:59, it still runs"))
    at.until("2021-09-19", "00:00")
    said = "期满无异议，27 份公示办结", "The period is over without an objection: the 27 notices are closed"
    at.counted(27, "notices", "closed_clear", said)
    said = "27 个候选自动进入命名环节", "All 27 go on to naming by themselves"
    at.counted(27, "cases", "naming", said)


def name(at: Line) -> None:
    """SX-06, SX-07, SX-28: about ten and about fifteen; whoever is left out is left out with a reason."""
    at.until("2021-11-15")
    at.tell.chapter(at.today, ("步骤 10　批准命名", "Step 10. Naming"))
    quotas = {one["id"]: (one["quota"]["target"], one["quota"]["mode"]) for one in at.definition["tracks"]}
    said = "第一批拟命名 10 个左右综合示范、15 个左右单项示范", "About 10 comprehensive ones, and about 15 projects"
    at.tell.holds(quotas == {WHOLE: (10, "about"), PROJECT: (15, "about")}, said, quotas)
    cases = [at.cases[place] for place in NAMED]
    decision = at.tell.step(at.office.create("naming-decisions", at.batch, named=cases), status=CREATED).id
    silent = at.office.act("naming-decisions", decision, "propose_decision")
    said = "W区的项目不予命名而不说明理由", "Project W is left out without a reason"
    at.tell.refused(silent, said, CONFLICT, "guard", "SX-28")
    refused = {at.cases[WEIGHED]: REASON}
    proposed = at.office.act("naming-decisions", decision, "propose_decision", refused=refused)
    said = "综合四项情况，W区的项目不予命名，理由在案", "Four results weighed, Project W is refused, with a reason"
    at.tell.done(proposed, said, "proposed")
    warned = at.office.get(f"/naming-decisions/{decision}").body["data"]["quota_warnings"]
    said = "11 个和 15 个均在“左右”20% 以内，没有警告", "11 and 15 lie within 20 % of about: no warning"
    at.tell.holds(warned == {}, said, warned)
    at.tell.step(at.second.act("naming-decisions", decision, "approve_decision"), "approved")
    issued = at.office.act("naming-decisions", decision, "issue_decision", **DOCUMENT)
    at.tell.done(issued, (f"印发 {DOCUMENT['number']}", f"The decision {DOCUMENT['number']} is issued"), "effective")
    at.counted(26, "cases", "named", ("11＋15 个申报自动转为已命名", "The 11 + 15 cases are named by themselves"))
    at.eventually(lambda: at.case(WEIGHED), "not_named", said=("W区的项目未获命名", "Project W is not named"))
    titles = at.counted(26, "designations", "active", ("26 个命名对象已建立", "The 26 titles stand"))
    at.titles = {place: one["id"] for one in titles for place in NAMED if one["case"] == at.cases[place]}
    found = Counter(one["track"] for one in titles)
    days = {one["data"]["named_on"] for one in titles}
    said = "2021 年命名 11 个综合示范市县和 15 个单项示范项目", "Named in 2021: 11 as a whole and 15 projects"
    at.tell.holds(found == {WHOLE: 11, PROJECT: 15} and days == {"2021-11-15"}, said, (found, days))
