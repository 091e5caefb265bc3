"""How a case is recommended, put right, or falls out because of what no further work turns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from api.cli.simulate.entering import all_have_entered
from api.cli.simulate.population import decimal
from api.cli.simulate.stages import in_stage
from api.cli.simulate.step import PAPER, REASON, Item, Step, When, by, said, text_of
from api.cli.simulate.world import World, data
from service.domain.facts import Thing

ITEM_DAYS = 20

# ---------------------------------------------------------------------------------------------- recommended


def to_recommend(w: World, case: Thing, _: Item) -> bool:
    stage = w.stage(case)
    asks = stage is not None and (stage.kind == "preliminary_review" or "recommendation_accepted" in stage.guards)
    return asks and in_stage()(w, case, None) and not w.below(case, "recommendation", live=True)


def attestation(w: World, case: Thing, _: Item) -> Mapping[str, Any]:
    """What the office attests: the share as it is, and every criterion."""
    track, one = w.scheme.track(case.track or ""), w.about(case)
    assert one is not None
    shown = {"attainment": decimal(one.share), "verified_by": "prefecture"} if track.attainment_min else {}
    criteria = {"criteria": {c.code: text_of() for c in track.criteria}} if track.criteria else {}
    return {**shown, **criteria}


def places_are_clear(w: World, it: Thing, _: Item) -> bool:
    """Where the places are few, nobody is recommended before all who apply have come as far, or the year ends."""
    case = w.above(it)
    batch = w.things.get(it.batch or "")
    quota = w.scheme.track(it.track or "").quota
    if case is None or batch is None or quota is None or quota.mode == "about":
        return True
    late = w.today >= date(int(batch.data["naming_year"]), 12, 1)
    mine = [c for c in w.cases(batch, it.track) if not c.ended]
    return late or (all_have_entered(w, batch, it.track) and all(w.position(c) >= w.position(case) for c in mine))


def receipt(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
    return {"paper_check": text_of()} if it.data.get("own_government") else {}


# ----------------------------------------------------------------------------------------------- falling out

RESULTS = (
    "verified_attainment", "quota_respected", "criteria_met", "threshold_met", "notice_precondition_met",
    "on_candidate_list", "on_recommended_list", "stage_guards_hold", "own_jurisdiction", "excess",
)  # fmt: skip
"""Refusals that no further work of the same applicant turns: whoever meets one falls out."""


def _why_out(w: World, case: Thing) -> str | None:
    """What keeps a case from going on for good, in the words of the refusal; None while it may."""
    tried = [
        (r, e) for r in w.below(case, "recommendation") for e in ("submit_recommendation", "accept_recommendation")
    ]
    tried += [(n, "open_notice") for n in w.below(case, "public_notice")]
    tried += [(case, "complete_stage")]
    found = (w.refused(thing, event, RESULTS) for thing, event in tried)
    refusal = next((r for r in found if r is not None), None)
    if refusal is not None:
        return refusal.text
    for purpose in ("recommendation", "candidates"):
        for x in w.of("candidate_list", batch=case.batch, track=case.track):
            over = x.state in ("approved", "published", "closed") and x.data.get("purpose") == purpose
            if over and (why := data(x, "left_out").get(case.id)):
                return str(why)
    return None


def out_in(*kinds: str) -> When:
    """The case stands in one of these kinds of stage and cannot go on; nothing that recommends it is on its way."""

    def when(w: World, case: Thing, _: Item) -> bool:
        early = "evaluation" not in kinds
        sent = early and any(r.state in ("submitted", "accepted") for r in w.below(case, "recommendation"))
        return in_stage(*kinds)(w, case, None) and not sent and _why_out(w, case) is not None

    return when


def out_elsewhere(w: World, case: Thing, _: Item) -> bool:
    stage = w.stage(case)
    known = ("application", "preliminary_review", "evaluation", "publicity", "naming")
    return stage is not None and stage.kind not in known and in_stage()(w, case, None) and _why_out(w, case) is not None


def why(w: World, case: Thing, _: Item) -> Mapping[str, Any]:
    return {"text": (_why_out(w, case) or text_of())[:2_000]}


def unaccepted(w: World, it: Thing, _: Item) -> bool:
    """A recommendation for which there was no place is taken back, so that the case can be declined."""
    return w.refused(it, "accept_recommendation", RESULTS) is not None


# ------------------------------------------------------------------------------------------------- putting right


def assignment(w: World, item: Thing, _: Item) -> Mapping[str, Any]:
    """Measure, unit, person and date: as they were planned, else some weeks from today."""
    due = w.act_on(None, None)
    planned = {k: item.data[k] for k in ("measure", "unit", "person", "due") if item.data.get(k)}
    later = date.fromordinal(due.toordinal() + ITEM_DAYS).isoformat()
    form = {"measure": text_of(), "unit": text_of("unit"), "person": text_of("person"), "due": later, **planned}
    return {**form, "due": max(str(form["due"]), w.today.isoformat())}


def closing(w: World, item: Thing, _: Item) -> Mapping[str, Any]:
    return {"date": w.today.isoformat(), "measure": text_of(), "verifier": text_of()}


STEPS = (
    Step("rectification_item", "raised", "assign_item", assignment),
    Step("rectification_item", "assigned", "start_item"),
    Step("rectification_item", "in_progress", "submit_item", said(evidence=[PAPER], statement=text_of()),
         on=by("item_due")),
    Step("rectification_item", "submitted", "verify_item"),
    Step("rectification_item", "verified", "close_item", closing),
    Step("recommendation", "submitted", "withdraw_recommendation", REASON, unaccepted),
    Step("recommendation", "drafted", "submit_recommendation", attestation, places_are_clear, in_turn=True),
    Step("recommendation", "submitted", "accept_recommendation", receipt, in_turn=True),
    Step("case", "*", "decline", why, out_in("application", "preliminary_review")),
    Step("case", "*", "drop_case", why, out_in("evaluation", "publicity", "naming")),
    Step("case", "*", "withdraw", when=out_elsewhere),
    Step("case", "*", "draft_recommendation", attestation, to_recommend, makes="recommendation", call="make"),
)  # fmt: skip
