"""What must be true of a stage: the common guards, those of its kind, and those that only the engine meets."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from service.domain import scores
from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.machine import Guard, guard, holds

if TYPE_CHECKING:
    from service.schemes.track import Artefact

# What an artefact says beside its files: the bodies formed, and who answers for which group of indicators.
BODIES, OFFICES = "bodies", "offices"


def _artefacts(facts: Facts) -> dict[str, dict[str, Any]]:
    run = facts.run
    held: dict[str, dict[str, Any]] = run.data.get("artefacts", {}) if run else {}
    return held


def _called(artefacts: Iterable[Artefact]) -> tuple[str, str]:
    """Papers by their titles, in Chinese and English."""
    these = list(artefacts)
    zh = "、".join(a.title.zh if a.title else a.key for a in these)
    return zh, ", ".join(a.title.en if a.title else a.key for a in these)


@guard("YL-2d")
def artefact_expected(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage lists the artefact, with the parts it asks for."""
    expected = {a.key: a for a in facts.stage.artefacts}
    key = str(ask.form.get("artefact"))
    if key not in expected:
        zh, en = _called(expected.values())
        return unmet(f"本阶段不需要“{key}”，需要：{zh}", f"this stage asks for {en}, not for {key}", expected)
    parts = ask.form.get("parts")
    given = parts if isinstance(parts, dict) else {}  # the form says what is wrong with it
    if lacking := [p for p in expected[key].parts if p not in given]:
        return unmet(f"材料缺少：{'、'.join(lacking)}", f"the paper lacks {', '.join(lacking)}", lacking)
    return None


@guard("YL-2d", "PDS-M3b")
def handed_in_by_its_author(facts: Facts, ask: Ask) -> Unmet | None:
    """The paper comes from the slot that the stage names for it, or from the organizer on its behalf."""
    artefact = facts.stage.artefact(str(ask.form.get("artefact")))
    by = artefact.by if artefact else None
    slots = ("organizer", by) if by else ("organizer", "stage_actor", "contributor")
    if holds(slots, facts, ask.who):
        return None
    return unmet("该材料须由规定的一方提交", "this paper is handed in by somebody else", slots)


@guard("INV-17")
def kind_is_external(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage is of kind external."""
    kind = facts.stage.kind
    return None if kind == "external" else unmet("本阶段不是外部程序", "this stage is not external", [kind])


@guard("PDS-S2b")
def kind_is_self_check(facts: Facts, ask: Ask) -> Unmet | None:
    """The applicant rates itself in its self-check and nowhere else."""
    kind = facts.stage.kind
    return None if kind == "self_check" else unmet("只能在自查阶段自评", "rate in the self-check stage", [kind])


@guard("INV-18")
def findings_hold_here(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage declares that findings raised in it hold it."""
    where = facts.stage.findings
    if where == "this_stage":
        return None
    return unmet(f"本阶段的问题转入 {where}", f"findings of this stage go to {where}", [where])


@guard("YL-2m", "PDS-S2d")
def acceptance_required(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage declares a role that must accept the work before it can end."""
    if facts.stage.acceptance:
        return None
    return unmet("本阶段无须验收，请直接完成", "the stage has no acceptance step; complete it directly", [])


def acceptance_respected(*slots_of_kind: str) -> Guard:
    """Without an acceptance step whoever the kind names completes the stage; with one, the accepting role does."""

    def check(facts: Facts, ask: Ask) -> Unmet | None:
        stage, run = facts.stage, facts.thing
        slots = (stage.acceptance,) if stage.acceptance else slots_of_kind
        if not holds(slots, facts, ask.who):
            return unmet("须由验收方完成", "whoever accepts the work completes the stage", slots)
        if stage.acceptance and run.state != "submitted":
            return unmet("须先提交验收", "it must be submitted for acceptance first", slots)
        return None

    return Guard("acceptance_respected", check, ("YL-2m", "PDS-S2d"), meaning=acceptance_respected.__doc__ or "")


@guard("INV-01", "PDS-S2d", "YL-2d")
def artefacts_present(facts: Facts, ask: Ask) -> Unmet | None:
    """Each artefact that the stage marks as required is submitted."""
    held = _artefacts(facts)
    lacking = [a for a in facts.stage.artefacts if a.required and a.key not in held]
    if not lacking:
        return None
    zh, en = _called(lacking)
    return unmet(f"尚缺材料：{zh}", f"not submitted yet: {en}", [a.key for a in lacking])


@guard("YL-3p", "YL-2n")
def stage_guards_hold(facts: Facts, ask: Ask) -> Unmet | None:
    """Each extra guard that the track lists for this stage holds."""
    failed = [u for name in facts.stage.guards if (u := EXTRA[name](facts, ask))]
    if not failed:
        return None
    return unmet("；".join(u.zh for u in failed), "; ".join(u.en for u in failed), [u.code for u in failed])


@guard("YL-1b", "YL-1c", "YL-1d", "PDS-S1b")
def organization_formed(facts: Facts, ask: Ask) -> Unmet | None:
    """Every body the stage asks for is on file with its head, lead unit and liaison in the required numbers."""
    filed = [b for a in _artefacts(facts).values() for b in a.get(BODIES, ())]
    lacking = []
    for body in facts.scheme.organization.get(facts.stage.key, ()):
        of_kind = [b for b in filed if b.get("kind") == body.kind]
        if len(of_kind) != body.count:
            lacking.append(f"{body.kind}: {len(of_kind)}/{body.count}")
        for one in of_kind:
            for post in ("head", "lead_unit", "liaison"):
                named = one.get(post) or []
                found = len(named) if isinstance(named, list) else 1
                if found != getattr(body, post):
                    lacking.append(f"{one.get('name', body.kind)}.{post}: {found}/{getattr(body, post)}")
    if not lacking:
        return None
    what = "; ".join(lacking)
    return unmet(f"组织机构不齐或重复：{what}", f"bodies or posts are missing or doubled: {what}", lacking)


@guard("PDS-A4", "PDS-M2c", "PDS-M3a", "GAP-PDS-4")
def duties_assigned(facts: Facts, ask: Ask) -> Unmet | None:
    """Each group of indicators has at least one named office."""
    named = {group for a in _artefacts(facts).values() for group in a.get(OFFICES, {})}
    lacking = [x for x in facts.scheme.indicator_system.groups if x.id not in named]
    if not lacking:
        return None
    zh, en = "、".join(x.title.zh for x in lacking), ", ".join(x.title.en for x in lacking)
    return unmet(f"尚未落实责任科室：{zh}", f"no office is named for {en}", [x.id for x in lacking])


@guard("PDS-S2b", "YL-2c", "QH-11a", needs="ratings")
def indicators_all_rated(facts: Facts, ask: Ask) -> Unmet | None:
    """Each indicator that applies has a rating, and each that does not has a reason."""
    lacking = scores.unrated(facts.scheme, facts.more["ratings"].get(facts.thing.id, {}))
    if not lacking:
        return None
    n = len(lacking)
    return unmet(f"还有 {n} 项指标未评分", f"{n} indicators have no rating", lacking)


@guard("YL-2g", "PDS-S3c")
def problems_planned(facts: Facts, ask: Ask) -> Unmet | None:
    """Each problem found has a plan with task and responsible party."""
    bare = [i for i in facts.of("rectification_item") if i.state == "raised"]
    if not bare:
        return None
    return unmet(f"{len(bare)} 个问题尚无整改方案", f"{len(bare)} problems have no plan", [i.id for i in bare])


def _items_of_rectification(facts: Facts) -> list[str]:
    items = facts.open_items(facts.thing.id) + facts.open_items("next_rectification")
    return [" / ".join(str(i.data.get(k, "-")) for k in ("finding", "unit", "person", "due")) for i in items]


@guard("INV-03", "YL-2l", "YL-3n")
def zero_open_if_required(facts: Facts, ask: Ask) -> Unmet | None:
    """No open item is left where the scheme asks for zero, otherwise each open item has its four elements."""
    items = _items_of_rectification(facts)
    bare = [i for i in items if "-" in i.split(" / ")]
    wrong = items if facts.scheme.rectification.zero_open else bare
    if not wrong:
        return None
    return unmet(f"还有 {len(wrong)} 项问题未销号", f"{len(wrong)} findings are not closed out", wrong)


@guard("YL-3g", "PDS-S3b", "PDS-S3c")
def lists_complete(facts: Facts, ask: Ask) -> Unmet | None:
    """Each ledger view the scheme asks for has no row with an empty column."""
    columns = {"problem": ("source", "finding"), "responsibility": ("unit", "person"), "task": ("measure", "due"),
               "close_out": ("closed_on", "verified_by")}  # fmt: skip
    lacking = []
    for item in (i for i in facts.of("rectification_item") if i.state != "void"):
        filed = {**item.data, "closed_on": item.on("close_item"), "verified_by": item.by.get("verify_item")}
        for view in facts.scheme.rectification.lists:
            if view == "close_out" and item.state != "closed":
                continue
            lacking += [f"{item.id}.{c}" for c in columns[view] if not filed.get(c)]
    if not lacking:
        return None
    return unmet("清单有空白栏", "the ledgers have empty columns", lacking)


@guard("SX-12", "QH-08a", "INV-08", "INV-09", needs="ratings")
def threshold_met(facts: Facts, ask: Ask) -> Unmet | None:
    """The attainment of the track is reached on the self-check, where the track rests it on the self-check.

    Where it asks for a verified assessment, the recommendation states and proves it (GAP-QH-6).
    """
    least = facts.track.attainment_min
    if least is None or least.assessment != "self":
        return None
    checks = [r for r in facts.of("stage") if r.data["kind"] == "self_check" and r.state == "completed"]
    ratings = facts.more["ratings"].get(checks[-1].id, {}) if checks else {}
    found = scores.attainment(facts.scheme, ratings)
    if found >= Fraction(least.share):
        return None
    return unmet(
        f"达标率须达 {least.share}，现为 {found}",
        f"attainment must reach {least.share}; it is {found}",
        [found],
    )


@guard("YL-3q", "INV-15")
def nothing_marked_false(facts: Facts, ask: Ask) -> Unmet | None:
    """No fact-finding has found material of the case false."""
    case = facts.case
    finding = case.data.get("fact_finding", {}) if case else {}
    if not finding.get("confirmed"):
        return None
    return unmet("材料经核实不实", "material was found false", [finding.get("report", "-")])


@guard("SX-22", "SX-23", "QH-08d")
def recommendation_accepted(facts: Facts, ask: Ask) -> Unmet | None:
    """A recommendation of the case has been accepted by the next office."""
    case = facts.case
    found = facts.of("recommendation", parent=case.id if case else None)
    if any(r.state == "accepted" for r in found):
        return None
    at = [r.state for r in found] or ["none"]
    return unmet("推荐尚未被接收", "no recommendation has been accepted", at)


@guard("SX-25", "SX-28")
def evaluations_final(facts: Facts, ask: Ask) -> Unmet | None:
    """Every evaluation the scheme requires for this case is final."""
    case = facts.case
    newest = {
        e.data.get("measure"): e
        for e in facts.of("evaluation", parent=case.id if case else None)
        if e.state != "terminated"
    }
    done = {measure for measure, e in newest.items() if e.state == "final"}
    lacking = [m for m in facts.scheme.evaluation.measures if m not in done]
    if not lacking:
        return None
    return unmet(f"尚未完成：{'、'.join(lacking)}", f"not final yet: {', '.join(lacking)}", lacking)


@guard("SX-26")
def on_candidate_list(facts: Facts, ask: Ask) -> Unmet | None:
    """The case stands on the approved candidate list of its track, or the scheme uses none."""
    if not any(x.purpose == "candidates" for x in facts.scheme.lists):
        return None
    case = facts.case
    for listed in facts.of("candidate_list"):
        if listed.state in ("approved", "published") and case and case.id in listed.data.get("entries", ()):
            return None
    return unmet("不在审定的候选名单上", "it is not on the approved candidate list", ["candidate_list"])


@guard("SX-28", "QH-06a", "INV-11")
def decision_covers_case(facts: Facts, ask: Ask) -> Unmet | None:
    """An effective naming decision names the case."""
    case = facts.case
    for decision in facts.of("naming_decision"):
        if decision.state == "effective" and case and case.id in decision.data.get("named", ()):
            return None
    return unmet("没有生效的命名决定", "no effective decision names the case", ["naming_decision"])


@guard("PDS-S5b", "YL-2o", "YL-3r")
def external_result_recorded(facts: Facts, ask: Ask) -> Unmet | None:
    """The outside result that the stage asks for is recorded."""
    if facts.thing.data.get("results"):
        return None
    return unmet("尚未登记外部结果", "no outside result is recorded", ["record_external_result"])


@guard("YL-2l", "INV-17")
def skip_condition_holds(facts: Facts, ask: Ask) -> Unmet | None:
    """The condition under which the stage is passed over holds: no open item on entering it."""
    if facts.stage.skip_when == "no_open_items" and not _items_of_rectification(facts):
        return None
    return unmet("本阶段有事项要办", "there is something to do in this stage", _items_of_rectification(facts))


@guard("PDS-S4b", "GAP-QH-18")
def stage_optional(facts: Facts, ask: Ask) -> Unmet | None:
    """The track marks the stage as optional."""
    presence = facts.stage.presence
    return None if presence == "optional" else unmet("本阶段不可免", "the stage is required", [presence])


@guard("INV-19")
def return_with_resume(facts: Facts, ask: Ask) -> Unmet | None:
    """The return was ordered with the resume-at-origin flag."""
    case = facts.case
    if case and case.data.get("origin", {}).get("run") == facts.thing.id:
        return None
    return unmet("退回时未约定恢复", "the return does not resume here", ["resume"])


@guard("INV-19")
def origin_reached(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage that was the target of the return is done."""
    case = facts.case
    if case and case.state == facts.thing.data["key"]:
        return None
    return unmet("退回的阶段尚未完成", "the stage returned to is not done", [case.state if case else "-"])


@guard("INV-19")
def stage_lies_behind_return(facts: Facts, ask: Ask) -> Unmet | None:
    """The run belongs to the target of a return or to a stage after it and is not set aside for resuming."""
    case = facts.case
    target = case.data.get("back_to") if case else None
    if target and facts.track.position(facts.thing.data["key"]) >= facts.track.position(target):
        return None
    return unmet("没有退回到此前的阶段", "no return leads before this stage", [target or "-"])


@guard("INV-16")
def case_ended(facts: Facts, ask: Ask) -> Unmet | None:
    """The case has reached a final state."""
    case = facts.case
    if case and case.ended:
        return None
    return unmet("申报尚未终结", "the case has not ended", [case.state if case else "-"])


EXTRA = {x.code: x for x in (recommendation_accepted, threshold_met, nothing_marked_false, evaluations_final)}
"""The guards that a stage of a scheme may name beside those of its kind."""
