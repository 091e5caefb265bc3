"""The last day: each of the fifty met or unmet, what was carried over, the last appraisal (HY-T01, HY-T05, GAP-HY-1)."""

from __future__ import annotations

from collections import Counter

from api.cli.demo.chain import sealed
from api.cli.demo.haiyuan import climbing
from api.cli.demo.haiyuan.cast import UNITS
from api.cli.demo.haiyuan.county import County
from api.cli.demo.scene import CONFLICT

REFUSED = {"assign_plan", "appraise_year", "report_occurrence", "close_item"}
"""What was refused on the file of the plan in the course of the story."""
MET = (1, 2, 8, 9, 50)


def close(at: County) -> None:
    """HY-T01: the last rung counts while it is held; at midnight nothing stays open."""
    at.tell.chapter("2025-12-22", ("十二、2025 年底", "12. The end of 2025"))
    at.until("2025-12-22")
    climbing.lose_and_regain(at, at.claim)
    research = at.on_demand(50)
    at.judged(50, research, "met", ("调查研究已开展", "Research was done"), research_done=True)
    listed = at.result(2, "work_itemised_with_duty_list")
    at.judged(2, listed, "met", ("责任清单在用", "The duty list is in use"), work_itemised_with_duty_list=True)
    at.until("2025-12-31", "23:59")
    at.stands("running", ("2025-12-31 当日方案仍在实施", "On 31 December 2025 the plan still runs"))
    at.until("2026-01-01", "00:00")
    plan = at.stands("ended", ("2025-12-31 终了，方案期满", "With the end of 31 December 2025 the plan ends"))
    _tasks(at)
    every = list(range(1, 51))
    carried = plan.body["data"]["carry_over"]
    said = "2023、2024 年的结转清单在案", "The carry-over lists of 2023 and 2024 are on record"
    at.tell.holds(carried == {"2023": every, "2024": every}, said, carried)
    title = at.holds_tier(climbing.CONSOLIDATED, ("期满时仍保持示范地区", "On the last day the county still holds it"))
    days = [(t["tier"], t["on"]) for t in title.body["data"]["tiers"]]
    at.tell.table(("海原县的阶梯", "The ladder of Haiyuan"), (("层级", "rung"), ("自", "since")), days)


def _tasks(at: County) -> None:
    """GAP-HY-1: met or unmet, and in which years it was carried over."""
    tasks = sorted(at.county.items("/plan-tasks", case=at.plan), key=lambda t: t["data"]["number"])
    states = Counter(t["state"] for t in tasks)
    met = tuple(t["data"]["number"] for t in tasks if t["state"] == "met")
    rows = [[str(t["data"]["number"]), t["data"]["title" if at.tell.language == "zh" else "title_en"], t["state"],
             ", ".join(map(str, t["data"].get("carried_over", ())))] for t in tasks]  # fmt: skip
    columns = (("编号", "no."), ("任务", "task"), ("结果", "result"), ("结转", "carried over"))
    at.tell.table(("五十项任务的结果", "What became of the fifty tasks"), columns, rows)
    said = f"五十项各有结果：完成 {states['met']} 项，未完成 {states['unmet']} 项", "Each of the fifty is met or unmet"
    at.tell.holds(len(tasks) == 50 and set(states) == {"met", "unmet"} and met == MET, said, (states, met))
    carried = {tuple(t["data"]["carried_over"]) for t in tasks}
    at.tell.holds(
        carried == {(2023, 2024)}, ("每项的结转年度在案", "Each says in which years it was carried over"), carried
    )


def settle(at: County) -> None:
    """HY-T03, HY-T05: the last year is appraised once its results are known, and the reports are public."""
    at.until("2026-01-09")
    done = at.county.act("action-plans", at.plan, "appraise_year")
    at.tell.done(done, ("2025 年考评在期满后办结", "2025 is appraised after the end"), "ended")
    flags = {e["organization"]: e["effect"] for e in at.county.items("/consequences", year=2025)}
    said = "2025 年各单位加分、扣分在案", "Bonus and deduction of 2025 are on record for every unit"
    at.tell.holds(set(flags) == set(UNITS), said, flags)
    again = at.county.act("action-plans", at.plan, "appraise_year")
    said = "重复考评同一年度", "The same year is appraised again"
    at.tell.refused(again, said, CONFLICT, "guard", "HY-T03")
    reports = {r["data"]["due_year"]: r["state"] for r in at.county.items("/annual-reports", parent=at.plan)}
    public = [year for year, state in reports.items() if state == "published"]
    at.tell.holds(sorted(public) == [2023, 2024], ("年度报告均已公开", "The annual reports are public"), reports)


def chains(at: County) -> None:
    """INV-16: each refusal is on record, and the chain of the plan's file holds."""
    entries = at.county.timeline("action-plans", at.plan)
    refused = {e["event"] for e in entries if e["result"] == "refused"}
    at.tell.holds(refused >= REFUSED, ("被拒绝的操作均已留痕", "What was refused is on record"), refused)
    n = len(entries)
    said = f"方案审计链 {n} 条，逐条复算无误", f"The chain of the plan holds: {n} entries recomputed"
    at.tell.holds(sealed(at.plan, entries), said, n)
