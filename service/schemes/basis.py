"""On what each value of a scheme rests: the document, a reading of its words, or our choice, each with its article.

Written behind the value in YAML, or as `basis` in JSON:

    due: "01-31"                  # [D] QH-07d
    attainment_min: {share: 0.9, assessment: verified}   # [D] QH-08a; verified: [C] GAP-QH-6
    days: 5                       # [R] 第十一条, "five working days"

A mark holds for what lies below it unless something there has its own. An article is a rule ID that the service
knows (`rules.csv`), or an article of the scheme's own document in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from service.schemes.problem import FORM, Problem, pointer
from service.schemes.reading.pointers import OWN_NAMES, find, is_list, members, parents
from service.schemes.rules import rule_ids
from service.schemes.values import Part

if TYPE_CHECKING:
    from service.schemes.model import Scheme

MARKS: dict[str, tuple[str, str]] = {
    "D": ("文件规定", "the document says so"),
    "R": ("对文件的理解", "our reading of the document"),
    "C": ("我方选择", "our choice"),
}
_SEGMENT = re.compile(r"\s*(?:(?P<name>[^:：\[\]]+?)\s*[:：]\s*)?\[(?P<mark>[A-Za-z]{1,2})\](?P<rest>.*)", re.DOTALL)
_CELL = re.compile(r"\s*\[?(?P<mark>[A-Za-z]{1,2})\]?(?=$|[\s,，、:：])(?P<rest>.*)", re.DOTALL)
_RULE = re.compile(r"(?<![A-Za-z0-9-])(?P<head>[A-Z]{2,}(?:-[A-Za-z0-9]+)+)(?:\.\.(?P<end>[A-Za-z0-9-]+))?")
_NUMERAL = r"[一二三四五六七八九十百〇零\d]+"
_OWN = re.compile(
    rf"第{_NUMERAL}(?:章|节|条|部分|项)(?:第{_NUMERAL}款)?(?:第?[（(]{_NUMERAL}[)）]项?)?|附件(?:{_NUMERAL})?"
    r"|(?:Art\.|Article|Annex|§)\s?\d+[a-z]?(?:\s¶\d+)?(?:\(\d+\))?"
    r"|(?<!\w)(?:[一二三四五六七八九十]+(?:[（(][一二三四五六七八九十\d]+[)）])?|[（(][一二三四五六七八九十]+[)）])(?!\w)"
)
_MOST_OF_A_RANGE = 200
TABLES = frozenset({"/indicator_system/indicators", "/action_plan/tasks/rows"})
"""The rows of a table rest on what is said of the table, unless its column `mark` says more."""


class Basis(Part):
    """On what a value rests."""

    mark: str
    """D, R or C; the validator names another one."""
    articles: tuple[str, ...] = ()
    note: str = ""


def of_comment(text: str) -> list[tuple[str, Basis]]:
    """What a comment says: the basis of the line itself under "", that of a part of the line under its name.

    A comment without a mark says nothing.
    """
    found: list[tuple[str, Basis]] = []
    for segment in re.split(r"[;；]", text):
        said = _SEGMENT.fullmatch(segment)
        if said and (not found or said["name"]):
            found.append((said["name"] or "", _basis(said["mark"], said["rest"])))
        elif found:
            name, before = found[-1]
            found[-1] = name, _basis(before.mark, f"{before.note}; {segment.strip()}")
    return found


def of_cell(text: str, code: str) -> Basis | None:
    """What the cell `mark` of a table says: `D`, `[D]` or `D QH-11a`. None for an empty one.

    A row whose code is that of a rule rests on that rule, unless it says otherwise.
    """
    said = _CELL.fullmatch(text)
    if said is None:
        return Basis(mark=text.strip()) if text.strip() else None
    basis = _basis(said["mark"], said["rest"])
    return basis.model_copy(update={"articles": (code,)}) if not basis.articles and code in rule_ids() else basis


def _basis(mark: str, rest: str) -> Basis:
    return Basis(mark=mark, articles=tuple(dict.fromkeys(_cited(rest))), note=rest.strip())


@cache
def _families() -> frozenset[str]:
    """QH, SX, GAP and so on: what begins like this means to be a rule."""
    return frozenset(one.partition("-")[0] for one in rule_ids())


def _cited(text: str) -> Iterator[str]:
    leading = True
    for match in sorted([*_RULE.finditer(text), *_OWN.finditer(text)], key=lambda one: one.start()):
        between = text[: match.start()].strip() if leading else ""
        leading = leading and between in ("", "for", "见")
        if match.re is _OWN:
            yield match[0]
        elif leading or match["head"].partition("-")[0] in _families():
            yield from _range(match["head"], match["end"])
        leading = False


def _range(first: str, last: str | None) -> Iterator[str]:
    """`QH-12-1..6` and `PDS-I01..PDS-I86` name each rule between."""
    yield first
    numbers = [re.search(r"\d+$", one or "") for one in (first, last)]
    start, end = numbers
    if start and end and int(start[0]) < int(end[0]) <= int(start[0]) + _MOST_OF_A_RANGE:
        head = first[: start.start()]
        yield from (f"{head}{number:0{len(start[0])}}" for number in range(int(start[0]) + 1, int(end[0]) + 1))


def is_article(text: str) -> bool:
    """Whether a text names a rule that the service knows, or an article of the scheme's own document."""
    return text in rule_ids() or _OWN.fullmatch(text) is not None


def basis_of(scheme: Scheme, path: str) -> tuple[str, Basis] | None:
    """The basis nearest to a pointer of either kind, with the pointer that it is written for."""
    found = find(scheme.model_dump(mode="json", by_alias=True), path)
    stable = found[0] if found else path
    return next(((at, scheme.basis[at]) for at in parents(stable) if at in scheme.basis), None)


def basis_problems(scheme: Scheme, definition: Mapping[str, Any]) -> Iterator[Problem]:
    """Marks nobody knows, a document without its article, an article there is none of, a basis of nothing."""
    items = {one.code for one in scheme.indicator_system.indicators}
    for path, basis in scheme.basis.items():
        found = find(definition, path)
        here = path if found else pointer("basis", path)
        if found is None:
            yield Problem(here, f"依据所指的 {path} 不存在", f"the basis is of {path}, which is not there", FORM)
        elif found[0] != path:
            zh, en = f"依据须写在 {found[0]}", f"the basis must be written for {found[0]}: places may change"
            yield Problem(pointer("basis", path), zh, en, FORM)
        if basis.mark not in MARKS:
            yield Problem(here, f"不认识的标记“{basis.mark}”，应为 D、R 或 C", f"{basis.mark} is none of D, R, C", FORM)
        elif basis.mark != "C" and not basis.articles and path != "/source":  # that is the document itself
            yield Problem(here, "标为文件规定或理解，却未注明条款", f"marked {basis.mark} without an article", FORM)
        for article in basis.articles:
            if not is_article(article) and article not in items:
                yield Problem(here, f"不存在条款“{article}”", f"there is no rule {article}", FORM)


def unmarked(written: Mapping[str, Any], basis: Mapping[str, Any]) -> list[Problem]:
    """Warnings: what is written without a mark. Where nothing of a part is marked, the part is named once."""
    rest = {name: value for name, value in written.items() if name != "basis"}
    bare = [one for name, value in rest.items() for one in _bare(pointer(name), value, frozenset(basis))]
    zh, en = "未标明依据（[D]、[R] 或 [C]）", "no mark says on what it rests ([D], [R] or [C])"
    return [Problem(path, zh, en, FORM, blocks=False) for path in bare]


def _bare(path: str, value: Any, marked: frozenset[str]) -> list[str]:
    if path in marked or path in TABLES or value is None:
        return []
    if not any(one.startswith(f"{path}/") for one in marked):
        return [path]
    below = members(value) if isinstance(value, Mapping) or is_list(value) else ()
    inside = [(step, one) for step, one in below if step not in OWN_NAMES]
    return [found for step, one in inside for found in _bare(path + pointer(step), one, marked)]
