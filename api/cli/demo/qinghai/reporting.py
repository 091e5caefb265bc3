"""Step 6: the report on the year's work, by the end of January; late once is late for ever (QH-07d, INV-21)."""

from __future__ import annotations

from api.cli.demo.client import Answer
from api.cli.demo.qinghai.cast import AREAS, NAMES, PROJECT
from api.cli.demo.qinghai.register import Register
from api.cli.demo.scene import INCOMPLETE, duty

YEAR, DUE = 2024, "2025-01-31"


def report(at: Register) -> None:
    """A, C and D report in time; P is flagged at midnight, and its report stays marked as late."""
    at.tell.chapter("2025-01-24", ("步骤 6：2024 年度报告", "Step 6: annual reports on 2024"))
    at.until("2025-01-24")
    thin = _submit(at, "a", at.titles["a"], without="first_responsible_person")
    said = "甲县的报告没有第一责任人履职情况", "County A reports without the duty of its first responsible persons"
    at.tell.refused(thin, said, INCOMPLETE, "form", "QH-07d")
    for holder in AREAS:
        zh, en = NAMES[holder]
        done = _submit(at, holder, at.titles[holder])
        at.tell.done(done, (f"{zh} 1 月 24 日报送", f"{en} reports on 24 January"), "submitted")
    at.tell.step(_submit(at, "a", at.host_project), "submitted")  # County A answers for its earlier project as well
    at.until(DUE, "23:59")
    owed = _owed(at)
    said = (
        "1 月 31 日适逢春节，期限不顺延；23:59 尚未逾期",
        "The Spring Festival does not move 31 January; at 23:59 it is not late",
    )
    at.tell.holds(owed.get("dueOn") == DUE and owed.get("overdue") is False, said, owed)
    at.until("2025-02-01", "00:00")
    owed = _owed(at)
    said = "2025-02-01 零时，示范项目的报告标记逾期", "On 2025-02-01 at 00:00 Project P is flagged overdue"
    at.tell.holds(owed.get("dueOn") == DUE and owed.get("overdue") is True, said, owed)
    at.until("2025-02-10")
    done = _submit(at, PROJECT, at.titles[PROJECT])
    at.tell.done(done, ("示范项目 2 月 10 日补报", "Project P reports on 10 February"), "submitted")
    owed = _owed(at)
    at.tell.holds(owed.get("overdue") is True, ("永久标记为逾期报送", "It stays marked as late"), owed)
    for owed_by in at.wang.items("/annual-reports", state="submitted"):
        at.tell.step(at.li.act("annual-reports", owed_by["id"], "accept_report"), "accepted")


def _submit(at: Register, holder: str, title: str, without: str = "") -> Answer:
    asked = at.definition["annual_report"]["parts"]
    parts = {p["code"]: f"{YEAR} 年{p['title']['zh']}" for p in asked if p["code"] != without}
    return at.clerk(holder).act("annual-reports", _of(at, title), "submit_report", year=YEAR, parts=parts)


def _of(at: Register, title: str) -> str:
    return next(str(r["id"]) for r in at.wang.items("/annual-reports", parent=title) if r["data"]["due_year"] == YEAR)


def _owed(at: Register) -> dict[str, object]:
    report_ = _of(at, at.titles[PROJECT])
    return duty(at.wang.get(f"/annual-reports/{report_}"), "annual_report_due")
