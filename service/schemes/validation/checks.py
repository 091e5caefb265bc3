"""Checks that several parts of the validator need: nothing listed twice, no slot nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping

from service.schemes.problem import FORM, Problem, pointer
from service.schemes.values import Coded, Due
from service.schemes.vocabulary import SLOTS


def duplicates(
    path: str, what_zh: str, what_en: str, values: Iterable[Hashable], rule: str = FORM
) -> Iterator[Problem]:
    """A problem for each value that is listed more than once."""
    for value, count in Counter(values).items():
        if count > 1:
            yield Problem(path, f"{what_zh}“{value}”重复", f"{what_en} {value} is listed twice", rule)


def codes(path: str, items: Iterable[Coded]) -> Iterator[Problem]:
    """A problem for each code that is listed more than once."""
    yield from duplicates(path, "代码", "code", (one.code for one in items))


def slots(path: str, filled: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    """Each slot is known, filled, and names nobody twice."""
    for name, roles in filled.items():
        here = path + pointer(name)
        yield from slot(here, name)
        if not roles:
            yield Problem(here, f"角色位“{name}”无人承担", f"nobody fills the slot {name}", "INV-32")
        yield from duplicates(here, "角色", "role", roles)


def slot(path: str, name: str) -> Iterator[Problem]:
    """The slot is one of those of the tables."""
    if name not in SLOTS:
        yield Problem(path, f"不存在角色位“{name}”", f"there is no role slot {name}", FORM)


def stated_once(path: str, due: Due) -> Iterator[Problem]:
    """Exactly one of date, offset and pending is given."""
    if due.stated == 0:
        yield Problem(path, "既无期限，也未注明待定", "neither a date nor pending", "GAP-YL-2")
    if due.stated > 1:
        zh, en = "日期、期间与待定只能写一项", "only one of date, offset and pending may be given"
        yield Problem(path, zh, en, "GAP-YL-2")
