"""An order that anybody can work out again: by exact values, then by the tie rule, last by a draw (INV-28).

How it is ordered:

1. Entries are put in order by the fields of `order`, then by those of the tie rule, each `field asc` or `field desc`.
2. Where the tie rule ends in `draw`, entries that are still equal are put in the order of sha256(seed + "|" + ID),
   as in `draws`. What an entry draws depends on the seed and its own ID alone: who else is ranked changes nothing.
3. Without a draw equal entries share a place, and the places after them stay free (1, 1, 3).
4. An entry that lacks a value which the rule reads has no place; it is named with what it lacks.

The record holds everything that entered. Any change to these steps is a new ALGORITHM.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from itertools import groupby
from typing import Any

from service.domain.measures import scores

ALGORITHM = "shifan-ranking/1"
DRAW = "draw"


class RuleError(ValueError):
    """An order that does not say by which field and in which direction."""


@dataclass(frozen=True, slots=True)
class Key:
    """One field to order by; `down` puts the greatest first."""

    field: str
    down: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What is ranked, with an exact value for each field; None is a value that is not there (yet)."""

    id: str
    values: Mapping[str, Decimal | Fraction | None]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The result: everybody ranked from the first to the last, and how each place came about.

    `drawn` are the groups whose order only the draw decided, `tied` those that nothing told apart.
    """

    order: tuple[str, ...]
    places: Mapping[str, int]
    drawn: tuple[tuple[str, ...], ...]
    tied: tuple[tuple[str, ...], ...]
    missing: Mapping[str, tuple[str, ...]]
    record: Mapping[str, Any]


def key_of(said: str) -> Key:
    """`score desc` as a key. Anything else says nothing that could be carried out."""
    match said.split():
        case [field, "asc" | "desc" as way] if field != DRAW:
            return Key(field, way == "desc")
    raise RuleError(f"{said!r} is not `field asc` or `field desc`")


def keys_of(order: Sequence[str], tie_rule: Sequence[str]) -> tuple[Key, ...]:
    """Everything that is compared before anything is drawn. A draw decides all, so it can only come last."""
    fields = [*order, *(tie_rule[:-1] if tie_rule and tie_rule[-1] == DRAW else tie_rule)]
    return tuple(key_of(said) for said in fields)


def rank(entries: Iterable[Entry], order: Sequence[str], tie_rule: Sequence[str], seed: str) -> Ranking:
    """Put the entries in order and keep the record of it."""
    keys = keys_of(order, tie_rule)
    given = sorted(entries, key=lambda one: one.id)
    missing = {one.id: lacks for one in given if (lacks := _lacking(one, keys))}
    full = [one for one in given if one.id not in missing]
    draws = bool(tie_rule) and tie_rule[-1] == DRAW

    def compared(one: Entry) -> tuple[Fraction, ...]:
        return tuple(_worth(one, key) for key in keys)

    ordered: list[str] = []
    places: dict[str, int] = {}
    equal: list[tuple[str, ...]] = []
    for _, group in groupby(sorted(full, key=compared), key=compared):
        ids = [one.id for one in group]
        ids = sorted(ids, key=lambda one: drawn_by(seed, one)) if draws else ids
        first = len(ordered) + 1
        places |= {one: first + (n if draws else 0) for n, one in enumerate(ids)}
        ordered += ids
        if len(ids) > 1:
            equal.append(tuple(ids))
    record = {
        "algorithm": ALGORITHM,
        "seed": seed,
        "order": list(order),
        "tie_rule": list(tie_rule),
        "entries": {one.id: {k.field: _text(one.values.get(k.field)) for k in keys} for one in given},
        "result": list(ordered),
        "places": dict(places),
        "drawn": [list(ids) for ids in equal] if draws else [],
        "tied": [] if draws else [list(ids) for ids in equal],
        "missing": {one: list(lacks) for one, lacks in missing.items()},
    }
    groups = tuple(equal)
    return Ranking(tuple(ordered), places, groups if draws else (), () if draws else groups, missing, record)


def again(record: Mapping[str, Any]) -> Ranking:
    """Rank once more from a stored record; that of an honest one comes out equal to itself."""
    entries = [
        Entry(one, {field: None if said is None else scores.value(said) for field, said in values.items()})
        for one, values in record["entries"].items()
    ]
    return rank(entries, record["order"], record["tie_rule"], record["seed"])


def drawn_by(seed: str, one: str) -> str:
    """What an entry draws: nothing but the seed and its own ID enters."""
    return sha256(f"{seed}|{one}".encode()).hexdigest()


def _lacking(one: Entry, keys: Sequence[Key]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key.field for key in keys if one.values.get(key.field) is None))


def _worth(one: Entry, key: Key) -> Fraction:
    value = Fraction(one.values[key.field] or 0)
    return -value if key.down else value


def _text(value: Decimal | Fraction | None) -> str | None:
    return None if value is None else scores.text(Fraction(value))
