"""The grounds on which a reminder or a revocation rests: of the scheme, fit for the class, and explained.

A ground is a code of the scheme with the fact it is tied to, `{"grounds": {code: fact}}`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

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


@guard("GAP-QH-13")
def ground_fits_class(facts: Facts, ask: Ask) -> Unmet | None:
    """Every ground named is open to the class of the designee."""
    if not (named := _named(facts, ask)):
        return None
    class_ = facts.track.class_
    wrong = [g for g in named if not g.fits(class_)]
    if not wrong:
        return None
    zh, en = f"这些情形不适用于 {class_} 类对象", f"these grounds are not open to the class {class_}"
    rules = dict.fromkeys(("GAP-QH-13", *(rule for g in wrong for rule in g.rules)))
    return replace(unmet(zh, en, [g.code for g in wrong]), rules=tuple(rules))


@guard("GAP-QH-10")
def free_ground_explained(facts: Facts, ask: Ask) -> Unmet | None:
    """A ground of the open kind has a text of the configured length; other grounds pass.

    The second approver it asks for is there in every case: nobody decides a revocation alone.
    """
    short = [g for g, fact in _named(facts, ask).items() if len(fact.strip()) < g.free_text_min]
    if not short:
        return None
    least = max(g.free_text_min for g in short)
    return unmet(
        f"“其他情形”须写明理由，至少 {least} 字",
        f"an open ground needs an explanation of at least {least} characters",
        [g.code for g in short],
    )


def _listed(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    codes = [g.code for g in facts.scheme.revocation.grounds]
    return None if value in codes else (f"应为 {'、'.join(codes)} 之一", f"must be one of {', '.join(codes)}")


def _own_revocation(facts: Facts, given: Any) -> bool:
    return facts.scheme.revocation.mode == "own"


# Which ground of the scheme a failed order gives: asked for where the office itself can revoke (QH-13-5).
ESCALATION_GROUND = Part("ground", text, "撤销情形", "ground for revocation", when=_own_revocation, check=_listed)
