"""One rung a year: standard-reaching 2023, demonstration 2024, won and held in 2025 (HY-T01, HY-T02, GAP-HY-1, GAP-HY-3)."""

from __future__ import annotations

from api.cli.demo.haiyuan.county import BASIS, County
from api.cli.demo.scene import ACCEPTED, CONFLICT, CREATED, INCOMPLETE

STANDARD, DEMONSTRATION, CONSOLIDATED = "standard_reaching", "demonstration", "consolidated_demonstration"
RUNGS = {
    STANDARD: ("tier_standard_reaching", "2023-12-31"),
    DEMONSTRATION: ("tier_demonstration", "2024-12-31"),
    CONSOLIDATED: ("tier_demonstration_consolidated", "2025-12-31"),
}
"""The target of task 1 for each rung, and by when."""


def reach_the_standard(at: County) -> None:
    """HY-T01, HY-T02: the first rung, by the end of 2023; it is read from the title held and never claimed."""
    at.tell.chapter("2023-07-11", ("三、2023 年创建达标地区", "3. 2023: a standard-reaching area"))
    at.until("2023-07-11")
    owed = at.duties(f"/plan-tasks/{at.tasks[1]}")
    for metric, day in RUNGS.values():
        said = f"{metric} 不迟于 {day}", f"{metric} is due on {day}"
        at.tell.holds(owed[f"task_due:{metric}"]["dueOn"] == day, said, list(owed))
    case = at.case(at.batch(1))
    over = at.county.act("cases", case, "enroll", tier=DEMONSTRATION)
    said = "尚未达标即申报示范地区", "It applies as a demonstration area before it has reached the standard"
    at.tell.refused(over, said, CONFLICT, "guard", "HY-T01")
    claim = at.on_demand(1, "tier_standard_reaching")
    bare = at.report(1, claim, tier_standard_reaching="attained")
    said = "没有认定，自报“已达标”", "It claims the rung without a recognition"
    at.tell.refused(bare, said, INCOMPLETE, "form", "HY-T01")
    at.judged(1, claim, "unmet", ("尚无称号，任务 1 未达标", "No title is held: task 1 is unmet"))
    applied = at.apply(case, STANDARD)
    at.tell.done(
        applied, ("动员部署、责任清单、申报达标地区", "Mobilized, duties listed, applied"), "regional_recognition"
    )
    at.until("2023-12-18")
    early = at.justice.act("cases", case, "complete_stage")
    said = "没有自治区的认定文件即完成", "It is completed without the region's decision"
    at.tell.refused(early, said, CONFLICT, "guard")
    recognised = at.decides(case, "宁法治办〔2023〕8号")
    at.tell.done(recognised, ("登记自治区认定 宁法治办〔2023〕8号", "The region's decision No. 8 of 2023 is recorded"))
    title = at.holds_tier(STANDARD, ("海原县成为全区法治政府建设达标地区", "Haiyuan is a standard-reaching area"))
    number = title.body["data"]["decision_number"]
    at.tell.holds(
        number == "宁法治办〔2023〕8号", ("称号附认定文号", "The title carries the number of the decision"), number
    )
    at.judged(1, claim, "met", ("2023-12-31 前达标", "The first rung is reached before 2023-12-31"))
    regional = at.on_demand(2, "regional_recognition")
    at.judged(2, regional, "met", ("任务 2：获自治区认定", "Task 2: recognised by the region"))
    at.until("2024-01-01", "00:00")
    owed = at.duties(f"/plan-tasks/{at.tasks[1]}")
    late = [key for key, d in owed.items() if d["overdue"]]
    at.tell.holds(late == [], ("2023 年的目标没有逾期", "No target of 2023 came late"), late)


def apply_as_demonstration(at: County) -> str:
    """The second rung is applied for in the spring of 2024."""
    case = at.case(at.batch(2))
    over = at.county.act("cases", case, "enroll", tier=CONSOLIDATED)
    said = "尚非示范地区即申报“巩固”", "It asks for the third rung before it holds the second"
    at.tell.refused(over, said, CONFLICT, "guard", "HY-T01")
    applied = at.apply(case, DEMONSTRATION)
    at.tell.done(
        applied, ("申报全区示范地区", "It applies as a demonstration area of the region"), "regional_recognition"
    )
    return case


def become_demonstration(at: County, case: str) -> None:
    """HY-T01: recognised by the end of 2024."""
    claim = at.on_demand(1, "tier_demonstration")
    at.judged(1, claim, "unmet", ("认定前，示范目标未达", "Before the recognition the second rung is unmet"))
    at.tell.step(at.decides(case, "宁法治办〔2024〕9号"))
    at.holds_tier(DEMONSTRATION, ("海原县成为全区法治政府建设示范地区", "Haiyuan is a demonstration area"))
    at.judged(1, claim, "met", ("2024-12-31 前成为示范地区", "The second rung is reached before 2024-12-31"))


def consolidate(at: County, case: str) -> str:
    """HY-T01: the third rung, confirmed in December 2025; the result that says so."""
    claim = at.on_demand(1, "tier_demonstration_consolidated")
    at.judged(1, claim, "unmet", ("确认前，巩固目标未达", "Before it is confirmed the third rung is unmet"))
    at.tell.step(at.decides(case, "宁法治办〔2025〕9号"))
    at.holds_tier(CONSOLIDATED, ("自治区确认海原县巩固示范地区", "The region confirms that Haiyuan has held it"))
    at.judged(1, claim, "met", ("巩固目标达成", "The third rung is reached"))
    return claim


def lose_and_regain(at: County, claim: str) -> None:
    """HY-T01: it counts only while it is held, and the county can win it back."""
    letter = at.tell.step(at.county.upload(at.title, "通报.txt", "未保持", 2025), status=CREATED)
    fact = {"kind": "tier_lapsed", "tier": CONSOLIDATED, "source": BASIS, "number": "宁法治办〔2025〕12号"}
    said = "没有登记事实即降级", "The title is lowered without a fact on record"
    lowered = at.county.act("designations", at.title, "lapse_tier")
    at.tell.refused(lowered, said, CONFLICT, "guard", "HY-T01")
    told = at.county.signal("designations", at.title, "record_fact", **fact, date=at.today, file=letter.id)
    at.tell.done(told, ("自治区复核：不再保持", "The region finds that it is held no longer"), status=ACCEPTED)
    at.tell.step(at.both("designations", at.title, "lapse_tier"))
    at.holds_tier(DEMONSTRATION, ("称号退回示范地区", "The title falls back by one rung"))
    at.judged(1, claim, "unmet", ("不再保持，巩固目标未达", "Held no longer, the third rung is unmet"))
    case = at.case(at.batch(4))
    at.tell.step(at.apply(case, CONSOLIDATED), "regional_recognition")
    at.until("2025-12-30")
    at.tell.step(at.decides(case, "宁法治办〔2025〕13号"))
    at.holds_tier(CONSOLIDATED, ("整改后自治区重新确认", "It has improved, and the region confirms it again"))
    at.judged(1, claim, "met", ("重新保持，巩固目标达成", "Held again, the third rung is reached"))
