"""The years after: annual reports, a drawn look-back, a reminder and its failed rectification (QH-07, 09..12)."""

from __future__ import annotations

from typing import Any

from api.cli.demo.client import Answer
from api.cli.demo.reference.cast import NAMES
from api.cli.demo.reference.evaluating import ANNOUNCED, EVALUATOR, assess
from api.cli.demo.reference.line import Line
from api.cli.demo.scene import ACCEPTED, CONFLICT, CREATED, INCOMPLETE, duty

TARDY = "zizhou"
BATCH_TOO_EARLY = "2025-03-03"
SEED_SOURCE, SEED = "中国福利彩票双色球 2025069 期开奖号码", "03 08 14 21 26 31 + 09"
BELOW_LINE = 84
DUE = "annual_report_due"


def report(at: Line, year: int, places: tuple[str, ...]) -> None:
    """The reports on a year, handed in and accepted."""
    for place in places:
        zh, en = NAMES[place]
        done = _submit(at, place, year)
        at.tell.done(done, (f"{zh}报送 {year} 年度报告", f"{en} hands in the report on {year}"), "submitted")
        at.tell.step(at.who("province.li").act("annual-reports", done.id, "accept_report"), "accepted")


def _submit(at: Line, place: str, year: int, without: str = "") -> Answer:
    clerk = at.clerk(place)
    found = clerk.items("/annual-reports", parent=at.titles[place])
    owed = next(r["id"] for r in found if r["data"]["due_year"] == year)
    asked = at.definition["annual_report"]["parts"]
    parts = {p["code"]: f"{year} 年{p['title']['zh']}" for p in asked if p["code"] != without}
    return clerk.act("annual-reports", owed, "submit_report", year=year, parts=parts)


def first_reports(at: Line) -> None:
    """QH-07d: by the end of January; late once is late for ever (INV-21)."""
    at.tell.chapter("2025-01-20", ("十五、2024 年度报告", "15. Annual reports on 2024"))
    at.until("2025-01-20")
    lacking = _submit(at, "jiaxian", 2024, without="staff_skill")
    said = "佳县的报告缺少“业务人员能力提升”", "Jiaxian's report lacks a part"
    at.tell.refused(lacking, said, INCOMPLETE, "form", "QH-07d")
    report(at, 2024, tuple(p for p in ANNOUNCED if p != TARDY))
    at.until("2025-01-31", "23:59")
    owed = _owed(at)
    at.tell.holds(
        not owed.get("overdue"), ("1 月 31 日 23:59，子洲县尚未逾期", "On 31 January, 23:59, Zizhou is not late"), owed
    )
    at.until("2025-02-01", "00:00")
    owed = _owed(at)
    said = "2 月 1 日 0:00，子洲县年度报告逾期", "On 1 February, 00:00, Zizhou's report is overdue"
    at.tell.holds(owed.get("overdue") is True and owed.get("dueOn") == "2025-01-31", said, owed)
    at.until("2025-02-10")
    done = _submit(at, TARDY, 2024)
    at.tell.done(done, ("子洲县 2 月 10 日补报", "Zizhou hands it in on 10 February"), "submitted")
    late = _owed(at, done.id)
    at.tell.holds(late.get("overdue") is True, ("补报后逾期标记不消失", "The mark of being late stays"), late)
    _too_early(at)


def _owed(at: Line, report_id: str = "") -> dict[str, Any]:
    """The dated duty of Zizhou's report on 2024."""
    clerk = at.clerk(TARDY)
    reports = clerk.items("/annual-reports", parent=at.titles[TARDY])
    mine = report_id or next(r["id"] for r in reports if r["data"]["due_year"] == 2024)
    return duty(clerk.get(f"/annual-reports/{mine}"), DUE)


def _too_early(at: Line) -> None:
    """QH-03a: one batch in two years."""
    wang = at.who("province.wang")
    window = {"number": 2, "naming_year": 2025, "opens": BATCH_TOO_EARLY, "closes": "2025-12-31"}
    planned = at.tell.step(wang.create("batches", scheme=at.scheme, **window), "planned", status=CREATED)
    at.until(BATCH_TOO_EARLY)
    opened = wang.act("batches", planned.id, "open_batch")
    said = "一年后即开放下一批", "The next batch is opened after one year"
    at.tell.refused(opened, said, CONFLICT, "guard", "QH-03a")
    early = {"text": "未满两年"}
    at.tell.step(wang.act("batches", planned.id, "cancel_batch", **early), status=ACCEPTED)
    at.tell.step(at.who("province.li").act("batches", planned.id, "cancel_batch", **early), "cancelled")


def look_back(at: Line) -> None:
    """QH-09a..d, INV-29: drawn with a published seed, self-evaluated, evaluated by others."""
    at.tell.chapter("2025-06-18", ("十六、“回头看”", "16. Look-back"))
    at.until("2025-06-18")
    wang = at.who("province.wang")
    at.round = at.found(wang, "/look-back-rounds")["id"]  # planned by the alarm when the year began
    steered = wang.act("look-back-rounds", at.round, "select_designees", seed="1234")
    said = "自选种子抽取", "A draw with a seed of one's own"
    at.tell.refused(steered, said, INCOMPLETE, "form", "INV-29")
    at.tell.step(wang.act("look-back-rounds", at.round, "fix_draw", seed_source=SEED_SOURCE), "planned")
    unseeded = wang.act("look-back-rounds", at.round, "select_designees")
    said = "不公布种子就抽取", "A draw without a seed"
    at.tell.refused(unseeded, said, INCOMPLETE, "form", "INV-29")
    drawn = wang.act("look-back-rounds", at.round, "select_designees", seed=SEED)
    at.tell.done(drawn, (f"以公开种子抽取：{SEED}", f"Drawn with a published seed: {SEED}"), "drawn")
    visit = at.found(wang, "/look-backs", parent=at.round)
    at.look_back, at.drawn = visit["id"], visit["subject"]
    zh, en = NAMES[at.drawn]
    at.tell.holds(visit["data"]["designation"] == at.titles[at.drawn], (f"抽中{zh}", f"{en} is drawn"), visit)
    schedule = {"self_evaluation_day": "2025-07-15", "evaluation_day": "2025-08-20"}
    at.tell.step(wang.act("look-back-rounds", at.round, "start_round", **schedule), "running")
    clerk, asked = at.clerk(at.drawn), at.definition["look_back"]["self_evaluation"]["parts"]
    parts = {p["code"]: p["title"]["zh"] for p in asked}
    partial = clerk.act("look-backs", at.look_back, "submit_self_evaluation", parts=dict(list(parts.items())[:1]))
    said = "自评缺少督察事项整改情况", "The self-evaluation lacks a part"
    at.tell.refused(partial, said, INCOMPLETE, "form", "QH-09d")
    at.until("2025-07-10")
    done = clerk.act("look-backs", at.look_back, "submit_self_evaluation", parts=parts)
    at.tell.done(done, (f"{zh}提交自评", f"{en} hands in its self-evaluation"), "self_evaluated")
    _score_low(at)


def _score_low(at: Line) -> None:
    """QH-11b, GAP-QH-1: 84 of 100 points lie in the band of the reminder."""
    at.until("2025-08-20")
    wang = at.who("province.wang")
    who = {"evaluator": EVALUATOR, "independent": True}
    commissioned = wang.act("look-backs", at.look_back, "commission_evaluation", **who)
    at.tell.done(commissioned, ("委托第三方评估", "A third party is commissioned"), "evaluating")
    evaluation = at.found(wang, "/evaluations", parent=at.look_back)["id"]
    codes = at.indicators()
    assess(at, evaluation, {code: "1" if n < BELOW_LINE else "0" for n, code in enumerate(codes)})
    said = f"得 {BELOW_LINE} 分，不足 90 分：转入提醒", f"{BELOW_LINE} points, below 90: a reminder follows by itself"
    at.eventually(lambda: wang.get(f"/look-backs/{at.look_back}"), "reminded", said=said)


def remind(at: Line) -> None:
    """QH-12a, QH-12b, QH-13-5: issued by two people, with a date; the date passes."""
    at.tell.chapter("2025-09-01", ("十七、通报提醒与限期整改", "17. Reminder with time-limited rectification"))
    at.until("2025-09-01")
    wang, li, clerk = at.who("province.wang"), at.who("province.li"), at.clerk(at.drawn)
    at.reminder = at.found(wang, "/reminders", parent=at.titles[at.drawn])["id"]
    order = {"grounds": {"area_slides": "回访得分 84 分，工作滑坡"}, "due_day": "2025-11-30"}
    proposed = wang.act("reminders", at.reminder, "issue_reminder", **order)
    at.tell.done(proposed, ("第一人提请通报提醒", "A first person proposes the reminder"), status=ACCEPTED)
    issued = li.act("reminders", at.reminder, "issue_reminder", **order)
    at.tell.done(
        issued, ("第二人确认，通报提醒并限期整改", "A second person confirms: reminder, with a date"), "issued"
    )
    zh, en = NAMES[at.drawn]
    said = f"{zh}的命名状态为“被提醒”", f"The title of {en} is reminded"
    at.tell.holds(_title(at) == "reminded", said, _title(at))
    plan = {"measure": "补短板、强公开", "unit": "政府办公室", "person": clerk.id, "due": "2025-11-15"}
    acknowledged = clerk.act("reminders", at.reminder, "acknowledge_reminder", **plan)
    at.tell.done(acknowledged, (f"{zh}签收并制定整改方案", f"{en} acknowledges with a plan"), "rectifying")
    fault = {"text": "期限届满仍未提交整改报告，无明显提升", "ground": "rectification_failed", "finding": "date_past"}
    at.until("2025-11-30")
    early = wang.act("reminders", at.reminder, "fail_rectification", **fault)
    said = "期限当天即认定整改不力", "It is held to have failed on the very day it is due"
    at.tell.refused(early, said, CONFLICT, "guard", "QH-13-5")
    at.until("2025-12-02")
    failed = wang.act("reminders", at.reminder, "fail_rectification", **fault)
    at.tell.done(failed, ("期限已过，认定整改不力", "The date is past; the rectification has failed"), "escalated")
    case = at.found(wang, "/revocations", parent=at.titles[at.drawn])
    at.revocation = case["id"]
    said = "撤销审查自动立案，命名进入审查", "A revocation case opens by itself; the title is under review"
    at.tell.holds(case["state"] == "opened" and _title(at) == "revocation_review", said, (case["state"], _title(at)))
    said = "回访随之转入审查", "The look-back follows"
    at.eventually(lambda: wang.get(f"/look-backs/{at.look_back}"), "in_revocation", said=said)


def _title(at: Line) -> str | None:
    return at.people.public.get(f"/designations/{at.titles[at.drawn]}").state
