"""The inspection of 2024: measures, findings into rectification, a circular (HY-W4a, HY-W4b, HY-W4c)."""

from __future__ import annotations

from api.cli.demo.haiyuan.cast import ENFORCEMENT, UNITS
from api.cli.demo.haiyuan.county import County
from api.cli.demo.scene import CONFLICT, CREATED

FINDING = "涉企多头检查"
MEASURES = ("interview", "order_to_correct", "circular_of_criticism")


def inspect(at: County) -> None:
    """HY-W4a, HY-W4b: at least once a year; interview, order to correct, circular of criticism and the like."""
    at.tell.chapter("2024-12-16", ("九、县委依法治县办督查", "9. The county office inspects"))
    at.until("2024-12-16")
    measures = [*MEASURES, "提级督办"]  # the list ends with "and the like": GAP-ALL-4
    form = {"date": at.today, "team": ["督查一组"], "written_result": "责令整改", "measures": measures}
    found = [{"finding": FINDING, "basis": "HY-T27"}]
    inspector = at.who("inspector.jin")
    held = inspector.act("action-plans", at.plan, "record_inspection", **form, findings=found)
    said = (
        "登记督查：约谈、责令整改、通报批评，另有提级督办",
        "An interview, an order, a circular, and one measure in words",
    )
    at.tell.done(held, said, "running")
    kept = [i["measures"] for i in at.data(f"/action-plans/{at.plan}")["inspections"]]
    at.tell.holds(kept == [measures], ("四项措施均在案", "All four measures are on record"), kept)
    owed = at.duties(f"/action-plans/{at.plan}")
    late = {key: d["overdue"] for key, d in owed.items() if key.startswith("plan_inspection_due")}
    said = "2023 年未督查，标为逾期；2024 年已办", "Nobody inspected in 2023, which is flagged; 2024 is served"
    at.tell.holds(late == {"plan_inspection_due:2023": True, "plan_inspection_due:2025": False}, said, late)
    _rectify(at)
    _circulate(at)


def _rectify(at: County) -> None:
    """HY-W4c: what was found is handed over, put right, verified by another, closed."""
    item = at.found(at.justice, "/rectification-items", case=at.plan)
    at.tell.holds(
        (item["state"], item["data"]["finding"]) == ("raised", FINDING),
        ("督查发现的问题转入整改", "What was found goes into rectification"), item["state"],
    )  # fmt: skip
    clerk, path, one = at.clerk(ENFORCEMENT), "rectification-items", item["id"]
    four = {"measure": "统一检查计划", "unit": ENFORCEMENT, "person": clerk.id, "due": "2025-03-31"}
    at.tell.step(at.justice.act(path, one, "assign_item", **four), "assigned")
    closing = {"date": at.today, "measure": four["measure"], "verifier": "穆"}
    early = at.justice.act(path, one, "close_item", **closing)
    said = "未整改即销号", "It is closed before anything was done"
    at.tell.refused(early, said, CONFLICT, "illegal")
    at.tell.step(clerk.act(path, one, "start_item"), "in_progress")
    evidence = {"evidence": [at.paper(27)], "statement": "检查计划已统一，多头检查已清理"}
    at.tell.step(clerk.act(path, one, "submit_item", **evidence), "submitted")
    at.tell.step(at.justice.act(path, one, "verify_item"), "verified")
    closed = at.justice.act(path, one, "close_item", **closing)
    at.tell.done(closed, ("整改完成，核验后销号", "Put right, verified by another, closed out"), "closed")


def _circulate(at: County) -> None:
    """HY-W4b, HY-W4c: the circular of the inspection, drafted by one office and approved by another."""
    name, _, _ = UNITS[ENFORCEMENT]
    facts = [{"text": f"{name}：督查发现{FINDING}，已整改", "en": "Inspection found duplicate checks; put right"}]
    bare = {"kind": "inspection_circular", "facts": facts}
    drafted = at.justice.create("bulletins", at.plan, **bare)
    it = at.tell.step(drafted, "draft", status=CREATED).id
    named = at.county.act("bulletins", it, "approve_bulletin")
    said = "点名而不附记录依据", "The circular names a unit without an entry of the record"
    at.tell.refused(named, said, CONFLICT, "guard", "PDS-M3e")
    basis = {"basis_for_each_name": {name: at.tasks[27]}}
    at.tell.step(at.justice.act("bulletins", it, "edit_bulletin", **basis), "draft")
    at.tell.step(at.county.act("bulletins", it, "approve_bulletin"), "approved")
    issued = at.county.act("bulletins", it, "issue_bulletin")
    at.tell.done(issued, ("印发督查通报", "The circular on the inspection is issued"), "issued")
