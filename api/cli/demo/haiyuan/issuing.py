"""The plan is issued and every task has its owner (HY-G1, HY-G4, HY-T02, GAP-HY-2)."""

from __future__ import annotations

from collections import Counter

from api.cli.demo.haiyuan.cast import COUNTY, FIRST_DAY, PROGRAMME, UNIT_OF, UNITS
from api.cli.demo.haiyuan.county import County
from api.cli.demo.scene import CONFLICT, CREATED

DOCUMENT = {"issuer": "海原县人民政府办公室", "number": "海政办发〔2023〕34号", "date": FIRST_DAY}
ACTIONS = (5, 7, 6, 6, 7, 8, 5, 6)
LAST_DAY = "2025-12-31"


def issue(at: County) -> None:
    """HY-G1, HY-G4: 50 tasks in eight actions, by the document of 4 July 2023."""
    at.tell.chapter(FIRST_DAY, ("一、印发方案，五十项任务", "1. The plan is issued: fifty tasks"))
    at.people.settle_in(at.tell)
    for unit in UNITS:
        at.people.give(at.clerk(unit).id, "department", f"organization:{unit}", at.tell)
    at.publish(PROGRAMME, COUNTY)
    source = at.definition["source"]
    said = "方案载明发文机关、文号和 2023-07-04", "The scheme states the issuer, the number and 2023-07-04"
    at.tell.holds([source[k] for k in ("issuer", "doc_no", "issued_on")] == list(DOCUMENT.values()), said, source)
    loaded = at.justice.create("action-plans", scheme=at.scheme)
    said = "司法局装载方案", "The justice department loads the plan"
    at.plan = at.tell.done(loaded, said, "draft", status=CREATED).id
    issued = at.county.act("action-plans", at.plan, "issue_plan", **DOCUMENT)
    said = f"县政府印发 {DOCUMENT['number']}", f"The county government issues {DOCUMENT['number']}"
    at.tell.done(issued, said, "issued")
    on = at.data(f"/action-plans/{at.plan}")["date"]
    at.tell.holds(on == FIRST_DAY, ("印发日为 2023-07-04", "It is issued on 2023-07-04"), on)
    tasks = at.county.items("/plan-tasks", case=at.plan)
    at.tasks = {t["data"]["number"]: t["id"] for t in tasks}
    said = "任务 50 项，自 1 至 50 连续编号", "There are 50 tasks, numbered through from 1 to 50"
    at.tell.holds(sorted(at.tasks) == list(range(1, 51)), said, sorted(at.tasks))
    said = "每项任务都有中英文全文", "Each says in full what is asked, in Chinese and English"
    at.tell.holds(all(t["data"]["statement"] and t["data"]["statement_en"] for t in tasks), said)
    per_action = Counter(t["data"]["action"] for t in tasks)
    found_in = tuple(per_action[n] for n in range(1, 9))
    said = "八大行动各 5、7、6、6、7、8、5、6 项", "The eight actions have 5, 7, 6, 6, 7, 8, 5 and 6 of them"
    at.tell.holds(found_in == ACTIONS, said, found_in)


def assign(at: County) -> None:
    """GAP-HY-2, HY-T02: nobody starts a plan of which one task has no owner."""
    at.tell.chapter("2023-07-10", ("二、每项任务都有责任人", "2. Every task has an owner"))
    at.until("2023-07-10")
    for number in range(1, 50):
        _assign(at, number)
    early = at.justice.act("action-plans", at.plan, "assign_plan")
    said = "第 50 项任务无人负责即启动", "The plan is activated while task 50 has no owner"
    at.tell.refused(early, said, CONFLICT, "guard", "GAP-HY-2", "HY-T02")
    missing = early.body["errors"][0]["detail"]
    at.tell.holds(
        "50" in missing and "49" not in missing, ("拒绝理由只点出第 50 项", "It names task 50 alone"), missing
    )
    _assign(at, 50)
    assigned = at.justice.act("action-plans", at.plan, "assign_plan")
    at.tell.done(assigned, ("五十项任务全部交办", "All fifty tasks are assigned"), "assigned")
    started = at.justice.act("action-plans", at.plan, "start_plan")
    at.tell.done(started, ("方案启动", "The plan starts"), "running")
    owed = at.duties(f"/action-plans/{at.plan}")
    said = f"方案至 {LAST_DAY} 期满", f"The plan ends on {LAST_DAY}"
    at.tell.holds(owed["plan_end"]["dueOn"] == LAST_DAY, said, owed["plan_end"])
    said = "县委依法治县办每年督查，首次不迟于 2023-12-31", "An inspection a year, the first one by 2023-12-31"
    at.tell.holds(owed["plan_inspection_due:2023"]["dueOn"] == "2023-12-31", said, list(owed))
    owed = at.duties(f"/plan-tasks/{at.tasks[50]}")
    said = f"未定期限的任务以 {LAST_DAY} 为限", f"A task without a date is due on {LAST_DAY}"
    at.tell.holds(owed["task_due:research_done"]["dueOn"] == LAST_DAY, said, list(owed))


def _assign(at: County, number: int) -> None:
    unit = UNIT_OF[number]
    given = at.justice.act("plan-tasks", at.tasks[number], "assign_task", unit=unit, person=at.clerk(unit).id)
    at.tell.step(given, "assigned")
