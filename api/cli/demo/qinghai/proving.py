"""Steps 9 and 10 in a copy of the scheme that scores in tenths: 89.9 points, and a make-up Sunday (QH-11b, QH-11c)."""

from __future__ import annotations

from api.cli.demo.qinghai import visiting
from api.cli.demo.qinghai.opening import draft
from api.cli.demo.qinghai.register import Register
from api.cli.demo.scene import CONFLICT, CREATED

PLACE, PROJECT = "trial", "试算项目"
SELF_EVALUATION_DAY = "2024-09-13"


def prove_in_a_copy(at: Register) -> None:
    """The scheme itself scores in halves; 89.9 can be reached only where the step is a tenth (GAP-QH-3)."""
    at.tell.chapter("2024-08-26", ("步骤 9、10：试算副本", "Steps 9 and 10, in a copy of the scheme"))
    at.until("2024-08-26")
    fine = {**at.definition, "key": "qinghai_in_tenths", "scoring": {**at.definition["scoring"], "step": "0.1"}}
    copy = draft(at, fine)
    said = "副本按 0.1 分计分，另行发布", "The copy scores in steps of 0.1 and is published on its own"
    at.tell.done(at.who("publisher").post(f"/schemes/{copy}/publish"), said, "published")
    area, project = at.take_over(PLACE, scheme=copy), at.take_over(PLACE, PROJECT, scheme=copy)
    planned = at.wang.create("look-back-rounds", scheme=copy, year=2024, number=1)
    round_ = at.tell.step(planned, "planned", status=CREATED).id
    at.tell.step(at.wang.act("look-back-rounds", round_, "select_designees"), "drawn")
    days = {"self_evaluation_day": SELF_EVALUATION_DAY, "evaluation_day": "2024-09-20"}
    at.tell.step(at.wang.act("look-back-rounds", round_, "start_round", **days), "running")
    visits = {v["data"]["designation"]: v["id"] for v in at.wang.items("/look-backs", parent=round_)}
    clerk = at.clerk(PLACE)
    for visit in visits.values():
        done = clerk.act("look-backs", visit, "submit_self_evaluation", parts=visiting.self_evaluation(at))
        at.tell.step(done, "self_evaluated")
    at.until("2024-09-20")
    _almost(at, visits[project])
    _make_up_sunday(at, visits[area])


def _almost(at: Register, visit: str) -> None:
    """QH-11b, INV-09: a tenth of a point below the line is below the line."""
    visiting.evaluate(at, visit, visiting.points(at, 89, "0.9"))
    said = "89.9 分不足 90 分，转入提醒", "89.9 points are below 90: a reminder follows"
    found = at.eventually(lambda: at.wang.get(f"/look-backs/{visit}"), "reminded", said=said)
    at.tell.holds(
        found.body["data"]["total"] == "89.9", ("总分恰为 89.9", "The total is 89.9 exactly"), found.body["data"]
    )
    _, refused = visiting.publish(at, visit)
    said = "89.9 分请求公示", "A public notice with 89.9 points"
    at.tell.refused(refused, said, CONFLICT, "guard", "QH-11b", "INV-09")


def _make_up_sunday(at: Register, visit: str) -> None:
    """QH-11c: five working days from 23 September 2024 end on a Sunday, which was worked."""
    visiting.evaluate(at, visit, visiting.points(at, 92))
    at.eventually(
        lambda: at.wang.get(f"/look-backs/{visit}"), "in_notice", said=("得 92 分，予以公示", "92 points: a notice")
    )
    at.until("2024-09-23")
    notice, opened = visiting.publish(at, visit)
    at.tell.done(opened, ("2024-09-23 发布公示", "The notice opens on 2024-09-23"), "open")
    last = visiting.last_day(at.wang, "notices", notice, "notice_end")
    said = "第 5 个工作日是调休上班的星期日 2024-09-29", "The fifth working day is a make-up Sunday, 2024-09-29"
    at.tell.holds(last == "2024-09-29", said, last)
    at.until("2024-09-29", "23:59")
    still = at.wang.get(f"/notices/{notice}").state
    at.tell.holds(still == "open", ("当日 23:59 仍在公示", "It is still open that day at 23:59"), still)
    at.until("2024-09-30", "00:00")
    said = "9 月 30 日零时公示期满，自动办结", "It closes by itself on 30 September, 00:00"
    at.eventually(lambda: at.wang.get(f"/notices/{notice}"), "closed_clear", said=said)
