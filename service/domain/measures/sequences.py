"""Steps that follow each other, each on its day: counted, and never taken in another order (HY-T09).

A value is `{"steps": {"research": "2024-03-01", "comments": "2024-03-11"}}`. Steps that the scheme does not list may
stand beside them and count for nothing (GAP-ALL-4). One left out makes the number too small; one before its turn is
no value at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from service.domain.forms import Fault, day

if TYPE_CHECKING:
    from service.schemes.values import Coded

STEPS = "steps"
_MOST = 50


def shaped(value: Any) -> bool:
    """Whether a value has the shape of steps with their days."""
    if not isinstance(value, Mapping) or set(value) != {STEPS}:
        return False
    steps = value[STEPS]
    return isinstance(steps, Mapping) and 0 < len(steps) <= _MOST and all(isinstance(v, str) for v in steps.values())


def unsound(steps: Sequence[Coded], value: Any) -> Fault | None:
    """Why this is no account of these steps: no days, or one step before the one ahead of it."""
    if not shaped(value):
        return "须逐步写明日期", "gives the day of each step"
    days = {code: on for code, on in value[STEPS].items() if code in {s.code for s in steps}}
    if wrong := next((code for code, on in value[STEPS].items() if day(on)), None):
        return f"{wrong} 的日期有误", f"gives {wrong} a day that is no date"
    taken = [s for s in steps if s.code in days]
    for before, after in pairwise(taken):
        if days[after.code] < days[before.code]:
            zh, en = f"“{after.title.zh}”先于“{before.title.zh}”", f"has {after.title.en} before {before.title.en}"
            return zh, en
    return None


def counted(steps: Sequence[Coded], value: Any) -> Any:
    """How many of these steps were taken; any other value as it is."""
    return sum(s.code in value[STEPS] for s in steps) if steps and shaped(value) else value
