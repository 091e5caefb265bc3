"""Steps 8 to 10: the problems and who is late with one, the city's inspection, weekly progress and monthly circulars."""

from __future__ import annotations

from collections import Counter

from api.cli.demo.pingdingshan.bureau import Bureau
from api.cli.demo.pingdingshan.cast import OFFICES, SPORTS
from api.cli.demo.pingdingshan.checking import UNMET
from api.cli.demo.scene import CONFLICT, CREATED, INCOMPLETE
from api.cli.demo.tell import Said

DUE, LATE_DAY, INSPECTED = "2021-06-30", "2021-07-02", "2021-07-31"
LATE = "PDS-I48"
UNITS = {code: SPORTS if code == LATE else "政策法规科" for code in UNMET}
SLOW = "教师教育科"
LISTS = ("problem_list", "task_ledger", "work_progress_plan", "rectification_plan", "completion_report")
PERIODS = ["2021-04-29", "2021-05-30", "2021-06-29", "2021-07-29"]


def rectify(at: Bureau) -> None:
    """PDS-S3a..c, INV-02, INV-03: five rows with their plan; four are closed in time, one is two days late."""
    at.tell.chapter(at.today, ("第八步 限期整改", "Step 8. Time-limited rectification"))
    for code in UNMET:
        found = {"source": "全面自查", "finding": f"{code} 未达标", "basis": code}
        at.tell.step(at.who("section").act("cases", at.case, "record_problems", **found))
    legal = at.who("legal")
    said = "五个问题尚无整改方案即验收自查", "The self-check is accepted while its five problems have no plan"
    at.tell.refused(legal.act("cases", at.case, "complete_stage"), said, CONFLICT, "guard", "PDS-S3c")
    listed = at.office.items("/rectification-items", case=at.case)
    at.items = {one["data"]["basis"]: one["id"] for one in listed}
    at.tell.holds(sorted(at.items) == sorted(UNMET), ("五个问题登记在案", "Five problems are on record"), at.items)
    for code, item in at.items.items():
        plan = {"measure": "限期整改", "unit": UNITS[code], "due": DUE}
        if code == LATE:
            said = "一行没有责任人", "One row names nobody responsible"
            refused = legal.act("rectification-items", item, "assign_item", **plan)
            at.tell.refused(refused, said, INCOMPLETE, "form", "INV-02")
        person = at.liaison(UNITS[code]).id
        at.tell.step(legal.act("rectification-items", item, "assign_item", **plan, person=person), "assigned")
    said = "每项有措施、单位、人员和时限，进入限期整改", "Each has measure, unit, person and date; rectification begins"
    at.tell.done(legal.act("cases", at.case, "complete_stage"), said, "rectification")
    at.owed("stage_due", DUE, ("限期整改 6 月底前完成", "Rectification is due by the end of June"))
    _ledgers(at)
    at.through(DUE)
    for code in (c for c in UNMET if c != LATE):
        _close(at, at.items[code], UNITS[code])
    at.tell.note(("四项 6 月 30 日按期销号", "Four are closed out in time on 30 June"))
    for key in LISTS:
        at.tell.step(at.paper("office", key))
    said = "还有一项未销号即完成整改", "Rectification is to end with one problem open"
    bureau = at.who("bureau")
    at.tell.refused(bureau.act("cases", at.case, "complete_stage"), said, CONFLICT, "guard", "INV-03")
    at.through(LATE_DAY)
    _close(at, at.items[LATE], SPORTS)
    said = "最后一项 7 月 2 日销号，整改完成", "The last one is closed out on 2 July; rectification ends"
    at.tell.done(bureau.act("cases", at.case, "complete_stage"), said, "inspection")
    shown = {code: at.office.get(f"/rectification-items/{item}") for code, item in at.items.items()}
    late = {code: [d["dueOn"] for d in one.body["duties"] if d["overdue"]] for code, one in shown.items()}
    good = {one.state for one in shown.values()} == {"closed"} and late == {c: [DUE] * (c == LATE) for c in UNMET}
    said = (
        "五项均销号，只有迟的一项永久标记为逾期",
        "All five are closed, and only the late one stays marked as overdue",
    )
    at.tell.holds(good, said, late)


def _ledgers(at: Bureau) -> None:
    """PDS-S3b: the problem list and the task ledger have no empty column."""
    empty = {
        view: [row["empty"] for row in at.office.get(f"/ledgers/{view}", case=at.case).body["items"]]
        for view in ("problem", "task")
    }
    said = "问题清单和任务台账各五行，无空白栏", "Problem list and task ledger have five rows each and no empty column"
    at.tell.holds(empty == dict.fromkeys(empty, [[]] * len(UNMET)), said, empty)


def _close(at: Bureau, item: str, unit: str) -> None:
    """The unit works on it; the leading group's office, which did not, verifies it and closes it out."""
    doer = at.liaison(unit)
    at.tell.step(doer.act("rectification-items", item, "start_item"), "in_progress")
    done = {"evidence": [at.proof], "statement": "已整改到位"}
    at.tell.step(doer.act("rectification-items", item, "submit_item", **done), "submitted")
    at.tell.step(at.office.act("rectification-items", item, "verify_item"), "verified")
    out = {"date": at.today, "measure": "限期整改", "verifier": at.office.id}
    at.tell.step(at.office.act("rectification-items", item, "close_item", **out), "closed")


def inspect(at: Bureau) -> None:
    """PDS-S4a..c: the city inspects, and the office of the late row is criticised, on the record that it rests on."""
    at.tell.chapter(LATE_DAY, ("第九步 督察指导", "Step 9. The city inspects"))
    said = (
        "督察指导 7 月底前完成，7 月 31 日是星期六，不顺延",
        "Inspection by the end of July: 31 July is a Saturday and stays",
    )
    at.owed("stage_due", INSPECTED, said)
    at.through(INSPECTED)
    city = at.who("city")
    seen = {"date": INSPECTED, "team": ["李", "王"], "written_result": "基本达标，一项整改逾期"}
    said = "没有督察意见即完成督察", "The inspection is to end without its written result on file"
    at.tell.refused(city.act("cases", at.case, "complete_stage", **seen), said, CONFLICT, "guard", "INV-01")
    at.tell.step(at.paper("city", "inspection_report", 督察类型="专项督察"))
    again = {"source": "法治督察", "finding": "一处公示又超期", "basis": LATE}
    at.tell.step(city.act("cases", at.case, "raise_findings", **again))
    said = "督察当场发现的问题未销号即完成督察", "It is to end with a finding of its own still open"
    at.tell.refused(city.act("cases", at.case, "complete_stage", **seen), said, CONFLICT, "illegal", "INV-18")
    (item,) = at.office.items("/rectification-items", case=at.case, state="raised")
    plan = {"measure": "补公示", "unit": SPORTS, "person": at.liaison(SPORTS).id, "due": INSPECTED}
    at.tell.step(at.who("legal").act("rectification-items", item["id"], "assign_item", **plan), "assigned")
    _close(at, item["id"], SPORTS)
    done = city.act("cases", at.case, "complete_stage", **seen)
    at.tell.done(
        done,
        ("当日整改销号，市里完成督察", "It is closed out the same day, and the city has inspected"),
        "external_evaluation",
    )
    blame = {"kind": "criticism_circular", "facts": [{"text": f"{SPORTS}整改逾期，公示不达标"}]}
    drafted = at.tell.step(at.office.create("bulletins", at.case, **blame), "draft", status=CREATED).id
    said = f"点名批评{SPORTS}而不写记录依据", "The office is criticised by name without an entry of the record"
    refused = at.who("leader").act("bulletins", drafted, "approve_bulletin")
    at.tell.refused(refused, said, CONFLICT, "guard", "PDS-M3e")
    at.issue(drafted, basis_for_each_name={SPORTS: at.items[LATE]})
    _criticised(
        at, SPORTS, "PDS-S4c", (f"{SPORTS}被通报批评", "The office of the late row is criticised in a circular")
    )


def circulate(at: Bureau) -> None:
    """PDS-M3c..e, GAP-PDS-8: every office by itself every week, a circular every month, and the slow one named."""
    at.tell.chapter(INSPECTED, ("第十步 定期报送与通报", "Step 10. Progress every week, a circular every month"))
    reported = _reported(at)
    weeks = {office: reported[at.offices[office]] for office in OFFICES}
    said = (
        "十个科室 4 月 20 日以来每周报送，各 13 期",
        "Ten offices have reported every week since 20 April, 13 times each",
    )
    at.tell.holds(set(weeks.values()) == {13}, said, weeks)
    monthly = at.office.items("/bulletins", parent=at.batch)
    ends = sorted(one["data"]["period"]["to"] for one in monthly if one["state"] == "issued")
    said = "领导小组办公室每月通报，已有四期", "The leading group's office has circulated it every month, four times"
    at.tell.holds(ends == PERIODS and {one["data"]["kind"] for one in monthly} == {"progress_circular"}, said, ends)
    at.slow = SLOW
    at.through("2021-08-10")
    late = {d["responsible"] for d in at.read().body["duties"] if d["overdue"]}
    said = f"{SLOW}没有报送，只有它逾期", "One office does not report, and it alone is late"
    at.tell.holds(late == {SLOW}, said, late)
    named = at.tell.step(at.office.create("bulletins", at.batch, kind="bureau_circular"), "draft", status=CREATED).id
    draft = at.office.get(f"/bulletins/{named}").body["data"]
    sentence = f"{SLOW}：工作进展情况，应于 2021-08-09 前完成，已逾期 1 天"
    told = [fact["text"] for fact in draft["facts"]], list(draft.get("basis_for_each_name", ()))
    said = f"全局通报自动列出：{sentence}", "The bureau-wide circular lists the slow office, and nobody else"
    at.tell.holds(told == ([sentence], [SLOW]), said, told)
    at.issue(named)
    _criticised(at, SLOW, "PDS-M3e", (f"{SLOW}在全局通报", "The slow office is named in the whole bureau"))
    grave = {"kind": "grave_delay_circular", "facts": [{"text": f"{SLOW}影响整体进度"}]}
    basis = {"basis_for_each_name": draft["basis_for_each_name"]}
    handled = at.tell.step(at.office.create("bulletins", at.batch, **grave, **basis), "draft", status=CREATED).id
    at.issue(handled)
    said = "情节严重的，按有关规定处理", "A grave delay is handled under the rules"
    _criticised(at, SLOW, "PDS-M3f", said, effect="accountability")
    at.slow = ""
    at.tell.done(at.progress(SLOW), ("该科室补报进展", "It hands in what it owed"))


def _reported(at: Bureau) -> Counter[str]:
    """How often each office has handed in its progress, from the record."""
    entries = (e for e in at.office.timeline("cases", at.case) if e["event"] == "submit_artefact")
    forms = (e["form"] for e in entries if e["result"] == "applied")
    return Counter(form["office"] for form in forms if form["artefact"] == "progress_report" and "office" in form)


def _criticised(at: Bureau, office: str, rule: str, said: Said, effect: str = "criticism") -> None:
    entries = at.office.items("/consequences", effect=effect)
    mine = [e["rules"] for e in entries if e["organization"] == office]
    at.tell.holds(mine == [[rule]], said, entries)
