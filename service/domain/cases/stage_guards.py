"""What must be true of a stage: the common guards, those of its kind, and those that only the engine meets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from service.domain.batches.candidate_list import entries_of
from service.domain.cases import ledgers, organization, reports
from service.domain.cases.evidence import resting_on
from service.domain.cases.recommendation import criteria_met, quota_respected
from service.domain.cases.reports import asked_of_applicant
from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.machine import Guard, guard, holds
from service.domain.measures import scores

if TYPE_CHECKING:
    from service.schemes.track import Artefact


def _artefacts(facts: Facts) -> dict[str, dict[str, Any]]:
    run = facts.run
    held: dict[str, dict[str, Any]] = run.data.get("artefacts", {}) if run else {}
    return held


def _called(artefacts: Iterable[Artefact]) -> tuple[str, str]:
    """Papers by their titles, in Chinese and English."""
    these = list(artefacts)
    zh = "、".join(a.title.zh if a.title else a.key for a in these)
    return zh, ", ".join(a.title.en if a.title else a.key for a in these)


def _cited(said: Unmet, facts: Facts, papers: Iterable[Artefact], rules: Iterable[str]) -> Unmet:
    """The refusal with the articles by which the scheme asks for these papers, before the rules of the guard."""
    of = ("tracks", facts.track.id, "stages", facts.stage.key, "artefacts")
    asked_by = [rule for paper in papers for rule in facts.scheme.rules_of(*of, paper.key)]
    return replace(said, rules=tuple(dict.fromkeys((*asked_by, *rules))))


@guard("YL-2d", "PDS-S2c", "PDS-M3a")
def artefact_expected(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage lists the artefact, with the parts it asks for."""
    expected = {a.key: a for a in asked_of_applicant(facts)}
    key = str(ask.form.get("artefact"))
    if key not in expected:
        zh, en = _called(expected.values())
        return unmet(f"本阶段不需要“{key}”，需要：{zh}", f"this stage asks for {en}, not for {key}", expected)
    parts = ask.form.get("parts")
    given = parts if isinstance(parts, dict) else {}  # the form says what is wrong with it
    if lacking := [p for p in expected[key].parts if p not in given]:
        said = unmet(f"材料缺少：{'、'.join(lacking)}", f"the paper lacks {', '.join(lacking)}", lacking)
        return _cited(said, facts, [expected[key]], artefact_expected.rules)
    return None


@guard("YL-2d", "PDS-M3b", rests="/tracks/{track}/stages/{stage}/artefacts")
def handed_in_by_its_author(facts: Facts, ask: Ask) -> Unmet | None:
    """The paper comes from the slot that the stage names for it, or from the organizer on its behalf."""
    artefact = facts.stage.artefact(str(ask.form.get("artefact")))
    by = artefact.by if artefact else None
    slots = ("organizer", by) if by else ("organizer", "stage_actor", "contributor")
    if holds(slots, facts, ask.who):
        return None
    return unmet("该材料须由规定的一方提交", "this paper is handed in by somebody else", slots)


@guard("INV-17", rests="/tracks/{track}/stages/{stage}/kind")
def kind_is_external(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage is of kind external."""
    kind = facts.stage.kind
    return None if kind == "external" else unmet("本阶段不是外部程序", "this stage is not external", [kind])


@guard("PDS-S2b", rests="/tracks/{track}/stages/{stage}/kind")
def kind_is_self_check(facts: Facts, ask: Ask) -> Unmet | None:
    """The applicant rates itself in its self-check and nowhere else."""
    kind = facts.stage.kind
    return None if kind == "self_check" else unmet("只能在自查阶段自评", "rate in the self-check stage", [kind])


@guard("INV-18", rests="/tracks/{track}/stages/{stage}/findings")
def findings_hold_here(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage declares that findings raised in it hold it."""
    where = facts.stage.findings
    if where == "this_stage":
        return None
    return unmet(f"本阶段的问题转入 {where}", f"findings of this stage go to {where}", [where])


@guard("YL-2m", "PDS-S2d", rests="/tracks/{track}/stages/{stage}/acceptance")
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


@guard("INV-01", "PDS-S2d", "YL-2d", needs="evidence", rests="/tracks/{track}/stages/{stage}/artefacts")
def artefacts_present(facts: Facts, ask: Ask) -> Unmet | None:
    """Each artefact that the stage marks as required is submitted, and what it was handed in with still stands."""
    held, papers = _artefacts(facts), facts.more["evidence"]

    def stands(paper: Mapping[str, Any]) -> bool:
        return all(papers.stands(e) for e in paper.get("files", ()))

    asked = [a for a in asked_of_applicant(facts) if a.required]
    found = {a.key: reports.missing_of(a, held.get(a.key), stands, facts) for a in asked}
    lacking = [a for a in asked if found[a.key]]
    if not lacking:
        return None
    zh, en = _called(lacking)
    missing = [": ".join((a.key, "、".join(found[a.key]))) if any(found[a.key]) else a.key for a in lacking]
    if offices := list(dict.fromkeys(name for names in found.values() for name in names if name)):
        zh, en = f"{zh}（{'、'.join(offices)}）", f"{en} ({', '.join(offices)})"
    said = unmet(f"尚缺材料：{zh}", f"not submitted yet: {en}", missing)
    return _cited(said, facts, lacking, artefacts_present.rules)


def needs_of_stage(facts: Facts) -> set[str]:
    """What the extra guards of the present stage look at besides the file."""
    return {need for name in facts.stage.guards for need in EXTRA[name].needs.split()}


@guard("YL-3p", "YL-2n", rests="/tracks/{track}/stages/{stage}/guards")
def stage_guards_hold(facts: Facts, ask: Ask) -> Unmet | None:
    """Each extra guard that the track lists for this stage holds."""
    failed = [u for name in facts.stage.guards if (u := EXTRA[name](facts, ask))]
    if not failed:
        return None
    said = unmet("；".join(u.zh for u in failed), "; ".join(u.en for u in failed), [u.code for u in failed])
    return replace(said, rules=tuple(dict.fromkeys(r for u in failed for r in (*u.rules, *stage_guards_hold.rules))))


@guard(*organization.FORMED, needs="organization", rests="/organization/{stage}")
def organization_formed(facts: Facts, ask: Ask) -> Unmet | None:
    """Every body the stage asks for exists with its head, lead unit, liaison and members in the required numbers.

    Where the scheme says so, each is in charge of one first-level group of indicators and no group is left out.
    """
    asked = facts.scheme.organization.get(facts.stage.key, ())
    groups = organization.first_level(facts.scheme)
    lacking = organization.bodies_lacking(asked, facts.more["organization"].bodies, groups)
    if not lacking:
        return None
    what = "; ".join(lacking)
    return unmet(f"组织机构不齐或重复：{what}", f"bodies or posts are missing or doubled: {what}", lacking)


@guard(*organization.ASSIGNED, needs="organization", rests="/responsibilities")
def duties_assigned(facts: Facts, ask: Ask) -> Unmet | None:
    """Each indicator has at least one named office and, where asked, one owner; each office exactly one liaison."""
    found = facts.more["organization"]
    bare = organization.unassigned(facts.scheme, found)
    words = [f"{code}: {'、'.join(names)}" for code, names in organization.unresolved(facts.scheme, found).items()]
    staff = organization.ill_staffed(facts.scheme, found)
    if not (lacking := [*bare, *words, *staff]):
        return None
    titles = {g.id: g.title for g in facts.scheme.indicator_system.groups}
    zh = [
        *(["尚未落实责任科室：" + "、".join(titles[x].zh if x in titles else x for x in bare)] if bare else []),
        *(["须以具体科室替换：" + "；".join(words)] if words else []),
        *(["联络人或责任人不符：" + "；".join(staff)] if staff else []),
    ]
    en = [
        *(["no office is named for " + ", ".join(titles[x].en if x in titles else x for x in bare)] if bare else []),
        *(["name the offices behind " + "; ".join(words)] if words else []),
        *(["liaison or owner is missing or doubled: " + "; ".join(staff)] if staff else []),
    ]
    return unmet("；".join(zh), "; ".join(en), lacking)


@guard("PDS-S2b", "YL-2c", "QH-11a", needs="ratings", rests="/indicator_system")
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


@guard("INV-03", "YL-2l", "YL-3n", rests="/rectification/zero_open")
def zero_open_if_required(facts: Facts, ask: Ask) -> Unmet | None:
    """No open item is left where the scheme asks for zero, otherwise each open item has its four elements."""
    items = _items_of_rectification(facts)
    bare = [i for i in items if "-" in i.split(" / ")]
    wrong = items if facts.scheme.rectification.zero_open else bare
    if not wrong:
        return None
    return unmet(f"还有 {len(wrong)} 项问题未销号", f"{len(wrong)} findings are not closed out", wrong)


@guard("YL-3g", "YL-3h", "PDS-S3b", "PDS-S3c", rests="/rectification/lists")
def lists_complete(facts: Facts, ask: Ask) -> Unmet | None:
    """Each ledger view the scheme asks for has no row with an empty column."""
    lacking = [
        f"{item.id}.{column}"
        for item in facts.of("rectification_item")
        for view in (ledgers.VIEWS[name] for name in facts.scheme.rectification.lists)
        if ledgers.belongs(view, item)
        for column in ledgers.empty(view, ledgers.row_of(item))
    ]
    if not lacking:
        return None
    return unmet("清单有空白栏", "the ledgers have empty columns", lacking)


@guard("SX-12", "QH-08a", "INV-08", "INV-09", needs="ratings", rests="/tracks/{track}/attainment_min")
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


@guard("YL-3q", "INV-15", needs="evidence")
def nothing_marked_false(facts: Facts, ask: Ask) -> Unmet | None:
    """No fact-finding has found material of the case false, and no paper on file was struck out as false."""
    case = facts.case
    finding = case.data.get("fact_finding", {}) if case else {}
    struck = [e for e in sorted(facts.more["evidence"].struck) if resting_on(e, facts.things.values())]
    if not finding.get("confirmed") and not struck:
        return None
    told = [finding.get("report", "-")] if finding.get("confirmed") else []
    return unmet("材料经核实不实", "material was found false", [*told, *struck])


@guard("SX-22", "SX-23", "QH-08d")
def recommendation_accepted(facts: Facts, ask: Ask) -> Unmet | None:
    """A recommendation of the case has been accepted by the next office."""
    case = facts.case
    found = facts.of("recommendation", parent=case.id if case else None)
    if any(r.state == "accepted" for r in found):
        return None
    at = [r.state for r in found] or ["none"]
    return unmet("推荐尚未被接收", "no recommendation has been accepted", at)


@guard("SX-25", "SX-28", "PDS-S5b", rests="/evaluation/measures")
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


@guard("SX-26", rests="/lists")
def on_candidate_list(facts: Facts, ask: Ask) -> Unmet | None:
    """The case stands on the approved candidate list of its track, or the scheme uses none."""
    case = facts.case
    if case is None or not facts.scheme.list_rule("candidates", case.track):
        return None
    if case.id in entries_of(facts, "candidates", case.track):
        return None
    return unmet("不在审定的候选名单上", "it is not on the approved candidate list", ["candidate_list"])


@guard("YL-2n", "YL-3p", "YL-2k")
def on_recommended_list(facts: Facts, ask: Ask) -> Unmet | None:
    """The case stands on the approved list of those whom the office recommends on its track."""
    case = facts.case
    if case is not None and case.id in entries_of(facts, "recommendation", case.track):
        return None
    return unmet("不在审定的推荐名单上", "it is not on the approved list of recommendations", ["candidate_list"])


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


@guard("YL-2l", "INV-17", rests="/tracks/{track}/stages/{stage}/skip_when")
def skip_condition_holds(facts: Facts, ask: Ask) -> Unmet | None:
    """The condition under which the stage is passed over holds: no open item on entering it."""
    if facts.stage.skip_when == "no_open_items" and not _items_of_rectification(facts):
        return None
    return unmet("本阶段有事项要办", "there is something to do in this stage", _items_of_rectification(facts))


@guard("PDS-S4b", "GAP-QH-18", rests="/tracks/{track}/stages/{stage}/presence")
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


@guard("INV-19", rests="/tracks/{track}/stages")
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


EXTRA = {
    x.code: x
    for x in (
        recommendation_accepted, threshold_met, nothing_marked_false, evaluations_final, on_candidate_list,
        on_recommended_list, quota_respected, criteria_met,
    )
}  # fmt: skip
"""The guards that a stage of a scheme may name beside those of its kind."""
