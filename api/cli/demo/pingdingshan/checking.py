"""Steps 5 to 7: the self-check of all items, and what a step beyond a threshold or a missing year does to a rating."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from api.cli.demo.pingdingshan.bureau import Bureau
from api.cli.demo.pingdingshan.cast import OFFICES
from api.cli.demo.scene import CONFLICT

DUE = "2021-05-31"
ASIDE = {
    "PDS-I41": "city_government: 评价由上级对市政府作出",
    "PDS-I81": "city_government: 市委党校和政府常务会议的学法",
}
UNMET: dict[str, dict[str, Any]] = {
    "PDS-I05": {"enterprise_startup_time": "6wd"},
    "PDS-I21": {"document_consultation": "6wd"},
    "PDS-I48": {"licence_penalty_publication": "8wd"},
    "PDS-I59": {"class_hours": "39classhours"},
    "PDS-I73": {"disclosure_adverse_rate": "5.0%"},
}
BONUS, REPORT = "PDS-B1", "artefact_due:self_check_report:"
EXTRA = {"PDS-B2": "0", "PDS-D1": "0", "PDS-D2": "0"}

MISSED: tuple[tuple[str, str, Any, str, str, str], ...] = (
    # item, what is measured, the value, the limit as it is refused, Chinese, English
    ("PDS-I05", "enterprise_startup_time", "6wd", "enterprise_startup_time<=5wd, measured 6wd",
     "企业开办 6 个工作日", "Starting a business takes 6 working days"),
    ("PDS-I24", "document_review_time", "4wd", "document_review_time>=5wd, measured 4wd",
     "文件审核 4 个工作日", "The review of a document takes 4 working days"),
    ("PDS-I24", "document_review_time", "16wd", "document_review_time<=15wd, measured 16wd",
     "文件审核 16 个工作日", "The review of a document takes 16 working days"),
    ("PDS-I21", "document_consultation", "6wd", "document_consultation>=7wd, measured 6wd",
     "文件征求意见 6 个工作日", "A document is open for comment for 6 working days"),
    ("PDS-I31", "decision_consultation", "29d", "decision_consultation>=30d, measured 29d",
     "决策征求意见 29 日", "A decision is open for comment for 29 days"),
    ("PDS-I48", "licence_penalty_publication", "8wd", "licence_penalty_publication<=7wd, measured 8wd",
     "处罚决定第 8 个工作日公开", "A penalty is published on working day 8"),
    ("PDS-I72", "first_release", "5.17h", "first_release<=5h, measured 5.17h",
     "5 小时 10 分后首次发声", "The first word is out after 5 hours and 10 minutes"),
    ("PDS-I73", "disclosure_adverse_rate", "5.0%", "disclosure_adverse_rate<5%, measured 5.0%",
     "信息公开败诉率 5.0%", "The adverse rate is 5.0%"),
    ("PDS-I58", "interview_coverage", {"numerator": 89, "denominator": 100}, "interview_coverage>=90%, measured 89/100",
     "访谈率 89%", "Interviews reach 89%"),
    ("PDS-I59", "class_hours", "39classhours", "class_hours>=40classhours/y, measured 39classhours",
     "培训 39 学时", "39 class hours of training"),
    ("PDS-I63", "proposal_satisfaction", "94.9%", "proposal_satisfaction>=95%, measured 94.9%",
     "办理满意率 94.9%", "94.9% are satisfied with how proposals were handled"),
)  # fmt: skip
REACHED = (
    ("PDS-I24", "document_review_time", "5wd", "文件审核 5 个工作日，达标", "5 working days of review are enough"),
    (
        "PDS-I24",
        "document_review_time",
        "15wd",
        "文件审核 15 个工作日，达标",
        "15 working days of review are not too long",
    ),
    ("PDS-I74", "dispute_resolution_satisfaction", "80.0%", "化解满意度 80.0%，达标", "80.0% satisfaction is reached"),
)


def rate(at: Bureau) -> None:
    """PDS-S2a..d, GAP-PDS-5: 79 met, 5 unmet, 2 not applicable with their reason."""
    at.tell.chapter("2021-05-14", ("第五步 全面自查", "Step 5. The full self-check"))
    at.through("2021-05-14")
    groundless = at.rate(notApplicable={"PDS-I57": "no_such_function: 不适用"})
    said = "不允许列为不适用的指标被列为不适用", "An item that applies to every bureau is put aside"
    at.tell.refused(groundless, said, CONFLICT, "guard", "GAP-PDS-5")
    items = [r["code"] for r in at.definition["indicator_system"]["indicators"] if r["kind"] == "indicator"]
    met = {code: "1" for code in items if code not in UNMET and code not in ASIDE}
    at.tell.step(at.rate(measured=UNMET))
    at.tell.done(at.rate(scores={**met, **EXTRA}, notApplicable=ASIDE), ("各科室自评", "The offices rate every item"))
    _stands(at)
    shown = {one["code"]: one for one in at.indicators_now()["items"]}
    reasons = {code: shown[code]["assessed"]["self"]["reasons"] for code in ASIDE}
    at.tell.holds(
        reasons == {code: [why] for code, why in ASIDE.items()},
        ("两项不适用各有理由", "The two put aside have their reason"),
        reasons,
    )
    at.through(DUE)
    at.owed("stage_due", DUE, ("全面自查 5 月底前完成", "The self-check is due by the end of May"))
    _hand_in(at)
    said = "责任科室自行验收自查", "The office that did it accepts its own self-check"
    own = at.who("section").act("cases", at.case, "complete_stage")
    at.tell.refused(own, said, CONFLICT, "guard", "PDS-S2d")


def _hand_in(at: Bureau) -> None:
    """PDS-S2c, PDS-S2d: each office reports by itself, and none is passed over."""
    owed = {d["responsible"]: d["dueOn"] for d in at.read().body["duties"] if d["key"].startswith(REPORT)}
    said = "十个科室的自查报告 5 月底前报送", "Each of ten offices owes its report by the end of May"
    at.tell.holds(owed == dict.fromkeys(OFFICES, DUE), said, owed)
    last = "财务科"
    bare = at.paper_of(last, "self_check_report", 成绩="见报告", 亮点="见报告")
    said = f"{last}的自查报告没有短板和滞后环节", "A report names no short boards and no lagging links"
    at.tell.refused(bare, said, CONFLICT, "guard", "PDS-S2c")
    told = dict.fromkeys(("成绩", "亮点", "短板", "滞后环节"), "见报告")
    section = at.who("section")
    for office in (*(o for o in OFFICES if o != last), last):
        if office == last:
            said = f"只缺{last}的自查报告和材料即提交", "All but one office have reported, and it is handed in"
            early = section.act("cases", at.case, "submit_stage")
            at.tell.refused(early, said, CONFLICT, "guard", "PDS-S2d")
        at.tell.step(at.paper_of(office, "self_check_report", **told))
        at.tell.step(at.paper_of(office, "self_check_material"))
    said = "自查报告和材料 5 月 31 日报政策法规科", "Reports and material reach the policy and legal office on 31 May"
    at.tell.done(section.act("cases", at.case, "submit_stage"), said)


def _stands(at: Bureau) -> None:
    (sheet,) = at.indicators_now()["assessments"]
    counted = {part: sheet[part] for part in ("met", "applicable", "attainment", "unrated")}
    percent = f"{float(100 * Fraction(sheet['attainment'])):.2f}%"
    said = "79 项达标、5 项未达标、2 项不适用：79/84 = 94.05%", "79 met, 5 unmet, 2 put aside: 79/84 = 94.05%"
    wanted = {"met": 79, "applicable": 84, "attainment": "79/84", "unrated": []}
    at.tell.holds((counted, percent) == (wanted, "94.05%"), said, (counted, percent))


def probe_thresholds(at: Bureau) -> None:
    """PDS-I05..PDS-I74: a value one step beyond its limit is never rated as met."""
    at.tell.chapter(at.today, ("第六步 阈值试探", "Step 6. Thresholds"))
    named = []
    for code, metric, value, limit, zh, en in MISSED:
        said = f"{code} {zh}，仍评达标", f"{code} {en}, and it is rated as met"
        refused = at.rate(scores={code: "1"}, measured={code: {metric: value}})
        at.tell.refused(refused, said, CONFLICT, "guard", "PDS-A5")
        named.append([m for e in refused.body.get("errors", ()) for m in e.get("missing", ())] == [f"{code}: {limit}"])
    at.tell.holds(all(named), ("每次拒绝都写明限值和实测值", "Each refusal names the limit and the value"), named)
    for code, metric, value, zh, en in REACHED:
        at.tell.done(at.rate(scores={code: "1"}, measured={code: {metric: value}}), (f"{code}：{zh}", f"{code}: {en}"))
        at.tell.holds(at.verdict(code) == "met", (f"{code} 达标", f"{code} is met"), code)


def probe_evidence(at: Bureau) -> None:
    """PDS-A5, PDS-B1: evidence reaches back to the year that the item names; an incident is not outweighed by papers."""
    at.tell.chapter(at.today, ("第七步 证据试探", "Step 7. Evidence"))
    late, early = at.upload("2019年以来的后评估.txt", 2019), at.upload("2016年以来的后评估.txt", 2016)
    once = {"PDS-I26": {"post_evaluation": "1"}}
    refused = at.rate(scores={"PDS-I26": "1"}, measured=once, evidence={"PDS-I26": [late]})
    said = "PDS-I26 只有 2019 年以来的材料", "I26 is proved from 2019 on only, not from 2016"
    at.tell.refused(refused, said, CONFLICT, "guard", "PDS-A5")
    proved = at.rate(scores={"PDS-I26": "1"}, measured=once, evidence={"PDS-I26": [early]})
    at.tell.done(proved, ("补齐 2016 年以来的材料后达标", "With material from 2016 on it is met"))
    incident = {"PDS-I57": {"vile_enforcement_incidents_in_cycle": 1}}
    at.tell.step(at.rate(measured=incident))
    refused = at.rate(scores={"PDS-I57": "1"}, evidence={"PDS-I57": [early, late]})
    said = (
        "周期内有一起违法执法事件，材料再多也评 PDS-I57 达标",
        "One incident in the cycle, and I57 is rated as met by papers",
    )
    at.tell.refused(refused, said, CONFLICT, "guard", "PDS-A5")
    unmet = at.verdict("PDS-I57")
    at.tell.holds(unmet == "unmet", ("PDS-I57 未达标", "I57 is unmet"), unmet)
    none = {"PDS-I57": {"vile_enforcement_incidents_in_cycle": 0}}
    said = "经核查不属实，事件数更正为零", "It proves unfounded: the number is put right to none"
    at.tell.done(at.rate(scores={"PDS-I57": "1"}, measured=none), said)
    award = {BONUS: {"award_level": "provincial_ministerial"}}
    before, after = at.upload("2015年表彰.txt", 2015, 2015), at.upload("2018年表彰.txt", 2018, 2018)
    refused = at.rate(scores={BONUS: "1"}, measured=award, evidence={BONUS: [before]})
    said = "加分项 1 以 2015 年的表彰申报", "Bonus 1 is claimed on an award of 2015"
    at.tell.refused(refused, said, CONFLICT, "guard", "PDS-A5")
    said = "2018 年省部级表彰文件在案", "The letter of a provincial award of 2018 is on file"
    at.tell.done(at.rate(measured=award, evidence={BONUS: [after]}), said)
    _stands(at)
