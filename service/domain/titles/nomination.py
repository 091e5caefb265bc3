"""Who is nominated first for a higher title: whoever kept the title in a look-back (QH-11e).

The priority is an entry of the register of consequences and ends with the title (GAP-QH-15).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from service.domain.effects import Effect, Put
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import Form, Part, text
from service.domain.machine import guard

NOMINATION = Form(
    "nomination",
    (Part("reason", text, "未先推荐优先对象的理由", "why before those who come first", optional=True),),
    ("QH-08f", "QH-11e"),
    keep=False,
)


def open_call(facts: Facts, title: Thing) -> dict[str, Any] | None:
    """The newest call of the higher body on the file of a title that is still open."""
    calls = [f for f in title.data.get("facts", ()) if f.get("kind") == "national_call"]
    running = [c for c in calls if date.fromisoformat(c["date"]) <= facts.today <= date.fromisoformat(c["closes"])]
    return running[-1] if running else None


def _nominated(title: Thing, call: str) -> bool:
    return any(n.get("call") == call for n in title.data.get("nominations", ()))


@guard("QH-08f")
def national_call_open(facts: Facts, ask: Ask) -> Unmet | None:
    """A call of the higher body for nominations is recorded and open."""
    if open_call(facts, facts.thing):
        return None
    return unmet("没有已登记且在期限内的国家级推荐通知", "no national call is recorded and open", ["national_call"])


@guard("QH-11e", needs="first_choices", rests="/title/nomination/first_choice_after_look_back")
def first_choice_respected(facts: Facts, ask: Ask) -> Unmet | None:
    """Whoever kept the title in a look-back comes first; another is put before them only with a reason."""
    first: dict[str, Thing] = facts.more["first_choices"]
    call = open_call(facts, facts.thing)
    if not facts.scheme.title.nomination.first_choice_after_look_back or facts.thing.id in first or call is None:
        return None
    waiting = [t for t in first.values() if not _nominated(t, call["number"])]
    if not waiting or ask.form.get("reason"):
        return None
    names = [t.subject for t in waiting]
    return unmet(
        "回访保留命名者优先；先推荐其他对象须写明理由", "those who kept their title come first; give a reason", names
    )


def note_nomination(facts: Facts, ask: Ask) -> list[Effect]:
    """The nomination goes on file: to which call, and whether as a first choice."""
    call = open_call(facts, facts.thing)
    one = {
        "on": facts.today.isoformat(), "call": call["number"] if call else None,
        "first_choice": facts.thing.id in facts.more["first_choices"], "by": ask.who.person,
        **({"reason": ask.form["reason"]} if ask.form.get("reason") else {}),
    }  # fmt: skip
    return [Put(facts.thing.id, {"nominations": [*facts.thing.data.get("nominations", ()), one]})]
