"""Step 1: the scheme is published and the first batch opens; the next one may not before two years (SX-01..07)."""

from __future__ import annotations

from api.cli.demo.scene import CONFLICT, CREATED, INCOMPLETE
from api.cli.demo.shanxi.line import Line

PROGRAMME = "shanxi"
FIRST_DAY, WINDOW_END = "2020-07-29", "2021-08-31"


def open_batch(at: Line) -> None:
    """SX-04, SX-05: from the day of the report, named in 2021; in principle one batch in two years."""
    at.tell.chapter(FIRST_DAY, ("步骤 1　启动第一批", "Step 1. The first batch opens"))
    at.people.settle_in(at.tell)
    at.publish(PROGRAMME, "sx")
    cadence = {k: at.definition["cadence"][k] for k in ("years", "first_start", "first_naming")}
    said = (
        "原则上每两年一次，2020 年开始，2021 年命名第一批",
        "Once in two years, from 2020, the first batch named in 2021",
    )
    at.tell.holds(cadence == {"years": 2, "first_start": 2020, "first_naming": 2021}, said, cadence)
    plan = {"number": 1, "naming_year": 2021, "opens": FIRST_DAY, "closes": WINDOW_END}
    wrong = at.office.create("batches", scheme=at.scheme, **{**plan, "naming_year": 2020})
    said = "第一批拟在 2020 年命名", "The first batch is to be named in 2020"
    at.tell.refused(wrong, said, INCOMPLETE, "form", "SX-05")
    planned = at.office.create("batches", scheme=at.scheme, **plan)
    at.batch = at.tell.step(planned, "planned", status=CREATED).id
    opened = at.office.act("batches", at.batch, "open_batch")
    said = f"2020—2021 年第一批开放申报，至 {WINDOW_END} 截止", f"The batch of 2020-2021 is open until {WINDOW_END}"
    at.tell.done(opened, said, "open")
    _too_early(at)


def _too_early(at: Line) -> None:
    """INV-13: two years are 29 July 2022; the day before is too early."""
    later = {"number": 2, "naming_year": 2023, "opens": "2022-07-28", "closes": "2023-06-30"}
    planned = at.tell.step(at.office.create("batches", scheme=at.scheme, **later), "planned", status=CREATED)
    early = at.office.act("batches", planned.id, "open_batch")
    said = "第二批在满两年的前一天开放", "A second batch opens one day before the two years have run"
    at.tell.refused(early, said, CONFLICT, "guard", "SX-04", "SX-05", "INV-13")
    at.tell.holds(
        "2022-07-29" in early.body["detail"], ("最早 2022 年 7 月 29 日", "On 29 July 2022 at the earliest"), early.body
    )
    said = "未满两年的第二批取消", "The second batch, too early, is cancelled"
    at.both("batches", planned.id, "cancel_batch", "cancelled", said=said, text="未满两年")
