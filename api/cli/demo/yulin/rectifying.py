"""Steps 11 and 12: creation and self-evaluation for the nation; dispatch every two weeks, a bulletin every month."""

from __future__ import annotations

from api.cli.demo.scene import CONFLICT, INCOMPLETE, local_day
from api.cli.demo.yulin.board import FOUR, Board
from api.cli.demo.yulin.cast import CITY, DEPARTMENTS, FOR_THE_NATION, NAMES, NATIONAL, NATIONAL_UNITS
from api.cli.demo.yulin.organizing import SLOW

DISPATCHES = ("2024-11-29", "2024-12-13", "2024-12-27", "2025-01-10", "2025-01-24", "2025-02-07")
BULLETINS = ("2024-11-29", "2024-12-31", "2025-01-27")
"""The last working day of each month; the Spring Festival of 2025 begins on 28 January."""
CIRCULARS = (
    "2024-03-29", "2024-04-30", "2024-05-31", "2024-06-28", "2024-07-31", "2024-08-30", "2024-09-30",
)  # fmt: skip
SCORES = "artefact_due:score_table"
SHARES = {"hengshan": "CITY-T4-01", "justice": "CITY-T4-02"}
"""What a county that is not a candidate and a department contribute to the table of the city."""
PROBLEM = {"source": "自查自评", "finding": "执法全过程记录不全", "basis": "CITY-T4-01"}
LATER = {"source": "双周调度", "finding": "应急预案未更新", "basis": "CITY-T7-01"}
CLEARS = {"measure": "补录并建立台账", "unit": "司法局", "person": "李", "due": "2025-01-31"}
LISTS = {"problem": ("source", "finding"), "responsibility": ("unit", "person"), "task": ("measure", "due")}


def self_evaluate(at: Board) -> None:
    """YL-3a..3e: the city and the three at the same time and to the same standard; all others contribute."""
    at.tell.chapter(
        "2024-10-25", ("十一、全国赛道创建与自查自评", "Step 11. For the nation: creation, self-evaluation")
    )
    at.until("2024-10-25")
    at.due(NATIONAL_UNITS, "stage_due", "2024-10-31", (
        "全面创建 2024年10月下旬前，读作 2024-10-31", "Creation by late October is read as 2024-10-31",
    ))  # fmt: skip
    early = at.complete(CITY)
    said = "市本级没有指标任务分工责任清单即结束创建", "The city ends creation without its list of tasks and duties"
    at.tell.refused(early, said, CONFLICT, "guard", "YL-3b", "INV-01")
    at.file(CITY, "duty_list")
    for unit in NATIONAL_UNITS:
        at.tell.step(at.complete(unit), "self_check")
    said = "市本级和三县市区完成创建，转入自查自评", "The city and the three go on to their self-evaluation"
    at.stand(NATIONAL_UNITS, "self_check", said)
    at.due(NATIONAL_UNITS, "stage_due", "2024-11-20", (
        "自查自评 2024年11月中旬前，读作 2024-11-20", "The self-evaluation by mid-November is read as 2024-11-20",
    ))  # fmt: skip
    at.due((*NATIONAL_UNITS, *DEPARTMENTS), SCORES, "2024-11-15", (
        "自评打分表 11 月 15 日前报送", "The score tables are due on 15 November",
    ))  # fmt: skip
    _rate(at)
    at.until("2024-11-15")
    for unit in NATIONAL_UNITS:
        at.file(unit, "score_table")
    papers = [at.case(unit).body["stage"]["artefacts"]["score_table"]["late"] for unit in NATIONAL_UNITS]
    at.tell.holds(
        papers == [False] * 4, ("四份打分表 11 月 15 日按期报送", "Four tables are in on 15 November"), papers
    )
    for department in DEPARTMENTS:
        if department != SLOW:
            at.file(department, "score_table")
            at.tell.step(at.complete(department), "supervision")


def _rate(at: Board) -> None:
    case = f"case:{at.cases[CITY]}"
    at.people.give("hengshan.clerk", "county_government", case, at.tell)
    at.people.give("justice.clerk", "responsible_department", case, at.tell)
    for unit, code in SHARES.items():
        given = at.clerk(unit).score("cases", at.cases[CITY], {code: "0"})
        zh, en = NAMES[unit]
        at.tell.done(
            given, (f"{zh}填报市本级打分表的本单位部分", f"{en} contributes its share to the table of the city")
        )
    early = at.complete(CITY)
    said = "打分表未填全即结束自评", "The self-evaluation ends while indicators have no rating"
    at.tell.refused(early, said, CONFLICT, "guard", "YL-3d", "YL-2c")
    for unit in NATIONAL_UNITS:
        left = set(at.indicators()) - (set(SHARES.values()) if unit == CITY else set())
        at.tell.step(at.clerk(unit).score("cases", at.cases[unit], dict.fromkeys(sorted(left), "1")))


def rectify(at: Board) -> None:
    """YL-3f..3j: three lists, four clears, and the rhythm of dispatch and bulletin from the first day of the stage."""
    at.tell.chapter("2024-11-15", ("十二、整改提升", "Step 12. Rectification, 15 November 2024 to 10 February 2025"))
    _plan(at)
    _read_lists(at)
    for day in sorted({*DISPATCHES, *BULLETINS}):
        at.until(day)
        if day in DISPATCHES:
            _comes_round(at, "dispatch", ("双周调度", "the dispatch of two weeks"))
        if day in BULLETINS:
            _comes_round(at, "monthly_bulletin", ("整改月通报", "the monthly bulletin"))
        if day in ("2024-12-13", "2025-01-10"):
            at.report(*NATIONAL_UNITS, *DEPARTMENTS)
        if day == "2024-12-13":
            _one_more(at)
    at.until("2025-02-10")
    _count(at)
    for unit in NATIONAL_UNITS:
        at.tell.step(at.complete(unit), "supervision")
    said = "四家问题清零，转入督导评估", "All four have nothing open and go on to supervision"
    at.stand(NATIONAL_UNITS, "supervision", said)
    at.report(*DEPARTMENTS)


def _plan(at: Board) -> None:
    """YL-3h: each problem has its measure, unit, person and time limit before the stage begins."""
    for unit in NATIONAL_UNITS:
        at.find(unit, "record_problems", at.clerk(unit), PROBLEM)
    for part in FOUR:
        bare = {name: value for name, value in CLEARS.items() if name != part}
        tried = at.desk.act("rectification-items", at.items[CITY], "assign_item", **bare)
        what = dict(zip(FOUR, (("整改措施", "a measure"), ("责任单位", "a unit"), ("责任人", "a person"),
                               ("完成时限", "a time limit")), strict=True))[part]  # fmt: skip
        said = f"问题未列明{what[0]}", f"A problem without {what[1]}"
        at.tell.refused(tried, said, INCOMPLETE, "form", "YL-3h", "INV-02")
    for unit in NATIONAL_UNITS:
        at.assign(at.items[unit], **CLEARS)
        at.tell.step(at.complete(unit), "rectification")
    at.due(NATIONAL_UNITS, "stage_due", "2025-02-10", (
        "11 月 15 日转入整改，2025年2月上旬前，读作 2025-02-10",
        "Rectification begins on 15 November; by early February is read as 2025-02-10",
    ))  # fmt: skip


def _count(at: Board) -> None:
    """GAP-YL-6: how often it came round until the end of the stage."""
    for kind, days, said in (
        ("dispatch", DISPATCHES, ("双周调度共 6 次，日期无误", "Six dispatches, on these days")),
        (
            "progress_circular",
            CIRCULARS,
            ("全国赛道创建情况通报每月一次", "A circular on progress in each month of creation"),
        ),
        ("monthly_bulletin", BULLETINS, ("月通报共 3 次，日期无误", "Three bulletins, on these days")),
    ):
        found = [local_day(one["openedAt"]) for one in _bulletins(at, kind)]
        at.tell.holds(
            tuple(sorted(found)) == days, (f"{said[0]}：{'、'.join(days)}", f"{said[1]}: {', '.join(days)}"), found
        )


def _read_lists(at: Board) -> None:
    """YL-3g: the problem, responsibility and task lists show every problem with nothing left open."""
    for unit in NATIONAL_UNITS:
        shown = {view: at.ledger(view, unit) for view in LISTS}
        listed = {tuple(sorted(row["id"] for row in rows)) for rows in shown.values()}
        bare = [row["empty"] for rows in shown.values() for row in rows if row["empty"]]
        filled = all(row[name] for view, must in LISTS.items() for row in shown[view] for name in must)
        zh, en = NAMES[unit]
        said = (
            f"{zh}的问题列入问题清单、责任清单、任务清单，措施、单位、责任人、时限齐全",
            f"{en}: the problem, responsibility and task lists show its problem, and no column is empty",
        )
        at.tell.holds(len(listed) == 1 and at.items[unit] in next(iter(listed)) and filled and not bare, said, shown)


def _one_more(at: Board) -> None:
    """A problem that the dispatch brought up stands in the lists with empty columns: the stage cannot end."""
    first = at.items[CITY]
    later = at.find(CITY, "record_problems", at.desk, LATER)
    tried = at.complete(CITY)
    said = (
        "调度发现的新问题尚未列明责任和任务，市本级结束整改",
        "The city ends the stage with a problem nobody is to put right",
    )
    at.tell.refused(tried, said, CONFLICT, "guard", "YL-3g", "YL-3h")
    at.assign(later, **CLEARS)
    open_ = at.complete(CITY)
    said = "市本级在问题未销号时结束整改", "The city ends the stage with problems open"
    at.tell.refused(open_, said, CONFLICT, "guard", "INV-03", "YL-2l")
    for item in (first, later):
        at.put_right(CITY, item, ("市本级整改销号一项", "The city closes out a problem"))
    for county in FOR_THE_NATION:
        zh, en = NAMES[county]
        at.put_right(
            county, at.items[county], (f"{zh}自行统筹整改，经核验销号", f"{en} rectifies on its own; it is verified")
        )


def _bulletins(at: Board, kind: str) -> list[dict[str, str]]:
    every = at.desk.items("/bulletins", parent=at.batch)
    return [b for b in every if b["data"]["kind"] == kind and b["data"]["track"] == NATIONAL]


def _comes_round(at: Board, kind: str, what: tuple[str, str]) -> None:
    """The service writes the draft on the day itself; two people approve it, and it is issued."""
    due = [b["id"] for b in _bulletins(at, kind) if local_day(b["openedAt"]) == at.today]
    said = f"{at.today} 到期，服务自动拟稿{what[0]}", f"On {at.today} the service drafts {what[1]}"
    at.tell.holds(len(due) == 1, said, due)
    for bulletin in due:
        said = f"两人审签后印发{what[0]}", f"Two people approve it, and {what[1]} is issued"
        at.issue(bulletin, said, drafted_by_service=True)
