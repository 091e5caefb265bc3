"""Steps 1 to 4: the scheme, the launch, the liaisons, and the meeting that hands every item to named offices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from api.cli.demo.client import Answer
from api.cli.demo.pingdingshan.bureau import Bureau
from api.cli.demo.pingdingshan.cast import BUREAU, OFFICES, PLACE, SPORTS
from api.cli.demo.scene import CONFLICT, CREATED, local_day

PROGRAMME, TRACK = "pingdingshan", "department"
FIRST_DAY, MEETING = "2021-04-08", "2021-04-20"
KINDS = {"indicator": 86, "bonus": 2, "deduction": 2}
GROUPS = {"G1": 20, "G2": 8, "G3": 13, "G4": 21, "G5": 11, "G6": 5, "G7": 4, "G8": 4, "X": 4}
METHODS = {"online_search", "document_check", "interview", "onsite_check", "case_file_review", "exam"}
UNRESOLVED = "PDS-I13"


def load(at: Bureau) -> None:
    """PDS-A3, PDS-V1..V6: the plan as data."""
    at.tell.chapter(FIRST_DAY, ("第一步 载入方案", "Step 1. The scheme is loaded"))
    at.people.settle_in(at.tell)
    at.publish(PROGRAMME, PLACE)
    rows = at.definition["indicator_system"]["indicators"]
    kinds, groups = Counter(r["kind"] for r in rows), Counter(r["group"] for r in rows)
    said = "86 项指标、2 项加分、2 项减分", "86 indicators, 2 bonus items, 2 deduction items"
    at.tell.holds(kinds == KINDS, said, kinds)
    said = (
        "八组各 20、8、13、21、11、5、4、4 项，附加项 4 项",
        "Eight groups of 20, 8, 13, 21, 11, 5, 4 and 4, and 4 additional items",
    )
    at.tell.holds(groups == GROUPS, said, groups)
    methods = {method for r in rows for method in r["methods"]}
    said = "六种核验方式，每项至少有一种方式和一个科室", "Six methods; every item has a method and an office"
    at.tell.holds(methods == METHODS and all(r["methods"] and r["offices"] for r in rows), said, methods)


def launch(at: Bureau) -> None:
    """PDS-S1b: nothing begins before the leading group and its office in the policy and legal office stand."""
    at.tell.chapter(FIRST_DAY, ("第二步 启动", "Step 2. Launch"))
    leader, bureau = at.who("leader"), at.who("bureau")
    window = {"number": 1, "naming_year": 2021, "opens": FIRST_DAY, "closes": MEETING}
    at.batch = at.tell.step(leader.create("batches", scheme=at.scheme, **window), status=CREATED).id
    at.tell.step(leader.act("batches", at.batch, "open_batch"), "open")
    of = {"track": TRACK, "jurisdiction": PLACE, "organization": BUREAU}
    at.case = at.tell.step(bureau.create("cases", at.batch, **of), "draft", status=CREATED).id
    group = {"of": at.case, "kind": "leading_group", "name": "创建领导小组", "head": ["局长"]}
    at.tell.step(at.office.post("/bodies", group), status=CREATED)
    said = (
        "领导小组已成立，未设办公室即启动",
        "The leading group stands, and the launch is asked for without its office",
    )
    at.tell.refused(bureau.act("cases", at.case, "enroll"), said, CONFLICT, "guard", "PDS-S1b")
    seat = {"of": at.case, "kind": "leading_group_office", "name": "领导小组办公室", "head": ["科长"]}
    formed = at.tell.step(at.office.post("/bodies", {**seat, "lead_unit": ["财务科"]}), status=CREATED)
    said = "办公室误设在财务科", "Its office has its seat in the finance office by mistake"
    at.tell.refused(bureau.act("cases", at.case, "enroll"), said, CONFLICT, "guard", "PDS-S1b")
    moved = {"text": "办公室设在政策法规科", "lead_unit": ["政策法规科"]}
    at.tell.step(at.office.post(f"/bodies/{formed.id}/change", moved))
    said = "办公室设在政策法规科，创建启动", "With its office in the policy and legal office it is launched"
    at.tell.done(bureau.act("cases", at.case, "enroll"), said, "mobilization")
    at.proof = at.upload("工作资料.txt", 2016)
    (began,) = [e for e in at.office.timeline("cases", at.case) if e["event"] == "enroll" and e["result"] == "applied"]
    said = "启动日为 2021 年 4 月 8 日", "The day of the launch is 8 April 2021"
    at.tell.holds(local_day(began["at"]) == FIRST_DAY, said, began["at"])


def name_liaisons(at: Bureau) -> None:
    """PDS-M2c, PDS-M2d: one liaison and one person in charge for each office, by 11 April."""
    at.tell.chapter(FIRST_DAY, ("第三步 联络人", "Step 3. Liaisons"))
    for name, (account, en) in OFFICES.items():
        staff = {"liaison": [account], "owner": f"{name}专人"}
        office = {"of": at.case, "organization": BUREAU, "zh": name, "en": en, **staff}
        at.offices[name] = at.tell.step(at.office.post("/offices", office), status=CREATED).id
    n = len(OFFICES)
    at.tell.note(
        (f"{n} 个科室各有一名联络人、一名专人", f"{n} offices, each with one liaison and one person in charge")
    )
    second = {"of": at.case, "text": "财务科再加一名联络人", "liaison": ["finance", "general"]}
    said = "财务科报第二名联络人", "The finance office names a second liaison"
    refused = at.office.post(f"/offices/{at.offices['财务科']}/change", second)
    at.tell.refused(refused, said, CONFLICT, "guard", "PDS-M2c")
    key = "artefact_due:liaison_list"
    at.until("2021-04-11", "23:00")
    said = (
        "4 月 11 日是星期日，期限不顺延，当日仍算按时",
        "11 April is a Sunday: the day is not moved and counts itself",
    )
    at.owed(key, "2021-04-11", said)
    listed = at.tell.done(
        at.paper("policy", "liaison_list"), ("联络人信息报政策法规科", "The details of the liaisons are handed in")
    )
    on_file = at.read().body["stage"]["artefacts"]["liaison_list"]
    at.tell.holds(on_file["late"] is False, ("联络人信息按时报送", "They came in time"), listed.body)


def assign(at: Bureau) -> None:
    """PDS-S1a, PDS-S1c, PDS-A4, GAP-PDS-4: the meeting, and named offices for each of 90 items."""
    at.tell.chapter("2021-04-15", ("第四步 动员会议与任务分解", "Step 4. The meeting, and who answers for what"))
    at.until("2021-04-15")
    said = (
        "科室尚未分工，首周进展由局里汇总报送",
        "No office has a share yet: the bureau reports the first week as a whole",
    )
    at.tell.done(at.paper("policy", "progress_report", 进展="方案已印发"), said)
    told = _breakdown(at, at.indicators())
    said = (
        "90 项指标都有科室，只有 PDS-I13 的“相关责任科室”未落实",
        "All 90 have an office; the words on I13 name none yet",
    )
    found = told.body.get("unassigned"), told.body.get("unresolved")
    at.tell.holds(found == ([], {UNRESOLVED: ["相关责任科室"]}), said, found)
    at.tell.step(at.paper("bureau", "work_plan"))
    at.until(MEETING)
    at.tell.done(at.paper("bureau", "meeting_minutes"), ("动员会议留有记录", "The mobilization meeting is minuted"))
    part = at.paper("office", "task_breakdown", 承办科室="见分解表")
    said = "任务分解表缺少时间节点", "The breakdown of tasks names no time nodes"
    at.tell.refused(part, said, CONFLICT, "guard", "PDS-M3a")
    whole = at.paper("office", "task_breakdown", 承办科室="见分解表", 时间节点="5月底前自查，6月底前整改")
    at.tell.step(whole)
    bureau = at.who("bureau")
    said = "PDS-I13 仍写“相关责任科室”即结束动员", "The mobilization is to end with “relevant offices” left on I13"
    blocked = bureau.act("cases", at.case, "complete_stage")
    at.tell.refused(blocked, said, CONFLICT, "guard", "PDS-A4", "GAP-PDS-4")
    at.owed("stage_due", MEETING, ("动员部署期限：4 月中旬前，即 4 月 20 日", "Mid-April is read as 20 April"))
    named = _breakdown(at, [UNRESOLVED], resolved=True)
    at.tell.holds(named.body.get("unresolved") == {}, (f"落实为{SPORTS}", "A named office takes its place"), named.body)
    said = "90 项全部落实到具体科室，动员部署完成", "All 90 items have named offices; the self-check begins"
    at.tell.done(bureau.act("cases", at.case, "complete_stage"), said, "self_check")


def _breakdown(at: Bureau, codes: Iterable[str], *, resolved: bool = False) -> Answer:
    """The offices of each row as the table has them; for 相关责任科室 the sports office, on I13 only once `resolved`."""
    rows = {r["code"]: r["offices"] for r in at.definition["indicator_system"]["indicators"]}
    given = {}
    for code in codes:
        named = [at.offices[o] for o in rows[code] if o in at.offices]
        vague = len(named) < len(rows[code]) and (code != UNRESOLVED or resolved)
        given[code] = {"offices": [*named, *([at.offices[SPORTS]] if vague else [])]}
    return at.tell.step(at.office.put("/responsibilities", {"of": at.case, "assign": given}))
