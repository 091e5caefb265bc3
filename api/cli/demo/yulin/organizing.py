"""Steps 1 and 2: nine task forces by the end of February, a plan and a meeting by the end of March (YL-1)."""

from __future__ import annotations

from typing import Any

from api.cli.demo.scene import CONFLICT, CREATED
from api.cli.demo.yulin.board import Board
from api.cli.demo.yulin.cast import (
    AREA,
    CITY,
    COUNTIES,
    DEPARTMENT,
    DEPARTMENTS,
    FOR_THE_PROVINCE,
    NAMES,
    NATIONAL,
    NATIONAL_UNITS,
)

PROGRAMME = "yulin"
FIRST_DAY, WINDOW_END = "2024-02-22", "2024-05-20"
POSTS = ("head", "lead_unit", "liaison")
UNITS = (*FOR_THE_PROVINCE, *NATIONAL_UNITS, *DEPARTMENTS)
SLOW = "approval"
"""The department that is late with its leading group, and slow again later."""
WITHOUT_MINUTES = "wubu"


def organize(at: Board) -> None:
    """YL-1a..1e: the heads of the counties in the leading group, nine task forces, a group of its own in every unit."""
    at.tell.chapter(FIRST_DAY, ("一、完善机制（2024年2月底前）", "Step 1. Organization, by the end of February 2024"))
    _begin(at)
    first = UNITS[0]
    bare = at.complete(first)
    said = (
        f"{NAMES[first][0]}在专班成立前完成",
        f"{NAMES[first][1]} completes the stage before any task force is formed",
    )
    at.tell.refused(bare, said, CONFLICT, "guard", "YL-1a", "YL-1b", "YL-1c", "YL-1d")
    _form_task_forces(at)
    _take_in_the_counties(at)
    for unit in UNITS:
        if unit != SLOW:
            _form_own_group(at, unit)
            at.tell.step(at.complete(unit), "mobilization")
    at.stand([u for u in UNITS if u != SLOW], "mobilization", (
        "12 个县市区、市本级和市司法局均成立“一把手”任组长的领导小组，转入动员",
        "Twelve counties, the city and the justice bureau have a group under their top leader and go on to mobilize",
    ))  # fmt: skip
    at.expires(SLOW, "stage_due", "2024-02-29", (
        "市行政审批服务局：2 月 29 日 23:59 未逾期，3 月 1 日零时起逾期",
        "The approval bureau is not late on 29 February, 23:59; from 1 March, 00:00, it is",
    ))  # fmt: skip
    _form_own_group(at, SLOW)
    done = at.complete(SLOW)
    at.tell.done(done, ("3 月 1 日补办完成", "It is done on 1 March"), "mobilization")


def _form_own_group(at: Board, unit: str) -> None:
    """YL-1d: under the top leader of the unit."""
    name = NAMES[unit][0]
    group = {"of": at.cases[unit], "kind": "leading_group", "name": f"{name}创建领导小组", "head": [f"{name}“一把手”"]}
    at.tell.step(at.clerk(unit).post("/bodies", group), status=CREATED)


def _begin(at: Board) -> None:
    """The scheme is published, the batch opens, and everybody whom the plan names enters its track."""
    at.people.settle_in(at.tell)
    for department in DEPARTMENTS:
        at.people.give(f"{department}.clerk", "responsible_department", f"organization:{department}", at.tell)
    at.publish(PROGRAMME, CITY)
    window = {"number": 1, "naming_year": 2024, "opens": FIRST_DAY, "closes": WINDOW_END}
    at.batch = at.tell.step(at.group.create("batches", scheme=at.scheme, **window), status=CREATED).id
    at.tell.step(at.group.act("batches", at.batch, "open_batch"), "open")
    for track, units in ((AREA, FOR_THE_PROVINCE), (NATIONAL, NATIONAL_UNITS), (DEPARTMENT, DEPARTMENTS)):
        for unit in units:
            at.enter(track, unit, "organization")
    at.due(UNITS, "stage_due", "2024-02-29", (
        f"{len(UNITS)} 个单位登记创建，均须于 2024-02-29 前完善机制",
        f"{len(UNITS)} units enter; all are to be organized by 2024-02-29",
    ))  # fmt: skip


def _force(at: Board, n: int, group: str, **more: Any) -> dict[str, Any]:
    posts = {post: [f"{post} {n}"] for post in POSTS}
    return {"of": at.batch, "kind": "task_force", "name": f"第{n}工作专班", "groups": [group], **posts, **more}


def _form_task_forces(at: Board) -> None:
    """YL-1b, YL-1c, YL-W2a: one force for each first-level indicator, and one person who owns it."""
    groups = [group["id"] for group in at.definition["indicator_system"]["groups"]]
    said = "一个专班设两名负责人", "A task force has two heads"
    two = at.desk.post("/bodies", _force(at, 1, groups[0], head=["郑", "王"]))
    at.tell.refused(two, said, CONFLICT, "guard", "YL-1c")
    for post, zh, en in (("lead_unit", "两个牵头单位", "two lead units"), ("liaison", "两名联络员", "two liaisons")):
        twice = at.desk.post("/bodies", _force(at, 1, groups[0], **{post: ["甲", "乙"]}))
        at.tell.refused(twice, (f"一个专班设{zh}", f"A task force has {en}"), CONFLICT, "guard", "YL-1c")
    for n, group in enumerate(groups, 1):
        at.tell.step(at.desk.post("/bodies", _force(at, n, group)), status=CREATED)
    tenth = at.desk.post("/bodies", _force(at, 10, groups[0]))
    at.tell.refused(tenth, ("组建第十个专班", "A tenth task force is formed"), CONFLICT, "guard", "YL-1b")
    office = {"of": at.batch, "organization": "gov.yulin", "zh": "法规科", "liaison": ["吴"]}
    section = at.tell.step(at.desk.post("/offices", office), status=CREATED).id
    for answers in ({"offices": [section]}, {"offices": [section], "owner": "吴"}):
        given = at.desk.put("/responsibilities", {"of": at.batch, "assign": dict.fromkeys(groups, answers)})
        at.tell.step(given)
        if "owner" not in answers:
            said = "指标只落实到科室、未压实到人", "The indicators are broken down to an office, and to no person"
            at.tell.refused(at.complete(CITY), said, CONFLICT, "guard", "YL-W2a")
    bare = at.complete(CITY)
    said = "落实到人后，尚缺市创建领导小组", "Broken down to a person; now the leading group of the city is missing"
    good = "YL-W2a" not in bare.rules and "YL-1a" in bare.rules
    at.tell.holds(good, said, bare.rules)
    shown = at.desk.get("/bodies", of=at.batch).body["items"]
    forces = [one for one in shown if one["kind"] == "task_force"]
    good = sorted(one["groups"][0] for one in forces) == sorted(groups) and len(forces) == 9
    good = good and all(len(one[post]) == 1 for one in forces for post in POSTS)
    at.tell.holds(good, (
        "九个专班各负责一项一级指标，各有 1 名负责人、1 个牵头单位、1 名联络员",
        "Nine task forces, one for each first-level indicator, each with 1 head, 1 lead unit, 1 liaison",
    ), forces)  # fmt: skip


def _take_in_the_counties(at: Board) -> None:
    """YL-1a: the heads of all twelve county governments are members; one missing holds everybody back."""
    heads = [f"{zh}政府主要负责人" for zh, _ in COUNTIES.values()]
    group = {
        "of": at.batch,
        "kind": "city_leading_group",
        "name": "市创建领导小组",
        "head": ["市长"],
        "member": heads[1:],
    }
    body = at.tell.step(at.desk.post("/bodies", group), status=CREATED).id
    lacking = at.desk.get("/bodies", of=at.batch).body["lacking"]["organization"]
    said = "领导小组只有 11 名县市区主要负责人", "The leading group has the heads of eleven counties only"
    at.tell.holds("市创建领导小组.member: 11/12" in lacking, said, lacking)
    held = at.complete(CITY)
    said = "市本级在缺一名县市区负责人时完成", "The city completes the stage with the head of one county missing"
    at.tell.refused(held, said, CONFLICT, "guard", "YL-1a")
    whole = at.desk.post(f"/bodies/{body}/change", {"text": "增补横山区政府主要负责人", "member": heads})
    at.tell.done(whole, (
        "12 个县市区政府主要负责人均为领导小组成员", "The heads of all twelve counties are in the leading group",
    ))  # fmt: skip


def mobilize(at: Board) -> None:
    """YL-1f, YL-1g: whoever lacks the plan or the minutes stays where it is."""
    at.tell.chapter("2024-03-28", ("二、动员部署（2024年3月底前）", "Step 2. Mobilization, by the end of March 2024"))
    at.until("2024-03-28")
    keys = ("stage_due", "artefact_due:creation_plan", "artefact_due:meeting_minutes")
    said = "各单位创建方案、动员大会记录时限均为 2024-03-31", "Plan and minutes of every unit are due on 2024-03-31"
    at.dues(UNITS, dict.fromkeys(keys, "2024-03-31"), said)
    for unit in UNITS:
        at.file(unit, "creation_plan")
        if unit == WITHOUT_MINUTES:
            continue
        if unit == CITY:
            early = at.complete(CITY)
            at.tell.refused(
                early,
                ("市本级没有动员大会记录即完成", "The city completes the stage without minutes of the meeting"),
                CONFLICT, "guard", "YL-1f", "INV-01",
            )  # fmt: skip
        at.file(unit, "meeting_minutes")
        at.tell.step(at.complete(unit), "creation" if unit not in DEPARTMENTS else "experience")
    at.expires(WITHOUT_MINUTES, "artefact_due:meeting_minutes", "2024-03-31", (
        "吴堡县会议记录：3 月 31 日是星期日，不顺延，4 月 1 日零时起逾期",
        "The minutes of Wubu: 31 March is a Sunday and nothing moves it; from 1 April, 00:00, they are late",
    ))  # fmt: skip
    blocked = at.complete(WITHOUT_MINUTES)
    said = "吴堡县没有会议记录，不能转入创建", "Wubu has no minutes and cannot go on to creation"
    at.tell.refused(blocked, said, CONFLICT, "guard", "YL-1f", "INV-01")
    at.until("2024-04-01")
    at.file(WITHOUT_MINUTES, "meeting_minutes")
    done = at.complete(WITHOUT_MINUTES)
    said = "吴堡县补报后转入全面创建", "Wubu hands the minutes in and goes on to creation"
    at.tell.done(done, said, "creation")
