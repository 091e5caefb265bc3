"""How results come about: evaluations and surveys, lists, notices, decisions, and batches that end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from api.cli.simulate.entering import all_have_entered
from api.cli.simulate.population import sheet, worth
from api.cli.simulate.stages import EXTRA, SCORED, in_stage, listed
from api.cli.simulate.step import REASON, Item, Step, said, text_of
from api.cli.simulate.world import World
from service.domain.facts import Thing
from service.domain.measures import quotas, scores

GRADES = 100
"""Of a simulated survey: as many as there are percent."""
ANSWERS = 2
METHODS_OF = ("third_party", "look_back")

# ------------------------------------------------------------------------------------------------- evaluations


def to_evaluate(w: World, case: Thing) -> Iterable[str]:
    """The measures that are not commissioned yet."""
    if not in_stage("evaluation")(w, case, None):
        return ()
    begun = {e.data.get("measure") for e in w.below(case, "evaluation") if e.state != "terminated"}
    return (m for m in w.scheme.evaluation.measures if m not in begun)


def mandate(_: World, __: Thing, measure: Item) -> Mapping[str, Any]:
    return {"measure": measure, **COMMISSION}


COMMISSION = {"evaluator": text_of("institute"), "independent": True, "accompanying": ["liaison"]}


def team(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
    """A lead and as many members as the scheme asks for, each with its declaration. The lead is who asks."""
    lead = LEAD
    members = [f"member {n}" for n in range(1, max(w.scheme.evaluation.team_min, 2))]
    return {"lead": lead, "members": members, "declarations": dict.fromkeys((lead, *members), text_of("no tie"))}


LEAD = "@me"
"""In a form, the account of whoever asks."""


def methods(w: World, it: Thing) -> Iterable[str]:
    """The methods that the scheme asks for and that nobody has used yet."""
    if it.data.get("measure") not in METHODS_OF:
        return ()
    used = {one["method"] for one in it.data.get("methods_used") or ()}
    return (m.code for m in w.scheme.evaluation.methods.required if m.code not in used)


def use(w: World, _: Thing, method: Item) -> Mapping[str, Any]:
    return {"method": method, "date": w.today.isoformat(), "record": text_of()}


def all_used(w: World, it: Thing, _: Item) -> bool:
    return not list(methods(w, it))


def surveyed(w: World, it: Thing) -> bool:
    return it.data.get("measure") == "satisfaction"


def unplanned(w: World, it: Thing, _: Item) -> bool:
    return surveyed(w, it) and not [s for s in w.below(it, "survey") if s.state != "cancelled"]


def survey_plan(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
    """As few answers as the scheme admits, each grade a percent of the total."""
    sample = w.scheme.evaluation.survey.sample
    strata = list(dict.fromkeys((*sample.strata, *sample.weights))) if sample else []
    size = max(sample.size if sample else ANSWERS, len(strata) or 1)
    held = dict.fromkeys(strata or ["all"], size)
    return {
        "questionnaire": text_of(), "scale": GRADES, "compulsory_questions": ["q"], "population": text_of(),
        "strata": held, "size": size, "satisfied_from": 1,
    }  # fmt: skip


def answers_due(w: World, survey: Thing) -> Iterable[int]:
    """So many answers as the result needs, each by a respondent of its own."""
    given = sum(one[0] == "answer" and one[1] == survey.id for one in w.done)
    return range(given, survey.data["size"]) if survey.state == "open" else ()


def answer(w: World, survey: Thing, n: Item) -> Mapping[str, Any]:
    strata = list(survey.data["strata"])
    return {"respondent": f"r{n}", "stratum": strata[n % len(strata)], "answers": {"q": _grade(w, survey)}}


def _grade(w: World, survey: Thing) -> int:
    one = w.about(survey)
    return max(1, round((one.share if one else 1) * GRADES))


def enough(w: World, survey: Thing, _: Item) -> bool:
    return not list(answers_due(w, survey))


def unscored(w: World, it: Thing, _: Item) -> bool:
    return w.scheme.scoring.mode != "none" and not surveyed(w, it) and (SCORED, it.id) not in w.done


def score_sheet(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
    """Of a case what it is worth, of a look-back what the title is still worth."""
    one, visit = w.about(it), w.above(it)
    share = one.share if one else w.threshold or Fraction(1)
    title = w.things.get(str(visit.data.get("designation"))) if visit and visit.machine == "look_back" else None
    if one is not None and title is not None and not (visit and visit.data.get("reevaluations")):
        share = worth(title, one, w.today)
    return {"scores": sheet(w.scheme, it.track, share)}


def to_lock(w: World, it: Thing, _: Item) -> bool:
    over = all(s.state in ("final", "cancelled") for s in w.below(it, "survey"))
    return not unscored(w, it, None) and over and not unplanned(w, it, None)


# ------------------------------------------------------------------------------------------------------ notices


def to_announce(w: World, case: Thing, _: Item) -> bool:
    """A notice of its own, unless the list of candidates goes on notice as a whole."""
    whole = w.scheme.list_rule("candidates", case.track) is not None
    there = [n for n in w.below(case, "public_notice") if n.state != "cancelled"]
    return in_stage("publicity")(w, case, None) and not whole and not there


def media(w: World, _: Thing, __: Item) -> Mapping[str, Any]:
    rule = w.scheme.publicity.media
    more = [text_of(str(n)) for n in range(rule.least - len(rule.kinds))]
    return {"media": [*rule.kinds, *more]} if rule.kinds or more else {}


# -------------------------------------------------------------------------------------------------------- lists


def list_stage(w: World, track: str, purpose: str) -> int:
    """The place of the stage in which a list of that purpose is drawn up; -1 where there is none."""
    stages = w.scheme.track(track).stages
    guard = {"recommendation": "on_recommended_list", "candidates": "on_candidate_list"}.get(purpose, "")
    kinds = {
        "recommendation": ("preliminary_review", "application"),
        "candidates": ("evaluation",),
        "ranking": ("naming",),
    }
    by_guard = [n for n, s in enumerate(stages) if guard and guard in s.guards]
    by_kind = [n for kind in kinds[purpose] for n, s in enumerate(stages) if s.kind == kind]
    return next(iter([*by_guard, *by_kind]), len(stages) - 1)


def lists_due(w: World, batch: Thing) -> Iterable[tuple[str, str]]:
    """The lists whose cases have all come as far as their stage: purpose and track."""
    if batch.state not in ("open", "evaluating", "publicizing"):
        return
    there = {(x.data.get("purpose"), x.track) for x in w.below(batch, "candidate_list") if x.state != "cancelled"}
    for rule in w.scheme.lists:
        for track in [rule.track] if rule.track else [t.id for t in w.scheme.tracks]:
            key = rule.purpose, track
            if key not in there and w.scheme.list_rule(*key) == rule and _all_there(w, batch, key):
                yield key


def _all_there(w: World, batch: Thing, key: tuple[str, str]) -> bool:
    purpose, track = key
    return bool(_on(w, batch, key)) and all(
        _arrived(w, c, list_stage(w, track, purpose), purpose) for c in w.cases(batch, track) if not c.ended
    ) and all_have_entered(w, batch, track)  # fmt: skip


def _arrived(w: World, case: Thing, place: int, purpose: str) -> bool:
    here = w.position(case)
    if here != place or purpose != "candidates":
        return here >= place
    return EXTRA["evaluations_final"](w, case)


def _on(w: World, batch: Thing, key: tuple[str, str]) -> list[Thing]:
    """The cases that the list takes up, the best first."""
    purpose, track = key
    place = list_stage(w, track, purpose)
    return [c for c in w.cases(batch, track) if not c.ended and w.position(c) >= place]


def purpose(_: World, __: Thing, key: Item) -> Mapping[str, Any]:
    return {"purpose": key[0], "track": key[1]}


def ranking(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
    """Everybody who has come so far; the best up to the quota are chosen where no rule of the scheme orders them."""
    batch = w.above(it)
    assert batch is not None
    use_of, track = str(it.data["purpose"]), it.track or ""
    cases = _on(w, batch, (use_of, track))
    rule, quota = w.scheme.list_rule(use_of, track), w.scheme.track(track).quota
    short = {c.id: why for c in cases if (why := _falls_short(w, c)) and use_of == "candidates"}
    form: dict[str, Any] = {"cases": [c.id for c in cases], **({"left_out": short} if short else {})}
    if (rule and rule.order) or quota is None or use_of == "ranking":
        return form
    good = [c for c in cases if c.id not in short]
    strata = quotas.by_stratum(quota, good, batch.region).values()
    chosen = {c.id for members in strata for c in members[: quota.target]}
    over = {c.id: text_of("beyond the quota 名额之外") for c in good if c.id not in chosen}
    out = {**short, **over}
    return {**form, "selected": [c.id for c in good if c.id in chosen], **({"left_out": out} if out else {})}


def _falls_short(w: World, case: Thing) -> str | None:
    """The total of the third party where it does not pass; it would go on no notice."""
    mine = [e for e in w.below(case, "evaluation") if e.data.get("measure") == "third_party" and e.state == "final"]
    total = mine[-1].data.get("total") if mine else None
    rules = w.scheme.of_track(case.track)
    if not total or not rules.scoring.pass_ or scores.passes(rules, scores.value(total)):
        return None
    return text_of(f"the third-party result {total} does not pass 第三方评估未达标")


def goes_on_notice(w: World, it: Thing, _: Item) -> bool:
    """Everybody on the list has reached its stage of publicity."""
    track = w.scheme.track(it.track or "")
    cases = [w.things[c] for c in it.data.get("entries", ()) if c in w.things]
    public = {s.key for s in track.stages if s.kind == "publicity"}
    return it.data.get("purpose") == "candidates" and bool(public and cases) and all(c.state in public for c in cases)


def goes_outside(w: World, it: Thing, _: Item) -> bool:
    return it.data.get("purpose") == "recommendation" and w.scheme.naming.by == "external"


def document(w: World, _: Thing, __: Item) -> Mapping[str, Any]:
    day = w.today.isoformat()
    return {"issuer": text_of(), "number": f"S-{day}", "date": day}


def dispatch(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
    return {**document(w, it, None), "to": text_of()}


# ----------------------------------------------------------------------------------------------------- decisions


def in_naming(w: World, batch: Thing) -> list[Thing]:
    """The cases that wait for a decision, the best first."""
    found = []
    for case in w.cases(batch):
        stage = w.stage(case)
        if stage is not None and stage.kind == "naming" and not case.ended:
            found.append(case)
    return found


def to_decide(w: World, batch: Thing, _: Item) -> bool:
    """Everybody who can still come has come, or the year of the naming ends."""
    waiting = in_naming(w, batch)
    drafted = [d for d in w.below(batch, "naming_decision") if d.state not in ("effective", "rejected", "discarded")]
    if not waiting or drafted:
        return False
    others = [c for c in w.cases(batch) if not c.ended and c not in waiting and not _is_outside(w, c)]
    last_call = date(int(batch.data["naming_year"]), 12, 15)
    return (not others and all_have_entered(w, batch)) or w.today >= last_call


def _is_outside(w: World, case: Thing) -> bool:
    stage = w.stage(case)
    return stage is not None and stage.kind == "external"


def names(w: World, batch: Thing, _: Item) -> Mapping[str, Any]:
    """The best up to the quota of each track; everybody else is refused with the reason."""
    named: list[str] = []
    refused: dict[str, str] = {}
    for track in w.scheme.tracks:
        mine = [c for c in in_naming(w, batch) if c.track == track.id]
        earlier = [c for d in w.below(batch, "naming_decision") for c in d.data.get("named", ())]
        for members in quotas.by_stratum(track.quota, mine, batch.region).values():
            most = _room(track.quota, len([c for c in earlier if w.things[c].track == track.id]))
            listed_here = [c for c in members if listed("candidates")(w, c)]
            named += [c.id for c in listed_here[:most]]
            refused |= {c.id: text_of("beyond the quota 名额之外") for c in members if c.id not in named}
    return {"named": named, **({"refused": refused} if refused else {})}


def _room(quota: Any, taken: int) -> int | None:
    if quota is None or quota.mode == "about":
        return None
    return max(int(quotas.bounds(quota)[1]) - taken, 0)


def all_over(w: World, batch: Thing, _: Item) -> bool:
    """Every case has ended, or waits for a body outside."""
    return all(c.ended or _is_outside(w, c) for c in w.cases(batch)) and all_have_entered(w, batch)


def opens(w: World, batch: Thing, _: Item) -> date:
    return max(date.fromisoformat(batch.data["opens"]), w.today)


REPORT = said(**dict.fromkeys(("level_found", "trend", "check_of_self_report", "proposals"), text_of()))

STEPS = (
    Step("batch", "planned", "open_batch", on=opens),
    Step("case", "*", "mandate_evaluation", mandate, each=to_evaluate, makes="evaluation", call="make"),
    Step("evaluation", "mandated", "form_team", team),
    Step("evaluation", "team_formed", "start_fieldwork"),
    Step("evaluation", "fieldwork|scoring|locked", "record_method_use", use, each=methods),
    Step("evaluation", "fieldwork", "start_scoring"),
    Step("evaluation", "scoring", "plan_survey", survey_plan, unplanned, makes="survey", call="make"),
    Step("evaluation", "scoring", "submit_score", score_sheet, unscored, call="score"),
    Step("evaluation", "scoring", "lock_scores", when=to_lock),
    Step("evaluation", "locked", "submit_report", REPORT, all_used),
    Step("evaluation", "reported", "accept_report"),
    Step("survey", "planned|sampled", "open_survey"),
    Step("survey", "open", "submit_answer", answer, each=answers_due, call="tell", slots=("survey_respondent",)),
    Step("survey", "open", "close_survey_early", REASON, enough),
    Step("survey", "closed", "compute_result"),
    Step("survey", "computed", "release_result"),
    Step("case", "*", "draft_notice", when=to_announce, makes="public_notice", call="make"),
    Step("public_notice", "draft", "open_notice", media),
    Step("batch", "open|evaluating|publicizing", "open_list", purpose, each=lists_due, makes="candidate_list", call="make"),
    Step("candidate_list", "collecting", "rank_list", ranking),
    Step("candidate_list", "ranked", "approve_list"),
    Step("candidate_list", "approved", "publish_list", media, goes_on_notice),
    Step("candidate_list", "approved|published", "record_dispatch", dispatch, goes_outside),
    Step("batch", "evaluating|publicizing|named", "draft_decision", names, to_decide, makes="naming_decision",
         call="make"),
    Step("naming_decision", "drafted", "propose_decision"),
    Step("naming_decision", "proposed", "approve_decision"),
    Step("naming_decision", "approved", "issue_decision", document),
    Step("batch", "evaluating|publicizing|named", "close_batch", when=all_over),
)  # fmt: skip
