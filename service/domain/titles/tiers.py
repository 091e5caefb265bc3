"""The ladder of a programme with several grades: a title climbs one rung at a time, by a decision each time (HY-T01)."""

from __future__ import annotations

from typing import Any

from service.domain.choices import listed
from service.domain.effects import Effect, Put
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import Choice, Fault, Form, Part, day, text
from service.domain.machine import guard

LAPSED = "tier_lapsed"
"""The kind of fact that shows a tier to be held no longer."""


def rungs_of(facts: Facts) -> list[str]:
    """The ladder of the track of the thing, from the lowest tier to the highest."""
    return facts.scheme.ladder(facts.thing.track)


def next_tier(rungs: list[str], held: str | None) -> str | None:
    """The tier after the one held: the first for nobody's, None above the highest and for one nobody knows."""
    at = rungs.index(held) + 1 if held in rungs else 0 if held is None else len(rungs)
    return rungs[at] if at < len(rungs) else None


def has_ladder(facts: Facts, given: Any) -> bool:
    """Whether there is a tier to choose."""
    return len(rungs_of(facts)) > 1


def known_tier(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    rungs = rungs_of(facts)
    return None if value in rungs else (f"应为 {'、'.join(rungs)} 之一", f"must be one of {', '.join(rungs)}")


def tiers_told(facts: Facts) -> list[Choice]:
    return [one for one in listed("tiers")(facts) if one[0] in rungs_of(facts)]


TIER = Part("tier", text, "层级", "tier", when=has_ladder, check=known_tier, choices=tiers_told, rests="/tiers")
RAISED = Form(
    "tier_raised",
    (
        Part("tier", text, "层级", "tier", check=known_tier, choices=tiers_told, rests="/tiers"),
        Part("date", day, "决定日期", "date of the decision"),
        Part("number", text, "文号", "document number", optional=True),
        Part("case", text, "申报", "case that was named", optional=True),
    ),
    ("HY-T01", "HY-T02"),
    keep=False,
)


def sought(facts: Facts, ask: Ask) -> str | None:
    """The tier that a case asks for; of a single one nobody has to speak."""
    given = ask.form.get("tier") or facts.thing.data.get("tier")
    rungs = rungs_of(facts)
    return str(given) if given else (None if len(rungs) > 1 else rungs[0])


def highest(rungs: list[str], titles: list[Thing]) -> str | None:
    """The highest tier among titles that are held."""
    held = [str(t.data.get("tier") or rungs[0]) for t in titles]
    return max((t for t in held if t in rungs), key=rungs.index, default=None)


@guard("HY-T01", "HY-T02", rests="/tiers")
def tier_next_on_ladder(facts: Facts, ask: Ask) -> Unmet | None:
    """A recorded decision grants the next tier of the same ladder."""
    wanted = next_tier(rungs_of(facts), facts.thing.data.get("tier"))
    if wanted is not None and ask.form.get("tier") == wanted:
        return None
    return unmet(f"下一层级为 {wanted or '无'}", f"the next tier is {wanted or 'none'}", [wanted or "-"])


@guard("HY-T01", rests="/tiers")
def tier_not_held(facts: Facts, ask: Ask) -> Unmet | None:
    """A recorded fact shows that the tier is no longer held, and there is one below it."""
    title = facts.thing
    held, since = title.data.get("tier"), str(title.data.get("tier_since") or "")
    if held in (None, rungs_of(facts)[0]):
        said = "已是最低层级，须按撤销、退出办理", "it is the lowest tier: revoke the title or let it exit"
        return unmet(*said, [held or "-"])
    told = [f for f in title.data.get("facts", ()) if f.get("kind") == LAPSED and f.get("tier") == held]
    if any(str(f["date"]) >= since for f in told):
        return None
    return unmet(f"须先登记不再保持 {held} 的情况", f"record first that {held} is no longer held", [LAPSED])


def raise_it(facts: Facts, ask: Ask) -> list[Effect]:
    """The title stands a rung higher; every rung stays on record."""
    form = ask.form
    return [_stands(facts.thing, str(form["tier"]), str(form["date"]), form.get("number"))]


def lower_it(facts: Facts, ask: Ask) -> list[Effect]:
    """The title falls by one rung."""
    rungs = rungs_of(facts)
    below = rungs[rungs.index(facts.thing.data["tier"]) - 1]
    return [_stands(facts.thing, below, facts.today.isoformat(), None)]


def _stands(title: Thing, tier: str, since: str, number: Any) -> Put:
    step = {"tier": tier, "on": since, "number": number}
    return Put(title.id, {"tier": tier, "tier_since": since, "tiers": [*title.data.get("tiers", ()), step]})
