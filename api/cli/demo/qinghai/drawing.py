"""Step 7: the look-back of 2025 is drawn, and whoever is drawn evaluates itself (QH-09a, QH-09c, QH-09d)."""

from __future__ import annotations

from typing import Any

from api.cli.demo.qinghai.cast import EARLIER, NAMES
from api.cli.demo.qinghai.register import Register
from api.cli.demo.qinghai.visiting import last_day, self_evaluation
from api.cli.demo.scene import CONFLICT, INCOMPLETE
from service.domain.measures import draws

DAY, SELF_EVALUATION_DAY = "2025-06-16", "2025-09-12"
DRAWN = ("a", "c", "p")
SOURCE = "中国体育彩票排列五 2025-06-16 开奖号码"
INSPECTION = "inspection_rectified"


def draw(at: Register) -> None:
    """GAP-QH-8: a fifth of each class, by a seed that nobody who draws has chosen, and that stays on record."""
    at.tell.chapter(DAY, ("步骤 7：“回头看”抽取和自评", "Step 7: the look-back is drawn"))
    at.until(DAY)
    for code in EARLIER:
        at.titles[code] = at.take_over(code)
    note = "导入此前命名的四个示范县：连同甲县、丙县，示范地区共六个"
    at.tell.note(
        (note, "Four demonstration counties of earlier times are taken over: with A and C there are six areas")
    )
    rounds = [r for r in at.wang.items("/look-back-rounds") if r["scheme"] == at.scheme]
    at.tell.holds(len(rounds) == 1, ("本方案的第一轮“回头看”", "The first round of this programme"), rounds)
    at.round = rounds[0]["id"]
    due = last_day(at.wang, "look-back-rounds", at.round, "draw_due")
    said = (
        "2025 年一轮由系统于年初列入，6 月 30 日前抽取",
        "The round of 2025 stands since New Year, to be drawn by 30 June",
    )
    at.tell.holds(due == "2025-06-30", said, due)
    own = at.wang.act("look-back-rounds", at.round, "select_designees", seed="1234")
    at.tell.refused(own, ("自选种子抽取", "A draw with a seed of one's own"), INCOMPLETE, "form", "INV-29")
    at.tell.step(at.wang.act("look-back-rounds", at.round, "fix_draw", seed_source=SOURCE), "planned")
    frame = at.wang.get(f"/look-back-rounds/{at.round}").body["data"]["frame"]
    seed = _lot(frame, {at.titles[holder] for holder in DRAWN})
    drawn = at.wang.act("look-back-rounds", at.round, "select_designees", seed=seed)
    at.tell.done(
        drawn, (f"名册固定后以开奖号码抽取：{seed}", f"The population is fixed, then the lot falls: {seed}"), "drawn"
    )
    record = at.wang.get(f"/look-back-rounds/{at.round}").body["data"]["draw"]
    sizes = {stratum: len(ids) for stratum, ids in record["result"].items()}
    wanted = {"area": [at.titles["a"], at.titles["c"]], "project": [at.titles["p"]]}
    found = {stratum: sorted(ids) for stratum, ids in record["result"].items()}
    said = "抽中甲县、丙县（地区）和示范项目“一窗通办”", "Drawn: Counties A and C (areas) and Project P (project)"
    at.tell.holds(found == {k: sorted(v) for k, v in wanted.items()}, said, sizes)
    same = record["seed"] == seed and not draws.differences(record)
    said = "种子入档，任何人可据记录重抽，结果一致", "The seed is stored: whoever repeats the draw finds the same"
    at.tell.holds(same, said, record["seed"])
    by_title = {v["data"]["designation"]: v["id"] for v in at.wang.items("/look-backs", parent=at.round)}
    at.look_backs = {holder: by_title[at.titles[holder]] for holder in DRAWN}


def _lot(frame: dict[str, Any], wanted: set[str]) -> str:
    """The numbers of that evening. In a story the lot falls as the story goes: on A, C and P.

    The population is fixed before, its IDs are new in each run, and so the numbers differ from run to run.
    """
    lots = (f"{20_417 * n % 100_000:05}" for n in range(1, 100_000))
    return next(lot for lot in lots if set(draws.chosen(draws.drawn(frame, lot))) == wanted)


def evaluate_itself(at: Register) -> None:
    """QH-09c: by the day that the office sets; QH-09d: with both parts, and with something in each."""
    days = {"self_evaluation_day": SELF_EVALUATION_DAY, "evaluation_day": "2025-10-24"}
    at.tell.step(at.wang.act("look-back-rounds", at.round, "start_round", **days), "running")
    due = {last_day(at.wang, "look-backs", it, "self_evaluation_due") for it in at.look_backs.values()}
    said = f"自评时限 {SELF_EVALUATION_DAY}", f"The self-evaluations are due on {SELF_EVALUATION_DAY}"
    at.tell.holds(due == {SELF_EVALUATION_DAY}, said, due)
    whole = self_evaluation(at)
    clerk, visit = at.clerk("c"), at.look_backs["c"]
    thin = {code: said for code, said in whole.items() if code != INSPECTION}
    lacking = clerk.act("look-backs", visit, "submit_self_evaluation", parts=thin)
    said = (
        "丙县的自评没有督察督办事项整改情况",
        "County C evaluates itself without the rectification of inspection matters",
    )
    at.tell.refused(lacking, said, INCOMPLETE, "form", "QH-09d")
    early = at.wang.act("look-backs", visit, "proceed_without_report")
    said = "时限未到即跳过丙县的自评", "The self-evaluation of County C is passed over before its day"
    at.tell.refused(early, said, CONFLICT, "guard", "QH-09c")
    at.until("2025-09-08")
    empty = clerk.act("look-backs", visit, "submit_self_evaluation", parts={**whole, INSPECTION: "无"})
    at.tell.step(empty, "self_evaluated")
    back = at.wang.act("look-backs", visit, "return_self_evaluation", text="督察督办事项整改情况只写“无”")
    said = "丙县整改情况只写“无”，退回", "County C wrote “none” on the inspection matters: it is returned"
    at.tell.done(back, said, "notified")
    at.until(SELF_EVALUATION_DAY)
    for holder, it in at.look_backs.items():
        zh, en = NAMES[holder]
        done = at.clerk(holder).act("look-backs", it, "submit_self_evaluation", parts=whole)
        at.tell.done(done, (f"{zh}按期自评", f"{en} evaluates itself in time"), "self_evaluated")
