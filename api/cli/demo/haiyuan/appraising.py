"""The years as they pass: annual reports, and the appraisal with its bonus, deduction and circular (HY-T03, HY-T05)."""

from __future__ import annotations

from api.cli.demo.haiyuan import climbing
from api.cli.demo.haiyuan.cast import SERVICES, TOWNSHIPS, UNITS
from api.cli.demo.haiyuan.county import County
from api.cli.demo.scene import CONFLICT


def first_spring(at: County) -> None:
    """HY-T03, HY-T05: 2023 is appraised as it stands; report, and application as a demonstration area."""
    at.tell.chapter(
        "2024-01-10", ("2024 年春：上年考评、年度报告、申报示范", "Spring 2024: last year, and the next rung")
    )
    at.until("2024-01-10")
    done = at.county.act("action-plans", at.plan, "appraise_year")
    at.tell.done(done, ("2023 年考评办结，转入 2024 年", "2023 is appraised; 2024 goes on"), "running")
    _circulate(at, 2023)
    at.until("2024-03-01")
    report(at, 2023)
    at.second_rung = climbing.apply_as_demonstration(at)


def report(at: County, year: int) -> None:
    """HY-T05, GAP-HY-5: due on 31 March, published within 20 days of being accepted."""
    mine = [
        r for r in at.county.items("/annual-reports", parent=at.plan, state="open") if r["data"]["due_year"] == year
    ]
    at.tell.holds(len(mine) == 1, (f"{year} 年度报告已开始报送", f"The report on {year} is open"), mine)
    it = str(mine[0]["id"])
    on = at.duties(f"/annual-reports/{it}")["annual_report_due"]["dueOn"]
    at.tell.holds(on == f"{year + 1}-03-31", (f"应于 {year + 1}-03-31 前报送", f"It is due on {year + 1}-03-31"), on)
    sent = at.county.act("annual-reports", it, "submit_report", year=year, parts={"work": "年度工作"})
    at.tell.step(sent, "submitted")
    at.tell.step(at.who("county.he").act("annual-reports", it, "accept_report"), "accepted")
    on = at.duties(f"/annual-reports/{it}")["annual_report_publication_due"]["dueOn"]
    at.tell.holds(on == f"{year + 1}-03-21", ("接收后 20 日内公开", "It is to be public within 20 days"), on)
    out = {"address": "https://www.hy.gov.cn/report", "published_on": at.today}
    published = at.county.act("annual-reports", it, "publish_report", **out)
    at.tell.done(published, (f"{year} 年度报告公开", f"The report on {year} is published"), "published")


def appraise(at: County) -> None:
    """HY-T03, HY-W2a, GAP-HY-4: a flag for whoever met all, a circular and a flag for whoever did not."""
    at.tell.chapter("2024-12-19", ("十、2024 年考评与示范地区认定", "10. The appraisal of 2024 and the second rung"))
    at.until("2024-12-19")
    climbing.become_demonstration(at, at.second_rung)
    at.until("2024-12-31")
    early = at.county.act("action-plans", at.plan, "appraise_year")
    said = "尚有事项无结果即考评", "The year is appraised while results are missing"
    at.tell.refused(early, said, CONFLICT, "guard", "HY-T03")
    at.until("2025-01-10")
    late = [key for key, d in at.duties(f"/plan-tasks/{at.tasks[1]}").items() if d["overdue"]]
    at.tell.holds(late == [], ("2024 年的目标没有逾期", "No target of 2024 came late"), late)
    done = at.county.act("action-plans", at.plan, "appraise_year")
    at.tell.done(done, ("2024 年考评办结", "2024 is appraised"), "running")
    units = at.data(f"/action-plans/{at.plan}")["appraisals"]["2024"]["units"]
    said = "审批服务管理局两项任务全部完成", "The approval service bureau met both of its tasks"
    at.tell.holds(units[SERVICES] == {"met": [15, 18], "unmet": []}, said, units[SERVICES])
    entries = at.county.items("/consequences", year=2024)
    flags = {e["organization"]: (e["effect"], e["amount"]) for e in entries}
    wanted = {unit: ("bonus" if unit == SERVICES else "deduction", None) for unit in UNITS}
    said = (
        "完成的加分、未完成的扣分；文件未定分值",
        "Bonus for who met all, deduction for the others; no amount is stated",
    )
    at.tell.holds(flags == wanted and len(entries) == len(UNITS), said, flags)
    rules = {"HY-T03", "HY-W2a", "HY-W2b"}
    said = "每条均注明依据：任务三、工作要求（二）", "Each entry names task 3 and requirement 2 as its basis"
    at.tell.holds(all(rules <= set(e["rules"]) for e in entries), said, entries)
    facts = _circulate(at, 2024, (SERVICES,))
    missed = next((f for f in facts if f.startswith(UNITS[TOWNSHIPS][0])), "")
    at.tell.holds("40" in missed, ("通报写明第 40 项未完成", "Task 40 stands among what was missed"), missed)


def _circulate(at: County, year: int, praised: tuple[str, ...] = ()) -> list[str]:
    """HY-T03: the circular on what was not done, drafted by the service; it names each unit with its tasks."""
    circular = at.found(at.county, "/bulletins", parent=at.plan, state="draft")
    facts = [f["text"] for f in circular["data"]["facts"]]
    wanted = {zh for unit, (zh, _, _) in UNITS.items() if unit not in praised}
    named = {f.partition("：")[0] for f in facts if f"{year} 年度未完成任务" in f}
    said = f"{year} 年通报点名 {len(wanted)} 个单位", f"The circular of {year} names {len(wanted)} units"
    at.tell.holds(named == wanted and len(facts) == len(wanted), said, facts)
    at.tell.step(at.both("bulletins", circular["id"], "approve_bulletin"), "approved")
    issued = at.county.act("bulletins", circular["id"], "issue_bulletin")
    at.tell.done(issued, ("印发未完成任务通报", "The circular on tasks not done is issued"), "issued")
    return facts


def second_spring(at: County) -> None:
    """HY-T05: the report on 2024, and the third rung is applied for."""
    at.tell.chapter("2025-03-01", ("2025 年春：年度报告、申报巩固", "Spring 2025: the report and the last rung"))
    at.until("2025-03-01")
    report(at, 2024)
    at.until("2025-03-03")
    at.year_batch = at.batch(3)
    at.third_rung = at.case(at.year_batch)
    applied = at.apply(at.third_rung, climbing.CONSOLIDATED)
    said = "持有示范地区称号，申报巩固", "It holds the second rung and applies for the third"
    at.tell.done(applied, said, "regional_recognition")
