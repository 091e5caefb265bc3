"""Which titles a round looks at: drawn by lot so that anybody can repeat it, or all that its rule names (INV-29)."""

from __future__ import annotations

from typing import Any

from service.domain.effects import Effect, New, Put
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import Form
from service.domain.look_backs.round_ranking import ranked_strata
from service.domain.look_backs.round_titles import DRAWN, is_recheck, mode_of, population, stratum
from service.domain.machine import guard
from service.domain.measures import drawing, draws

SEED = Form(
    "draw",
    (drawing.SEED,),
    ("GAP-QH-8", "INV-29"),
    keep=False,
)
SOURCE = Form(
    "seed_source",
    (drawing.SEED_SOURCE,),
    ("GAP-QH-8", "INV-29"),
    keep=False,
)


def _frame(facts: Facts, source: str = "") -> dict[str, Any]:
    """What enters the draw: what was fixed, else what is so at this moment."""
    held: dict[str, Any] | None = facts.thing.data.get("frame")
    if held is not None:
        return held
    rule, among = facts.scheme.look_back.sample, population(facts)
    rounds = [r for r in facts.more["rounds"] if r.state in DRAWN and r.id != facts.thing.id and r.data.get("draw")]
    rounds.sort(key=lambda r: (r.data["year"], r.data["number"]), reverse=True)
    earlier = [r.data["draw"] for r in rounds]
    by_lot = mode_of(facts) == "sample"
    return draws.frame(
        {t.id: stratum(t, rule.strata, facts.scheme) for t in among},
        {t.id: draws.times_passed_over(t.id, earlier) for t in among},
        draws.Rule(rule.share, rule.min_per_stratum, rule.cover_all_within) if by_lot else draws.Rule(None),
        source,
    )


def _draw(facts: Facts, ask: Ask) -> dict[str, Any]:
    """The record of the draw. The seed is the published one, or made by the service at this moment."""
    fixed, mode = _frame(facts), mode_of(facts)
    made = facts.more["entropy"] if mode == "sample" else ""
    seed = str(ask.form["seed"]) if fixed["source"] else made
    return {"mode": mode, "drawn_on": facts.today.isoformat(), **draws.drawn(fixed, seed)}


@guard("QH-09a", "SX-35", "GAP-QH-8", "GAP-SX-8", "INV-23", needs="titles")
def selection_follows_mode(facts: Facts, ask: Ask) -> Unmet | None:
    """The round takes what its mode says: a sample drawn by a person, every title in force, or those due."""
    mode = mode_of(facts)
    if mode == "sample" and ask.who.is_service:
        return unmet("抽取须由人员进行", "a draw is made by a person", [mode])
    if not population(facts):
        return unmet(f"没有可供选择的命名对象（{mode}）", f"there is no title to choose from ({mode})", [mode])
    return None


@guard("GAP-QH-8", "INV-29", needs="rounds", rests="/look_back/sample/seed")
def draw_reproducible(facts: Facts, ask: Ask) -> Unmet | None:
    """Of a draw, population, strata, seed and algorithm version are stored before the result is shown."""
    rule = facts.scheme.look_back.sample.seed
    if mode_of(facts) != "sample" or rule == draws.STORED or facts.thing.data.get("frame"):
        return None
    return unmet(f"种子来源为“{rule}”，须先固定名册", f"the seed comes from {rule}: fix the draw first", ["fix_draw"])


@guard("GAP-QH-8", "INV-29", needs="rounds")
def draw_not_fixed(facts: Facts, ask: Ask) -> Unmet | None:
    """The round draws by lot, and its population is not fixed yet: another one takes two persons."""
    if mode_of(facts) != "sample":
        return unmet("本轮不抽取", "nothing is drawn in this round", [mode_of(facts)])
    return drawing.already_fixed(facts)


@guard("GAP-QH-8", "INV-28", "INV-29", needs="entropy")
def strata_minimum_met(facts: Facts, ask: Ask) -> Unmet | None:
    """Each stratum has its least number, and strata too small are listed as exempt."""
    drawn = ranked_strata(facts) if facts.thing.state == "running" else draws.drawn(_frame(facts), "")
    least = drawn["least"]
    short = [s for s, ids in drawn["result"].items() if len(ids) < least and s not in drawn["exempt"]]
    if not short:
        return None
    return unmet(f"每类至少 {least} 个：{'、'.join(short)}", f"at least {least} of each: {', '.join(short)}", short)


def fix(facts: Facts, ask: Ask) -> list[Effect]:
    """Population, strata and rule stand, with their hash, before anybody knows the seed."""
    return [Put(facts.thing.id, {"frame": _frame(facts, ask.form["seed_source"])})]


def select(facts: Facts, ask: Ask) -> list[Effect]:
    """The record of the draw is written first; only then is anybody chosen by it (INV-29).

    A title that has ended since the population was fixed stays in the record and is not looked at.
    """
    record = _draw(facts, ask)
    titles = {t.id: t for t in population(facts)}
    chosen = [titles[one] for one in draws.chosen(record) if one in titles]
    return [Put(facts.thing.id, {"draw": record}), *(_look_back(t, facts) for t in chosen)]


def _look_back(title: Thing, facts: Facts) -> Effect:
    """A look-back stands in the file of its designee."""
    names = ("chain", "subject", "region", "organization", "track", "batch")
    place = {name: getattr(title, name) for name in names}
    data = {
        "designation": title.id,
        "look_back_round": facts.thing.id,
        "year": facts.thing.data["year"],
        "recheck": is_recheck(title, facts),
    }
    return New("look_back", "create_look_back", facts.thing.id, data=data, place=place)
