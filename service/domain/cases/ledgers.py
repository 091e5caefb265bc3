"""Ledgers: the problem, responsibility, task and close-out lists as views of rectification items, never copies (YL-3g)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.domain.facts import Thing

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With what a cell begins that a spreadsheet would carry out."""

COLUMNS: Mapping[str, tuple[str, str]] = {
    "source": ("问题来源", "source"),
    "finding": ("问题", "finding"),
    "basis": ("依据", "rule or indicator"),
    "unit": ("责任单位", "unit responsible"),
    "person": ("责任人", "person responsible"),
    "measure": ("整改措施", "measure"),
    "due": ("完成时限", "day due"),
    "closed_on": ("销号日期", "closed on"),
    "verified_by": ("核验人", "verified by"),
    "state": ("状态", "state"),
    "subject": ("对象", "subject"),
    "case": ("申报", "case"),
    "id": ("编号", "ID"),
}


@dataclass(frozen=True, slots=True)
class View:
    """One ledger: what it shows, which columns must not be empty, how it is ordered and grouped, and what it leaves out."""

    name: str
    zh: str
    en: str
    must: tuple[str, ...]
    also: tuple[str, ...]
    order: tuple[str, ...]
    group: tuple[str, ...] = ()
    only_closed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.must, *self.also)


VIEWS = {
    v.name: v
    for v in (
        View("problem", "问题清单", "problem list", ("source", "finding"),
             ("basis", "state", "subject", "case", "id"), ("subject",)),
        View("responsibility", "责任清单", "responsibility list", ("unit", "person"),
             ("finding", "due", "state", "subject", "case", "id"), ("unit", "person", "due"), ("unit", "person")),
        View("task", "任务清单", "task list", ("measure", "due"),
             ("finding", "unit", "person", "state", "subject", "case", "id"), ("due",)),
        View("close_out", "销号台账", "close-out ledger", ("closed_on", "verified_by"),
             ("finding", "measure", "unit", "person", "subject", "case", "id"), ("closed_on",), only_closed=True),
    )
}  # fmt: skip


def row_of(item: Thing) -> dict[str, Any]:
    """An item with every column that some ledger shows; None where nothing is filled in."""
    said = {name: item.data.get(name) for name in ("source", "finding", "basis", "unit", "person", "measure", "due")}
    closed = item.on("close_item") if item.state == "closed" else None
    return {
        **said,
        "closed_on": closed.isoformat() if closed else None,
        "verified_by": item.by.get("verify_item"),
        "state": item.state,
        "subject": item.subject,
        "case": item.chain,
        "id": item.id,
    }


def belongs(view: View, item: Thing) -> bool:
    """Whether an item stands in a ledger: a finding that was withdrawn in none, an open one in no close-out ledger."""
    return item.state != "void" and (item.state == "closed" or not view.only_closed)


def empty(view: View, row: Mapping[str, Any]) -> list[str]:
    """The columns of a row that the ledger cannot do without and that are not filled in."""
    return [name for name in view.must if not row.get(name)]


def cell(value: Any) -> str:
    """A cell of a table that is opened in a spreadsheet: text, and never a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
