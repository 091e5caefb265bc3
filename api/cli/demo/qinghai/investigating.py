"""What every revocation goes through: investigated, answered ground by ground, proposed, served (QH-14a, INV-10)."""

from __future__ import annotations

from api.cli.demo.qinghai.cast import OFFICE
from api.cli.demo.qinghai.register import Register
from api.cli.demo.scene import INCOMPLETE

REPORT = "实地调查、调阅档案并询问当事人"


def investigate(at: Register, case: str, ground: str) -> None:
    """QH-14a: the report answers each ground of the case."""
    at.tell.step(at.wang.act("revocations", case, "start_investigation"), "investigating")
    silent = at.wang.act("revocations", case, "file_investigation_report", report=REPORT, answers={})
    said = "调查报告未回应立案情形", "The report does not answer the ground of the case"
    at.tell.refused(silent, said, INCOMPLETE, "form", "QH-14a", "INV-10")
    full = {"report": REPORT, "answers": {ground: "经查属实"}}
    filed = at.wang.act("revocations", case, "file_investigation_report", **full)
    at.tell.done(filed, ("提交调查报告", "The investigation report is filed"), "reported")


def propose(at: Register, case: str, **answers: str) -> None:
    """GAP-QH-14: each statement of the designee is answered."""
    said = {"proposal": "情形属实，建议撤销命名", **({"statement_answers": answers} if answers else {})}
    at.tell.step(at.wang.act("revocations", case, "propose_decision", **said), "proposed")


def serve(at: Register, case: str, number: str) -> None:
    """With its service the decision takes effect."""
    document = {"issuer": OFFICE, "number": number, "date": at.today}
    served = at.wang.act("revocations", case, "notify_decision", **document)
    at.tell.done(served, (f"送达并公布 {number}", f"{number} is served and published"), "notified")
