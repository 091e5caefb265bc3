"""Step 14, its beginning: County D loses its title for false material, and the old batch stays shut (QH-13-2)."""

from __future__ import annotations

from api.cli.demo.qinghai import investigating
from api.cli.demo.qinghai.recommending import ask_for_case
from api.cli.demo.qinghai.register import Register
from api.cli.demo.scene import CONFLICT, CREATED

GROUND = "false_material"


def lose(at: Register) -> None:
    """Opened in April, heard, decided and served on 20 May 2025."""
    at.tell.chapter("2025-04-14", ("步骤 14（前段）：丁县被撤销", "Step 14, its beginning: County D is revoked"))
    at.until("2025-04-14")
    grounds = {GROUND: "申报时提供的评分表系编造"}
    opened = at.wang.create("revocations", at.titles["d"], grounds=grounds)
    said = "以提供虚假材料获取命名为由立案", "A case opens: the title was obtained with false material"
    it = at.tell.done(opened, said, "opened", status=CREATED).id
    investigating.investigate(at, it, GROUND)
    at.until("2025-04-22")
    at.tell.step(at.wang.act("revocations", it, "open_statement_period"), "hearing")
    at.until("2025-05-20")
    investigating.propose(at, it)
    said = "另一人决定撤销", "Another person decides to revoke"
    at.tell.done(at.li.act("revocations", it, "decide_revocation"), said, "decided")
    investigating.serve(at, it, "青法办〔2025〕3号")
    at.stands("d", "revoked", ("2025-05-20 撤销命名", "revoked on 2025-05-20"))
    kept = at.wang.items("/consequences", subject="d")
    ended = [(c["effect"], c["inForce"], c["endedOn"]) for c in kept]
    said = "优先表彰资格同日终止", "Its priority for commendation ends that day"
    at.tell.holds(ended == [("commendation", False, "2025-05-20")], said, ended)
    old = ask_for_case(at, "d", 2024)
    at.tell.refused(
        old, ("丁县在 2024 年批次重新申报", "County D applies in the batch of 2024"), CONFLICT, "guard", "QH-03a"
    )
    at.until("2025-06-03")
    for piece in at.pieces["d"]:
        at.tell.step(at.wang.act("insignia", piece, "confirm_return"), "recovered")
