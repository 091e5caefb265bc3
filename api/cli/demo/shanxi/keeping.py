"""Step 11: the report of each year in public, and the revisit of everybody who holds the title (SX-32, SX-33, SX-35)."""

from __future__ import annotations

from typing import Any

from api.cli.demo.client import Answer
from api.cli.demo.scene import CREATED, INCOMPLETE, duty
from api.cli.demo.shanxi.cast import TRACKS
from api.cli.demo.shanxi.evaluating import assess
from api.cli.demo.shanxi.line import Line

STEADY, SLIDING = "county-a", "county-h"
DUE = "2022-03-31"
WITHOUT_LINK = {"year": 2021, "parts": {"work_of_the_year": "2021 年法治政府建设情况"}}
PUBLISHED = {**WITHOUT_LINK, "address": "https://county-a.example.invalid/2021"}


def report(at: Line) -> None:
    """GAP-SX-6: the work of 2021, by the end of March 2022, published before it is accepted."""
    at.until("2022-01-10")
    at.tell.chapter(at.today, ("步骤 11　年度报告与回访核查", "Step 11. Annual report and revisit"))
    for place in (STEADY, SLIDING):
        at.people.give(f"{place}.clerk", "designee", f"region:{at.people.cast.path(place)}", at.tell)
    owed = {one["parent"]: one for one in at.office.items("/annual-reports") if one["data"]["due_year"] == 2021}
    mine = owed[at.titles[STEADY]]["id"]
    due = duty(at.office.get(f"/annual-reports/{mine}"), "annual_report_due").get("dueOn")
    said = "26 个命名对象均应在 2022 年 3 月 31 日前报送 2021 年度报告", "All 26 owe a report on 2021 by 31 March 2022"
    at.tell.holds(set(owed) == set(at.titles.values()) and due == DUE, said, (len(owed), due))
    said = "A县的报告没有公开网址", "The report of County A has no publication link"
    at.tell.refused(_handed_in(at, mine, WITHOUT_LINK), said, INCOMPLETE, "form", "SX-33")
    at.tell.step(_handed_in(at, mine, PUBLISHED), "submitted")
    back = at.office.act("annual-reports", mine, "return_report", text="网址打不开，社会公众无法查阅")
    said = "网址打不开，报告退回", "Its link leads nowhere: the report is returned"
    at.tell.done(back, said, "open")
    at.tell.done(_handed_in(at, mine, PUBLISHED), ("公开后重新报送", "Published, it is handed in again"), "submitted")
    at.tell.done(
        at.office.act("annual-reports", mine, "accept_report"), ("省办接收", "The province accepts it"), "accepted"
    )
    shown = at.office.get(f"/annual-reports/{mine}").body["data"]["address"]
    at.tell.holds(shown == PUBLISHED["address"], ("向社会公布的网址在案", "The link for the public is on file"), shown)


def _handed_in(at: Line, report: str, said: dict[str, Any]) -> Answer:
    return at.clerk(STEADY).act("annual-reports", report, "submit_report", **said)


def revisit(at: Line) -> None:
    """SX-35, GAP-SX-8: each year everybody is verified; the round comes by itself."""
    round_ = at.found(at.office, "/look-back-rounds")
    visits = {one["data"]["designation"]: one["id"] for one in at.office.items("/look-backs", parent=round_["id"])}
    said = "2022 年回访自动启动，覆盖全部 26 个命名对象", "The revisit of 2022 comes by itself and covers all 26"
    covers = round_["data"]["year"] == 2022 and set(visits) == set(at.titles.values()) and len(visits) == 26
    at.tell.holds(covers, said, (round_["data"], len(visits)))
    days = {"self_evaluation_day": "2022-01-10", "evaluation_day": "2022-01-11"}
    at.tell.step(at.office.act("look-back-rounds", round_["id"], "start_round", **days))
    for place, unmet in ((STEADY, 10), (SLIDING, 11)):
        visit = visits[at.titles[place]]
        who = {"evaluator": "verification", "independent": True}
        at.tell.step(at.office.act("look-backs", visit, "commission_evaluation", **who), "evaluating")
        evaluation = at.found(at.office, "/evaluations", parent=visit)["id"]
        assess(at, evaluation, at.who("checker.qin"), TRACKS[place], unmet)
    steady, at.visit = visits[at.titles[STEADY]], visits[at.titles[SLIDING]]
    fitting = at.office.create("look-back-rounds", scheme=at.scheme, year=2022, number=2)
    said = "可以适时再行跟踪评估", "A follow-up within the year can be planned when it seems fitting"
    at.tell.done(fitting, said, "planned", status=CREATED)
    said = "A县仍符合 90%，保留命名", "County A still meets 90 %: it keeps its title"
    at.eventually(lambda: at.office.get(f"/look-backs/{steady}"), "closed", said=said)
