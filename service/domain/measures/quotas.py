"""How many a track admits, judged exactly (YL-2n, SX-06, SX-07, GAP-SX-4, GAP-YL-4, INV-11).

A quota `per_stratum` holds in each stratum by itself, such as one county of every prefecture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from service.domain.facts import Thing
    from service.schemes.track import Quota

ABOUT = Decimal("0.2")
"""How far "about" reaches either way where the scheme names no margin (GAP-SX-4)."""
ALL = ""
"""The only stratum of a quota that is not divided."""


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
    wanted = f"{quota.target}" if quota.least is None else f"{quota.least}-{quota.target}"
    return Judged(
        how,
        f"名额 {wanted}（{quota.mode}），现为 {number}",
        f"the quota is {wanted} ({quota.mode}); this makes {number}",
    )


def bounds(quota: Quota) -> tuple[Decimal, Decimal]:
    """The least and the greatest number that fit, as exact numbers: 10 with a margin of 20 % is 8 to 12."""
    target = Decimal(quota.target)
    if quota.mode == "exact":
        return target, target
    if quota.mode == "max":
        return Decimal(0), target
    if quota.least is not None:
        return Decimal(quota.least), target
    margin = quota.margin if quota.margin is not None else ABOUT if quota.mode == "about" else Decimal(0)
    return target * (1 - margin), target * (1 + margin)


def stratum(quota: Quota | None, case: Thing, under: str) -> str:
    """The stratum of a case; its region is the place next below `under`, the territory of the scheme."""
    if quota is None or not quota.per_stratum:
        return ALL

    def value(field: str) -> str:
        if field == "region":
            inner = case.region.removeprefix(under).strip("/") if f"{case.region}/".startswith(f"{under}/") else ""
            return f"{under}/{inner.partition('/')[0]}" if inner else case.region
        return case.organization if field == "organization" else str(case.data.get(field) or "-")

    return "|".join(value(field) for field in quota.per_stratum)


def by_stratum(quota: Quota | None, cases: Iterable[Thing], under: str) -> dict[str, list[Thing]]:
    """The cases of each stratum, in the order in which they come; one that is not divided is never empty."""
    found: dict[str, list[Thing]] = {} if quota and quota.per_stratum else {ALL: []}
    for case in cases:
        found.setdefault(stratum(quota, case, under), []).append(case)
    return found


def judge_each(
    quota: Quota | None, counted: Sequence[Thing], eligible: Iterable[Thing], under: str, *, whole: bool
) -> dict[str, Judged]:
    """Each stratum by itself: those counted of all who could have been. Where nobody stands nothing is asked."""
    numbers = Counter(stratum(quota, case, under) for case in counted)
    strata = by_stratum(quota, (*counted, *eligible), under)
    return {name: judge(quota, numbers[name], whole=whole) for name in sorted(strata)}


def beyond(judged: Mapping[str, Judged], *hows: str) -> dict[str, Judged]:
    """The strata about which there is something of that kind to say."""
    return {name: found for name, found in judged.items() if found.how in hows}


def said(judged: Mapping[str, Judged]) -> tuple[str, str]:
    """The same in words, with the stratum where there is more than one."""
    zh = "；".join(f"{name}：{j.zh}" if name else j.zh for name, j in judged.items())
    return zh, "; ".join(f"{name}: {j.en}" if name else j.en for name, j in judged.items())
