"""What the tasks ask for in numbers: rates, times a year, each township, each body and each head."""

from __future__ import annotations

from typing import Any

from api.cli.demo.haiyuan.cast import PERSONNEL, UNITS
from api.cli.demo.haiyuan.county import County
from api.cli.demo.scene import INCOMPLETE

Values = dict[str, Any]


def rate(numerator: int, denominator: int = 1000) -> dict[str, str]:
    """A share as it is reported: exact, never rounded."""
    return {"numerator": str(numerator), "denominator": str(denominator)}


FULL: dict[int, tuple[tuple[str, ...], Values, str, str]] = {
    # task: the rates asked for in full, what is reported beside them, what it is about
    16: (("fair_competition_review_rate",), {}, "公平竞争审查", "fair-competition review"),
    15: (
        ("licence_item_list_published_rate",),
        {"disguised_licences": "0", "access_negative_list_applied": True, "service_and_business_lists_current": True},
        "许可清单公布",
        "the licence list",
    ),
    18: (("bad_review_callback_fix_rate",), {}, "差评回访整改", "bad reviews fixed"),
    19: (("legality_review_rate",), {"review_catalogue_maintained": True}, "合法性审查", "legality review"),
    22: (("filing_rate", "filing_timeliness_rate", "filing_conformity_rate"), {}, "报备、及时、规范", "filing"),
    33: (("reconsideration_acceptance_rate",), {}, "复议依法受理", "reconsideration accepted"),
    37: (("head_appearance_rate",), {}, "负责人出庭", "heads in court"),
    39: (("advice_on_time_reply_rate",), {}, "建议按期办复", "advice answered on time"),
}


def rates(at: County) -> None:
    """HY-T15..T22, T33, T37, T39: in full means in full."""
    at.tell.chapter("2024-06-12", ("五、达到百分之百", "5. One hundred per cent"))
    at.until("2024-06-12")
    for number, (metrics, beside, zh, en) in FULL.items():
        sample = at.result(number, metrics[0])
        whole = {**beside, **{m: rate(1000) for m in metrics}}
        for metric in metrics:
            which = f" ({metric})" if len(metrics) > 1 else ""
            said = f"第 {number} 项 {zh}{which} 99.9%：未达标", f"Task {number}, {en}{which} at 99.9 %: unmet"
            at.judged(number, sample, "unmet", said, **{**whole, metric: rate(999)})
        said = f"第 {number} 项 {zh} 100%：达标", f"Task {number}, {en} at 100 %: met"
        at.judged(number, sample, "met", said, **whole)
    licences = at.result(15, "disguised_licences")
    _, beside, _, _ = FULL[15]
    broken = {**beside, "licence_item_list_published_rate": rate(1000)}
    said = "变相许可 1 项：未达标", "One licence in disguise: unmet"
    at.judged(15, licences, "unmet", said, **{**broken, "disguised_licences": "1"})
    at.judged(15, licences, "met", ("变相许可为零：达标", "None in disguise: met"), **broken)
    _clean_up(at)


def _clean_up(at: County) -> None:
    """HY-T16: what harms growth, private firms or reform is cleaned up, and the result is public."""
    clean = at.on_demand(16, "harmful_documents_cleaned_and_published")
    for done, state, said in (
        (False, "unmet", ("文件已清理而未公布：未达标", "Documents cleaned up, the result not published: unmet")),
        (True, "met", ("清理结果向社会公布：达标", "The result is published: met")),
    ):
        at.judged(16, clean, state, said, harmful_documents_cleaned_and_published=done)


def enforcement(at: County) -> None:
    """HY-T30: 90 % of complaints closed, and at least one inspection a year."""
    at.tell.chapter("2024-12-10", ("六、执法监督", "6. Supervision of enforcement"))
    at.until("2024-12-10")
    yearly = at.result(30, "complaint_closure_rate")
    for closed, inspections, state, said in (
        (899, "1", "unmet", ("投诉举报办结率 89.9%：未达标", "89.9 % of complaints closed: unmet")),
        (900, "0", "unmet", ("2024 年没有执法检查：未达标", "No enforcement inspection in 2024: unmet")),
        (900, "1", "met", ("办结率 90%、检查 1 次：达标", "90 % closed and one inspection: met")),
    ):
        at.judged(30, yearly, state, said, complaint_closure_rate=rate(closed), enforcement_inspections=inspections)


def townships(at: County) -> None:
    """HY-T40: each of the 18, and whoever did not is named."""
    at.tell.chapter("2024-12-11", ("七、乡镇（街道）专题研究", "7. The townships study the subject"))
    at.until("2024-12-11")
    names: list[str] = at.definition["action_plan"]["members"]["township"]
    at.tell.holds(len(names) == 18, ("乡镇（街道）18 个", "There are 18 townships and subdistricts"), len(names))
    yearly, missing = at.result(40, "topical_study_sessions"), names[16]
    held = dict.fromkeys(names, "1")
    lacking = {"each": {k: v for k, v in held.items() if k != missing}}
    left_out = at.report(40, yearly, topical_study_sessions=lacking)
    said = f"填报时漏掉{missing}", f"{missing} is left out of the report"
    at.tell.refused(left_out, said, INCOMPLETE, "form", "HY-T40")
    said = f"{missing} 2024 年没有专题研究：任务 40 未达标", f"{missing} held none in 2024: task 40 is unmet"
    at.judged(40, yearly, "unmet", said, topical_study_sessions={"each": {**held, missing: "0"}})
    short = at.short(yearly, "topical_study_sessions")
    at.tell.holds(short == [missing], (f"点名：{missing}", f"Listed by name: {missing}"), short)
    meetings = at.result(40, "judicial_office_head_attendance_rate")
    for present, state in ((99, "unmet"), (100, "met")):
        said = (
            f"司法所所长列席 {present}/100 次",
            f"The heads of judicial offices sat in on {present} of 100 meetings: {state}",
        )
        at.judged(40, meetings, state, said, judicial_office_head_attendance_rate=rate(present, 100))


def study(at: County) -> None:
    """HY-T46, HY-T49: so often a year; each body and each head by itself."""
    at.tell.chapter("2024-12-12", ("八、学法讲法", "8. Study and teaching of law"))
    at.until("2024-12-12")
    yearly, meeting, bureau = at.result(46, "pre_meeting_law_study"), "县政府常务会议", UNITS[PERSONNEL][0]
    full: Values = {
        "pre_meeting_law_study": {"each": {meeting: "4", bureau: "4"}},
        "topical_law_lectures": "2",
        "department_head_lectures": {"each": {"海局长": "1", "罗局长": "1"}},
        "court_hearings_attended": True,
    }
    for metric, value, said in (
        (
            "pre_meeting_law_study", {"each": {meeting: "3", bureau: "4"}},
            ("常务会议会前学法 3 次：未达标", "Three study sessions before the executive meeting: unmet"),
        ),
        ("topical_law_lectures", "1", ("专题法治讲座 1 期：未达标", "One topical lecture: unmet")),
        (
            "department_head_lectures", {"each": {"海局长": "1", "罗局长": "0"}},
            ("罗局长全年未讲法：未达标", "One department head gave no lecture: unmet"),
        ),
    ):  # fmt: skip
        at.judged(46, yearly, "unmet", said, **{**full, metric: value})
        named = {"pre_meeting_law_study": [meeting], "department_head_lectures": ["罗局长"]}.get(metric, [])
        short = at.short(yearly, metric)
        at.tell.holds(short == named, ("点名无误", "Who missed it is named"), short)
    said = (
        "会前学法各 4 次、讲座 2 期、负责人各讲法 1 次：达标",
        "Four sessions each, two lectures, one by each head: met",
    )
    at.judged(46, yearly, "met", said, **full)
    training = at.result(49, "learning_events")
    for events, state, zh in (("1", "unmet", "未达标"), ("2", "met", "达标")):
        said = f"学习辅导 {events} 次：{zh}", f"Training events: {events}, {state}"
        at.judged(49, training, state, said, learning_events=events)
