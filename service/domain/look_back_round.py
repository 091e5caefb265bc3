"""A round of look-backs: who is looked at again this year, and when (QH-09a, SX-35, GAP-QH-8, GAP-SX-8).

A sample is drawn by a person with a seed that stays on record; a census takes everybody; by due date come
those whose periodic re-check falls into the year. Ranking a round (INV-28) is not offered yet: a scheme that
ranks cannot close its round without it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from service.domain import draws
from service.domain.duties import DutyRule, fixed
from service.domain.effects import Effect, Fire, New, Put
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import REASON, Fault, Form, Part, count, day, not_past, text
from service.domain.machine import Machine, Move, guard, scheme_sets, states

IN_FORCE = ("active", "reminded")
DRAWN = ("drawn", "running", "ranked", "consequences_applied", "closed")

PLAN = Form(
    "round_plan",
    (Part("year", count, "年度", "year"), Part("number", count, "轮次", "number of the round in the year")),
    ("QH-09a", "SX-35"),
)


def _drawn_by_lot(facts: Facts, given: Any) -> bool:
    return facts.scheme.look_back.mode == "sample"


SEED = Form(
    "draw",
    (Part("seed", text, "抽取种子", "seed of the draw", when=_drawn_by_lot),),
    ("GAP-QH-8", "INV-29"),
)


def _after_self_evaluation(value: str, facts: Facts, ask: Ask) -> Fault | None:
    first = ask.form.get("self_evaluation_day")
    if isinstance(first, str) and not day(first) and date.fromisoformat(value) < date.fromisoformat(first):
        return "不得早于自评时限", "must not lie before the day of the self-evaluation"
    return None


SCHEDULE = Form(
    "schedule",
    (
        Part("self_evaluation_day", day, "自评时限", "day of the self-evaluation", check=not_past),
        Part("evaluation_day", day, "评估日期", "day of the evaluation", check=_after_self_evaluation),
    ),
    ("QH-09c",),
)


def _population(facts: Facts) -> list[Thing]:
    """The titles among which this round chooses: those in force and, by due date, those due in its year."""
    titles = [t for t in facts.more["titles"] if t.state in IN_FORCE]
    if facts.scheme.look_back.mode == "due_date":
        return [t for t in titles if _recheck_falls_into(t, facts)]
    return titles


def _recheck_falls_into(title: Thing, facts: Facts) -> bool:
    every, named = facts.scheme.title.recheck.every, str(title.data.get("named_on", ""))[:4]
    if not every or not named.isdigit():
        return False
    years = facts.thing.data["year"] - int(named)
    return bool(years > 0 and years % every == 0)


def _stratum(title: Thing, facts: Facts) -> str:
    """The stratum of a title by what the scheme divides by: class, track, or anything it says of itself."""

    def value(name: str) -> str:
        if name == "class" and title.track:
            return facts.scheme.track(title.track).class_
        return str(getattr(title, name, None) or title.data.get(name, "-"))

    return "|".join(value(name) for name in facts.scheme.look_back.sample.strata)


def _draw(facts: Facts, ask: Ask) -> dict[str, Any]:
    rule = facts.scheme.look_back.sample
    sampled = facts.scheme.look_back.mode == "sample"
    rounds = [r for r in facts.more["rounds"] if r.state in DRAWN and r.id != facts.thing.id and r.data.get("draw")]
    rounds.sort(key=lambda r: (r.data["year"], r.data["number"]), reverse=True)
    earlier = [r.data["draw"] for r in rounds]
    population = _population(facts)
    return {
        "mode": facts.scheme.look_back.mode,
        "drawn_on": facts.today.isoformat(),
        **draws.draw(
            str(ask.form.get("seed") or ""),
            {t.id: _stratum(t, facts) for t in population},
            {t.id: draws.times_passed_over(t.id, earlier) for t in population},
            draws.Rule(rule.share, rule.min_per_stratum, rule.cover_all_within) if sampled else draws.Rule(None),
        ),
    }


@guard("QH-09a", "SX-35", "GAP-QH-8", "GAP-SX-8", "INV-23", needs="titles")
def selection_follows_mode(facts: Facts, ask: Ask) -> Unmet | None:
    """The round takes what its mode says: a sample drawn by a person, every title in force, or those due."""
    mode = facts.scheme.look_back.mode
    if mode == "sample" and ask.who.is_service:
        return unmet("抽取须由人员进行", "a draw is made by a person", [mode])
    if not _population(facts):
        return unmet(f"没有可供选择的命名对象（{mode}）", f"there is no title to choose from ({mode})", [mode])
    return None


@guard("GAP-QH-8", "INV-29", needs="rounds")
def draw_reproducible(facts: Facts, ask: Ask) -> Unmet | None:
    """Of a draw, population, strata, seed and algorithm version are stored before the result is shown."""
    if facts.scheme.look_back.mode != "sample" or str(ask.form.get("seed") or "").strip():
        return None
    return unmet("抽取须先记录种子", "a draw needs a seed on record first", ["seed"])


@guard("GAP-QH-8", "INV-28", "INV-29", needs="titles")
def strata_minimum_met(facts: Facts, ask: Ask) -> Unmet | None:
    """Each stratum has its least number, and strata too small are listed as exempt."""
    drawn = _draw(facts, ask)
    least = drawn["least"]
    short = [s for s, ids in drawn["result"].items() if len(ids) < least and s not in drawn["exempt"]]
    if not short:
        return None
    return unmet(f"每类至少 {least} 个：{'、'.join(short)}", f"at least {least} of each: {', '.join(short)}", short)


@guard("QH-09b", "SX-35")
def all_runs_closed(facts: Facts, ask: Ask) -> Unmet | None:
    """Every look-back of the round is closed or cancelled."""
    running = _runs(facts)
    if not running:
        return None
    n = len(running)
    return unmet(f"还有 {n} 项回访未办结", f"{n} look-backs are open", [f"{r.subject} ({r.state})" for r in running])


@guard("INV-28")
def ranking_finished(facts: Facts, ask: Ask) -> Unmet | None:
    """A round that ranks has been ranked, and its bottom rule, where it has one, applied."""
    if not facts.scheme.declares("look_back.ranking"):
        return None
    return unmet("本轮须先完成排名", "this round must be ranked first", ["ranking"])


def _runs(facts: Facts) -> list[Thing]:
    return facts.of("look_back", parent=facts.thing.id, live=True)


def select(facts: Facts, ask: Ask) -> list[Effect]:
    """The record of the draw is written first; only then is anybody chosen by it (INV-29)."""
    record = _draw(facts, ask)
    titles = {t.id: t for t in facts.more["titles"]}
    chosen = [titles[one] for one in draws.chosen(record)]
    return [Put(facts.thing.id, {"draw": record}), *(_look_back(t, facts) for t in chosen)]


def _look_back(title: Thing, facts: Facts) -> Effect:
    """A look-back stands in the file of its designee."""
    names = ("chain", "subject", "region", "organization", "track", "batch")
    place = {name: getattr(title, name) for name in names}
    data = {"designation": title.id, "look_back_round": facts.thing.id, "year": facts.thing.data["year"]}
    return New("look_back", "create_look_back", facts.thing.id, data=data, place=place)


def notify_all(facts: Facts, ask: Ask) -> list[Effect]:
    """Every designee drawn is told the schedule (QH-09c)."""
    return [Fire(run.id, ("notify_designee",), ask.form) for run in _runs(facts)]


def cancel_all(facts: Facts, ask: Ask) -> list[Effect]:
    """Nobody is looked at by a draw that is void or a round that is cancelled."""
    return [Fire(run.id, ("cancel_look_back",)) for run in _runs(facts)]


def keep_void_draw(facts: Facts, ask: Ask) -> list[Effect]:
    """A draw that was made void stays on record with its reason; a new seed makes another one (INV-29)."""
    void = {
        **facts.thing.data["draw"],
        "void": {**ask.form, "by": ask.who.person, "on": facts.today.isoformat()},
    }
    return [Put(facts.thing.id, {"draw": None, "void_draws": [*facts.thing.data.get("void_draws", ()), void]})]


def draw_by(facts: Facts) -> date:
    """The day of the year by which the round is drawn: `look_back.draw_by`."""
    return date.fromisoformat(f"{facts.thing.data['year']:04}-{facts.scheme.look_back.draw_by}")


TABLE = (
    Move(states("@new"), "plan_round", "planned", ("authority",), "制定回访计划", "Plan a round", ("QH-09a",
         "SX-35"), PLAN, (scheme_sets("look_back.mode"),), artefacts=("round_plan",), mark="D"),
    Move(states("planned"), "select_designees", "drawn", ("authority", "system"), "确定回访对象",
         "Select the designees", ("QH-09a", "SX-35", "GAP-QH-8", "GAP-SX-8", "INV-23", "INV-29"), SEED,
         (selection_follows_mode, draw_reproducible, strata_minimum_met), (select,), artefacts=("sample_list",
         "draw_record"), mark="D"),
    Move(states("drawn"), "void_draw", "planned", ("authority",), "作废抽取", "Void the draw", ("INV-20",
         "INV-29"), REASON, then=(cancel_all, keep_void_draw), persons=2, artefacts=("void_note",)),
    Move(states("drawn"), "start_round", "running", ("authority",), "启动回访", "Start the round",
         ("QH-09c",), SCHEDULE, then=(notify_all,), artefacts=("round_notice",), mark="D"),
    Move(states("running"), "close_round", "closed", ("authority", "system"), "回访办结", "Close the round",
         ("QH-09b", "SX-35", "INV-28"), guards=(all_runs_closed, ranking_finished),
         artefacts=("round_report",)),
    Move(states("planned|drawn"), "cancel_round", "cancelled", ("authority",), "取消回访", "Cancel",
         ("INV-20",), REASON, then=(cancel_all,), persons=2),
)  # fmt: skip

DUTIES = (
    DutyRule("draw_due", ("plan_round", "void_draw"), ("select_designees",), fixed(draw_by), ("QH-09a",),
             remind=(-10, -3)),
)  # fmt: skip

MACHINE = Machine("look_back_round", TABLE, final=("closed", "cancelled"), duties=DUTIES)
