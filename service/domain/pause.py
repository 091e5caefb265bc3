"""A paused case refuses work on itself, its runs, items and recommendations, save what is listed (INV-22).

Facts from outside are still recorded, follow-ups still run, and a duty that does not shift still falls due.
"""

from __future__ import annotations

from service.domain.facts import Ask, Facts, Unmet

RESTING = ("case", "stage", "rectification_item", "recommendation")
LET_THROUGH = {
    "resume": "ends the pause",
    "withdraw": "the applicant may leave at any time",
    "disqualify": "false material does not wait",
    "discontinue": "the subject has ceased",
    "open_fact_finding": "facts are found while the case rests",
    "close_fact_finding": "the same",
    "set_due": "a pending date may become known",
    "transfer": "somebody must stay responsible",
}


def refusal(facts: Facts, ask: Ask) -> Unmet | None:
    """Why a command cannot run while the case is paused, or None."""
    case = facts.case
    if case is None or case.state != "paused" or facts.thing.machine not in RESTING:
        return None
    if ask.who.is_service or ask.event in LET_THROUGH:
        return None
    zh, en = "申报已中止，恢复后方可办理", "the case is paused; resume it first"
    return Unmet("paused", zh, en, ("INV-22",), tuple(LET_THROUGH))
