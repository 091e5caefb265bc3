"""What the result of a look-back leads to: a notice, the title kept, a reminder, a review, a strike.

The title itself never changes by a look-back alone: what follows is sent to it. It learns of the result when the
look-back ends, because until then a re-evaluation or an objection may still change it (INV-24).
"""

from __future__ import annotations

from service.domain.effects import Effect, Fire, Put, Send
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.guards import TITLE_ENDED
from service.domain.machine import Guard, Then, guard
from service.domain.measures import scores
from service.domain.notices.objection import was_upheld
from service.domain.titles import strikes, validity

FAILED_SCORE = ("QH-13-3", "SX-37-3")
FALSE_MATERIAL = ("QH-13-2",)


def _leads_to(outcome: str, facts: Facts) -> Unmet | None:
    total, bands = facts.thing.data.get("total", ""), facts.scheme.look_back.bands
    found = scores.band(bands, scores.value(total)) if total else None
    if found is not None and found.outcome == outcome:
        return None
    edges = [f"{b.outcome} >= {b.at_least}" for b in bands]
    at = found.outcome if found else "none"
    return unmet(
        f"得分 {total or '-'}，对应 {at}",
        f"the total {total or '-'} leads to {at}",
        [total or "total", *edges],
    )


@guard("QH-11b", "INV-09", choice="band")
def band_is_notice(facts: Facts, ask: Ask) -> Unmet | None:
    """The exact total lies in the band whose outcome is a public notice."""
    return _leads_to("notice", facts)


@guard("SX-35", choice="band")
def band_is_retain(facts: Facts, ask: Ask) -> Unmet | None:
    """The exact total or yes/no result lies in the band that keeps the title without a notice."""
    return _leads_to("retain", facts)


@guard("GAP-QH-1", choice="band")
def band_is_reminder(facts: Facts, ask: Ask) -> Unmet | None:
    """The exact total lies in the band whose outcome is a reminder."""
    return _leads_to("reminder", facts)


@guard("GAP-QH-1", "QH-13-3", "SX-37-3", choice="band")
def band_is_revocation(facts: Facts, ask: Ask) -> Unmet | None:
    """The exact total or yes/no result lies in the band that opens a revocation case."""
    return _leads_to("revocation", facts) or _needs_ground(_ground_of_score(facts))


def _own(machine: str, facts: Facts) -> list[Thing]:
    """The things of that machine that follow from this look-back; the file holds those of other years too."""
    here = facts.thing.id
    return [t for t in facts.of(machine) if here in (t.parent, t.data.get("look_back"))]


def own_stands(machine: str, *wanted: str) -> Guard:
    """Like `stands`, of the thing that follows from this look-back and of no other in the same file."""

    def check(facts: Facts, ask: Ask) -> Unmet | None:
        found = _own(machine, facts)
        at = found[-1].state if found else "none"
        if at in wanted:
            return None
        say = "/".join(wanted)
        return unmet(f"{machine} 须处于 {say}，现为 {at}", f"{machine} must be {say}; it is {at}", [at])

    code = f"{machine}={'/'.join(wanted)}"
    return Guard(code, check, meaning=f"The {machine} of this look-back stands in {' or '.join(wanted)}.")


def _upheld(facts: Facts) -> list[Thing]:
    """The objections upheld against the newest notice of this look-back."""
    notices = _own("public_notice", facts)
    return [o for o in facts.of("objection", parent=notices[-1].id) if was_upheld(o)] if notices else []


@guard("GAP-QH-2")
def objection_upheld_on_items(facts: Facts, ask: Ask) -> Unmet | None:
    """The ruling upholds the objection in full or in part on named items."""
    upheld = _upheld(facts)
    if any(o.data.get("items") for o in upheld):
        return None
    return unmet("没有就具体指标成立的异议", "no objection is upheld on named items", [o.id for o in upheld])


@guard("GAP-QH-2", "QH-13-2")
def objection_upheld_on_fraud(facts: Facts, ask: Ask) -> Unmet | None:
    """The ruling upholds the objection because of false material."""
    upheld = _upheld(facts)
    if any(o.data.get("fraud") for o in upheld):
        return _needs_ground(_ground(facts, FALSE_MATERIAL))
    return unmet("没有因弄虚作假成立的异议", "no objection is upheld because of fraud", [o.id for o in upheld])


def remind(facts: Facts, ask: Ask) -> list[Effect]:
    """A reminder to the designee is drafted; a person issues it (GAP-QH-1)."""
    thing = facts.thing
    return [Send("reminder", "draft_reminder", parent=thing.data["designation"], data={"look_back": thing.id})]


def _ground(facts: Facts, rules: tuple[str, ...]) -> str | None:
    """The ground of the scheme that rests on one of these rules."""
    return next((g.code for g in facts.scheme.revocation.grounds if set(g.rules) & set(rules)), None)


def _ground_of_score(facts: Facts) -> str | None:
    """The ground that the band names, or the one for a failed score (QH-13-3, SX-37-3)."""
    band = scores.band(facts.scheme.look_back.bands, scores.value(facts.thing.data["total"]))
    return getattr(band, "ground", None) or _ground(facts, FAILED_SCORE)


def _needs_ground(ground: str | None) -> Unmet | None:
    """Nobody guesses a ground: without one no review could be opened, and the look-back would hang."""
    return (
        None if ground else unmet("方案未列明撤销情形", "the scheme lists no ground for this", ["revocation.grounds"])
    )


def review_failed_score(facts: Facts, ask: Ask) -> list[Effect]:
    """A revocation case is opened on the score; only its decision takes the title (QH-13-3, QH-14a)."""
    total = facts.thing.data["total"]
    return _review(_ground_of_score(facts), f"回访得分 {total} (look-back total {total})", facts)


def review_fraud(facts: Facts, ask: Ask) -> list[Effect]:
    """A revocation case is opened on the false material that an objection brought to light (QH-13-2)."""
    ids = ", ".join(o.id for o in _upheld(facts) if o.data.get("fraud"))
    return _review(_ground(facts, FALSE_MATERIAL), f"异议核实弄虚作假 (objection upheld: {ids})", facts)


def _review(ground: str | None, fact: str, facts: Facts) -> list[Effect]:
    here, title = facts.thing.id, facts.thing.data["designation"]
    form, data = {"grounds": {ground: fact}}, {"look_back": here}
    return [Send("revocation_case", "open_revocation", parent=title, form=form, data=data)]


def close(facts: Facts, ask: Ask) -> list[Effect]:
    """A title that is kept has nothing to wait for."""
    return [Fire(facts.thing.id, ("close_look_back",))]


def note_outcome(facts: Facts, ask: Ask) -> list[Effect]:
    """How the revocation case ended stays with the look-back that led to it."""
    return [Put(facts.thing.id, {"outcome": _own("revocation_case", facts)[-1].state})]


@guard("GAP-QH-1", "INV-24", choice="band")
def band_is_strike(facts: Facts, ask: Ask) -> Unmet | None:
    """The exact total or yes/no result lies in the band of failed results that only count."""
    return _leads_to("strike", facts)


@guard("QH-13-5", choice="escalation", rests="/revocation/mode")
def review_follows(facts: Facts, ask: Ask) -> Unmet | None:
    """The office itself can revoke: the escalated reminder has opened a revocation case."""
    mode = facts.scheme.revocation.mode
    return None if mode == "own" else unmet("方案没有撤销程序", "the scheme has no revocation of its own", [mode])


@guard("QH-13-5", choice="escalation", rests="/revocation/mode")
def no_review_follows(facts: Facts, ask: Ask) -> Unmet | None:
    """The scheme has no revocation of its own: the look-back ends with its failed result."""
    mode = facts.scheme.revocation.mode
    return unmet("已转入撤销审查", "a revocation case follows", [mode]) if mode == "own" else None


def with_result(result: str) -> Then:
    """The result by the band of the exact total; a re-evaluation may change it."""

    def noted(facts: Facts, ask: Ask) -> list[Effect]:
        return [Put(facts.thing.id, {"result": result})]

    return noted


def with_outcome(outcome: str) -> Then:
    """How the look-back ended."""

    def noted(facts: Facts, ask: Ask) -> list[Effect]:
        return [Put(facts.thing.id, {"outcome": outcome})]

    return noted


def place_decides(facts: Facts) -> bool:
    """Whether a pass is final only once the round is ranked: who comes last has failed all the same (INV-28)."""
    ranking = facts.scheme.look_back.ranking
    return ranking is not None and ranking.then == "strike"


def tell_title(facts: Facts, ask: Ask) -> list[Effect]:
    """The title learns how it ended: a failure counts, a pass clears, a re-check renews or lets the title end."""
    visit = facts.thing
    title = facts.things.get(visit.data["designation"])
    if title is None or title.state in TITLE_ENDED:
        return []
    return [*_counted(facts, title), *_term(facts, title)]


def _counted(facts: Facts, title: Thing) -> list[Effect]:
    visit, rule = facts.thing, facts.scheme.title.strikes
    if visit.data.get("result") == strikes.FAILED:
        kinds = ("recheck_failed", "look_back_failed") if visit.data.get("recheck") else ("look_back_failed",)
        source = strikes.counts(facts.scheme, *kinds)
        return [strikes.strike(title.id, source, visit.id, facts.today)] if source else []
    clears = rule is not None and rule.consecutive and not place_decides(facts)
    return [strikes.passed(title.id, visit.id, facts.today)] if clears else []


def _term(facts: Facts, title: Thing) -> list[Effect]:
    """A passed re-check renews the title once its window is open; a failed one ends it when its day is past."""
    seen = facts.at(title)
    if not facts.thing.data.get("recheck") or validity.valid_until(title) is None:
        return []
    if validity.recheck_passed(seen, Ask("renew")) is None:
        return [Send("designation", "renew", title.id)]
    ends = validity.is_past(facts, title) and validity.no_renewal_pending(seen, Ask("expire")) is None
    return [Send("designation", "expire", title.id)] if ends else []
