"""A draw that anybody can repeat: the same population, seed and rules always give the same result (INV-29).

How it is drawn (GAP-QH-8):

1. Population, strata and rule are fixed, and the hash over them. The seed comes after: the service makes it at
   that moment, or a public source that was named with the population publishes it. Who draws chooses neither.
2. In each stratum members are put in the order of sha256(seed + "|" + ID), read as hexadecimal text.
3. The usual size is the share of the stratum, a part of one counting as one, and not less than the minimum.
   Where the strata have weights, the number to be drawn is divided by them instead: whole parts first, what is
   left over to the largest remainders, of equal ones to the first name.
4. Where all must be drawn within N rounds, nobody waits longer: whoever has been passed over N - 1 times is
   drawn now, even beyond the usual size. If the usual size could no longer reach everybody in the rounds
   left, those passed over most often come first; while it could, chance alone decides.

The record holds everything that entered, so that `again` can work it out years later. Any change to these steps
is a new ALGORITHM.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import ceil
from typing import Any

from service.domain.measures.thresholds import exact

ALGORITHM = "shifan-draw/2"
STORED = "stored"
"""The seed rule of a scheme by which the service makes the seed; any other names a public source."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How much is drawn: a share of each stratum (None: all), or a number divided by the weights of the strata.

    `least` is the least number of a stratum, `within` the rounds that reach all.
    """

    share: Decimal | None
    least: int = 0
    within: int | None = None
    number: int = 0
    weights: Mapping[str, Decimal] = field(default_factory=dict)

    def size(self, members: int) -> int:
        """The usual size for a stratum, exactly: 20 % of 11 is 2.2 and so 3."""
        if self.share is None:
            return members
        return min(members, max(ceil(Fraction(self.share) * members), self.least))

    def sizes(self, members: Mapping[str, int]) -> dict[str, int]:
        """The usual size of each stratum."""
        if not self.weights:
            return {name: self.size(count) for name, count in members.items()}
        parts = _divided(self.number, {name: Fraction(self.weights.get(name, 0)) for name in members})
        return {name: min(count, max(parts[name], self.least)) for name, count in members.items()}


def _divided(number: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """A number in whole parts by weight: none is a whole one away from its exact part, and nothing is lost."""
    together = sum(weights.values(), Fraction(0)) or Fraction(1)
    exact = {name: number * weight / together for name, weight in weights.items()}
    parts = {name: part.numerator // part.denominator for name, part in exact.items()}
    by_rest = sorted((name for name in exact if exact[name] > parts[name]), key=lambda n: (parts[n] - exact[n], n))
    for name in by_rest[: number - sum(parts.values())]:
        parts[name] += 1
    return parts


def frame(strata: Mapping[str, str], passed_over: Mapping[str, int], rule: Rule, source: str = "") -> dict[str, Any]:
    """What is fixed before there is a seed: ID -> stratum, ID -> rounds that passed it over, rule, and their hash.

    `source` names where the seed will be published; without one the service makes it.
    """
    members: dict[str, list[str]] = {}
    for one in sorted(strata):
        members.setdefault(strata[one], []).append(one)
    fixed = {
        "algorithm": ALGORITHM,
        "source": source,
        "share": None if rule.share is None else format(rule.share, "f"),
        "least": rule.least,
        "within": rule.within,
        "number": rule.number,
        "weights": {name: format(weight, "f") for name, weight in sorted(rule.weights.items())},
        "strata": dict(sorted(members.items())),
        "passed_over": {one: passed_over.get(one, 0) for one in sorted(strata)},
        "exempt": sorted(name for name, ids in members.items() if len(ids) < rule.least),
    }
    return {**fixed, "hash": _hash(fixed)}


def _hash(fixed: Mapping[str, Any]) -> str:
    """SHA-256, in hex, over the canonical JSON of what was fixed."""
    plain = json.dumps(dict(fixed), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def drawn(fixed: Mapping[str, Any], seed: str) -> dict[str, Any]:
    """The whole record of a draw: what was fixed, the seed, and the result by stratum in the order of the draw."""
    rule = _rule(fixed)
    sizes = rule.sizes({name: len(ids) for name, ids in fixed["strata"].items()})
    waited = fixed["passed_over"]
    result = {name: _drawn(seed, ids, waited, rule, sizes[name]) for name, ids in fixed["strata"].items()}
    return {**fixed, "seed": seed, "result": result}


def draw(
    seed: str, strata: Mapping[str, str], passed_over: Mapping[str, int], rule: Rule, source: str = ""
) -> dict[str, Any]:
    """The record of a draw whose population is fixed in the same moment."""
    return drawn(frame(strata, passed_over, rule, source), seed)


def _rule(fixed: Mapping[str, Any]) -> Rule:
    share = fixed["share"]
    weights = {name: _number(weight) for name, weight in fixed["weights"].items()}
    return Rule(None if share is None else _number(share), fixed["least"], fixed["within"], fixed["number"], weights)


def _number(said: Any) -> Decimal:
    """A number of a record. Whoever checks one that others have sent does not choke on 1e999999999."""
    if exact(said) is None:
        raise ValueError(said)
    return Decimal(str(said))


def again(record: Mapping[str, Any]) -> dict[str, Any]:
    """Draw once more from a stored record; an honest record comes out equal to itself."""
    strata = {one: name for name, ids in record["strata"].items() for one in ids}
    return draw(record["seed"], strata, record["passed_over"], _rule(record), record["source"])


def differences(record: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Where a record is not what its own population, seed and rule lead to: place, what it says, what comes out."""
    if record.get("algorithm") != ALGORITHM:
        return [("algorithm", record.get("algorithm"), ALGORITHM)]
    try:
        found = again(record)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        return [("record", f"incomplete or malformed: {error!r}", None)]
    told = [(name, record.get(name), value) for name, value in found.items() if name != "result"]
    by_stratum = record.get("result")
    said: Mapping[str, Any] = by_stratum if isinstance(by_stratum, Mapping) else {}
    names = list(dict.fromkeys([*found["result"], *said]))
    told += [(f"result/{name}", said.get(name), found["result"].get(name)) for name in names]
    return [(place, before, after) for place, before, after in told if before != after]


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


def _drawn(seed: str, ids: list[str], waited: Mapping[str, int], rule: Rule, size: int) -> list[str]:
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
