"""How many a track admits, judged exactly (YL-2n, SX-06, SX-07, GAP-SX-4, GAP-YL-4, INV-11)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from service.schemes.track import Quota

ABOUT = Decimal("0.2")
"""How far "about" reaches either way where the scheme names no margin (GAP-SX-4)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A number held against a quota.

    `within`: fits. `warned`: outside what "about" means, which never blocks. `excess`: more than `max`, which
    a second person may approve with a reason. `refused`: nobody can lift it.
    """

    how: Literal["within", "warned", "excess", "refused"]
    zh: str = ""
    en: str = ""


def judge(quota: Quota | None, number: int, *, whole: bool) -> Judged:
    """Hold a number against a quota. `whole`: all are counted, so that too few can be told as well."""
    if quota is None:
        return Judged("within")
    low, high = bounds(quota)
    if number > high:
        how: Literal["warned", "excess", "refused"] = "refused"
        if quota.mode in ("about", "max"):
            how = "warned" if quota.mode == "about" else "excess"
    elif whole and number < low:
        how = "warned" if quota.mode == "about" else "refused"
    else:
        return Judged("within")
    return Judged(
        how,
        f"名额 {quota.target}（{quota.mode}），现为 {number}",
        f"the quota is {quota.target} ({quota.mode}); this makes {number}",
    )


def bounds(quota: Quota) -> tuple[Decimal, Decimal]:
    """The least and the greatest number that fit, as exact numbers: 10 with a margin of 20 % is 8 to 12."""
    target = Decimal(quota.target)
    if quota.mode == "exact":
        return target, target
    if quota.mode == "max":
        return Decimal(0), target
    margin = quota.margin if quota.margin is not None else ABOUT if quota.mode == "about" else Decimal(0)
    return target * (1 - margin), target * (1 + margin)
