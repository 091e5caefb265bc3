"""The grounds on which a reminder or a revocation rests: of the scheme, fit for the class, and explained.

A ground is a code of the scheme with the fact it is tied to, `{"grounds": {code: fact}}`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from service.domain.choices import listed
from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.forms import Fault, Part, text
from service.domain.machine import guard

if TYPE_CHECKING:
    from service.schemes.values import Ground


def _of_the_scheme(facts: Facts) -> dict[str, Ground]:
    part = facts.scheme.reminder if facts.thing.machine == "reminder" else facts.scheme.revocation
    return {g.code: g for g in part.grounds}


def _named(facts: Facts, ask: Ask) -> dict[Ground, str]:
    """The grounds of the call, else those of the draft; what the form refuses is left out."""
    given = ask.form.get("grounds") or facts.thing.data.get("grounds")
    known = _of_the_scheme(facts)
    if not isinstance(given, dict):
        return {}
    return {known[code]: fact for code, fact in given.items() if code in known and isinstance(fact, str)}


@guard("GAP-QH-13", rests="/revocation/grounds")
def ground_fits_class(facts: Facts, ask: Ask) -> Unmet | None:
    """Every ground named is open to the class of the designee."""
    if not (named := _named(facts, ask)):
        return None
    class_ = facts.track.class_
    wrong = [g for g in named if not g.fits(class_)]
    if not wrong:
        return None
    zh, en = f"这些情形不适用于 {class_} 类对象", f"these grounds are not open to the class {class_}"
    return _citing(wrong, unmet(zh, en, [g.code for g in wrong]), "GAP-QH-13")


def _citing(grounds: list[Ground], said: Unmet, rule: str) -> Unmet:
    """What is unmet, with the article of each ground beside the rule of the guard."""
    return replace(said, rules=tuple(dict.fromkeys((rule, *(article for g in grounds for article in g.rules)))))


@guard("GAP-QH-10")
def free_ground_explained(facts: Facts, ask: Ask) -> Unmet | None:
    """A ground of the open kind has a text of the configured length; other grounds pass.

    The second approver it asks for is there in every case: nobody decides a revocation alone.
    """
    short = [g for g, fact in _named(facts, ask).items() if len(fact.strip()) < g.free_text_min]
    if not short:
        return None
    least = max(g.free_text_min for g in short)
    zh, en = (
        f"“其他情形”须写明理由，至少 {least} 字",
        f"an open ground needs an explanation of at least {least} characters",
    )
    return _citing(short, unmet(zh, en, [g.code for g in short]), "GAP-QH-10")


@guard("INV-10")
def ground_on_record(facts: Facts, ask: Ask) -> Unmet | None:
    """What a ground itself speaks of stands on file: the look-back that the title failed, the reminder it was under."""
    visits = facts.of("look_back")
    failed = any(v.data.get("designation") == facts.thing.parent and v.data.get("result") == "failed" for v in visits)
    ordered = any(r.on("issue_reminder") for r in facts.of("reminder", parent=facts.thing.parent))
    there = {"look_back": failed, "reminder": ordered}
    bare = [g for g in _named(facts, ask) if g.proved_by and not there[g.proved_by]]
    if not bare:
        return None
    zh, en = (
        "卷宗中没有该情形所依据的回访结果或提醒",
        "the look-back or reminder that the ground speaks of is not on file",
    )
    return _citing(bare, unmet(zh, en, [f"{g.code}: {g.proved_by}" for g in bare]), "INV-10")


def _listed(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    codes = [g.code for g in facts.scheme.revocation.grounds]
    return None if value in codes else (f"应为 {'、'.join(codes)} 之一", f"must be one of {', '.join(codes)}")


def _own_revocation(facts: Facts, given: Any) -> bool:
    return facts.scheme.revocation.mode == "own"


# Which ground of the scheme a failed order gives: asked for where the office itself can revoke (QH-13-5).
ESCALATION_GROUND = Part(
    "ground",
    text,
    "撤销情形",
    "ground for revocation",
    when=_own_revocation,
    check=_listed,
    choices=listed("revocation.grounds"),
    rests="/revocation/grounds",
)
