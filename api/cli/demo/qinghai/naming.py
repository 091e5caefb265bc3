"""Steps 4 and 5: named, each with dossier, plaque and certificate; a plaque is not lent (QH-06a..f, QH-07e)."""

from __future__ import annotations

from api.cli.demo.qinghai.cast import HOLDERS, NAMES
from api.cli.demo.qinghai.register import Register
from api.cli.demo.scene import ACCEPTED, CONFLICT, CREATED

DAY, BATCH = "2024-06-20", 2024
KINDS = ("plaque", "certificate")


def name(at: Register) -> None:
    """Decided by two people; every file named becomes a title with a dossier of its own, ordered by batch."""
    at.tell.chapter(DAY, ("步骤 4：命名", "Step 4: naming"))
    at.until(DAY)
    batch = at.batches[BATCH]
    said = "应报尽报，两人确认提前截止申报", "Everybody has applied; two people close the window before its last day"
    at.both("batches", batch, "close_window_early", said, "evaluating", text="各市州均已报齐")
    named = [at.cases[holder] for holder in HOLDERS]
    drafted = at.wang.create("naming-decisions", batch, named=named)
    decision = at.tell.step(drafted, "drafted", status=CREATED).id
    at.tell.step(at.wang.act("naming-decisions", decision, "propose_decision"), "proposed")
    own = at.wang.act("naming-decisions", decision, "approve_decision")
    at.tell.refused(own, ("拟稿人审定自己的决定", "The drafter approves the own draft"), CONFLICT, "person", "INV-20")
    at.tell.step(at.li.act("naming-decisions", decision, "approve_decision"), "approved")
    document = {"issuer": "中共青海省委全面依法治省委员会", "number": "青法发〔2024〕6号", "date": DAY}
    issued = at.wang.act("naming-decisions", decision, "issue_decision", **document)
    at.tell.done(
        issued, (f"印发命名决定 {document['number']}", f"The decision {document['number']} is issued"), "effective"
    )
    for holder in HOLDERS:
        title = at.found(at.wang, "/designations", case=at.cases[holder])
        at.titles[holder] = title["id"]
        wanted = ("active", "project" if holder == "p" else "area", DAY)
        found = (title["state"], title["track"], title["data"].get("named_on"))
        zh, en = NAMES[holder]
        at.tell.holds(found == wanted, (f"{zh}命名，{DAY}", f"{en} is named on {DAY}"), found)
    dossiers = at.wang.items("/designations", batch=batch)
    said = "四个命名对象各有一卷，按批次排列", "Four designees, each with a dossier of its own, ordered by batch"
    at.tell.holds({d["case"] for d in dossiers} == set(named) and len(dossiers) == 4, said, dossiers)
    at.tell.step(at.wang.act("batches", batch, "close_batch"), "closed")
    _hand_out(at)


def _hand_out(at: Register) -> None:
    """QH-06a, QH-06b, INV-05: made on the strength of the decision, numbered, issued, received."""
    for number, holder in enumerate(HOLDERS, 1):
        for kind in KINDS:
            piece = at.tell.step(at.wang.create("insignia", at.titles[holder], kind=kind), "ordered", status=CREATED).id
            at.tell.step(at.wang.act("insignia", piece, "produce_insignia", number=number), "produced")
            at.tell.step(at.wang.act("insignia", piece, "issue_insignia"), "issued")
            at.tell.step(at.clerk(holder).act("insignia", piece, "confirm_receipt"), "held")
            at.pieces.setdefault(holder, []).append(piece)
    serials = {p["data"]["serial"] for p in at.wang.items("/insignia")}
    wanted = {f"{kind}-1-{n}" for kind in KINDS for n in range(1, len(HOLDERS) + 1)}
    said = "四面牌匾、四本证书均有编号", "Four plaques and four certificates, each with its serial"
    at.tell.holds(serials == wanted, said, serials)
    bare = at.wang.create("insignia", at.host_project, kind="plaque")
    said = "没有命名决定的对象订制牌匾", "A plaque without a naming decision"
    at.tell.refused(bare, said, CONFLICT, "guard", "QH-06a", "INV-05")


def keep_the_plaque(at: Register) -> None:
    """QH-06d..f, INV-06: no copy, no loan, no use outside the matter; each try stands on the file."""
    at.tell.chapter("2024-07-15", ("步骤 5：牌匾不得转借", "Step 5: a plaque is not lent"))
    at.until("2024-07-15")
    clerk, plaque = at.clerk("d"), at.pieces["d"][0]
    asked = (
        ("lending", "QH-06e", ("丁县申请把牌匾借给商品交易会", "County D asks to lend its plaque to a trade fair")),
        ("trade_fair", "QH-06f", ("丁县申请在交易会上自行展示牌匾", "County D asks to show it at the fair itself")),
        ("copying", "QH-06d", ("丁县申请复制一面", "County D asks for a copy of it")),
    )
    for use, rule, said in asked:
        tried = clerk.act("insignia", plaque, "request_use", use=use, purpose="商品交易会")
        at.tell.refused(tried, said, CONFLICT, "guard", rule, "INV-06")
    timeline = at.wang.timeline("designations", at.titles["d"])
    logged = {rule for e in timeline if (e["event"], e["result"]) == ("request_use", "refused") for rule in e["rules"]}
    said = "三次申请及其所违反的条款均已记入卷宗", "All three tries stand in the dossier, with the article of each"
    at.tell.holds({"QH-06d", "QH-06e", "QH-06f"} <= logged, said, logged)
    seen = {"source": "群众反映", "number": "信〔2024〕15号", "date": at.today}
    file = at.paper(at.wang, at.titles["d"], "申请转借牌匾情况")
    incident = {**seen, "file": file, "misuse": "lending", "text": "申请把牌匾借给商品交易会，未准"}
    noted = at.wang.signal("insignia", plaque, "record_incident", **incident)
    at.tell.done(noted, ("登记为违规使用事件", "It is logged as an incident"), status=ACCEPTED)
    permitted = clerk.act("insignia", plaque, "request_use", use="advancing_rule_of_law", purpose="宪法宣传周展示")
    at.tell.done(
        permitted, ("用于推进法治的展示：准许并登记", "Shown to advance the rule of law: permitted, on file"), "held"
    )
