"""Ranking a round: in each stratum by stored values and the rule of the scheme, and what befalls the last (INV-28).

The result of each look-back is locked before anybody is ranked. Where the rule draws, the service makes the seed in that
moment and it stays: whoever ranks chooses none, and a ranking that was returned is not drawn again until it pleases.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from service.domain.effects import Effect, Put, Send
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.look_backs.results import place_decides
from service.domain.look_backs.round_titles import stratum
from service.domain.machine import guard
from service.domain.measures import rankings, scores
from service.domain.titles import strikes

if TYPE_CHECKING:
    from service.schemes.award import Ranking

SCORED = ("reminded", "in_revocation", "retained", "closed")


def _seed(facts: Facts) -> str:
    """That of the first ranking of the round, else one that nobody chose (INV-29)."""
    return str(facts.thing.data.get("ranking_seed") or facts.more["entropy"])


def runs_of(facts: Facts) -> list[Thing]:
    """The look-backs of the round that were not called off."""
    return [v for v in facts.of("look_back", parent=facts.thing.id) if v.state != "cancelled"]


def _rule(facts: Facts) -> Ranking:
    found = facts.scheme.look_back.ranking
    if found is None:
        raise LookupError("the scheme ranks no round")
    return found


def _values(visit: Thing, title: Thing | None, facts: Facts) -> dict[str, Fraction | None]:
    """The exact total, and how often each further kind of fact was recorded on the title in the year of the round."""
    total = visit.data.get("total")
    found: dict[str, Fraction | None] = {"score": scores.value(total) if total else None}
    year = str(facts.thing.data["year"])
    told = [f for f in (title.data.get("facts", ()) if title else ()) if str(f.get("date", "")).startswith(year)]
    for kind in _rule(facts).facts:
        found[kind] = Fraction(sum(f.get("count") or 1 for f in told if f.get("kind") == kind))
    return found


def ranked(facts: Facts) -> dict[str, Any]:
    """The whole record: one ranking for each stratum, the strata that are too small, and who comes last."""
    rule = _rule(facts)
    titles = {t.id: t for t in facts.more["titles"]}
    seed = _seed(facts)
    members: dict[str, list[rankings.Entry]] = {}
    for visit in runs_of(facts):
        title = titles.get(visit.data["designation"])
        entry = rankings.Entry(visit.id, _values(visit, title, facts))
        members.setdefault(stratum(title or visit, rule.strata, facts.scheme), []).append(entry)
    found = {s: rankings.rank(m, rule.order, rule.tie_rule, f"{seed}|{s}") for s, m in sorted(members.items())}
    exempt = sorted(s for s, m in members.items() if len(m) < rule.min_stratum)
    last = {s: list(r.order[-(rule.bottom_k or 0) :]) if rule.bottom_k else [] for s, r in found.items()}
    return {
        "on": facts.today.isoformat(),
        "seed": seed,
        "least": rule.min_stratum,
        "strata": {s: dict(r.record) for s, r in found.items()},
        "tied": [list(ids) for r in found.values() for ids in r.tied],
        "missing": {one: list(lacks) for r in found.values() for one, lacks in r.missing.items()},
        "exempt": exempt,
        "bottom": {s: ids for s, ids in last.items() if s not in exempt},
    }


def ranked_strata(facts: Facts) -> dict[str, Any]:
    """How many are ranked in each stratum, and which are exempt, as a draw says it."""
    if facts.scheme.look_back.ranking is None:
        return {"least": 0, "result": {}, "exempt": []}
    record = ranked(facts)
    return {**record, "result": {s: r["result"] for s, r in record["strata"].items()}}


@guard("INV-28")
def all_runs_scored(facts: Facts, ask: Ask) -> Unmet | None:
    """Every look-back of the round has a final score or is cancelled."""
    open_ = [v for v in runs_of(facts) if v.state not in SCORED or not v.data.get("total")]
    if not open_:
        return None
    n = len(open_)
    return unmet(
        f"还有 {n} 项回访没有最终得分",
        f"{n} look-backs have no final score",
        [f"{v.subject} ({v.state})" for v in open_],
    )


@guard("SX-26", "INV-28", needs="titles entropy", rests="/look_back/ranking")
def order_follows_rule(facts: Facts, ask: Ask) -> Unmet | None:
    """The order follows from the rule of the scheme and the stored inputs; equal values are ordered by its tie rule."""
    if facts.scheme.look_back.ranking is None:
        return None  # the guard before says so
    record = ranked(facts)
    left = [*(", ".join(ids) for ids in record["tied"]), *record["missing"]]
    return unmet("存在未能排序的对象", "some cannot be put in order", left) if left else None


@guard("INV-28", rests="/look_back/ranking")
def bottom_rule_configured(facts: Facts, ask: Ask) -> Unmet | None:
    """The scheme states K, the strata, the tie rule and the consequence for the lowest ranked."""
    rule = facts.scheme.look_back.ranking
    fields = ("bottom_k", "strata", "tie_rule", "then")
    left = [f for f in fields if rule is None or not getattr(rule, f)]
    return unmet("末位规则不完整", "the bottom rule is incomplete", left) if left else None


def keep_ranking(facts: Facts, ask: Ask) -> list[Effect]:
    """The ranking is kept with everything that entered, so that anybody can work it out again."""
    record = ranked(facts)
    return [Put(facts.thing.id, {"ranking": record, "ranking_seed": record["seed"]})]


def return_it(facts: Facts, ask: Ask) -> list[Effect]:
    """A ranking that is returned stays on record with the reason."""
    data = facts.thing.data
    back = {**data["ranking"], "returned": {**ask.form, "by": ask.who.person, "on": facts.today.isoformat()}}
    return [Put(facts.thing.id, {"ranking": None, "returned_rankings": [*data.get("returned_rankings", ()), back]})]


def befalls_the_last(facts: Facts, ask: Ask) -> list[Effect]:
    """Each of the last in its stratum meets what the scheme says; whoever passed and is not among them has passed."""
    last = {one for ids in facts.thing.data["ranking"]["bottom"].values() for one in ids}
    met: list[Effect] = [_meets(visit, facts) for visit in runs_of(facts) if visit.id in last]
    rule = facts.scheme.title.strikes
    if not place_decides(facts) or rule is None or not rule.consecutive:
        return met
    clear = [v for v in runs_of(facts) if v.id not in last and v.data.get("result") == strikes.PASSED]
    return [*met, *(strikes.passed(v.data["designation"], v.id, facts.today) for v in clear)]


def _meets(visit: Thing, facts: Facts) -> Send:
    rule, title, here = _rule(facts), visit.data["designation"], facts.thing
    said = f"{here.data['year']} 年回访排名末位 (among the last in the ranking of {here.data['year']})"
    match rule.then:
        case "reminder":
            return Send("reminder", "draft_reminder", parent=title, data={"ranking": here.id, "reason": said})
        case "suspension":
            return Send("designation", "suspend_by_ranking", title, form={"grounds": {rule.ground: said}})
        case _:
            return strikes.strike(title, "bottom_k", here.id, facts.today)
