"""A round of look-backs: who is looked at again this year, and when (QH-09a, SX-35, GAP-QH-8, GAP-SX-8).

A sample is drawn by a person with a seed that stays on record; a census takes everybody; by due date come
those whose periodic re-check falls into the year. A scheme may rank the results of a round (INV-28).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from service.domain.choices import any_of
from service.domain.duties import DutyRule, fixed
from service.domain.effects import Effect, Fire, Place, Send
from service.domain.facts import SAME, Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import REASON, YEARS, Choice, Fault, Form, Part, count, day, not_past, text
from service.domain.look_backs.round_draw import (
    SEED,
    SOURCE,
    draw_not_fixed,
    draw_reproducible,
    fix,
    select,
    selection_follows_mode,
    strata_minimum_met,
)
from service.domain.look_backs.round_ranking import (
    all_runs_scored,
    befalls_the_last,
    bottom_rule_configured,
    keep_ranking,
    order_follows_rule,
    return_it,
)
from service.domain.look_backs.round_titles import mode_of, population
from service.domain.machine import Machine, Move, guard, scheme_sets, states
from service.domain.measures import draws
from service.domain.measures.drawing import draw_on_record, keep_void_draw


def _known_mode(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    known = [code for code, _, _ in _modes(facts)]
    return None if value in known else (f"应为 {'、'.join(known)} 之一", f"must be one of {', '.join(known)}")


def _modes(facts: Facts) -> Iterable[Choice]:
    """How the scheme selects, and by due date where it looks at titles again at all."""
    rule = facts.scheme
    return any_of(*sorted({rule.look_back.mode, *(("due_date",) if rule.title.recheck.every else ())}))(facts)


def _near(value: int, facts: Facts, ask: Ask) -> Fault | None:
    """The last round says when the next one comes: one planned for a far year would let none come until then."""
    first, last = YEARS[0], facts.today.year + facts.scheme.look_back.every
    return None if first <= value <= last else (f"应为 {first} 至 {last} 年", f"must be a year from {first} to {last}")


PLAN = Form(
    "round_plan",
    (
        Part("year", count, "年度", "year", check=_near, rests="/look_back/every"),
        Part("number", count, "轮次", "number of the round in the year"),
        Part(
            "mode",
            text,
            "选取方式",
            "how it selects",
            optional=True,
            check=_known_mode,
            choices=_modes,
            rests="/look_back/mode",
        ),
    ),
    ("QH-09a", "SX-35"),
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


@guard("QH-09a", needs="rounds", rests="/look_back/mode")
def round_not_planned(facts: Facts, ask: Ask) -> Unmet | None:
    """No other round selects in this way with this number in this year."""
    said, mode = {**facts.thing.data, **ask.form}, facts.scheme.look_back.mode
    mine = (said.get("mode") or mode, said.get("year"), said.get("number"))
    there = [r for r in facts.more["rounds"] if r.id != facts.thing.id and r.state != "cancelled"]
    same = [r.id for r in there if (r.data.get("mode") or mode, r.data["year"], r.data["number"]) == mine]
    return unmet("该轮回访已制定", "this round is planned already", same) if same else None


@guard("QH-09a", "INV-23", needs="titles")
def somebody_to_choose(facts: Facts, ask: Ask) -> Unmet | None:
    """There is a title among which the round would choose."""
    planned = replace(facts, thing=facts.thing.with_data(**ask.form))
    if population(planned):
        return None
    return unmet("没有可供选择的命名对象", "there is no title to choose from", [mode_of(planned)])


@guard("QH-09b", "SX-35")
def all_runs_closed(facts: Facts, ask: Ask) -> Unmet | None:
    """Every look-back of the round is closed or cancelled."""
    running = _runs(facts)
    if not running:
        return None
    n = len(running)
    return unmet(f"还有 {n} 项回访未办结", f"{n} look-backs are open", [f"{r.subject} ({r.state})" for r in running])


@guard("INV-28", rests="/look_back/ranking")
def ranking_finished(facts: Facts, ask: Ask) -> Unmet | None:
    """A round that ranks has been ranked, and its bottom rule, where it has one, applied."""
    rule, state = facts.scheme.look_back.ranking, facts.thing.state
    if rule is None or state == "consequences_applied" or (state == "ranked" and not rule.bottom_k):
        return None
    return unmet("本轮须先完成排名及末位处理", "rank the round and apply its bottom rule first", ["ranking"])


def _runs(facts: Facts) -> list[Thing]:
    return facts.of("look_back", parent=facts.thing.id, live=True)


def select_by_itself(facts: Facts, ask: Ask) -> list[Effect]:
    """Nobody need choose where the rule leaves no choice; a draw waits for a person (GAP-QH-8)."""
    return [] if mode_of(facts) == "sample" else [Fire(facts.thing.id, ("select_designees",), optional=True)]


def notify_all(facts: Facts, ask: Ask) -> list[Effect]:
    """Every designee drawn is told the schedule (QH-09c)."""
    return [Fire(run.id, ("notify_designee",), ask.form) for run in _runs(facts)]


def cancel_all(facts: Facts, ask: Ask) -> list[Effect]:
    """Nobody is looked at by a draw that is void or a round that is cancelled."""
    return [Fire(run.id, ("cancel_look_back",)) for run in _runs(facts)]


def rechecks_go_on(facts: Facts, ask: Ask) -> list[Effect]:
    """The number of the round is free again, and whoever waits for a re-check gets it in another one (INV-23)."""
    draw = facts.thing.data.get("draw") or next(iter(reversed(facts.thing.data.get("void_draws", ()))), None)
    titles = draws.chosen(draw) if draw and facts.scheme.title.recheck.every else []
    return [Place(facts.thing.id, {"natural": None}), *(Send("designation", "open_recheck", t) for t in titles)]


def draw_by(facts: Facts) -> date:
    """The day of the year by which the round is drawn: `look_back.draw_by`."""
    return date.fromisoformat(f"{facts.thing.data['year']:04}-{facts.scheme.look_back.draw_by}")


TABLE = (
    Move(states("@new"), "plan_round", "planned", ("authority",), "制定回访计划", "Plan a round", ("QH-09a",
         "SX-35"), PLAN, (scheme_sets("look_back.mode"), round_not_planned), artefacts=("round_plan",), mark="D"),
    Move(states("@new"), "plan_due_round", "planned", ("timer", "system"), "年度回访到期", "Yearly round falls due",
         ("QH-09a", "SX-35"), PLAN, (scheme_sets("look_back.mode"), round_not_planned, somebody_to_choose),
         (select_by_itself,), kind="timer", mark="D"),
    Move(states("planned"), "select_designees", "drawn", ("authority", "system"), "确定回访对象",
         "Select the designees", ("QH-09a", "SX-35", "GAP-QH-8", "GAP-SX-8", "INV-23", "INV-29"), SEED,
         (selection_follows_mode, draw_reproducible, strata_minimum_met), (select,), artefacts=("sample_list",
         "draw_record"), mark="D"),
    Move(states("planned"), "fix_draw", SAME, ("authority",), "固定抽取名册", "Fix the population of the draw",
         ("GAP-QH-8", "INV-29"), SOURCE, (selection_follows_mode, draw_not_fixed), (fix,), artefacts=("draw_frame",)),
    Move(states("planned|drawn"), "void_draw", "planned", ("authority",), "作废抽取", "Void the draw", ("INV-20",
         "INV-29"), REASON, (draw_on_record,), (cancel_all, keep_void_draw), persons=2, artefacts=("void_note",)),
    Move(states("drawn"), "start_round", "running", ("authority",), "启动回访", "Start the round",
         ("QH-09c",), SCHEDULE, then=(notify_all,), artefacts=("round_notice",), mark="D"),
    Move(states("running"), "rank_results", "ranked", ("authority", "system"), "结果排名", "Rank the results",
         ("INV-28",), guards=(scheme_sets("look_back.ranking"), all_runs_scored, order_follows_rule,
         strata_minimum_met), then=(keep_ranking,), artefacts=("ranking_sheet",)),
    Move(states("ranked"), "apply_bottom_rule", "consequences_applied", ("authority",), "末位处理",
         "Apply the bottom-K rule", ("INV-20", "INV-28"), guards=(bottom_rule_configured,),
         then=(befalls_the_last,), persons=2, artefacts=("bottom_list",)),
    Move(states("ranked"), "return_ranking", "running", ("authority",), "退回排名", "Return the ranking",
         ("INV-16",), REASON, then=(return_it,)),
    Move(states("running|ranked|consequences_applied"), "close_round", "closed", ("authority", "system"),
         "回访办结", "Close the round", ("QH-09b", "SX-35", "INV-28"), guards=(all_runs_closed, ranking_finished),
         artefacts=("round_report",)),
    Move(states("planned|drawn"), "cancel_round", "cancelled", ("authority",), "取消回访", "Cancel",
         ("INV-20",), REASON, then=(cancel_all, rechecks_go_on), persons=2),
)  # fmt: skip

DUTIES = (
    DutyRule("draw_due", ("plan_round", "plan_due_round", "void_draw"), ("select_designees",), fixed(draw_by),
             ("QH-09a",), remind=(-10, -3)),
)  # fmt: skip

MACHINE = Machine("look_back_round", TABLE, final=("closed", "cancelled"), duties=DUTIES)
