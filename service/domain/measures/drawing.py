"""What every draw has in common: who draws chooses no seed, and a draw is void only by two persons (INV-29)."""

from __future__ import annotations

from typing import Any

from service.domain.effects import Effect, Put
from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.forms import Fault, Part, text
from service.domain.machine import guard


def seed_is_published(facts: Facts, given: Any) -> bool:
    """Whether a public source was named when the population was fixed."""
    return bool((facts.thing.data.get("frame") or {}).get("source"))


def _not_chosen(value: str, facts: Facts, ask: Ask) -> Fault | None:
    """Population and source are fixed before the seed is known."""
    if seed_is_published(facts, {}):
        return None
    return "种子由系统生成；使用公开种子须先固定名册", "the service makes it; to use a public one, fix the draw first"


SEED = Part("seed", text, "公开的种子", "the published seed", when=seed_is_published, check=_not_chosen)
SEED_SOURCE = Part("seed_source", text, "种子的公开来源及日期", "where and when the seed will be published")


def already_fixed(facts: Facts) -> Unmet | None:
    """A population is fixed once: whoever could do it again after the seed came out could steer."""
    if (fixed := facts.thing.data.get("frame")) is None:
        return None
    return unmet("名册已固定，须由两人作废后重定", "it is fixed; two persons may void it", [fixed["hash"]])


@guard("INV-29")
def draw_on_record(facts: Facts, ask: Ask) -> Unmet | None:
    """There is a draw, or a fixed population, that could be void."""
    if facts.thing.data.get("draw") or facts.thing.data.get("frame"):
        return None
    return unmet("尚未抽取，也未固定名册", "nothing is drawn or fixed yet", ["draw"])


def keep_void_draw(facts: Facts, ask: Ask) -> list[Effect]:
    """A draw that was made void stays on record with its reason; a new seed makes another one (INV-29)."""
    data = facts.thing.data
    note = {**ask.form, "by": ask.who.person, "on": facts.today.isoformat()}
    void = {**(data.get("draw") or data["frame"]), "void": note}
    kept = [*(data.get("void_draws") or ()), void]
    return [Put(facts.thing.id, {"draw": None, "frame": None, "sample": None, "void_draws": kept})]
