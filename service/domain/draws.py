"""A draw that anybody can repeat: the same population, seed and rules always give the same result (INV-29).

How it is drawn, in each stratum by itself (GAP-QH-8):

1. Members are put in the order of sha256(seed + "|" + ID), read as hexadecimal text.
2. The usual size is the share of the stratum, a part of one counting as one, and not less than the minimum.
3. Where all must be drawn within N rounds, nobody waits longer: whoever has been passed over N - 1 times is
   drawn now, even beyond the usual size. If the usual size could no longer reach everybody in the rounds
   left, those passed over most often come first; while it could, chance alone decides.

The record holds everything that entered, so that `result` can be worked out again years later. Any change to
these steps is a new ALGORITHM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import ceil
from typing import Any

ALGORITHM = "shifan-draw/1"


@dataclass(frozen=True, slots=True)
class Rule:
    """How much is drawn: a share of each stratum (None: all), the least number, the rounds that reach all."""

    share: Decimal | None
    least: int = 0
    within: int | None = None

    def size(self, members: int) -> int:
        """The usual size for a stratum, exactly: 20 % of 11 is 2.2 and so 3."""
        if self.share is None:
            return members
        return min(members, max(ceil(Fraction(self.share) * members), self.least))


def draw(seed: str, strata: Mapping[str, str], passed_over: Mapping[str, int], rule: Rule) -> dict[str, Any]:
    """The whole record of a draw, from ID -> stratum and ID -> rounds in a row that passed it over."""
    members: dict[str, list[str]] = {}
    for one in sorted(strata):
        members.setdefault(strata[one], []).append(one)
    waited = {one: passed_over.get(one, 0) for one in sorted(strata)}
    result = {name: _drawn(seed, ids, waited, rule) for name, ids in sorted(members.items())}
    return {
        "algorithm": ALGORITHM,
        "seed": seed,
        "share": None if rule.share is None else format(rule.share, "f"),
        "least": rule.least,
        "within": rule.within,
        "strata": dict(sorted(members.items())),
        "passed_over": waited,
        "result": result,
        "exempt": sorted(name for name, ids in members.items() if len(ids) < rule.least),
    }


def again(record: Mapping[str, Any]) -> dict[str, Any]:
    """Draw once more from a stored record; an honest record comes out equal to itself."""
    share = record["share"]
    rule = Rule(None if share is None else Decimal(share), record["least"], record["within"])
    strata = {one: name for name, ids in record["strata"].items() for one in ids}
    return draw(record["seed"], strata, record["passed_over"], rule)


def chosen(record: Mapping[str, Any]) -> list[str]:
    """Everybody drawn, stratum by stratum in the order of the draw."""
    return [one for ids in record["result"].values() for one in ids]


def times_passed_over(one: str, earlier: Sequence[Mapping[str, Any]]) -> int:
    """How many rounds in a row, newest first, could have drawn this one and did not."""
    times = 0
    for record in earlier:
        if one in chosen(record):
            return times
        times += one in record["passed_over"]
    return times


def _drawn(seed: str, ids: list[str], waited: Mapping[str, int], rule: Rule) -> list[str]:
    size = rule.size(len(ids))
    by_chance = sorted(ids, key=lambda one: sha256(f"{seed}|{one}".encode()).hexdigest())
    if rule.within is None:
        return by_chance[:size]
    last_chance = sum(waited[one] >= rule.within - 1 for one in ids)
    if last_chance or _out_of_reach(ids, waited, rule.within, size):
        by_chance.sort(key=lambda one: -waited[one])  # stable: chance decides among those who waited as long
    return by_chance[: max(size, last_chance)]


def _out_of_reach(ids: list[str], waited: Mapping[str, int], within: int, size: int) -> bool:
    """Whether, left to chance, the rounds after this one might not reach all who have waited so long."""
    return any(
        sum(waited[one] >= so_long for one in ids) > size * (within - 1 - so_long)
        for so_long in {waited[one] for one in ids}
    )
