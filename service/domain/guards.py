"""Guards that several things share. A guard of one thing alone stands in the file of that thing."""

from __future__ import annotations

from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.machine import guard
from service.domain.words import stands_in_words

TITLE_ENDED = ("revoked", "cancelled", "expired", "exited")


@guard("INV-30")
def not_yet_examined(facts: Facts, ask: Ask) -> Unmet | None:
    """Nobody on the receiving side has taken up the submission."""
    by = facts.thing.data.get("taken_up_by")
    return unmet(f"{by} 已开始审阅", f"{by} has taken it up", [by]) if by else None


@guard("YL-2l", "YL-3n", "INV-03", "INV-18")
def no_open_item_holding(facts: Facts, ask: Ask) -> Unmet | None:
    """No open rectification item holds the stage, the recommendation or the order concerned."""
    thing = facts.thing
    if thing.machine == "recommendation":
        items = [i for i in facts.of("rectification_item") if i.state not in ("closed", "void")]
    else:
        items = facts.open_items(thing.id)
    if not items:
        return None
    named = [" / ".join(str(i.data.get(k, "-")) for k in ("finding", "unit", "person", "due")) for i in items]
    n = len(items)
    return unmet(f"还有 {n} 项问题未销号", f"{n} findings are not closed out", named)


@guard("YL-2l", "PDS-V3")
def verifier_not_responsible(facts: Facts, ask: Ask) -> Unmet | None:
    """The verifier is not the person or unit responsible for the work."""
    task = facts.parent if facts.parent and facts.parent.machine == "action_plan_task" else facts.thing
    by = facts.thing.by
    did = {task.data.get("person"), by.get("start_item"), by.get("submit_item"), by.get("submit_rectification"),
           by.get("report_occurrence")}  # fmt: skip
    if ask.who.person not in did:
        return None
    return unmet("责任人不能核验自己的工作", "whoever did the work cannot verify it", [ask.who.person])


@guard("QH-14b", "SX-31")
def title_has_ended(facts: Facts, ask: Ask) -> Unmet | None:
    """The title is revoked, cancelled, expired or exited."""
    title = facts.up("designation")
    if title is None or title.state in TITLE_ENDED:
        return None
    zh, en = stands_in_words(facts, title)
    return unmet(f"命名尚未终止（{zh}）", f"the title stands ({en})", [title.state])


@guard("INV-30")
def owner_still_open(facts: Facts, ask: Ask) -> Unmet | None:
    """The case, order or plan to which the record belongs has not ended."""
    ended = next((t for t in (facts.parent, facts.owner) if t is not None and t.ended), None)
    if ended is None:
        return None
    zh, en = stands_in_words(facts, ended)
    return unmet(f"所属事项已办结（{zh}）", f"what it belongs to has ended ({en})", [ended.state])


@guard("SX-28")
def naming_not_decided(facts: Facts, ask: Ask) -> Unmet | None:
    """No naming decision that covers the case is approved."""
    case = facts.case
    for decision in facts.of("naming_decision"):
        covers = case is not None and case.id in decision.data.get("named", ())
        if covers and decision.state in ("approved", "effective"):
            return unmet("命名决定已审定", "the naming is decided already", [decision.id])
    return None


@guard("QH-11a", "GAP-QH-3", rests="/scoring/step")
def step_respected(facts: Facts, ask: Ask) -> Unmet | None:
    """Each value is a multiple of the step of the scheme between zero and the maximum of its item."""
    from service.domain.measures.scores import off_step

    if not (wrong := off_step(facts.scheme, ask.form.get("scores", {}))):
        return None
    step = facts.scheme.scoring.step
    return unmet(f"分值须为 {step} 的倍数且不超过该项满分", f"points go in steps of {step} up to the maximum", wrong)


@guard("INV-12", "SX-24", rests="/tracks/{track}/stages")
def case_was_recommended(facts: Facts, ask: Ask) -> Unmet | None:
    """An accepted recommendation for the case is in force, or the scheme asks for none."""
    case = facts.case
    if case is None or not case.track:
        return None
    track = facts.scheme.track(case.track)
    asks = any(stage.kind == "preliminary_review" for stage in track.stages)
    if not asks or any(r.state == "accepted" for r in facts.of("recommendation", parent=case.id)):
        return None
    return unmet("未经推荐不得评估", "only what was recommended is evaluated", ["recommendation"])
