"""Rule documents: time for comments, and eight steps in their order (HY-T08, HY-T09, GAP-HY-6)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from api.cli.demo.haiyuan.county import County
from api.cli.demo.scene import INCOMPLETE

STEPS = ("research", "comments", "coordination", "legal_review", "deliberation", "signing", "numbering", "publication")


def comments(at: County) -> None:
    """HY-T08, GAP-HY-6: two periods with units of their own, and none is converted into the other."""
    at.tell.chapter("2024-03-05", ("四、规范性文件：征求意见和八道程序", "4. Rule documents: comments and eight steps"))
    at.until("2024-03-05")
    ordinary = at.on_demand(8, "consultation_period")
    for days, state, zh in ((6, "unmet", "不足"), (7, "met", "达标")):
        said = f"公开征求意见 {days} 个工作日：{zh}", f"Open for comments for {days} working days: {state}"
        at.judged(8, ordinary, state, said, consultation_period=str(days))
    business = at.on_demand(8, "consultation_period_market_related")
    for days, state, zh in ((29, "unmet", "不足"), (30, "met", "达标")):
        said = (
            f"与市场主体密切相关，{days} 日：{zh}",
            f"It touches the business of market players: {days} days, {state}",
        )
        at.judged(8, business, state, said, consultation_period_market_related=str(days))
    mixed = at.report(8, ordinary, consultation_period="7d")
    said = "以自然日填报工作日", "Calendar days are reported for working days"
    at.tell.refused(mixed, said, INCOMPLETE, "form", "HY-T08")
    at.judged(8, ordinary, "met", ("改填 7 个工作日", "It is reported as 7 working days"), consultation_period="7")


def steps(at: County) -> None:
    """HY-T09, GAP-ALL-4: all eight, none before its turn; further steps may stand beside them."""
    document = at.on_demand(9)
    taken = {step: f"2024-02-{n:02d}" for n, step in enumerate(STEPS, 1)}
    titles = {s["code"]: s["title"] for s in at.definition["action_plan"]["sequences"]["procedure_steps_completed"]}
    for before, after in pairwise(STEPS):
        swapped = at.report(9, document, **_made({**taken, before: taken[after], after: taken[before]}))
        said = (
            f"“{titles[after]['zh']}”先于“{titles[before]['zh']}”",
            f"{titles[after]['en'].capitalize()} comes before {titles[before]['en']}",
        )
        at.tell.refused(swapped, said, INCOMPLETE, "form", "HY-T09")
    without = {k: v for k, v in taken.items() if k != "legal_review"}
    at.judged(
        9, document, "unmet", ("缺法制审核，只有七道程序", "Seven steps: the legal review is missing"), **_made(without)
    )
    at.judged(9, document, "met", ("八道程序依次完成", "Eight steps, one after the other"), **_made(taken))
    more = {**taken, "interpretation": "2024-02-20"}
    at.judged(
        9, document, "met", ("另有政策解读，不影响认定", "A ninth step beside them changes nothing"), **_made(more)
    )


def _made(days: dict[str, str]) -> dict[str, Any]:
    attested = {"risk_assessment_if_major_decision": True, "unified_numbering_and_validity_kept": True}
    return {"procedure_steps_completed": {"steps": days}, **attested}
