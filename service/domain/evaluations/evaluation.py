"""An evaluation by others: commissioned, done by a team without ties, scored, reported, accepted.

QH-10a..h: a third party evaluates, strictly by the indicator system and by four methods; whoever accompanies
it for the office in charge takes no part and touches no score. The total is kept exact (INV-09).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.domain import guards
from service.domain.duties import DutyRule, calendar_days
from service.domain.effects import Effect, Put, Send, StandStill
from service.domain.evaluations.evaluation_forms import (
    LOOK_BACK,
    MANDATE,
    METHOD_USE,
    NEW_EVALUATOR,
    OUTSIDE,
    RECUSAL,
    REOPENING,
    REPORT,
    TEAM,
    people,
)
from service.domain.facts import NEW, SAME, Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import REASON
from service.domain.guards import step_respected
from service.domain.machine import Machine, Move, guard, states
from service.domain.measures import scores
from service.domain.measures.rating import PARTS, RATING, indicator_applicable, rating_consistent
from service.domain.notices.objection import was_upheld

SATISFACTION = "satisfaction"
FILE_OF_THE_SUBJECT = ("case", "stage", "rectification_item", "recommendation", "annual_report")
BY_EVALUATORS = ("raise_findings",)


def team(evaluation: Thing) -> list[str]:
    """The lead and the members, without those who were recused."""
    lead = evaluation.data.get("lead")
    return list(dict.fromkeys([*([lead] if lead else []), *people(evaluation.data.get("members"))]))


def is_scored(facts: Facts) -> bool:
    """Whether this evaluation has a score sheet: not a satisfaction survey, nor a scheme without scores."""
    return facts.scheme.scoring.mode != "none" and facts.thing.data.get("measure") != SATISFACTION


def ratings_of_team(facts: Facts) -> dict[str, list[Mapping[str, Any]]]:
    """The ratings by whoever is of the team now: those of a recused member no longer count (QH-10h)."""
    members = team(facts.thing)
    rated: scores.Ratings = facts.more["ratings"].get(facts.thing.id, {})
    return {code: [row for row in rows if row["person"] in members] for code, rows in rated.items()}


@guard("SX-24", "INV-12")
def case_was_recommended(facts: Facts, ask: Ask) -> Unmet | None:
    """An accepted recommendation for the case is in force; a look-back is of a title."""
    if facts.parent is not None and facts.parent.machine == LOOK_BACK:
        return None
    return guards.case_was_recommended.check(facts, ask)


def _parties_to_the_file(facts: Facts) -> set[str]:
    """Whoever carried out something in the file of the subject: a tie on record (INV-31)."""
    return {
        person
        for thing in facts.things.values()
        if thing.machine in FILE_OF_THE_SUBJECT
        for event, person in thing.by.items()
        if event not in BY_EVALUATORS
    }


@guard("QH-10a", "INV-31")
def evaluator_independent(facts: Facts, ask: Ask) -> Unmet | None:
    """The evaluator and its members have declared no tie to the subject, and none is recorded."""
    evaluator = ask.form.get("evaluator", facts.thing.data.get("evaluator"))
    evaluated = {t for t in (facts.thing.subject, facts.thing.organization) if t}
    if evaluator in evaluated:
        return unmet("评估机构不能是评估对象", "the evaluator is the subject itself", [evaluator])
    if ask.event != "form_team":
        return None
    named = [*people([ask.form.get("lead")]), *people(ask.form.get("members"))]
    declared = ask.form.get("declarations")
    lacking = [p for p in named if not isinstance(declared, Mapping) or p not in declared]
    recused = set(people(facts.thing.data.get("recused")))
    tied = [p for p in named if p in recused or p in _parties_to_the_file(facts)]
    if not lacking and not tied:
        return None
    return unmet("有成员未声明或存在利害关系", "declarations are missing, or ties are on record", [*lacking, *tied])


@guard("QH-10a", rests="/evaluation/team_min")
def team_complete(facts: Facts, ask: Ask) -> Unmet | None:
    """The team has its lead and, the lead included, the least number of persons."""
    found = {*people([ask.form.get("lead")]), *people(ask.form.get("members"))}
    if len(found) >= (least := facts.scheme.evaluation.team_min):
        return None
    n = len(found)
    return unmet(f"评估组至少 {least} 人，现为 {n} 人", f"the team needs {least} persons; it has {n}", [least - n])


@guard("QH-10h", "INV-04")
def scorer_is_member(facts: Facts, ask: Ask) -> Unmet | None:
    """The person scoring is a member of the team and the items are not locked (an objection opens some)."""
    if ask.who.person not in team(facts.thing):
        return unmet("只有评估组成员可以打分", "only members of the team score", [ask.who.person])
    if not (opened := people(facts.thing.data.get("items"))):
        return None
    given = [ask.form.get(part) for part in PARTS]
    if not (locked := sorted({c for part in given if isinstance(part, Mapping) for c in part} - set(opened))):
        return None
    return unmet("异议未涉及的指标已锁定", "only the items of the upheld objection are open", locked)


@guard("QH-10g", "QH-10h", "INV-04", rests="/evaluation/no_scoring_roles")
def scorer_not_accompanying(facts: Facts, ask: Ask) -> Unmet | None:
    """The person scoring does not accompany this evaluation for the body in charge."""
    barred = facts.scheme.evaluation.no_scoring_roles
    accompanies = ask.who.person in people(facts.thing.data.get("accompanying"))
    if not accompanies and not any(h.role in barred and h.covers(facts.thing) for h in ask.who.roles):
        return None
    return unmet("随同联络人员不得打分", "whoever accompanies the evaluation may not score", [ask.who.person])


@guard("PDS-S2b", "YL-2c", "QH-11a", needs="ratings", rests="/indicator_system")
def indicators_all_rated(facts: Facts, ask: Ask) -> Unmet | None:
    """Each indicator that applies has a rating, agreed if it must be, and each that does not has a reason."""
    if not is_scored(facts):
        return None
    ratings = ratings_of_team(facts)
    if lacking := scores.unrated(facts.scheme, ratings):
        n = len(lacking)
        return unmet(f"还有 {n} 项指标未评分", f"{n} indicators have no rating", lacking)
    if differ := scores.disagreeing(facts.scheme, ratings):
        return unmet(f"{len(differ)} 项指标评分不一致", f"scorers differ on {len(differ)} indicators", differ)
    return None


@guard("SX-25", "HY-T04")
def survey_final_if_used(facts: Facts, ask: Ask) -> Unmet | None:
    """The satisfaction survey is final where the evaluation uses one."""
    surveys = [s for s in facts.of("survey", parent=facts.thing.id) if s.state != "cancelled"]
    needs_one = facts.thing.data.get("measure") == SATISFACTION
    if all(s.state == "final" for s in surveys) and (surveys or not needs_one):
        return None
    at = [f"{s.id}: {s.state}" for s in surveys] or ["none"]
    return unmet("满意度测评尚未确认", "the satisfaction survey is not final", at)


@guard("QH-10c", "INV-04", rests="/evaluation/methods/required")
def required_methods_used(facts: Facts, ask: Ask) -> Unmet | None:
    """Each method the scheme requires has at least one record of use, where a third party evaluates."""
    if facts.thing.data.get("measure") not in ("third_party", LOOK_BACK):
        return None
    used = {use["method"] for use in facts.thing.data.get("methods_used") or ()}
    if not (lacking := [m for m in facts.scheme.evaluation.methods.required if m.code not in used]):
        return None
    zh, en = "、".join(m.title.zh for m in lacking), ", ".join(m.title.en for m in lacking)
    return unmet(f"尚无使用记录：{zh}", f"no record of use: {en}", [m.code for m in lacking])


@guard("GAP-QH-2")
def objection_upheld_on_items(facts: Facts, ask: Ask) -> Unmet | None:
    """The ruling upholds the objection in full or in part on named items."""
    notices = facts.of("public_notice", parent=facts.thing.parent)
    closed = {n.id for n in notices if n.state == "closed_upheld"}
    upheld = [o for o in facts.of("objection") if o.parent in closed and was_upheld(o)]
    on_record = {item for o in upheld for item in o.data.get("items") or ()}
    asked = people(ask.form.get("items"))
    if asked and on_record.issuperset(asked):
        return None
    wrong = sorted(set(asked) - on_record)
    return unmet("没有成立的异议涉及这些指标", "no upheld objection names these items", wrong)


def new_mandate(facts: Facts, ask: Ask) -> list[Effect]:
    """Another evaluator brings a team of its own."""
    nobody: dict[str, Any] = {"lead": None, "members": [], "declarations": {}}
    return [Put(facts.thing.id, {"evaluator": ask.form["evaluator"], **nobody})]


def leave_team(facts: Facts, ask: Ask) -> list[Effect]:
    """Whoever is recused neither scores on nor comes back; what it scored no longer counts."""
    data, gone = facts.thing.data, ask.form["member"]
    lead = ask.form["successor"] if gone == data.get("lead") else data.get("lead")
    left = [m for m in people(data.get("members")) if m not in (gone, lead)]
    recused = [*people(data.get("recused")), gone]
    return [Put(facts.thing.id, {"lead": lead, "members": left, "recused": recused})]


def add_method(facts: Facts, ask: Ask) -> list[Effect]:
    """One more record of a method in use (QH-10c)."""
    before = facts.thing.data.get("methods_used") or ()
    return [Put(facts.thing.id, {"methods_used": [*before, dict(ask.form)]})]


def keep_total(facts: Facts, ask: Ask) -> list[Effect]:
    """The exact total stands on the evaluation once its scores are locked; items opened again are closed."""
    ratings = ratings_of_team(facts) if is_scored(facts) else {}
    total = scores.text(scores.total(facts.scheme, ratings)) if is_scored(facts) else None
    return [Put(facts.thing.id, {"total": total, "vetoed": scores.vetoed(facts.scheme, ratings), "items": []})]


def hold_clocks(facts: Facts, ask: Ask) -> list[Effect]:
    """The dates of an evaluation and its surveys stand still while the case is paused (INV-22)."""
    return [StandStill()]


def release_clocks(facts: Facts, ask: Ask) -> list[Effect]:
    return [StandStill(going_on=True)]


def rest(facts: Facts, ask: Ask) -> list[Effect]:
    """A final result needs nobody to watch over it, unless an objection opens it again."""
    return [Put(facts.thing.id, {"closed": facts.thing.state == "final"})]


def tell_look_back(facts: Facts, ask: Ask) -> list[Effect]:
    """The last evaluation of a look-back to become final gives it its score."""
    parent = facts.parent
    if parent is None or parent.machine != LOOK_BACK:
        return []
    all_of_it = [e for e in facts.of("evaluation", parent=parent.id) if e.state != "terminated"]
    totals = [e.data["total"] for e in all_of_it if e.data.get("total")]
    if not totals or any(e.state != "final" for e in all_of_it):
        return []
    return [Send(LOOK_BACK, "record_score", thing=parent.id, form={"total": totals[-1]})]


RUNNING = (
    "mandated|team_formed|fieldwork|scoring|locked|reported|procedure_recheck|final"  # accepted before the news came
)

TABLE = (
    Move((NEW,), "mandate_evaluation", "mandated", ("authority", "system"), "委托评估", "Commission",
         ("QH-10a", "SX-24", "SX-25", "INV-12", "INV-31"), MANDATE,
         (case_was_recommended, evaluator_independent), mark="D", artefacts=("mandate",)),
    Move((NEW,), "record_external_evaluation", "final", ("stage_office", "organizer"), "登记外部评估",
         "Record an outside evaluation", ("PDS-S5b", "YL-3r"), OUTSIDE, then=(rest,), kind="signal", mark="D",
         artefacts=("external_report",)),
    Move(states("mandated"), "form_team", "team_formed", ("evaluator_lead",), "组建评估组", "Form the team",
         ("QH-10a", "INV-31"), TEAM, (team_complete, evaluator_independent), artefacts=("team_list",)),
    Move(states("mandated|team_formed|fieldwork"), "replace_evaluator", "mandated", ("authority",),
         "更换评估机构", "Replace the evaluator", ("INV-31",), NEW_EVALUATOR, (evaluator_independent,),
         (new_mandate,), artefacts=("mandate",)),
    Move(states("team_formed"), "start_fieldwork", "fieldwork", ("evaluator_lead",), "开展核查",
         "Start fieldwork", ("QH-10c",), mark="D", artefacts=("fieldwork_plan",)),
    Move(states("team_formed|fieldwork|scoring"), "recuse_member", SAME,
         ("evaluator_lead", "evaluator_member", "authority"), "成员回避", "Recuse a member",
         ("QH-10h", "INV-31"), RECUSAL, then=(leave_team,), artefacts=("recusal_note",)),
    Move(states("fieldwork|scoring|locked"), "record_method_use", SAME, ("evaluator_lead", "evaluator_member"),
         "记录评估方法", "Record a method used", ("QH-10b", "QH-10c", "QH-10d"), METHOD_USE,
         then=(add_method,), mark="D", artefacts=("fieldwork_record",)),
    Move(states("fieldwork"), "start_scoring", "scoring", ("evaluator_lead",), "开始打分", "Start scoring",
         ("QH-10b",), mark="D"),
    Move(states("scoring"), "submit_score", SAME, ("evaluator_member", "evaluator_lead"), "打分",
         "Submit a score", ("QH-10b", "QH-10g", "QH-10h", "QH-11a", "GAP-QH-3", "INV-04", "INV-09"), RATING,
         (scorer_is_member, scorer_not_accompanying, step_respected, indicator_applicable, rating_consistent),
         mark="D", plain=True),
    Move(states("scoring"), "lock_scores", "locked", ("evaluator_lead",), "锁定评分", "Lock the scores",
         ("QH-11a", "SX-25", "INV-04"), guards=(indicators_all_rated, survey_final_if_used),
         then=(keep_total,), mark="D", artefacts=("score_sheet",)),
    Move(states("locked"), "submit_report", "reported", ("evaluator_lead",), "提交评估报告",
         "Submit the report", ("QH-10c", "QH-10d", "QH-10e"), REPORT, (required_methods_used,), mark="D",
         artefacts=("evaluation_report",)),
    Move(states("fieldwork|scoring|locked"), "note_procedure_check", SAME, ("authority",), "程序核查备注",
         "Note a procedure check", ("QH-10i",), REASON, mark="D", artefacts=("procedure_note",)),
    Move(states("reported"), "order_recheck", "procedure_recheck", ("authority",), "复核程序",
         "Order a procedure re-check", ("QH-10i",), REASON, mark="D", artefacts=("procedure_note",)),
    Move(states("procedure_recheck"), "confirm_procedure", "reported", ("authority",), "程序合规",
         "Confirm the procedure", ("QH-10i",), REASON, mark="D", artefacts=("procedure_report",)),
    Move(states("procedure_recheck"), "order_rescoring", "scoring", ("authority",), "重新打分",
         "Order re-scoring", ("QH-10i", "INV-20"), REASON, persons=2, artefacts=("procedure_report",)),
    Move(states("reported"), "return_report", "locked", ("authority",), "退回报告", "Return the report",
         ("QH-10e",), REASON, artefacts=("return_note",)),
    Move(states("reported"), "accept_report", "final", ("authority",), "接收评估结果", "Accept as final",
         ("QH-09b", "SX-25"), then=(rest, tell_look_back), mark="D", artefacts=("acceptance_note",)),
    Move(states("final"), "reopen_for_objection", "scoring", ("system",), "异议成立重评",
         "Reopen items after an objection", ("GAP-QH-2",), REOPENING, (objection_upheld_on_items,), (rest,),
         artefacts=("objection_ruling",)),
    Move(states("mandated|team_formed|fieldwork|scoring|locked|reported|procedure_recheck"),
         "terminate_evaluation", "terminated", ("authority", "system"), "终止评估", "Terminate", ("INV-16",),
         REASON, artefacts=("termination_note",)),
    Move(states(RUNNING), "stand_still", SAME, ("system",), "随案中止计时", "Stand still with the case", ("INV-22",),
         then=(hold_clocks,)),
    Move(states(RUNNING), "go_on", SAME, ("system",), "随案恢复计时", "Go on with the case", ("INV-22",),
         then=(release_clocks,)),
)  # fmt: skip

DUTIES = (
    DutyRule("evaluation_due", ("mandate_evaluation", "return_report", "order_rescoring"), ("submit_report",),
             calendar_days(lambda facts: facts.scheme.evaluation.mandate_days), ("QH-10a", "SX-25"),
             unit="calendar_days", remind=(-15, -5, -1), extend_by=("authority",), shifts=lambda facts: True),
)  # fmt: skip

MACHINE = Machine("evaluation", TABLE, final=("terminated",), duties=DUTIES)
