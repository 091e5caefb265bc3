"""The table of tasks: one row for each, with aligned `;` lists where a task has several metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.schemes.basis import Basis, of_cell
from service.schemes.problem import FORM, Problem, SchemeInvalid, pointer
from service.schemes.reading.table import MARK, Row, read_table

COLUMNS = ("number", "action", "title_zh", "statement_en")
ALIGNED = ("metric", "operator", "target", "unit", "period", "deadline")
"""Columns that hold one entry for each metric, or nothing at all."""
OPTIONAL = (*ALIGNED, "title_en", "statement_zh", "attestation", "occurrence_due", "basis", "note")


def with_tasks(plan: Mapping[str, Any], files: Mapping[str, bytes], basis: dict[str, Basis]) -> dict[str, Any]:
    """The plan of a definition with the rows of its table; `basis` gains what they rest on. Raises SchemeInvalid."""
    tasks = plan.get("tasks")
    ref = tasks.get("ref") if isinstance(tasks, Mapping) else None
    if not isinstance(tasks, Mapping) or not isinstance(ref, str):
        return dict(plan)  # the schema says what is missing
    if "rows" in tasks:
        zh, en = "任务由表格给出，不应写在方案文件中", "the tasks come from the table and are not written here"
        raise SchemeInvalid(Problem("/action_plan/tasks/rows", zh, en, FORM))
    rows = read_table(ref, files, "/action_plan/tasks/ref", COLUMNS, OPTIONAL)
    for row in rows:
        if said := of_cell(row[MARK], ""):
            basis[pointer("action_plan", "tasks", "rows", f"number_{row['number']}")] = said
    return {**plan, "tasks": {**tasks, "rows": [_task(row) for row in rows]}}


def _task(row: Row) -> dict[str, Any]:
    attested = row["attestation"] or None
    return {
        "number": row["number"],
        "action": row["action"],
        "title": {"zh": row["title_zh"], "en": row["title_en"] or row["statement_en"]},
        "statement": _statement(row),
        "metrics": _metrics(row),
        "attestation": attested,
        "period": row["period"] if attested and not row["metric"] else None,
        "occurrence_due": row["occurrence_due"] or None,
        "basis": row["basis"] or None,
        "note": row["note"],
    }


def _statement(row: Row) -> dict[str, str] | None:
    """In full, where the table has more to say than the title."""
    if not row["statement_zh"] and not row["title_en"]:
        return None
    return {"zh": row["statement_zh"] or row["title_zh"], "en": row["statement_en"]}


def _metrics(row: Row) -> list[dict[str, str]]:
    columns = {name: [cell.strip() for cell in row[name].split(";")] for name in ALIGNED if row[name]}
    named = columns.get("metric", [])
    if not named:
        return []
    for name, cells in columns.items():
        if len(cells) != len(named):
            zh = f"{name} 有 {len(cells)} 项，与 {len(named)} 个指标不对应"
            en = f"{name} has {len(cells)} entries for {len(named)} metrics"
            raise SchemeInvalid(Problem(row.where, zh, en, "GAP-HY-8"))
    return [{name: cells[n] for name, cells in columns.items() if cells[n]} for n in range(len(named))]
