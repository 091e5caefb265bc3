"""How a list of a batch is ordered, and who is chosen by it (SX-26, INV-28, INV-29).

The order follows from the rule of the scheme and the stored results; equal ones are drawn by a seed that the service
makes once. Where the scheme says nothing the office orders and gives its reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.domain.batches.list_forms import cases_of, named
from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.machine import guard
from service.domain.measures import inputs, quotas
from service.domain.measures.rankings import Entry, Ranking, keys_of, rank

if TYPE_CHECKING:
    from service.schemes.measures import ListRule
    from service.schemes.track import Quota


@dataclass(frozen=True, slots=True)
class Selection:
    """Who is chosen, who stands by, and who is left out and why; each in the order of the list."""

    order: tuple[str, ...]
    entries: tuple[str, ...]
    reserves: tuple[str, ...]
    left_out: Mapping[str, str]


def rule_of(facts: Facts) -> ListRule:
    found = facts.scheme.list_rule(facts.thing.data["purpose"], facts.thing.track)
    if found is None:
        raise LookupError("the scheme has no such list")
    return found


def quota_of(facts: Facts) -> Quota | None:
    """A ranking puts everybody in order and chooses nobody; the other lists choose within the quota of the track."""
    return None if rule_of(facts).purpose == "ranking" else facts.track.quota


def under(facts: Facts) -> str:
    return facts.batch.region if facts.batch else facts.thing.region


def _seed_before(facts: Facts) -> str:
    """The seed by which equals were drawn already: in this list, or in one for the same that was cancelled."""
    here = facts.thing
    drawn = [x for x in facts.of("candidate_list", parent=here.parent) if x.state == "cancelled" and x.data.get("seed")]
    same = [x for x in drawn if (x.track, x.data.get("purpose")) == (here.track, here.data["purpose"])]
    return str(here.data.get("seed") or next((x.data["seed"] for x in same), ""))


def seed_of(facts: Facts) -> str:
    """The service makes it when the list is first ranked, and it stays: ranking again draws nothing anew (INV-29)."""
    return _seed_before(facts) or str(facts.more["entropy"])


def ranked(facts: Facts, ask: Ask) -> Ranking | None:
    """The order by the results that the scheme names; None where the office orders."""
    rule, mine = rule_of(facts), cases_of(facts)
    if not rule.order:
        return None
    fields = [key.field for key in keys_of(rule.order, rule.tie_rule)]
    entries = [Entry(c, inputs.values(fields, facts, c)) for c in named(facts, ask) if c in mine]
    return rank(entries, rule.order, rule.tie_rule, seed_of(facts))


def selected(facts: Facts, ask: Ask, order: Sequence[str]) -> Selection:
    """By default the best of each stratum up to the quota are chosen; the next ones without a reason stand by."""
    mine, reasons = cases_of(facts), dict(ask.form.get("left_out") or {})
    quota, said = quota_of(facts), ask.form.get("selected")
    strata = quotas.by_stratum(quota, [mine[c] for c in order if c in mine], under(facts))
    chosen: set[str] = set(said or ())
    reserves: set[str] = set()
    for members in strata.values():
        free = [c.id for c in members if c.id not in reasons]
        if said is None:
            chosen |= set(free[: quota.target] if quota else free)
        reserves |= set([c for c in free if c not in chosen][: rule_of(facts).reserves])
    on_it = chosen | reserves
    left = {
        c: reasons.get(c, f"排名第 {n}，在名额之外 / ranked {n}, beyond the quota")
        for n, c in enumerate(order, start=1)
        if c not in on_it
    }
    return Selection(
        tuple(order), tuple(c for c in order if c in chosen), tuple(c for c in order if c in reserves), left
    )


def order_of(facts: Facts, ask: Ask) -> tuple[str, ...]:
    ranking = ranked(facts, ask)
    return tuple(named(facts, ask)) if ranking is None else ranking.order


@guard("SX-26", "SX-25", "YL-2k", needs="files entropy", rests="/lists")
def list_inputs_complete(facts: Facts, ask: Ask) -> Unmet | None:
    """Every case on the list has each input that the scheme names and each value that the order rule reads."""
    rule, mine = rule_of(facts), cases_of(facts)
    ranking = ranked(facts, ask)
    missing = dict(ranking.missing) if ranking else {}
    for case in (c for c in named(facts, ask) if c in mine):
        missing[case] = tuple(dict.fromkeys((*inputs.lacking(rule.inputs, facts, case), *missing.get(case, ()))))
    lacking = [f"{case}: {name}" for case, names in sorted(missing.items()) for name in names]
    if not lacking:
        return None
    n = len(lacking)
    return unmet(f"还缺 {n} 项结果：{'、'.join(lacking)}", f"{n} results are missing: {', '.join(lacking)}", lacking)


@guard("YL-2l", "YL-3n", "INV-03", needs="files entropy", rests="/rectification/zero_open")
def findings_cleared(facts: Facts, ask: Ask) -> Unmet | None:
    """Nobody is recommended with a finding open, where the scheme asks for zero; also one that came up again."""
    if rule_of(facts).purpose != "recommendation" or not facts.scheme.rectification.zero_open:
        return None
    chosen: Sequence[str] = facts.thing.data.get("entries", ())
    if ask.event == "rank_list":
        chosen = selected(facts, ask, order_of(facts, ask)).entries
    elif ask.event == "promote_reserve":
        chosen = [str(ask.form.get("entry"))]
    files = facts.more["files"]
    found = [f"{c}: {one.id}" for c in chosen if c in files for one in inputs.open_findings(files[c])]
    if not found:
        return None
    n = len(found)
    zh, en = f"还有 {n} 项问题未销号，须先销号再推荐", f"{n} findings are open; close them out before recommending"
    return unmet(f"{zh}：{'、'.join(found)}", f"{en}: {', '.join(found)}", found)


@guard("SX-26", "INV-28", needs="files entropy", rests="/lists")
def order_follows_rule(facts: Facts, ask: Ask) -> Unmet | None:
    """The order follows from the rule of the scheme and the stored results; equal ones are told apart by its tie rule.

    Whoever stands before somebody chosen is chosen too, or left out with a reason. Where the office orders, each one
    left out has a reason.
    """
    ranking, reasons = ranked(facts, ask), set(ask.form.get("left_out") or {})
    if ranking and ranking.tied:
        tied = ["=".join(group) for group in ranking.tied]
        return unmet(f"结果相同，规则不能分出先后：{'、'.join(tied)}", f"nothing tells apart {', '.join(tied)}", tied)
    if ranking and (early := _chosen_before_the_draw(facts, ask, ranking)):
        zh, en = "同分者须先抽签排序，再择定入选", "equals are drawn first: rank them without choosing any, then choose"
        return unmet(zh, en, early)
    found = selected(facts, ask, order_of(facts, ask))
    if ranking is None:
        bare = [c for c in found.left_out if c not in reasons]
    else:
        bare = [c for c in _passed_over(facts, found) if c not in reasons]
    if not bare:
        return None
    listed = ", ".join(bare)
    return unmet(f"未入选须说明理由：{listed}", f"give the reason for leaving out {listed}", bare)


def _chosen_before_the_draw(facts: Facts, ask: Ask, ranking: Ranking) -> list[str]:
    """Who is chosen among equals before any draw is on record.

    Whether that is refused would hang on a draw that leaves no trace: asking again until it fits would steer it.
    """
    said, reasons = set(ask.form.get("selected") or ()), set(ask.form.get("left_out") or {})
    if not said or _seed_before(facts):
        return []
    split = [set(group) - reasons for group in ranking.drawn]
    return sorted(c for group in split if group & said and group - said for c in group & said)


def _passed_over(facts: Facts, found: Selection) -> list[str]:
    """Who is not chosen although somebody after him in the same stratum is."""
    mine, chosen = cases_of(facts), set(found.entries)
    strata = quotas.by_stratum(quota_of(facts), [mine[c] for c in found.order if c in mine], under(facts))
    passed = []
    for members in strata.values():
        ids = [c.id for c in members]
        last = max((n for n, c in enumerate(ids) if c in chosen), default=-1)
        passed += [c for c in ids[: last + 1] if c not in chosen]
    return passed
