"""The table of indicators: one row each, its groups in levels, its conditions in the words of `thresholds`.

Only code, kind, both titles, methods and a group are needed. The group is one column (`group`) or a column for
each level (`level1`, `level2` ...), every one with its title beside it (`level1_zh`). Cells that hold several
things divide names by `|` and conditions by `;`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from service.schemes.basis import Basis, of_cell
from service.schemes.problem import FORM, Problem, SchemeInvalid, pointer
from service.schemes.reading.table import MARK, read_table
from service.schemes.reading.thresholds import ThresholdError, parse, printed

NEEDED = ("code", "kind", "title_zh", "title_en", "methods")
OPTIONAL = (
    "offices", "statement_zh", "statement_en", "thresholds", "zero_tolerance", "evidence_since", "applicability",
    "classes", "max_points", "provisional", "notes", "group", "group_zh", "group_en",
    *(f"level{n}{said}" for n in range(1, 10) for said in ("", "_zh", "_en")),
)  # fmt: skip
_YES_NO = {"yes": True, "no": False, "": False}
_SINCE = re.compile(r"(?:(?P<set>[a-z][a-z0-9_]*):)?(?P<year>[0-9]{4})", re.ASCII)


def with_indicators(
    system: Mapping[str, Any], files: Mapping[str, bytes], scoring: object, basis: dict[str, Basis]
) -> dict[str, Any]:
    """The part `indicator_system` of a definition with the rows of its table; what rows rest on goes into `basis`.

    Raises SchemeInvalid.
    """
    ref = cast(str, system["ref"])
    if "indicators" in system:
        zh = "指标由表格给出，不应写在方案文件中"
        en = "the indicators come from the table and are not written here"
        raise SchemeInvalid(Problem("/indicator_system/indicators", zh, en, FORM))
    rows = read_table(ref, files, "/indicator_system/ref", NEEDED, OPTIONAL)
    listed = system.get("groups")
    stated = {str(g.get("id")): g for g in listed if isinstance(g, Mapping)} if isinstance(listed, list) else {}
    groups: dict[str, dict[str, Any]] = {}
    indicators = []
    for row in rows:
        where = row.where
        if said := of_cell(row[MARK], row["code"]):
            basis[pointer("indicator_system", "indicators", row["code"])] = said
        levels = _levels(where, row)
        for group in levels:
            _same_group(where, group, stated.get(group["id"]) or groups.setdefault(group["id"], group))
        indicators.append(_indicator(where, row, levels[-1]["id"], _points(scoring, row)))
    found = {} if stated or not groups else {"groups": list(groups.values())}
    return {**system, **found, "indicators": indicators}


def _indicator(where: str, row: Mapping[str, str], group: str, points: object) -> dict[str, Any]:
    if row["provisional"] not in _YES_NO:
        raise SchemeInvalid(Problem(where, "provisional 应为 yes 或 no", "provisional is yes or no", FORM))
    return {
        "code": row["code"],
        "kind": row["kind"],
        "title": {"zh": row["title_zh"], "en": row["title_en"]},
        "statement": {"zh": row["statement_zh"], "en": row["statement_en"]},
        "group": group,
        "methods": _names(row, "methods"),
        "offices": _names(row, "offices"),
        "thresholds": list(_conditions(where, row["thresholds"])),
        "zero_tolerance": list(_conditions(where, row["zero_tolerance"])),
        "evidence_since": list(_since(where, row["evidence_since"])),
        "applicability": _names(row, "applicability"),
        "classes": _names(row, "classes"),
        "max_points": points,
        "provisional": _YES_NO[row["provisional"]],
        "notes": row["notes"],
    }


def _names(row: Mapping[str, str], column: str) -> list[str]:
    return [one.strip() for one in row[column].split("|") if one.strip()]


def _points(scoring: object, row: Mapping[str, str]) -> object:
    """An empty cell means what the scheme says for every item; only indicators are items."""
    if row["max_points"]:
        return row["max_points"]
    per_item = scoring.get("per_item", 1) if isinstance(scoring, Mapping) else None
    counts = isinstance(scoring, Mapping) and scoring.get("mode") == "points" and per_item != "max_points"
    return per_item if counts and row["kind"] == "indicator" else None


def _conditions(where: str, cell: str) -> Iterator[str]:
    for written in (one.strip() for one in cell.split(";")):
        if written:
            try:
                yield printed(parse(written))
            except ThresholdError as error:
                raise SchemeInvalid(Problem(where, error.zh, error.en, "PDS-A3")) from None


def _since(where: str, cell: str) -> Iterator[dict[str, Any]]:
    for written in (one.strip() for one in cell.split("|")):
        if not written:
            continue
        if (found := _SINCE.fullmatch(written)) is None:
            zh, en = f"“{written}”不是佐证起始年份", f"{written} is no year from which evidence must exist"
            raise SchemeInvalid(Problem(where, zh, en, "PDS-A5"))
        yield {"year": int(found["year"]), "evidence": found["set"] or ""}


def _levels(where: str, row: Mapping[str, str]) -> list[dict[str, Any]]:
    """The groups of a row from the first level down, each with its parent. Raises SchemeInvalid."""
    columns = ["group"] if row["group"] else [f"level{n}" for n in range(1, 10)]
    found: list[dict[str, Any]] = []
    ended = False
    for column in columns:
        group = row[column]
        if group and ended:
            raise SchemeInvalid(
                Problem(where, f"{column} 的上级为空", f"there is no level above {column}", "GAP-ALL-1")
            )
        ended = not group
        if group:
            zh = row[f"{column}_zh"]
            title = {"zh": zh or group, "en": row[f"{column}_en"] or zh or group}
            found.append({"id": group, "title": title, "parent": found[-1]["id"] if found else None, "told": zh})
    if not found:
        raise SchemeInvalid(Problem(where, "未写明所属分组", "no group is named", "GAP-ALL-1"))
    return found


def _same_group(where: str, group: dict[str, Any], before: Mapping[str, Any]) -> None:
    """A group has one title and one place, here and in the definition. Raises SchemeInvalid."""
    title, told = before.get("title"), group.pop("told", "")
    known = title.get("zh") if isinstance(title, Mapping) else None
    if told and known != told:
        zh, en = f"分组 {group['id']} 的名称与方案不一致", f"group {group['id']} has another title in the scheme"
        raise SchemeInvalid(Problem(where, zh, en, "GAP-ALL-1"))
    if group["parent"] and before.get("parent") != group["parent"]:
        zh, en = f"分组 {group['id']} 的上级与方案不一致", f"group {group['id']} lies below another one in the scheme"
        raise SchemeInvalid(Problem(where, zh, en, "GAP-ALL-1"))
