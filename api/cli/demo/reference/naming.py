"""Naming: decided by two people, issued with its document number; plaques and certificates (QH-06, SX-28)."""

from __future__ import annotations

from api.cli.demo.reference.cast import NAMES
from api.cli.demo.reference.evaluating import ANNOUNCED
from api.cli.demo.reference.line import Line
from api.cli.demo.scene import ACCEPTED, CONFLICT, CREATED

LENDING = {"use": "lending", "purpose": "借给企业宣传"}
PERMITTED = {"use": "advancing_rule_of_law", "purpose": "法治宣传周展示"}


def name(at: Line) -> None:
    """SX-28, INV-20: nobody approves the own draft; every case named gets its title by itself."""
    at.tell.chapter("2024-12-05", ("十三、命名", "13. Naming"))
    at.until("2024-12-05")
    wang, li = at.who("province.wang"), at.who("province.li")
    early = {"text": "全部申报均已办结"}
    first = wang.act("batches", at.batch, "close_window_early", **early)
    said = "提前截止申报：第一人提出", "The window is to close early: the first person proposes"
    at.tell.done(first, said, status=ACCEPTED)
    again = wang.act("batches", at.batch, "close_window_early", **early)
    said = "同一人自己确认", "The same person confirms it"
    at.tell.refused(again, said, CONFLICT, "person", "INV-20")
    second = li.act("batches", at.batch, "close_window_early", **early)
    at.tell.done(second, ("第二人确认，申报截止", "A second person confirms; the window is closed"), "evaluating")
    named = [at.cases[place] for place in ANNOUNCED]
    decision = at.tell.step(wang.create("naming-decisions", at.batch, named=named), status=CREATED).id
    said = "拟稿命名决定并提请审定", "The decision is drafted and proposed"
    at.tell.done(wang.act("naming-decisions", decision, "propose_decision"), said, "proposed")
    own = wang.act("naming-decisions", decision, "approve_decision")
    at.tell.refused(own, ("拟稿人审定自己的决定", "The drafter approves the own draft"), CONFLICT, "person", "INV-20")
    approved = li.act("naming-decisions", decision, "approve_decision")
    at.tell.done(approved, ("另一人审定同意", "Another person approves"), "approved")
    at.until("2024-12-20")
    document = {"issuer": "中共示范省委全面依法治省委员会", "number": "示法发〔2024〕6号", "date": "2024-12-20"}
    issued = wang.act("naming-decisions", decision, "issue_decision", **document)
    at.tell.done(
        issued, (f"印发命名决定 {document['number']}", f"The decision {document['number']} is issued"), "effective"
    )
    for place in ANNOUNCED:
        zh, en = NAMES[place]
        at.arrives(place, "named", (f"{zh}获得命名", f"{en} is named"))
        title = at.found(at.clerk(place), "/designations", case=at.cases[place])
        at.titles[place] = title["id"]
        number = title["data"].get("decision_number")
        said = f"{zh}的命名对象已自动建立，依据 {number}", f"The title of {en} exists by itself, based on {number}"
        at.tell.holds(title["state"] == "active" and number == document["number"], said, title)
    closed = wang.act("batches", at.batch, "close_batch")
    at.tell.done(closed, ("全部申报均已办结，第一批办结", "Every case has ended; the first batch is closed"), "closed")


def hand_over(at: Line) -> None:
    """QH-06a..f: made by the province only, received, kept with care, never lent."""
    at.tell.chapter("2024-12-26", ("十四、颁发牌匾证书", "14. Plaques and certificates"))
    at.until("2024-12-26")
    wang = at.who("province.wang")
    for number, place in enumerate(ANNOUNCED, 1):
        zh, en = NAMES[place]
        serials = []
        for kind in at.definition["naming"]["insignia"]["kinds"]:
            ordered = wang.create("insignia", at.titles[place], kind=kind)
            piece = at.tell.step(ordered, "ordered", status=CREATED).id
            at.tell.step(wang.act("insignia", piece, "produce_insignia", number=number), "produced")
            at.tell.step(wang.act("insignia", piece, "issue_insignia"), "issued")
            at.tell.step(at.clerk(place).act("insignia", piece, "confirm_receipt"), "held")
            at.pieces.setdefault(place, []).append(piece)
            serials.append(wang.get(f"/insignia/{piece}").body["data"]["serial"])
        told = "、".join(serials)
        at.tell.holds(
            len(set(serials)) == len(serials), (f"{zh}签收 {told}", f"{en} has received {', '.join(serials)}"), told
        )
    clerk, plaque = at.clerk("jiaxian"), at.pieces["jiaxian"][0]
    lent = clerk.act("insignia", plaque, "request_use", **LENDING)
    at.tell.refused(
        lent, ("佳县申请出借牌匾", "Jiaxian asks to lend the plaque"), CONFLICT, "guard", "QH-06e", "INV-06"
    )
    shown = clerk.act("insignia", plaque, "request_use", **PERMITTED)
    at.tell.done(
        shown, ("用于推进法治的宣传：准许并登记", "Showing it to advance the rule of law: permitted, on file"), "held"
    )
